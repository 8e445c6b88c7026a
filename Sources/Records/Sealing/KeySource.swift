// Where the master key comes from.

import Crypto
import Foundation
import Radiology

/// Where the key lies that opens everything else: 32 bytes.
public enum KeySource: Sendable {
    /// `WETREAD_KEY` (64 hexadecimal digits), else `WETREAD_KEY_COMMAND` (a program that prints
    /// them), else the file that `WETREAD_KEY_FILE` names, else `key` in the home, which is made
    /// with mode 0600 where the home is new.
    case environment([String: String])
    /// A key in hand.
    case bytes([UInt8])

    /// The usual one: the environment of this process.
    public static let standard = KeySource.environment(ProcessInfo.processInfo.environment)
}

/// The master key, and how it was found.
struct MasterKey: Sendable {
    let key: SymmetricKey
    /// The file that holds it; nil where it came another way.
    let file: String?

    /// Finds the key; makes the file where `mayCreate` and nothing else is said.
    static func find(
        _ source: KeySource, home: HomeFolder, mayCreate: Bool
    ) throws(RecordsError) -> MasterKey {
        guard case .environment(let environment) = source else {
            if case .bytes(let bytes) = source, bytes.count == 32 {
                return MasterKey(key: SymmetricKey(data: bytes), file: nil)
            }
            throw .keyUnusable(reason: "it must have 32 bytes")
        }
        if let digits = environment["WETREAD_KEY"], !digits.isEmpty {
            return MasterKey(key: try parse(digits, from: "WETREAD_KEY"), file: nil)
        }
        if let command = environment["WETREAD_KEY_COMMAND"], !command.isEmpty {
            let digits = try output(of: command)
            return MasterKey(key: try parse(digits, from: "WETREAD_KEY_COMMAND"), file: nil)
        }
        let named = environment["WETREAD_KEY_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        return try read(
            named ?? home.path + "/key", home: home.name, mayCreate: mayCreate && named == nil)
    }

    /// Writes a key file of mode 0600 that survives a power failure, under a name that is free.
    static func write(_ key: SymmetricKey, to path: String) throws(RecordsError) {
        let digits = key.withUnsafeBytes { ContentHash.hexadecimal(Array($0)) } + "\n"
        // Under another name first: a key file is whole or not there.
        let incoming = "\(path).\(UUID().uuidString)"
        let descriptor = Foundation.open(incoming, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(errno) }
        defer {
            close(descriptor)
            unlink(incoming)
        }
        fchmod(descriptor, 0o600)
        let bytes = Array(digits.utf8)
        let count = Foundation.write(descriptor, bytes, bytes.count)
        guard count == bytes.count, fsync(descriptor) == 0, link(incoming, path) == 0 else {
            throw failure(errno)
        }
    }

    private static func failure(_ code: Int32) -> RecordsError {
        code == ENOSPC || code == EDQUOT
            ? .diskFull(task: .open, home: "of the key")
            : .keyUnusable(reason: "its file cannot be written (\(systemReason(code)))")
    }

    private static func read(
        _ path: String, home: String, mayCreate: Bool
    ) throws(RecordsError) -> MasterKey {
        if mayCreate && access(path, F_OK) != 0 {
            do throws(RecordsError) {
                try write(SymmetricKey(size: .bits256), to: path)
            } catch .diskFull { throw .diskFull(task: .open, home: home) }
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .keyUnusable(
                reason: "there is no readable key file; the records cannot be opened without it")
        }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & 0o077 != 0, status.st_uid == geteuid() {
            chmod(path, 0o600)
        }
        return MasterKey(
            key: try parse(String(decoding: data, as: UTF8.self), from: "the key file"), file: path)
    }

    /// Reads 64 hexadecimal digits.
    static func parse(
        _ text: String, from place: String
    ) throws(RecordsError) -> SymmetricKey {
        let digits = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        guard let hash = ContentHash(hexadecimal: digits) else {
            throw .keyUnusable(reason: "\(place) must hold 64 hexadecimal digits")
        }
        return SymmetricKey(data: hash.bytes)
    }

    private static func output(of command: String) throws(RecordsError) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        do {
            try ChildSignals.unblocked { try process.run() }
            let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw RecordsError.keyUnusable(
                    reason: "WETREAD_KEY_COMMAND ended with \(process.terminationStatus)")
            }
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw error as? RecordsError
                ?? .keyUnusable(reason: "WETREAD_KEY_COMMAND cannot be run")
        }
    }
}

extension ContentHash {
    /// The digits of some bytes.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }

    /// The 32 bytes that the digits stand for.
    var bytes: [UInt8] {
        let digits = Array(hexadecimal.utf8).map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
