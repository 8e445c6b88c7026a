// What can go wrong with the records, and how it is said.

import Foundation
import Radiology

/// An error of the records, with the data that tells its causes apart.
///
/// No case holds patient data; `description` is the wording for people, `category` the kind for
/// exit codes.
public enum RecordsError: Error, Hashable, Sendable {
    /// The home folder or its database may not be written.
    case readOnlyHome(task: RecordsTask, home: String, reason: String)
    /// The home cannot be a home (not a folder, cannot be made).
    case unusableHome(home: String, reason: String)
    /// There is no database in a home that was opened for reading only.
    case emptyHome(home: String)
    /// The store was opened for reading only.
    case openedReadOnly(task: RecordsTask)
    /// No room on the disk, or none left in the quota.
    case diskFull(task: RecordsTask, home: String)
    /// Another process kept the database locked for longer than we wait.
    case locked(task: RecordsTask)
    /// The database or a row of it is damaged.
    case damaged(task: RecordsTask, detail: String)
    /// `wetread.sqlite` is not a database of Wetread.
    case foreignDatabase(home: String)
    /// The database was written by a newer Wetread.
    case newerSchema(found: Int, known: Int)
    /// The database is of an older Wetread and cannot be brought up to date when only reading.
    case olderSchema(found: Int, known: Int)
    /// There is no such study.
    case noSuchStudy(StudyID)
    /// There is no such image.
    case noSuchImage(ImageID)
    /// There is no such analysis of this study.
    case noSuchAnalysis(AnalysisID, study: StudyID)
    /// The file of an image is gone.
    case missingObject(image: ImageID, sha256: ContentHash)
    /// The file of an image is not what was stored.
    case changedObject(image: ImageID, expected: ContentHash, found: ContentHash)
    /// Somebody else, or the same reader at another workstation, has the study.
    case heldBy(study: StudyID, claim: Claim)
    /// This session does not hold the study.
    case notClaimed(study: StudyID)
    /// This session's claim has lapsed; nobody has taken the study since.
    case claimLapsed(study: StudyID, at: Date)
    /// The study was signed already.
    case alreadySigned(study: StudyID, by: ReaderID, at: Date)
    /// There is no usable key, with the reason.
    case keyUnusable(reason: String)
    /// The key does not open these records.
    case keyWrong
    /// A sealed value does not open: it was changed, or moved from another place.
    case sealBroken(detail: String)
    /// What still stands in the way of a signature.
    case notReady(study: StudyID, obstacles: [String])
    /// The table of moves does not allow it.
    case moveNotAllowed(study: StudyID, from: ReadingState, move: ReadingMove)
    /// The home has accounts, and nobody (or a disabled account) is logged in.
    case notLoggedIn(task: RecordsTask)
    /// The account's roles do not allow it.
    case notPermitted(task: RecordsTask, roles: Set<AccountRole>)
    /// Somebody else is named than the one who logged in.
    case notYourself(task: RecordsTask)
    /// The secret was set by somebody else and must be changed first.
    case secretMustBeChanged(task: RecordsTask)
    /// A signature in a home with accounts needs the secret.
    case secretNeeded(task: RecordsTask)
    /// An unknown name, a wrong secret, or a disabled account; which of them only the trail says.
    case logInRefused
    /// Too many wrong secrets: no secret is looked at until then.
    case accountLocked(until: Date)
    /// The policy does not allow a secret, with the reason.
    case secretRefused(String)
    /// An account of this name is there already.
    case accountExists(ReaderID)
    /// There is no account of this name.
    case noSuchAccount(ReaderID)
    /// An account may not be as asked, with the reason.
    case accountObjection(String)
    /// A backup cannot be made or used, with the reason.
    case backupUnusable(reason: String)
    /// There is no peer review of this number.
    case noSuchReview(Int64)
    /// One's own report or score cannot be reviewed.
    case ownReport(Int64)
    /// A review was scored already.
    case scoredAlready(Int64)
    /// A report cannot be scored before one's own reading is recorded.
    case readFirst(Int64)
    /// A review cannot be decided before it is scored.
    case notScored(Int64)
    /// There is no critical result of this number.
    case noSuchCriticalResult(Int64)
    /// A critical result was communicated or dismissed already.
    case criticalResultEnded(Int64, by: ReaderID, at: Date)
    /// A communication without whom or how.
    case communicationIncomplete
    /// Nothing was read back, and no word says why.
    case readBackMissing
    /// A reason is needed and was not given.
    case reasonMissing(task: RecordsTask)
    /// The pixels of an image were removed by the rule of retention.
    case imageRemoved(image: ImageID, at: Date)
    /// A study was removed by the rule of retention.
    case studyRemoved(study: StudyID, at: Date)
    /// A first impression was recorded already; it is never changed.
    case impressionRecorded(study: StudyID)
    /// A study has no hold, or has one already.
    case holdObjection(study: StudyID, isHeld: Bool)
    /// The system refused a file operation.
    case system(task: RecordsTask, operation: String, code: Int32)
    /// SQLite refused for another reason (extended result code and message).
    case database(task: RecordsTask, code: Int32, message: String)
}

extension RecordsError {
    /// Kinds of errors, for exit codes.
    public enum Category: Sendable {
        /// Permission is missing.
        case noPermission
        /// Something cannot be created or written.
        case cannotCreate
        /// It may work later.
        case temporary
        /// What was given does not meet a rule.
        case notAcceptable
        /// Stored data is not what it should be.
        case badData
        /// What was asked for does not exist.
        case notFound
        /// Another reader, or the study's state, stands in the way.
        case conflict
        /// The system failed.
        case system
    }

    /// The kind of this error.
    public var category: Category {
        switch self {
        case .readOnlyHome, .openedReadOnly, .notLoggedIn, .notPermitted, .notYourself,
            .secretMustBeChanged, .secretNeeded, .logInRefused, .accountLocked:
            .noPermission
        case .secretRefused, .accountObjection, .reasonMissing, .communicationIncomplete,
            .readBackMissing:
            .notAcceptable
        case .unusableHome, .diskFull, .keyUnusable: .cannotCreate
        case .locked: .temporary
        case .damaged, .foreignDatabase, .newerSchema, .olderSchema, .missingObject,
            .changedObject, .keyWrong, .sealBroken, .backupUnusable:
            .badData
        case .emptyHome, .noSuchStudy, .noSuchImage, .noSuchAnalysis, .noSuchAccount,
            .noSuchCriticalResult, .noSuchReview, .imageRemoved, .studyRemoved:
            .notFound
        case .ownReport, .scoredAlready, .notScored, .readFirst, .criticalResultEnded,
            .accountExists, .heldBy,
            .notClaimed, .claimLapsed, .alreadySigned, .notReady, .moveNotAllowed,
            .impressionRecorded, .holdObjection:
            .conflict
        case .system, .database: .system
        }
    }
}

extension RecordsError: CustomStringConvertible, LocalizedError {
    /// The same as `description`.
    public var errorDescription: String? { description }

    /// What was tried, what was found, and what to do; never patient data.
    public var description: String {
        switch self {
        case .readOnlyHome, .unusableHome, .emptyHome, .openedReadOnly, .diskFull, .locked:
            homeDescription
        case .damaged, .foreignDatabase, .newerSchema, .olderSchema, .noSuchStudy, .noSuchImage,
            .noSuchAnalysis, .missingObject, .changedObject, .system, .database, .keyUnusable,
            .keyWrong, .sealBroken:
            storageDescription
        case .heldBy, .notClaimed, .claimLapsed, .alreadySigned, .notReady, .moveNotAllowed:
            readingDescription
        case .notLoggedIn, .notPermitted, .notYourself, .secretMustBeChanged, .secretNeeded,
            .logInRefused, .accountLocked, .secretRefused, .accountExists, .noSuchAccount,
            .accountObjection, .reasonMissing, .noSuchCriticalResult, .criticalResultEnded,
            .communicationIncomplete, .readBackMissing, .backupUnusable, .noSuchReview,
            .ownReport, .scoredAlready, .notScored, .readFirst:
            peopleDescription
        case .imageRemoved, .studyRemoved, .impressionRecorded, .holdObjection:
            retentionDescription
        }
    }

    private var homeDescription: String {
        switch self {
        case .readOnlyHome(let task, let home, let reason):
            "cannot \(task.rawValue): the home folder \(home) cannot be written (\(reason)). "
                + "Nothing was changed. Make it writable, or set WETREAD_HOME to a folder that is."
        case .unusableHome(let home, let reason):
            "cannot use the records: \(home) cannot be the home folder (\(reason)). Set "
                + "WETREAD_HOME to a folder, or to a path where one can be made."
        case .emptyHome(let home):
            "cannot open the records: the home folder \(home) holds no wetread.sqlite yet. Import "
                + "something first: wetread import PATH"
        case .openedReadOnly(let task):
            "cannot \(task.rawValue): the records were opened for reading only."
        case .diskFull(let task, let home):
            "cannot \(task.rawValue): the disk that holds the home folder \(home) is full. Nothing "
                + "half-written was kept, what was stored before is whole. Free some space and try "
                + "again."
        case .locked(let task):
            "cannot \(task.rawValue): another process has kept the database locked for "
                + "\(Int(RecordStore.busySeconds)) s. Nothing was changed; try again."
        default: ""
        }
    }

    private var storageDescription: String {
        switch self {
        case .damaged(let task, let detail):
            "cannot \(task.rawValue): wetread.sqlite is damaged (\(detail)). Restore it from a "
                + "backup; sqlite3 wetread.sqlite 'PRAGMA integrity_check' says more."
        case .foreignDatabase(let home):
            "cannot open the records: wetread.sqlite in \(home) is not a database of Wetread. Move "
                + "it away, or set WETREAD_HOME to another folder."
        case .newerSchema(let found, let known):
            "cannot open the records: they have schema version \(found), this program knows "
                + "versions up to \(known). Use the newer Wetread that wrote them."
        case .olderSchema(let found, let known):
            "cannot open the records for reading only: they have schema version \(found), this "
                + "program needs \(known). Open them once for writing to bring them up to date."
        case .noSuchStudy(let study):
            "there is no study \(study.rawValue). The worklist shows those that are: wetread "
                + "worklist"
        case .noSuchImage(let image): "there is no image \(image.rawValue)."
        case .noSuchAnalysis(let analysis, let study):
            "study \(study.rawValue) has no analysis \(analysis.rawValue)."
        case .missingObject(let image, let hash):
            "cannot read image \(image.rawValue): its file objects/\(hash.objectPath) is missing. "
                + "Import the same file again, or restore the folder from a backup."
        case .changedObject(let image, let expected, let found):
            "cannot read image \(image.rawValue): its file objects/\(expected.objectPath) is not "
                + "what was stored (its SHA-256 is \(found.short)... now). Import the same file "
                + "again, or restore the folder from a backup."
        case .keyUnusable(let reason):
            "cannot open the records: their key cannot be used: \(reason). Put the file `key` back "
                + "into the home, or set WETREAD_KEY_FILE, WETREAD_KEY or WETREAD_KEY_COMMAND."
        case .keyWrong:
            "cannot open the records: the key is not the one that sealed them. Put the right file "
                + "`key` back into the home, or name it with WETREAD_KEY_FILE."
        case .sealBroken(let detail):
            "cannot open a sealed value (\(detail)): it was changed, or moved from another place. "
                + "Restore wetread.sqlite from a backup."
        case .system(let task, let operation, let code):
            "cannot \(task.rawValue): \(operation) failed (\(systemReason(code)))."
        case .database(let task, let code, let message):
            "cannot \(task.rawValue): the database refused (SQLite code \(code): \(message))."
        default: ""
        }
    }

    private var readingDescription: String {
        switch self {
        case .heldBy(let study, let claim):
            "study \(study.rawValue) is being read by \(claim.reader.rawValue.inert()) at "
                + "\(claim.session.inert()) since \(Timestamp(claim.since).minuteText). Wait until "
                + "it is given back or lapses (\(Timestamp(claim.expires).minuteText))."
        case .notClaimed(let study):
            "study \(study.rawValue) is not held by this session. Open it to read and sign again; "
                + "the draft is kept."
        case .claimLapsed(let study, let date):
            "the hold on study \(study.rawValue) lapsed at \(Timestamp(date).minuteText). Open it "
                + "to read and sign again; the draft is kept."
        case .alreadySigned(let study, let reader, let date):
            "study \(study.rawValue) was signed by \(reader.rawValue.inert()) at "
                + "\(Timestamp(date).minuteText). What is signed is never changed; write an "
                + "addendum."
        case .notReady(let study, let obstacles):
            "study \(study.rawValue) cannot be signed yet: \(obstacles.joined(separator: "; "))."
        case .moveNotAllowed(let study, let state, let move):
            "study \(study.rawValue) is \(state.word); \(move.rawValue) is not allowed from there."
        default: ""
        }
    }
}

/// The system's words for an error number.
func systemReason(_ code: Int32) -> String { String(cString: strerror(code)) }

extension Timestamp {
    /// `2026-11-21 12:00 UTC`.
    var minuteText: String { "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC" }
}
