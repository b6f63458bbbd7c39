/// The word that a misspelt one may have meant.
enum Nearest {
  /// The word of `words` that `text` is a slip away from: at most a third of its letters, and no more than three, are
  /// others, missing, added or swapped.
  static func word(to text: String, among words: [String]) -> String? {
    let best = words.map { ($0, distance(Array(text.lowercased()), Array($0.lowercased()))) }
      .min { $0.1 < $1.1 }
    guard let (word, count) = best, count <= min(3, max(1, word.count / 3)) else { return nil }
    return word
  }

  /// `There is no KIND TEXT; did you mean WORD? There are ...`
  static func refusal(_ kind: String, _ text: String, among words: [String]) -> String {
    let meant = word(to: text, among: words).map { "; did you mean \($0)? There" } ?? "; there"
    return "There is no \(kind) \(text)\(meant) are \(words.joined(separator: ", "))."
  }

  /// Letters changed, missing, added, or swapped with their neighbour (Damerau, 1964).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = min(
          rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          least = min(least, rows[i - 1][j - 1] + 1)
        }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
