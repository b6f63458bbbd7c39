import FlowFiles
import FlowMatching

extension VerificationReport {
  /// One JSON object: the verdict, and a result for every check, path and target.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.writeObject { writer in
      writer.writeName("passed")
      writer.write(passed)
      writer.writeName("seed")
      // As text: 64 bits do not fit a JSON number everywhere.
      writer.write("\(seed)")
      writer.writeName("false_alarm_rate")
      writer.write(falseAlarmRate)
      writer.writeName("results")
      writer.writeArray { writer in
        for result in results { result.write(to: &writer) }
      }
    }
    writer.endLine()
    return writer.bytes
  }
}

extension CheckResult {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.writeObject { writer in
      for (name, text) in [("check", check), ("target", target), ("path", path)] {
        writer.writeName(name)
        writer.write(text)
      }
      writer.writeName("worst")
      writer.write(worst)
      writer.writeName("allowance")
      writer.write(allowance)
      writer.writeName("unit")
      writer.write(unit.rawValue)
      if let time {
        writer.writeName("t")
        writer.write(time.t)
        writer.writeName("one_minus_t")
        writer.write(time.remaining)
      }
      if let point {
        writer.writeName("x")
        writer.write(point)
      }
      if let detail {
        writer.writeName("detail")
        writer.write(detail)
      }
      if let failure {
        writer.writeName("failure")
        writer.write(failure)
      }
      writer.writeName("count")
      writer.write(count)
      writer.writeName(skipped ? "skipped" : "passed")
      writer.write(skipped || passed)
    }
  }
}
