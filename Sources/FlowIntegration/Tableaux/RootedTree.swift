/// A rooted tree: the shape of one term in the Taylor series of a solution of `y' = f(y)`.
///
/// *Reference*: Butcher (1963); Hairer, Norsett and Wanner, Solving Ordinary Differential Equations
/// I (1993), section II.2.
public struct RootedTree: Hashable, Sendable {
  /// What hangs from the root, sorted by position in ``RootedTree/trees(upTo:)``.
  public let children: [RootedTree]
  /// The number of vertices.
  public let order: Int
  /// `gamma`: the order times the densities of the children.
  public let density: Int

  init(children: [RootedTree]) {
    self.children = children
    order = 1 + children.reduce(0) { $0 + $1.order }
    density = children.reduce(order) { $0 * $1.density }
  }

  /// All trees with at most `order` vertices, small ones first: 1, 1, 2, 4, 9, 20, 48, 115, 286, ...
  /// of each size.
  public static func trees(upTo order: Int) -> [RootedTree] {
    var all: [RootedTree] = []
    /// Adds every tree whose children come from `all[first...]`, in order, with `left` vertices.
    func extend(
      _ children: [RootedTree], from first: Int, left: Int, into found: inout [RootedTree]
    ) {
      if left == 0 {
        found.append(RootedTree(children: children))
        return
      }
      for place in first..<all.count where all[place].order <= left {
        extend(children + [all[place]], from: place, left: left - all[place].order, into: &found)
      }
    }
    for size in 1...max(order, 1) {
      var found: [RootedTree] = []
      extend([], from: 0, left: size - 1, into: &found)
      all += found
    }
    return all
  }
}
