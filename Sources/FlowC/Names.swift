// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CFlowReference
import FlowConformance
import FlowIntegration
import FlowMatching

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Texts that live as long as the library.
enum Names {
  /// The version of the library, which is that of the tool.
  static let version = "0.1.0"

  nonisolated(unsafe) static let codes =
    (["ok"] + WireCode.allCases.map(\.rawValue) + ["cancelled"]).map(permanent)
  nonisolated(unsafe) static let statuses = Status.allCases.map { permanent($0.rawValue) }
  nonisolated(unsafe) static let versionText = permanent(version)
  nonisolated(unsafe) static let catalogueText = permanent(
    String(decoding: Catalogue().json, as: UTF8.self))

  /// The quantity of that name, found without making a string of it.
  static func quantity(_ name: UnsafePointer<CChar>?) throws -> MarginalQuantity {
    if let name {
      for (index, known) in quantities.enumerated() where strcmp(name, known!) == 0 {
        return MarginalQuantity.allCases[index]
      }
    }
    return try Arrays.choice(name, "quantity", MarginalQuantity.self)
  }

  nonisolated(unsafe) private static let quantities =
    MarginalQuantity.allCases.map { permanent($0.rawValue) }

  private static func permanent(_ text: String) -> UnsafePointer<CChar>? {
    strdup(text).map { UnsafePointer($0) }
  }
}

@c @implementation
public func flowref_version() -> UnsafePointer<CChar>? { Names.versionText }

@c @implementation
public func flowref_catalogue() -> UnsafePointer<CChar>? { Names.catalogueText }
