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
        try self.init(bytes: FileReader.bytes(of: url), name: url.lastPathComponent)
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

/// Reading whole files under a bound.
enum FileReader {
    /// No radiograph is larger: 4 GiB.
    static let byteCountMax = 4 << 30

    /// The bytes of a regular file.
    static func bytes(of url: URL) throws -> [UInt8] {
        let name = url.lastPathComponent.inert()
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(name: name, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(name: name, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure(.noInput, "\(name) is not a regular file")
        }
        let size = Int(status.st_size)
        guard size <= byteCountMax else {
            throw CommandFailure(.badData, "\(name) is larger than 4 GiB; no radiograph is")
        }
        var failed: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let step = read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
                if step < 0 && errno == EINTR { continue }
                if step < 0 { failed = errno }
                if step <= 0 { return }
                count += step
            }
        }
        if let failed { throw failure(name: name, code: failed) }
        return bytes
    }

    private static func failure(name: String, code: Int32) -> CommandFailure {
        let status: ExitStatus = code == EACCES ? .noPermission : .noInput
        return CommandFailure(status, "cannot read \(name): \(String(cString: strerror(code)))")
    }
}
