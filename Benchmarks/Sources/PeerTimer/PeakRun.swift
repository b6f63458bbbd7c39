import Dispatch
import FlowMatching
import Foundation

/// What the vector units can do, in nanoseconds per operation on eight doubles, with every core at
/// work: the yardstick for the kernels.
struct PeakRun {
  /// Small enough for the nearest cache.
  private static let size = 256
  private static let rounds = 500

  private let input: [Lanes]
  private let numbers: [Double]
  private let tabled = TabledExponential()

  init() {
    input = (0..<Self.size).map { Lanes(-Double($0) / 16) }
    numbers = (0..<Self.size).map { 1e-3 * Double($0) }
  }

  func report() -> String {
    let rates: [(String, Double)] = [
      ("fused", nanoseconds(fused)), ("load", nanoseconds(load)),
      ("broadcast_fused", nanoseconds(broadcastFused)), ("exp", nanoseconds(exponential)),
      ("exp_by_table", nanoseconds(tabledExponential)),
      ("divide", nanoseconds(divide)),
    ]
    precondition(tabled.largestError < 1e-15)
    let parts = rates.map { "\"\($0.0)\": \($0.1)" }
    return "{\"cores\": \(ProcessInfo.processInfo.activeProcessorCount), "
      + parts.joined(separator: ", ") + "}"
  }

  /// The best of many short runs of `body`, which does `size * rounds` operations and returns something
  /// that depends on all of them, at the same time on every core.
  private func nanoseconds(_ body: @Sendable () -> Lanes) -> Double {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let clock = ContinuousClock()
    var best = Double.infinity
    for _ in 0..<200 {
      var results = [Double](repeating: 0, count: cores)
      results.withUnsafeMutableBufferPointer { results in
        nonisolated(unsafe) let results = results.baseAddress!
        DispatchQueue.concurrentPerform(iterations: cores) { core in
          let elapsed = clock.measure { if body()[0] == 12345 { print("") } }
          results[core] = elapsed / .nanoseconds(1)
        }
      }
      best = min(best, results.max()!)
    }
    return best / Double(Self.size * Self.rounds)
  }

  /// Eight times eight fused additions of a product, in eight chains.
  private func fused() -> Lanes {
    let (a, b) = (input[1], input[2])
    var (s, t, u, v) = (a, a, a, a)
    var (w, x, y, z) = (b, b, b, b)
    for _ in 0..<Self.rounds * Self.size / 8 {
      s = a.addingProduct(s, b)
      t = a.addingProduct(t, b)
      u = a.addingProduct(u, b)
      v = a.addingProduct(v, b)
      w = a.addingProduct(w, b)
      x = a.addingProduct(x, b)
      y = a.addingProduct(y, b)
      z = a.addingProduct(z, b)
    }
    return ((s + t) + (u + v)) + ((w + x) + (y + z))
  }

  /// The same with one factor a number from memory.
  private func broadcastFused() -> Lanes {
    let a = input[1]
    var (s, t, u, v) = (a, a, a, a)
    var (w, x, y, z) = (a, a, a, a)
    numbers.withUnsafeBufferPointer { m in
      for _ in 0..<Self.rounds {
        for i in stride(from: 0, to: Self.size, by: 8) {
          s = s.addingProduct(a, constant: m[i])
          t = t.addingProduct(a, constant: m[i + 1])
          u = u.addingProduct(a, constant: m[i + 2])
          v = v.addingProduct(a, constant: m[i + 3])
          w = w.addingProduct(a, constant: m[i + 4])
          x = x.addingProduct(a, constant: m[i + 5])
          y = y.addingProduct(a, constant: m[i + 6])
          z = z.addingProduct(a, constant: m[i + 7])
        }
      }
    }
    return ((s + t) + (u + v)) + ((w + x) + (y + z))
  }

  /// A load of eight doubles that are added.
  private func load() -> Lanes {
    let a = input[1]
    var (s, t, u, v) = (a, a, a, a)
    var (w, x, y, z) = (a, a, a, a)
    input.withUnsafeBufferPointer { m in
      for _ in 0..<Self.rounds {
        for i in stride(from: 0, to: Self.size, by: 8) {
          s = s + m[i]
          t = t + m[i + 1]
          u = u + m[i + 2]
          v = v + m[i + 3]
          w = w + m[i + 4]
          x = x + m[i + 5]
          y = y + m[i + 6]
          z = z + m[i + 7]
        }
      }
    }
    return ((s + t) + (u + v)) + ((w + x) + (y + z))
  }

  private func exponential() -> Lanes {
    var (s, t, u, v) = (input[0], input[0], input[0], input[0])
    input.withUnsafeBufferPointer { m in
      for _ in 0..<Self.rounds {
        for i in stride(from: 0, to: Self.size, by: 4) {
          s = s + Lanes.exp(m[i])
          t = t + Lanes.exp(m[i + 1])
          u = u + Lanes.exp(m[i + 2])
          v = v + Lanes.exp(m[i + 3])
        }
      }
    }
    return (s + t) + (u + v)
  }

  private func tabledExponential() -> Lanes {
    typealias V = SIMD8<Double>
    var (s, t, u, v) = (V(), V(), V(), V())
    let input = numbers.map { V(repeating: -$0) }
    input.withUnsafeBufferPointer { m in
      for _ in 0..<Self.rounds {
        for i in stride(from: 0, to: Self.size, by: 4) {
          s += tabled(m[i])
          t += tabled(m[i + 1])
          u += tabled(m[i + 2])
          v += tabled(m[i + 3])
        }
      }
    }
    return Lanes(((s + t) + (u + v)).sum())
  }

  private func divide() -> Lanes {
    let a = input[3]
    var (s, t, u, v) = (a, a, a, a)
    input.withUnsafeBufferPointer { m in
      for _ in 0..<Self.rounds {
        for i in stride(from: 0, to: Self.size, by: 4) {
          s = s + a / m[i]
          t = t + a / m[i + 1]
          u = u + a / m[i + 2]
          v = v + a / m[i + 3]
        }
      }
    }
    return (s + t) + (u + v)
  }
}
