import Foundation
import Imaging
import Testing
import WetreadTesting

@Suite("PNG and JPEG")
struct RasterFileTests {
    static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 5) }
    }

    /// Bytes of a PNG written by this room.
    static func png(width: Int, height: Int, rgb: Bool = false) throws -> [UInt8] {
        let url = URL.temporaryDirectory.appending(path: "wetread-\(UUID().uuidString).png")
        defer { try? FileManager.default.removeItem(at: url) }
        let count = width * height * (rgb ? 3 : 1)
        let pixels = bytes(count)
        if rgb {
            try RasterFile.writePNG(rgb: pixels, width: width, height: height, to: url)
        } else {
            try RasterFile.writePNG(grey: pixels, width: width, height: height, to: url)
        }
        return [UInt8](try Data(contentsOf: url))
    }

    @Test(
        "grey comes back as written and is shown as it is", arguments: [(1, 1), (7, 3), (200, 90)])
    func greyRoundTrip(width: Int, height: Int) throws {
        let radiograph = try RasterFile.read(
            bytes: try Self.png(width: width, height: height), name: "grey.png")
        let expected = Self.bytes(width * height).map(Float.init)
        #expect(radiograph.values == expected)
        #expect(radiograph.displayValues() == expected)
        #expect(radiograph.notes.isEmpty && radiograph.bitsStored == 8)
    }

    @Test("colour is weighed, not rounded, and said")
    func colour() throws {
        let radiograph = try RasterFile.read(
            bytes: try Self.png(width: 4, height: 2, rgb: true), name: "colour.png")
        let bytes = Self.bytes(24).map(Float.init)
        let expected: [Float] = stride(from: 0, to: 24, by: 3).map { (at: Int) -> Float in
            let red: Float = bytes[at] * 0.299
            let green: Float = bytes[at + 1] * 0.587
            return red + green + bytes[at + 2] * 0.114
        }
        #expect(radiograph.values == expected)
        #expect(radiograph.notes == ["Colour is shown as grey."])
    }

    @Test("the same pixels give the same bytes")
    func deterministic() throws {
        #expect(try Self.png(width: 64, height: 64) == Self.png(width: 64, height: 64))
    }

    @Test("a file cut anywhere is refused, never shown in part")
    func truncated() throws {
        let bytes = try Self.png(width: 60, height: 40)
        for count in stride(from: 0, to: bytes.count - 12, by: 7) {
            #expect(throws: ImagingError.self, "\(count) of \(bytes.count) bytes") {
                try RasterFile.read(bytes: Array(bytes.prefix(count)), name: "cut.png")
            }
        }
    }

    @Test("a changed byte is refused or harmless, and never crashes")
    func mutated() throws {
        let bytes = try Self.png(width: 30, height: 30)
        var random = SplitMix64(seed: testSeed)
        var refused = 0
        for _ in 0..<1_000 {
            var changed = bytes
            let at = Int.random(in: 0..<bytes.count, using: &random)
            changed[at] ^= UInt8.random(in: 1...255, using: &random)
            do {
                let radiograph = try RasterFile.read(bytes: changed, name: "changed.png")
                #expect(radiograph.values.count == radiograph.width * radiograph.height)
            } catch { refused += 1 }
        }
        #expect(refused > 900, "PNG's checksums catch a changed byte; seed \(testSeed)")
    }

    @Test("absurd dimensions are refused before memory is asked for")
    func dimensions() throws {
        // IHDR of 65,535 x 65,535 with its checksum (CRC-32 of "IHDR" and the 13 bytes).
        var bytes = Array(try Self.png(width: 2, height: 2).prefix(33))
        bytes.replaceSubrange(16..<24, with: [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF])
        let crc = Self.crc32(bytes[12..<29])
        bytes.replaceSubrange(
            29..<33, with: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) })
        let error = #expect(throws: ImagingError.self) {
            try RasterFile.read(bytes: bytes + [0, 0, 0, 0], name: "huge.png")
        }
        #expect(error?.reasonWord == "dimensions" || error?.reasonWord == "damaged")
    }

    static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    static let strangers: [(id: String, bytes: [UInt8])] = [
        ("empty", []), ("text", Array("not a picture".utf8)), ("GIF", Array("GIF89a      ".utf8)),
        ("PNG signature only", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        ("JPEG start only", [0xFF, 0xD8, 0xFF]),
    ]

    @Test("what is no picture is refused with the file's name and a remedy", arguments: 0..<5)
    func foreign(index: Int) {
        let error = #expect(throws: ImagingError.self) {
            try RasterFile.read(bytes: Self.strangers[index].bytes, name: "odd.png")
        }
        #expect(error?.description.contains("odd.png") == true)
    }

    @Test("a missing file is named by its last component only")
    func missing() {
        let url = URL(fileURLWithPath: "/nowhere/DOE^JANE/picture.png")
        let error = #expect(throws: ImagingError.self) { try RasterFile.read(contentsOf: url) }
        #expect(error?.description.contains("picture.png") == true)
        #expect(error?.description.contains("DOE") == false)
    }
}
