// A study as the study screen needs it: everything but the pixels.

import Radiology

/// One image of a study, without its pixels.
public struct StudyImage: Sendable, Equatable, Identifiable {
    /// The image.
    public let id: ImageID
    /// What its file says of it.
    public let header: InstanceHeader
    /// What had to be decided or left out while the file was read, in sentences.
    public let notes: [String]

    /// Makes an image.
    public init(id: ImageID, header: InstanceHeader, notes: [String] = []) {
        self.id = id
        self.header = header
        self.notes = notes
    }
}

/// Everything the records hold of one study, as far as a screen shows it.
public struct StudyDetail: Sendable, Equatable {
    /// The row of the worklist.
    public let entry: WorklistEntry
    /// The images in the order to read them; may be empty where none could be kept.
    public let images: [StudyImage]
    /// The newest analysis; nil where there is none.
    public let analysis: Analysis?
    /// Why the newest analysis failed; nil where it did not.
    public let failure: AnalysisFailure?
    /// This reader's unsigned draft; nil where nothing is kept.
    public let draft: ReadingDraft?
    /// What was signed, oldest first.
    public let signOffs: [SignOff]
    /// What is known of the model of the analysis; nil where it is not installed here.
    public let modelCard: ModelCard?
    /// Earlier studies of the same patient, newest first.
    public let priors: [WorklistEntry]
    /// This reader's own call before the AI; nil where none is recorded.
    public let firstImpression: Radiology.FirstImpression?

    /// Makes a detail.
    public init(
        entry: WorklistEntry, images: [StudyImage], analysis: Analysis? = nil,
        failure: AnalysisFailure? = nil, draft: ReadingDraft? = nil, signOffs: [SignOff] = [],
        modelCard: ModelCard? = nil, priors: [WorklistEntry] = [],
        firstImpression: Radiology.FirstImpression? = nil
    ) {
        self.firstImpression = firstImpression
        self.modelCard = modelCard
        self.priors = priors
        self.entry = entry
        self.images = images
        self.analysis = analysis
        self.failure = failure
        self.draft = draft
        self.signOffs = signOffs
    }

    /// The study.
    public var id: StudyID { entry.id }

    /// The findings a reader decides on; empty where the analysis failed or is not made.
    public var findings: [Finding] { failure == nil ? analysis?.findings.byUrgency ?? [] : [] }

    /// The text whose last four characters are typed to sign: the accession number, or the study's
    /// UID where it has fewer than four characters.
    public var signingToken: String {
        let accession = entry.study.accessionNumber.inert().trimmingSpaces()
        return accession.count >= 4 ? accession : entry.study.studyInstanceUID.inert()
    }

    /// True where the token to sign is the accession number and not the study's UID.
    public var signsByAccession: Bool {
        entry.study.accessionNumber.inert().trimmingSpaces().count >= 4
    }

    /// The typed characters that allow a signature: the last four of `signingToken`.
    public var signingSuffix: String { String(signingToken.suffix(4)) }
}

extension StudyDetail {
    /// The study for a second reader: the images, and nothing of the first reader or the AI.
    var blinded: StudyDetail {
        StudyDetail(
            entry: WorklistEntry(
                id: entry.id, patient: entry.patient, study: entry.study, modality: entry.modality,
                views: entry.views, receivedAt: entry.receivedAt, state: .unread),
            images: images)
    }
}
