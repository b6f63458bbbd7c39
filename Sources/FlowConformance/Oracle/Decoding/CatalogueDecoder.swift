import FlowFiles
import FlowMatching

extension RequestFields {
  /// Something with a name, from an object whose member `key` is the name and whose other members are its
  /// numbers; `further` are members that belong to the object and not to the thing.
  static func named<K: Catalogued>(
    _ type: K.Type, in object: JSONObject, prefix: String, key: String,
    further: [String] = []
  ) throws(WireError) -> K.Value {
    guard let value = object[key] else {
      throw WireError(.missingField, "\(prefix)\(key)", "the field \(prefix)\(key) is missing")
    }
    guard case .string(let text) = value, let kind = K(rawValue: text) else {
      throw WireError(
        .invalidField, "\(prefix)\(key)", "\(prefix)\(key) must be one of \(K.names)")
    }
    let entry = kind.entry
    let required = entry.parameters.filter { $0.standard == nil }.map(\.name)
    let optional = entry.parameters.filter { $0.standard != nil }.map(\.name)
    let fields = try RequestFields(
      object, prefix: prefix, required: further + [key] + required, optional: optional)
    var numbers: [Double] = []
    for parameter in entry.parameters {
      guard fields.has(parameter.name) || parameter.standard == nil else {
        numbers.append(parameter.standard!)
        continue
      }
      numbers.append(
        parameter.isInteger
          ? Double(try fields.integer(parameter.name)) : try fields.number(parameter.name))
    }
    return try onWire { () throws(FlowError) in try entry.value(numbers) }
  }
}
