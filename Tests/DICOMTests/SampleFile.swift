// Small files that the tests write themselves.

import DICOM
import Foundation
import Radiology
import WetreadTesting

enum SampleFile {
    static let header = ImageHeader(
        patient: Patient(
            name: PersonName(alphabetic: "PHANTOM^Test", ideographic: "山田^太郎"), identifier: "T-1",
            birthDate: "19500102", sex: "O", age: "070Y"),
        study: StudyHeader(
            studyInstanceUID: "2.25.1", accessionNumber: "A1", date: "20200102", time: "030405",
            description: "Thorax à deux plans"),
        image: InstanceHeader(
            sopInstanceUID: "2.25.3", sopClassUID: "1.2.840.10008.5.1.4.1.1.1.1",
            seriesInstanceUID: "2.25.2", seriesNumber: 4, instanceNumber: 5, modality: "DX",
            bodyPart: "CHEST", viewPosition: "PA", laterality: "U", manufacturer: "Wetread",
            photometricInterpretation: "MONOCHROME2", rows: 0, columns: 0, bitsStored: 0))

    /// A deterministic picture: a ramp with some noise, values below `2^bits`.
    static func values(rows: Int, columns: Int, bits: Int, seed: UInt64 = 1) -> [Int] {
        var generator = SplitMix64(seed: seed)
        let top = (1 << bits) - 1
        return (0..<rows * columns).map { index in
            let ramp = top * (index % columns + index / columns) / max(1, rows + columns)
            return min(max(ramp + Int(generator.next() % 7) - 3, 0), top)
        }
    }

    static func frame(
        rows: Int = 37, columns: Int = 53, bits: Int, allocated: Int, isSigned: Bool = false,
        seed: UInt64 = 1
    ) -> StoredPixels {
        let plain = values(rows: rows, columns: columns, bits: bits, seed: seed)
        let half = isSigned ? 1 << (bits - 1) : 0
        let shifted = plain.map { $0 - half }
        let values: StoredPixels.Values =
            switch (allocated, isSigned) {
            case (8, false): .uint8(shifted.map { UInt8($0) })
            case (8, true): .int8(shifted.map { Int8($0) })
            case (_, false): .uint16(shifted.map { UInt16($0) })
            case (_, true): .int16(shifted.map { Int16($0) })
            }
        return StoredPixels(rows: rows, columns: columns, values: values)
    }

    static func writer(
        bits: Int = 12, allocated: Int = 16, isSigned: Bool = false, frames: Int = 1,
        _ syntax: TransferSyntax = .explicitLittle, extra: [DICOMElement] = []
    ) -> DICOMWriter {
        let pictures = (0..<frames).map {
            frame(bits: bits, allocated: allocated, isSigned: isSigned, seed: UInt64($0 + 1))
        }
        var writer = DICOMWriter(
            header: header, frames: pictures, bitsStored: bits, transferSyntax: syntax)
        writer.extraElements = extra
        return writer
    }

    static func text(_ group: UInt16, _ element: UInt16, _ vr: String, _ text: String)
        -> DICOMElement
    {
        DICOMElement(DICOMTag(group, element), vr: vr, .text(text))
    }

    static func words(_ group: UInt16, _ element: UInt16, _ words: [UInt16]) -> DICOMElement {
        DICOMElement(DICOMTag(group, element), vr: "US", .unsigned16(words))
    }
}
