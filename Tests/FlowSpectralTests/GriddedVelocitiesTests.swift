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
