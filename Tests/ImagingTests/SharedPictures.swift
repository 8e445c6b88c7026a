// The project's folder of real pictures, where a machine has it.

import Foundation

/// `WETREAD_SHARED`: tests of real pictures run only where it is set.
enum SharedPictures {
    static let folder = ProcessInfo.processInfo.environment["WETREAD_SHARED"].map {
        URL(fileURLWithPath: $0)
    }

    static var isPresent: Bool { folder != nil }

    /// Paths below the folder with this ending.
    static func files(in path: String, ending: String) throws -> [URL] {
        let directory = folder?.appending(path: path)
        guard let directory else { return [] }
        return try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == ending }.sorted { $0.path < $1.path }
    }

    /// The values of a little-endian float32 `.npy` file, version 1.
    static func floats(_ url: URL) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: url))
        let header = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        return bytes.withUnsafeBytes { raw in
            stride(from: header, to: raw.count, by: 4).map { at in
                let bits = raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
    }
}
