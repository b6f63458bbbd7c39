internal import CFFTW
import Synchronization

/// FFTW's plans, each made once and kept for the life of the process.
///
/// Executing a plan on arrays of its own is the one thing that FFTW allows from several threads at a
/// time; making plans is not, so all of them are made under one lock.
///
/// *Reference*: Frigo and Johnson, The design and implementation of FFTW3 (2005); the manual's section
/// on thread safety.
struct FourierPlan: @unchecked Sendable {
  /// What a plan does, and on how many points per axis.
  enum Kind: Hashable {
    /// Real values to half of their spectrum, the last axis halved.
    case realForward([Int])
    /// Half a spectrum to real values; it destroys its input.
    case realBackward([Int])
    /// Complex values of one axis, `sum x_m exp(-+2 pi i m n/N)`.
    case complexForward(Int)
    case complexBackward(Int)
  }

  /// Opaque, never changed after its making, never freed.
  let pointer: fftw_plan

  private static let kept = Mutex<[Kind: FourierPlan]>([:])

  /// The plan of that kind.
  static func of(_ kind: Kind) -> FourierPlan {
    kept.withLock { kept in
      if let plan = kept[kind] { return plan }
      let plan = FourierPlan(pointer: make(kind))
      kept[kind] = plan
      return plan
    }
  }

  private static func make(_ kind: Kind) -> fftw_plan {
    let (sizes, isReal) =
      switch kind {
      case .realForward(let counts), .realBackward(let counts): (counts, true)
      case .complexForward(let count), .complexBackward(let count): ([count], false)
      }
    let total = sizes.reduce(1, *)
    let dimensions = sizes.map { Int32($0) }
    // The planner does not touch the arrays, but asks for their addresses.
    let values = UnsafeMutablePointer<Double>.allocate(capacity: 2 * total)
    let spectrum = UnsafeMutablePointer<fftw_complex>.allocate(capacity: total + sizes[0])
    defer {
      values.deallocate()
      spectrum.deallocate()
    }
    let plan: fftw_plan? =
      switch kind {
      case .realForward:
        fftw_plan_dft_r2c(Int32(sizes.count), dimensions, values, spectrum, cfftw_flags)
      case .realBackward:
        fftw_plan_dft_c2r(Int32(sizes.count), dimensions, spectrum, values, cfftw_flags)
      case .complexForward:
        fftw_plan_dft_1d(dimensions[0], spectrum, spectrum, FFTW_FORWARD, cfftw_flags)
      case .complexBackward:
        fftw_plan_dft_1d(dimensions[0], spectrum, spectrum, FFTW_BACKWARD, cfftw_flags)
      }
    guard let plan else {
      preconditionFailure("no plan for \(sizes) \(isReal ? "real" : "complex") numbers")
    }
    return plan
  }
}
