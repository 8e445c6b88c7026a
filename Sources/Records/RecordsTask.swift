// What is done with the records, and which permission each thing needs.

import Radiology

/// What was being done when something went wrong.
public enum RecordsTask: String, Sendable, CaseIterable {
    /// Opening the home folder and its database.
    case open = "open the records"
    /// Asking whether anything changed.
    case watch = "watch the records"
    /// Importing images.
    case importImages = "import images"
    /// Recording that a file was refused.
    case recordRefusal = "record a refused file"
    /// Reading a stored image.
    case readImage = "read a stored image"
    /// Listing the images of a study.
    case listImages = "list the images of a study"
    /// Listing what waits for analysis.
    case listPending = "list what waits for analysis"
    /// Storing an analysis, or that it failed.
    case storeAnalysis = "store an analysis"
    /// Reading the worklist.
    case readWorklist = "read the worklist"
    /// Reading a study.
    case readStudy = "read a study"
    /// Recording that a study was opened.
    case recordOpening = "record that a study was opened"
    /// Recording that patient data was listed, printed or exported.
    case recordAccess = "record an access to patient data"
    /// Taking a study to sign.
    case claim = "take a study for reading"
    /// Giving a study back.
    case release = "give a study back"
    /// Keeping a draft.
    case saveDraft = "save a draft"
    /// Signing a preliminary report.
    case signPreliminary = "sign a preliminary report"
    /// Signing a final report or an addendum.
    case sign = "sign a study"
    /// Reading or checking the audit trail.
    case readAudit = "read the audit trail"
    /// Logging in, locking, unlocking, changing one's own secret.
    case logIn = "log in"
    /// Adding and changing accounts.
    case managePeople = "manage accounts"
    /// Reading critical results.
    case readCritical = "read critical results"
    /// Recording that a critical result was communicated.
    case communicate = "record a communication"
    /// Dismissing a critical result.
    case dismissCritical = "dismiss a critical result"
    /// Announcing critical results to a hook program.
    case announce = "announce critical results"
    /// Reading figures.
    case viewStatistics = "read figures"
    /// Scoring the reports of others.
    case scorePeers = "review a report"
    /// Recording what was seen before the AI was shown.
    case recordImpression = "record a first impression"
    /// Removing what the rule of retention has come to, and holding studies back from it.
    case applyRetention = "apply the rule of retention"
    /// Rotating keys and the like.
    case maintain = "maintain the records"
    /// Backing up.
    case backup = "back up the records"
    /// Restoring.
    case restore = "restore the records"

    /// What it takes; nil for what anybody may do.
    public var permission: Permission? {
        switch self {
        case .open, .watch, .logIn: nil
        case .importImages, .recordRefusal: .importStudies
        case .readImage, .listImages: .readImages
        case .listPending, .storeAnalysis: .analyse
        case .readWorklist, .readStudy, .recordOpening, .recordAccess: .viewStudies
        case .claim, .release, .saveDraft, .recordImpression: .read
        case .signPreliminary: .signPreliminary
        case .sign: .signFinal
        case .readAudit: .readAudit
        case .managePeople: .managePeople
        case .readCritical: .viewStudies
        case .communicate: .communicate
        case .dismissCritical: .dismissCritical
        case .announce: .analyse
        case .viewStatistics: .viewStatistics
        case .scorePeers: .scorePeers
        case .maintain, .backup, .restore, .applyRetention: .maintain
        }
    }
}
