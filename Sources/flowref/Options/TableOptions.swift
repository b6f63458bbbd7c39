public import ArgumentParser
public import FlowFiles

/// How the files of points are laid out, by options.
enum TableLayout {
  /// The selection that the texts of options mean.
  static func selection(
    columns: String?, header: TableHeader?, delimiter: Delimiter?
  ) -> DataSelection {
    DataSelection(
      columns: columns?.split(separator: ",", omittingEmptySubsequences: false).map {
        DataSelection.Column(parsing: String($0))
      }, header: header ?? .auto, delimiter: delimiter ?? .comma)
  }

  /// Reads a file, and says on standard error what the reader decided by itself.
  static func read(_ path: String, _ selection: DataSelection) throws(FileError) -> DataTable {
    let table = try DataTable.read(path, selection: selection)
    if let remark = table.remark { Trouble.note(remark) }
    return table
  }
}

extension TableHeader: ExpressibleByArgument {}

extension Delimiter: ExpressibleByArgument {
  public init?(argument: String) { self.init(parsing: argument) }
}
