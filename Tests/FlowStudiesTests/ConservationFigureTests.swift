import FlowFigures
import FlowMatching
import FlowSpectral
import RealModule
import Testing

@testable import FlowStudies

struct ConservationFigureTests {
  /// A drift of the data along x1 leaves `-c dp/dx1`, odd in x1 and even in x2 about the mean: the map
  /// shows it where it is, and nothing turned around.
  @Test func theMapShowsTheResidualWhereItIs() throws {
    let target = try GaussianMixture(dimension: 2, means: [1, -0.5], stds: [0.5])
    let path = CosinePath()
    struct Drifting: VelocityField {
      let exact: MarginalField
      var dimension: Int { 2 }
      func velocities(
        at times: [Time<Double>], of points: [Double]
      ) throws(FlowError) -> [Double] {
        try exact.velocities(at: times, of: points).enumerated().map {
          $0.element + ($0.offset % 2 == 0 ? 0.25 : 0)
        }
      }
    }
    let spectral = try SpectralPath(path: path, target: target)
    let field = Drifting(exact: MarginalField(path: path, target: target))
    let score = try spectral.conservation(of: field, from: 0.5, to: 1, count: 12)
    let window = try PlotGrid.window(around: target, count: 2)
    let figure = ConservationFigure.figure(of: "a field", score.residuals, window: window)
    #expect(figure.window == window)
    let panels = figure.rows[0]
    #expect(panels.map(\.title) == [1, 3, 6, 8, 10].map { "t = \(title($0))" })
    for (panel, k) in zip(panels, [1, 3, 6, 8, 10]) {
      let t = 0.5 + (Double(k) + 0.5) / 24
      let s = path.schedule(at: try Time(t))
      let variance = s.variance + 0.25 * s.alpha * s.alpha
      let mean = (s.alpha * 1, s.alpha * -0.5)
      let points = panel.grid.points
      #expect(panel.grid.count > 40 && panel.grid.count <= 128)
      // The first points of the grid in the window, and no part of the window without any.
      let step = score.residuals[k].grid.axes[0].step
      #expect(panel.grid.lower.x - window.lower.x >= 0 && panel.grid.lower.y >= window.lower.y)
      #expect(panel.grid.lower.x - window.lower.x < step)
      #expect(panel.grid.lower.y - window.lower.y < step)
      let rest = window.lower.x + window.length - panel.grid.lower.x - panel.grid.length
      #expect(rest > -step && rest < panel.grid.spacing)
      var error = 0.0
      for row in panel.residual.indices {
        let (x, y) = (points[2 * row] - mean.0, points[2 * row + 1] - mean.1)
        let p = Double.exp(-(x * x + y * y) / (2 * variance)) / (2 * .pi * variance)
        error = max(error, abs(panel.residual[row] + 0.25 * x / variance * p))
      }
      #expect(error < 1e-12, "t = \(t): \(error)")
    }
  }

  private func title(_ k: Int) -> String {
    TargetStudy.fixed(0.5 + (Double(k) + 0.5) / 24, places: 3)
  }

  /// All of fewer than five.
  @Test func fewTimesAreAllShown() throws {
    let target = try GaussianMixture(dimension: 2, means: [1, -0.5], stds: [0.5])
    let spectral = try SpectralPath(path: CosinePath(), target: target)
    let field = MarginalField(path: CosinePath(), target: target)
    let residuals = try spectral.conservation(of: field, count: 3).residuals
    let window = try PlotGrid.window(around: target, count: 2)
    #expect(ConservationFigure.figure(of: "", residuals, window: window).rows[0].count == 3)
  }
}
