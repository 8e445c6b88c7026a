// What a site or a reader configured of the workstation; may change while it runs.

import Foundation
import Imaging
import Radiology

/// Preferences of the screens; every one has a default that is safe.
public struct Settings: Sendable, Equatable {
    /// True to hide the AI until the reader has recorded a first impression of the study.
    public var showsImpressionFirst = false
    /// True where the site asks for a first impression: no key shows the AI without one.
    public var requiresFirstImpression = false
    /// Seconds without a key after which the screen locks; nil for never.
    public var lockAfterSeconds: Double?
    /// Texts to begin an impression with.
    public var templates = ReportTemplate.standard
    /// What stands for a longer text: `.name` and a space in a text field.
    public var macros: [String: String] = [:]
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
    /// What is known of the display; nil where nothing is.
    public var display: DisplayStatement?
    /// The keys that differ from the table's own.
    public var keys = KeyMap()

    /// Makes the default settings.
    public init() {}
}

/// What a site states of a display.
public struct DisplayStatement: Sendable, Equatable {
    /// Its luminances, by which pictures follow the grayscale standard display function.
    public let calibration: DisplayCalibration
    /// The day, `YYYY-MM-DD`, on which it was last checked with the test patterns; nil for never.
    public let checkedOn: String?

    /// Makes a statement.
    public init(calibration: DisplayCalibration, checkedOn: String?) {
        self.calibration = calibration
        self.checkedOn = checkedOn
    }

    /// What the foot of the screen says of it.
    public var words: String {
        let range = String(
            format: "GSDF %.3g-%.0f cd/m²", calibration.luminanceMin + calibration.ambient,
            calibration.luminanceMax + calibration.ambient)
        return checkedOn.map { "\(range), checked \($0)" }
            ?? "\(range) stated, not checked; not for primary diagnosis"
    }
}

/// A text to begin an impression with.
public struct ReportTemplate: Sendable, Equatable {
    /// What it is chosen by.
    public let name: String
    /// The text.
    public let text: String

    /// Names a text.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Those of a home without `templates.toml`.
    public static let standard = [
        ReportTemplate(
            name: "normal",
            text: "Heart size normal. Lungs clear. No effusion, no pneumothorax. No acute finding."),
        ReportTemplate(
            name: "unchanged", text: "Compared with the prior study: no relevant change."),
        ReportTemplate(
            name: "limited",
            text: "Limited study (projection, rotation or inspiration). Within these limits: "),
    ]
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
