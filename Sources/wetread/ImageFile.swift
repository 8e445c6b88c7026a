// One image file of any kind that Wetread reads, as bytes with their meaning.

import Crypto
import DICOM
import Foundation
import Imaging
import Radiology

/// A DICOM, PNG or JPEG file, read once: what is hashed is what is parsed.
struct ImageFile: Sendable {
    private enum Content: Sendable {
        case dicom(DICOMFile)
        case raster(Radiograph)
    }

    /// The last path component.
    let name: String
    /// The file's bytes.
    let bytes: [UInt8]
    /// What the file says of patient, study and image.
    let header: ImageHeader
    private let content: Content

    /// Reads and recognises a file.
    init(contentsOf url: URL) throws {
        try self.init(bytes: DICOMDataSet.bytes(of: url), name: url.lastPathComponent)
    }

    /// Recognises bytes that were read before.
    init(bytes: [UInt8], name: String) throws {
        self.name = name
        self.bytes = bytes
        guard RasterFile.isRaster(bytes) else {
            let file = try DICOMFile(bytes: bytes, name: name)
            content = .dicom(file)
            header = file.header
            return
        }
        let suffix = name.split(separator: ".").last?.lowercased() ?? ""
        guard !["dcm", "dicom", "dic", "ima"].contains(suffix) else {
            throw CommandFailure(
                .badData,
                "\(name.inert()) is not a DICOM file: it is named one, but holds a PNG or JPEG "
                    + "picture. If that is what it should be, rename it.")
        }
        let radiograph = try RasterFile.read(bytes: bytes, name: name)
        content = .raster(radiograph)
        header = Self.header(of: radiograph, name: name, bytes: bytes)
    }

    /// Number of frames, at least 1.
    var frameCount: Int { header.image.frameCount }

    /// The DICOM file behind it; nil for a PNG or JPEG.
    var dicom: DICOMFile? {
        if case .dicom(let file) = content { file } else { nil }
    }

    /// One frame, counted from 0.
    func radiograph(frame: Int) throws -> Radiograph {
        switch content {
        case .dicom(let file): try file.radiograph(frame: frame)
        case .raster(let radiograph): radiograph
        }
    }

    /// A picture without DICOM has no patient and no study: its identifiers are made from its own
    /// bytes (PS3.5 B.2, UUID-derived UIDs under 2.25), so that the same file is the same instance.
    private static func header(
        of radiograph: Radiograph, name: String, bytes: [UInt8]
    ) -> ImageHeader {
        let digest = Array(SHA256.hash(data: bytes))
        return ImageHeader(
            patient: Patient(),
            study: StudyHeader(
                studyInstanceUID: uid(digest[0..<12], kind: 1),
                description: "image file \(name.inert()), patient not stated"),
            image: InstanceHeader(
                sopInstanceUID: uid(digest[0..<12], kind: 3),
                seriesInstanceUID: uid(digest[0..<12], kind: 2), modality: "OT",
                photometricInterpretation: "MONOCHROME2", rows: radiograph.height,
                columns: radiograph.width, bitsStored: radiograph.bitsStored))
    }

    /// `2.25.` and the decimal of a 128-bit number: twelve digest bytes and the kind of identifier.
    private static func uid(_ digest: ArraySlice<UInt8>, kind: UInt8) -> String {
        var number = Array(digest) + [0, 0, 0, kind]
        var digits: [UInt8] = []
        while number.contains(where: { $0 != 0 }) {
            var remainder = 0
            for index in number.indices {
                let value = remainder << 8 | Int(number[index])
                number[index] = UInt8(value / 10)
                remainder = value % 10
            }
            digits.append(UInt8(ascii: "0") + UInt8(remainder))
        }
        return "2.25." + String(decoding: digits.reversed(), as: UTF8.self)
    }
}
