// What counts as critical on a site, how soon somebody must be told, and who may say it is not so.

import Foundation

/// A category of urgency with its time limit.
public struct CriticalCategory: Hashable, Codable, Sendable {
    /// The site's word, for example `red`.
    public let name: String
    /// What it stands for in the ACR's words (Larson et al., JACR 2014): minutes, hours or days.
    public let acrCategory: String
    /// From the flag to the communication, in seconds.
    public let limitSeconds: Double

    /// Makes a category.
    public init(name: String, acrCategory: String, limitSeconds: Double) {
        self.name = name
        self.acrCategory = acrCategory
        self.limitSeconds = limitSeconds
    }
}

/// When one pathology is critical.
public struct CriticalRule: Hashable, Codable, Sendable {
    /// The pathology.
    public let pathology: Pathology
    /// From which probability on; nil where the model's own rule decides.
    public let threshold: Double?
    /// The category's name.
    public let category: String
    /// Which roles may dismiss it as false.
    public let dismissedBy: Set<AccountRole>

    /// Makes a rule.
    public init(
        pathology: Pathology, threshold: Double? = nil, category: String,
        dismissedBy: Set<AccountRole> = [.reader]
    ) {
        self.pathology = pathology
        self.threshold = threshold
        self.category = category
        self.dismissedBy = dismissedBy
    }

    /// True where a finding raises it.
    public func isRaised(by finding: Finding) -> Bool {
        guard finding.pathology == pathology else { return false }
        return threshold.map { finding.probability >= $0 } ?? finding.isCritical
    }
}

/// What is done when nobody was told in time.
public struct EscalationStep: Hashable, Codable, Sendable {
    /// At which share of the time limit (1 is the due time).
    public let share: Double
    /// Who is told then, in the site's words.
    public let to: String

    /// Makes a step.
    public init(share: Double, to: String) {
        self.share = share
        self.to = to
    }
}

/// The critical results of a site.
public struct CriticalPolicy: Hashable, Codable, Sendable {
    /// Where the limits come from.
    public let name: String
    /// The categories, most urgent first.
    public let categories: [CriticalCategory]
    /// Rules for single pathologies.
    public let rules: [CriticalRule]
    /// The category of what the model flags and no rule names.
    public let defaultCategory: String
    /// The escalation, by share.
    public let escalation: [EscalationStep]
    /// A program with its first arguments that is run on new, escalated and overdue results.
    public let hook: [String]

    /// Makes a policy.
    public init(
        name: String, categories: [CriticalCategory], rules: [CriticalRule],
        defaultCategory: String, escalation: [EscalationStep], hook: [String] = []
    ) {
        self.name = name
        self.categories = categories
        self.rules = rules
        self.defaultCategory = defaultCategory
        self.escalation = escalation.sorted { $0.share < $1.share }
        self.hook = hook
    }

    /// The shares of the time limit at which colour and words change: half, four fifths, all.
    public static let warningShares = [0.5, 0.8, 1.0]

    /// The category with a name; the first where there is none of it.
    public func category(named name: String) -> CriticalCategory {
        categories.first { $0.name == name } ?? categories[0]
    }

    /// The category that a finding gets; nil where it is not critical here.
    public func category(of finding: Finding) -> CriticalCategory? {
        if let rule = rules.first(where: { $0.pathology == finding.pathology }) {
            return rule.isRaised(by: finding) ? category(named: rule.category) : nil
        }
        return finding.isCritical ? category(named: defaultCategory) : nil
    }

    /// Who may dismiss a pathology.
    public func dismissedBy(_ pathology: Pathology) -> Set<AccountRole> {
        rules.first { $0.pathology == pathology }?.dismissedBy ?? [.reader]
    }
}

extension CriticalPolicy {
    private static let standardEscalation = [
        EscalationStep(share: 1, to: "on-call senior"), EscalationStep(share: 2, to: "head"),
    ]
    private static let standardRules = [
        CriticalRule(pathology: .pneumothorax, category: "red"),
        CriticalRule(pathology: .mass, category: "yellow"),
        CriticalRule(pathology: .nodule, category: "yellow"),
        CriticalRule(pathology: .pneumonia, category: "orange"),
    ]

    private static func preset(
        _ name: String, _ minutes: Double, _ hours: Double, _ days: Double
    ) -> CriticalPolicy {
        CriticalPolicy(
            name: name,
            categories: [
                CriticalCategory(name: "red", acrCategory: "minutes", limitSeconds: minutes),
                CriticalCategory(name: "orange", acrCategory: "hours", limitSeconds: hours),
                CriticalCategory(name: "yellow", acrCategory: "days", limitSeconds: days),
            ], rules: standardRules, defaultCategory: "orange", escalation: standardEscalation)
    }

    /// Red 60 min, orange 3 h, yellow 3 d.
    public static let threeHours = preset("60 min / 3 h / 3 d", 3600, 3 * 3600, 72 * 3600)
    /// Red 1 h, orange 24 h, yellow 48 h.
    public static let oneDay = preset("1 h / 24 h / 48 h", 3600, 24 * 3600, 48 * 3600)
    /// Red 60 min, orange 6 h, yellow 3 d.
    public static let sixHours = preset("60 min / 6 h / 3 d", 3600, 6 * 3600, 72 * 3600)

    /// The presets by the word that a configuration uses.
    public static let presets: [String: CriticalPolicy] = [
        "three-hours": threeHours, "one-day": oneDay, "six-hours": sixHours,
    ]
}
