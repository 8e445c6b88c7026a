// The frame header of a JPEG or JPEG-LS stream, read before any decoder is asked to allocate.

/// What a JPEG or JPEG-LS stream says of its picture (ISO 10918-1 B.2.2, ISO 14495-1 C.2.2).
struct CodestreamHeader: Equatable, Sendable {
    /// The frame header's mark: 0xC0 baseline, 0xC3 lossless, 0xF7 JPEG-LS, ...
    var process: UInt8
    var precision: Int
    var rows: Int
    var columns: Int
    var components: Int
    /// The colour transform that an Adobe segment names: 0 none, 1 YCbCr.
    var adobeTransform: Int?
    /// True where a JFIF segment says that the colours are YCbCr.
    var isJFIF = false
    /// True where the components are named R, G, B.
    var isNamedRGB = false

    /// Walks the segments up to the frame header; nil where there is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        var adobe: Int?
        var jfif = false
        var offset = 2
        while offset + 4 <= bytes.count {
            guard bytes[offset] == 0xFF else { return nil }
            let marker = bytes[offset + 1]
            if marker == 0xFF {
                offset += 1
                continue
            }
            // Marks without a length.
            if marker == 0x01 || (0xD0...0xD8).contains(marker) {
                offset += 2
                continue
            }
            if marker == 0xD9 || marker == 0xDA { return nil }
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            guard length >= 2, offset + 2 + length <= bytes.count else { return nil }
            let body = bytes[(offset + 4)..<(offset + 2 + length)]
            if Self.isFrameHeader(marker) {
                self.init(process: marker, frame: Array(body))
                adobeTransform = adobe
                isJFIF = jfif
                return
            }
            if marker == 0xEE, body.count >= 12, body.starts(with: "Adobe".utf8) {
                adobe = Int(body[body.startIndex + 11])
            }
            if marker == 0xE0, body.starts(with: "JFIF".utf8) { jfif = true }
            offset += 2 + length
        }
        return nil
    }

    private init?(process: UInt8, frame: [UInt8]) {
        self.process = process
        guard frame.count >= 6 else { return nil }
        precision = Int(frame[0])
        rows = Int(frame[1]) << 8 | Int(frame[2])
        columns = Int(frame[3]) << 8 | Int(frame[4])
        components = Int(frame[5])
        guard frame.count >= 6 + 3 * components else { return nil }
        isNamedRGB = components == 3 && [frame[6], frame[9], frame[12]] == Array("RGB".utf8)
    }

    /// What a lossy stream itself says of its colours; nil where it leaves that to the data set.
    var isLumaFirst: Bool? {
        guard components == 3, process < 0xC3 else { return nil }
        if let adobeTransform { return adobeTransform != 0 }
        if isNamedRGB { return false }
        return isJFIF ? true : nil
    }

    /// SOF0...SOF15 without DHT, JPG and DAC; and SOF55 of JPEG-LS.
    private static func isFrameHeader(_ marker: UInt8) -> Bool {
        if marker == 0xF7 { return true }
        return (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
    }
}

/// JPEG-LS streams of fewer than 8 bits.
enum JPEGLSPresets {
    /// The stream with its preset coding parameters written out, where it leaves them at their
    /// defaults: for fewer than 8 bits DCMTK's CharLS takes other defaults than the standard
    /// (ISO 14495-1 C.2.4.1.1.1) and cannot decode what others wrote.
    static func writtenOut(_ bytes: [UInt8], precision: Int) -> [UInt8] {
        guard let near = nearOfDefaultStream(bytes) else { return bytes }
        let greatest = (1 << precision) - 1
        let factor = 256 / (greatest + 1)
        func clamped(_ value: Int, from low: Int) -> Int {
            value > greatest || value < low ? low : value
        }
        let first = clamped(max(2, 3 / factor + 3 * near), from: near + 1)
        let second = clamped(max(3, 7 / factor + 5 * near), from: first)
        let third = clamped(max(4, 21 / factor + 7 * near), from: second)
        var segment: [UInt8] = [0xFF, 0xF8, 0, 13, 1]
        for number in [greatest, first, second, third, 64] {
            segment += [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)]
        }
        return bytes[..<2] + segment + bytes[2...]
    }

    /// NEAR of the first scan; nil where presets come before it, or where there is no scan.
    private static func nearOfDefaultStream(_ bytes: [UInt8]) -> Int? {
        var offset = 2
        while offset + 4 <= bytes.count, bytes[offset] == 0xFF {
            let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
            guard length >= 2, offset + 2 + length <= bytes.count else { return nil }
            if bytes[offset + 1] == 0xF8 { return nil }
            if bytes[offset + 1] == 0xDA {
                guard length >= 3 else { return nil }
                let at = offset + 5 + 2 * Int(bytes[offset + 4])
                return at < offset + 2 + length ? Int(bytes[at]) : nil
            }
            offset += 2 + length
        }
        return nil
    }
}
