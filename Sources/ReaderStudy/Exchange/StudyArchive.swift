// A whole study as one file: design, logs, the AI's answers, and the tables made of them.

/// Files of a study by name, as a ZIP archive.
public struct StudyArchive: Sendable {
    /// Names and bytes, in order.
    public private(set) var files: [(name: String, bytes: [UInt8])] = []

    /// An empty archive.
    public init() {}

    /// Adds a file.
    public mutating func add(_ name: String, _ bytes: [UInt8]) { files.append((name, bytes)) }

    /// Reads an archive; throws where it is none or damaged.
    public init(_ bytes: [UInt8], name file: String) throws(ReaderStudyError) {
        guard let zip = ZipArchive(bytes) else {
            throw .unreadable(file: file, reason: "it is no ZIP archive that can be read")
        }
        for name in zip.names {
            guard let content = zip.bytes(of: name) else {
                throw .unreadable(
                    file: file,
                    reason: "\(StudyCSV.shortened(name)) in it is damaged or too large")
            }
            files.append((name, content))
        }
    }

    /// A file's bytes; nil where there is none of the name.
    public func bytes(of name: String) -> [UInt8]? { files.first { $0.name == name }?.bytes }

    /// The archive's bytes: the same for the same files.
    public var bytes: [UInt8] { ZipArchive.stored(files) }
}

/// A study without identities: what readers did and when, and nothing of who and whose.
///
/// Readers become R1, R2, ... and cases C1, C2, ..., in orders drawn with a seed. Of the design
/// images are left out; of the logs notes, keys, frames, what was loaded, and the dates (times count
/// from a reader's first session). Conditions, pathologies, answers, marks and times stay, so that
/// every analysis gives the same numbers.
public struct AnonymousStudy: Sendable {
    /// The plan.
    public private(set) var plan: StudyPlan
    /// The old place of each case, in the new order.
    public let caseOrder: [Int]
    /// The old place of each reader, in the new order.
    public let readerOrder: [Int]
    private let readerNames: [String: String]
    private let caseNames: [String: String]

    /// Makes names for a plan.
    public init(_ plan: StudyPlan, name: String, seed: UInt64) {
        var random = StudyRandom(seed: seed, "anonymous study")
        var readers = Array(plan.readers.indices)
        readers.shuffle(using: &random)
        var cases = Array(plan.cases.indices)
        cases.shuffle(using: &random)
        readerOrder = readers
        caseOrder = cases
        readerNames = Dictionary(
            uniqueKeysWithValues: readers.enumerated().map { (plan.readers[$1], "R\($0 + 1)") })
        caseNames = Dictionary(
            uniqueKeysWithValues: cases.enumerated().map { (plan.cases[$1].name, "C\($0 + 1)") })
        self.plan = plan
        self.plan.name = name
        self.plan.readers = readers.indices.map { "R\($0 + 1)" }
        self.plan.cases = cases.enumerated().map { new, old in
            var item = plan.cases[old]
            item.name = "C\(new + 1)"
            item.image = nil
            return item
        }
    }

    /// Notes by which answers of the AI the plan is frozen, in their new order.
    public mutating func setAdviceHash(_ hash: String) { plan.model?.adviceSHA256 = hash }

    /// One reader's records without identities.
    public func records(_ records: [ReadingLog.Record]) -> [ReadingLog.Record] {
        var firstDay: Double?
        return records.compactMap { record in
            let event: LoggedEvent
            switch record.event {
            case .session(var facts):
                let utc = facts["utc"].flatMap { Double($0) } ?? 0
                firstDay = firstDay ?? utc
                facts["utc"] = String(utc - (firstDay ?? utc))
                event = .session(facts)
            case .reading(.note), .key, .frame, .painted, .loaded, .advised, .screen: return nil
            case .reading, .end: event = record.event
            }
            return ReadingLog.Record(
                reader: readerNames[record.reader] ?? "",
                caseName: caseNames[record.caseName] ?? "", condition: record.condition,
                nanoseconds: record.nanoseconds, event: event)
        }
    }
}
