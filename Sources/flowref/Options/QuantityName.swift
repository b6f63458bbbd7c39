import ArgumentParser
import FlowMatching

/// A quantity by its name in the wire protocol, with or without `marginal_`.
struct QuantityName: ExpressibleByArgument {
  let quantity: MarginalQuantity

  static var allNames: [String] { MarginalQuantity.allCases.map { name($0) } }

  init?(argument: String) {
    let found = MarginalQuantity.allCases.first {
      $0.rawValue == argument || Self.name($0) == argument
    }
    guard let found else { return nil }
    quantity = found
  }

  private static func name(_ quantity: MarginalQuantity) -> String {
    let prefix = "marginal_"
    let name = quantity.rawValue
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
  }

  /// Names of `width` columns: plain for one number, `name_i` for a vector, `name_i_j` for a matrix.
  func columns(_ width: Int, dimension d: Int) -> [String] {
    let name = Self.name(quantity)
    switch quantity {
    case .logDensity, .logDensityRate, .divergence: return [name]
    case .jacobian, .posteriorCovariance:
      return (0..<width).map { "\(name)_\($0 / d + 1)_\($0 % d + 1)" }
    case .velocity, .score, .denoiser, .noisePrediction, .vPrediction, .posteriorWeights:
      return Columns.numbered(name, width)
    }
  }
}
