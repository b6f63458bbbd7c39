package import FlowFigures
import FlowMatching
package import FlowSpectral

/// Where in the plane a field creates and destroys probability: the signed residual of the continuity
/// equation at a few times.
package enum ConservationFigure {
  /// How many times are drawn.
  package static let most = 5

  /// Five of the residuals, spread evenly, or all where they are fewer.
  /// - Parameters:
  ///   - field: what the caption calls the field.
  ///   - residuals: on grids of the plane.
  ///   - window: what is shown of them.
  package static func figure(
    of field: String, _ residuals: [GridResidual], window: PlotGrid
  ) -> ResidualFigure {
    let count = min(most, residuals.count)
    let shown = (0..<count).map { residuals[(2 * $0 + 1) * residuals.count / (2 * count)] }
    return figure(of: field, rows: [(name: "", residuals: shown)], window: window)
  }

  /// A row of panels for every named list of residuals.
  static func figure(
    of field: String, rows: [(name: String, residuals: [GridResidual])], window: PlotGrid
  ) -> ResidualFigure {
    ResidualFigure(
      name: "residual",
      caption: """
        What the continuity equation is left with, dp/dt + div(p v), for \(field) and the exact density \
        p_t, in probability per area and time. Orange: v brings less than p_t gains there; blue: more.
        """,
      rows: rows.map { row in
        row.residuals.map { ResidualFigure.Panel($0, window: window, prefix: row.name) }
      },
      label: "residual / largest in the panel", scale: .signed, window: window)
  }
}

extension ResidualFigure.Panel {
  /// Points per axis that a panel has at most.
  private static let finest = 128

  /// The points of the residual's grid within the window, every so many of them.
  init(_ residual: GridResidual, window: PlotGrid, prefix: String) {
    let axes = residual.grid.axes
    precondition(axes.count == 2, "a map of \(axes.count) axes")
    func rounded(_ number: Double) -> Int { Int(number.rounded(.up)) }
    let step = axes[0].step
    let stride = max(1, rounded(window.length / step / Double(Self.finest)))
    let first = zip(axes, [window.lower.x, window.lower.y]).map { axis, lower in
      max(0, rounded((lower - axis.origin) / step))
    }
    let count = zip(axes, first).map { axis, first in
      min(axis.count - first - 1, Int(window.length / step)) / stride + 1
    }.min()!
    let (x, y) = (axes[0].places, axes[1].places)
    let title = "\(prefix)t = \(TargetStudy.fixed(residual.time.t, places: 3))"
    let grid = PlotGrid(
      lower: (x[first[0]], y[first[1]]), length: Double((count - 1) * stride) * step, count: count)
    // The grid's last axis is its fastest, the panel's its first.
    let values = (0..<count).flatMap { j in
      (0..<count).map { i in
        residual.values[
          (first[0] + i * stride) * axes[1].count + first[1] + j * stride]
      }
    }
    self.init(title: title, grid: grid, residual: values)
  }
}
