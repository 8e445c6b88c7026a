// Pictures with labels, for training and measuring a model that knows only phantoms.

import Foundation
import Imaging
import Radiology

/// Labelled phantom pictures as arrays.
public enum PhantomTraining {
    /// Side of a written picture, in pixels: the model's input.
    public static let side = 128

    /// Writes `images.npy` (uint8, `count` x 128 x 128, display grey) and `labels.csv` to a folder.
    ///
    /// Pictures are drawn at various sizes, shapes and bit depths and reduced by
    /// `Radiograph.modelInput`, as the analyser does it. Picture `i` depends on `seed` and `i`
    /// only. `labels.csv` has a row for each: index, seed, view, size, bits, and the severity of
    /// each label (0 where it is not planted). `isLateral` draws side views instead of frontal
    /// ones, half of them with something that shows from the side. `progress` is called with the
    /// number of finished pictures.
    public static func write(
        count: Int, seed: UInt64, to folder: URL, isLateral: Bool = false,
        progress: (Int) -> Void = { _ in }
    ) throws(PhantomError) {
        precondition(count > 0, "at least one picture")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .cannotCreateFolder(name: folder.lastPathComponent, cause: "refused")
        }
        var images = Data(Self.header(count: count))
        images.reserveCapacity(images.count + count * side * side)
        let names = Pathology.foundingFourteen.map(\.rawValue).joined(separator: ",")
        var table = "index,seed,view,columns,rows,bits,\(names)\n"
        for index in 0..<count {
            let example = Self.example(seed: seed, index: index, isLateral: isLateral)
            images.append(contentsOf: example.grey)
            table += "\(index),\(example.row)\n"
            progress(index + 1)
        }
        for (name, data) in [("images.npy", images), ("labels.csv", Data(table.utf8))] {
            do {
                try data.write(to: folder.appending(path: name), options: .atomic)
            } catch {
                throw .cannotWrite(name: name, cause: "the system refused")
            }
        }
    }

    /// One picture as the model sees it, rounded, and its row of the table.
    private static func example(
        seed: UInt64, index: Int, isLateral: Bool
    ) -> (grey: [UInt8], row: String) {
        var random = PhantomRandom(seed: seed &+ UInt64(index), purpose: "training")
        let pictureSeed = PhantomRandom.mixed(seed) &+ UInt64(index)
        let study =
            isLateral
            ? lateralStudy(seed: pictureSeed, &random) : study(seed: pictureSeed, &random)
        let columns = Int(random.uniform(200...420))
        let rows = Int(Double(columns) * random.uniform(isLateral ? 1...1.6 : 0.9...1.25))
        let bits = random.pick([8, 10, 12, 12, 14, 16])
        let shown = study.picture(columns: columns, rows: rows).radiograph(bits: bits)
            .modelInput(columns: side, rows: side)
        let severities = Pathology.foundingFourteen.map { label in
            study.finding(label).map { String(format: "%.3f", $0.severity) } ?? "0"
        }
        let row =
            "\(study.seed),\(study.view.rawValue),\(columns),\(rows),\(bits),"
            + severities.joined(separator: ",")
        return (shown.map { UInt8(min(max($0, 0), 255) + 0.5) }, row)
    }

    /// A random frontal study: a quarter without findings, the others with one to three.
    static func study(seed: UInt64, _ random: inout PhantomRandom) -> PhantomStudy {
        let view: PhantomView =
            random.chance(0.25) ? .portableAnteroposterior : .posteroanterior
        var findings: [PhantomFinding] = []
        if random.chance(0.75) {
            let wanted = random.pick([1, 1, 1, 2, 2, 3])
            while findings.count < wanted {
                let finding = PhantomFinding(
                    random.pick(Pathology.foundingFourteen),
                    side: random.pick(PhantomSide.allCases), severity: random.uniform(0.15...1))
                if findings.allSatisfy({ $0.pathology != finding.pathology }) {
                    findings.append(finding)
                }
            }
        }
        return PhantomStudy(seed: seed, view: view, findings: findings)
    }

    /// A random side view: half without findings, the others with one that shows from the side.
    private static func lateralStudy(seed: UInt64, _ random: inout PhantomRandom) -> PhantomStudy {
        var findings: [PhantomFinding] = []
        if random.chance(0.5) {
            findings.append(
                PhantomFinding(
                    random.pick([.mass, .mass, .effusion, .hernia]),
                    severity: random.uniform(0.3...1)))
        }
        return PhantomStudy(seed: seed, view: .lateral, findings: findings)
    }

    /// NumPy's format, version 1.0: magic, length of the header, a Python literal, padded to 64.
    private static func header(count: Int) -> [UInt8] {
        let shape = "(\(count), \(side), \(side))"
        var text = "{'descr': '|u1', 'fortran_order': False, 'shape': \(shape), }"
        while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
        text += "\n"
        let length = text.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
            + Array(text.utf8)
    }
}
