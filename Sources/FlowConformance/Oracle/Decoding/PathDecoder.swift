import FlowFiles
import FlowMatching

extension RequestFields {
  /// The path in the member `name`.
  func path(_ name: String = "path") throws(WireError) -> any ProbabilityPath {
    let object = try members(name)
    guard object["kind"] != nil else {
      throw WireError(.missingField, "\(name).kind", "the field \(name).kind is missing")
    }
    guard case .string(let text)? = object["kind"], let kind = PathKind(rawValue: text) else {
      let accepted = PathKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw WireError(.invalidField, "\(name).kind", "\(name).kind must be one of \(accepted)")
    }
    let required = kind.parameters.filter { $0.standard == nil }.map(\.name)
    let optional = kind.parameters.filter { $0.standard != nil }.map(\.name)
    let fields = try RequestFields(
      object, prefix: "\(name).", required: ["kind"] + required, optional: optional)
    var values: [Double] = []
    for (parameter, standard) in kind.parameters {
      values.append(
        fields.has(parameter) ? try fields.number(parameter) : standard!)
    }
    return try onWire { () throws(FlowError) in try kind.path(values) }
  }
}
