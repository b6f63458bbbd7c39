import FlowFiles
import FlowIntegration

/// Why an earlier result cannot be continued.
package struct ContinuationError: Error, CustomStringConvertible {
  package let description: String
}

extension EvaluationBenchmark {
  /// Everything known, enough to go on from.
  package var json: [UInt8] {
    var writer = JSONWriter()
    writer.writeObject { writer in
      writer.writeName("samples")
      writer.write(samples)
      writer.writeName("seed")
      writer.write("\(seed)")
      writer.writeName("runs")
      writer.writeArray { writer in
        for run in runs {
          writer.writeArray { writer in
            writer.write(run.solver)
            writer.write(run.setting.text)
          }
        }
      }
      writer.writeName("panels")
      writer.writeArray { writer in for panel in panels { panel.write(to: &writer) } }
    }
    writer.endLine()
    return writer.bytes
  }

  /// What is known of this plan according to an earlier ``json``.
  package func continued(from bytes: [UInt8]) throws(ContinuationError) -> Self {
    func refusal(_ why: String) -> ContinuationError { ContinuationError(description: why) }
    guard let document = try? JSONDocument(parsing: bytes), case .object(let all) = document.value,
      case .number(let samples)? = all["samples"], case .string(let seed)? = all["seed"],
      let runs = all["runs"]?.elements, let panels = all["panels"]?.elements
    else { throw refusal("it is not a result of this benchmark") }
    let wanted = self.runs.map { "\($0.solver) \($0.setting.text)" }
    let found = runs.map { run in
      run.elements?.map { if case .string(let text) = $0 { text } else { "?" } }
        .joined(separator: " ") ?? "?"
    }
    guard Int(samples) == self.samples, seed == "\(self.seed)", wanted == found,
      panels.count == self.panels.count
    else { throw refusal("it was begun with other samples, seed, solvers, paths or targets") }
    var result = self
    for (place, value) in panels.enumerated() {
      guard case .object(let object) = value,
        let panel = Panel(object, path: self.panels[place].path, target: self.panels[place].target)
      else { throw refusal("it was begun with other paths or targets") }
      result.panels[place] = panel
    }
    return result
  }
}

extension EvaluationBenchmark.Panel {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.writeObject { writer in
      writer.writeName("path")
      writer.write(path)
      writer.writeName("target")
      writer.write(target)
      writer.writeName("end")
      writer.write(end)
      writer.writeName("bends")
      writer.write(bends)
      writer.writeName("floor")
      writer.write(floor)
      writer.writeName("rows")
      writer.writeArray { writer in
        for row in rows {
          writer.writeObject { writer in
            for (name, text) in [("solver", row.solver), ("setting", row.setting)] {
              writer.writeName(name)
              writer.write(text)
            }
            for (name, value) in [
              ("nfe", row.nfe), ("error", row.error), ("energy_distance", row.energyDistance),
              ("sliced_w2", row.slicedDistance), ("straightness", row.straightness),
            ] {
              writer.writeName(name)
              if value.isFinite { writer.write(value) } else { writer.writeNull() }
            }
            writer.writeName("failures")
            writer.write(row.failures)
          }
        }
      }
    }
  }

  fileprivate init?(_ object: JSONObject, path: String, target: String) {
    guard case .string(path)? = object["path"], case .string(target)? = object["target"],
      case .numbers(let bends)? = object["bends"], case .numbers(let floor)? = object["floor"],
      let rows = object["rows"]?.elements
    else { return nil }
    self.init(path: path, target: target)
    self.bends = bends
    self.floor = floor
    if case .number(let end)? = object["end"] { self.end = end }
    for row in rows {
      guard case .object(let row) = row, case .string(let solver)? = row["solver"],
        case .string(let setting)? = row["setting"], case .number(let failures)? = row["failures"]
      else { return nil }
      func number(_ name: String) -> Double {
        if case .number(let value)? = row[name] { value } else { .nan }
      }
      self.rows.append(
        SampleStudy.Row(
          solver: solver, setting: setting, nfe: number("nfe"), error: number("error"),
          energyDistance: number("energy_distance"), slicedDistance: number("sliced_w2"),
          straightness: number("straightness"), failures: Int(failures)))
    }
  }
}
