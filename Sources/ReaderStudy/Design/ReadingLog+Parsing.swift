// Reading a log back: its events, for resuming, replay and analysis.

extension ReadingLog {
    /// One line of a log as what it says.
    public struct Record: Sendable, Hashable {
        /// The reader's name.
        public let reader: String
        /// The case's name; empty for what belongs to none.
        public let caseName: String
        /// The condition's name; empty for what belongs to no case.
        public let condition: String
        /// When, in nanoseconds of a monotonic clock.
        public let nanoseconds: UInt64
        /// What happened.
        public let event: LoggedEvent

        /// Makes a record.
        public init(
            reader: String, caseName: String, condition: String, nanoseconds: UInt64,
            event: LoggedEvent
        ) {
            self.reader = reader
            self.caseName = caseName
            self.condition = condition
            self.nanoseconds = nanoseconds
            self.event = event
        }
    }

    /// The records of a log's text; throws the first line that is none, counted from 1.
    public static func records(in text: String, file: String) throws(ReaderStudyError) -> [Record] {
        var records: [Record] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: true)
            .enumerated()
        {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
                .map { plain(String($0)) }
            guard fields.count >= 7, let nanoseconds = UInt64(fields[5]),
                let event = LoggedEvent(name: fields[6], arguments: Array(fields[7...]))
            else {
                throw .unreadable(
                    file: file, reason: "line \(number + 1) is no record of a reading")
            }
            records.append(
                Record(
                    reader: fields[2], caseName: fields[3], condition: fields[4],
                    nanoseconds: nanoseconds, event: event))
        }
        return records
    }

    /// A field with its escapes undone.
    private static func plain(_ field: String) -> String {
        guard field.contains("\\") else { return field }
        var result = ""
        var isEscaped = false
        for character in field {
            if isEscaped {
                result.append(
                    character == "t"
                        ? "\t" : character == "n" ? "\n" : character == "r" ? "\r" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
