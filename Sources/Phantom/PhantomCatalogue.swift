// The dozen sample studies, and studies without end for load tests.

import DICOM
import Foundation
import Radiology

/// Sample studies drawn by this room; the same bytes each time they are written.
public enum PhantomCatalogue {
    /// The dozen that ship in `SampleStudies/`.
    ///
    /// Two are normal (one with two views); pneumothorax (two), mass and pneumonia are the critical
    /// ones. Among them are seven transfer syntaxes, 8 to 16 bits, both photometric
    /// interpretations, DX and CR, a study with two views and two portable ones.
    public static let samples: [PhantomSample] = rows.enumerated().map { index, row in
        row.sample(number: index + 1)
    }

    /// Writes the samples to a folder, which is made if need be; returns the files in order.
    @discardableResult
    public static func writeSamples(to folder: URL) throws(PhantomError) -> [URL] {
        try PhantomFiles.makeFolder(folder)
        var files: [URL] = []
        for sample in samples { files += try PhantomFiles.write(sample, to: folder) }
        return files
    }

    /// Writes `count` studies of one 12-bit `size` x `size` DX image for load tests.
    ///
    /// At most twelve pictures are drawn; the studies share them, each with its own identifiers and
    /// the lowest bits of its pixels changed, so that no two files hold the same pixels.
    public static func writeLoad(
        count: Int, size: Int, to folder: URL, seed: UInt64, progress: (Int) -> Void = { _ in }
    ) throws(PhantomError) {
        precondition(count > 0 && size >= 32, "a load has studies of at least 32 pixels a side")
        try PhantomFiles.makeFolder(folder)
        let kinds = min(12, count)
        for kind in 0..<kinds {
            var sample = loadSample(kind, seed: seed, size: size)
            let picture = sample.images[0].study.picture(columns: size, rows: size)
            let stored = picture.stored(bits: 12)
            for index in stride(from: kind, to: count, by: kinds) {
                sample.number = index + 1
                sample.seed = seed &+ UInt64(index)
                sample.patient.name = PhantomNames.name(index)
                sample.patient.identifier = "PHANTOM-\(sample.accessionNumber)"
                try PhantomFiles.write(
                    sample, image: 0, pixels: changed(stored, seed: sample.seed),
                    spacing: picture.pixelSpacingMillimetres,
                    to: folder.appending(path: "\(sample.accessionNumber).dcm"))
                progress(index + 1)
            }
        }
    }

    private static func loadSample(_ kind: Int, seed: UInt64, size: Int) -> PhantomSample {
        var random = PhantomRandom(seed: seed &+ UInt64(kind), purpose: "load")
        let study = PhantomTraining.study(seed: seed &+ UInt64(kind), &random)
        return PhantomSample(
            seed: seed, number: 1, patient: Patient(birthDate: "19700101", sex: "O"),
            date: "20261120", time: "080000", modality: "DX",
            images: [
                PhantomSampleImage(
                    study: study, columns: size, rows: size, bits: 12, isMonochrome1: false,
                    transferSyntax: .explicitLittle)
            ])
    }

    private static func changed(_ stored: [UInt16], seed: UInt64) -> [UInt16] {
        var state = PhantomRandom.mixed(seed)
        return stored.enumerated().map { index, value in
            if index & 31 == 0 { state = PhantomRandom.mixed(state &+ 0x9E37_79B9) }
            return value ^ UInt16(truncatingIfNeeded: state >> UInt64(index & 31)) & 1
        }
    }
}

/// A row of the table of samples.
private struct SampleRow {
    let name: String
    let sex: String
    let age: Int
    let modality: String
    let syntax: TransferSyntax
    let bits: Int
    let isMonochrome1: Bool
    let columns: Int
    let rows: Int
    let views: [PhantomView]
    let findings: [PhantomFinding]
    let seed: UInt64

    init(
        _ name: String, _ sex: String, _ age: Int, _ modality: String, _ syntax: TransferSyntax,
        bits: Int, monochrome1: Bool = false, _ columns: Int, _ rows: Int,
        _ views: [PhantomView] = [.posteroanterior], _ findings: [PhantomFinding] = [],
        seed: UInt64
    ) {
        self.name = name
        self.sex = sex
        self.age = age
        self.modality = modality
        self.syntax = syntax
        self.bits = bits
        isMonochrome1 = monochrome1
        self.columns = columns
        self.rows = rows
        self.views = views
        self.findings = findings
        self.seed = seed
    }

    func sample(number: Int) -> PhantomSample {
        let year = 2026 - age
        let hour = 6 + (number * 7) % 17
        let minute = (number * 23) % 60
        let images = views.map { view in
            PhantomSampleImage(
                study: PhantomStudy(seed: seed, view: view, findings: findings),
                columns: view == .lateral ? columns * 3 / 4 : columns, rows: rows, bits: bits,
                isMonochrome1: isMonochrome1, transferSyntax: syntax)
        }
        return PhantomSample(
            seed: seed, number: number,
            patient: Patient(
                name: PersonName(alphabetic: name),
                identifier: "PHANTOM-\(number < 10 ? "0" : "")\(number)",
                birthDate: "\(year)0\(1 + number % 9)1\(number % 10)", sex: sex),
            date: number % 3 == 0 ? "20261119" : "20261120",
            time: "\(hour < 10 ? "0" : "")\(hour)\(minute < 10 ? "0" : "")\(minute)00",
            modality: modality, images: images)
    }
}

private let rows: [SampleRow] = [
    SampleRow("ASTER^QUINCE", "F", 34, "DX", .implicitLittle, bits: 8, 560, 640, seed: 101),
    SampleRow(
        "BERGAMOT^ALDER", "M", 24, "DX", .jpegLossless, bits: 12, 640, 760, [.posteroanterior],
        [PhantomFinding(.pneumothorax, side: .left, severity: 0.55)], seed: 102),
    SampleRow(
        "CLOVER^DAMSON", "M", 67, "DX", .jpegLSLossless, bits: 12, monochrome1: true, 640, 760,
        [.posteroanterior, .lateral], [PhantomFinding(.mass, side: .right, severity: 0.6)],
        seed: 103),
    SampleRow(
        "DAHLIA^ELDER", "F", 45, "CR", .explicitLittle, bits: 10, 480, 560, [.posteroanterior],
        [PhantomFinding(.pneumonia, side: .right, severity: 0.75)], seed: 104),
    SampleRow(
        "ELDER^FENNEL", "M", 78, "CR", .rle, bits: 10, 512, 600, [.portableAnteroposterior],
        [
            PhantomFinding(.effusion, side: .left, severity: 0.5),
            PhantomFinding(.cardiomegaly, severity: 0.6),
        ], seed: 105),
    SampleRow(
        "FUCHSIA^GENTIAN", "F", 81, "DX", .jpeg2000Lossless, bits: 16, 480, 560,
        [.posteroanterior],
        [
            PhantomFinding(.edema, severity: 0.75),
            PhantomFinding(.cardiomegaly, severity: 0.4),
        ], seed: 209),
    SampleRow(
        "GORSE^HAZEL", "M", 63, "DX", .deflated, bits: 12, 512, 640, [.posteroanterior],
        [PhantomFinding(.emphysema, severity: 0.8)], seed: 107),
    SampleRow(
        "HEATHER^IRIS", "F", 29, "CR", .explicitLittle, bits: 8, monochrome1: true, 512, 600,
        [.posteroanterior, .lateral], seed: 108),
    SampleRow(
        "IVY^JUNIPER", "M", 55, "DX", .jpegLSLossless, bits: 14, 560, 640, [.posteroanterior],
        [PhantomFinding(.nodule, side: .left, severity: 0.8)], seed: 109),
    SampleRow(
        "KALE^LAVENDER", "F", 70, "DX", .jpegLossless, bits: 12, monochrome1: true, 560, 640,
        [.posteroanterior],
        [
            PhantomFinding(.consolidation, side: .right, severity: 0.7),
            PhantomFinding(.effusion, side: .right, severity: 0.2),
        ], seed: 110),
    SampleRow(
        "LUPIN^MALLOW", "M", 59, "DX", .jpeg2000Lossless, bits: 14, 560, 640, [.posteroanterior],
        [
            PhantomFinding(.fibrosis, severity: 0.8),
            PhantomFinding(.pleuralThickening, side: .right, severity: 0.5),
        ], seed: 111),
    SampleRow(
        "MYRTLE^NETTLE", "F", 39, "CR", .rle, bits: 12, 480, 560, [.portableAnteroposterior],
        [PhantomFinding(.pneumothorax, side: .right, severity: 0.9)], seed: 112),
]
