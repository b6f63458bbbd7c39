/// Where weights stand in panels.
enum Panels {
  /// The place of the weight from `input` to `output`.
  static func index(_ output: Int, _ input: Int, inputs: Int) -> Int {
    let width = MatrixProduct.panelWidth
    return (output / width * inputs + input) * width + output % width
  }

  /// Writes one panel of outputs into the panels of inputs, whose terms are tap after tap the outputs.
  static func transpose(
    _ map: NetworkLayout.Dense, _ panel: Int, from parameters: AlignedFloats,
    to transposed: AlignedFloats
  ) {
    let width = MatrixProduct.panelWidth
    let first = panel * width
    let source = parameters.base + map.weights + first * map.depth
    let target = transposed.base + map.transposed
    let outputs = min(width, map.outputs - first)
    let groups = MatrixProduct.panels(map.inputs)
    for part in 0..<map.taps * groups {
      let (tap, group) = part.quotientAndRemainder(dividingBy: groups)
      let inputs = min(width, map.inputs - group * width)
      let block = target + ((group * map.taps + tap) * map.outputs + first) * width
      let rows = source + (tap * map.inputs + group * width) * width
      for i in stride(from: 0, to: outputs, by: 4) {
        for k in stride(from: 0, to: inputs, by: 4) {
          let (from, to) = (rows + k * width + i, block + i * width + k)
          if i + 4 <= outputs, k + 4 <= inputs {
            // The compiler turns it in registers: four times the speed.
            transpose(4, 4, from, to)
          } else {
            transpose(min(4, outputs - i), min(4, inputs - k), from, to)
          }
        }
      }
    }
  }

  /// A rectangle of `outputs` rows and `inputs` columns of the transposed weights.
  @inline(__always)
  private static func transpose(
    _ outputs: Int, _ inputs: Int, _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>
  ) {
    let width = MatrixProduct.panelWidth
    for i in 0..<outputs { for k in 0..<inputs { to[i * width + k] = from[k * width + i] } }
  }
}
