// What can be measured of a picture before anyone trusts what is said of its content.

/// Judgement of one quality figure.
public enum QualityJudgement: String, Sendable, Codable {
    /// As expected of a diagnostic radiograph.
    case good
    /// Usable, with the stated limit.
    case fair
    /// Likely to mislead a model or a reader.
    case poor
}

/// One quality figure as text, with its judgement and what it means.
public struct QualityStatement: Sendable, Equatable, Codable {
    /// `size`, `bit depth`, `contrast`, `clipped`, `sharpness` or `frontal chest`.
    public let name: String
    /// The figure with its unit.
    public let value: String
    /// Judgement.
    public let verdict: QualityJudgement
    /// What it means for the reader, in one sentence.
    public let meaning: String
}

/// The quality of one radiograph, as shown with its first window.
public struct QualityFigures: Sendable, Equatable, Codable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Bits that carry information.
    public let bitsStored: Int
    /// Distance between the 5th and the 95th percentile of the display values, 0...1.
    public let contrast: Double
    /// Share of pixels (outside padding) at or below the dark end of the window, 0...1.
    public let clippedLowShare: Double
    /// Share of pixels (outside padding) at or above the bright end of the window, 0...1.
    public let clippedHighShare: Double
    /// Detail at the scale of single pixels: 0 none (blurred or enlarged), 1 nothing but noise.
    ///
    /// From the mean squared difference D(k) of display values k pixels apart, both axes:
    /// 2 (sqrt(D(1) / D(2)) - 1/2). A smooth picture has D(2) = 4 D(1), white noise D(2) = D(1).
    public let sharpness: Double
    /// How much it looks like a frontal chest radiograph, 0...1; from 0.5 on it passes.
    public let frontalChestScore: Double

    /// Share of pixels at either end of the window, 0...1.
    public var clippedShare: Double { clippedLowShare + clippedHighShare }
    /// Whether it looks like a frontal chest radiograph.
    public var looksLikeFrontalChest: Bool { frontalChestScore >= 0.5 }

    /// Makes the figures.
    public init(
        width: Int, height: Int, bitsStored: Int, contrast: Double, clippedLowShare: Double,
        clippedHighShare: Double, sharpness: Double, frontalChestScore: Double
    ) {
        self.width = width
        self.height = height
        self.bitsStored = bitsStored
        self.contrast = contrast
        self.clippedLowShare = clippedLowShare
        self.clippedHighShare = clippedHighShare
        self.sharpness = sharpness
        self.frontalChestScore = frontalChestScore
    }
}

extension QualityFigures {
    /// Each figure with judgement and meaning, in the order to show.
    public var statements: [QualityStatement] {
        [size, depth, contrastStatement, clipping, sharpnessStatement, frontalChest]
    }

    /// CR and DX detectors give 1,760 pixels and more a side; below 512 a nodule is a few pixels.
    private var size: QualityStatement {
        let side = min(width, height)
        let (verdict, meaning): (QualityJudgement, String) =
            switch side {
            case 1_024...: (.good, "Enough pixels for a chest radiograph.")
            case 512...: (.fair, "Smaller than a detector gives; fine lines may be lost.")
            default: (.poor, "So small that nodules and pleural lines can be invisible.")
            }
        return QualityStatement(
            name: "size", value: "\(width) x \(height)", verdict: verdict, meaning: meaning)
    }

    private var depth: QualityStatement {
        let (verdict, meaning): (QualityJudgement, String) =
            switch bitsStored {
            case 10...: (.good, "The window can be changed without visible steps.")
            case 8...: (.fair, "Grey was reduced to 8 bits or so; narrow windows show steps.")
            default: (.poor, "Too few grey levels for reading.")
            }
        return QualityStatement(
            name: "bit depth", value: "\(bitsStored) bits", verdict: verdict, meaning: meaning)
    }

    private var contrastStatement: QualityStatement {
        let (verdict, meaning): (QualityJudgement, String) =
            switch contrast {
            case 0.4...: (.good, "The picture uses the grey scale.")
            case 0.2...: (.fair, "Flat: narrow the window to see the lungs.")
            default: (.poor, "Almost one grey: the window or the exposure is wrong.")
            }
        return QualityStatement(
            name: "contrast", value: Self.percent(contrast), verdict: verdict, meaning: meaning)
    }

    private var clipping: QualityStatement {
        let (verdict, meaning): (QualityJudgement, String) =
            switch clippedShare {
            case ...0.15: (.good, "Little is lost at the ends of the window.")
            case ...0.4: (.fair, "Parts are pure black or white; look there with another window.")
            default: (.poor, "Much is pure black or white; detail there cannot be judged.")
            }
        return QualityStatement(
            name: "clipped",
            value:
                "\(Self.percent(clippedLowShare)) dark, \(Self.percent(clippedHighShare)) bright",
            verdict: verdict, meaning: meaning)
    }

    private var sharpnessStatement: QualityStatement {
        let (verdict, meaning): (QualityJudgement, String) =
            switch sharpness {
            case ..<0.03: (.poor, "Blurred or enlarged: the finest detail is many pixels wide.")
            case ..<0.08: (.fair, "Soft: fine lines may be blurred.")
            case ..<0.75: (.good, "Detail reaches down to the pixels.")
            case ..<0.9: (.fair, "Grainy: noise competes with fine detail.")
            default: (.poor, "Mostly noise at the scale of the pixels.")
            }
        return QualityStatement(
            name: "sharpness", value: Self.percent(sharpness), verdict: verdict, meaning: meaning)
    }

    private var frontalChest: QualityStatement {
        QualityStatement(
            name: "frontal chest",
            value: "\(looksLikeFrontalChest ? "yes" : "no") (\(Self.percent(frontalChestScore)))",
            verdict: looksLikeFrontalChest ? .good : .poor,
            meaning: looksLikeFrontalChest
                ? "Laid out like a frontal chest radiograph."
                : "Not laid out like a frontal chest radiograph: do not trust the model's figures.")
    }

    private static func percent(_ share: Double) -> String {
        let percent = share * 100
        return percent > 0 && percent < 0.95
            ? "under 1 %" : "\(Int(percent.rounded())) %"
    }
}
