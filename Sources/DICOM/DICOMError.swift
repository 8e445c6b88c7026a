// What can go wrong between a file and a picture, and how it is said.

/// Why a file is not read, or not written.
public enum DICOMError: Error, Sendable, Equatable {
    /// The file cannot be opened or read; `reason` is the system's.
    case unreadable(file: String, reason: String)
    /// The file has no bytes.
    case empty(file: String)
    /// The file is larger than is read; sizes in bytes.
    case tooLarge(file: String, byteCount: Int64, limit: Int64)
    /// The file is something else; `looksLike` says what, where that is known.
    case notDICOM(file: String, looksLike: String?)
    /// A DICOM object that is not a picture; `kind` with its article.
    case notAnImage(file: String, kind: String)
    /// An image's header without pixel data, or with an empty one.
    case noPixelData(file: String)
    /// The data set ends before what it announces.
    case truncatedDataSet(file: String, detail: String)
    /// Fewer bytes of pixel data (or frames, as `unit` says) than the header announces.
    case truncated(file: String, expected: Int, found: Int, unit: String)
    /// The data set or a compressed frame contradicts itself.
    case damaged(file: String, detail: String)
    /// Rows, columns or frames that no picture has.
    case dimensions(file: String, detail: String)
    /// Bits Allocated, Bits Stored, High Bit and Pixel Representation that do not go together.
    case bits(file: String, detail: String)
    /// A number that decides how the picture looks is missing or not a number.
    case attribute(file: String, tag: DICOMTag, name: String, found: String)
    /// A compression that is not read.
    case unsupportedTransferSyntax(file: String, name: String)
    /// A kind of pixels that is not read.
    case unsupportedPixels(file: String, detail: String)
    /// Compressed pixels without a word on how.
    case noTransferSyntax(file: String)
    /// No such frame; frames count from 0.
    case noSuchFrame(file: String, frame: Int, count: Int)
    /// A DICOMDIR that names nothing that can be followed.
    case emptyDirectory(file: String)
    /// DCMTK's data dictionary is not installed, without which few files can be read.
    case noDictionary(file: String)
    /// Writing failed.
    case cannotWrite(file: String, reason: String)
}

extension DICOMError {
    /// The cause in one word, as lists of refusals group it.
    public var reasonWord: String {
        switch self {
        case .unreadable: "unreadable"
        case .empty: "empty"
        case .tooLarge: "too-large"
        case .notDICOM: "garbage"
        case .notAnImage, .emptyDirectory: "non-image"
        case .noPixelData: "no-pixels"
        case .truncatedDataSet, .truncated: "truncated"
        case .damaged: "damaged"
        case .dimensions: "dimensions"
        case .bits: "bits"
        case .attribute: "attributes"
        case .unsupportedTransferSyntax: "codec"
        case .unsupportedPixels: "unsupported"
        case .noTransferSyntax: "syntax"
        case .noSuchFrame: "frame"
        case .noDictionary: "installation"
        case .cannotWrite: "write"
        }
    }

    /// The file that it is about: the last component of its path.
    public var file: String {
        switch self {
        case .unreadable(let file, _), .empty(let file), .tooLarge(let file, _, _),
            .notDICOM(let file, _), .notAnImage(let file, _), .noPixelData(let file),
            .truncatedDataSet(let file, _), .truncated(let file, _, _, _), .damaged(let file, _),
            .dimensions(let file, _), .bits(let file, _), .attribute(let file, _, _, _),
            .unsupportedTransferSyntax(let file, _), .unsupportedPixels(let file, _),
            .noTransferSyntax(let file), .noSuchFrame(let file, _, _),
            .emptyDirectory(let file), .noDictionary(let file), .cannotWrite(let file, _):
            file
        }
    }

    /// What is wrong, without the file's name and without the remedy.
    public var reason: String {
        switch self {
        case .unreadable(_, let reason): "it cannot be opened: \(reason)"
        case .empty: "the file is empty"
        case .tooLarge(_, let byteCount, let limit):
            "it has \(byteCount) bytes; at most \(limit) are read"
        case .notDICOM(_, let looksLike?): "it is \(looksLike), not a DICOM file"
        case .notDICOM(_, nil): "it is not a DICOM file"
        case .notAnImage(_, let kind): "it is \(kind), not an image"
        case .noPixelData: "it holds no pixel data (7FE0,0010)"
        case .truncatedDataSet(_, let detail): "the file ends before its data set does (\(detail))"
        case .truncated(_, let expected, let found, let unit):
            "the header announces \(expected) \(unit), the file holds \(found)"
        case .damaged(_, let detail): "it is damaged: \(detail)"
        case .dimensions(_, let detail), .bits(_, let detail): detail
        case .attribute(_, let tag, let name, let found):
            "\(name) \(tag) is \(found); a number is needed to show the picture truthfully"
        case .unsupportedTransferSyntax(_, let name): "its compression is not read: \(name)"
        case .unsupportedPixels(_, let detail): "its kind of pixels is not read: \(detail)"
        case .noTransferSyntax:
            "its pixels are compressed but no Transfer Syntax UID (0002,0010) says how"
        case .noSuchFrame(_, let frame, let count):
            "it has no frame \(frame + 1); it has \(count)"
        case .emptyDirectory: "this DICOMDIR refers to no file"
        case .noDictionary: "DCMTK's data dictionary (dicom.dic) is not installed"
        case .cannotWrite(_, let reason): "it cannot be written: \(reason)"
        }
    }

    /// What the reader of the message can do about it; empty where nothing can be done.
    public var remedy: String {
        switch self {
        case .unreadable: "Check that the file exists and that you may read it."
        case .empty, .truncatedDataSet, .truncated: "Fetch the file again from where it came."
        case .tooLarge, .notDICOM, .emptyDirectory: ""
        case .notAnImage(_, let kind) where kind.hasPrefix("a DICOMDIR"):
            "It is followed to its images when it is named DICOMDIR."
        case .notAnImage: "Reports, presentation states and the like are not imported."
        case .noPixelData: "Ask the archive for the image itself."
        case .damaged, .dimensions, .bits, .attribute, .noTransferSyntax:
            "See the header with: wetread dump dicom \(file)"
        case .unsupportedTransferSyntax:
            "Ask the archive to send it uncompressed, or as JPEG Lossless or JPEG 2000."
        case .unsupportedPixels: ""
        case .noSuchFrame: "Frames are counted from 1."
        case .noDictionary: "See: wetread doctor"
        case .cannotWrite: "Check the folder and the space left on the disk."
        }
    }
}

extension DICOMError: CustomStringConvertible {
    /// The whole message: what was tried, on which file, what is wrong, what to do.
    public var description: String {
        let verb = if case .cannotWrite = self { "write" } else { "read" }
        let sentence = "cannot \(verb) \(file): \(reason)."
        return remedy.isEmpty ? sentence : "\(sentence) \(remedy)"
    }
}
