extension DecimalText {
  /// Three digits for tables: at most two places from 0.01 on, an exponent below and from 100,000 on.
  public static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    if abs(value) >= 0.01, abs(value) < 100_000 {
      let factor = abs(value) < 10 ? 100.0 : abs(value) < 100 ? 10.0 : 1.0
      let rounded = (value * factor).rounded() / factor
      return factor == 1 ? "\(Int(rounded))" : "\(rounded)"
    }
    var exponent = 0
    var mantissa = value
    while abs(mantissa) >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while abs(mantissa) < 1 {
      mantissa *= 10
      exponent -= 1
    }
    return "\((mantissa * 100).rounded() / 100)e\(exponent)"
  }
}
