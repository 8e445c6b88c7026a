// What can be said of a picture before anyone trusts what is said of its content.

/// Judgement of one quality figure.
public enum QualityVerdict: String, Codable, Sendable {
    /// As expected of a diagnostic radiograph.
    case good
    /// Usable, with the stated limit.
    case fair
    /// Likely to mislead a model or a reader.
    case poor
}

/// One quality figure with its meaning.
public struct QualityObservation: Hashable, Codable, Sendable {
    /// Name: `size`, `bit depth`, `contrast`, `clipped`, `sharpness`, `frontal chest`.
    public let name: String
    /// The figure as text with its unit.
    public let value: String
    /// Judgement.
    public let verdict: QualityVerdict
    /// What the figure means for the reader, in one sentence.
    public let meaning: String

    /// Makes an observation.
    public init(name: String, value: String, verdict: QualityVerdict, meaning: String) {
        self.name = name
        self.value = value
        self.verdict = verdict
        self.meaning = meaning
    }
}

/// The quality of one image.
public struct ImageQuality: Hashable, Codable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Bits that carry information.
    public let bitDepth: Int
    /// Spread of the display values, 0...1.
    public let contrast: Double
    /// Share of pixels at the ends of the window, 0...1.
    public let clippedShare: Double
    /// Sharpness figure (unit: see the observation of that name).
    public let sharpness: Double
    /// Whether it looks like a frontal chest radiograph.
    public let isFrontalChest: Bool
    /// Score behind `isFrontalChest`, 0...1.
    public let frontalChestScore: Double
    /// Each figure with judgement and meaning, in the order to show.
    public let observations: [QualityObservation]
    /// What had to be decided or left out while the file was read.
    public var notes: [String]

    /// Makes a quality record.
    public init(
        width: Int, height: Int, bitDepth: Int, contrast: Double, clippedShare: Double,
        sharpness: Double, isFrontalChest: Bool, frontalChestScore: Double,
        observations: [QualityObservation], notes: [String]
    ) {
        self.width = width
        self.height = height
        self.bitDepth = bitDepth
        self.contrast = contrast
        self.clippedShare = clippedShare
        self.sharpness = sharpness
        self.isFrontalChest = isFrontalChest
        self.frontalChestScore = frontalChestScore
        self.observations = observations
        self.notes = notes
    }
}
