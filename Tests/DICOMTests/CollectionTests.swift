// Every file of the shared collection: taken or refused as its index says, pixels as its reference.

import DICOM
import Foundation
import Imaging
import Radiology
import Testing

@Suite("The shared collection", .enabled(if: Collection.isAvailable))
struct CollectionTests {
    @Test func everyFileIsReadOrRefusedAsTheIndexSays() throws {
        var taken = 0
        var refused = 0
        var words: [String: Int] = [:]
        for row in try Collection.rows("index.csv") {
            let path = row["path"] ?? ""
            let expectsPicture = row["expect"] == "read"
            do throws(DICOMError) {
                let file = try DICOMFile(contentsOf: Collection.url(path))
                for frame in 0..<file.frameCount {
                    let radiograph = try file.radiograph(frame: frame)
                    #expect(!radiograph.windows.isEmpty, "\(path)")
                }
                #expect(
                    expectsPicture, "\(path) was read; it should be refused: \(row["reason"] ?? "")"
                )
                taken += 1
            } catch {
                #expect(!expectsPicture, "\(path) was refused: \(error)")
                let expected = row["reason"] ?? ""
                if !expectsPicture && expected != error.reasonWord {
                    words["\(expected) called \(error.reasonWord): \(path)", default: 0] += 1
                }
                refused += 1
            }
        }
        for line in words.keys.sorted() { print("  \(line)") }
        print("shared/dicom: \(taken) read, \(refused) refused")
        #expect(taken + refused == (try Collection.rows("index.csv").count))
    }

    @Test func storedAndModalityPixelsEqualTheReference() throws {
        let index = Dictionary(
            try Collection.rows("index.csv").map { ($0["path"] ?? "", $0) },
            uniquingKeysWith: { first, _ in first })
        var exact = 0
        var lossy = 0
        for row in try Collection.rows("reference.csv") {
            let path = row["path"] ?? ""
            // The reference holds a refused file too, which a decoder can be brought to read.
            guard index[path]?["expect"] == "read" else { continue }
            let file = try DICOMFile(contentsOf: Collection.url(path))
            let stored = try file.storedPixels(frame: 0)
            let values = try file.modalityValues(frame: 0)
            #expect(String(stored.rows) == row["rows"] && String(stored.columns) == row["cols"])
            let mean = values.reduce(0, +) / Double(values.count)
            let found = [values.min() ?? 0, values.max() ?? 0, mean]
            let names = ["modality_min", "modality_max", "modality_mean"]
            if SHA256.hexadecimal(of: stored.littleEndianBytes) == row["stored_sha256"] {
                exact += 1
                for (name, value) in zip(names, found) {
                    let expected = Double(row[name] ?? "") ?? .nan
                    #expect(
                        abs(value - expected) <= 1e-6 * max(1, abs(expected)), "\(path) \(name)")
                }
            } else {
                // Decoders of lossy streams may differ by a grey level.
                lossy += 1
                print("  not equal to the last bit: \(path)")
                let syntax = index[path]?["transfer_syntax"] ?? ""
                let isLossy =
                    [
                        "JPEG Baseline", "JPEG Extended", "JPEG 2000 Image Compression",
                        "JPEG-LS Lossy", "JPEG Full", "JPEG Spectral", "HTJ2K",
                    ]
                    .contains { syntax.hasPrefix($0) } && !syntax.contains("Lossless")
                #expect(isLossy, "\(path) (\(syntax)): stored pixels differ from the reference")
                for (name, value) in zip(names, found) {
                    let expected = Double(row[name] ?? "") ?? .nan
                    #expect(
                        abs(value - expected) <= 1, "\(path) \(name): \(value), not \(expected)")
                }
            }
        }
        print(
            "shared/dicom: stored pixels of \(exact) files equal, \(lossy) lossy within 1"
        )
        #expect(exact > 0)
    }

    @Test func namesAreDecodedAsPydicomDecodesThem() throws {
        var compared = 0
        for row in try Collection.rows("index.csv") {
            let expected = row["patient_name"] ?? ""
            // The index keeps 120 characters and shows controls as spaces; those are left out.
            guard row["expect"] == "read", !expected.isEmpty, !expected.contains(" $)") else {
                continue
            }
            let file = try DICOMFile(contentsOf: Collection.url(row["path"] ?? ""))
            let name = file.header.patient.name
            let groups = [name.alphabetic, name.ideographic, name.phonetic]
            let written = groups.joined(separator: "=")
            let found = written.replacing(#/=+$/#, with: "")
            #expect(found == expected, "\(row["path"] ?? "")")
            compared += 1
        }
        print("shared/dicom: \(compared) names compared")
        #expect(compared > 0)
    }
}

extension StoredPixels {
    /// The values one after the other, least significant byte first.
    var littleEndianBytes: [UInt8] {
        func bytes<Word: FixedWidthInteger>(_ words: [Word]) -> [UInt8] {
            words.map(\.littleEndian).withUnsafeBytes { Array($0) }
        }
        return switch values {
        case .uint8(let words): words
        case .int8(let words): bytes(words)
        case .uint16(let words): bytes(words)
        case .int16(let words): bytes(words)
        case .uint32(let words): bytes(words)
        case .int32(let words): bytes(words)
        }
    }
}
