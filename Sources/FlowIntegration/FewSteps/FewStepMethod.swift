public import FlowMatching

/// The methods that samplers of diffusion models use with few steps: they follow the flow in the half log-SNR
/// `lambda = log(alpha/sigma)`, in which all of it but the denoiser is solved exactly.
public enum FewStepMethod: String, Sendable, CaseIterable {
  /// The denoiser held for the step: order 1. *Reference*: Song, Meng and Ermon (2021), equation 12 without noise.
  case ddim
  /// The denoiser on a straight line through the last two, its weight that of small steps: order 2. The predictor of
  /// UniPC of order 2 is the same. *Reference*: Lu et al. (2022b), algorithm 2.
  case dpmpp2M = "dpmpp_2m"
  /// The multistep solver with three denoisers as it is published and used: it takes half of the second divided
  /// difference where the parabola through the three has all of it, so that the order is 2; ``unip3`` is the parabola.
  /// *Reference*: Lu et al. (2022b), the authors' program.
  case dpmpp3M = "dpmpp_3m"
  /// The denoiser on the parabola through the last three: order 3. *Reference*: Zhao et al. (2023), UniP-3 with
  /// `B(h) = exp(h) - 1`; the exponential Adams-Bashforth method of Hochbruck and Ostermann (2010), section 2.5.
  case unip3 = "unip_3"
  /// A predictor through two denoisers and a corrector with the new one: order 2 from the predictor's, 3 in all.
  /// *Reference*: Zhao et al. (2023), algorithms 1 and 2, `B(h) = exp(h) - 1`.
  case unipc2 = "unipc_2"
  /// The same through three. *Reference*: Zhao et al. (2023).
  case unipc3 = "unipc_3"
  /// The explicit trapezoidal rule for `x/alpha` over `sigma/alpha`: order 2, two denoisers a step.
  /// *Reference*: Karras et al. (2022), algorithm 1 without noise.
  case heunSigma = "heun_sigma"
}

extension FewStepMethod: Explained {
  /// The order of the error at the end in the size of the steps.
  public var order: Int {
    switch self {
    case .ddim: 1
    case .dpmpp2M, .dpmpp3M, .heunSigma: 2
    case .unip3, .unipc2: 3
    case .unipc3: 4
    }
  }

  /// How many denoisers from before the step are looked at, at most.
  var history: Int {
    switch self {
    case .ddim, .heunSigma: 1
    case .dpmpp2M, .unipc2: 2
    case .dpmpp3M, .unip3, .unipc3: 3
    }
  }

  package var help: String {
    switch self {
    case .ddim: "order 1: the denoiser held for the step; Song, Meng and Ermon, 2021"
    case .dpmpp2M: "order 2: DPM-Solver++ with the last two denoisers; Lu et al., 2022"
    case .dpmpp3M:
      "order 2: DPM-Solver++ with the last three denoisers as published; Lu et al., 2022"
    case .unip3: "order 3: the parabola through the last three denoisers; Zhao et al., 2023"
    case .unipc2: "order 3: a predictor of order 2 and its corrector; Zhao et al., 2023"
    case .unipc3: "order 4: a predictor of order 3 and its corrector; Zhao et al., 2023"
    case .heunSigma:
      "order 2: Heun's method over sigma/alpha, two denoisers a step; Karras et al., 2022"
    }
  }
}
