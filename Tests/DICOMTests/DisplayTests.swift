// The rules between stored values and the picture: modality, windows, polarity, padding, geometry.

import DICOM
import Foundation
import Imaging
import Radiology
import Testing

@Suite("From stored values to the picture")
struct DisplayTests {
    /// A picture of four pixels.
    static func radiograph(
        _ extra: [DICOMElement] = [], of values: [UInt16] = [0, 100, 1000, 4095], bits: Int = 12,
        photometric: String = "MONOCHROME2", modality: String = "DX"
    ) throws -> Radiograph {
        try file(.uint16(values), bits: bits, photometric: photometric, modality: modality, extra)
            .radiograph(frame: 0)
    }

    static func file(
        _ values: StoredPixels.Values, bits: Int, photometric: String = "MONOCHROME2",
        modality: String = "DX", _ extra: [DICOMElement] = []
    ) throws -> DICOMFile {
        var header = SampleFile.header
        header.image.modality = modality
        var writer = DICOMWriter(
            header: header, frames: [StoredPixels(rows: 2, columns: 2, values: values)],
            bitsStored: bits, photometricInterpretation: photometric)
        writer.extraElements = extra
        return try DICOMFile(bytes: writer.bytes(), name: "four.dcm")
    }

    static func decimal(_ element: UInt16, _ text: String) -> DICOMElement {
        SampleFile.text(0x0028, element, "DS", text)
    }

    static func window(_ center: String, _ width: String) -> [DICOMElement] {
        [decimal(0x1050, center), decimal(0x1051, width)]
    }

    static func table(
        _ sequence: UInt16, _ descriptor: [UInt16], _ entries: [UInt16], explanation: String = ""
    ) -> DICOMElement {
        DICOMElement(
            DICOMTag(0x0028, sequence), vr: "SQ",
            .items([
                [
                    SampleFile.words(0x0028, 0x3002, descriptor),
                    SampleFile.text(0x0028, 0x3003, "LO", explanation),
                    SampleFile.words(0x0028, 0x3006, entries),
                ]
            ]))
    }

    // MARK: Modality

    @Test func rescaleGivesModalityValues() throws {
        let picture = try Self.radiograph([
            Self.decimal(0x1052, "-1024"), Self.decimal(0x1053, "2"),
        ])
        #expect(picture.values == [-1024, -824, 976, 7166])
    }

    @Test func aZeroSlopeIsIgnoredAndSaid() throws {
        let picture = try Self.radiograph([Self.decimal(0x1052, "5"), Self.decimal(0x1053, "0")])
        #expect(picture.values == [0, 100, 1000, 4095])
        #expect(picture.notes.contains { $0.contains("Rescale Slope") })
    }

    @Test func aModalityTableIsClampedAtItsEnds() throws {
        let picture = try Self.radiograph([Self.table(0x3000, [3, 99, 16], [7, 11, 500])])
        #expect(picture.values == [7, 11, 500, 500])
    }

    @Test func aModalityTableShorterThanItSaysIsRefused() throws {
        let file = try Self.file(
            .uint16([0, 1, 2, 3]), bits: 12, [Self.table(0x3000, [300, 0, 16], [7, 11])])
        let error = #expect(throws: DICOMError.self) { try file.radiograph(frame: 0) }
        #expect(error?.reasonWord == "attributes")
    }

    @Test func aTableOf65536EntriesSaysZero() throws {
        let entries = (0...65535).map { UInt16(65535 - $0) }
        let picture = try Self.radiograph(
            [Self.longTable(entries)], of: [0, 100, 1000, 65535], bits: 16)
        #expect(picture.values == [65535, 65435, 64535, 0])
    }

    /// A table too long for a US element of explicit length.
    static func longTable(_ entries: [UInt16]) -> DICOMElement {
        let data = DICOMElement(DICOMTag(0x0028, 0x3006), vr: "OW", .unsigned16(entries))
        return DICOMElement(
            DICOMTag(0x0028, 0x3000), vr: "SQ",
            .items([[SampleFile.words(0x0028, 0x3002, [0, 0, 16]), data]]))
    }

    @Test func theFirstValueOfATableIsSignedAsThePixelsAre() throws {
        let file = try Self.file(
            .int16([-2, -1, 0, 1]), bits: 16,
            [Self.table(0x3000, [4, 0xFFFE, 8], [10, 20, 30, 40])])
        #expect(try file.radiograph(frame: 0).values == [10, 20, 30, 40])
    }

    @Test func entriesOfEightBitsMayBePackedInWords() throws {
        let picture = try Self.radiograph(
            [Self.table(0x3000, [4, 0, 8], [0x2010, 0x4030])], of: [0, 1, 2, 3])
        #expect(picture.values == [0x10, 0x20, 0x30, 0x40])
    }

    // MARK: Windows

    @Test func allWindowsAreKeptWithTheirNames() throws {
        let names = SampleFile.text(0x0028, 0x1055, "LO", "LUNG\\BONE")
        let picture = try Self.radiograph(Self.window("500\\2000", "1000\\4000") + [names])
        #expect(picture.windows.map(\.explanation) == ["LUNG", "BONE"])
        #expect(picture.windows[0].shape == .linear(center: 500, width: 1000))
        #expect(picture.windows.allSatisfy { $0.origin == .file })
    }

    @Test(
        "the function decides the shape",
        arguments: [
            ("LINEAR", DisplayWindow.Shape.linear(center: 500, width: 1000)),
            ("LINEAR_EXACT", .linearExact(center: 500, width: 1000)),
            ("SIGMOID", .sigmoid(center: 500, width: 1000)),
        ])
    func functions(_ name: String, _ shape: DisplayWindow.Shape) throws {
        let function = SampleFile.text(0x0028, 0x1056, "CS", name)
        #expect(
            try Self.radiograph(Self.window("500", "1000") + [function]).windows[0].shape == shape)
    }

    @Test(
        "a window that cannot belong is replaced and said",
        arguments: [("-9000", "10"), ("90000", "100"), ("500", "0"), ("500", "-7"), ("1e9", "10")])
    func impossibleWindows(_ center: String, _ width: String) throws {
        let picture = try Self.radiograph(Self.window(center, width))
        #expect(picture.windows.count == 1 && picture.windows[0].origin == .automatic)
        #expect(picture.notes.contains { $0.contains("does not fit its pixels") })
    }

    @Test func aWindowOfLettersIsLeftOutAndSaid() throws {
        let picture = try Self.radiograph(Self.window("auto", "1000"))
        #expect(picture.windows[0].origin == .automatic)
        #expect(picture.notes.contains { $0.contains("not a number") })
    }

    @Test func aVOITableIsScaledByItsBits() throws {
        let picture = try Self.radiograph(
            [Self.table(0x3010, [4, 0, 8], [0, 51, 102, 255], explanation: "NORMAL")],
            of: [0, 1, 2, 3])
        #expect(picture.windows[0].explanation == "NORMAL")
        let shown = (0...4).map { picture.windows[0].displayValue(of: Double($0)) }
        #expect(zip(shown, [0, 0.2, 0.4, 1, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func aVOITableWithMoreThanItsBitsIsScaledByItsEntries() throws {
        let picture = try Self.radiograph(
            [Self.table(0x3010, [4, 0, 8], [0, 1000, 2000, 4095])], of: [0, 1, 2, 3])
        #expect(picture.windows[0].displayValue(of: 3) == 1)
    }

    // MARK: Polarity

    @Test(
        "MONOCHROME1 and INVERSE are one inversion",
        arguments: [
            ("MONOCHROME1", "", true), ("MONOCHROME1", "INVERSE", true),
            ("MONOCHROME1", "IDENTITY", true), ("MONOCHROME2", "", false),
            ("MONOCHROME2", "IDENTITY", false), ("MONOCHROME2", "INVERSE", true),
        ])
    func polarity(_ photometric: String, _ shape: String, _ isInverted: Bool) throws {
        let extra = shape.isEmpty ? [] : [SampleFile.text(0x2050, 0x0020, "CS", shape)]
        let picture = try Self.radiograph(extra, photometric: photometric)
        #expect(picture.showsLowValuesBright == isInverted)
    }

    // MARK: Padding

    @Test func paddingIsMarkedInStoredUnits() throws {
        let rescale = [Self.decimal(0x1052, "-1000"), Self.decimal(0x1053, "1")]
        let one = try Self.radiograph([SampleFile.words(0x0028, 0x0120, [100])] + rescale)
        #expect(one.isPadding == [false, true, false, false])
        let limits = [
            SampleFile.words(0x0028, 0x0120, [0]), SampleFile.words(0x0028, 0x0121, [100]),
        ]
        #expect(try Self.radiograph(limits + rescale).isPadding == [true, true, false, false])
        #expect(try Self.radiograph([SampleFile.words(0x0028, 0x0120, [7])]).isPadding == nil)
    }

    @Test func paddingOfSignedPixelsIsReadWithTheirSign() throws {
        let file = try Self.file(
            .int16([-2000, 0, 5, 10]), bits: 16, [SampleFile.words(0x0028, 0x0120, [0xF830])])
        #expect(try file.radiograph(frame: 0).isPadding == [true, false, false, false])
    }

    @Test func aPictureOfPaddingOnlyIsShownAllTheSame() throws {
        let picture = try Self.radiograph(
            [SampleFile.words(0x0028, 0x0120, [5])], of: [5, 5, 5, 5])
        #expect(picture.isPadding == nil)
        #expect(picture.notes.contains { $0.contains("padding") })
    }

    // MARK: Bits

    @Test func bitsAboveTheHighBitAreMasked() throws {
        let file = try Self.file(
            .uint16([0xF001, 0x8FFF, 0x0800, 0]), bits: 16,
            [SampleFile.words(0x0028, 0x0101, [12]), SampleFile.words(0x0028, 0x0102, [11])])
        #expect(try file.storedPixels(frame: 0).values == .uint16([1, 0xFFF, 0x800, 0]))
    }

    @Test func aHighBitOverTheStoredBitsIsShiftedDown() throws {
        let file = try Self.file(
            .uint16([0x0010, 0xFFF0, 0x8005, 0]), bits: 16,
            [SampleFile.words(0x0028, 0x0101, [12]), SampleFile.words(0x0028, 0x0102, [15])])
        #expect(try file.storedPixels(frame: 0).values == .uint16([1, 0xFFF, 0x800, 0]))
    }

    @Test func signedPixelsOfTwelveBitsAreExtended() throws {
        let file = try Self.file(
            .uint16([0x0FFF, 0x0800, 0x07FF, 0xF001]), bits: 16,
            [
                SampleFile.words(0x0028, 0x0101, [12]), SampleFile.words(0x0028, 0x0102, [11]),
                SampleFile.words(0x0028, 0x0103, [1]),
            ])
        #expect(try file.storedPixels(frame: 0).values == .int16([-1, -2048, 2047, 1]))
    }

    // MARK: Geometry

    @Test func aPixelSpacingIsThePatientsOnlyWhenCalibrated() throws {
        let imager = SampleFile.text(0x0018, 0x1164, "DS", "0.2\\0.1")
        let same = Self.decimal(0x0030, "0.2\\0.1")
        let other = Self.decimal(0x0030, "0.16\\0.08")
        let calibration = SampleFile.text(0x0028, 0x0A02, "CS", "FIDUCIAL")
        func plane(_ extra: [DICOMElement], _ modality: String = "DX") throws -> PixelSpacing.Plane?
        {
            try Self.radiograph(extra, modality: modality).spacing?.plane
        }
        #expect(try plane([imager]) == .detector)
        #expect(try plane([imager, same]) == .detector)
        #expect(try plane([imager, other]) == .patient)
        #expect(try plane([other]) == .detector)
        #expect(try plane([other, calibration]) == .patient)
        #expect(try plane([other], "CT") == .patient)
        #expect(try plane([Self.decimal(0x0030, "0\\0")]) == nil)
        #expect(try Self.radiograph([imager]).pixelAspectRatio == 2)
    }

    @Test func thePixelAspectRatioIsHeightOverWidth() throws {
        let ratio = SampleFile.text(0x0028, 0x0034, "IS", "3\\2")
        #expect(try Self.radiograph([ratio]).pixelAspectRatio == 1.5)
        #expect(
            try Self.radiograph([SampleFile.text(0x0028, 0x0034, "IS", "0\\2")]).pixelAspectRatio
                == 1)
    }

    // MARK: Colour and omissions

    @Test func colourIsShownAsGreyAndSaid() throws {
        let pixels = StoredPixels(rows: 1, columns: 6, values: .uint8([255, 0, 0, 0, 255, 0]))
        var writer = DICOMWriter(header: SampleFile.header, frames: [pixels], bitsStored: 8)
        writer.extraElements = [
            SampleFile.words(0x0028, 0x0002, [3]), SampleFile.words(0x0028, 0x0006, [0]),
            SampleFile.words(0x0028, 0x0011, [2]), SampleFile.text(0x0028, 0x0004, "CS", "RGB"),
        ]
        let picture = try DICOMFile(bytes: writer.bytes(), name: "rgb.dcm").radiograph(frame: 0)
        #expect(picture.values == [76, 150])
        #expect(picture.notes.contains { $0.contains("colour") })
    }

    @Test func overlaysAreSaidToBeLeftOut() throws {
        let picture = try Self.radiograph([SampleFile.words(0x6000, 0x0010, [2])])
        #expect(picture.notes.contains { $0.contains("overlay") })
    }

    @Test func framesAreDecodedFromSeveralThreadsAtOnce() async throws {
        let writer = SampleFile.writer(frames: 8, .jpegLossless)
        let file = try DICOMFile(bytes: writer.bytes(), name: "cine.dcm")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for round in 0..<64 {
                group.addTask {
                    try file.storedPixels(frame: round % 8) == writer.frames[round % 8]
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }
}
