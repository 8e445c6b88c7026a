// DICOMDIR media, and files without preamble or meta header.

import DICOM
import Foundation
import Radiology
import Testing

@Suite("Media and bare data sets")
struct DirectoryTests {
    /// A DICOMDIR with records for the given file identifiers.
    static func directory(_ identifiers: [String], unused: [String] = []) throws -> [UInt8] {
        let records = (identifiers.map { ($0, UInt16(0xFFFF)) } + unused.map { ($0, UInt16(0)) })
            .map { identifier, flag in
                [
                    SampleFile.words(0x0004, 0x1410, [flag]),
                    SampleFile.text(0x0004, 0x1430, "CS", "IMAGE"),
                    SampleFile.text(0x0004, 0x1500, "CS", identifier),
                ]
            }
        var writer = SampleFile.writer()
        writer.header.image.sopClassUID = "1.2.840.10008.1.3.10"
        writer.extraElements = [DICOMElement(DICOMTag(0x0004, 0x1220), vr: "SQ", .items(records))]
        return try writer.bytes()
    }

    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "wetread-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    static func write(_ bytes: [UInt8], to folder: URL, _ path: String) throws -> URL {
        let url = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url
    }

    @Test func filesAreFoundWhateverTheirCase() throws {
        try Self.withFolder { folder in
            let image = try SampleFile.writer().bytes()
            _ = try Self.write(image, to: folder, "images/im0001")
            _ = try Self.write(image, to: folder, "IMAGES2/IM0002.DCM")
            let url = try Self.write(
                try Self.directory(
                    ["IMAGES\\IM0001", "IMAGES2\\IM0002", "IMAGES\\IM0001", "GONE\\IM0003"],
                    unused: ["IMAGES2\\IM0009"]),
                to: folder, "DICOMDIR")
            let files = try DICOMDirectory.referencedFiles(at: url).map(\.path)
            let expected = ["images/im0001", "IMAGES2/IM0002.DCM", "GONE/IM0003"]
            #expect(files == expected.map { folder.appending(path: $0).path })
        }
    }

    @Test func referencesOutOfTheFolderAreNotFollowed() throws {
        try Self.withFolder { folder in
            let outside = try Self.write([1], to: folder, "outside/secret")
            let inner = folder.appending(path: "medium")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                at: inner.appending(path: "LINK"),
                withDestinationURL: outside.deletingLastPathComponent())
            let url = try Self.write(
                try Self.directory(["..\\outside\\secret", "LINK\\secret", "/etc/passwd"]),
                to: inner,
                "DICOMDIR")
            let error = #expect(throws: DICOMError.self) {
                try DICOMDirectory.referencedFiles(at: url)
            }
            #expect(error?.reasonWord == "non-image")
        }
    }

    @Test func aDICOMDIRIsNotAnImage() throws {
        let bytes = try Self.directory(["A"])
        let error = #expect(throws: DICOMError.self) {
            try DICOMFile(bytes: bytes, name: "DICOMDIR")
        }
        #expect(error?.reasonWord == "non-image")
    }

    @Test(
        "a data set without preamble and meta header is read",
        arguments: [TransferSyntax.implicitLittle, .explicitLittle, .explicitBig])
    func bareDataSets(_ syntax: TransferSyntax) throws {
        let writer = SampleFile.writer(syntax)
        let whole = try writer.bytes()
        // Preamble, `DICM`, the group length element, and the length that it holds.
        let length = (0..<4).reduce(0) { $0 | Int(whole[140 + $1]) << (8 * $1) }
        for bare in [Array(whole[(144 + length)...]), Array(whole[132...])] {
            let file = try DICOMFile(bytes: bare, name: "bare.dcm")
            #expect(try file.storedPixels(frame: 0) == writer.frames[0])
            #expect(file.pixelFormat.transferSyntax == syntax)
            #expect(file.header.patient == SampleFile.header.patient)
        }
    }

    @Test func elementsWrittenAsUnknownAreReadByTheDictionary() throws {
        let rows = DICOMElement(DICOMTag(0x0028, 0x0010), vr: "UN", .unsigned16([37]))
        let frames = DICOMElement(DICOMTag(0x0028, 0x0008), vr: "UN", .bytes(Array("1 ".utf8)))
        let name = DICOMElement(DICOMTag(0x0010, 0x0010), vr: "UN", .bytes(Array("MÜLLER^A ".utf8)))
        let file = try DICOMFile(
            bytes: SampleFile.writer(extra: [rows, frames, name]).bytes(), name: "un.dcm")
        #expect(file.pixelFormat.rows == 37 && file.frameCount == 1)
        #expect(file.header.patient.name.alphabetic == "MÜLLER^A")
    }

    @Test func aDataSetWrittenOtherwiseThanItsSyntaxSaysIsReadAsWritten() throws {
        let writer = SampleFile.writer(.implicitLittle)
        let bytes = try writer.bytes()
        let explicit = try SampleFile.writer(.explicitLittle).bytes()
        func dataSetOffset(_ bytes: [UInt8]) -> Int {
            144 + (0..<4).reduce(0) { $0 | Int(bytes[140 + $1]) << (8 * $1) }
        }
        let mixed = explicit[..<dataSetOffset(explicit)] + bytes[dataSetOffset(bytes)...]
        let file = try DICOMFile(bytes: Array(mixed), name: "mixed.dcm")
        #expect(try file.storedPixels(frame: 0) == writer.frames[0])
        #expect(file.notes.contains { $0.contains("transfer syntax says") })
    }

    @Test func aTrailingOddByteAndLongerPixelDataAreAccepted() throws {
        var writer = SampleFile.writer(bits: 8, allocated: 8)
        #expect(try DICOMFile(bytes: writer.bytes(), name: "odd.dcm").notes.isEmpty)
        writer.extraElements = [SampleFile.words(0x0028, 0x0010, [36])]
        let file = try DICOMFile(bytes: writer.bytes(), name: "long.dcm")
        #expect(file.pixelFormat.rows == 36)
        #expect(file.notes.contains { $0.contains("longer than the header") })
    }
}
