// What the reader had before them when they signed: which analyses, since when, what of the images.

import Foundation

/// An analysis that a signature knows of.
public struct ShownAnalysis: Hashable, Codable, Sendable {
    /// Which analysis.
    public var id: AnalysisID
    /// True where it was on the screen before the signature.
    public var wasVisible: Bool
    /// Since when, UTC; nil where it was never visible.
    public var visibleSince: Date?

    /// Records an analysis.
    public init(id: AnalysisID, wasVisible: Bool, visibleSince: Date?) {
        self.id = id
        self.wasVisible = wasVisible
        self.visibleSince = visibleSince
    }
}

/// How much of an image was on the screen.
public struct SeenImage: Hashable, Codable, Sendable {
    /// Which image.
    public var image: ImageID
    /// Share of the image that was on the screen at all, in thousandths.
    public var seenThousandths: Int
    /// Share that was on the screen at better than the overview, in thousandths.
    public var seenCloselyThousandths: Int

    /// Records what was seen of an image.
    public init(image: ImageID, seenThousandths: Int, seenCloselyThousandths: Int) {
        self.image = image
        self.seenThousandths = seenThousandths
        self.seenCloselyThousandths = seenCloselyThousandths
    }
}

/// The reader's own call, locked before the AI was shown.
public struct FirstImpression: Hashable, Codable, Sendable {
    /// When it was locked, UTC.
    public var lockedAt: Date
    /// What the reader saw then.
    public var findings: [Pathology]
    /// What the reader was not sure of then.
    public var unsure: [Pathology]

    /// Records a first impression.
    public init(lockedAt: Date, findings: [Pathology], unsure: [Pathology] = []) {
        self.lockedAt = lockedAt
        self.findings = findings
        self.unsure = unsure
    }

    /// What the reader took up and what they gave up after the reveal.
    public func shift(to reading: ReadingDraft, findings shown: [Finding]) -> (
        taken: [Pathology], dropped: [Pathology]
    ) {
        var last = Set(reading.ownFindings.compactMap(\.pathology))
        for finding in shown {
            switch reading.decisions[finding.pathology] {
            case .agree where finding.isReported || finding.isCritical:
                last.insert(finding.pathology)
            case .disagree where !(finding.isReported || finding.isCritical):
                last.insert(finding.pathology)
            case .agree, .disagree, .unsure, nil: break
            }
        }
        let first = Set(findings)
        let order = { (set: Set<Pathology>) in set.sorted { $0.rawValue < $1.rawValue } }
        return (order(last.subtracting(first)), order(first.subtracting(last)))
    }
}

/// All of it, as it goes under the signature's hash.
public struct ViewingRecord: Hashable, Codable, Sendable {
    /// The analyses of the study that the program knew of.
    public var analyses: [ShownAnalysis]
    /// What was seen of each image.
    public var images: [SeenImage]
    /// The reader's own call before the AI; nil where the site does not ask for it.
    public var firstImpression: FirstImpression?

    /// Gathers a record.
    public init(
        analyses: [ShownAnalysis] = [], images: [SeenImage] = [],
        firstImpression: FirstImpression? = nil
    ) {
        self.analyses = analyses
        self.images = images
        self.firstImpression = firstImpression
    }
}
