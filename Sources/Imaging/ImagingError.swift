// Why a picture file could not be read or written, and how that is said.

/// What went wrong with a PNG or JPEG file; `name` is the last path component only.
public enum ImagingError: Error, Sendable, Equatable {
    /// The file could not be opened or read.
    case unreadable(name: String, cause: String)
    /// The first bytes are neither PNG's nor JPEG's.
    case notRaster(name: String)
    /// The file is cut short or its data make no sense; nothing of it is shown.
    case damaged(name: String, cause: String)
    /// A side of zero, or more pixels than the limit.
    case dimensions(name: String, found: String, pixelLimit: Int)
    /// A valid file of a kind that is not read.
    case unsupported(name: String, cause: String)
    /// Memory for the picture was refused.
    case outOfMemory(name: String)
    /// The file could not be written.
    case cannotWrite(name: String, cause: String)

    /// One word for tables: the words of `DICOMError` where they mean the same.
    public var reasonWord: String {
        switch self {
        case .unreadable: "unreadable"
        case .notRaster: "garbage"
        case .damaged: "damaged"
        case .dimensions: "dimensions"
        case .unsupported: "unsupported"
        case .outOfMemory: "memory"
        case .cannotWrite: "unwritable"
        }
    }
}

extension ImagingError: CustomStringConvertible {
    /// The sentence for the reader: what was tried, found, expected, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let name, let cause):
            "cannot open \(name): \(cause). Check the path and its permissions."
        case .notRaster(let name):
            "cannot read \(name): it is neither PNG nor JPEG (nor DICOM) by its first bytes."
                + " Export the picture again as one of these."
        case .damaged(let name, let cause):
            "cannot decode \(name): the picture data are damaged or cut short (\(cause))."
                + " Nothing of it is shown; copy the file again from its source."
        case .dimensions(let name, let found, let pixelLimit):
            "cannot decode \(name): it claims \(found); 1 to \(pixelLimit) pixels are read."
        case .unsupported(let name, let cause):
            "cannot decode \(name): \(cause) is not read."
                + " Convert it to 8- or 16-bit grey PNG or to baseline JPEG."
        case .outOfMemory(let name):
            "cannot decode \(name): there is not enough memory for its pixels."
        case .cannotWrite(let name, let cause):
            "cannot write \(name): \(cause). Check the folder, its permissions and free space."
        }
    }
}
