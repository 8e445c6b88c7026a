// A model package: a folder with a network and the description of what it is.

import CNN
import Crypto
import Foundation
import Radiology

/// A loaded, checked model package.
public struct ModelPackage: Sendable {
    /// The folder's name, for messages.
    public let folderName: String
    /// Name, version and hash, and what every screen must say of it.
    public let identity: ModelIdentity
    /// The labels in the order of the network's outputs.
    public let labels: [Pathology]
    /// The bounds that hold for this package's probabilities.
    public let riskTable: RiskTable
    /// What the model is for, in its makers' words.
    public let intendedUse: String
    /// What it cannot do, in its makers' words.
    public let limits: [String]
    /// True where the package carries its own risk bounds.
    public var hasOwnRiskBounds: Bool { riskTable.origin != .founding }

    let description: ModelDescription
    package let calibration: Calibration
    let model: ONNXModel

    /// Loads a package from its folder and checks the network's SHA-256.
    public init(folder: URL) throws(AnalyzerError) {
        let name = folder.lastPathComponent
        folderName = name
        description = try Self.readDescription(folder: folder, package: name)
        let networkName = description.file
        guard !networkName.contains("/"), networkName != ".." else {
            throw .badDescription(package: name, reason: "`file` must name a file of the folder")
        }
        let bytes = try Self.read(networkName, in: folder, package: name)
        let hash = ContentHash(digest: SHA256.hash(data: bytes))
        guard hash.hexadecimal == description.sha256.lowercased() else {
            throw .wrongHash(package: name, expected: description.sha256, found: hash)
        }
        do { model = try ONNXModel(bytes: bytes) } catch { throw .engine(package: name, error) }
        labels = description.labels.map { Pathology($0) }
        calibration = try Calibration(description, package: name)
        riskTable = try Self.riskTable(description, package: name)
        try Self.checkPreprocessing(description, package: name)
        intendedUse = description.intendedUse
        limits = description.limits ?? []
        identity = ModelIdentity(
            name: description.name, version: description.version, sha256: hash,
            notice: description.domain?.notice ?? "")
    }

    private static func readDescription(
        folder: URL, package: String
    ) throws(AnalyzerError) -> ModelDescription {
        let bytes = try read("model.json", in: folder, package: package)
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let description = try decoder.decode(ModelDescription.self, from: Data(bytes))
            guard !description.labels.isEmpty, description.labels.count <= 1_000,
                Set(description.labels).count == description.labels.count
            else {
                throw AnalyzerError.badDescription(
                    package: package, reason: "`labels` must be 1 to 1000 different names")
            }
            return description
        } catch let error as AnalyzerError {
            throw error
        } catch {
            throw .badDescription(package: package, reason: decodingReason(error))
        }
    }

    private static func decodingReason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it is not JSON" }
        switch error {
        case .keyNotFound(let key, let context):
            return "`\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))` "
                + "is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "`\(context.codingPath.map(\.stringValue).joined(separator: "."))` has the "
                + "wrong type"
        default: return "it is not JSON"
        }
    }

    private static let fileBytesMax = 2 << 30

    private static func read(
        _ file: String, in folder: URL, package: String
    ) throws(AnalyzerError) -> [UInt8] {
        do {
            let url = folder.appendingPathComponent(file)
            let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            guard size <= fileBytesMax else {
                throw AnalyzerError.unreadable(
                    package: package, file: file, reason: "it is larger than 2 GiB")
            }
            return [UInt8](try Data(contentsOf: url, options: .alwaysMapped))
        } catch let error as AnalyzerError {
            throw error
        } catch {
            throw .unreadable(
                package: package, file: file, reason: error.localizedDescription.inert())
        }
    }

    private static func riskTable(
        _ description: ModelDescription, package: String
    ) throws(AnalyzerError) -> RiskTable {
        guard let risk = description.risk else { return .founding }
        var bounds: [Pathology: RiskBounds] = [:]
        for (label, limits) in risk.perLabel {
            guard 0 < limits.moderate, limits.moderate < limits.high, limits.high < 1,
                limits.uncertainAbove > 0
            else {
                throw .badDescription(
                    package: package,
                    reason: "`risk` of \(label.inert()) needs 0 < moderate < high < 1")
            }
            let high = ProbabilityBound(limits.high, includesBound: true)
            let moderate = ProbabilityBound(limits.moderate, includesBound: true)
            bounds[Pathology(label)] = RiskBounds(
                moderate: moderate, high: high, uncertainAbove: limits.uncertainAbove,
                reported: moderate, critical: risk.critical.contains(label) ? high : nil)
        }
        for label in risk.critical where bounds[Pathology(label)] == nil {
            throw .badDescription(
                package: package, reason: "critical label \(label.inert()) has no bounds")
        }
        return RiskTable(origin: .package, bounds: bounds)
    }

    /// Refuses a description that asks for steps this version does not take, rather than guessing.
    private static func checkPreprocessing(
        _ description: ModelDescription, package: String
    ) throws(AnalyzerError) {
        let steps = description.preprocessing
        let input = description.input
        let refusal: String? =
            if input.layout != "NCHW" {
                "`input.layout` is \(input.layout), only NCHW is known"
            } else if input.channels != 1 && input.channels != 3 {
                "`input.channels` is \(input.channels), only 1 and 3 are known"
            } else if !(1...4096).contains(input.width) || !(1...4096).contains(input.height) {
                "`input.width` and `height` must be 1...4096"
            } else if steps.crop != "none" || !steps.aspect.hasPrefix("stretched") {
                "only pictures stretched to the input without cropping are known"
            } else if !steps.resize.hasPrefix("area average when shrinking, bilinear half-pixel") {
                "`preprocessing.resize` is not a way of resizing that is known"
            } else if steps.mean.count != input.channels || steps.std.count != input.channels
                || steps.std.contains(where: { $0 <= 0 })
            {
                "`mean` and `std` need one (positive) value for each channel"
            } else {
                nil
            }
        if let refusal { throw .badDescription(package: package, reason: refusal.inert()) }
    }
}

extension ModelPackage {
    /// Names of the packages that ship, the default first.
    public static let bundledNames = ["baseline-cxr14", "phantom-cxr14"]

    /// Finds a package: a folder's path, a name in `models`, or the name of one that ships.
    ///
    /// - Parameters:
    ///   - models: the user's own packages; nil where there are none.
    ///   - shipped: the folder of the packages that ship.
    public static func find(
        _ name: String, models: URL?, shipped: URL = shippedFolder
    ) throws(AnalyzerError) -> ModelPackage {
        let candidates = [
            URL(fileURLWithPath: name), models?.appendingPathComponent(name),
            bundledNames.contains(name) ? shipped.appendingPathComponent(name) : nil,
        ]
        for folder in candidates.compactMap(\.self) {
            let description = folder.appendingPathComponent("model.json")
            if FileManager.default.fileExists(atPath: description.path) {
                return try ModelPackage(folder: folder)
            }
        }
        throw .noSuchPackage(name: name, known: bundledNames)
    }

    /// Where the packages that ship lie: beside the running program, as the build and `make install`
    /// put them (SwiftPM's `Bundle.module` would end the program where they are missing).
    public static var shippedFolder: URL {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return program.deletingLastPathComponent()
            .appendingPathComponent("wetread_Analyzer.resources")
            .appendingPathComponent("Resources")
    }
}
