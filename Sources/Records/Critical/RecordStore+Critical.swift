// Critical results: raised with the analysis, communicated or dismissed by people, escalated by time.

import Foundation
import GRDB
import Radiology

/// Something about a critical result that a hook program is told.
public struct CriticalAnnouncement: Hashable, Sendable {
    /// Why: `new`, `escalated` or `overdue`.
    public let event: String
    /// The result.
    public let result: CriticalResult
    /// Whom the escalation names; empty otherwise.
    public let to: String

    /// The arguments for a hook program: no patient's name, identifier or date.
    public var arguments: [String] {
        [
            event, "\(result.id)", "\(result.study.rawValue)", result.pathology.rawValue,
            result.category.name, Timestamp(result.dueAt).text, to,
        ]
    }
}

extension RecordStore {
    /// Critical results by due time: open ones, or all since a moment.
    public func criticalResults(
        since: Date? = nil, study: StudyID? = nil
    ) throws(RecordsError) -> [CriticalResult] {
        try read(.readCritical) { db in
            let results = try db.criticalResults(
                vault, study: study, number: nil,
                scope: since == nil && study == nil ? .open : .all)
            return since.map { since in results.filter { $0.raisedAt >= since } } ?? results
        }
    }

    /// Records that somebody was told, or that an attempt failed.
    public func recordCommunication(
        _ communication: Communication, about number: Int64, reader: ReaderID
    ) throws(RecordsError) {
        try requireSelf(reader, .communicate)
        let means = communication.means.trimmingSpaces()
        let whom = communication.toldWhom.trimmingSpaces()
        guard !means.isEmpty, !whom.isEmpty else { throw .communicationIncomplete }
        if communication.hasSucceeded && !communication.isReadBack
            && communication.comment.trimmingSpaces().isEmpty
        {
            throw .readBackMissing
        }
        try write(.communicate) { db in
            let result = try db.openCriticalResult(number, vault)
            let kind: CriticalStep.Kind = communication.hasSucceeded ? .communicated : .attempted
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let text = String(decoding: try encoder.encode(communication), as: UTF8.self)
            let detail: [String: CanonicalJSON] = [
                "critical": .integer(number), "pathology": .string(result.pathology.rawValue),
                "succeeded": .boolean(communication.hasSucceeded),
                "read_back": .boolean(communication.isReadBack),
                "record_sha256": .string(ContentHash(of: Array(text.utf8)).hexadecimal),
            ]
            try addStep(kind, to: result, by: reader, text: text, detail: detail, in: db)
        }
    }

    /// Dismisses a critical result as false; the rule says which roles may.
    public func dismissCritical(
        _ number: Int64, reason: String, reader: ReaderID
    ) throws(RecordsError) {
        try requireSelf(reader, .dismissCritical)
        guard reason.filter({ !$0.isWhitespace }).count >= 8, reason.count <= 500 else {
            throw .reasonMissing(task: .dismissCritical)
        }
        try write(.dismissCritical) { db in
            let result = try db.openCriticalResult(number, vault)
            let allowed = settings.critical.dismissedBy(result.pathology)
            if let actor, actor.roles.isDisjoint(with: allowed) {
                throw RecordsError.notPermitted(task: .dismissCritical, roles: actor.roles)
            }
            let detail: [String: CanonicalJSON] = [
                "critical": .integer(number), "pathology": .string(result.pathology.rawValue),
                "reason_sha256": .string(ContentHash(of: Array(reason.utf8)).hexadecimal),
            ]
            try addStep(.dismissed, to: result, by: reader, text: reason, detail: detail, in: db)
        }
    }

    /// Takes what has come due: new results, escalation steps; each is given once, however often
    /// and by however many processes this is asked.
    public func takeAnnouncements(actor: ReaderID) throws(RecordsError) -> [CriticalAnnouncement] {
        try write(.announce) { db in
            var announcements: [CriticalAnnouncement] = []
            for result in try db.criticalResults(
                vault, study: nil, number: nil, scope: .open)
            {
                if !result.steps.contains(where: { $0.kind == .announced }) {
                    announcements.append(
                        CriticalAnnouncement(event: "new", result: result, to: ""))
                    try addStep(.announced, to: result, by: actor, text: "new", in: db)
                }
                let done = result.steps.count { $0.kind == .escalated }
                for step in settings.critical.escalation.dropFirst(done)
                where result.shareGone(at: now.date) >= step.share {
                    announcements.append(
                        CriticalAnnouncement(
                            event: step.share >= 1 ? "overdue" : "escalated", result: result,
                            to: step.to))
                    try addStep(.escalated, to: result, by: actor, text: step.to, in: db)
                }
            }
            return announcements
        }
    }

    /// Figures on critical results that were raised since a moment, with their trend by the
    /// calendar days of a time zone.
    ///
    /// Those of studies that retention removed are counted too: their times stay in the records.
    /// - Parameter category: the name of the only category to count; nil for all.
    public func criticalStatistics(
        since: Date, in timeZone: TimeZone, category: String? = nil
    ) throws(RecordsError) -> CriticalStatistics {
        try read(.viewStatistics) { db in
            let results = try db.criticalResults(vault, study: nil, number: nil, scope: .figures)
            let rows = try Row.fetchAll(
                db, sql: "SELECT reader, signed_at FROM sign_off WHERE signed_at >= ?",
                arguments: [Timestamp(since).text])
            let hours = Set(rows.map { "\($0[0] as String) \(($0[1] as String).prefix(13))" })
            let first: Timestamp? = try .stored(
                String.fetchOne(
                    db, sql: "SELECT timestamp FROM audit_event ORDER BY sequence LIMIT 1"))
            let begin = ([first?.date] + results.map(\.raisedAt)).compactMap { $0 }.min()
            return CriticalStatistics(
                results.filter { result in
                    result.raisedAt >= since && category.map { $0 == result.category.name } ?? true
                }, readerHours: hours.count,
                span: CriticalSpan(
                    since: since, now: now.date, recordsBegin: begin, timeZone: timeZone))
        }
    }

    /// Raises what the site's rules find critical in an analysis, once for each pathology.
    func raiseCriticalResults(
        of analysis: Analysis, study: StudyID, actor: ReaderID, in db: Database
    ) throws {
        for finding in analysis.findings {
            guard let category = settings.critical.category(of: finding) else { continue }
            let known = try Int64.fetchOne(
                db, sql: "SELECT number FROM critical_result WHERE study_id = ? AND pathology = ?",
                arguments: [study.rawValue, finding.pathology.rawValue])
            if known != nil { continue }
            let now = self.now
            try db.execute(
                sql: """
                    INSERT INTO critical_result (study_id, pathology, category, acr_category,
                    limit_seconds, rule, analysis, raised_at, due_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    study.rawValue, finding.pathology.rawValue, category.name,
                    category.acrCategory, category.limitSeconds,
                    finding.criticalRule ?? settings.critical.name, analysis.id.rawValue, now.text,
                    now.adding(seconds: category.limitSeconds).text,
                ])
            try db.appendAudit(
                .criticalRaised, study: study, actor: actor, at: now,
                detail: [
                    "critical": .integer(db.lastInsertedRowID),
                    "pathology": .string(finding.pathology.rawValue),
                    "category": .string(category.name),
                ])
        }
    }

    private func addStep(
        _ kind: CriticalStep.Kind, to result: CriticalResult, by reader: ReaderID, text: String,
        detail: [String: CanonicalJSON]? = nil, in db: Database
    ) throws {
        let id = try Int64.fetchOne(
            db, sql: "SELECT coalesce(max(id), 0) + 1 FROM critical_step")
        let number = id ?? 1
        try db.execute(
            sql: """
                INSERT INTO critical_step (id, critical_result, kind, at, by, sealed)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                number, result.id, kind.rawValue, now.text, reader.rawValue,
                try vault.sealText(text, Vault.criticalStep(number)),
            ])
        let audited: AuditEventKind =
            switch kind {
            case .attempted, .communicated: .criticalCommunicated
            case .dismissed: .criticalDismissed
            case .escalated, .announced: .criticalAnnounced
            }
        try db.appendAudit(
            audited, study: result.study, actor: reader, at: now,
            detail: detail ?? [
                "critical": .integer(result.id), "step": .string(kind.rawValue),
                "words": .string(text),
            ])
    }
}

extension Vault {
    /// What a sealed step belongs to.
    static func criticalStep(_ number: Int64) -> String { "critical-step:\(number)" }
}

extension Database {
    fileprivate func openCriticalResult(_ number: Int64, _ vault: Vault) throws -> CriticalResult {
        guard let result = try criticalResults(vault, study: nil, number: number).first else {
            throw RecordsError.noSuchCriticalResult(number)
        }
        if let ending = result.ending {
            throw RecordsError.criticalResultEnded(number, by: ending.by, at: ending.at)
        }
        return result
    }

    /// Which critical results are read, and how much of them.
    enum CriticalScope {
        /// Those of studies that are here.
        case all
        /// Those of studies that are here and that nobody ended.
        case open
        /// All that ever were, without the words that retention may have emptied.
        case figures

        fileprivate var condition: String {
            switch self {
            case .all: "s.removed_at IS NULL"
            case .open:
                """
                s.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM critical_step e
                WHERE e.critical_result = c.number AND e.kind IN ('communicated', 'dismissed'))
                """
            case .figures: "TRUE"
            }
        }
    }

    /// Critical results with their steps, by due time.
    func criticalResults(
        _ vault: Vault, study: StudyID?, number: Int64?, scope: CriticalScope = .all
    ) throws -> [CriticalResult] {
        var steps: [Int64: [CriticalStep]] = [:]
        let stepRows = try Row.fetchAll(
            self,
            sql: """
                SELECT t.critical_result, t.id, t.kind, t.at, t.by, t.sealed FROM critical_step t
                JOIN critical_result c ON c.number = t.critical_result
                JOIN study s ON s.id = c.study_id
                WHERE \(scope.condition) AND (? IS NULL OR t.critical_result = ?)
                ORDER BY t.id
                """, arguments: [number, number])
        for row in stepRows {
            steps[row[0], default: []].append(
                try Self.step(row, scope == .figures ? nil : vault))
        }
        let rows = try Row.fetchAll(
            self,
            sql: """
                SELECT c.number, c.study_id, c.pathology, c.category, c.acr_category,
                c.limit_seconds, c.rule, c.raised_at, c.due_at, s.received_at, s.opened_at
                FROM critical_result c JOIN study s ON s.id = c.study_id
                WHERE \(scope.condition) AND (? IS NULL OR c.study_id = ?)
                AND (? IS NULL OR c.number = ?)
                ORDER BY c.due_at, c.number
                """, arguments: [study?.rawValue, study?.rawValue, number, number])
        return try rows.map { row in
            let raised: Timestamp = try .stored(row[7] as String)
            let due: Timestamp = try .stored(row[8] as String)
            let received: Timestamp = try .stored(row[9] as String)
            let opened: Timestamp? = try .stored(row[10] as String?)
            return CriticalResult(
                id: row[0], study: StudyID(row[1]), pathology: Pathology(row[2]),
                category: CriticalCategory(
                    name: row[3], acrCategory: row[4], limitSeconds: row[5]), rule: row[6],
                raisedAt: raised.date, dueAt: due.date, receivedAt: received.date,
                openedAt: opened?.date, steps: steps[row[0]] ?? [])
        }
    }

    /// A step as stored; without the vault, without its words.
    private static func step(_ row: Row, _ vault: Vault?) throws -> CriticalStep {
        guard let kind = CriticalStep.Kind(rawValue: row[2]) else {
            throw RecordsError.damaged(task: .readCritical, detail: "unknown kind of step")
        }
        let at: Timestamp = try .stored(row[3] as String)
        guard let vault else { return CriticalStep(kind: kind, at: at.date, by: ReaderID(row[4])) }
        let text = try vault.openText(row[5], Vault.criticalStep(row[1]))
        let isCommunication = kind == .attempted || kind == .communicated
        return CriticalStep(
            kind: kind, at: at.date, by: ReaderID(row[4]),
            communication: isCommunication
                ? try JSONDecoder().decode(Communication.self, from: Data(text.utf8)) : nil,
            words: isCommunication ? "" : text)
    }
}
