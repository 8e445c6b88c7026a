// Character sets: the examples of PS3.5 annexes H to K, and what writers do wrong.

import DICOM
import Testing

@Suite("Character sets")
struct TextDecoderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var id: String
        var terms: [String]
        var bytes: [UInt8]
        var text: String
        var isPersonName = true
        var testDescription: String { id }
    }

    static let escape: UInt8 = 0x1B

    static func bytes(_ parts: [any Sequence<UInt8>]) -> [UInt8] { parts.flatMap { Array($0) } }

    static let cases: [Case] = [
        Case(id: "ASCII", terms: [], bytes: Array("Doe^John".utf8), text: "Doe^John"),
        Case(
            id: "Latin-1", terms: ["ISO_IR 100"],
            bytes: bytes(["Buc^J".utf8, [0xE9], "r".utf8, [0xF4], "me".utf8]), text: "Buc^Jérôme"),
        Case(id: "Latin-2", terms: ["ISO_IR 101"], bytes: [0xA3, 0xF3, 0x64, 0xBC], text: "Łódź"),
        Case(id: "Latin-9", terms: ["ISO_IR 203"], bytes: [0xA4], text: "€"),
        Case(
            id: "Cyrillic", terms: ["ISO_IR 144"],
            bytes: [0xBB, 0xEE, 0xDA, 0x63, 0x65, 0xDC, 0xD1, 0xEB, 0x70, 0xD3], text: "Люкceмбыpг"),
        Case(
            id: "Greek", terms: ["ISO_IR 126"],
            bytes: [0xC4, 0xE9, 0xEF, 0xED, 0xF5, 0xF3, 0xE9, 0xEF, 0xF2], text: "Διονυσιος"),
        Case(
            id: "Arabic", terms: ["ISO_IR 127"],
            bytes: [0xE2, 0xC8, 0xC7, 0xE6, 0xEA, 0x5E, 0xE4, 0xE6, 0xD2, 0xC7, 0xD1],
            text: "قباني^لنزار"),
        Case(
            id: "Hebrew", terms: ["ISO_IR 138"],
            bytes: [0xF9, 0xF8, 0xE5, 0xEF, 0x5E, 0xE3, 0xE1, 0xE5, 0xF8, 0xE4], text: "שרון^דבורה"),
        Case(id: "Thai", terms: ["ISO_IR 166"], bytes: [0xE4, 0xB7, 0xC2], text: "ไทย"),
        Case(
            id: "Turkish", terms: ["ISO_IR 148"], bytes: [0xC7, 0x61, 0xF0, 0x72, 0xFD],
            text: "Çağrı"),
        Case(
            id: "half-width katakana", terms: ["ISO_IR 13"],
            bytes: [0xD4, 0xCF, 0xC0, 0xDE, 0x5E, 0xC0, 0xDB, 0xB3], text: "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        Case(
            id: "Japanese, PS3.5 H.3.1", terms: ["", "ISO 2022 IR 87"],
            bytes: bytes([
                "Yamada^Tarou=".utf8,
                [escape, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, escape, 0x28, 0x42], "^".utf8,
                [escape, 0x24, 0x42, 0x42, 0x40, 0x4F, 0x3A, escape, 0x28, 0x42], "=".utf8,
                [escape, 0x24, 0x42, 0x24, 0x64, 0x24, 0x5E, 0x24, 0x40, escape, 0x28, 0x42],
                "^".utf8,
                [escape, 0x24, 0x42, 0x24, 0x3F, 0x24, 0x6D, 0x24, 0x26, escape, 0x28, 0x42],
            ]),
            text: "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        Case(
            id: "Japanese supplementary kanji", terms: ["", "ISO 2022 IR 159"],
            bytes: [escape, 0x24, 0x28, 0x44, 0x30, 0x21, escape, 0x28, 0x42], text: "丂"),
        Case(
            id: "Korean, PS3.5 I.2", terms: ["", "ISO 2022 IR 149"],
            bytes: bytes([
                "Hong^Gildong=".utf8, [escape, 0x24, 0x29, 0x43, 0xFB, 0xF3], "^".utf8,
                [escape, 0x24, 0x29, 0x43, 0xD1, 0xCE, 0xD4, 0xD7], "=".utf8,
                [escape, 0x24, 0x29, 0x43, 0xC8, 0xAB], "^".utf8,
                [escape, 0x24, 0x29, 0x43, 0xB1, 0xE6, 0xB5, 0xBF],
            ]),
            text: "Hong^Gildong=洪^吉洞=홍^길동"),
        Case(
            id: "Korean, designated once only", terms: ["", "ISO 2022 IR 149"],
            bytes: bytes([
                [escape, 0x24, 0x29, 0x43, 0xC8, 0xAB], "^".utf8, [0xB1, 0xE6, 0xB5, 0xBF],
            ]), text: "홍^길동"),
        Case(
            id: "Chinese with extensions, PS3.5 K.2", terms: ["", "ISO 2022 IR 58"],
            bytes: bytes([
                "Zhang^XiaoDong=".utf8, [escape, 0x24, 0x29, 0x41, 0xD5, 0xC5], "^".utf8,
                [escape, 0x24, 0x29, 0x41, 0xD0, 0xA1, 0xB6, 0xAB],
            ]),
            text: "Zhang^XiaoDong=张^小东"),
        Case(
            id: "GB18030, PS3.5 J.3", terms: ["GB18030"],
            bytes: bytes([
                "Wang^XiaoDong=".utf8, [0xCD, 0xF5], "^".utf8, [0xD0, 0xA1, 0xB6, 0xAB],
            ]), text: "Wang^XiaoDong=王^小东"),
        Case(
            id: "GB18030 with a backslash inside a character", terms: ["GB18030"],
            bytes: [0x81, 0x5C, 0x5E, 0x81, 0x30, 0x81, 0x30], text: "乗^\u{80}"),
        Case(
            id: "UTF-8", terms: ["ISO_IR 192"], bytes: Array("Wang^XiaoDong=王^小東".utf8),
            text: "Wang^XiaoDong=王^小東"),
        Case(id: "terms misspelt", terms: ["iso-ir 100"], bytes: [0xE9], text: "é"),
        Case(
            id: "UTF-8 with others after it", terms: ["ISO_IR 192", "ISO 2022 IR 87"],
            bytes: Array("é".utf8), text: "é"),
        Case(
            id: "Latin-1 with Greek by extension", terms: ["ISO 2022 IR 100", "ISO 2022 IR 126"],
            bytes: [0xE9, escape, 0x2D, 0x46, 0xE1, 0x5E, 0xE9], text: "éα^é"),
        Case(
            id: "a kanji whose second byte is a caret", terms: ["", "ISO 2022 IR 87"],
            bytes: [escape, 0x24, 0x42, 0x30, 0x5E, escape, 0x28, 0x42, 0x5E, 0x41], text: "緯^A"),
    ]

    @Test("are decoded", arguments: cases)
    func decodes(_ row: Case) {
        let decoded = TextDecoder(terms: row.terms).decode(
            row.bytes, isPersonName: row.isPersonName)
        #expect(decoded.text == row.text)
        #expect(decoded.replacedCount == 0 && !decoded.isGuessed)
    }

    @Test func bytesWithoutMeaningAreMarkedAndCounted() {
        let broken = TextDecoder(terms: ["ISO_IR 192"]).decode([0x41, 0xFF, 0x42])
        #expect(broken.text == "A\u{FFFD}B" && broken.replacedCount == 1)
        let korean = TextDecoder(terms: ["", "ISO 2022 IR 149"]).decode([0x41, 0xC8, 0xAB])
        #expect(korean.replacedCount == 2 && korean.text == "A\u{FFFD}\u{FFFD}")
    }

    @Test func withoutACharacterSetBytesAreGuessedAndSaidToBe() {
        let utf8 = TextDecoder(terms: []).decode(Array("Jérôme".utf8))
        #expect(utf8.text == "Jérôme" && utf8.isGuessed)
        let latin = TextDecoder(terms: []).decode([0x4A, 0xE9])
        #expect(latin.text == "Jé" && latin.isGuessed)
    }

    @Test func anUnknownTermIsKept() {
        #expect(TextDecoder(terms: ["KLINGON"]).unknownTerm == "KLINGON")
        #expect(TextDecoder(terms: ["ISO_IR 100"]).unknownTerm == nil)
        #expect(TextDecoder(terms: ["", "ISO 2022 IR 999"]).unknownTerm == "ISO 2022 IR 999")
    }
}
