import FlowMatching
import Testing

@testable import FlowSpectral

struct GriddedVelocitiesTests {
  static func rows(_ grid: PeriodicGrid, _ velocities: [Double]) -> [Double] {
    let d = grid.dimension
    let points = grid.points
    var rows: [Double] = []
    for row in 0..<grid.count {
      rows += points[row * d..<(row + 1) * d]
      rows += velocities[row * d..<(row + 1) * d]
    }
    return rows
  }

  /// Values in a file, in any order, are the field.
  @Test func aGridOfValuesScoresAsItsField() throws {
    let target = try Preset.eightGaussians()
    let field = MarginalField(path: CosinePath(), target: target)
    let spectral = try SpectralPath(path: CosinePath(), target: target)
    let time = try Time(0.4)
    let grid = try spectral.grid(at: time)
    let velocities = try field.velocities(at: [time], of: grid.points)
    var rows = Self.rows(grid, velocities)
    // The last row first.
    rows = rows.suffix(4) + rows.dropLast(4)
    let found = try GriddedVelocities(rows: rows, dimension: 2)
    #expect(found.grid == grid && found.velocities == velocities)
    let marginal = try spectral.marginal(at: time, on: found.grid)
    #expect(try marginal.residual(ofVelocities: found.velocities).relative < 1e-12)
  }

  /// The exact field on a grid that misses the tails, or the narrow modes, does not conserve probability
  /// there; how much is missed says so beforehand.
  @Test func whatAGridMissesIsKnownBeforehand() throws {
    let target = try Preset.eightGaussians()
    let field = MarginalField(path: CosinePath(), target: target)
    let spectral = try SpectralPath(path: CosinePath(), target: target)
    let time = try Time(0.9)
    func rate(_ lower: Double, _ step: Double, _ count: Int) throws -> (rate: Double, loss: Double)
    {
      let axis = try PeriodicGrid.Axis(origin: lower, step: step, count: count)
      let grid = try PeriodicGrid([axis, axis])
      let residual = try spectral.marginal(at: time, on: grid).residual(of: field)
      return (residual.totalVariationRate, try spectral.loss(of: grid, at: time))
    }
    let whole = try spectral.grid(at: time)
    #expect(try spectral.loss(of: whole, at: time) < 1e-15)
    for (lower, step, count) in [(-4, 0.125, 64), (-16, 1, 32), (-5, 0.125, 80)]
      as [(Double, Double, Int)]
    {
      let found = try rate(lower, step, count)
      #expect(found.rate > 1e-3 && found.loss > 1e-3, "\(lower) \(step): \(found)")
    }
    for (lower, step, count) in [(-8, 0.125, 128), (-7, 0.0625, 224)] as [(Double, Double, Int)] {
      let found = try rate(lower, step, count)
      #expect(found.rate < 50 * max(found.loss, 1e-14), "\(lower) \(step): \(found)")
      #expect(found.loss < 1e-3)
    }
    #expect(try spectral.loss(of: whole, at: Time(1)) < 1)
  }

  @Test func whatIsNoGridIsATypedError() throws {
    func code(_ rows: [Double], _ d: Int = 1) -> FlowError.Code? {
      do {
        _ = try GriddedVelocities(rows: rows, dimension: d)
        return nil
      } catch { return error.code }
    }
    #expect(code([0, 1, 1, 1, 2, 1, 3, 1]) == nil)
    #expect(code([0, 1, 1, 1, 2, 1, 3.5, 1]) == .outOfDomain)
    #expect(code([0, 1, 1, 1, 2, 1]) == .outOfDomain)
    #expect(code([0, 1, 1, 1, 2, 1, 3, .nan]) == .nonFinite)
    #expect(code([0, 1, 1, 1, 2, 1, 3]) == .dimensionMismatch)
    #expect(code([0, 1, 1, 1, 2, 1, 3, 1, 3, 1]) == .dimensionMismatch)
    #expect(code([1, 2, 3, 4, 5, 6], 3) == .unsupported)
  }
}
