// Taking images in: bytes first, then the rows that name them.

import Foundation
import GRDB
import Radiology

/// An image that was decoded and may be stored.
public struct ImportCandidate: Sendable {
    /// What the file says of patient, study and image.
    public var header: ImageHeader
    /// The file's bytes as they were read.
    public var bytes: [UInt8]
    /// The file's name, the last component of its path.
    public var sourceName: String
    /// What had to be decided or left out while the file was read.
    public var notes: [String]

    /// Makes a candidate.
    public init(header: ImageHeader, bytes: [UInt8], sourceName: String, notes: [String] = []) {
        self.header = header
        self.bytes = bytes
        self.sourceName = sourceName
        self.notes = notes
    }
}

/// What became of a candidate.
public enum ImportOutcome: Hashable, Sendable {
    /// Stored as a new image.
    case imported(study: StudyID, image: ImageID)
    /// The same image with the same bytes is there; nothing was changed.
    case alreadyPresent(study: StudyID, image: ImageID)
    /// Refused, with the reason in a sentence: the same SOP Instance UID stands for other bytes.
    case conflict(reason: String)
}

extension RecordStore {
    /// Stores images, all in one transaction; when it returns they survive a power failure.
    ///
    /// The same image twice is one image; the same SOP Instance UID with other bytes is refused.
    /// Giving several images at once saves disk flushes. The file of an image that is known
    /// is put back where it is missing or is not what was stored.
    /// - Returns: an outcome for each candidate, in order.
    /// - Throws: `diskFull`, `readOnlyHome`, ...: then nothing of the call was kept.
    public func importImages(
        _ candidates: [ImportCandidate], actor: ReaderID
    ) throws(RecordsError) -> [ImportOutcome] {
        if isReadOnly { throw .openedReadOnly(task: .importImages) }
        try requireSelf(actor, .importImages)
        let arrivals = candidates.mappedSideBySide { Arrival($0) }
        let known = try read(.importImages) { db in
            try arrivals.map { try knownImage(db, $0.image.sopInstanceUID) }
        }
        let isHeld = arrivals.mappedSideBySide { self.objects.holds($0.object) }
        if let outcomes = Self.settled(arrivals, known: known, isHeld: isHeld) { return outcomes }
        let taken = arrivals.indices.filter { index in
            !isHeld[index]
                && (known[index]?.sha256 ?? arrivals[index].hash.hexadecimal)
                    == arrivals[index].hash.hexadecimal
        }.map { arrivals[$0] }
        do throws(RecordsError) {
            let news = Dictionary(taken.map { ($0.hash, $0.object) }, uniquingKeysWith: { $1 })
            try objects.store(Array(news.values))
            let outcomes = try write(.importImages) { db in
                try arrivals.map { try self.store($0, actor: actor, in: db) }
            }
            discardUnnamed(Self.refusedHashes(arrivals, outcomes).intersection(news.keys))
            return outcomes
        } catch {
            // Whoever holds the lock now would make us wait again; the next import finds the files.
            if error != .locked(task: .importImages) { discardUnnamed(Set(taken.map(\.hash))) }
            throw error
        }
    }

    /// Records that a file was refused.
    ///
    /// The file's name may hold a patient's, so the trail keeps its SHA-256: who has the file finds
    /// its event, nobody learns a name from it.
    /// - Parameter reason: a sentence without patient data; the file's name in it is left out.
    public func recordRefusal(
        name: String, reason: String, actor: ReaderID
    ) throws(RecordsError) {
        try requireSelf(actor, .recordRefusal)
        _ = try write(.recordRefusal) { db in
            try db.appendAudit(
                .refused, study: nil, actor: actor, at: self.now,
                detail: Self.refusalDetail(name: name, reason: reason))
        }
    }

    /// The bytes of a stored image, checked against their SHA-256.
    public func imageBytes(_ image: ImageID) throws(RecordsError) -> [UInt8] {
        let text = try read(.readImage) { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT sha256, removed_at FROM image WHERE id = ?",
                arguments: [image.rawValue])
            guard let row else { throw RecordsError.noSuchImage(image) }
            if let removed: Timestamp = try .stored(row[1] as String?) {
                throw RecordsError.imageRemoved(image: image, at: removed.date)
            }
            return row[0] as String
        }
        guard let expected = ContentHash(hexadecimal: text) else {
            throw .damaged(task: .readImage, detail: "image \(image.rawValue) has no valid hash")
        }
        guard let bytes = try objects.bytes(of: expected) else {
            throw .missingObject(image: image, sha256: expected)
        }
        let found = ContentHash(of: bytes)
        guard found == expected else {
            throw .changedObject(image: image, expected: expected, found: found)
        }
        return bytes
    }
}

/// A candidate with its hash and complete identifiers.
struct Arrival: Sendable {
    let header: ImageHeader
    let bytes: [UInt8]
    let hash: ContentHash
    let sourceName: String
    let notes: [String]

    var image: InstanceHeader { header.image }
    var object: ObjectStore.Object { ObjectStore.Object(hash: hash, bytes: bytes) }

    /// Hashes the bytes, and gives a file that states no UIDs some that its bytes decide.
    init(_ candidate: ImportCandidate) {
        bytes = candidate.bytes
        hash = ContentHash(of: candidate.bytes)
        sourceName = candidate.sourceName
        var header = candidate.header
        var notes = candidate.notes
        if header.image.sopInstanceUID.isEmpty {
            header.image.sopInstanceUID = hash.derivedUID
            notes.append("the file states no SOP Instance UID: one was made from its bytes")
        }
        if header.study.studyInstanceUID.isEmpty {
            let series = header.image.seriesInstanceUID
            header.study.studyInstanceUID = series.isEmpty ? header.image.sopInstanceUID : series
            notes.append("the file states no Study Instance UID: it stands as a study of its own")
        }
        self.header = header
        self.notes = notes
    }
}

extension ContentHash {
    /// A UID under `2.25` (PS3.5 B.2) from the first 128 bits, marked as a version 8 UUID (RFC
    /// 9562).
    var derivedUID: String {
        var value: UInt128 = 0
        for digit in hexadecimal.prefix(32) {
            value = value << 4 | UInt128(digit.hexDigitValue ?? 0)
        }
        value = value & ~(UInt128(0xF) << 76) | UInt128(8) << 76
        value = value & ~(UInt128(3) << 62) | UInt128(2) << 62
        return "2.25.\(value)"
    }
}

/// An image that is stored already.
private struct KnownImage {
    let image: ImageID
    let study: StudyID
    let sha256: String
    /// True where the rule of retention removed its file.
    let isRemoved: Bool
}

extension RecordStore {
    private func knownImage(_ db: Database, _ uid: String) throws -> KnownImage? {
        let statement = try db.cachedStatement(
            sql: "SELECT id, study_id, sha256, removed_at FROM image WHERE uid_hash = ?")
        let hash = Data(vault.searchHash("image", uid))
        return try Row.fetchOne(statement, arguments: [hash]).map { row in
            KnownImage(
                image: ImageID(row[0]), study: StudyID(row[1]), sha256: row[2],
                isRemoved: row[3] as String? != nil)
        }
    }

    /// The outcomes where nothing at all needs writing; nil otherwise.
    private static func settled(
        _ arrivals: [Arrival], known: [KnownImage?], isHeld: [Bool]
    ) -> [ImportOutcome]? {
        var outcomes: [ImportOutcome] = []
        for (index, arrival) in arrivals.enumerated() {
            guard let known = known[index], known.sha256 == arrival.hash.hexadecimal,
                isHeld[index], !known.isRemoved
            else { return nil }
            outcomes.append(.alreadyPresent(study: known.study, image: known.image))
        }
        return outcomes
    }

    private func store(
        _ arrival: Arrival, actor: ReaderID, in db: Database
    ) throws -> ImportOutcome {
        if let known = try knownImage(db, arrival.image.sopInstanceUID) {
            if known.sha256 == arrival.hash.hexadecimal {
                if known.isRemoved { try putBack(known, arrival, actor: actor, in: db) }
                return .alreadyPresent(study: known.study, image: known.image)
            }
            let reason =
                "the same SOP Instance UID stands for other bytes already (image "
                + "\(known.image.rawValue) of study \(known.study.rawValue)): the stored image was "
                + "kept, this file was not taken"
            try db.appendAudit(
                .refused, study: known.study, actor: actor, at: now,
                detail: Self.refusalDetail(name: arrival.sourceName, reason: reason))
            return .conflict(reason: reason)
        }
        // Seen under the write lock: whoever removes an unnamed object holds it too.
        if !objects.contains(arrival.hash, byteCount: arrival.bytes.count) {
            try objects.store([arrival.object])
        }
        let (study, said, notes) = try db.studyFor(arrival, at: now, vault)
        let image = try db.insertImage(arrival, notes: notes, study: study, at: now, vault)
        var detail = said
        detail["image"] = .integer(image.rawValue)
        detail["sha256"] = .string(arrival.hash.hexadecimal)
        detail["byte_count"] = .integer(Int64(arrival.bytes.count))
        try db.appendAudit(.imported, study: study, actor: actor, at: now, detail: detail)
        if detail["after_signature"] != nil {
            try db.appendAudit(
                .reopened, study: study, actor: actor, at: now,
                detail: ["image": .integer(image.rawValue), "for": .string("addendum")])
        }
        return .imported(study: study, image: image)
    }

    /// Takes the file of an image again that the rule of retention had removed.
    private func putBack(
        _ known: KnownImage, _ arrival: Arrival, actor: ReaderID, in db: Database
    ) throws {
        if !objects.contains(arrival.hash, byteCount: arrival.bytes.count) {
            try objects.store([arrival.object])
        }
        try db.execute(
            sql: "UPDATE image SET removed_at = NULL WHERE id = ?",
            arguments: [known.image.rawValue])
        try db.appendAudit(
            .imported, study: known.study, actor: actor, at: now,
            detail: [
                "image": .integer(known.image.rawValue), "sha256": .string(known.sha256),
                "after_retention": .boolean(true),
            ])
    }

    private static func refusalDetail(name: String, reason: String) -> [String: CanonicalJSON] {
        let shown = name.isEmpty ? reason : reason.replacing(name, with: "the file")
        return [
            "name_sha256": .string(ContentHash(of: Array(name.utf8)).hexadecimal),
            "reason": .string(shown.inert()),
        ]
    }

    private static func refusedHashes(
        _ arrivals: [Arrival], _ outcomes: [ImportOutcome]
    ) -> Set<ContentHash> {
        var hashes: Set<ContentHash> = []
        for (arrival, outcome) in zip(arrivals, outcomes) {
            if case .conflict = outcome { hashes.insert(arrival.hash) }
        }
        return hashes
    }

    /// Removes objects of a failed or refused import that no row names, under the write lock.
    ///
    /// Where even that
    /// fails they stay: an unnamed object harms nothing, and the next import of the file uses it.
    private func discardUnnamed(_ hashes: Set<ContentHash>) {
        if hashes.isEmpty { return }
        try? write(.importImages) { db in
            let unnamed = try hashes.filter { hash in
                try Int64.fetchOne(
                    db, sql: "SELECT id FROM image WHERE sha256 = ? LIMIT 1",
                    arguments: [hash.hexadecimal]) == nil
            }
            self.objects.remove(unnamed)
        }
    }
}
