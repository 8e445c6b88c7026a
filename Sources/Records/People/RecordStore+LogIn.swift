// Who is there: log-in, secrets, locks, emergency access.

import Foundation
import GRDB
import Radiology

extension RecordStore {
    /// This store for somebody who logged in: the same database, with their permissions.
    public func acting(as actor: Actor) -> RecordStore { RecordStore(self, actor: actor) }

    /// Logs in with a secret.
    ///
    /// An unknown name, a wrong secret and a disabled account are told apart in the trail only.
    /// - Parameter emergencyReason: asks for emergency access: an account sees studies that its
    ///   roles do not show, signs nothing, and every administrator is told at the next log-in.
    /// - Throws: `logInRefused`, `accountLocked` with the moment when it may be tried again.
    public func logIn(
        _ name: ReaderID, secret: String, session: String, emergencyReason: String? = nil
    ) throws(RecordsError) -> Actor {
        if let emergencyReason { try Self.checkReason(emergencyReason) }
        try checkSecret(secret, of: name, purpose: "log-in")
        return try finishLogIn(
            name, session: session, means: "secret", emergencyReason: emergencyReason)
    }

    /// Logs in the account that is bound to an operating-system user; nil where none is.
    ///
    /// The caller asks the system who runs the program; signing asks for the secret all the same.
    public func logIn(
        operatingSystemUser: String, session: String
    ) throws(RecordsError) -> Actor? {
        let name = try read(.logIn) { db in
            try String.fetchOne(
                db, sql: "SELECT name FROM account WHERE os_user = ? AND NOT is_disabled",
                arguments: [operatingSystemUser])
        }
        guard let name else { return nil }
        return try finishLogIn(
            ReaderID(name), session: session, means: "operating system", emergencyReason: nil)
    }

    /// Checks the acting account's secret again: before a signature, or to unlock a screen.
    ///
    /// Wrong ones count as at log-in and lock the account as there.
    public func confirmSecret(_ secret: String, purpose: String) throws(RecordsError) {
        guard let actorID else { throw .notLoggedIn(task: .logIn) }
        try checkSecret(secret, of: actorID, purpose: purpose)
    }

    /// Changes the acting account's own secret.
    public func changeSecret(from old: String, to new: String) throws(RecordsError) {
        guard let actorID else { throw .notLoggedIn(task: .logIn) }
        try checkSecret(old, of: actorID, purpose: "secret change")
        if old == new { throw .secretRefused("it is the old one") }
        let hash = try secretHash(new, account: actorID.rawValue)
        _ = try write(.logIn) { db in
            try db.execute(
                sql: "UPDATE account SET secret = ?, must_change = 0 WHERE name = ?",
                arguments: [hash.text, actorID.rawValue])
            try db.appendAudit(.secretChanged, study: nil, actor: actorID, at: now, detail: [:])
        }
    }

    /// Records that the acting account's screen was locked, unlocked or left.
    public func recordScreen(
        _ kind: AuditEventKind, reason: String = ""
    ) throws(RecordsError) {
        guard let actor else { return }
        let allowed: Set<AuditEventKind> = [.screenLocked, .screenUnlocked, .loggedOut]
        precondition(allowed.contains(kind), "only what happens to a screen")
        _ = try write(.logIn) { db in
            try db.appendAudit(
                kind, study: nil, actor: actor.id, at: now,
                detail: ["session": .string(actor.session), "reason": .string(reason)])
        }
    }

    private static func checkReason(_ reason: String) throws(RecordsError) {
        guard reason.filter({ !$0.isWhitespace }).count >= 8, reason.count <= 500 else {
            throw .reasonMissing(task: .logIn)
        }
    }

    private func finishLogIn(
        _ name: ReaderID, session: String, means: String, emergencyReason: String?
    ) throws(RecordsError) -> Actor {
        if isReadOnly {
            return try read(.logIn) { db in
                guard let row = try db.accountRow(name) else { throw RecordsError.logInRefused }
                return try Self.actor(row, session: session, notices: [], emergencyReason)
            }
        }
        return try write(.logIn) { db in
            guard let row = try db.accountRow(name) else { throw RecordsError.logInRefused }
            let account = try AccountRow.account(row)
            let notices = try takeNotices(of: account, in: db)
            let actor = try Self.actor(row, session: session, notices: notices, emergencyReason)
            try db.execute(
                sql: """
                    UPDATE account SET last_log_in = ?, failures = 0, locked_until = NULL
                    WHERE name = ?
                    """, arguments: [now.text, account.id.rawValue])
            var detail: [String: CanonicalJSON] = [
                "session": .string(session), "means": .string(means),
            ]
            if let emergencyReason {
                detail["reason"] = .string(emergencyReason.inert())
                try addNotices(
                    "emergency access by \(account.id.rawValue) at \(now.minuteText): "
                        + emergencyReason.inert(), in: db)
            }
            try db.appendAudit(
                emergencyReason == nil ? .loggedIn : .emergencyAccess, study: nil,
                actor: account.id, at: now, detail: detail)
            return actor
        }
    }

    private static func actor(
        _ row: Row, session: String, notices: [String], _ emergencyReason: String?
    ) throws -> Actor {
        let account = try AccountRow.account(row)
        return Actor(
            id: account.id, printedName: account.printedName, roles: account.roles,
            session: session, previousLogIn: account.lastLogIn,
            failureCount: account.failureCount, mustChangeSecret: account.mustChangeSecret,
            emergencyReason: emergencyReason, notices: notices)
    }

    private func takeNotices(of account: Account, in db: Database) throws -> [String] {
        let arguments: StatementArguments = [account.id.rawValue]
        let texts = try String.fetchAll(
            db,
            sql: "SELECT text FROM notice WHERE account = ? AND seen_at IS NULL ORDER BY number",
            arguments: arguments)
        try db.execute(
            sql: "UPDATE notice SET seen_at = ? WHERE account = ? AND seen_at IS NULL",
            arguments: [now.text] + arguments)
        return texts
    }

    /// Leaves a notice for every administrator's next log-in.
    private func addNotices(_ text: String, in db: Database) throws {
        let accounts = try Row.fetchAll(db, sql: AccountRow.query).map(AccountRow.account)
        for account in accounts where account.roles.contains(.administrator) {
            try db.execute(
                sql: "INSERT INTO notice (account, raised_at, text) VALUES (?, ?, ?)",
                arguments: [account.id.rawValue, now.text, text])
        }
    }

    /// Throws unless the secret is the account's; counts and records a wrong one.
    private func checkSecret(
        _ secret: String, of name: ReaderID, purpose: String
    ) throws(RecordsError) {
        let row = try read(.logIn) { db in try db.accountRow(name) }
        let hash: String? = row?[10]
        if let row, let until = try lockEnd(row) { throw .accountLocked(until: until) }
        let isRight: Bool
        do {
            // An unknown name takes the time of a known one.
            let cost = settings.secrets.cost
            isRight =
                try hash.map { try SecretHash(text: $0).matches(secret) }
                ?? (SecretHash(of: secret, cost: cost).text.isEmpty)
        } catch {
            throw RecordsError(error, task: .logIn, home: home)
        }
        let isDisabled: Bool = row?[5] ?? false
        if isRight && !isDisabled { return }
        if isReadOnly { throw .logInRefused }
        _ = try write(.logIn) { db in
            let cause = row == nil ? "unknown" : isRight ? "disabled" : "secret"
            try countFailure(of: name, isCounted: row != nil && !isRight, in: db)
            try db.appendAudit(
                .logInFailed, study: nil, actor: row == nil ? ReaderID("unknown") : name, at: now,
                detail: ["purpose": .string(purpose), "cause": .string(cause)])
        }
        throw .logInRefused
    }

    private func countFailure(of name: ReaderID, isCounted: Bool, in db: Database) throws {
        guard isCounted, let row = try db.accountRow(name) else { return }
        let failures = (row[7] as Int) + 1
        let seconds = settings.secrets.lockSeconds(afterFailures: failures)
        try db.execute(
            sql: """
                UPDATE account SET failures = ?, last_failure = ?, locked_until = ? WHERE name = ?
                """,
            arguments: [
                failures, now.text, seconds > 0 ? now.adding(seconds: seconds).text : nil,
                name.rawValue,
            ])
    }

    /// Until when an account is locked; nil where it is not.
    private func lockEnd(_ row: Row) throws(RecordsError) -> Date? {
        do {
            guard let until: Timestamp = try .stored(row[8] as String?), until > now else {
                return nil
            }
            return until.date
        } catch {
            throw RecordsError(error, task: .logIn, home: home)
        }
    }
}

extension RecordStore {
    /// What emergency access adds to an account's permissions.
    static let emergencyPermissions: Set<Permission> = [
        .viewStudies, .readImages, .read, .communicate,
    ]

    /// Throws unless whoever acts may do a thing; homes without accounts ask nobody.
    func authorize(_ task: RecordsTask, in db: Database) throws {
        guard let permission = task.permission else { return }
        guard let actor else {
            if try db.hasAccounts() { throw RecordsError.notLoggedIn(task: task) }
            return
        }
        guard let row = try db.accountRow(actor.id) else {
            throw RecordsError.notLoggedIn(task: task)
        }
        let account = try AccountRow.account(row)
        if account.isDisabled { throw RecordsError.notLoggedIn(task: task) }
        if account.mustChangeSecret { throw RecordsError.secretMustBeChanged(task: task) }
        var permissions = account.roles.permissions
        if actor.emergencyReason != nil { permissions.formUnion(Self.emergencyPermissions) }
        guard permissions.contains(permission) else {
            throw RecordsError.notPermitted(task: task, roles: account.roles)
        }
    }

    /// Throws where somebody else is named than the one who logged in.
    func requireSelf(_ reader: ReaderID, _ task: RecordsTask) throws(RecordsError) {
        if let actorID, actorID != reader { throw .notYourself(task: task) }
    }
}
