// Why phantoms could not be written.

/// What went wrong while phantom files were written; `name` is the last path component only.
public enum PhantomError: Error, Sendable, Equatable {
    /// A folder could not be made.
    case cannotCreateFolder(name: String, cause: String)
    /// A file could not be written.
    case cannotWrite(name: String, cause: String)
    /// The room DICOM refused what the phantom gave it.
    case cannotEncode(name: String, cause: String)
}

extension PhantomError: CustomStringConvertible {
    /// The sentence for the reader.
    public var description: String {
        switch self {
        case .cannotCreateFolder(let name, let cause):
            "cannot make the folder \(name): \(cause). Choose a folder that you may write to."
        case .cannotWrite(let name, let cause):
            "cannot write \(name): \(cause). Check the folder, its permissions and free space."
        case .cannotEncode(let name, let cause):
            "cannot encode \(name): \(cause)"
        }
    }
}
