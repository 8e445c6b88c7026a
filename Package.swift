// swift-tools-version: 6.2
import PackageDescription

// The rooms and their arrows are the table in Documentation/architecture.md; the house test holds
// this manifest and every import against it.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let strictC: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O2"])]
let strictCXX: [CXXSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O2"])]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "wetread",
    products: [
        .executable(name: "wetread", targets: ["wetread"]),
        .library(name: "CNN", targets: ["CNN"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // C and C++ doors, one system library (or two) behind each.
        .target(
            name: "CTerminal", cSettings: strictC, linkerSettings: [.linkedLibrary("ncursesw")]),
        .target(
            name: "CDICOM", cxxSettings: strictCXX,
            linkerSettings: [
                "dcmjpeg", "dcmjpls", "dcmimage", "dcmimgle", "dcmdata", "oflog", "ofstd",
                "openjp2", "z",
            ].map { .linkedLibrary($0) }),
        .target(
            name: "CRaster", cSettings: strictC,
            linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
        .target(
            name: "CKernels",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O3", "-ffp-contract=off"])],
            linkerSettings: [.linkedLibrary("dl"), .linkedLibrary("pthread")]),

        .target(name: "Radiology", swiftSettings: strict),
        .target(name: "Imaging", dependencies: ["CKernels", "CRaster"], swiftSettings: strict),
        .target(
            name: "DICOM", dependencies: ["CDICOM", "Imaging", "Radiology"],
            swiftSettings: strict),
        .target(name: "CNN", dependencies: ["CKernels"], swiftSettings: strict),
        .target(
            name: "Analyzer", dependencies: ["CNN", "Imaging", "Radiology", crypto],
            resources: [.copy("Resources")], swiftSettings: strict),
        .target(
            name: "Records", dependencies: ["Radiology", grdb, crypto, cryptoExtras],
            swiftSettings: strict),
        .target(
            name: "Terminal", dependencies: ["CTerminal", "CKernels", "Imaging", toml],
            swiftSettings: strict),
        .target(
            name: "Workstation", dependencies: ["Terminal", "Radiology", "Imaging"],
            swiftSettings: strict),
        .target(
            name: "Phantom", dependencies: ["Imaging", "DICOM", "Radiology"],
            swiftSettings: strict),
        .target(name: "ReaderStudy", dependencies: ["Radiology"], swiftSettings: strict),
        .target(
            name: "StudyReading",
            dependencies: ["ReaderStudy", "Terminal", "Imaging", "Radiology"],
            swiftSettings: strict),
        .executableTarget(
            name: "wetread",
            dependencies: [
                "Radiology", "Imaging", "DICOM", "CNN", "Analyzer", "Records", "Terminal",
                "Workstation", "Phantom", "ReaderStudy", "StudyReading", arguments, toml, crypto,
            ],
            swiftSettings: strict),

        .target(
            name: "WetreadTesting",
            dependencies: ["Terminal"], swiftSettings: strict),

        .testTarget(
            name: "HouseTests", dependencies: ["WetreadTesting"], exclude: ["ratchet.txt"],
            swiftSettings: strict),
        .testTarget(name: "RadiologyTests", dependencies: ["Radiology"], swiftSettings: strict),
        .testTarget(
            name: "ImagingTests", dependencies: ["Imaging", "WetreadTesting"], swiftSettings: strict
        ),
        .testTarget(
            name: "DICOMTests", dependencies: ["DICOM", "Imaging", "Radiology", "WetreadTesting"],
            exclude: ["compare_with_pydicom.py"], swiftSettings: strict),
        .testTarget(
            name: "CKernelsTests", dependencies: ["CKernels", "WetreadTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "CNNTests", dependencies: ["CNN", "WetreadTesting"], swiftSettings: strict),
        .testTarget(
            name: "AnalyzerTests",
            dependencies: ["Analyzer", "CNN", "Imaging", "Radiology", "WetreadTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "RecordsTests", dependencies: ["Records", "Radiology", "WetreadTesting"],
            exclude: ["Fixtures", "verify_audit.py"], swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["Terminal", "Imaging", "WetreadTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "WorkstationTests",
            dependencies: ["Workstation", "Terminal", "Radiology", "Imaging", "WetreadTesting"],
            exclude: ["Goldens"], swiftSettings: strict),
        .testTarget(
            name: "PhantomTests",
            dependencies: ["Analyzer", "CNN", "DICOM", "Imaging", "Phantom", "Radiology"],
            swiftSettings: strict),
        .testTarget(
            name: "ReaderStudyTests", dependencies: ["ReaderStudy", "WetreadTesting"],
            exclude: ["Data", "compare_with_scipy.py"], swiftSettings: strict),
        .testTarget(
            name: "StudyReadingTests",
            dependencies: ["StudyReading", "ReaderStudy", "Terminal", "Imaging", "WetreadTesting"],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["CNN", "Terminal", "WetreadTesting", "wetread"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
