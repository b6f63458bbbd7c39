import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

// What libFuzzer calls with every input. Which reader it drives is said by the variable READER; a reader may
// refuse, and nothing else: what it accepts must be what it says, or the process ends.

/// A reader and what must hold of what it accepts.
private let readers: [String: @Sendable ([UInt8]) -> Void] = [
  "json": { bytes in
    guard let document = try? JSONDocument(parsing: bytes) else { return }
    // Written and read again it is the same.
    var writer = JSONWriter()
    writer.write(document.value)
    let again = try! JSONDocument(parsing: writer.bytes).value
    var second = JSONWriter()
    second.write(again)
    precondition(writer.bytes == second.bytes, "the value changes on its way through its text")
  },
  "csv": { bytes in
    guard let table = try? CSVReader.parse(bytes, path: "fuzz", selection: DataSelection()) else {
      return
    }
    check(table)
  },
  "npy": { bytes in
    guard let table = try? NPYReader.parse(bytes, path: "fuzz", selection: DataSelection()) else {
      return
    }
    check(table)
  },
  "safetensors": { bytes in
    guard let file = try? Safetensors(decoding: bytes, path: "fuzz") else { return }
    for entry in file.entries {
      precondition(entry.values.count == entry.shape.reduce(1, *), "a tensor of another size")
    }
    // Written by this program it passes its own check.
    let again = try! Safetensors(decoding: file.encoded(), path: "fuzz")
    precondition(again.failedCheck == nil, "a file fails its own check")
  },
  "fixture": { bytes in
    guard let file = try? FixtureFile(decoding: bytes, path: "fuzz.json") else { return }
    precondition(!file.cases.isEmpty, "a fixture file without cases")
  },
]

private func check(_ table: DataTable) {
  precondition(table.values.count == table.rows * table.dimension, "a table of another size")
  precondition(table.values.allSatisfy(\.isFinite), "a number that is not finite")
}

private let reader: @Sendable ([UInt8]) -> Void = {
  let name = getenv("READER").map { String(cString: $0) } ?? "json"
  guard let reader = readers[name] else {
    preconditionFailure("READER is one of \(readers.keys.sorted())")
  }
  return reader
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  reader(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
