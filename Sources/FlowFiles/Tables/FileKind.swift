/// Kinds of files that are told by their first bytes and not read.
enum FileKind {
  private static let archives: [(start: [UInt8], kind: String, advice: String)] = [
    (
      [0x50, 0x4B, 0x03, 0x04], "an NPZ or another ZIP archive",
      "save the array alone: np.save(\"points.npy\", np.load(\"points.npz\")[\"name\"])"
    ),
    ([0x50, 0x4B, 0x05, 0x06], "an empty ZIP archive", "there is no array in it"),
    ([0x1F, 0x8B], "compressed by gzip", "unpack it first: gunzip"),
  ]

  /// - Throws: `archive` with what to do instead.
  static func refuseArchive(_ bytes: [UInt8], path: String) throws(FileError) {
    for archive in archives where bytes.starts(with: archive.start) {
      throw FileError(path: path, .archive(kind: archive.kind, advice: archive.advice))
    }
  }
}
