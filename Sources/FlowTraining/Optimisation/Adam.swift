import CVectorUnit
import FlowMatching

/// Adam with decoupled weight decay, and the moving average of the parameters.
///
///     m <- b1 m + (1 - b1) g          v <- b2 v + (1 - b2) g^2
///     p <- p (1 - rate decay) - rate m^ / (sqrt(v^) + epsilon),  m^ = m/(1 - b1^n), v^ = v/(1 - b2^n)
///     average <- c average + (1 - c) p,  c = min(b, (1 + n)/(10 + n))
///
/// The average is warmed up: after n updates it spans a tenth of them at most, so that it never drags the
/// initial parameters along, whatever b is and however short the run. (`b` alone would leave 61% of them after
/// 500 updates at b = 0.999.)
///
/// *Reference*: Kingma and Ba (2015), algorithm 1; Loshchilov and Hutter (2019), algorithm 2; for the warm-up
/// the moving averages of TensorFlow (`num_updates`), which the averages of diffusion models follow.
public struct AdamSettings: Sendable, Equatable {
  /// The decay of the mean gradient.
  public var beta1 = 0.9
  /// The decay of the mean squared gradient.
  public var beta2 = 0.999
  /// What is added to the root of the mean squared gradient.
  public var epsilon = 1e-8
  /// Zero for plain Adam.
  public var weightDecay = 0.0
  /// The largest norm of the gradient; longer ones are shortened to it. Nil for none.
  public var clipNorm: Double?
  /// `b` of the moving average; zero for none.
  public var averageDecay = 0.999

  public init() {}

  /// How much the average keeps of itself at update `number`, counted from 1.
  public func averageKeep(update number: Int) -> Double {
    min(averageDecay, Double(1 + number) / Double(10 + number))
  }
}

/// The optimiser's arrays, laid out as the parameters.
final class OptimiserState: Sendable {
  let momentum: AlignedFloats
  let square: AlignedFloats
  /// The moving average of the parameters.
  let average: AlignedFloats

  init(_ network: Network) {
    momentum = AlignedFloats(network.parameters.count)
    square = AlignedFloats(network.parameters.count)
    average = AlignedFloats(network.parameters.count)
    average.base.update(from: network.parameters.base, count: network.parameters.count)
  }
}

/// One update's constants, rounded to float once.
struct AdamStep {
  private let beta1, beta2, rest1, rest2, rate, rootCorrection, epsilon, keep, averageRest: Vector
  private let gradientScale: Vector
  private let averages: Bool

  /// `number` counts updates from 1; `scale` multiplies the gradient.
  init(_ settings: AdamSettings, rate: Double, number: Int, scale: Double) {
    func lanes(_ x: Double) -> Vector { Vector(repeating: Float(x)) }
    let n = Double(number)
    beta1 = lanes(settings.beta1)
    beta2 = lanes(settings.beta2)
    rest1 = lanes(1 - settings.beta1)
    rest2 = lanes(1 - settings.beta2)
    self.rate = lanes(-rate / -Double.powerMinusOne(settings.beta1, n))
    rootCorrection = lanes(1 / (-Double.powerMinusOne(settings.beta2, n)).squareRoot())
    epsilon = lanes(settings.epsilon)
    keep = lanes(1 - rate * settings.weightDecay)
    averages = settings.averageDecay > 0
    averageRest = lanes(1 - settings.averageKeep(update: number))
    gradientScale = lanes(scale)
  }

  /// Updates a range of the parameters that is made of whole vectors.
  func run(
    _ range: Range<Int>, _ parameters: AlignedFloats, _ gradient: AlignedFloats,
    _ state: OptimiserState
  ) {
    for k in stride(from: range.lowerBound, to: range.upperBound, by: 16) {
      let g = Vector(at: gradient.base + k) * gradientScale
      let m = fused(rest1 * g, beta1, Vector(at: state.momentum.base + k))
      let v = fused(rest2 * g * g, beta2, Vector(at: state.square.base + k))
      let root = fused(epsilon, flow_square_roots(v), rootCorrection)
      let p = fused(keep * Vector(at: parameters.base + k), rate, m / root)
      m.store(to: state.momentum.base + k)
      v.store(to: state.square.base + k)
      p.store(to: parameters.base + k)
      if averages {
        let old = Vector(at: state.average.base + k)
        fused(old, averageRest, p - old).store(to: state.average.base + k)
      }
    }
  }
}
