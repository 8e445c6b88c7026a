// What DICOMWriter writes, DICOMFile reads back, in every transfer syntax.

import DICOM
import Foundation
import Imaging
import Radiology
import Testing

@Suite("Writing and reading back")
struct WriterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var syntax: TransferSyntax
        var bits: Int
        var allocated: Int
        var isSigned = false
        var frames = 1
        var testDescription: String {
            "\(syntax.name), \(bits)/\(allocated) bits\(isSigned ? " signed" : ""), \(frames) frames"
        }
    }

    static let lossless: [Case] = [
        TransferSyntax.implicitLittle, .explicitLittle, .explicitBig, .deflated, .rle,
        .jpegLossless, .jpegLSLossless, .jpeg2000Lossless,
    ].flatMap { syntax in
        [
            Case(syntax: syntax, bits: 8, allocated: 8),
            Case(syntax: syntax, bits: 12, allocated: 16),
            Case(syntax: syntax, bits: 16, allocated: 16),
            Case(syntax: syntax, bits: 16, allocated: 16, isSigned: true),
            Case(syntax: syntax, bits: 10, allocated: 16, frames: 3),
        ]
    }

    @Test("stored values come back to the last bit", arguments: lossless)
    func losslessRoundTrip(_ row: Case) throws {
        let writer = SampleFile.writer(
            bits: row.bits, allocated: row.allocated, isSigned: row.isSigned, frames: row.frames,
            row.syntax)
        let bytes = try writer.bytes()
        let file = try DICOMFile(bytes: bytes, name: "sample.dcm")
        #expect(file.frameCount == row.frames)
        #expect(file.pixelFormat.transferSyntax == row.syntax)
        for frame in 0..<row.frames {
            #expect(try file.storedPixels(frame: frame) == writer.frames[frame])
        }
        #expect(try writer.bytes() == bytes, "the same values give the same bytes")
    }

    @Test(
        "lossy syntaxes stay close",
        arguments: [
            Case(syntax: .jpegBaseline, bits: 8, allocated: 8),
            Case(syntax: .jpegExtended, bits: 12, allocated: 16),
        ])
    func lossyRoundTrip(_ row: Case) throws {
        var writer = SampleFile.writer(bits: row.bits, allocated: row.allocated, row.syntax)
        writer.quality = 95
        let file = try DICOMFile(bytes: writer.bytes(), name: "sample.dcm")
        let decoded = try file.storedPixels(frame: 0)
        let worst = (0..<decoded.count).map { abs(decoded[$0] - writer.frames[0][$0]) }.max() ?? 0
        let range = 1 << row.bits
        #expect(worst > 0 && worst <= range / 32, "differs by \(worst) of \(range)")
        #expect(try file.radiograph(frame: 0).notes.contains { $0.contains("with loss") })
    }

    @Test func theHeaderComesBack() throws {
        let file = try DICOMFile(bytes: SampleFile.writer().bytes(), name: "sample.dcm")
        var expected = SampleFile.header
        expected.image.rows = 37
        expected.image.columns = 53
        expected.image.bitsStored = 12
        expected.image.transferSyntaxUID = TransferSyntax.explicitLittle.uid
        #expect(file.header == expected)
        #expect(file.notes.isEmpty)
    }

    @Test func aFrameThatDoesNotExistIsRefused() throws {
        let file = try DICOMFile(bytes: SampleFile.writer(frames: 2).bytes(), name: "sample.dcm")
        #expect(throws: DICOMError.noSuchFrame(file: "sample.dcm", frame: 2, count: 2)) {
            try file.radiograph(frame: 2)
        }
        #expect(throws: DICOMError.noSuchFrame(file: "sample.dcm", frame: -1, count: 2)) {
            try file.storedPixels(frame: -1)
        }
    }

    @Test func attributesAreListedWithTheirKeywords() throws {
        let lut = DICOMElement(
            DICOMTag(0x0028, 0x3010), vr: "SQ",
            .items([
                [
                    SampleFile.words(0x0028, 0x3002, [4, 0, 8]),
                    SampleFile.words(0x0028, 0x3006, [0, 85, 170, 255]),
                ]
            ]))
        let file = try DICOMFile(bytes: SampleFile.writer(extra: [lut]).bytes(), name: "sample.dcm")
        let attributes = file.attributes()
        let rows = try #require(attributes.first { $0.keyword == "Rows" })
        #expect(rows.value == "37" && rows.vr == "US" && rows.depth == 0)
        let name = try #require(attributes.first { $0.keyword == "PatientName" })
        #expect(name.value == "PHANTOM^Test=山田^太郎")
        let inner = try #require(attributes.first { $0.keyword == "LUTDescriptor" })
        #expect(inner.value == "4\\0\\8" && inner.depth == 1)
        #expect(
            attributes.first { $0.keyword == "TransferSyntaxUID" }?.value == "1.2.840.10008.1.2.1")
    }
}
