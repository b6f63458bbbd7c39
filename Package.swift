// swift-tools-version: 6.2
import PackageDescription

/// One set of language rules for every target: Swift 6 mode (implied by the tools version) and the
/// upcoming features that keep imports and existentials explicit. Warnings are errors.
let rules: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// The steppers of the GNU Scientific Library, which is under the GPL, can be left out: FLOWREF_GSL=no.
let hasGSL = Context.environment["FLOWREF_GSL"] != "no"

let package = Package(
  name: "swift-flow-matching",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "FlowMatching", targets: ["FlowMatching"]),
    .library(name: "FlowIntegration", targets: ["FlowIntegration"]),
    .library(name: "FlowVerification", targets: ["FlowVerification"]),
    .library(name: "FlowConformance", targets: ["FlowConformance"]),
    .library(name: "FlowSpectral", targets: ["FlowSpectral"]),
    .library(name: "FlowTraining", targets: ["FlowTraining"]),
    .executable(name: "flowref", targets: ["flowref"]),
    .library(name: "flowrefc", type: .dynamic, targets: ["FlowC"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    // The descriptors that swift-subprocess takes; on Apple's systems the SDK has them.
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
  ],
  targets: [
    // The vector unit: what the compiler may assume, and single operations on whole vectors; a header alone.
    .systemLibrary(name: "CVectorUnit"),
    // The exact engine: scalars, paths, targets, fields. Pure Swift, no input or output.
    .target(
      name: "FlowMatching",
      dependencies: ["CVectorUnit", .product(name: "RealModule", package: "swift-numerics")],
      swiftSettings: rules),
    // The GNU Scientific Library (GPL), found through pkg-config.
    .systemLibrary(
      name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    // Solvers of ordinary differential equations, flows and likelihoods.
    .target(
      name: "FlowIntegration",
      dependencies: (hasGSL ? ["CGSL"] : []) + [
        "FlowMatching", .product(name: "RealModule", package: "swift-numerics"),
        .product(name: "BigInt", package: "BigInt"),
      ],
      exclude: [hasGSL ? "WithoutGSL" : "GSL"], swiftSettings: rules),
    // The library FFTW (GPL), found through pkg-config.
    .systemLibrary(
      name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
    // Densities, velocities and residuals on periodic grids, by Fourier transforms.
    .target(
      name: "FlowSpectral",
      dependencies: [
        "FlowMatching", "CFFTW", .product(name: "RealModule", package: "swift-numerics"),
        .product(name: "ComplexModule", package: "swift-numerics"),
      ],
      swiftSettings: rules),
    // The identities that exact fields must satisfy, checked on any target and path; the report.
    .target(
      name: "FlowVerification",
      dependencies: [
        "FlowMatching", "FlowIntegration", "FlowSpectral", "FlowFiles",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: rules),
    // The wire protocol: requests, the oracle; outside processes and their judge.
    .target(
      name: "FlowConformance",
      dependencies: [
        "FlowMatching", "FlowIntegration", "FlowFiles",
        .product(name: "RealModule", package: "swift-numerics"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(
          name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
      ],
      swiftSettings: rules),
    // Float32 networks, optimisers, the training loop and its checkpoints.
    .target(
      name: "FlowTraining",
      dependencies: [
        "FlowMatching", "FlowIntegration", "FlowVerification", "FlowFiles", "CVectorUnit",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: rules),
    // Figures by gnuplot and the explorer's page, from plain data.
    .target(
      name: "FlowFigures",
      dependencies: [
        "FlowFiles", .product(name: "RealModule", package: "swift-numerics"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(
          name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux])),
      ],
      resources: [
        .embedInCode("Explorer/explorer.js"), .embedInCode("Explorer/page.css"),
      ],
      swiftSettings: rules),
    // What is measured for figures and tables: targets of the plane, evaluations that samples need, the
    // collapse onto data points, runs of the trainer beside their exact fields.
    .target(
      name: "FlowStudies",
      dependencies: [
        "FlowMatching", "FlowIntegration", "FlowSpectral", "FlowTraining", "FlowFigures",
        "FlowFiles", .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: rules),
    // Tables of points in and out: CSV, NPY, JSON lines; strict JSON; files written whole or not at all.
    .target(name: "FlowFiles", swiftSettings: rules),
    // The tool: arguments, files, progress; nothing numerical.
    .executableTarget(
      name: "flowref",
      dependencies: [
        "FlowMatching", "FlowIntegration", "FlowSpectral", "FlowVerification", "FlowConformance",
        "FlowFiles", "FlowTraining", "FlowFigures", "FlowStudies",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: rules),
    // The header of the C interface; nothing is compiled.
    .systemLibrary(name: "CFlowReference"),
    // The C interface: what the header declares.
    .target(
      name: "FlowC",
      dependencies: [
        "CFlowReference", "FlowConformance", "FlowFiles", "FlowIntegration", "FlowMatching",
      ],
      swiftSettings: rules),
    .testTarget(
      name: "FlowCTests", dependencies: ["FlowC", "CFlowReference", "FlowMatching"],
      swiftSettings: rules),
    .testTarget(
      name: "FlowMatchingTests",
      dependencies: [
        "FlowMatching", "CGSL", .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: rules),
    .testTarget(
      name: "FlowConformanceTests",
      dependencies: [
        "FlowConformance", "FlowIntegration", "FlowMatching", "FlowSpectral", "FlowFiles",
        "TestSupport",
      ],
      swiftSettings: rules),
    .testTarget(
      name: "FlowVerificationTests",
      dependencies: ["FlowVerification", "FlowIntegration", "FlowMatching", "TestSupport"],
      swiftSettings: rules),
    .testTarget(
      name: "FlowIntegrationTests",
      dependencies: [
        "FlowIntegration", "FlowMatching", .product(name: "RealModule", package: "swift-numerics"),
      ],
      exclude: ["Reference"], swiftSettings: rules),
    .testTarget(
      name: "FlowSpectralTests",
      dependencies: [
        "FlowSpectral", "FlowMatching", .product(name: "RealModule", package: "swift-numerics"),
        .product(name: "ComplexModule", package: "swift-numerics"),
      ],
      swiftSettings: rules),
    .testTarget(
      name: "FlowTrainingTests",
      dependencies: [
        "FlowTraining", "FlowMatching", "FlowVerification", "FlowFiles", "TestSupport",
      ],
      swiftSettings: rules),
    .testTarget(
      name: "FlowFiguresTests", dependencies: ["FlowFigures", "FlowFiles", "TestSupport"],
      swiftSettings: rules),
    .testTarget(
      name: "FlowStudiesTests",
      dependencies: [
        "FlowStudies", "FlowFigures", "FlowFiles", "FlowIntegration", "FlowMatching",
        "FlowSpectral", "FlowVerification", "TestSupport",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      swiftSettings: rules),
    .testTarget(
      name: "FlowFilesTests", dependencies: ["FlowFiles", "TestSupport"], swiftSettings: rules),
    // What the tests of several modules need.
    .target(
      name: "TestSupport", dependencies: ["FlowMatching"], path: "Tests/TestSupport",
      swiftSettings: rules),
  ]
)
