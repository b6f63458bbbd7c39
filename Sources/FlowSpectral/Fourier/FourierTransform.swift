internal import CFFTW
import ComplexModule

/// Transforms between the values of a real function on a grid and half of its spectrum, and in place
/// on one complex axis; the pointers that FFTW takes stay in this file.
enum FourierTransform {
  /// `sum_j f_j exp(-2 pi i (n . j/N))`, not normalised: rows of the last axis hold `N/2 + 1` numbers,
  /// the others follow from `F_-n = conj F_n`.
  static func forward(_ values: [Double], counts: [Int]) -> [Complex<Double>] {
    let plan = FourierPlan.of(.realForward(counts))
    var input = values
    return [Complex<Double>](unsafeUninitializedCapacity: spectrumSize(counts)) { output, size in
      size = spectrumSize(counts)
      input.withUnsafeMutableBufferPointer { input in
        output.withMemoryRebound(to: fftw_complex.self) { output in
          fftw_execute_dft_r2c(plan.pointer, input.baseAddress, output.baseAddress)
        }
      }
    }
  }

  /// `sum_n F_n exp(2 pi i (n . j/N))`, not normalised.
  static func backward(_ spectrum: [Complex<Double>], counts: [Int]) -> [Double] {
    let plan = FourierPlan.of(.realBackward(counts))
    // FFTW destroys what it reads here.
    var input = spectrum
    let total = counts.reduce(1, *)
    return [Double](unsafeUninitializedCapacity: total) { output, size in
      size = total
      input.withUnsafeMutableBufferPointer { input in
        input.withMemoryRebound(to: fftw_complex.self) { input in
          fftw_execute_dft_c2r(plan.pointer, input.baseAddress, output.baseAddress)
        }
      }
    }
  }

  /// `sum_m x_m exp(-2 pi i m n/N)`, or with the other sign, not normalised.
  static func transform(_ values: inout [Complex<Double>], backward: Bool) {
    let count = values.count
    let plan = FourierPlan.of(backward ? .complexBackward(count) : .complexForward(count))
    values.withUnsafeMutableBufferPointer { values in
      values.withMemoryRebound(to: fftw_complex.self) { values in
        fftw_execute_dft(plan.pointer, values.baseAddress, values.baseAddress)
      }
    }
  }

  /// How many complex numbers half a spectrum has.
  static func spectrumSize(_ counts: [Int]) -> Int {
    counts.dropLast().reduce(1, *) * (counts[counts.count - 1] / 2 + 1)
  }
}
