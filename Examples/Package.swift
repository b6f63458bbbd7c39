// swift-tools-version: 6.2
import PackageDescription

// Five small programs that use the library as anyone would: `make examples` builds and runs them.
let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-flow-matching", path: "..")],
  targets: [
    .executableTarget(
      name: "ExactField",
      dependencies: [.product(name: "FlowMatching", package: "swift-flow-matching")]),
    .executableTarget(
      name: "OwnPath",
      dependencies: [.product(name: "FlowMatching", package: "swift-flow-matching")]),
    .executableTarget(
      name: "FlowAndLikelihood",
      dependencies: [
        .product(name: "FlowMatching", package: "swift-flow-matching"),
        .product(name: "FlowIntegration", package: "swift-flow-matching"),
      ]),
    .executableTarget(
      name: "CheckACode",
      dependencies: [.product(name: "FlowMatching", package: "swift-flow-matching")]),
    .executableTarget(
      name: "Pairing",
      dependencies: [.product(name: "FlowMatching", package: "swift-flow-matching")]),
  ]
)
