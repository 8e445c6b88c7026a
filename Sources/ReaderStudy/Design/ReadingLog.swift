// The record of a study's readings: lines that each hold the hash of the one before.

/// What a line of a log says.
public enum LoggedEvent: Sendable, Hashable {
    /// The program was started for this reader: name and value of each thing that matters.
    case session([String: String])
    /// A key, by the name that `Key` is told by.
    case key(String)
    /// The terminal has a new size or shows other things: columns, rows, and how pictures are drawn.
    case screen([String])
    /// The image of the case was read; its SHA-256.
    case loaded(String)
    /// The AI's answers for the case were read.
    case advised
    /// A frame was drawn: its number in the session and the SHA-256 of its cells.
    case frame(number: Int, hash: String)
    /// A frame's last byte was written to the terminal.
    case painted(number: Int)
    /// Something of the reading itself.
    case reading(ReadingEvent)
    /// The program was left, and why.
    case end(String)

    /// The name in the log.
    var name: String {
        switch self {
        case .session: "session"
        case .key: "key"
        case .screen: "screen"
        case .loaded: "loaded"
        case .advised: "advised"
        case .frame: "frame"
        case .painted: "painted"
        case .reading(let event): event.name
        case .end: "end"
        }
    }

    /// What follows the name.
    var arguments: [String] {
        switch self {
        case .session(let facts):
            facts.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        case .key(let name): [name]
        case .screen(let facts): facts
        case .loaded(let hash): [hash]
        case .advised: []
        case .frame(let number, let hash): [String(number), hash]
        case .painted(let number): [String(number)]
        case .reading(let event): event.arguments
        case .end(let reason): [reason]
        }
    }

    /// The event that a log names; nil for another name or wrong arguments.
    init?(name: String, arguments: [String]) {
        switch (name, arguments.count) {
        case ("session", let count) where count % 2 == 0:
            var facts: [String: String] = [:]
            for index in stride(from: 0, to: count, by: 2) {
                facts[arguments[index]] = arguments[index + 1]
            }
            self = .session(facts)
        case ("key", 1): self = .key(arguments[0])
        case ("screen", 1...): self = .screen(arguments)
        case ("loaded", 1): self = .loaded(arguments[0])
        case ("advised", 0): self = .advised
        case ("frame", 2):
            guard let number = Int(arguments[0]) else { return nil }
            self = .frame(number: number, hash: arguments[1])
        case ("painted", 1):
            guard let number = Int(arguments[0]) else { return nil }
            self = .painted(number: number)
        case ("end", 1): self = .end(arguments[0])
        default:
            guard let event = ReadingEvent(name: name, arguments: arguments) else { return nil }
            self = .reading(event)
        }
    }
}

/// A hash-chained log of what readers do, as lines of text.
///
/// Each line is `HASH<tab>SEQUENCE<tab>READER<tab>CASE<tab>CONDITION<tab>NANOSECONDS<tab>EVENT...`, where
/// HASH is that of the line before (without its own hash) and this line's rest. The hash function is
/// given (SHA-256 in the program), so that this room needs none of its own. The log itself keeps only
/// the head of the chain: its lines belong in a file.
public struct ReadingLog: Sendable {
    /// A hash function: bytes in, hexadecimal text out.
    public typealias Hash = @Sendable ([UInt8]) -> String

    /// The chain's hash up to here; the frozen design's before the first line.
    public private(set) var head: String
    /// Lines so far.
    public private(set) var count: Int
    private let hash: Hash

    /// An empty log of a study; `planHash` binds it to the frozen design.
    public init(planHash: String, hash: @escaping Hash) {
        self.hash = hash
        head = planHash
        count = 0
    }

    /// A log to be continued; throws nothing: check the text with `firstBreak` before.
    public init(continuing text: String, planHash: String, hash: @escaping Hash) {
        self.init(planHash: planHash, hash: hash)
        let lines = text.split(separator: "\n")
        count = lines.count
        if let tab = lines.last?.firstIndex(of: "\t"), let last = lines.last {
            head = String(last[..<tab])
        }
    }

    /// Adds a line and returns it, with its line feed.
    public mutating func add(_ record: Record) -> String {
        let fields =
            [
                String(count), record.reader, record.caseName, record.condition,
                String(record.nanoseconds), record.event.name,
            ] + record.event.arguments
        let content = fields.map(Self.escaped).joined(separator: "\t")
        head = hash(Array((head + "\n" + content).utf8))
        count += 1
        return "\(head)\t\(content)\n"
    }

    /// Tabs, line ends and backslashes of a field, so that a line is one line.
    private static func escaped(_ field: String) -> String {
        field.replacing("\\", with: "\\\\").replacing("\t", with: "\\t")
            .replacing("\n", with: "\\n").replacing("\r", with: "\\r")
    }

    /// The number of the first line that breaks the chain, from 0; nil where it is whole.
    ///
    /// A missing end cannot be seen in the log itself: keep the head and the count elsewhere.
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
