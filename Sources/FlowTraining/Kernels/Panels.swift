/// Where weights stand in panels.
enum Panels {
  /// The place of the weight from `input` to `output`.
  static func index(_ output: Int, _ input: Int, inputs: Int) -> Int {
    let width = MatrixProduct.panelWidth
    return (output / width * inputs + input) * width + output % width
  }

  /// Writes one panel of outputs into the panels of inputs.
  static func transpose(
    _ map: NetworkLayout.Dense, _ panel: Int, from parameters: AlignedFloats,
    to transposed: AlignedFloats
  ) {
    let width = MatrixProduct.panelWidth
    let first = panel * width
    let source = parameters.base + map.weights + first * map.inputs
    let target = transposed.base + map.transposed
    let outputs = min(width, map.outputs - first)
    for group in 0..<MatrixProduct.panels(map.inputs) {
      let inputs = min(width, map.inputs - group * width)
      let block = target + (group * map.outputs + first) * width
      let rows = source + group * width * width
      for output in 0..<outputs {
        for input in 0..<inputs { block[output * width + input] = rows[input * width + output] }
      }
    }
  }
}
