// Writes grey images as DICOM files: for the phantom's samples, and for tests.

import CDICOM
import Foundation
import Radiology

/// Writes one grey image (or several frames) in one of ten transfer syntaxes.
///
/// The same values give the same bytes, always: nothing is stamped with a time or a new UID.
public struct DICOMWriter: Sendable {
    /// The implementation's UID in the meta header: Wetread's, from a UUID (PS3.5 annex B.2).
    public static let implementationClassUID = "2.25.59245971256755721931306627209932357103"
    /// The implementation's name in the meta header, at most sixteen characters.
    public static let implementationVersionName = "WETREAD"

    /// Identity and description; its pixel fields (rows, bits, frames, ...) are not used.
    public var header: ImageHeader
    /// One or more frames of the same size and type, one sample for each pixel, 8 or 16 bits.
    public var frames: [StoredPixels]
    /// Bits that carry information; every value must fit.
    public var bitsStored: Int
    /// `MONOCHROME1` or `MONOCHROME2`.
    public var photometricInterpretation: String
    /// How the file is to be written.
    public var transferSyntax: TransferSyntax
    /// 1...100, for the two lossy syntaxes.
    public var quality = 90
    /// More attributes; one with a tag that is written anyway takes its place.
    public var extraElements: [DICOMElement] = []

    /// Describes a file.
    public init(
        header: ImageHeader, frames: [StoredPixels], bitsStored: Int,
        photometricInterpretation: String = "MONOCHROME2",
        transferSyntax: TransferSyntax = .explicitLittle
    ) {
        self.header = header
        self.frames = frames
        self.bitsStored = bitsStored
        self.photometricInterpretation = photometricInterpretation
        self.transferSyntax = transferSyntax
    }

    /// The file's bytes, or why it cannot be written.
    /// - Parameter name: for messages.
    public func bytes(name: String = "image.dcm") throws(DICOMError) -> [UInt8] {
        let layout = try Layout(self, name: name)
        var dataSet = ElementWriter(
            isImplicit: transferSyntax == .implicitLittle,
            isBigEndian: transferSyntax == .explicitBig)
        var elements: [DICOMTag: DICOMElement] = [:]
        for element in identity() + pixelModule(layout) + extraElements {
            elements[element.tag] = element
        }
        let sorted = elements.values.sorted { $0.tag < $1.tag }
        dataSet.append(sorted.filter { $0.tag < .pixelData })
        try appendPixels(layout, to: &dataSet, name: name)
        dataSet.append(sorted.filter { $0.tag > .pixelData })
        return metaHeader() + (try deflated(dataSet.bytes, name: name))
    }

    /// Writes the file; one of that name is replaced as a whole.
    public func write(to url: URL) throws(DICOMError) {
        let content = try bytes(name: url.lastPathComponent)
        do {
            try Data(content).write(to: url, options: .atomic)
        } catch {
            throw .cannotWrite(file: url.lastPathComponent, reason: error.localizedDescription)
        }
    }

    // MARK: Attributes

    private func identity() -> [DICOMElement] {
        let patient = header.patient
        let study = header.study
        let image = header.image
        let texts: [(DICOMTag, String, String)] = [
            (.specificCharacterSet, "CS", "ISO_IR 192"), (.sopClassUID, "UI", image.sopClassUID),
            (.sopInstanceUID, "UI", image.sopInstanceUID), (.studyDate, "DA", study.date),
            (.studyTime, "TM", study.time), (.accessionNumber, "SH", study.accessionNumber),
            (.modality, "CS", image.modality), (.manufacturer, "LO", image.manufacturer),
            (.institutionName, "LO", study.institution),
            (.referringPhysicianName, "PN", Self.written(study.referringPhysician)),
            (.timezoneOffsetFromUTC, "SH", study.timezoneOffset),
            (.studyDescription, "LO", study.description),
            (.patientName, "PN", Self.written(patient.name)),
            (.patientID, "LO", patient.identifier), (.patientBirthDate, "DA", patient.birthDate),
            (.patientSex, "CS", patient.sex), (.patientAge, "AS", patient.age),
            (.bodyPartExamined, "CS", image.bodyPart), (.viewPosition, "CS", image.viewPosition),
            (.studyInstanceUID, "UI", study.studyInstanceUID),
            (.seriesInstanceUID, "UI", image.seriesInstanceUID),
            (.seriesNumber, "IS", image.seriesNumber.map(String.init) ?? ""),
            (.instanceNumber, "IS", image.instanceNumber.map(String.init) ?? ""),
            (.imageLaterality, "CS", image.laterality),
        ]
        // Attributes of type 2 stand in the file even when they are empty.
        let always: Set<DICOMTag> = [
            .studyDate, .studyTime, .accessionNumber, .referringPhysicianName, .patientName,
            .patientID, .patientBirthDate, .patientSex, .seriesNumber, .instanceNumber,
        ]
        return texts.filter { !$0.2.isEmpty || always.contains($0.0) }
            .map { DICOMElement($0.0, vr: $0.1, .text($0.2)) }
    }

    private static func written(_ name: PersonName) -> String {
        var groups = [name.alphabetic, name.ideographic, name.phonetic]
        while groups.last == "" { groups.removeLast() }
        return groups.joined(separator: "=")
    }

    private func pixelModule(_ layout: Layout) -> [DICOMElement] {
        func word(_ tag: DICOMTag, _ value: Int) -> DICOMElement {
            DICOMElement(tag, vr: "US", .unsigned16([UInt16(truncatingIfNeeded: value)]))
        }
        var elements = [
            word(.samplesPerPixel, 1), word(.rows, layout.rows), word(.columns, layout.columns),
            word(.bitsAllocated, layout.bitsAllocated), word(.bitsStored, bitsStored),
            word(.highBit, bitsStored - 1), word(.pixelRepresentation, layout.isSigned ? 1 : 0),
            DICOMElement(
                .photometricInterpretation, vr: "CS", .text(photometricInterpretation)),
        ]
        if frames.count > 1 {
            elements.append(DICOMElement(.numberOfFrames, vr: "IS", .text("\(frames.count)")))
        }
        return elements
    }

    private func metaHeader() -> [UInt8] {
        var group = ElementWriter(isImplicit: false, isBigEndian: false)
        group.append([
            DICOMElement(DICOMTag(2, 0x0001), vr: "OB", .bytes([0, 1])),
            DICOMElement(DICOMTag(2, 0x0002), vr: "UI", .text(header.image.sopClassUID)),
            DICOMElement(DICOMTag(2, 0x0003), vr: "UI", .text(header.image.sopInstanceUID)),
            DICOMElement(.transferSyntaxUID, vr: "UI", .text(transferSyntax.uid)),
            DICOMElement(DICOMTag(2, 0x0012), vr: "UI", .text(Self.implementationClassUID)),
            DICOMElement(DICOMTag(2, 0x0013), vr: "SH", .text(Self.implementationVersionName)),
        ])
        var length = ElementWriter(isImplicit: false, isBigEndian: false)
        length.append(
            DICOMElement(
                DICOMTag(2, 0), vr: "UL",
                .unsigned32([UInt32(truncatingIfNeeded: group.bytes.count)])))
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length.bytes + group.bytes
    }

    // MARK: Pixels

    /// What the frames have in common.
    private struct Layout {
        let rows: Int
        let columns: Int
        let bitsAllocated: Int
        let isSigned: Bool

        init(_ writer: DICOMWriter, name: String) throws(DICOMError) {
            guard let first = writer.frames.first else {
                throw .cannotWrite(file: name, reason: "there is no frame")
            }
            rows = first.rows
            columns = first.columns
            switch first.values {
            case .uint8: (bitsAllocated, isSigned) = (8, false)
            case .int8: (bitsAllocated, isSigned) = (8, true)
            case .uint16: (bitsAllocated, isSigned) = (16, false)
            case .int16: (bitsAllocated, isSigned) = (16, true)
            case .uint32, .int32:
                throw .cannotWrite(file: name, reason: "only 8 and 16 bits a pixel are written")
            }
            guard (1...bitsAllocated).contains(writer.bitsStored) else {
                throw .cannotWrite(file: name, reason: "\(writer.bitsStored) bits do not fit")
            }
            for frame in writer.frames {
                guard frame.rows == rows, frame.columns == columns, frame.samplesPerPixel == 1,
                    frame.count == rows * columns, (1...65535).contains(rows),
                    (1...65535).contains(columns)
                else {
                    throw .cannotWrite(file: name, reason: "the frames differ in size or are empty")
                }
            }
        }
    }

    private func appendPixels(
        _ layout: Layout, to dataSet: inout ElementWriter, name: String
    ) throws(DICOMError) {
        if transferSyntax.pixelCoding == .native {
            dataSet.append(nativePixels(layout))
            return
        }
        var encoded: [[UInt8]] = []
        for frame in frames {
            var bytes = try encode(frame, layout, name: name)
            if bytes.count % 2 == 1 { bytes.append(0) }
            encoded.append(bytes)
        }
        // PS3.5 A.4: the offset table (empty for one frame), a fragment for each frame, the end.
        dataSet.header(.pixelData, "OB", length: .max)
        var offsets: [UInt32] = []
        var offset = 0
        for bytes in encoded where encoded.count > 1 {
            offsets.append(UInt32(truncatingIfNeeded: offset))
            offset += 8 + bytes.count
        }
        dataSet.header(.item, "", length: UInt32(truncatingIfNeeded: offsets.count * 4))
        dataSet.raw(
            offsets.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } })
        for bytes in encoded {
            dataSet.header(.item, "", length: UInt32(truncatingIfNeeded: bytes.count))
            dataSet.raw(bytes)
        }
        dataSet.header(DICOMTag(0xFFFE, 0xE0DD), "", length: 0)
    }

    private func nativePixels(_ layout: Layout) -> DICOMElement {
        if layout.bitsAllocated == 8 {
            let bytes = frames.flatMap(\.nativeBytes)
            // PS3.5 A.1: implicit data sets hold pixels as OW, which for bytes looks the same.
            return DICOMElement(
                .pixelData, vr: transferSyntax == .implicitLittle ? "OW" : "OB", .bytes(bytes))
        }
        var words: [UInt16] = []
        words.reserveCapacity(frames.count * layout.rows * layout.columns)
        for frame in frames {
            switch frame.values {
            case .uint16(let values): words += values
            case .int16(let values): words += values.map { UInt16(bitPattern: $0) }
            default: break
            }
        }
        return DICOMElement(.pixelData, vr: "OW", .unsigned16(words))
    }

    private func encode(
        _ frame: StoredPixels, _ layout: Layout, name: String
    ) throws(DICOMError) -> [UInt8] {
        var out: UnsafeMutablePointer<UInt8>?
        var count = 0
        var message = MessageBuffer()
        let status: CDICOMStatus
        if transferSyntax.pixelCoding == .jpeg2000 {
            let samples = (0..<frame.count).map { Int32(truncatingIfNeeded: frame[$0]) }
            status = message.with { text, capacity in
                wt_j2k_encode(
                    samples, UInt32(layout.columns), UInt32(layout.rows), UInt32(bitsStored),
                    layout.isSigned, &out, &count, text, capacity)
            }
        } else {
            var format = wt_frame_format(
                rows: UInt32(layout.rows), columns: UInt32(layout.columns), samples: 1,
                bytes_per_sample: UInt32(layout.bitsAllocated / 8), precision: UInt32(bitsStored),
                is_signed: layout.isSigned, is_ybr: false)
            let samples = frame.nativeBytes
            status = message.with { text, capacity in
                wt_frame_encode(
                    transferSyntax.uid, &format, samples, samples.count, Int32(quality), &out,
                    &count, text, capacity)
            }
        }
        defer { wt_free(out) }
        guard status == .ok, let out else {
            throw .cannotWrite(
                file: name, reason: "\(transferSyntax.name) cannot be encoded (\(message.text))")
        }
        return Array(UnsafeBufferPointer(start: out, count: count))
    }

    private func deflated(_ bytes: [UInt8], name: String) throws(DICOMError) -> [UInt8] {
        guard transferSyntax == .deflated else { return bytes }
        var out: UnsafeMutablePointer<UInt8>?
        var count = 0
        let status = wt_deflate(bytes, bytes.count, &out, &count)
        defer { wt_free(out) }
        guard status == .ok, let out else {
            throw .cannotWrite(file: name, reason: "it cannot be deflated")
        }
        // PS3.5 A.5: padded to an even number of bytes.
        return Array(UnsafeBufferPointer(start: out, count: count)) + (count % 2 == 1 ? [0] : [])
    }
}

extension StoredPixels {
    /// The values in the machine's byte order.
    var nativeBytes: [UInt8] {
        switch values {
        case .uint8(let values): values
        case .int8(let values): values.withUnsafeBytes { Array($0) }
        case .uint16(let values): values.withUnsafeBytes { Array($0) }
        case .int16(let values): values.withUnsafeBytes { Array($0) }
        case .uint32(let values): values.withUnsafeBytes { Array($0) }
        case .int32(let values): values.withUnsafeBytes { Array($0) }
        }
    }
}
