import Testing

@testable import FlowFigures

struct ExplorerTests {
  /// The test vectors of RFC 4648 are of bytes; these are floats whose bytes are known.
  @Test func floatsBecomeBase64OfTheirBytes() {
    #expect([Float(1)].base64 == "AACAPw==")
    #expect([Float(1), -2].base64 == "AACAPwAAAMA=")
    #expect([Float(1), -2, 0.5].base64 == "AACAPwAAAMAAAAA/")
    #expect([Float]().base64 == "")
  }

  @Test func theLatticeKeepsThePageBelowFiveMegabytes() {
    for numbers in [3, 6, 9, 12, 15] {
      let count = Explorer.count(frames: 41, numbers: numbers)
      #expect(count >= 9 && !count.isMultiple(of: 2))
      #expect(count * count * 41 * numbers * 16 / 3 < 2_600_000)
      #expect((count + 2) * (count + 2) * 41 * numbers * 16 / 3 > 2_600_000)
    }
  }

  @Test func noNameEndsTheElementThatHoldsTheData() {
    let explorer = Explorer(
      grid: PlotGrid(lower: (0, 0), length: 1, count: 2), times: [0],
      fields: [
        .init(
          name: "</script><b>\"", velocities: [Float](repeating: 0, count: 8),
          density: nil, schedule: [[0, 1, 1, .nan]], tracks: [])
      ], points: [[0, 0]], selector: "Path")
    #expect(!explorer.json.contains("<"))
    #expect(explorer.json.contains("[0.0,1.0,1.0,null]"))
    let page = StudyPage(
      title: "a < b", introduction: ["\"&\""], explorer: explorer, figures: [], tables: [],
      pictures: [:])
    #expect(page.html.contains("<h1>a &lt; b</h1>") && page.html.contains("&quot;&amp;&quot;"))
    #expect(!page.html.contains("http://") && !page.html.contains("https://"))
  }

  @Test func aPageWithoutAnExplorerHasNoScriptAndOfLongTablesTheFileOnly() {
    func table(_ name: String, _ rows: Int) -> StudyTable {
      StudyTable(
        name: name, caption: "of \(name)", columns: ["c"],
        rows: (0..<rows).map { ["\(name) \($0)"] })
    }
    let page = StudyPage(
      title: "t", introduction: [], explorer: nil, figures: [],
      tables: [table("brief", 999), table("long", 1000)], pictures: [:]
    ).html
    #expect(!page.contains("<script") && !page.contains("<canvas"))
    #expect(page.contains("<td>brief 998</td>") && !page.contains("<td>long"))
    #expect(page.contains("of long 1000 rows: <a href=\"long.csv\">"))
  }

  @Test func cellsWithCommasAndQuotesAreQuoted() {
    let table = StudyTable(name: "t", caption: "", columns: ["a,b", "c"], rows: [["x\"y", "1"]])
    #expect(table.csv == "\"a,b\",c\n\"x\"\"y\",1\n")
  }
}
