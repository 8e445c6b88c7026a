// What a site or a reader configured of the workstation; may change while it runs.

import Radiology

/// Preferences of the screens; every one has a default that is safe.
public struct Settings: Sendable, Equatable {
    /// True to hide the AI until the reader has recorded a first impression of the study.
    public var showsImpressionFirst = false
    /// The wait after which no less urgent, younger study is offered first, in seconds.
    public var waitingCapSeconds = WorklistOrder.waitingCapSeconds
    /// The worklist's order at the start.
    public var order = WorklistOrder.suspicion
    /// The worklist's columns; empty for those that fit best.
    public var columns: [ListColumnName] = []
    /// Tabs of the reader's own, after those that are always there.
    public var savedFilters: [SavedFilter] = []
    /// True to take mouse reports (select with Shift then).
    public var usesMouse = true
    /// True where what is copied may hold the patient's name and identifiers.
    public var copiesPatientData = false
    /// The keys that differ from the table's own.
    public var keys = KeyMap()

    /// Makes the default settings.
    public init() {}
}

/// A filter kept under a name.
public struct SavedFilter: Sendable, Equatable {
    /// The tab's title.
    public let name: String
    /// What it holds, as the filter field takes it.
    public let query: WorklistQuery

    /// Names a query.
    public init(name: String, query: WorklistQuery) {
        self.name = name
        self.query = query
    }
}

/// The columns that a worklist may have, by the names of config.toml.
public enum ListColumnName: String, Sendable, CaseIterable {
    /// The letter or shape of the state.
    case mark
    /// The time since the study was received.
    case wait
    /// The patient's name.
    case patient
    /// Age and sex.
    case age
    /// The patient's identifier.
    case identifier
    /// The accession number.
    case accession
    /// Technique and description.
    case study
    /// When it was received.
    case received
    /// The top finding with its bar and probability.
    case finding
    /// Where the reading stands.
    case state
    /// The model that answered.
    case model
}
