#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file on its way to a name: `NAME.PROCESS-NUMBER.tmp`, locked as long as it is written, and removed by
/// whatever ends this process; what SIGKILL leaves is removed by the next who writes there.
struct TemporaryFile {
  let path: String
  let descriptor: Int32
  private let step: Termination.Step

  /// A new file beside `target`; what others left there for the same name goes.
  init(beside target: String) throws(FileError) {
    let slash = target.lastIndex(of: "/")
    let directory = slash.map { String(target[...$0]) } ?? "./"
    let name = String(slash.map { target[target.index(after: $0)...] } ?? target[...])
    Self.removeLeftovers(in: directory, of: name)
    while true {
      let path = "\(target).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
      let step = Termination.add { unlink(path) }
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        let reason = Descriptor.systemReason()
        Termination.remove(step)
        throw FileError(path: target, .cannotOpen(reason: reason))
      }
      while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_nlink > 0 {
        (self.path, self.descriptor, self.step) = (path, descriptor, step)
        return
      }
      // Another writer took it for a leftover before it was locked.
      close(descriptor)
      Termination.remove(step)
    }
  }

  /// Gives the file its name, in place of what had it before.
  func rename(to target: String) throws(FileError) {
    defer { Termination.remove(step) }
    #if canImport(Darwin)
      let isRenamed = Darwin.rename(path, target) == 0
    #elseif canImport(Glibc)
      let isRenamed = Glibc.rename(path, target) == 0
    #else
      let isRenamed = Musl.rename(path, target) == 0
    #endif
    let reason = Descriptor.systemReason()
    close(descriptor)
    guard isRenamed else {
      unlink(path)
      throw FileError(path: target, .cannotWrite(reason: reason))
    }
  }

  /// Removes the file.
  func discard() {
    unlink(path)
    close(descriptor)
    Termination.remove(step)
  }

  /// Removes the files that writers left who are no more: those that nobody has locked.
  static func removeLeftovers(in directory: String, of name: String? = nil) {
    for found in (try? DirectoryContents.names(of: directory)) ?? []
    where isTemporary(found, of: name) {
      let path = directory.hasSuffix("/") ? directory + found : "\(directory)/\(found)"
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  /// `NAME.PROCESS-NUMBER.tmp`.
  private static func isTemporary(_ found: String, of name: String?) -> Bool {
    let parts = found.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.last == "tmp", name.map({ found.hasPrefix("\($0).") }) ?? true
    else { return false }
    if let name,
      parts.count != name.split(separator: ".", omittingEmptySubsequences: false).count + 2
    {
      return false
    }
    let numbers = parts[parts.count - 2].split(separator: "-", omittingEmptySubsequences: false)
    return numbers.count == 2 && numbers.allSatisfy { UInt32($0) != nil }
  }
}
