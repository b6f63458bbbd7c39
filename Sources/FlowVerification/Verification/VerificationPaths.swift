public import FlowMatching

extension NamedPath {
  /// Every kind as reports show it; optimal transport with and without a remaining sigma.
  public static func all() throws(FlowError) -> [NamedPath] {
    var paths: [NamedPath] = []
    for kind in PathKind.allCases {
      // A parameter without a default is part of the name.
      let numbers = kind.parameters.filter { $0.standard == nil }.map {
        Parameter.text($0.example)
      }
      paths.append(
        NamedPath(
          name: kind.name + (numbers.isEmpty ? "" : "(\(numbers.joined(separator: ",")))"),
          path: try kind.example()))
      if kind == .ot {
        paths.append(
          NamedPath(name: "ot(1e-5)", path: try kind.entry.example(["sigma_min": 1e-5])))
      }
    }
    return paths
  }
}
