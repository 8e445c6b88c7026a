// Spreadsheets (Office Open XML), as far as tables of text and numbers go.

/// A workbook: sheets of cells as text.
struct Workbook {
    /// One sheet.
    struct Sheet {
        let name: String
        let rows: [[String]]
    }

    let sheets: [Sheet]

    init(sheets: [Sheet]) { self.sheets = sheets }

    /// Cells of a sheet beyond this are not read.
    static let cellsMax = 20_000_000

    /// Reads a workbook; nil where the bytes are none.
    init?(_ bytes: [UInt8]) {
        guard let archive = ZipArchive(bytes), let book = archive.bytes(of: "xl/workbook.xml"),
            let relations = archive.bytes(of: "xl/_rels/workbook.xml.rels")
        else { return nil }
        var targets: [String: String] = [:]
        for element in XMLScanner(relations).elements where element.name == "Relationship" {
            targets[element.attributes["Id"] ?? ""] = element.attributes["Target"]
        }
        let shared = archive.bytes(of: "xl/sharedStrings.xml").map(Self.sharedStrings) ?? []
        var sheets: [Sheet] = []
        for element in XMLScanner(book).elements where element.name == "sheet" {
            guard let name = element.attributes["name"],
                let target = targets[element.attributes["r:id"] ?? ""]
            else { continue }
            let path = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
            guard let content = archive.bytes(of: path) else { return nil }
            sheets.append(Sheet(name: name, rows: Self.rows(content, shared)))
        }
        self.sheets = sheets
    }

    private static func sharedStrings(_ bytes: [UInt8]) -> [String] {
        var strings: [String] = []
        var current = ""
        var isText = false
        for element in XMLScanner(bytes).elements {
            switch (element.name, element.kind) {
            case ("si", .open): current = ""
            case ("si", .close): strings.append(current)
            case ("t", .open): isText = true
            case ("t", .close): isText = false
            case (_, .text): if isText { current += element.text }
            default: break
            }
        }
        return strings
    }

    private static func rows(_ bytes: [UInt8], _ shared: [String]) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var column = 0
        var kind = ""
        var value = ""
        var isValue = false
        var cells = 0
        for element in XMLScanner(bytes).elements {
            switch (element.name, element.kind) {
            case ("row", .open): row = []
            case ("row", .close): rows.append(row)
            case ("c", .open), ("c", .empty):
                column = Self.column(element.attributes["r"] ?? "") ?? row.count
                kind = element.attributes["t"] ?? ""
                value = ""
            case ("c", .close):
                cells += column + 1 - min(row.count, column)
                guard column < 256, cells <= cellsMax else { return rows }
                while row.count <= column { row.append("") }
                row[column] =
                    kind == "s"
                    ? Int(value).flatMap { shared.indices.contains($0) ? shared[$0] : nil }
                        ?? "" : value
            case ("v", .open), ("t", .open): isValue = true
            case ("v", .close), ("t", .close): isValue = false
            case (_, .text): if isValue { value += element.text }
            default: break
            }
        }
        return rows
    }

    /// The column of a reference: `B7` is 1.
    private static func column(_ reference: String) -> Int? {
        var column = 0
        var hasLetter = false
        for byte in reference.utf8 {
            guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) else { break }
            hasLetter = true
            column = column * 26 + Int(byte - UInt8(ascii: "A")) + 1
            guard column < 100_000 else { return nil }
        }
        return hasLetter ? column - 1 : nil
    }

    /// The workbook as an xlsx file; numbers are cells of numbers.
    func written() -> [UInt8] {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let package = "http://schemas.openxmlformats.org/package/2006"
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        var types = head + "<Types xmlns=\"\(package)/content-types\">"
        types += "<Default Extension=\"rels\" "
        types += "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        let prefix = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        types += "<Override PartName=\"/xl/workbook.xml\" "
        types += "ContentType=\"\(prefix).sheet.main+xml\"/>"
        var book = head + "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\"><sheets>"
        var relations = head + "<Relationships xmlns=\"\(package)/relationships\">"
        for (index, sheet) in sheets.enumerated() {
            let number = index + 1
            types += "<Override PartName=\"/xl/worksheets/sheet\(number).xml\" "
            types += "ContentType=\"\(prefix).worksheet+xml\"/>"
            book += "<sheet name=\"\(HTMLText.escaped(sheet.name))\" sheetId=\"\(number)\" "
            book += "r:id=\"rId\(number)\"/>"
            relations += "<Relationship Id=\"rId\(number)\" Type=\"\(office)/worksheet\" "
            relations += "Target=\"worksheets/sheet\(number).xml\"/>"
        }
        let top =
            head + "<Relationships xmlns=\"\(package)/relationships\"><Relationship Id=\"rId1\" "
            + "Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        var files: [(name: String, bytes: [UInt8])] = [
            ("[Content_Types].xml", Array((types + "</Types>").utf8)),
            ("_rels/.rels", Array(top.utf8)),
            ("xl/workbook.xml", Array((book + "</sheets></workbook>").utf8)),
            ("xl/_rels/workbook.xml.rels", Array((relations + "</Relationships>").utf8)),
        ]
        for (index, sheet) in sheets.enumerated() {
            var text = head + "<worksheet xmlns=\"\(main)\"><sheetData>"
            for row in sheet.rows { text += "<row>" + row.map(Self.cell).joined() + "</row>" }
            files.append(
                (
                    "xl/worksheets/sheet\(index + 1).xml",
                    Array((text + "</sheetData></worksheet>").utf8)
                ))
        }
        return ZipArchive.stored(files)
    }

    private static func cell(_ text: String) -> String {
        // A number only where it is written as one: 007 stays a text.
        if let number = Double(text), number.isFinite,
            FigureOfMerit.text(number) == text
        {
            return "<c><v>\(text)</v></c>"
        }
        return "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">\(HTMLText.escaped(text))"
            + "</t></is></c>"
    }
}

/// Walks over the tags and texts of an XML file; no entities of its own, no nesting limits.
struct XMLScanner {
    enum Kind { case open, close, empty, text }

    struct Element {
        let kind: Kind
        var name = ""
        var attributes: [String: String] = [:]
        var text = ""
    }

    private let source: [UInt8]

    init(_ source: [UInt8]) { self.source = source }

    /// Tags and texts in order.
    var elements: [Element] {
        var elements: [Element] = []
        var position = 0
        while position < source.count {
            if source[position] == UInt8(ascii: "<") {
                guard let end = source[position...].firstIndex(of: UInt8(ascii: ">")) else { break }
                if let element = Self.tag(source[(position + 1)..<end]) { elements.append(element) }
                position = end + 1
            } else {
                let end =
                    source[position...].firstIndex(of: UInt8(ascii: "<")) ?? source.count
                let text = String(decoding: source[position..<end], as: UTF8.self)
                elements.append(Element(kind: .text, text: Self.plain(text)))
                position = end
            }
        }
        return elements
    }

    private static func tag(_ bytes: ArraySlice<UInt8>) -> Element? {
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("?") || text.hasPrefix("!") { return nil }
        var kind = Kind.open
        if text.hasPrefix("/") {
            kind = .close
            text.removeFirst()
        } else if text.hasSuffix("/") {
            kind = .empty
            text.removeLast()
        }
        let name = text.prefix { !$0.isWhitespace }
        var element = Element(kind: kind)
        // A prefix of a namespace does not matter here.
        element.name = String(name.split(separator: ":").last ?? name)
        for match in text.dropFirst(name.count).matches(
            of: /([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/)
        {
            element.attributes[String(match.1)] = plain(String(match.2 ?? match.3 ?? ""))
        }
        return element
    }

    private static func plain(_ text: String) -> String {
        guard text.contains("&") else { return text }
        return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&quot;", with: "\"").replacing("&apos;", with: "'")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }
}
