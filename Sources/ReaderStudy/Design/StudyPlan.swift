// The plan of a reader study: what is read by whom under which conditions.

/// What a reader sees of the AI in a condition.
public enum AIAid: String, Sendable, Hashable, CaseIterable, Codable {
    /// Nothing.
    case none
    /// The probabilities.
    case probabilities
    /// Probabilities and how sure the AI is.
    case uncertainty
    /// Probabilities and where in the image they come from.
    case heatMap = "heat-map"
}

/// When the AI is shown.
public enum AITiming: String, Sendable, Hashable, CaseIterable, Codable {
    /// From the start.
    case concurrent
    /// After a first answer that is then locked (second reader).
    case sequential
}

/// A reading condition (treatment).
public struct ReadingCondition: Sendable, Hashable, Codable {
    /// Its name in every table.
    public var name: String
    /// What is seen of the AI.
    public var aid: AIAid
    /// When it is seen.
    public var timing: AITiming

    /// Makes a condition.
    public init(name: String, aid: AIAid, timing: AITiming = .concurrent) {
        self.name = name
        self.aid = aid
        self.timing = timing
    }
}

/// Where a finding truly is: a circle in image pixels.
public struct PlannedLocation: Sendable, Hashable, Codable {
    /// The pathology.
    public var finding: String
    /// Column of the centre, in image pixels.
    public var column: Int
    /// Row of the centre, in image pixels.
    public var row: Int
    /// How far from the centre a mark still hits, in image pixels.
    public var radius: Int

    /// Makes a location.
    public init(finding: String, column: Int, row: Int, radius: Int) {
        self.finding = finding
        self.column = column
        self.row = row
        self.radius = radius
    }

    /// True where a mark hits it.
    public func contains(column: Int, row: Int) -> Bool {
        let (x, y) = (Double(column - self.column), Double(row - self.row))
        return x * x + y * y <= Double(radius) * Double(radius)
    }
}

/// The image of a case, fixed when the study was created.
public struct PlannedImage: Sendable, Hashable, Codable {
    /// Where it is.
    public enum Place: Sendable, Hashable, Codable {
        /// A file.
        case file(String)
        /// An image of the records, by its number.
        case records(Int64)
    }

    /// Where it is.
    public var place: Place
    /// SHA-256 of its bytes, hexadecimal.
    public var sha256: String

    /// Makes an image's place.
    public init(place: Place, sha256: String) {
        self.place = place
        self.sha256 = sha256
    }
}

/// A case of the plan with its reference truth.
public struct PlannedCase: Sendable, Hashable, Codable {
    /// The identifier, or the file's name.
    public var name: String
    /// Pathologies that the reference standard has found; those absent are known to be absent.
    public var findings: [String]
    /// True for a case with feedback before the scored ones.
    public var isTraining: Bool
    /// Where the findings are, as far as that is known.
    public var locations: [PlannedLocation] = []
    /// The image; nil until the study is created.
    public var image: PlannedImage?

    /// Makes a case.
    public init(name: String, findings: [String] = [], isTraining: Bool = false) {
        self.name = name
        self.findings = findings
        self.isTraining = isTraining
    }
}

/// The AI of a study, fixed when the study was created.
public struct PlannedModel: Sendable, Hashable, Codable {
    /// The model's name, or that of the list its answers came from.
    public var name: String
    /// The version; may be empty.
    public var version: String
    /// SHA-256 of the network, or of the list.
    public var sha256: String
    /// SHA-256 over the answers as they are stored beside the design.
    public var adviceSHA256: String

    /// Names a model.
    public init(name: String, version: String, sha256: String, adviceSHA256: String) {
        self.name = name
        self.version = version
        self.sha256 = sha256
        self.adviceSHA256 = adviceSHA256
    }
}

/// The scale of a reader's confidence.
public enum ConfidenceScale: String, Sendable, Hashable, CaseIterable, Codable {
    /// 0 to 100.
    case percent
    /// 1 to 5.
    case fivePoint = "five-point"
    /// BI-RADS-like: 1, 2, 3, 4, 5 with the meanings of the site.
    case birads

    /// The lowest and highest answers.
    public var range: ClosedRange<Int> { self == .percent ? 0...100 : 1...5 }
}

/// How the order of conditions is chosen for a reader.
public enum ConditionOrder: String, Sendable, Hashable, CaseIterable, Codable {
    /// Rows of a Williams square: each condition follows each other equally often.
    case latinSquare = "latin-square"
    /// Drawn for each reader.
    case random
}

/// Who reads what.
public enum PlanDesign: String, Sendable, Hashable, CaseIterable, Codable {
    /// Every reader reads every case in every condition.
    case crossed
    /// Groups of readers, each with cases of its own, in every condition.
    case splitPlot = "split-plot"
}

/// The whole plan, as `wetread study create` reads it from TOML.
public struct StudyPlan: Sendable, Hashable, Codable {
    /// The study's name.
    public var name: String
    /// The seed of every random order.
    public var seed: UInt64
    /// The pathologies that are asked for.
    public var pathologies: [String]
    /// The readers.
    public var readers: [String]
    /// The conditions.
    public var conditions: [ReadingCondition]
    /// The cases, training cases among them.
    public var cases: [PlannedCase]
    /// Who reads what.
    public var design = PlanDesign.crossed
    /// Groups of a split-plot design.
    public var groupCount = 1
    /// How conditions are ordered.
    public var order = ConditionOrder.latinSquare
    /// Days between two periods of a reader.
    public var washoutDays = 28
    /// Cases that are read twice in the same condition, for agreement within readers.
    public var repeatedCaseCount = 0
    /// Minutes after which a session ends; 0 has no limit.
    public var sessionMinutes = 0
    /// The scale of the confidence.
    public var scale = ConfidenceScale.percent
    /// True where readers mark locations.
    public var collectsMarks = false
    /// True where readers may go back to a submitted case.
    public var allowsBack = false
    /// The confidence from which on a finding counts as called present; nil for the scale's own.
    public var callThreshold: Int?
    /// The actions of which one is to be recommended; none are asked for where there are none.
    public var actions: [String] = []
    /// True where readers may write a note to a case.
    public var collectsNotes = false
    /// Seconds without a key after which a reader counts as away; 0 for never.
    public var idleSeconds = 120
    /// The AI; nil for studies without, and until the study is created.
    public var model: PlannedModel?

    /// Makes a plan of the things that have no usual value.
    public init(
        name: String, seed: UInt64, pathologies: [String], readers: [String],
        conditions: [ReadingCondition], cases: [PlannedCase]
    ) {
        self.name = name
        self.seed = seed
        self.pathologies = pathologies
        self.readers = readers
        self.conditions = conditions
        self.cases = cases
    }

    /// The scored cases, in the plan's order.
    public var scoredCases: [PlannedCase] { cases.filter { !$0.isTraining } }

    /// The confidence from which on a finding counts as called present.
    public var callsPresentFrom: Int { callThreshold ?? (scale == .percent ? 50 : 3) }

    /// True where some condition shows the AI.
    public var showsAI: Bool { conditions.contains { $0.aid != .none } }

    /// The training cases.
    public var trainingCases: [PlannedCase] { cases.filter(\.isTraining) }

    /// One text for one plan: fields in a fixed order, for the hash that freezes the design.
    public var canonicalText: String {
        var lines = [
            "wetread study plan 2", "name \(quoted(name))", "seed \(seed)",
            "design \(design.rawValue) groups \(groupCount)",
            "order \(order.rawValue) washout \(washoutDays) repeated \(repeatedCaseCount)",
            "session \(sessionMinutes) scale \(scale.rawValue)",
            "marks \(collectsMarks) back \(allowsBack) notes \(collectsNotes)",
            "present from \(callsPresentFrom) idle \(idleSeconds)",
        ]
        lines += pathologies.map { "pathology \(quoted($0))" }
        lines += readers.map { "reader \(quoted($0))" }
        lines += conditions.map {
            "condition \(quoted($0.name)) \($0.aid.rawValue) \($0.timing.rawValue)"
        }
        lines += cases.map { item in
            "case \(quoted(item.name)) \(item.isTraining ? "training" : "scored")"
                + item.findings.map { " \(quoted($0))" }.joined()
                + item.locations.map {
                    " at \(quoted($0.finding)) \($0.column) \($0.row) \($0.radius)"
                }.joined() + (item.image.map { " image \($0.sha256)" } ?? "")
        }
        lines += actions.map { "action \(quoted($0))" }
        if let model {
            lines.append(
                "model \(quoted(model.name)) \(quoted(model.version)) \(model.sha256) "
                    + "answers \(model.adviceSHA256)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A name that cannot be mistaken for two: its length, then itself.
    private func quoted(_ text: String) -> String { "\(text.utf8.count):\(text)" }
}
