// What the AI of a study said of a case, fixed when the study was created.

/// The AI's answers for one case.
public struct ReadingAdvice: Sendable, Hashable, Codable {
    /// What it said of one pathology.
    public struct Answer: Sendable, Hashable, Codable {
        /// The probability, 0...1.
        public var probability: Double
        /// Standard deviation of the probability; nil where it is not known.
        public var uncertainty: Double?

        /// Makes an answer.
        public init(probability: Double, uncertainty: Double?) {
            self.probability = probability
            self.uncertainty = uncertainty
        }
    }

    /// Where in the image the evidence lies, on a grid over the whole image.
    public struct Heat: Sendable, Hashable, Codable {
        /// Columns of the grid.
        public var columns: Int
        /// Rows of the grid.
        public var rows: Int
        /// The values, row by row.
        public var values: [Float]

        /// Makes a map.
        public init(columns: Int, rows: Int, values: [Float]) {
            self.columns = columns
            self.rows = rows
            self.values = values
        }

        /// The strength at a place of the image (0...1 across and down), 0...1 of a peak.
        ///
        /// Straight between the middles of the grid's fields; what speaks against is 0.
        public func strength(x: Double, y: Double, peak: Float) -> Float {
            guard columns > 0, rows > 0, values.count == columns * rows, peak > 0, x >= 0, y >= 0,
                x <= 1, y <= 1
            else { return 0 }
            func place(_ share: Double, _ count: Int) -> (low: Int, high: Int, part: Float) {
                let position = min(max(share * Double(count) - 0.5, 0), Double(count - 1))
                let low = Int(position)
                return (low, min(low + 1, count - 1), Float(position - Double(low)))
            }
            let (left, right, across) = place(x, columns)
            let (top, bottom, down) = place(y, rows)
            func row(_ index: Int) -> Float {
                let base = index * columns
                return values[base + left] * (1 - across) + values[base + right] * across
            }
            return max((row(top) * (1 - down) + row(bottom) * down) / peak, 0)
        }
    }

    /// The answers by pathology.
    public var answers: [String: Answer]
    /// The heat maps by pathology; empty where no condition shows them.
    public var heat: [String: Heat]

    /// The strongest evidence for any of the pathologies: all maps of a case are shown against it,
    /// so that one for something improbable is not as bright as the others.
    public var heatPeak: Float { heat.values.flatMap(\.values).max() ?? 0 }

    /// Makes advice.
    public init(answers: [String: Answer], heat: [String: Heat] = [:]) {
        self.answers = answers
        self.heat = heat
    }

    /// What a condition shows of it: nothing that the condition does not name.
    public func shown(by aid: AIAid) -> ReadingAdvice? {
        switch aid {
        case .none: nil
        case .probabilities: ReadingAdvice(answers: withoutUncertainty)
        case .uncertainty: ReadingAdvice(answers: answers)
        case .heatMap: ReadingAdvice(answers: withoutUncertainty, heat: heat)
        }
    }

    private var withoutUncertainty: [String: Answer] {
        answers.mapValues { Answer(probability: $0.probability, uncertainty: nil) }
    }

    /// Reads `case,pathology,probability,uncertainty` (the last may be empty): another system's
    /// answers, by case.
    public static func list(_ bytes: [UInt8], name file: String) throws(ReaderStudyError)
        -> [String: ReadingAdvice]
    {
        let columns = ["case", "pathology", "probability", "uncertainty"]
        var advice: [String: ReadingAdvice] = [:]
        var lines: [String: Int] = [:]
        try BehaviourCSV.read(bytes, file, columns) { (fields, line) throws(ReaderStudyError) in
            let probability = try BehaviourCSV.number(fields[2], columns[2], file, line)
            guard (0...1).contains(probability) else {
                throw .row(
                    file: file, line: line,
                    .notANumber(
                        column: "probability (0 to 1)", found: StudyCSV.shortened(fields[2])))
            }
            let key = "\(fields[0])\u{0}\(fields[1])"
            if let first = lines[key] {
                throw .row(file: file, line: line, .duplicate(firstLine: first))
            }
            lines[key] = line
            let uncertainty =
                fields[3].isEmpty
                ? nil : try BehaviourCSV.number(fields[3], columns[3], file, line)
            advice[fields[0], default: ReadingAdvice(answers: [:])].answers[fields[1]] = Answer(
                probability: probability, uncertainty: uncertainty)
        }
        return advice
    }
}
