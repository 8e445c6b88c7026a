// Reading the CSV forms of a study, with errors that name the row.

import Foundation

/// Reads the three CSV forms (see `Documentation/reader-studies.md`).
public enum StudyCSV {
    /// Files over this many bytes are refused before they are read.
    public static let byteCountMax = 512 << 20

    /// Reads a file.
    public static func table(contentsOf url: URL) throws(ReaderStudyError) -> ReadingTable {
        let name = url.lastPathComponent
        let size = (try? FileManager.default.attributesOfItem(atPath: url.path)[.size]) as? Int
        if let size, size > byteCountMax {
            throw .tooLarge(file: name, byteCount: size, limit: byteCountMax)
        }
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw .unreadable(file: name, reason: "it does not exist or may not be opened")
        }
        return try table([UInt8](data), name: name)
    }

    /// Reads the bytes of a file; `name` is used in errors.
    public static func table(_ bytes: [UInt8], name: String) throws(ReaderStudyError)
        -> ReadingTable
    {
        var lines = CSVLines(bytes, file: name)
        guard let header = try lines.next() else { throw .wrongHeader(file: name, found: "") }
        let columns = header.fields.map { $0.lowercased() }
        guard let form = Self.form(of: columns) else {
            throw .wrongHeader(file: name, found: shortened(header.fields.joined(separator: ",")))
        }
        var builder = TableBuilder(file: name, form: form)
        while let row = try lines.next() {
            if row.fields.count < columns.count {
                throw .row(
                    file: name, line: row.line,
                    .tooFewFields(found: row.fields.count, expected: columns.count))
            }
            if row.fields.count > columns.count {
                throw .row(
                    file: name, line: row.line,
                    .tooManyFields(found: row.fields.count, expected: columns.count))
            }
            try builder.add(row.fields, line: row.line)
        }
        return try builder.table()
    }

    /// A value of the file as it may appear in a message: short, and without control characters.
    static func shortened(_ text: String) -> String {
        let plain = text.unicodeScalars.prefix(60).map { scalar -> Character in
            scalar.properties.generalCategory == .control || !scalar.properties.isGraphemeBase
                ? "?" : Character(scalar)
        }
        return String(plain)
    }

    private static func form(of columns: [String]) -> ReadingTable.Form? {
        switch columns {
        case ["reader", "treatment", "case", "truth", "rating"]: .roc
        case ["reader", "treatment", "case", "truth", "lesion_id", "rating", "weight"]:
            .freeResponse
        case ["reader", "treatment", "case", "truth", "rating", "correct"]: .localisation
        default: nil
        }
    }
}

/// The rows of a CSV file (RFC 4180: quotes, either line end), one at a time.
struct CSVLines {
    /// The fields of a row and the line it starts on, from 1.
    struct Row {
        let fields: [String]
        let line: Int
    }

    private let bytes: [UInt8]
    private let file: String
    private var position: Int
    private var line = 0

    /// Starts after a byte-order mark, if there is one.
    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next row that is not blank; nil at the end.
    mutating func next() throws(ReaderStudyError) -> Row? {
        while position < bytes.count {
            line += 1
            let first = line
            var fields: [String] = []
            var isMore = true
            while isMore {
                let (field, ended) = try field(line: first)
                fields.append(field)
                isMore = !ended
            }
            if fields.count > 1 || !fields[0].isEmpty { return Row(fields: fields, line: first) }
        }
        return nil
    }

    /// One field; `ended` at the end of the row.
    private mutating func field(line first: Int) throws(ReaderStudyError) -> (String, ended: Bool) {
        while position < bytes.count, bytes[position] == 0x20 { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            return try quotedField(line: first)
        }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D { break }
            position += 1
        }
        var end = position
        while end > start, bytes[end - 1] == 0x20 { end -= 1 }
        return (try text(bytes[start..<end], line: first), endOfField())
    }

    private mutating func quotedField(line first: Int) throws(ReaderStudyError) -> (
        String, ended: Bool
    ) {
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                if position + 1 < bytes.count, bytes[position + 1] == byte {
                    position += 1
                } else {
                    position += 1
                    while position < bytes.count, bytes[position] == 0x20 { position += 1 }
                    return (try text(content[...], line: first), endOfField())
                }
            }
            if byte == 0x0A { line += 1 }
            content.append(byte)
            position += 1
        }
        throw .row(file: file, line: first, .openQuote)
    }

    /// Steps over a comma, or over the end of a line (then true).
    private mutating func endOfField() -> Bool {
        guard position < bytes.count else { return true }
        let byte = bytes[position]
        if byte == UInt8(ascii: ",") {
            position += 1
            return false
        }
        if byte == 0x0D {
            position += 1
            if position < bytes.count, bytes[position] == 0x0A { position += 1 }
            return true
        }
        if byte == 0x0A {
            position += 1
            return true
        }
        // Text after a closing quote belongs to no field: it becomes one of its own, and the row
        // has too many.
        return false
    }

    private func text(_ slice: ArraySlice<UInt8>, line: Int) throws(ReaderStudyError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw .row(file: file, line: line, .notText)
        }
        return text
    }
}
