// Who the picture shows, as far as the file says.

/// A person's name in DICOM's up to three writings (PS3.5 6.2.1.1).
public struct PersonName: Hashable, Codable, Sendable {
    /// Family, given, middle, prefix, suffix; separated by `^` as in the file.
    public var alphabetic: String
    /// The same in ideographs, empty where there is none.
    public var ideographic: String
    /// The same in a phonetic script, empty where there is none.
    public var phonetic: String

    /// Makes a name from its component groups as they stand in the file.
    public init(alphabetic: String, ideographic: String = "", phonetic: String = "") {
        self.alphabetic = alphabetic
        self.ideographic = ideographic
        self.phonetic = phonetic
    }

    /// Splits a decoded value at `=` into its groups.
    public init(value: String) {
        let groups = value.split(separator: "=", maxSplits: 2, omittingEmptySubsequences: false)
        self.init(
            alphabetic: groups.isEmpty ? "" : String(groups[0]),
            ideographic: groups.count > 1 ? String(groups[1]) : "",
            phonetic: groups.count > 2 ? String(groups[2]) : "")
    }

    /// True where no group holds anything.
    public var isEmpty: Bool { alphabetic.isEmpty && ideographic.isEmpty && phonetic.isEmpty }

    /// `FAMILY, Given Middle (ideographs)`, inert; `(no name)` where the file has none.
    public var display: String {
        let written = Self.familyFirst(alphabetic)
        let second = Self.familyFirst(ideographic)
        switch (written.isEmpty, second.isEmpty) {
        case (true, true): return phonetic.isEmpty ? "(no name)" : Self.familyFirst(phonetic)
        case (false, true): return written
        case (true, false): return second
        case (false, false): return "\(written) (\(second))"
        }
    }

    private static func familyFirst(_ group: String) -> String {
        let parts = group.inert().split(separator: "^", omittingEmptySubsequences: false)
            .map { $0.trimmingSpaces() }
        guard let family = parts.first else { return "" }
        let given = parts.dropFirst().prefix(2).filter { !$0.isEmpty }.joined(separator: " ")
        if given.isEmpty { return family }
        return family.isEmpty ? given : "\(family), \(given)"
    }
}

extension StringProtocol {
    /// This text without spaces at its ends (DICOM pads values with them).
    public func trimmingSpaces() -> String {
        var rest = Substring(self)
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}

/// A patient as one file describes them; every field may be empty, and is then not known.
public struct Patient: Hashable, Codable, Sendable {
    /// Patient's Name (0010,0010).
    public var name: PersonName
    /// Patient ID (0010,0020).
    public var identifier: String
    /// Patient's Birth Date (0010,0030), `YYYYMMDD` as in the file.
    public var birthDate: String
    /// Patient's Sex (0010,0040): `M`, `F`, `O` or empty.
    public var sex: String
    /// Patient's Age (0010,1010), for example `054Y`.
    public var age: String

    /// Makes a patient; what is not given is not known.
    public init(
        name: PersonName = PersonName(alphabetic: ""), identifier: String = "",
        birthDate: String = "", sex: String = "", age: String = ""
    ) {
        self.name = name
        self.identifier = identifier
        self.birthDate = birthDate
        self.sex = sex
        self.age = age
    }

    /// Age in whole years at a study date (`YYYYMMDD`): from the birth date, else from the stated
    /// age in years; nil where neither is known or the dates make no sense.
    public func ageInYears(atStudyDate studyDate: String) -> Int? {
        if let birth = CalendarDay(birthDate), let study = CalendarDay(studyDate) {
            let years = study.year - birth.year
            let hadBirthday = (study.month, study.day) >= (birth.month, birth.day)
            let age = hadBirthday ? years : years - 1
            if (0...150).contains(age) { return age }
        }
        guard age.count == 4, age.last == "Y", let years = Int(age.prefix(3)) else { return nil }
        return years
    }
}

/// A day as DICOM writes it, `YYYYMMDD` (PS3.5 table 6.2-1, DA; the old `YYYY.MM.DD` too).
public struct CalendarDay: Hashable, Sendable {
    /// Year, 1...9999.
    public let year: Int
    /// Month, 1...12.
    public let month: Int
    /// Day of the month, 1...31.
    public let day: Int

    /// Reads a DICOM date; nil for anything else.
    public init?(_ text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ".") }
        guard digits.count == 8,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let numbers = digits.map { Int($0) - 48 }
        year = numbers[0] * 1000 + numbers[1] * 100 + numbers[2] * 10 + numbers[3]
        month = numbers[4] * 10 + numbers[5]
        day = numbers[6] * 10 + numbers[7]
        guard (1...12).contains(month), (1...31).contains(day), year > 0 else { return nil }
    }
}
