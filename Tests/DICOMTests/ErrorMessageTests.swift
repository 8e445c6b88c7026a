// What people read when a file is refused: what was tried, on which file, what is wrong, what to do.

import DICOM
import Testing

@Suite("Messages")
struct ErrorMessageTests {
    static let messages: [(DICOMError, String)] = [
        (
            .unreadable(file: "a.dcm", reason: "Permission denied"),
            "cannot read a.dcm: it cannot be opened: Permission denied. Check that the file exists "
                + "and that you may read it."
        ),
        (
            .empty(file: "a.dcm"),
            "cannot read a.dcm: the file is empty. Fetch the file again from where it came."
        ),
        (
            .notDICOM(file: "a.dcm", looksLike: "a text file"),
            "cannot read a.dcm: it is a text file, not a DICOM file."
        ),
        (
            .notAnImage(file: "a.dcm", kind: "a structured report (SR)"),
            "cannot read a.dcm: it is a structured report (SR), not an image. Reports, presentation "
                + "states and the like are not imported."
        ),
        (
            .noPixelData(file: "a.dcm"),
            "cannot read a.dcm: it holds no pixel data (7FE0,0010). Ask the "
                + "archive for the image itself."
        ),
        (
            .truncated(file: "a.dcm", expected: 8_388_608, found: 4_000, unit: "bytes of pixels"),
            "cannot read a.dcm: the header announces 8388608 bytes of pixels, the file holds 4000. "
                + "Fetch the file again from where it came."
        ),
        (
            .attribute(
                file: "a.dcm", tag: DICOMTag(0x0028, 0x0008), name: "Number of Frames",
                found: "`1A`"),
            "cannot read a.dcm: Number of Frames (0028,0008) is `1A`; a number is needed to show the "
                + "picture truthfully. See the header with: wetread dump dicom a.dcm"
        ),
        (
            .unsupportedTransferSyntax(file: "a.dcm", name: "JPEG XL Lossless"),
            "cannot read a.dcm: its compression is not read: JPEG XL Lossless. Ask the archive to "
                + "send it uncompressed, or as JPEG Lossless or JPEG 2000."
        ),
        (
            .noSuchFrame(file: "a.dcm", frame: 4, count: 3),
            "cannot read a.dcm: it has no frame 5; it has 3. Frames are counted from 1."
        ),
        (
            .cannotWrite(file: "a.dcm", reason: "No space left on device"),
            "cannot write a.dcm: it cannot be written: No space left on device. Check the folder and "
                + "the space left on the disk."
        ),
    ]

    @Test("read as they should", arguments: messages)
    func wording(_ error: DICOMError, _ expected: String) {
        #expect("\(error)" == expected)
    }

    @Test func bitsThatDoNotGoTogetherNameTheRule() throws {
        let extra = [SampleFile.words(0x0028, 0x0101, [17])]
        let bytes = try SampleFile.writer(extra: extra).bytes()
        let error = #expect(throws: DICOMError.self) { try DICOMFile(bytes: bytes, name: "b.dcm") }
        #expect(
            error.map { "\($0)" }
                == "cannot read b.dcm: Bits Stored (0028,0101) is 17 but Bits Allocated (0028,0100) is "
                + "16; stored must not exceed allocated (PS3.5 8.1.1). See the header with: wetread "
                + "dump dicom b.dcm")
    }
}
