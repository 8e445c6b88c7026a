// Accounts, and the proof that somebody logged in to one.

import Foundation
import Radiology

/// A person or machine that may use these records.
public struct Account: Hashable, Sendable, Identifiable {
    /// The account's name, which stands in every record of what it did.
    public let id: ReaderID
    /// The name that is printed under a signature.
    public let printedName: String
    /// What it is for.
    public let roles: Set<AccountRole>
    /// The operating-system user that is this account without a secret; nil where none is bound.
    public let operatingSystemUser: String?
    /// When it was made, UTC.
    public let createdAt: Date
    /// True where it may not be used.
    public let isDisabled: Bool
    /// True where the secret was set by somebody else and must be changed at the next log-in.
    public let mustChangeSecret: Bool
    /// Wrong secrets since the last right one.
    public let failureCount: Int
    /// Until when no secret is looked at; nil where it is not locked.
    public let lockedUntil: Date?
    /// The last log-in, UTC; nil where there was none.
    public let lastLogIn: Date?
}

/// What a new account starts with.
public struct NewAccount: Sendable {
    /// The account's name: 1 to 64 letters, digits, `.`, `_`, `-`.
    public var name: String
    /// The name that is printed under a signature.
    public var printedName: String
    /// What it is for.
    public var roles: Set<AccountRole>
    /// Its first secret.
    public var secret: String
    /// The operating-system user that is bound to it.
    public var operatingSystemUser: String?
    /// True where the secret must be changed at the first log-in.
    public var mustChangeSecret: Bool

    /// Gathers what an account starts with.
    public init(
        name: String, printedName: String, roles: Set<AccountRole>, secret: String,
        operatingSystemUser: String? = nil, mustChangeSecret: Bool = false
    ) {
        self.name = name
        self.printedName = printedName
        self.roles = roles
        self.secret = secret
        self.operatingSystemUser = operatingSystemUser
        self.mustChangeSecret = mustChangeSecret
    }
}

/// Somebody who logged in: what `RecordStore.acting(as:)` asks for.
///
/// Only this room makes one. It names the account; what the account may do is looked up again at
/// every operation, so that disabling it or taking a role away holds at once.
public struct Actor: Hashable, Sendable {
    /// The account.
    public let id: ReaderID
    /// The name that is printed under a signature.
    public let printedName: String
    /// The roles at log-in, for screens; operations look them up again.
    public let roles: Set<AccountRole>
    /// This log-in, among those of the same account.
    public let session: String
    /// The log-in before this one, UTC; nil where there was none.
    public let previousLogIn: Date?
    /// Wrong secrets between the last log-in and this one.
    public let failureCount: Int
    /// True where the secret must be changed before anything else.
    public let mustChangeSecret: Bool
    /// The reason of emergency access; nil for an ordinary log-in.
    public let emergencyReason: String?
    /// What an administrator must know since the last log-in (emergency access by others).
    public let notices: [String]

    /// The line that greets after a log-in: when the last one was, and what failed since.
    public var lastLogInNotice: String {
        let last = previousLogIn.map { "last log-in \(Timestamp($0).minuteText)" }
        let failed = failureCount == 1 ? "1 wrong secret" : "\(failureCount) wrong secrets"
        return (last ?? "first log-in") + (failureCount > 0 ? "; \(failed) since" : "")
    }
}
