// What a person may do here: roles, permissions, and the one table that joins them.

/// What an account is for; an account may have several.
public enum AccountRole: String, Codable, Sendable, CaseIterable {
    /// Reads and signs final reports.
    case reader
    /// Reads and signs preliminary reports only.
    case resident
    /// Manages people, backups, keys and retention; sees no study without another role.
    case administrator
    /// Reads and checks the audit trail; sees no patient data beyond it.
    case auditor
    /// A machine that imports and analyses.
    case service

    /// What the role may do: the one table of permissions.
    public var permissions: Set<Permission> {
        switch self {
        case .reader:
            [
                .readImages, .viewStudies, .importStudies, .analyse, .read, .signPreliminary,
                .signFinal, .communicate, .dismissCritical, .scorePeers, .viewStatistics,
            ]
        case .resident:
            [
                .readImages, .viewStudies, .importStudies, .analyse, .read, .signPreliminary,
                .communicate,
            ]
        case .administrator: [.managePeople, .readAudit, .maintain, .viewStatistics]
        case .auditor: [.readAudit, .viewStatistics]
        case .service: [.readImages, .importStudies, .analyse]
        }
    }

    /// One line for help and documentation.
    public var words: String {
        switch self {
        case .reader: "reads studies, signs preliminary and final reports"
        case .resident: "reads studies, signs preliminary reports only"
        case .administrator: "manages people, backups, keys, retention; sees no study"
        case .auditor: "reads and checks the audit trail; sees no patient data beyond it"
        case .service: "a machine: imports and analyses"
        }
    }
}

/// Something that may be allowed or not.
public enum Permission: String, Codable, Sendable, CaseIterable {
    /// Read the bytes of stored images.
    case readImages
    /// See the worklist and the studies in it.
    case viewStudies
    /// Take images in.
    case importStudies
    /// Store what models say.
    case analyse
    /// Take studies for reading, keep drafts.
    case read
    /// Sign a preliminary report.
    case signPreliminary
    /// Sign a final report or an addendum.
    case signFinal
    /// Record that a critical result was communicated.
    case communicate
    /// Dismiss a critical result as false.
    case dismissCritical
    /// Score the reports of others.
    case scorePeers
    /// See figures about readers and critical results.
    case viewStatistics
    /// Add and change accounts.
    case managePeople
    /// Read, check and export the audit trail.
    case readAudit
    /// Back up, restore, rotate keys, remove by the rules of retention.
    case maintain
}

extension Set<AccountRole> {
    /// What an account with these roles may do.
    public var permissions: Set<Permission> {
        reduce(into: []) { $0.formUnion($1.permissions) }
    }

    /// The roles' names in their usual order, joined by commas.
    public var text: String {
        AccountRole.allCases.filter(contains).map(\.rawValue).joined(separator: ",")
    }
}
