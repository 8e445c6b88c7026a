// The collection of DICOM files in the shared folder, which `WETREAD_SHARED` names.

import Foundation

/// One line of `index.csv` or `reference.csv`, by column.
typealias Row = [String: String]

enum Collection {
    /// The shared folder; nil where the variable is not set.
    static let shared = ProcessInfo.processInfo.environment["WETREAD_SHARED"].map {
        URL(filePath: $0, directoryHint: .isDirectory)
    }
    static let isAvailable = shared != nil

    static func url(_ path: String) -> URL {
        (shared ?? URL(filePath: "/nonexistent")).appending(path: "dicom/" + path)
    }

    static func rows(_ name: String) throws -> [Row] {
        let text = try String(contentsOf: url(name), encoding: .utf8)
        let table = parse(text)
        guard let head = table.first else { return [] }
        return table.dropFirst().map { Row(zip(head, $0), uniquingKeysWith: { first, _ in first }) }
    }

    /// RFC 4180: quoted fields may hold commas, quotes and line ends.
    private static func parse(_ text: String) -> [[String]] {
        var table: [[String]] = []
        var line: [String] = []
        var field = ""
        var isQuoted = false
        var previousWasQuote = false
        for character in text {
            if isQuoted {
                if character == "\"" {
                    isQuoted = false
                    previousWasQuote = true
                } else {
                    field.append(character)
                }
                continue
            }
            switch character {
            case "\"":
                if previousWasQuote { field.append(character) }
                isQuoted = true
            case ",":
                line.append(field)
                field = ""
            case "\n", "\r\n":
                line.append(field)
                table.append(line)
                line = []
                field = ""
            default: field.append(character)
            }
            previousWasQuote = false
        }
        return table
    }
}

/// SHA-256 (FIPS 180-4), so that the tests need no library for it.
enum SHA256 {
    static func hexadecimal(of bytes: [UInt8]) -> String {
        var state: [UInt32] = [
            0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C,
            0x1F83_D9AB, 0x5BE0_CD19,
        ]
        var padded = bytes + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(bytes.count) * 8
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        padded.withUnsafeBufferPointer { all in
            var words = [UInt32](repeating: 0, count: 64)
            for start in stride(from: 0, to: all.count, by: 64) {
                compress(UnsafeBufferPointer(rebasing: all[start..<start + 64]), &state, &words)
            }
        }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func compress(
        _ block: UnsafeBufferPointer<UInt8>, _ state: inout [UInt32], _ words: inout [UInt32]
    ) {
        func rotated(_ value: UInt32, _ by: UInt32) -> UInt32 { value >> by | value << (32 - by) }
        for index in 0..<16 {
            words[index] = (0..<4).reduce(0) { $0 << 8 | UInt32(block[index * 4 + $1]) }
        }
        for index in 16..<64 {
            let early = words[index - 15]
            let late = words[index - 2]
            let first = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
            let second = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
            words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
        }
        var work = state
        for index in 0..<64 {
            let sum1 = rotated(work[4], 6) ^ rotated(work[4], 11) ^ rotated(work[4], 25)
            let choice = work[4] & work[5] ^ ~work[4] & work[6]
            let first = work[7] &+ sum1 &+ choice &+ constants[index] &+ words[index]
            let sum0 = rotated(work[0], 2) ^ rotated(work[0], 13) ^ rotated(work[0], 22)
            let majority = work[0] & work[1] ^ work[0] & work[2] ^ work[1] & work[2]
            work = [
                first &+ sum0 &+ majority, work[0], work[1], work[2], work[3] &+ first, work[4],
                work[5], work[6],
            ]
        }
        for index in 0..<8 { state[index] = state[index] &+ work[index] }
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < 64 {
            if !primes.contains(where: { candidate % $0 == 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes.map { prime in
            // The greatest integer whose cube does not exceed prime * 2^96, modulo 2^32.
            var low: UInt64 = 0
            var high: UInt64 = 1 << 36
            while high - low > 1 {
                let middle = (low + high) / 2
                let square = middle.multipliedFullWidth(by: middle)
                let upper = square.high * middle
                let lower = square.low.multipliedFullWidth(by: middle)
                let cubeHigh = upper + lower.high
                if cubeHigh < UInt64(prime) << 32 { low = middle } else { high = middle }
            }
            return UInt32(truncatingIfNeeded: low)
        }
    }()
}
