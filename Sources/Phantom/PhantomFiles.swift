// Drawn pictures as DICOM files.

import DICOM
import Foundation
import Radiology

/// Writes samples through the room DICOM.
enum PhantomFiles {
    static func makeFolder(_ folder: URL) throws(PhantomError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .cannotCreateFolder(
                name: folder.lastPathComponent, cause: "the system refused it")
        }
    }

    /// Draws and writes each image of a sample.
    static func write(_ sample: PhantomSample, to folder: URL) throws(PhantomError) -> [URL] {
        var files: [URL] = []
        for (index, image) in sample.images.enumerated() {
            let picture = image.study.picture(columns: image.columns, rows: image.rows)
            let url = folder.appending(path: "\(sample.filePrefix)-\(image.suffix).dcm")
            try write(
                sample, image: index, pixels: picture.stored(bits: image.bits),
                spacing: picture.pixelSpacingMillimetres, to: url)
            files.append(url)
        }
        return files
    }

    /// Writes one image whose pixels are given, bright high.
    static func write(
        _ sample: PhantomSample, image index: Int, pixels: [UInt16], spacing: Double, to url: URL
    ) throws(PhantomError) {
        let image = sample.images[index]
        let top = UInt16((1 << image.bits) - 1)
        let stored = image.isMonochrome1 ? pixels.map { top - $0 } : pixels
        let values: StoredPixels.Values =
            image.bits == 8 ? .uint8(stored.map { UInt8(truncatingIfNeeded: $0) }) : .uint16(stored)
        var writer = DICOMWriter(
            header: header(sample, image: index),
            frames: [StoredPixels(rows: image.rows, columns: image.columns, values: values)],
            bitsStored: image.bits,
            photometricInterpretation: image.isMonochrome1 ? "MONOCHROME1" : "MONOCHROME2",
            transferSyntax: image.transferSyntax)
        writer.extraElements = extraElements(sample, image, spacing: spacing)
        do {
            try writer.write(to: url)
        } catch {
            throw .cannotEncode(name: url.lastPathComponent, cause: "\(error)")
        }
    }

    private static func header(_ sample: PhantomSample, image index: Int) -> ImageHeader {
        let image = sample.images[index]
        let isDigital = sample.modality == "DX"
        return ImageHeader(
            patient: sample.patient,
            study: StudyHeader(
                studyInstanceUID: PhantomUID.uid(seed: sample.seed, purpose: "study"),
                accessionNumber: sample.accessionNumber, date: sample.date, time: sample.time,
                timezoneOffset: "+0000", description: sample.description,
                referringPhysician: PersonName(alphabetic: "BOTANIST^A"),
                institution: "WETREAD PHANTOM DEPARTMENT"),
            image: InstanceHeader(
                sopInstanceUID: PhantomUID.uid(seed: sample.seed, purpose: "image \(index)"),
                // PS3.4 B.5: Digital X-Ray, For Presentation; Computed Radiography.
                sopClassUID: isDigital
                    ? "1.2.840.10008.5.1.4.1.1.1.1" : "1.2.840.10008.5.1.4.1.1.1",
                seriesInstanceUID: PhantomUID.uid(seed: sample.seed, purpose: "series \(index)"),
                seriesNumber: index + 1, instanceNumber: 1, modality: sample.modality,
                bodyPart: "CHEST", viewPosition: image.viewPosition, manufacturer: "WETREAD",
                photometricInterpretation: image.isMonochrome1 ? "MONOCHROME1" : "MONOCHROME2",
                rows: image.rows, columns: image.columns, bitsStored: image.bits))
    }

    /// What a file of this kind holds beside identity and pixels.
    private static func extraElements(
        _ sample: PhantomSample, _ image: PhantomSampleImage, spacing: Double
    ) -> [DICOMElement] {
        let distance = String(format: "%.4f", spacing)
        let range = 1 << image.bits
        let isLateral = image.study.view == .lateral
        var texts: [(UInt16, UInt16, String, String)] = [
            (0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\"),
            (0x0008, 0x1090, "LO", "Drawn chest phantom"),
            (0x0010, 0x4000, "LT", "PHANTOM: drawn by Wetread, not a patient. For tests only."),
            (0x0018, 0x1164, "DS", "\(distance)\\\(distance)"),
            (0x0020, 0x0020, "CS", isLateral ? "A\\F" : "L\\F"),
            (0x0020, 0x4000, "LT", "PHANTOM, seed \(image.study.seed)"),
            // PS3.3 C.11.2.1.2.1: this window maps 0 to black and the largest value to white.
            (0x0028, 0x1050, "DS", "\(range / 2)"), (0x0028, 0x1051, "DS", "\(range)"),
            (0x0028, 0x0301, "CS", "NO"), (0x0028, 0x2110, "CS", "00"),
        ]
        if sample.modality == "DX" {
            texts += [
                (0x0008, 0x0068, "CS", "FOR PRESENTATION"), (0x0028, 0x1040, "CS", "LOG"),
                (0x0028, 0x1052, "DS", "0"), (0x0028, 0x1053, "DS", "1"),
                (0x0028, 0x1054, "LO", "US"),
                (0x2050, 0x0020, "CS", image.isMonochrome1 ? "INVERSE" : "IDENTITY"),
            ]
        }
        return texts.map { DICOMElement(DICOMTag($0.0, $0.1), vr: $0.2, .text($0.3)) }
    }
}
