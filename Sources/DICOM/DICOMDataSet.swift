// A DICOM file's attributes, whether or not it is a picture.

import CDICOM
import Foundation

/// The parsed attributes of a DICOM file of any kind.
///
/// Values of any size are kept as DCMTK parsed them; copies share them.
public struct DICOMDataSet: Sendable {
    /// The greatest file that is read.
    public static let byteCountLimit: Int64 = 4 << 30

    /// The file's name, for messages: the last component of its path.
    public let name: String
    /// The transfer syntax that the meta header names, or the one found out from the bytes.
    public let transferSyntax: TransferSyntax
    /// True where the file says its transfer syntax itself.
    public let statesTransferSyntax: Bool
    /// What had to be assumed or mended while parsing, in sentences.
    public private(set) var notes: [String] = []

    let meta: FileMeta
    let elements: ParsedElements
    let text: TextDecoder
    var scope: ElementScope { ElementScope(elements) }

    /// Parses the bytes of a file; they are not needed afterwards.
    /// - Parameter name: the last component of the path, for messages.
    public init(bytes: [UInt8], name: String) throws(DICOMError) {
        self.name = name
        if bytes.isEmpty { throw .empty(file: name) }
        guard Self.looksLikeDICOM(bytes) else {
            throw .notDICOM(file: name, looksLike: ForeignFile.kind(of: bytes))
        }
        if DICOMLibraries.dictionaryEntryCount == 0 { throw .noDictionary(file: name) }
        let meta = FileMeta(bytes)
        self.meta = meta
        guard meta.dataSetOffset < bytes.count else {
            throw .truncatedDataSet(
                file: name, detail: "nothing follows its preamble and meta header")
        }
        var notes: [String] = []
        elements = try Self.parse(bytes, meta: meta, file: name, notes: &notes)
        transferSyntax = meta.transferSyntax ?? Self.found(elements)
        statesTransferSyntax = meta.transferSyntax != nil
        let scope = ElementScope(elements)
        text = TextDecoder(terms: scope.plainStrings(.specificCharacterSet))
        if let term = text.unknownTerm {
            notes.append("The character set `\(term.prefix(24))` is not known; texts are guessed.")
        }
        self.notes = notes
        if !meta.isPresent { try checkPlausibility() }
    }

    /// Reads and parses a file.
    public init(contentsOf url: URL) throws(DICOMError) {
        try self.init(bytes: Self.bytes(of: url), name: url.lastPathComponent)
    }

    /// Reads a file of at most `byteCountLimit` bytes.
    public static func bytes(of url: URL) throws(DICOMError) -> [UInt8] {
        let name = url.lastPathComponent
        // A named pipe must not make the caller wait for its writer.
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(file: name, reason: systemReason()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(file: name, reason: systemReason())
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: name, reason: "it is not a regular file")
        }
        guard Int64(status.st_size) <= byteCountLimit else {
            throw .tooLarge(
                file: name, byteCount: Int64(status.st_size), limit: byteCountLimit)
        }
        let size = Int(status.st_size)
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let count = read(
                    descriptor, buffer.baseAddress?.advanced(by: filled), size - filled)
                if count < 0 && errno == EINTR { continue }
                if count < 0 { failure = systemReason() }
                if count <= 0 { break }
                filled += count
            }
        }
        if let failure { throw .unreadable(file: name, reason: failure) }
        return bytes
    }

    private static func systemReason() -> String { String(cString: strerror(errno)) }

    /// True where the first bytes of a file may be those of a DICOM file.
    /// - Parameter bytes: at least the first 512 bytes, or all of a smaller file.
    public static func looksLikeDICOM(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        FileMeta.hasPrefix(bytes) || ForeignFile.mayBeDataSet(bytes)
    }

    // MARK: Parsing

    private static func parse(
        _ bytes: [UInt8], meta: FileMeta, file: String, notes: inout [String]
    ) throws(DICOMError) -> ParsedElements {
        let start = meta.dataSetOffset
        if meta.transferSyntax == .deflated {
            let inflated = try inflate(bytes, from: start, file: file)
            return try ParsedElements(
                bytes: inflated, from: 0, encoding: .explicitLittle, file: file)
        }
        var encoding = meta.transferSyntax?.encoding ?? .unknown
        if let seen = Self.seenEncoding(bytes, at: start), encoding != .unknown,
            (seen == .implicitLittle) != (encoding == .implicitLittle), encoding != .explicitBig
        {
            notes.append(
                "The data set is not written as its transfer syntax says; it is read as written.")
            encoding = seen
        }
        do throws(DICOMError) {
            return try ParsedElements(bytes: bytes, from: start, encoding: encoding, file: file)
        } catch {
            // A private syntax may be anything; its name says more than what was stumbled over.
            if let syntax = meta.transferSyntax, syntax.pixelCoding == .unsupported {
                throw .unsupportedTransferSyntax(file: file, name: syntax.name)
            }
            throw error
        }
    }

    /// The encoding that the first element shows; nil where it is not clear.
    private static func seenEncoding(_ bytes: [UInt8], at start: Int) -> CDICOMEncoding? {
        guard bytes.count - start >= 8 else { return nil }
        if VR.isKnown(bytes[start + 4], bytes[start + 5]) { return .explicitLittle }
        let isLetters = [bytes[start + 4], bytes[start + 5]].allSatisfy {
            (0x41...0x5A).contains($0)
        }
        let length = (0..<4).reduce(0) { $0 | Int(bytes[start + 4 + $1]) << (8 * $1) }
        return !isLetters && length <= bytes.count - start - 8 ? .implicitLittle : nil
    }

    private static func inflate(
        _ bytes: [UInt8], from start: Int, file: String
    ) throws(DICOMError) -> [UInt8] {
        var out: UnsafeMutablePointer<UInt8>?
        var count = 0
        let limit = min(Int(byteCountLimit), max(1 << 26, (bytes.count - start) * 1100))
        let status = bytes.withUnsafeBufferPointer { whole in
            let part = UnsafeBufferPointer(rebasing: whole[start...])
            return wt_inflate(part.baseAddress, part.count, limit, &out, &count)
        }
        defer { wt_free(out) }
        guard status == .ok, let out else {
            switch status {
            case .truncated:
                throw .truncatedDataSet(file: file, detail: "its deflated data set is cut")
            default: throw .damaged(file: file, detail: "its data set cannot be inflated")
            }
        }
        return Array(UnsafeBufferPointer(start: out, count: count))
    }

    private static func found(_ elements: ParsedElements) -> TransferSyntax {
        if elements.isImplicit { return .implicitLittle }
        return elements.isBigEndian ? .explicitBig : .explicitLittle
    }

    /// Without a meta header nothing says that the bytes are DICOM at all: what was parsed must
    /// look like it, for DCMTK takes even zeros for elements.
    private func checkPlausibility() throws(DICOMError) {
        let top = elements.all.filter { $0.depth == 0 && $0.tag != .item }
        let known = top.filter { $0.tag.group % 2 == 1 || !DICOMAttribute.keyword($0.tag).isEmpty }
        let telling: [DICOMTag] = [
            .sopClassUID, .modality, .rows, .studyInstanceUID, .patientName, .patientID,
        ]
        let isTelling = telling.contains { elements.element($0) != nil }
        guard isTelling, known.count * 2 >= top.count else {
            throw .damaged(file: name, detail: "no meta header, and its elements make no sense")
        }
    }
}

extension DICOMDataSet {
    /// SOP Class UID of the data set, else of the meta header; empty where neither says it.
    public var sopClassUID: String {
        let own = scope.plainString(.sopClassUID)
        if !own.isEmpty { return own }
        let media = meta.elements.first { $0.tag == DICOMTag(0x0002, 0x0002) }?.value ?? []
        return ElementScope.trimmed(String(decoding: media, as: UTF8.self))
    }

    /// True for the table of contents of a medium.
    public var isDirectory: Bool {
        sopClassUID == "1.2.840.10008.1.3.10"
            || elements.element(DICOMTag(0x0004, 0x1220)) != nil
    }

    /// What the object is where it is no picture, with its article; nil for pictures.
    public var nonImageKind: String? {
        if isDirectory { return "a DICOMDIR (the table of contents of a medium)" }
        if let kind = ObjectKind.nonImage(sopClassUID: sopClassUID) { return kind }
        guard elements.element(.pixelData) == nil else { return nil }
        return ObjectKind.nonImage(modality: scope.plainString(.modality))
    }

    /// The decoded text of an attribute, values joined by backslashes; empty where it is absent.
    func decodedText(_ tag: DICOMTag, doubts: inout TextDoubts) -> String {
        guard let element = elements.element(tag),
            let bytes = elements.bytes(of: element, limit: 1 << 16)
        else { return "" }
        let decoded = text.decode(bytes, isPersonName: element.vr == "PN")
        if decoded.replacedCount > 0 { doubts.damaged.append(tag) }
        if decoded.isGuessed { doubts.guessed.append(tag) }
        return ElementScope.trimmed(decoded.text)
    }
}

/// Attributes whose text may not be what was meant.
struct TextDoubts {
    var damaged: [DICOMTag] = []
    var guessed: [DICOMTag] = []

    /// The doubts in sentences.
    var sentences: [String] {
        func list(_ tags: [DICOMTag]) -> String { tags.map(\.description).joined(separator: ", ") }
        var sentences: [String] = []
        if !damaged.isEmpty {
            sentences.append(
                "Some bytes of \(list(damaged)) have no meaning in the file's character set.")
        }
        if !guessed.isEmpty {
            sentences.append(
                "The file names no character set for \(list(guessed)); the text is guessed.")
        }
        return sentences
    }
}
