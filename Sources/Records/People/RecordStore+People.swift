// Accounts as administrators manage them.

import Foundation
import GRDB
import Radiology

extension RecordStore {
    /// True where the home has accounts: every operation then needs an actor.
    ///
    /// A home without accounts is open to whoever may read its files, as before accounts existed.
    public func hasAccounts() throws(RecordsError) -> Bool {
        try read(.watch) { db in try db.hasAccounts() }
    }

    /// All accounts by name.
    public func accounts() throws(RecordsError) -> [Account] {
        try read(.managePeople) { db in
            try Row.fetchAll(db, sql: AccountRow.query + " ORDER BY name").map(AccountRow.account)
        }
    }

    /// Adds an account.
    ///
    /// The first of a home needs no actor and must be an administrator; from then on the home asks
    /// everybody to log in.
    public func addAccount(_ new: NewAccount) throws(RecordsError) {
        let hash = try secretHash(new.secret, account: new.name)
        try write(.managePeople) { db in
            try Self.check(new, isFirst: try !db.hasAccounts())
            guard try db.accountRow(ReaderID(new.name)) == nil else {
                throw RecordsError.accountExists(ReaderID(new.name))
            }
            try db.execute(
                sql: """
                    INSERT INTO account (name, printed_name, roles, secret, os_user, created_at,
                    must_change) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    new.name, new.printedName, new.roles.text, hash.text, new.operatingSystemUser,
                    now.text, new.mustChangeSecret,
                ])
            try db.appendAudit(
                .accountAdded, study: nil, actor: actorID ?? ReaderID(new.name), at: now,
                detail: [
                    "account": .string(new.name), "roles": .string(new.roles.text),
                    "operating_system_user": new.operatingSystemUser.map { .string($0) } ?? .null,
                ])
        }
    }

    /// Gives an account other roles.
    public func setRoles(_ roles: Set<AccountRole>, of account: ReaderID) throws(RecordsError) {
        try changeAccount(account, detail: ["roles": .string(roles.text)]) { db in
            guard !roles.isEmpty else { throw RecordsError.accountObjection("it has no role") }
            try db.execute(
                sql: "UPDATE account SET roles = ? WHERE name = ?",
                arguments: [roles.text, account.rawValue])
        }
    }

    /// Disables an account, or enables it again; what it did stays.
    public func setDisabled(_ isDisabled: Bool, account: ReaderID) throws(RecordsError) {
        try changeAccount(account, detail: ["disabled": .boolean(isDisabled)]) { db in
            try db.execute(
                sql: "UPDATE account SET is_disabled = ? WHERE name = ?",
                arguments: [isDisabled, account.rawValue])
        }
    }

    /// Gives an account a new secret that must be changed at the next log-in, and ends its lock.
    public func resetSecret(of account: ReaderID, to secret: String) throws(RecordsError) {
        let hash = try secretHash(secret, account: account.rawValue)
        try changeAccount(account, detail: ["secret": .string("reset")]) { db in
            try db.execute(
                sql: """
                    UPDATE account SET secret = ?, must_change = 1, failures = 0,
                    locked_until = NULL WHERE name = ?
                    """, arguments: [hash.text, account.rawValue])
        }
    }

    /// Binds an operating-system user to an account, or unbinds it (nil).
    public func bind(
        operatingSystemUser: String?, to account: ReaderID
    ) throws(RecordsError) {
        let detail = operatingSystemUser.map { CanonicalJSON.string($0) } ?? .null
        try changeAccount(account, detail: ["operating_system_user": detail]) { db in
            try db.execute(
                sql: "UPDATE account SET os_user = ? WHERE name = ?",
                arguments: [operatingSystemUser, account.rawValue])
        }
    }

    private func changeAccount(
        _ account: ReaderID, detail: [String: CanonicalJSON], _ body: (Database) throws -> Void
    ) throws(RecordsError) {
        try write(.managePeople) { db in
            guard try db.accountRow(account) != nil else {
                throw RecordsError.noSuchAccount(account)
            }
            try body(db)
            let rest = try Row.fetchAll(db, sql: AccountRow.query).map(AccountRow.account)
            guard rest.contains(where: { $0.roles.contains(.administrator) && !$0.isDisabled })
            else { throw RecordsError.accountObjection("no administrator would be left") }
            var said = detail
            said["account"] = .string(account.rawValue)
            try db.appendAudit(
                .accountChanged, study: nil, actor: actorID ?? account, at: now, detail: said)
        }
    }

    /// Hashes a secret that the policy allows.
    func secretHash(_ secret: String, account: String) throws(RecordsError) -> SecretHash {
        if let objection = settings.secrets.objection(to: secret, account: account) {
            throw .secretRefused(objection)
        }
        do {
            return try SecretHash(of: secret, cost: settings.secrets.cost)
        } catch {
            throw .damaged(task: .logIn, detail: "scrypt failed")
        }
    }

    private static func check(_ new: NewAccount, isFirst: Bool) throws {
        let allowed = { (character: Character) in
            character.isASCII && (character.isLetter || character.isNumber)
                || ".-_".contains(character)
        }
        guard (1...64).contains(new.name.count), new.name.allSatisfy(allowed) else {
            throw RecordsError.accountObjection(
                "its name must be 1 to 64 letters, digits, dots, dashes or underscores")
        }
        guard !new.printedName.trimmingSpaces().isEmpty, new.printedName.count <= 128 else {
            throw RecordsError.accountObjection("its printed name must have 1 to 128 characters")
        }
        guard !new.roles.isEmpty else { throw RecordsError.accountObjection("it has no role") }
        if isFirst && !new.roles.contains(.administrator) {
            throw RecordsError.accountObjection("the first account must be an administrator")
        }
    }
}

/// The columns of an account and how they become one.
enum AccountRow {
    static let query = """
        SELECT name, printed_name, roles, os_user, created_at, is_disabled, must_change, failures,
        locked_until, last_log_in, secret, last_failure FROM account
        """

    static func account(_ row: Row) throws -> Account {
        let created: Timestamp = try .stored(row[4] as String)
        let locked: Timestamp? = try .stored(row[8] as String?)
        let last: Timestamp? = try .stored(row[9] as String?)
        return Account(
            id: ReaderID(row[0]), printedName: row[1], roles: roles(row[2]),
            operatingSystemUser: row[3], createdAt: created.date, isDisabled: row[5],
            mustChangeSecret: row[6], failureCount: row[7], lockedUntil: locked?.date,
            lastLogIn: last?.date)
    }

    static func roles(_ text: String) -> Set<AccountRole> {
        Set(text.split(separator: ",").compactMap { AccountRole(rawValue: String($0)) })
    }
}

extension Database {
    func hasAccounts() throws -> Bool {
        let statement = try cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM account)")
        return try Bool.fetchOne(statement) ?? false
    }

    func accountRow(_ account: ReaderID) throws -> Row? {
        let statement = try cachedStatement(sql: AccountRow.query + " WHERE name = ?")
        return try Row.fetchOne(statement, arguments: [account.rawValue])
    }
}
