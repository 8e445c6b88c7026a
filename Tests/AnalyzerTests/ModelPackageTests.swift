import Analyzer
import Foundation
import Radiology
import Testing
import WetreadTesting

/// Packages are checked before anything they say is believed.
@Suite struct ModelPackageTests {
    /// A copy of the baseline with its description changed by `change`.
    private static func copy(
        _ change: (inout [String: Any]) -> Void = { _ in }, tampered: Bool = false
    ) throws -> ScratchFolder {
        let folder = try ScratchFolder("package")
        let source = ModelPackage.shippedFolder.appendingPathComponent("baseline-cxr14")
        let json = try Data(contentsOf: source.appendingPathComponent("model.json"))
        var description = try #require(
            try JSONSerialization.jsonObject(with: json) as? [String: Any])
        change(&description)
        try JSONSerialization.data(withJSONObject: description)
            .write(to: folder.url.appendingPathComponent("model.json"))
        var network = try Data(contentsOf: source.appendingPathComponent("model.onnx"))
        if tampered { network[network.count / 2] ^= 1 }
        try network.write(to: folder.url.appendingPathComponent("model.onnx"))
        return folder
    }

    private static func message(_ folder: ScratchFolder) -> String {
        do {
            _ = try ModelPackage(folder: folder.url)
            return "loaded"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: ModelPackage.bundledNames)
    func `every package that ships loads, names itself and carries its own bounds`(
        name: String
    ) throws {
        let package = try ModelPackage.find(name, models: nil)
        #expect(package.identity.name == name)
        #expect(package.labels == Pathology.foundingFourteen)
        #expect(package.hasOwnRiskBounds)
        #expect(!package.limits.isEmpty)
    }

    @Test func `the phantom package says on every screen that it knows only phantoms`() throws {
        let package = try ModelPackage.find("phantom-cxr14", models: nil)
        #expect(package.identity.notice.contains("phantom"))
    }

    @Test func `one changed bit of the network is found by its hash`() throws {
        let message = Self.message(try Self.copy(tampered: true))
        #expect(message.contains("is not what it says: the network's SHA-256 is"))
        #expect(message.contains("Nothing was analysed"))
    }

    struct BadDescription: Sendable, CustomTestStringConvertible {
        let id: String
        let change: @Sendable (inout [String: Any]) -> Void
        let says: String
        var testDescription: String { id }
    }

    @Test(arguments: [
        BadDescription(id: "no labels", change: { $0["labels"] = [] }, says: "`labels` must be"),
        BadDescription(
            id: "missing key", change: { $0["sha256"] = nil }, says: "`sha256` is missing"),
        BadDescription(
            id: "a label twice", change: { $0["labels"] = ["A", "A"] }, says: "different names"),
        BadDescription(
            id: "another order in the calibration",
            change: { $0["labels"] = Array((($0["labels"] as? [String]) ?? []).reversed()) },
            says: "must list the labels in their order"),
        BadDescription(
            id: "an unknown way of resizing",
            change: {
                var steps = $0["preprocessing"] as? [String: Any]
                steps?["resize"] = "lanczos"
                $0["preprocessing"] = steps
            }, says: "`preprocessing.resize`"),
        BadDescription(
            id: "bounds in the wrong order",
            change: {
                $0["risk"] = [
                    "critical": [],
                    "per_label": ["Mass": ["moderate": 0.5, "high": 0.2, "uncertain_above": 0.1]],
                ]
            }, says: "0 < moderate < high < 1"),
        BadDescription(
            id: "a critical label without bounds",
            change: { $0["risk"] = ["critical": ["Mass"], "per_label": [String: Any]()] },
            says: "critical label Mass has no bounds"),
        BadDescription(
            id: "a path out of the folder", change: { $0["file"] = "../model.onnx" },
            says: "`file` must name a file of the folder"),
    ])
    func `a description that cannot be followed is refused with its fault`(
        _ row: BadDescription
    ) throws {
        #expect(Self.message(try Self.copy(row.change)).contains(row.says))
    }

    @Test func `without bounds of its own a package has the founding numbers`() throws {
        let folder = try Self.copy { $0["risk"] = nil }
        let package = try ModelPackage(folder: folder.url)
        #expect(package.riskTable == .founding)
        #expect(!package.hasOwnRiskBounds)
    }

    @Test func `an unknown name is answered with the names that exist`() {
        #expect(throws: AnalyzerError.self) { try ModelPackage.find("none", models: nil) }
        do {
            _ = try ModelPackage.find("none", models: nil)
        } catch {
            #expect("\(error)".contains("baseline-cxr14, phantom-cxr14"))
        }
    }
}
