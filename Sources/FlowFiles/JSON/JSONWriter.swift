/// Writes JSON text into a buffer that can be used again; commas come by themselves.
public struct JSONWriter: Sendable {
  /// The text so far.
  public private(set) var bytes: [UInt8] = []
  /// Whether the next element of the innermost array or object needs a comma before it.
  private var needsComma = false

  private let wholeNumbersAsIntegers: Bool

  /// An empty text.
  /// - Parameter wholeNumbersAsIntegers: whether `5.0` is written `5`, as the fixtures are: a reader with
  ///   types may take nothing else for a count.
  public init(wholeNumbersAsIntegers: Bool = false) {
    self.wholeNumbersAsIntegers = wholeNumbersAsIntegers
  }

  /// Forgets the text and keeps the memory, unless it is very large.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
    needsComma = false
  }

  /// Ends a line; the next value starts anew.
  public mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// A number in shortest round-trip form; "inf", "-inf" or "nan" as a string.
  public mutating func write(_ number: Double) {
    beginElement()
    if wholeNumbersAsIntegers, abs(number) <= 0x1p53, let whole = Int(exactly: number),
      number != 0 || number.sign == .plus
    {
      bytes.append(contentsOf: whole.description.utf8)
      return
    }
    JSONText.append(number, to: &bytes)
  }

  /// An integer.
  public mutating func write(_ integer: Int) {
    beginElement()
    bytes.append(contentsOf: integer.description.utf8)
  }

  /// A string.
  public mutating func write(_ string: String) {
    beginElement()
    JSONText.append(string, to: &bytes)
  }

  /// `true` or `false`.
  public mutating func write(_ flag: Bool) {
    beginElement()
    bytes.append(contentsOf: flag ? "true".utf8 : "false".utf8)
  }

  /// `null`.
  public mutating func writeNull() {
    beginElement()
    bytes.append(contentsOf: "null".utf8)
  }

  /// A vector.
  public mutating func write(_ numbers: some Sequence<Double>) {
    writeArray { writer in for number in numbers { writer.write(number) } }
  }

  /// An array whose elements `body` writes.
  @inlinable
  public mutating func writeArray<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    open(UInt8(ascii: "["))
    try body(&self)
    close(UInt8(ascii: "]"))
  }

  /// An object whose members `body` writes: `writeName`, then a value, and so on.
  @inlinable
  public mutating func writeObject<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    open(UInt8(ascii: "{"))
    try body(&self)
    close(UInt8(ascii: "}"))
  }

  /// A member's name.
  public mutating func writeName(_ name: String) {
    write(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A value that is JSON text already, such as a request's `id`.
  public mutating func writeText(_ text: ArraySlice<UInt8>) {
    beginElement()
    bytes.append(contentsOf: text)
  }

  /// A value of any kind.
  public mutating func write(_ value: JSONValue) {
    switch value {
    case .null: writeNull()
    case .bool(let flag): write(flag)
    case .number(let number): write(number)
    case .integer(let integer): write(integer)
    case .numbers(let numbers): write(numbers)
    case .string(let string): write(string)
    case .array(let elements):
      writeArray { writer in for element in elements { writer.write(element) } }
    case .object(let object):
      writeObject { writer in
        for member in object.members {
          writer.writeName(member.name)
          writer.write(member.value)
        }
      }
    }
  }

  private mutating func beginElement() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  @usableFromInline
  mutating func open(_ bracket: UInt8) {
    beginElement()
    bytes.append(bracket)
    needsComma = false
  }

  @usableFromInline
  mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }
}
