import FlowMatching
import Foundation
import Testing

@testable import FlowConformance

@Suite struct CatalogueTests {
  private static func file(_ name: String) throws -> String {
    try String(contentsOf: FixtureTests.root.appending(path: name), encoding: .utf8)
  }

  /// What the fixture generator reads, and what people read, is what the lists say.
  @Test func theFilesAreTheLists() throws {
    let catalogue = Catalogue()
    #expect(
      try Self.file("Fixtures/catalogue.json") == String(decoding: catalogue.json, as: UTF8.self),
      "flowref catalogue --json > Fixtures/catalogue.json")
    #expect(
      try Self.file("docs/CATALOGUE.md") == catalogue.markdown,
      "flowref catalogue > docs/CATALOGUE.md")
  }

  /// Every entry can be made as reports show it, and from both ends of what is drawn.
  private static func make<K: Catalogued>(_ kinds: K.Type) throws {
    for kind in K.allCases {
      let entry = kind.entry
      _ = try entry.example()
      #expect(Set(entry.parameters.map(\.name)).count == entry.parameters.count)
      for parameter in entry.parameters {
        #expect(parameter.accepted.contains(parameter.example))
        for value in [parameter.drawn.lowerBound, parameter.drawn.upperBound] {
          #expect(parameter.accepted.contains(value))
          #expect(throws: Never.self, "\(kind.name) \(parameter.name) \(value)") {
            _ = try entry.example([parameter.name: value])
          }
        }
      }
    }
  }

  @Test func everythingCanBeMade() throws {
    try Self.make(PathKind.self)
    try Self.make(DensityKind.self)
    try Self.make(CurveKind.self)
    try Self.make(PresetKind.self)
  }

  /// The ends of what is accepted are what the thing itself accepts.
  private static func refuse<K: Catalogued>(_ kinds: K.Type) throws {
    for kind in K.allCases {
      for parameter in kind.parameters {
        func code(_ value: Double) -> FlowError.Code? {
          do {
            _ = try kind.entry.example([parameter.name: value])
            return nil
          } catch { return error.code }
        }
        let name = "\(kind.name) \(parameter.name)"
        let accepted = parameter.accepted
        #expect(code(.nan) == .nonFinite || parameter.isInteger, "\(name) nan")
        if accepted.lower.isFinite {
          #expect(
            code(accepted.lower.nextDown) == .outOfDomain, "\(name) below \(accepted.lower)")
          #expect(
            code(accepted.lower) == (accepted.hasLower ? nil : .outOfDomain),
            "\(name) \(accepted.lower)")
        }
        if accepted.upper.isFinite {
          #expect(code(accepted.upper.nextUp) == .outOfDomain, "\(name) above \(accepted.upper)")
          #expect(
            code(accepted.upper) == (accepted.hasUpper ? nil : .outOfDomain),
            "\(name) \(accepted.upper)")
        }
      }
    }
  }

  @Test func whatIsNotAcceptedIsRefused() throws {
    try Self.refuse(PathKind.self)
    try Self.refuse(DensityKind.self)
    try Self.refuse(CurveKind.self)
    try Self.refuse(PresetKind.self)
  }
}
