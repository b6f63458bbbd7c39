import CFlowReference
import Testing

@Suite("The protocol of the C interface")
struct ProtocolCallTests {
  @Test("one line in, one line out; several lines, as many")
  func lines() throws {
    var oracle: OpaquePointer?
    try #require(flowref_oracle_create(0, 0, 0, &oracle, nil) == 0)
    defer { flowref_oracle_free(oracle) }
    func answer(_ request: String) throws -> String {
      var (text, length): (UnsafePointer<CChar>?, Int) = (nil, 0)
      let code = flowref_oracle_answer(
        oracle, request, request.utf8.count, &text, &length, nil)
      try #require(code == 0)
      return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
    }
    let one = #"{"id":[7],"op":"bits_per_dim","log_density":0,"dimension":1}"#
    #expect(try answer(one) == #"{"id":[7],"ok":true,"value":7.0}"# + "\n")
    let three = try answer(one + "\n{\n" + one + "\n").split(separator: "\n")
    #expect(three.count == 3)
    #expect(three[1].contains("malformed_json"))
    let define =
      #"{"op":"define","name":"a","target":{"kind":"preset","name":"checkerboard"}}"#
    #expect(try answer(define).contains("2"))
    let named =
      #"{"op":"denoiser","path":{"kind":"ot"},"target":{"kind":"defined","name":"a"},"t":0.5,"x":[0,1]}"#
    #expect(try answer(named).contains(#""ok":true"#))
    let file = #"{"op":"define","name":"b","target":{"kind":"file","path":"/dev/null"}}"#
    #expect(try answer(file).contains("unsupported"))
    #expect(
      try answer("[" + String(repeating: " ", count: 1 << 20) + "]").contains("invalid_field"))
  }
}
