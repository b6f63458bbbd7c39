extension SourcedMixture: AtomicTarget {
  public func atom(owning x: [Double], at schedule: Schedule<Double>) -> [Double]? {
    guard data.smallestVariance == 0 else { return nil }
    let found = posterior(of: x.map { Lanes($0) }, at: Schedule<Lanes>([schedule]), .weights)
    return data.atom(weighing: found.weights.map { $0[0] })
  }
}
