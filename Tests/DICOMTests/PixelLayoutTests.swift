// Layouts of uncompressed pixels that the writer does not make by itself: single bits, 32 bits,
// colour by plane, halved chroma.

import DICOM
import Foundation
import Imaging
import Radiology
import Testing

@Suite("Layouts of uncompressed pixels")
struct PixelLayoutTests {
    /// Writes values as they are, under a header that calls them something else.
    static func file(
        _ values: StoredPixels.Values, syntax: TransferSyntax = .explicitLittle,
        rows: UInt16, columns: UInt16, bits: UInt16, samples: UInt16 = 1,
        photometric: String = "MONOCHROME2", _ extra: [DICOMElement] = []
    ) throws -> DICOMFile {
        let count: Int
        switch values {
        case .uint8(let bytes): count = bytes.count
        case .uint16(let words): count = words.count
        default: count = 0
        }
        var writer = DICOMWriter(
            header: SampleFile.header,
            frames: [StoredPixels(rows: 1, columns: count, values: values)], bitsStored: 8,
            transferSyntax: syntax)
        writer.extraElements =
            [
                SampleFile.words(0x0028, 0x0002, [samples]),
                SampleFile.text(0x0028, 0x0004, "CS", photometric),
                SampleFile.words(0x0028, 0x0010, [rows]),
                SampleFile.words(0x0028, 0x0011, [columns]),
                SampleFile.words(0x0028, 0x0100, [bits]), SampleFile.words(0x0028, 0x0101, [bits]),
                SampleFile.words(0x0028, 0x0102, [bits - 1]),
            ] + extra
        return try DICOMFile(bytes: writer.bytes(), name: "layout.dcm")
    }

    @Test func singleBitsBeginWithTheLowest() throws {
        let file = try Self.file(.uint8([0b1011_0001, 0b0000_1111]), rows: 2, columns: 8, bits: 1)
        #expect(
            try file.storedPixels(frame: 0).values
                == .uint8([1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0]))
        #expect(try file.radiograph(frame: 0).bitsStored == 1)
    }

    @Test func framesOfSingleBitsFollowWithoutAGap() throws {
        let frames = SampleFile.text(0x0028, 0x0008, "IS", "5")
        let file = try Self.file(
            .uint8([0b1011_0001, 0b0000_1111]), rows: 1, columns: 3, bits: 1, [frames])
        let found = try (0..<5).map { try file.storedPixels(frame: $0).values }
        let expected: [[UInt8]] = [[1, 0, 0], [0, 1, 1], [0, 1, 1], [1, 1, 1], [0, 0, 0]]
        #expect(found == expected.map { .uint8($0) })
    }

    @Test(
        "32 bits lie in the order of the data set",
        arguments: [TransferSyntax.explicitLittle, .explicitBig])
    func wideWords(_ syntax: TransferSyntax) throws {
        let pair: [UInt16] = syntax == .explicitBig ? [0x1234, 0x5678] : [0x5678, 0x1234]
        let file = try Self.file(.uint16(pair), syntax: syntax, rows: 1, columns: 1, bits: 32)
        #expect(try file.storedPixels(frame: 0).values == .uint32([0x1234_5678]))
    }

    @Test func colourByPlaneComesByPixel() throws {
        let file = try Self.file(
            .uint8([1, 2, 10, 20, 100, 200]), rows: 1, columns: 2, bits: 8, samples: 3,
            photometric: "RGB", [SampleFile.words(0x0028, 0x0006, [1])])
        let pixels = try file.storedPixels(frame: 0)
        #expect(pixels.values == .uint8([1, 10, 100, 2, 20, 200]) && pixels.samplesPerPixel == 3)
    }

    @Test func halvedChromaIsSharedByTwoPixels() throws {
        let file = try Self.file(
            .uint8([50, 60, 128, 129, 70, 80, 130, 131]), rows: 1, columns: 4, bits: 8, samples: 3,
            photometric: "YBR_FULL_422", [SampleFile.words(0x0028, 0x0006, [0])])
        #expect(
            try file.storedPixels(frame: 0).values
                == .uint8([50, 128, 129, 60, 128, 129, 70, 130, 131, 80, 130, 131]))
        #expect(try file.radiograph(frame: 0).values == [50, 60, 70, 80])
    }

    @Test func aPaletteIsShownAsItsGrey() throws {
        let channels: [[UInt16]] = [[0, 255, 0], [0, 255, 255], [0, 255, 0]]
        let palette = channels.enumerated().flatMap { index, entries in
            [
                SampleFile.words(0x0028, 0x1101 + UInt16(index), [3, 0, 16]),
                DICOMElement(
                    DICOMTag(0x0028, 0x1201 + UInt16(index)), vr: "OW", .unsigned16(entries)),
            ]
        }
        let file = try Self.file(
            .uint8([0, 1, 2, 9]), rows: 2, columns: 2, bits: 8, photometric: "PALETTE COLOR",
            palette)
        #expect(try file.radiograph(frame: 0).values == [0, 255, 150, 150])
    }

    @Test func aPaletteInSegmentsIsExpanded() throws {
        // Two entries 0 and 40, a line of four to 200, then the first segment again.
        let segments: [UInt16] = [0, 2, 0, 40, 1, 4, 200, 2, 1, 0, 0]
        let palette = (0..<UInt16(3)).flatMap { index in
            [
                SampleFile.words(0x0028, 0x1101 + index, [8, 0, 16]),
                DICOMElement(DICOMTag(0x0028, 0x1221 + index), vr: "OW", .unsigned16(segments)),
            ]
        }
        let file = try Self.file(
            .uint8([0, 1, 2, 3, 4, 5, 6, 7]), rows: 2, columns: 4, bits: 8,
            photometric: "PALETTE COLOR", palette)
        #expect(try file.radiograph(frame: 0).values == [0, 40, 80, 120, 160, 200, 0, 40])
    }

    @Test(
        "a loss is said where there is one",
        arguments: [("", false), ("00", false), ("01", true)])
    func losses(_ mark: String, _ isSaid: Bool) throws {
        let extra = mark.isEmpty ? [] : [SampleFile.text(0x0028, 0x2110, "CS", mark)]
        let file = try Self.file(.uint8([1, 2, 3, 4]), rows: 2, columns: 2, bits: 8, extra)
        #expect(try file.radiograph(frame: 0).notes.contains { $0.contains("with loss") } == isSaid)
    }
}
