#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What stands in a directory.
public enum DirectoryContents {
  /// The names, sorted; those that begin with a dot are left out.
  public static func names(of directory: String) throws(FileError) -> [String] {
    guard let stream = opendir(directory) else {
      throw FileError(path: directory, .cannotOpen(reason: Descriptor.systemReason()))
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
