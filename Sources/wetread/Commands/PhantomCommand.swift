// wetread phantom: drawn chest phantoms as studies, as load, as training data, as one picture.

import ArgumentParser
import Foundation
import Imaging
import Phantom
import Radiology

struct PhantomCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "phantom",
        abstract: "Draw chest phantoms: the sample studies, load for tests, training data.",
        discussion: """
            Without an option the sample studies are written. Everything is drawn by the program, \
            belongs to nobody, and is the same byte for byte for the same seed. Findings are named \
            LABEL, LABEL:SIDE or LABEL:SIDE:SEVERITY (Pneumothorax:left:0.7).
            """)

    @Option(help: "The folder to write to; for --picture the PNG file.")
    var output: String

    @Option(help: "Write this many studies of one image each, for load tests.")
    var load: Int?

    @Option(help: "Rows and columns of a load study or a picture.")
    var size = 2048

    @Option(help: "Write this many labelled pictures for training.")
    var training: Int?

    @Flag(help: "Draw one picture as PNG.")
    var picture = false

    @Option(help: "The view of a picture: PA, AP (portable) or LL.")
    var view = "PA"

    @Option(help: "A finding to plant in a picture; may be given several times.")
    var finding: [String] = []

    @Option(help: "Seed.")
    var seed: UInt64 = 1

    func validate() throws {
        if [load != nil, training != nil, picture].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --load, --training and --picture.")
        }
        if let load, !(1...100_000).contains(load) {
            throw ValidationError("--load must be 1...100000")
        }
        if let training, !(1...100_000).contains(training) {
            throw ValidationError("--training must be 1...100000")
        }
        if !(32...8_192).contains(size) { throw ValidationError("--size must be 32...8192") }
        if Self.views[view] == nil { throw ValidationError("--view must be PA, AP or LL") }
        for text in finding where Self.planted(text) == nil {
            let labels = Pathology.foundingFourteen.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(
                "--finding \(text.inert()) is not LABEL:left|right:0...1 with one of \(labels)")
        }
    }

    func run() throws {
        let target = URL(fileURLWithPath: output)
        if let load {
            let progress = ProgressLine(total: load, verb: "wrote")
            try PhantomCatalogue.writeLoad(count: load, size: size, to: target, seed: seed) {
                progress.show($0)
            }
            progress.finish()
        } else if let training {
            let progress = ProgressLine(total: training, verb: "drew")
            try PhantomTraining.write(count: training, seed: seed, to: target) { progress.show($0) }
            progress.finish()
        } else if picture {
            try draw(to: target)
        } else {
            for file in try PhantomCatalogue.writeSamples(to: target) {
                Output.line(file.lastPathComponent)
            }
        }
    }

    private func draw(to target: URL) throws {
        guard let view = Self.views[view] else { return }
        let study = PhantomStudy(
            seed: seed, view: view, findings: finding.compactMap(Self.planted))
        let radiograph = study.picture(columns: size, rows: size).radiograph()
        try RasterFile.writePNG(
            grey: radiograph.displayValues().map { UInt8(min(max($0.rounded(), 0), 255)) },
            width: radiograph.width, height: radiograph.height, to: target)
    }

    private static let views: [String: PhantomView] = [
        "PA": .posteroanterior, "AP": .portableAnteroposterior, "LL": .lateral,
    ]

    private static func planted(_ text: String) -> PhantomFinding? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        let pathology = Pathology(String(parts[0]))
        let side = parts.count > 1 ? PhantomSide(rawValue: String(parts[1])) : .right
        let severity = parts.count > 2 ? Double(parts[2]) : 0.6
        guard Pathology.foundingFourteen.contains(pathology), let side, let severity,
            (0...1).contains(severity)
        else { return nil }
        return PhantomFinding(pathology, side: side, severity: severity)
    }
}
