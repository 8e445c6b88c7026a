// Under which rules the records are opened: a change of them is an event of the trail.

import Foundation
import GRDB
import Radiology

extension RecordStore {
    /// Compares the rules with those of the opening before, and records where they differ.
    ///
    /// What the trail says is which rule changed and the SHA-256 of its new text; the files
    /// themselves are the site's.
    func recordConfiguration() throws(RecordsError) {
        let rules: [String: String]
        do {
            rules = try Self.rules(settings)
        } catch {
            throw .damaged(task: .open, detail: "the settings cannot be written down")
        }
        let text = CanonicalJSON.object(rules.mapValues { .string($0) }).text
        let stored = try read(.open) { db in try Self.storedRules(db) }
        if stored == text { return }
        try write(.open) { db in
            let before = try Self.storedRules(db)
            if before == text { return }
            try db.execute(
                sql: "INSERT OR REPLACE INTO home_state VALUES ('configuration', ?)",
                arguments: [text])
            // A new home starts with its rules; nothing changed.
            guard let before else { return }
            let known =
                (try? JSONDecoder().decode([String: String].self, from: Data(before.utf8))) ?? [:]
            let changed = rules.filter { known[$0.key] != $0.value }
            try db.appendAudit(
                .configurationChanged, study: nil, actor: ReaderID("system"), at: now,
                detail: changed.mapValues { .string($0) })
        }
    }

    private static func storedRules(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM home_state WHERE name = 'configuration'")
    }

    /// The SHA-256 of each rule's text; the seed of peer review is in none but its own.
    private static func rules(_ settings: RecordSettings) throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func digest(_ value: some Encodable) throws -> String {
            ContentHash(of: [UInt8](try encoder.encode(value))).hexadecimal
        }
        let secrets = settings.secrets
        return [
            "critical": try digest(settings.critical.inOrder),
            "peer_review": try digest(settings.peers),
            "retention": try digest(settings.retention),
            "first_impression": try digest([settings.requiresFirstImpression]),
            "secrets": try digest([
                Double(secrets.lengthMin), Double(secrets.lengthMax),
                Double(secrets.failuresBorne), secrets.lockSeconds, secrets.lockSecondsMax,
            ]),
        ]
    }
}

extension CriticalPolicy {
    /// The policy as texts in a fixed order: sets have none of their own.
    fileprivate var inOrder: [String] {
        [name, defaultCategory] + hook
            + categories.map { "\($0.name) \($0.acrCategory) \($0.limitSeconds)" }
            + rules.map { rule in
                let threshold = rule.threshold.map { "\($0)" } ?? "-"
                return "\(rule.pathology.rawValue) \(threshold) \(rule.category) "
                    + rule.dismissedBy.text
            } + escalation.map { "\($0.share) \($0.to)" }
    }
}
