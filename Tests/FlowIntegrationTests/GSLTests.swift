import Testing

@testable import FlowIntegration

@Suite struct GSLTests {
  @Test func aStatusOfTheLibraryHasAText() {
    GSL.ready
    #expect(GSL.description(of: 0) == "success")
  }
}
