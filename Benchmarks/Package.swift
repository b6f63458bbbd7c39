// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who uses the library fetches what only benchmarks need.
let package = Package(
  name: "flow-matching-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-flow-matching", path: ".."),
    // Without its traits: the allocation counters interpose malloc, which changes what is measured.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "ExactFields",
      dependencies: [
        .product(name: "FlowMatching", package: "swift-flow-matching"),
        .product(name: "FlowIntegration", package: "swift-flow-matching"),
        .product(name: "FlowConformance", package: "swift-flow-matching"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/ExactFields",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    // Times fields and trajectories on points from files, for the comparison with other programs.
    .executableTarget(
      name: "PeerTimer",
      dependencies: [
        .product(name: "FlowMatching", package: "swift-flow-matching"),
        .product(name: "FlowIntegration", package: "swift-flow-matching"),
      ]),
  ]
)
