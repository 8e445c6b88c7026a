// Damaged and foreign files: each gives its typed error, and none a picture.

import DICOM
import Foundation
import Imaging
import Testing
import WetreadTesting

@Suite("Damaged files")
struct MalformedTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var id: String
        var word: String
        var bytes: @Sendable () throws -> [UInt8]
        var testDescription: String { id }
    }

    static func words(
        _ element: UInt16, _ value: UInt16, _ syntax: TransferSyntax = .explicitLittle
    )
        -> @Sendable () throws -> [UInt8]
    {
        {
            try SampleFile.writer(syntax, extra: [SampleFile.words(0x0028, element, [value])])
                .bytes()
        }
    }

    static func text(_ group: UInt16, _ element: UInt16, _ vr: String, _ text: String)
        -> @Sendable () throws -> [UInt8]
    {
        { try SampleFile.writer(extra: [SampleFile.text(group, element, vr, text)]).bytes() }
    }

    static let cases: [Case] = [
        Case(id: "no bytes", word: "empty") { [] },
        Case(id: "plain text", word: "garbage") { Array("This is not a radiograph.\n".utf8) },
        Case(id: "PNG", word: "garbage") { [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13] },
        Case(id: "zeros", word: "garbage") { [UInt8](repeating: 0, count: 4096) },
        Case(id: "random bytes", word: "garbage") {
            var generator = SplitMix64(seed: 5)
            return (0..<4096).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        },
        Case(id: "preamble only", word: "truncated") {
            Array(try SampleFile.writer().bytes().prefix(132))
        },
        Case(id: "cut in the header", word: "truncated") {
            Array(try SampleFile.writer().bytes().prefix(400))
        },
        Case(id: "cut in the pixels", word: "truncated") {
            try SampleFile.writer().bytes().dropLast(700)
        },
        Case(id: "cut in a compressed frame", word: "truncated") {
            try SampleFile.writer(.jpegLossless).bytes().dropLast(300)
        },
        Case(id: "cut in the deflated data set", word: "truncated") {
            try SampleFile.writer(.deflated).bytes().dropLast(300)
        },
        Case(id: "rows 0", word: "dimensions", bytes: words(0x0010, 0)),
        Case(id: "columns 0", word: "dimensions", bytes: words(0x0011, 0)),
        Case(id: "rows 65535", word: "truncated", bytes: words(0x0010, 65535)),
        Case(id: "one row more", word: "truncated", bytes: words(0x0010, 38)),
        Case(id: "65535 x 65535", word: "dimensions") {
            let size = [
                SampleFile.words(0x0028, 0x0010, [65535]),
                SampleFile.words(0x0028, 0x0011, [65535]),
            ]
            return try SampleFile.writer(extra: size).bytes()
        },
        Case(
            id: "more frames than there are", word: "truncated",
            bytes: text(0x0028, 0x0008, "IS", "3")),
        Case(
            id: "a billion frames", word: "dimensions",
            bytes: text(0x0028, 0x0008, "IS", "1000000000")),
        Case(id: "letters in frames", word: "attributes", bytes: text(0x0028, 0x0008, "IS", "1A")),
        Case(id: "letters in rows", word: "attributes", bytes: text(0x0028, 0x0010, "IS", "many")),
        Case(id: "letters in slope", word: "attributes", bytes: text(0x0028, 0x1053, "DS", "one")),
        Case(
            id: "slope not a number", word: "attributes", bytes: text(0x0028, 0x1053, "DS", "nan")),
        Case(id: "bits stored over allocated", word: "bits", bytes: words(0x0101, 17)),
        Case(id: "bits stored 0", word: "bits", bytes: words(0x0101, 0)),
        Case(id: "12 bits allocated", word: "bits", bytes: words(0x0100, 12)),
        Case(id: "high bit below stored", word: "bits", bytes: words(0x0102, 3)),
        Case(id: "high bit above allocated", word: "bits", bytes: words(0x0102, 16)),
        Case(id: "pixel representation 7", word: "bits", bytes: words(0x0103, 7)),
        Case(id: "two samples of grey", word: "attributes", bytes: words(0x0002, 2)),
        Case(id: "CMYK", word: "unsupported", bytes: text(0x0028, 0x0004, "CS", "CMYK")),
        Case(
            id: "a compressed picture of another size", word: "damaged",
            bytes: words(0x0010, 36, .jpegLossless)),
        Case(
            id: "a JPEG 2000 picture of another size", word: "damaged",
            bytes: words(0x0010, 36, .jpeg2000Lossless)),
        Case(id: "an RLE picture of another size", word: "damaged", bytes: words(0x0010, 60, .rle)),
        Case(
            id: "a structured report", word: "non-image",
            bytes: text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.88.11")),
        Case(
            id: "a segmentation", word: "non-image",
            bytes: text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.66.4")),
        Case(id: "JPEG XL", word: "codec") { try relabelled("1.2.840.10008.1.2.4.110") },
        Case(id: "HEVC video", word: "codec") { try relabelled("1.2.840.10008.1.2.4.107") },
        Case(id: "a syntax nobody knows", word: "codec") {
            try relabelled("1.2.3.4.5.678901234567")
        },
        Case(id: "fragments without a codec", word: "syntax") {
            try relabelled("1.2.840.10008.1.2.1", from: .jpegLossless)
        },
    ]

    /// A file whose meta header names another transfer syntax, of the same length or padded.
    static func relabelled(
        _ uid: String, from syntax: TransferSyntax = .jpeg2000Lossless
    ) throws -> [UInt8] {
        let bytes = try SampleFile.writer(syntax).bytes()
        let old = Array(syntax.uid.utf8)
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: old) })
        let room = old.count + old.count % 2
        var new = Array(uid.utf8.prefix(room))
        while new.count < room { new.append(0) }
        return bytes[..<start] + new + bytes[(start + room)...]
    }

    @Test("each has its own error", arguments: cases)
    func typedError(_ row: Case) throws {
        let bytes = try row.bytes()
        let error = #expect(throws: DICOMError.self) {
            try DICOMFile(bytes: bytes, name: "bad.dcm").radiograph(frame: 0)
        }
        let found = try #require(error)
        #expect(found.reasonWord == row.word, "\(found)")
        #expect(found.file == "bad.dcm")
        #expect("\(found)".contains("bad.dcm") && !"\(found)".contains("PHANTOM"))
    }

    @Test func aMissingFileAndAFolderAreUnreadable() {
        for path in ["/nonexistent/file.dcm", "/tmp"] {
            let error = #expect(throws: DICOMError.self) {
                try DICOMFile(contentsOf: URL(filePath: path))
            }
            #expect(error?.reasonWord == "unreadable")
        }
    }

    @Test func aHundredThousandNestedSequencesDoNotExhaustTheStack() throws {
        for depth in [400, 20_000, 150_000] {
            var bytes = try SampleFile.writer().bytes()
            // (0008,1140) SQ of undefined length, holding an item that holds the next.
            let level: [UInt8] = [
                0x08, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0,
                0xFF, 0xFF, 0xFF, 0xFF,
            ]
            for _ in 0..<depth { bytes += level }
            #expect(throws: DICOMError.self) { try DICOMFile(bytes: bytes, name: "deep.dcm") }
        }
    }

    @Test func nestedSequencesThatEndAreRead() throws {
        var items: [DICOMElement] = [SampleFile.text(0x0008, 0x0060, "CS", "DX")]
        for _ in 0..<600 {
            items = [DICOMElement(DICOMTag(0x0008, 0x1140), vr: "SQ", .items([items]))]
        }
        let file = try DICOMFile(bytes: SampleFile.writer(extra: items).bytes(), name: "deep.dcm")
        #expect(file.attributes().map(\.depth).max() == 600)
    }

    @Test func aDeflateBombIsBounded() throws {
        // A megabyte of zeros deflates to a kilobyte; the data set they make is not one.
        var writer = SampleFile.writer(.deflated)
        writer.extraElements = [
            DICOMElement(
                DICOMTag(0x0009, 0x1001), vr: "OB", .bytes([UInt8](repeating: 0, count: 1 << 24)))
        ]
        let bytes = try writer.bytes()
        #expect(bytes.count < 1 << 16)
        #expect(try DICOMFile(bytes: bytes, name: "large.dcm").pixelFormat.rows == 37)
    }
}

@Suite("Random damage")
struct FuzzTests {
    /// Bytes changed, cut and doubled: an error or a picture of the announced size, never a crash.
    @Test(
        "two thousand damaged files",
        arguments: [
            TransferSyntax.implicitLittle, .explicitLittle, .explicitBig, .deflated, .rle,
            .jpegLossless, .jpegBaseline, .jpegExtended, .jpegLSLossless, .jpeg2000Lossless,
        ])
    func mutations(_ syntax: TransferSyntax) throws {
        let bits = syntax == .jpegBaseline ? 8 : 12
        var writer = SampleFile.writer(bits: bits, allocated: bits == 8 ? 8 : 16, syntax)
        writer.extraElements = [
            SampleFile.text(0x0028, 0x1050, "DS", "40\\80"),
            SampleFile.text(0x0028, 0x1051, "DS", "400\\20"),
            SampleFile.words(0x0028, 0x0120, [0]),
            DICOMElement(
                DICOMTag(0x0028, 0x3010), vr: "SQ",
                .items([
                    [
                        SampleFile.words(0x0028, 0x3002, [4, 0, 8]),
                        SampleFile.words(0x0028, 0x3006, [0, 85, 170, 255]),
                    ]
                ])),
        ]
        let original = try writer.bytes()
        let seed =
            ProcessInfo.processInfo.environment["WETREAD_SEED"].flatMap(UInt64.init) ?? 20_261_121
        var generator = SplitMix64(seed: seed)
        var pictures = 0
        var refusals = 0
        for _ in 0..<200 {
            var bytes = original
            for _ in 0...generator.next(below: 8) {
                // Half of the changes fall into the header.
                let reach = generator.next(below: 2) == 0 ? min(900, bytes.count) : bytes.count
                switch generator.next(below: 8) {
                case 0: bytes.removeLast(generator.next(below: bytes.count / 2))
                case 1:
                    let start = generator.next(below: reach)
                    bytes.insert(contentsOf: bytes[start..<min(start + 16, bytes.count)], at: start)
                default:
                    bytes[generator.next(below: reach) % bytes.count] = UInt8(
                        truncatingIfNeeded: generator.next())
                }
            }
            do throws(DICOMError) {
                let file = try DICOMFile(bytes: bytes, name: "fuzz.dcm")
                _ = file.attributes()
                let radiograph = try file.radiograph(frame: 0)
                #expect(radiograph.values.count == file.pixelFormat.pixelCount)
                pictures += 1
            } catch {
                refusals += 1
            }
        }
        #expect(pictures + refusals == 200)
        print("\(syntax.name): seed \(seed), \(pictures) pictures, \(refusals) refusals")
    }
}
