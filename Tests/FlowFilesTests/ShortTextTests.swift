import FlowFiles
import Testing

struct ShortTextTests {
  @Test(arguments: [
    (0, "0"), (0.25, "0.25"), (8, "8.0"), (12.34, "12.3"), (123.4, "123"), (1.5e-8, "1.5e-8"),
    (3e12, "3.0e12"), (.infinity, "inf"),
  ])
  func numbersAreShort(_ value: Double, _ text: String) {
    #expect(DecimalText.short(value) == text)
  }
}
