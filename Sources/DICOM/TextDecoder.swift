// Text in the character sets of PS3.5 6.1 and PS3.3 C.12.1.1.2, as Unicode.

import CDICOM

/// Decodes the text of one data set, as its Specific Character Set (0008,0005) says.
package struct TextDecoder: Sendable, Equatable {
    /// What the whole of a text is, where no code extensions are used; nil with extensions.
    private var single: CodedSet?
    private var initialG0 = CodedSet.ascii
    private var initialG1: CodedSet?
    /// Set where the term in the file is not one of the standard.
    package private(set) var unknownTerm: String?
    /// True where the file names no character set at all.
    private var isDefault = false

    /// Makes a decoder from the values of Specific Character Set.
    package init(terms: [String]) {
        let names = terms.map(Self.normalized)
        isDefault = names.allSatisfy(\.isEmpty)
        if names.count <= 1 || names.dropFirst().allSatisfy(\.isEmpty),
            let whole = Self.wholeSets[names.first ?? ""]
        {
            single = whole
            return
        }
        let first = names.first ?? ""
        if let whole = Self.wholeSets[first] {
            // GB18030, GBK and UTF-8 stand alone; what follows them is an error of the writer.
            single = whole
            return
        }
        guard let sets = Self.extensible[first] else {
            unknownTerm = terms.first
            isDefault = true
            return
        }
        initialG0 = sets.g0
        initialG1 = sets.g1
        for (name, term) in zip(names, terms).dropFirst() where Self.extensible[name] == nil {
            unknownTerm = term
        }
    }

    /// Letters and digits of a term, so that `ISO-IR 100` and `iso_ir 100` are `ISO_IR 100`.
    private static func normalized(_ term: String) -> String {
        String(decoding: term.uppercased().utf8.filter { isLetterOrDigit($0) }, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
    }

    /// Sets without code extensions.
    private static let wholeSets: [String: CodedSet] = [
        "ISOIR192": .named("UTF-8"), "UTF8": .named("UTF-8"), "GB18030": .named("GB18030"),
        "GBK": .named("GB18030"), "GB2312": .named("GB18030"),
    ]

    /// Sets that can be the first or an extension: what stands in G0 and G1 at first.
    private static let extensible: [String: (g0: CodedSet, g1: CodedSet?)] = {
        var table: [String: (g0: CodedSet, g1: CodedSet?)] = [
            "": (.ascii, nil), "ISOIR6": (.ascii, nil), "ISO2022IR6": (.ascii, nil),
        ]
        let singleByte = [
            "100": "ISO-8859-1", "101": "ISO-8859-2", "109": "ISO-8859-3", "110": "ISO-8859-4",
            "144": "ISO-8859-5", "127": "ISO-8859-6", "126": "ISO-8859-7", "138": "ISO-8859-8",
            "148": "ISO-8859-9", "203": "ISO-8859-15", "166": "TIS-620",
        ]
        for (number, name) in singleByte {
            table["ISOIR" + number] = (.ascii, .named(name))
            table["ISO2022IR" + number] = (.ascii, .named(name))
        }
        for prefix in ["ISOIR", "ISO2022IR"] {
            table[prefix + "13"] = (.ascii, .katakana)
            table[prefix + "87"] = (.ascii, nil)
            table[prefix + "159"] = (.ascii, nil)
            table[prefix + "149"] = (.ascii, .named("EUC-KR"))
            table[prefix + "58"] = (.ascii, .named("GB2312"))
        }
        return table
    }()

    /// A decoded text and the number of bytes that had no meaning in its character set.
    package struct Decoded: Equatable, Sendable {
        /// The text.
        package var text: String
        /// Bytes that became U+FFFD.
        package var replacedCount = 0
        /// True where the character set was not named and had to be guessed.
        package var isGuessed = false
    }

    /// Decodes a value; backslashes and the delimiters of names are kept.
    /// - Parameter isPersonName: `^` and `=` end code extensions too (PS3.5 6.1.2.5.3).
    package func decode(_ bytes: some Collection<UInt8>, isPersonName: Bool = false) -> Decoded {
        let bytes = Array(bytes)
        if bytes.allSatisfy({ $0 < 0x80 && $0 != 0x1B }) {
            return Decoded(text: String(decoding: bytes, as: UTF8.self))
        }
        if let single { return Self.convert(bytes, from: single) }
        if isDefault && !bytes.contains(0x1B) { return Self.guess(bytes) }
        return extended(bytes, isPersonName: isPersonName)
    }

    /// No character set named, yet bytes outside ASCII: UTF-8 where it is that, else Latin-1.
    private static func guess(_ bytes: [UInt8]) -> Decoded {
        if let text = String(validating: bytes, as: UTF8.self) {
            return Decoded(text: text, isGuessed: true)
        }
        var decoded = convert(bytes, from: .named("ISO-8859-1"))
        decoded.isGuessed = true
        return decoded
    }

    private func extended(_ bytes: [UInt8], isPersonName: Bool) -> Decoded {
        var result = Decoded(text: "")
        var g0 = initialG0
        var g1 = initialG1
        var lastG1 = initialG1
        var run: [UInt8] = []
        var runSet = initialG0
        func flush() {
            guard !run.isEmpty else { return }
            let part = Self.convert(run, from: runSet)
            result.text += part.text
            result.replacedCount += part.replacedCount
            run = []
        }
        func append(_ part: ArraySlice<UInt8>, _ set: CodedSet) {
            if set != runSet { flush() }
            runSet = set
            run += part
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x1B, let escape = Escape.matching(bytes[index...]) {
                if escape.isG0 { g0 = escape.set } else { g1 = escape.set }
                lastG1 = escape.isG0 ? lastG1 : escape.set
                index += escape.length
                continue
            }
            // Some writers do not designate G1 again after a delimiter, as they should.
            let set = byte < 0x80 ? g0 : g1 ?? lastG1 ?? .undefined
            if byte >= 0x21 && set.takesTwoBytes(byte), index + 1 < bytes.count {
                append(bytes[index...index + 1], set)
                index += 2
                continue
            }
            append(bytes[index...index], byte < 0x21 ? .ascii : set)
            if Self.endsExtensions(byte, isPersonName: isPersonName) {
                g0 = initialG0
                g1 = initialG1
            }
            index += 1
        }
        flush()
        return result
    }

    private static func endsExtensions(_ byte: UInt8, isPersonName: Bool) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x5C: true
        case 0x5E, 0x3D: isPersonName
        default: false
        }
    }

    private static func convert(_ bytes: [UInt8], from set: CodedSet) -> Decoded {
        guard let name = set.iconvName else {
            let text = String(decoding: bytes.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
            let marks = bytes.count { $0 >= 0x80 }
            let shown = String(text.map { $0 == "?" && marks > 0 ? "\u{FFFD}" : $0 })
            return Decoded(text: shown, replacedCount: marks)
        }
        var out: UnsafeMutablePointer<UInt8>?
        var count = 0
        let coded = set.coded(bytes)
        let replaced = wt_text_to_utf8(name, coded, coded.count, &out, &count)
        guard replaced >= 0, let out else { return convert(bytes, from: .undefined) }
        defer { wt_free(out) }
        let text = String(decoding: UnsafeBufferPointer(start: out, count: count), as: UTF8.self)
        return Decoded(text: text, replacedCount: Int(replaced))
    }
}

/// A coded character set in the terms of ISO 2022.
enum CodedSet: Hashable, Sendable {
    case ascii
    /// JIS X 0201 katakana, one byte in G1.
    case katakana
    /// JIS X 0208, two bytes in G0.
    case kanji
    /// JIS X 0212, two bytes in G0.
    case supplementaryKanji
    /// Whatever iconv calls by this name, in G1.
    case named(String)
    /// Bytes without a meaning.
    case undefined

    var iconvName: String? {
        switch self {
        case .ascii: "UTF-8"
        case .katakana, .kanji, .supplementaryKanji: "EUC-JP"
        case .named(let name): name
        case .undefined: nil
        }
    }

    func takesTwoBytes(_ byte: UInt8) -> Bool {
        switch self {
        case .kanji, .supplementaryKanji: byte < 0x80
        case .named("EUC-KR"), .named("GB2312"): byte >= 0xA1
        default: false
        }
    }

    /// The bytes as the encoding that stands for this set writes them.
    func coded(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .kanji: bytes.map { $0 | 0x80 }
        case .katakana: bytes.flatMap { [0x8E, $0] }
        case .supplementaryKanji:
            bytes.indices.flatMap { $0 % 2 == 0 ? [0x8F, bytes[$0] | 0x80] : [bytes[$0] | 0x80] }
        case .ascii, .named, .undefined: bytes
        }
    }
}

/// An escape sequence of PS3.3 tables C.12-3 and C.12-4.
struct Escape: Sendable {
    let set: CodedSet
    let isG0: Bool
    let length: Int

    static func matching(_ bytes: ArraySlice<UInt8>) -> Escape? {
        table.first { bytes.dropFirst().starts(with: $0.sequence) }
            .map { Escape(set: $0.set, isG0: $0.isG0, length: $0.sequence.count + 1) }
    }

    private static let table: [(sequence: [UInt8], set: CodedSet, isG0: Bool)] = [
        ([0x28, 0x42], .ascii, true),
        // JIS X 0201 romaji differs from ASCII in the yen sign and the overline only.
        ([0x28, 0x4A], .ascii, true),
        ([0x29, 0x49], .katakana, false),
        ([0x24, 0x42], .kanji, true),
        ([0x24, 0x28, 0x44], .supplementaryKanji, true),
        ([0x24, 0x29, 0x43], .named("EUC-KR"), false),
        ([0x24, 0x29, 0x41], .named("GB2312"), false),
        ([0x2D, 0x41], .named("ISO-8859-1"), false),
        ([0x2D, 0x42], .named("ISO-8859-2"), false),
        ([0x2D, 0x43], .named("ISO-8859-3"), false),
        ([0x2D, 0x44], .named("ISO-8859-4"), false),
        ([0x2D, 0x4C], .named("ISO-8859-5"), false),
        ([0x2D, 0x47], .named("ISO-8859-6"), false),
        ([0x2D, 0x46], .named("ISO-8859-7"), false),
        ([0x2D, 0x48], .named("ISO-8859-8"), false),
        ([0x2D, 0x4D], .named("ISO-8859-9"), false),
        ([0x2D, 0x62], .named("ISO-8859-15"), false),
        ([0x2D, 0x54], .named("TIS-620"), false),
    ]
}
