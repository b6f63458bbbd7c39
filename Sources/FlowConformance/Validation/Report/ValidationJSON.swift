import FlowFiles

extension ValidationReport {
  /// Everything, for machines: one object and a line feed.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.writeObject { writer in
      writer.member("conforms", conforms)
      writer.member("strict", isStrict)
      writer.writeName("command")
      writer.write(.array(command.map(JSONValue.string)))
      writer.member("name", validation.greeting?.name ?? "")
      writer.member("version", validation.greeting?.version ?? "")
      writer.member("precision", validation.terms.precision.rawValue)
      writer.writeName("restarts")
      writer.write(validation.restarts)
      writer.writeName("trouble")
      if let trouble = validation.trouble { writer.write(trouble) } else { writer.writeNull() }
      writer.writeName("tiers")
      writer.writeObject { writer in
        for tier in Tier.allCases {
          writer.writeName(tier.rawValue)
          writer.write(entries.count { $0.tier == tier })
        }
      }
      writer.writeName("information")
      writer.write(.array(information.map(JSONValue.string)))
      writer.writeName("expected_failures_complaints")
      writer.write(.array(listComplaints.map(JSONValue.string)))
      writer.writeName("operations")
      writer.writeArray { writer in for line in lines { Self.write(line, to: &writer) } }
      writer.writeName("cases")
      writer.writeArray { writer in for entry in entries { Self.write(entry, to: &writer) } }
    }
    writer.endLine()
    return writer.bytes
  }

  private static func write(_ line: Line, to writer: inout JSONWriter) {
    writer.writeObject { writer in
      writer.member("operation", line.operation)
      writer.writeName("cases")
      writer.write(line.entries.count)
      for kind in Outcome.Kind.allCases {
        writer.writeName(kind.rawValue.underscored)
        writer.write(line.entries.count { $0.outcome.kind == kind && !$0.isExpected })
      }
      writer.writeName("tiers")
      writer.writeObject { writer in
        for tier in Tier.allCases {
          writer.writeName(tier.rawValue)
          writer.write(line.count(tier))
        }
      }
      writer.writeName("failed_as_expected")
      writer.write(line.expected)
      writer.writeName("budget")
      writer.write(line.budget)
      writer.writeName("worst_ratio")
      if let worst = line.worst { writer.write(worst) } else { writer.writeNull() }
      writer.member("worst_case", line.worstID)
    }
  }

  private static func write(_ entry: Entry, to writer: inout JSONWriter) {
    writer.writeObject { writer in
      writer.member("id", entry.id)
      writer.member("outcome", entry.outcome.kind.rawValue.underscored)
      if let ratio = entry.outcome.ratio {
        writer.writeName("ratio")
        writer.write(ratio)
      }
      if !entry.judgement.notes.isEmpty {
        writer.writeName("information")
        writer.write(.array(entry.judgement.notes.map { .string($0.detail) }))
      }
      guard entry.outcome.isFailure else { return }
      writer.member("tier", entry.judgement.tier?.rawValue ?? "")
      if let member = entry.judgement.member { writer.member("member", member) }
      writer.member("expected", entry.isExpected)
      writer.member("detail", entry.outcome.detail)
      writer.writeName("mistakes")
      writer.write(.array(entry.mistakes.map(JSONValue.string)))
      writer.member("reproduce", entry.reproduction)
    }
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ text: String) {
    writeName(name)
    write(text)
  }

  fileprivate mutating func member(_ name: String, _ flag: Bool) {
    writeName(name)
    write(flag)
  }
}

extension String {
  fileprivate var underscored: String { String(map { $0 == " " ? "_" : $0 }) }
}
