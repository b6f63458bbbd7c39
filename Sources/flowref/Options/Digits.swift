import FlowFiles
import FlowMatching

/// The handwritten digits that come with the package, scaled to [-1, 1].
enum Digits {
  static let relativePath = "Fixtures/data/digits.csv"

  static func table() throws -> DataTable {
    let selection = DataSelection(labelColumn: .name("label"), scale: 0.125, offset: -1)
    return try DataTable.read(try PackageFile.path(relativePath), selection: selection)
  }

  static func target(std: Double) throws -> GaussianMixture {
    try table().target(std: std)
  }
}
