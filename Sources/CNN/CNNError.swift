// Everything that can go wrong in the engine, and the words for it.

/// What the engine refuses, and why.
public enum CNNError: Error, Sendable, Equatable {
    /// The file could not be opened or read; `errno` says why.
    case unreadable(file: String, code: Int32)
    /// The bytes are not a well-formed ONNX model; `offset` is where reading stopped.
    case malformed(file: String, offset: Int, found: String)
    /// A tensor in the file is not what its header says.
    case badTensor(file: String, tensor: String, reason: String)
    /// External data that lies outside the model's folder or is missing.
    case externalData(file: String, tensor: String, reason: String)
    /// An operator the engine does not know.
    case unsupportedOperator(file: String, name: String, domain: String, node: String)
    /// A known operator used in a way the engine refuses.
    case badNode(node: String, name: String, reason: String)
    /// The graph cannot be ordered or refers to a value nobody makes.
    case badGraph(file: String, reason: String)
    /// The opset is outside the range the engine reads.
    case unsupportedOpset(file: String, version: Int)
    /// An input the graph needs was not given.
    case missingInput(name: String, expected: [String])
    /// An input that does not fit the graph.
    case badInput(name: String, found: String, expected: String)
    /// An output or intermediate value that the graph does not have.
    case unknownOutput(name: String)
    /// Work memory could not be had.
    case outOfMemory(node: String, bytes: Int)
    /// The caller asked to stop.
    case cancelled
    /// An array file that is not a readable NPY file.
    case badArrayFile(file: String, reason: String)
    /// An array file that could not be written.
    case unwritable(file: String, code: Int32)
}

extension CNNError: CustomStringConvertible {
    /// One sentence: what was tried, on what, what was found, and what would mend it.
    public var description: String {
        switch self {
        case .unreadable(let file, let code):
            "cannot read \(file): \(systemMessage(code))"
        case .malformed(let file, let offset, let found):
            "cannot read \(file) as an ONNX model: \(found) at byte \(offset). "
                + "Check that the file is complete and was exported as ONNX."
        case .badTensor(let file, let tensor, let reason):
            "cannot use \(file): tensor '\(tensor)' \(reason). Export the model again."
        case .externalData(let file, let tensor, let reason):
            "cannot read the external data of tensor '\(tensor)' in \(file): \(reason). "
                + "External data must lie in the model's own folder."
        case .unsupportedOperator(let file, let name, let domain, let node):
            "cannot run \(file): node '\(node)' needs operator "
                + (domain.isEmpty ? "" : domain + ".")
                + "\(name), which the engine does not have. "
                + "See Documentation/engine.md for the list."
        case .badNode(let node, let name, let reason):
            "cannot run node '\(node)' (\(name)): \(reason)."
        case .badGraph(let file, let reason):
            "cannot run \(file): \(reason)."
        case .unsupportedOpset(let file, let version):
            "cannot run \(file): it uses opset \(version); the engine reads opsets 7 to 25. "
                + "Export with another opset."
        case .missingInput(let name, let expected):
            "cannot run the model: input '\(name)' was not given; it needs "
                + expected.joined(separator: ", ") + "."
        case .badInput(let name, let found, let expected):
            "cannot run the model: input '\(name)' is \(found), expected \(expected)."
        case .unknownOutput(let name):
            "the model has no value named '\(name)'. See the names with: wetread model inspect"
        case .outOfMemory(let node, let bytes):
            "cannot run node '\(node)': \(bytes) bytes of work memory could not be had. "
                + "Use a smaller batch or image."
        case .cancelled:
            "the run was cancelled."
        case .badArrayFile(let file, let reason):
            "cannot read \(file) as a NumPy array: \(reason)."
        case .unwritable(let file, let code):
            "cannot write \(file): \(systemMessage(code))"
        }
    }
}
