/// One update of a network by Adam, in the parts that a gradient is computed in.
struct ParameterUpdate: Sendable {
  let step: AdamStep
  let network: Network
  let state: OptimiserState
  let gradient: AlignedFloats

  /// Updates the parameters of a task and their transposed copies.
  func run(_ task: WeightGradient.Task) {
    let layout = network.layout
    let width = MatrixProduct.panelWidth
    switch task {
    case .embedding:
      guard let table = layout.embedding else { return }
      let count = (table.rows * table.width + 15) / 16 * 16
      step.run(table.start..<table.start + count, network.parameters, gradient, state)
    case .norm(let k):
      let norm = layout.norms[k]
      let count = (norm.channels + 15) / 16 * 16
      for start in [norm.factors, norm.summands] {
        step.run(start..<start + count, network.parameters, gradient, state)
      }
    case .panel(let k, _, _, let panel):
      let map = layout.dense[k]
      let weights = map.weights + panel * width * map.depth
      let biases = map.biases + panel * width
      step.run(weights..<weights + width * map.depth, network.parameters, gradient, state)
      step.run(biases..<biases + width, network.parameters, gradient, state)
      if layout.needsTransposed[k] {
        Panels.transpose(map, panel, from: network.parameters, to: network.transposed)
      }
    }
  }
}
