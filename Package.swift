// swift-tools-version: 6.2
// One package graph, an explicit path per target: the folders are the architecture (see CONTRIBUTING.md).
import PackageDescription

/// Swift 6 language mode comes with the tools version; the rest makes the compiler as strict as we are.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func library(
  _ name: String, _ path: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .target(name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: strict)
}

/// A library with text files compiled in: these, and every file of these folders (see Plugins).
func embedding(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = [], files: [String]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path, exclude: files, swiftSettings: strict, plugins: ["EmbedFiles"])
}

func program(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
]
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioTLSEvents = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")

/// A package that Swift's own source brings, in the version that Swift 6.2 is built with: from its repository, or, where
/// the machine reaches none, from the folder beside this one. The packages of Swift's project go by the same variable;
/// `.ci/machine` sets it.
func swift(_ name: String, _ version: Version) -> Package.Dependency {
  Context.environment["SWIFTCI_USE_LOCAL_DEPS"] == nil
    ? .package(url: "https://github.com/apple/swift-\(name)", exact: version) : .package(path: "../swift-\(name)")
}

/// The gateway's folders with something for browsers beside the Swift: templates, scripts, what the API's description
/// says of them. It is compiled into GatewayResources.
let subjects = [
  "APIKeys", "Account", "Apps", "Audit", "Groups", "HTTP", "Keys", "KnownApps", "Mail", "MyApps", "OAuth", "Pages",
  "People", "SetUp", "Settings", "SignIn", "SignUp",
]

let package = Package(
  name: "latchkey",
  dependencies: [
    swift("argument-parser", "1.4.0"),
    swift("log", "1.5.4"),
    swift("crypto", "3.0.0"),
    swift("nio", "2.65.0"),
  ],
  targets: [
    // What two or more programs share.
    library("Encodings", "Packages/Encodings"),
    library("LatchkeyProtocol", "Packages/Protocol", ["Encodings"]),
    embedding("LatchkeyWords", "Packages/Words", files: ["locales"]),
    library("Mustache", "Packages/Mustache"),
    .systemLibrary(
      name: "CLibssl", path: "Packages/CLibssl", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
    library("TLS", "Packages/TLS", ["CLibssl", nioTLSEvents] + nio),
    library("Transport", "Packages/Transport", ["LatchkeyProtocol", "TLS", logging] + nio),
    .systemLibrary(
      name: "CLibpq", path: "Packages/CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    library("Postgres", "Packages/Postgres", ["CLibpq", "Encodings", logging]),
    .systemLibrary(
      name: "CLibcrypto", path: "Packages/CLibcrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    library("Libcrypto", "Packages/Libcrypto", ["CLibcrypto"]),
    library("OIDCFacts", "Packages/OIDCFacts"),
    library(
      "Store", "Packages/Store", ["OIDCFacts", "Postgres", "Encodings", "LatchkeyProtocol"],
      resources: [.embedInCode("Migrations")]),
    library(
      "ServiceKit", "Packages/ServiceKit",
      ["Encodings", "LatchkeyProtocol", "TLS", "Transport", logging, nioHTTP] + nio),
    library(
      "ServiceStore", "Packages/ServiceStore",
      ["Encodings", "LatchkeyProtocol", "Transport", "ServiceKit", "Postgres", "Store", logging, crypto]),

    // Compiles templates, scripts and words into the programs.
    .executableTarget(name: "embed-files", path: "Plugins/embed-files", swiftSettings: strict),
    .plugin(
      name: "EmbedFiles", capability: .buildTool(), dependencies: ["embed-files"], path: "Plugins/EmbedFiles"),

    // The services: a library with the rules, a thin program around it.
    library("WebAuthn", "Services/auth/Sources/WebAuthn", ["Encodings", "Libcrypto", crypto]),
    library(
      "AuthService", "Services/auth/Sources/AuthService",
      ["WebAuthn", "Encodings", "LatchkeyProtocol", "ServiceKit", "ServiceStore", "Store", "Postgres", logging],
      resources: [.embedInCode("Resources")]),
    embedding(
      "OIDCRules", "Services/oidc/Sources/OIDCRules", ["Encodings", "Libcrypto", "OIDCFacts", crypto],
      files: ["Redirects/public_suffix_list.dat"]),
    .systemLibrary(
      name: "CCrypt", path: "Services/oidc/Sources/CCrypt", providers: [.apt(["libcrypt-dev"])]),
    library(
      "OIDCService", "Services/oidc/Sources/OIDCService",
      [
        "CCrypt", "OIDCFacts", "OIDCRules", "Encodings", "LatchkeyProtocol", "LatchkeyWords", "ServiceKit",
        "ServiceStore", "Store",
        "Postgres",
        logging, crypto,
      ]),
    .systemLibrary(
      name: "CGD", path: "Services/admin/Sources/CGD", pkgConfig: "gdlib", providers: [.apt(["libgd-dev"])]),
    library("Pictures", "Services/admin/Sources/Pictures", ["CGD"]),
    library(
      "SMTP", "Services/admin/Sources/SMTP", ["Encodings", "LatchkeyProtocol", "TLS", nioTLSEvents] + nio),
    library(
      "AdminService", "Services/admin/Sources/AdminService",
      [
        "OIDCFacts", "OIDCRules", "Pictures", "SMTP", "LatchkeyWords", "Encodings", "LatchkeyProtocol", "ServiceKit",
        "ServiceStore",
        "Store",
        "Postgres",
        logging,
      ]),
    program(
      "auth", "Services/auth/Sources/auth",
      ["AuthService", "Encodings", "LatchkeyProtocol", "ServiceKit", "ServiceStore", "Store"]),
    program(
      "oidc", "Services/oidc/Sources/oidc",
      ["OIDCService", "Encodings", "LatchkeyProtocol", "ServiceKit", "ServiceStore", "Store"]),
    program(
      "admin", "Services/admin/Sources/admin",
      ["AdminService", "SMTP", "Encodings", "LatchkeyProtocol", "ServiceKit", "ServiceStore", "Store"]),
    .target(
      name: "GatewayResources", path: "Services/gateway/Sources/GatewayService",
      sources: ["Pages/GatewayResources.swift"],
      swiftSettings: strict, plugins: ["EmbedFiles"]),
    .target(
      name: "GatewayService",
      dependencies: [
        "Encodings", "LatchkeyProtocol", "ServiceKit", "Transport", "GatewayResources", "LatchkeyWords",
        "Mustache",
        logging, nioHTTP,
      ] + nio,
      path: "Services/gateway/Sources/GatewayService",
      exclude: subjects.map { "\($0)/web" } + ["Pages/GatewayResources.swift"], swiftSettings: strict),
    program(
      "gateway", "Services/gateway/Sources/gateway", ["GatewayService", "ServiceKit"]),

    // The command line.
    library(
      "Launcher", "compose/Sources/Launcher",
      ["Encodings", "LatchkeyProtocol", "ServiceKit", "ServiceStore", "Postgres", "Store", logging]),
    program("latchkey", "compose/Sources/latchkey", ["Launcher", "ServiceKit", "ServiceStore", arguments]),

    // Tests: pure rules, services over the in-process transport with a real database; see also Tests/e2e.
    .target(
      name: "TestKit",
      dependencies: [
        "Encodings", "LatchkeyProtocol", "Libcrypto", "Postgres", "ServiceKit", "Transport", logging, crypto,
      ],
      path: "Tests/TestKit",
      swiftSettings: strict),
    .target(
      name: "ServiceWorld",
      dependencies: [
        "AdminService", "AuthService", "OIDCService", "Encodings", "LatchkeyProtocol", "Postgres", "ServiceKit",
        "ServiceStore",
        "Store", "TestKit",
        "Transport", logging,
      ], path: "Tests/ServiceWorld", swiftSettings: strict),
    tests("EncodingsTests", ["Encodings", "TestKit"]),
    tests("ProtocolTests", ["Encodings", "LatchkeyProtocol", "TestKit"]),
    tests("MustacheTests", ["Mustache", "TestKit"]),
    tests("TLSTests", ["TLS", "TestKit", nioTLSEvents, nioEmbedded] + nio),
    tests("TransportTests", ["Encodings", "LatchkeyProtocol", "TLS", "Transport", "TestKit", logging] + nio),
    tests("PostgresTests", ["Postgres", "TestKit", logging]),
    tests("LibcryptoTests", ["Libcrypto", "CLibcrypto", "TestKit", crypto]),
    tests(
      "StoreTests",
      ["Store", "Postgres", "ServiceKit", "ServiceWorld", "TestKit", "Encodings", "LatchkeyProtocol", logging]),
    .testTarget(
      name: "WebAuthnTests", dependencies: ["Encodings", "WebAuthn", "TestKit", crypto],
      path: "Tests/WebAuthnTests",
      exclude: ["Vectors/webauthn-l3-vectors.json"], swiftSettings: strict),
    tests(
      "ServiceKitTests",
      ["ServiceKit", "Encodings", "LatchkeyProtocol", "Transport", "TestKit", logging, nioHTTP] + nio),
    tests("ServiceStoreTests", ["ServiceStore", "ServiceKit", "Encodings", "LatchkeyProtocol", "TestKit", crypto]),
    tests(
      "LauncherTests",
      ["Launcher", "Encodings", "LatchkeyProtocol", "Postgres", "ServiceKit", "ServiceStore", "Store", "TestKit"]),
    tests("OIDCRulesTests", ["Encodings", "OIDCFacts", "OIDCRules", "Libcrypto", "TestKit", crypto]),
    tests(
      "AuthServiceTests",
      [
        "ServiceWorld", "TestKit", "Encodings", "LatchkeyProtocol", "Postgres", "ServiceKit", "ServiceStore", "Store",
        logging,
      ]),
    tests(
      "OIDCServiceTests",
      [
        "ServiceWorld", "TestKit", "OIDCRules", "OIDCService", "Encodings", "LatchkeyProtocol", "Postgres",
        "ServiceKit", "Store",
        logging, crypto,
      ]),
    tests("PicturesTests", ["Pictures", "CGD"]),
    tests("SMTPTests", ["SMTP", "Encodings", "LatchkeyProtocol", "TestKit"] + nio),
    tests(
      "AdminServiceTests",
      [
        "ServiceWorld", "TestKit", "AdminService", "SMTP", "Pictures", "LatchkeyWords", "Encodings", "LatchkeyProtocol",
        "Postgres",
        "ServiceKit", "ServiceStore", "Store", logging,
      ]),
    tests(
      "GatewayServiceTests",
      [
        "GatewayService", "GatewayResources", "LatchkeyWords", "Encodings", "LatchkeyProtocol", "OIDCRules",
        "ServiceKit",
        "TestKit", "Transport", logging,
      ]),
  ]
)

// What the benchmark compares with is built only when the benchmark asks for it (see Tests/Benchmarks/bench.py).
if Context.environment["LATCHKEY_BENCHMARKS"] != nil {
  package.targets.append(program("empty-handler", "Tests/Benchmarks/EmptyHandler", [nioHTTP] + nio))
}
