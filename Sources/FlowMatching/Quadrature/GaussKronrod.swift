/// The 21-point Kronrod rule on [0, 1] and the 10-point Gauss rule inside it: exact for polynomials
/// of degree 31 and 19, so that their difference tells how well a panel is resolved.
///
/// Nodes come in three groups of eight lanes; the last three lanes have no weight. They are stored
/// as distances from the left end, which keeps their digits next to it.
///
/// *Reference*: Kronrod (1965); nodes from the orthogonality of the Stieltjes polynomial at 60 digits.
enum GaussKronrod {
  static let nodes = lanes(half.map(\.node) + [0.5] + half.reversed().map { 1 - $0.node })
  static let weights = symmetric(\.kronrod, middle: 0.07472277700145845)
  static let gaussWeights = symmetric(\.gauss, middle: 0)
  /// How many nodes have weight.
  static let count = 21

  private static let half: [(node: Double, kronrod: Double, gauss: Double)] = [
    (0.0021714184870959595, 0.005847319433685937, 0),
    (0.01304673574141414, 0.016279081153982362, 0.03333567215434407),
    (0.034921254322145885, 0.027377948287175997, 0),
    (0.06746831665550775, 0.03751983740545998, 0.0747256745752903),
    (0.10959113670679155, 0.0465627272918488, 0),
    (0.1602952158504878, 0.05469357940114882, 0.10954318125799102),
    (0.21862143266569767, 0.06174598813103292, 0),
    (0.2833023029353764, 0.06735460865573667, 0.13463335965499817),
    (0.3528035686492699, 0.07138796928853004, 0),
    (0.4255628305091844, 0.07386955245066924, 0.14776211235737644),
  ]

  private static func symmetric(
    _ part: KeyPath<(node: Double, kronrod: Double, gauss: Double), Double>, middle: Double
  ) -> [Lanes] {
    let left = half.map { $0[keyPath: part] }
    return lanes(left + [middle] + left.reversed(), filler: 0)
  }

  private static func lanes(_ numbers: [Double], filler: Double = 0.5) -> [Lanes] {
    stride(from: 0, to: numbers.count, by: Lanes.count).map { start in
      var result = Lanes(filler)
      for lane in 0..<min(Lanes.count, numbers.count - start) {
        result[lane] = numbers[start + lane]
      }
      return result
    }
  }
}
