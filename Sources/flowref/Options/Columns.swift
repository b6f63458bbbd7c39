/// The names of the columns of tables: numbered from 1, so that `x_1, x_2` are coordinates and never noise and data.
enum Columns {
  static func points(_ dimension: Int) -> [String] { numbered("x", dimension) }

  static func numbered(_ name: String, _ count: Int) -> [String] {
    (0..<count).map { "\(name)_\($0 + 1)" }
  }
}
