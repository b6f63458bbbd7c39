import CFlowReference
import Testing

@Suite("Codes of the C interface")
struct CodeTests {
  @Test("the codes of the header are the protocol's in their order")
  func codes() throws {
    let expected = [
      (FLOWREF_OK, "ok"), (FLOWREF_MALFORMED_JSON, "malformed_json"),
      (FLOWREF_TOO_LARGE, "too_large"), (FLOWREF_UNKNOWN_OP, "unknown_op"),
      (FLOWREF_UNKNOWN_FIELD, "unknown_field"), (FLOWREF_MISSING_FIELD, "missing_field"),
      (FLOWREF_INVALID_FIELD, "invalid_field"),
      (FLOWREF_DIMENSION_MISMATCH, "dimension_mismatch"), (FLOWREF_NON_FINITE, "non_finite"),
      (FLOWREF_OUT_OF_DOMAIN, "out_of_domain"), (FLOWREF_SINGULAR, "singular"),
      (FLOWREF_UNSUPPORTED, "unsupported"), (FLOWREF_NO_CONVERGENCE, "no_convergence"),
      (FLOWREF_CANCELLED, "cancelled"),
    ]
    for (code, name) in expected {
      let found = try #require(flowref_code_name(Int32(code)))
      #expect(String(cString: found) == name)
    }
    #expect(flowref_code_name(Int32(expected.count)) == nil)
    #expect(flowref_code_name(-1) == nil)
    #expect(flowref_status_name(-1) == nil)
  }

  @Test("a failure has a code, the field and a sentence; a long one is cut between characters")
  func failure() throws {
    var error = flowref_error()
    var path: OpaquePointer?
    let code = flowref_path_create(#"{"kind":"vp","beta_min":-1}"#, &path, &error)
    #expect(code == Int32(FLOWREF_OUT_OF_DOMAIN))
    #expect(error.code == code)
    #expect(text(&error.field) == "beta_min")
    #expect(text(&error.message).hasPrefix("beta_min = -1"))
    #expect(path == nil)
    let long =
      #"{"kind":"ring","radius":2,"std":0.1,""# + String(repeating: "é", count: 2000) + #"":1}"#
    #expect(flowref_target_create(long, &path, &error) == Int32(FLOWREF_UNKNOWN_FIELD))
    let cut = text(&error.field)
    #expect(cut.utf8.count < 124 && cut.hasPrefix("target.é") && cut.hasSuffix("é"))
    #expect(flowref_path_create("{", &path, &error) == Int32(FLOWREF_MALFORMED_JSON))
  }

  @Test("NULL is refused wherever it stands, and freeing it does nothing")
  func nulls() {
    var path: OpaquePointer?
    let invalid = Int32(FLOWREF_INVALID_FIELD)
    #expect(flowref_path_create(nil, &path, nil) == invalid)
    #expect(flowref_path_create(#"{"kind":"ot"}"#, nil, nil) == invalid)
    #expect(flowref_field_create(nil, nil, &path, nil) == invalid)
    #expect(
      flowref_field_values(nil, nil, nil, 1, 0, nil, 1, nil, nil, nil) == invalid)
    #expect(flowref_oracle_answer(nil, "x", 1, nil, nil, nil) == invalid)
    #expect(flowref_target_mixture(2, 1, nil, nil, 1, nil, nil, &path, nil) == invalid)
    #expect(flowref_target_product(nil, 0, &path, nil) == invalid)
    #expect(flowref_schedule(nil, nil, 1, 0, nil, nil) == invalid)
    #expect(flowref_assignment(nil, nil, 2, 2, nil, nil, nil, nil) == invalid)
    #expect(flowref_target_dimension(nil) == 0 && flowref_field_dimension(nil) == 0)
    flowref_path_free(nil)
    flowref_target_free(nil)
    flowref_field_free(nil)
    flowref_oracle_free(nil)
    flowref_cancellation_free(nil)
    flowref_cancel(nil)
  }

  private func text<Room>(_ room: inout Room) -> String {
    withUnsafeBytes(of: &room) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
