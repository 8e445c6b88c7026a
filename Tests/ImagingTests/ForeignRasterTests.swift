import Foundation
import Imaging
import Testing

/// Small files written by Pillow, and the grey that Pillow reads from them.
@Suite("Pictures that others wrote")
struct ForeignRasterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        let width: Int
        let bits: Int
        let notes: Int
        let file: String
        /// Sum, and sum weighted by 1, 2, 3, ...: enough to notice a swapped or missing row.
        let sum: Double
        let weightedSum: Double
        var testDescription: String { id }
    }

    static let cases: [Case] = [
        Case(
            id: "grey JPEG", width: 8, bits: 8, notes: 1,
            file:
                "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUf"
                + "GhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/wAALCAAIAAgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAEC"
                + "AwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAk"
                + "M2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJ"
                + "ipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3"
                + "+Pn6/9oACAEBAAA/AMr4SeE/9T+79O1f/9k=",
            sum: 7185.0000, weightedSum: 272711.0000),
        Case(
            id: "colour JPEG", width: 8, bits: 8, notes: 2,
            file:
                "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUf"
                + "GhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgo"
                + "KCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAAIAAgDASIAAhEBAxEB/8QAHwAAAQUBAQEB"
                + "AQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKB"
                + "kaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1"
                + "dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl"
                + "5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcF"
                + "BAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5"
                + "OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0"
                + "tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwB13e9eaKKK"
                + "9jhSnH+z4n0vDOUYX6jH3T//2Q==",
            sum: 8288.2280, weightedSum: 258962.5401),
        Case(
            id: "progressive JPEG", width: 8, bits: 8, notes: 1,
            file:
                "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUf"
                + "GhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/wgALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABP/a"
                + "AAgBAQAAAAEn/8QAFhAAAwAAAAAAAAAAAAAAAAAAAAQF/9oACAEBAAEFApKh/8QAFhAAAwAAAAAAAAAAAAAA"
                + "AAAAAAEh/9oACAEBAAY/AlD/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAE/IVf/2gAIAQEAAAAQ/wD/"
                + "xAAWEAADAAAAAAAAAAAAAAAAAAAAQaH/2gAIAQEAAT8QkI//2Q==",
            sum: 7185.0000, weightedSum: 272711.0000),
        Case(
            id: "16-bit PNG", width: 4, bits: 16, notes: 0,
            file:
                "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADEAAAAADBDy1ZAAAAF0lEQVR4nGNgYBfuVxe3ms/EqAuBcAYAMXMD"
                + "NY7w6RYAAAAASUVORK5CYII=",
            sum: 93696.0000, weightedSum: 693656.0000),
        Case(
            id: "grey and alpha PNG", width: 8, bits: 8, notes: 1,
            file:
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAQAAABuBnYAAAAAFklEQVR4nGNk+C/yBhky8XxBhfQRAADoXkAP"
                + "7IFAtwAAAABJRU5ErkJggg==",
            sum: 7168.0000, weightedSum: 271936.0000),
        Case(
            id: "RGBA PNG", width: 8, bits: 8, notes: 2,
            file:
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAYAAADED76LAAAAHElEQVR4nGNk+M/AIPJGTgQXZuL5wsCDDw8P"
                + "BQCnJUQNLvFjMwAAAABJRU5ErkJggg==",
            sum: 8281.5361, weightedSum: 259073.9545),
        Case(
            id: "palette PNG", width: 8, bits: 8, notes: 1,
            file:
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIBAMAAAA2IaO4AAAAGFBMVEUc4xE/wC1WqUNqlV5+gX+SbZqoWK3J"
                + "NsF3RNapAAAAJUlEQVR4nCXEMQEAIAwDsLQKNiTgXyQHORLn3sIvu1Okg2Z2KjwUfgDd5ymmxgAAAABJRU5E"
                + "rkJggg==",
            sum: 8281.7610, weightedSum: 264764.9268),
        Case(
            id: "1-bit PNG", width: 8, bits: 8, notes: 0,
            file:
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQAAAADsdIMmAAAAGElEQVR4nGNgZ+JgYmASYGJgUmByYGIAAANB"
                + "AI7g6RUEAAAAAElFTkSuQmCC",
            sum: 10455.0000, weightedSum: 402900.0000),
    ]

    @Test("grey, bits and notes are as another reader has them", arguments: cases)
    func agrees(with expected: Case) throws {
        let bytes = [UInt8](try #require(Data(base64Encoded: expected.file)))
        let radiograph = try RasterFile.read(bytes: bytes, name: expected.id)
        var sum = 0.0
        var weighted = 0.0
        for (index, value) in radiograph.values.enumerated() {
            sum += Double(value)
            weighted += Double(value) * Double(index + 1)
        }
        #expect(abs(sum - expected.sum) < 0.01)
        #expect(abs(weighted - expected.weightedSum) < 0.5)
        #expect(radiograph.width == expected.width && radiograph.bitsStored == expected.bits)
        #expect(radiograph.notes.count == expected.notes, "\(radiograph.notes)")
        #expect(radiograph.displayValues().allSatisfy { (0...255).contains($0) })
    }

    @Test("a file cut in its picture data is refused, not filled up", arguments: cases)
    func cutShort(file: Case) throws {
        let bytes = [UInt8](try #require(Data(base64Encoded: file.file)))
        // The end marker or chunk alone may be missing in a picture that is whole.
        for lost in [14, bytes.count / 6, bytes.count / 3] {
            #expect(throws: ImagingError.self, "\(lost) bytes fewer") {
                try RasterFile.read(bytes: Array(bytes.dropLast(lost)), name: file.id)
            }
        }
    }

    @Test("four-colour JPEG is refused as unsupported, by name")
    func printColours() throws {
        let file =
            "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAIBgYHBgUIBwcHCQkICgwUDQwLCwwZEhMPFB0aHx4dGhwcICQuJyAi"
            + "LCMcHCg3KSwwMTQ0NB8nOT04MjwuMzQy/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAA"
            + "AAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNC"
            + "scEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6"
            + "g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq"
            + "8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwC/498Sf635/XvWf4C8N/6r5PTtWt8W/wDlv+NX/HviT/W/P696"
            + "/9k="
        let bytes = [UInt8](try #require(Data(base64Encoded: file)))
        let error = #expect(throws: ImagingError.self) {
            try RasterFile.read(bytes: bytes, name: "print.jpg")
        }
        #expect(error?.reasonWord == "unsupported")
    }
}
