// The record of a study's readings: lines that each hold the hash of the one before.

/// A hash-chained log of reading events, as lines of text.
///
/// Each line is `HASH<tab>SEQUENCE<tab>READER<tab>CASE<tab>CONDITION<tab>NANOSECONDS<tab>EVENT`, where
/// HASH is that of the line before (without its own hash) and this line's rest. The hash function is
/// given (SHA-256 in the program), so that this room needs none of its own.
public struct ReadingLog: Sendable {
    /// A hash function: bytes in, hexadecimal text out.
    public typealias Hash = @Sendable ([UInt8]) -> String

    /// One line.
    public struct Line: Sendable, Hashable {
        /// The chain's hash up to here.
        public let hash: String
        /// What happened, without the hash.
        public let content: String
    }

    /// The lines so far.
    public private(set) var lines: [Line] = []
    private let hash: Hash
    private let origin: String

    /// An empty log of a study; `planHash` binds it to the frozen design.
    public init(planHash: String, hash: @escaping Hash) {
        self.hash = hash
        origin = planHash
    }

    /// Adds an event.
    public mutating func add(
        reader: String, caseName: String, condition: String, nanoseconds: UInt64,
        event: ReadingEvent
    ) {
        var fields = [
            String(lines.count), reader, caseName, condition, String(nanoseconds), event.name,
        ]
        switch event {
        case .decision(let pathology, let confidence): fields += [pathology, String(confidence)]
        case .mark(let pathology, let column, let row):
            fields += [pathology, String(column), String(row)]
        default: break
        }
        let content = fields.map(Self.escaped).joined(separator: "\t")
        let text = (lines.last?.hash ?? origin) + "\n" + content
        lines.append(Line(hash: hash(Array(text.utf8)), content: content))
    }

    /// Tabs, line ends and backslashes of a field, so that a line is one line.
    private static func escaped(_ field: String) -> String {
        field.replacing("\\", with: "\\\\").replacing("\t", with: "\\t")
            .replacing("\n", with: "\\n").replacing("\r", with: "\\r")
    }

    /// The log as a file.
    public var text: String {
        lines.map { "\($0.hash)\t\($0.content)\n" }.joined()
    }

    /// The number of the first line that breaks the chain, from 0; nil where it is whole.
    ///
    /// A missing end cannot be seen in the log itself: keep the last hash elsewhere.
    public static func firstBreak(in text: String, planHash: String, hash: Hash) -> Int? {
        var previous = planHash
        for (number, line) in text.split(separator: "\n").enumerated() {
            guard let tab = line.firstIndex(of: "\t") else { return number }
            let content = String(line[line.index(after: tab)...])
            let expected = hash(Array((previous + "\n" + content).utf8))
            guard line[..<tab] == expected,
                content.split(separator: "\t").first.map(String.init) == String(number)
            else { return number }
            previous = expected
        }
        return nil
    }
}
