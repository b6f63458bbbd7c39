import FlowFiles

/// Splits bytes that come in pieces into lines at every LF.
struct LineSplitter {
  /// One line without its LF, or the news that it is beyond the limit.
  enum Line: Equatable {
    case text([UInt8])
    case tooLong
  }

  private let limit: Int
  private var bytes: [UInt8] = []
  private var start = 0
  /// Up to where no LF is.
  private var searched = 0

  init(limit: Int = JSONDocument.maximumLength) { self.limit = limit }

  /// The bytes after the last LF.
  var unfinished: ArraySlice<UInt8> { bytes[start...] }

  mutating func append(_ piece: some Collection<UInt8>) {
    if start > 0 {
      bytes.removeFirst(start)
      searched -= start
      start = 0
    }
    bytes += piece
  }

  /// The next complete line; `tooLong` as soon as a line cannot end within the limit, after which
  /// nothing more can be made of these bytes.
  mutating func next() -> Line? {
    if let end = bytes[searched...].firstIndex(of: 0x0A) {
      defer {
        start = end + 1
        searched = start
      }
      return end - start > limit ? .tooLong : .text(Array(bytes[start..<end]))
    }
    searched = bytes.count
    return bytes.count - start > limit ? .tooLong : nil
  }
}
