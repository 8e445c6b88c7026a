// critical.toml of the home: what counts as critical on this site.

import Foundation
import Radiology
import TOMLKit

/// Reads the site's critical results.
///
///     preset = "six-hours"              # three-hours, one-day, six-hours
///     hook = ["/usr/local/bin/page"]    # run with: event, numbers, pathology, category, due time
///     [[category]]                      # instead of the preset's
///     name = "red"
///     acr = "minutes"
///     minutes = 60
///     [[rule]]
///     pathology = "Pneumothorax"
///     threshold = 0.7                   # where missing, the model's own rule decides
///     category = "red"
///     dismiss = ["reader"]
///     [[escalation]]
///     share = 1.0                       # of the time limit
///     to = "on-call senior"
enum CriticalPolicyFile {
    /// The policy of a home; the first preset where it has no file.
    static func load(home: URL) throws -> CriticalPolicy {
        let file = home.appendingPathComponent("critical.toml")
        return try TOMLText.table(of: file).map(policy) ?? .threeHours
    }

    /// The rule of peer review in `peer.toml` of a home; none where it has no file.
    static func loadPeers(home: URL) throws -> PeerRule {
        let file = home.appendingPathComponent("peer.toml")
        guard let table = try TOMLText.table(of: file) else { return .none }
        guard let share = number(table["share"]), (0...1).contains(share),
            let seed = table["seed"]?.string, seed.count >= 8
        else {
            throw CommandFailure(
                .configuration,
                "peer.toml: `share` must be 0 to 1, and `seed` a text of 8 characters or more")
        }
        return PeerRule(share: share, seed: seed)
    }

    private static func policy(_ table: TOMLTable) throws -> CriticalPolicy {
        let known: Set<String> = ["preset", "hook", "category", "rule", "escalation"]
        if let key = table.keys.first(where: { !known.contains($0) }) {
            throw failure("`\(key.inert())` is not a setting")
        }
        let name = table["preset"]?.string ?? "three-hours"
        guard let preset = CriticalPolicy.presets[name] else {
            let names = CriticalPolicy.presets.keys.sorted().joined(separator: ", ")
            throw failure("`preset` must be one of \(names)")
        }
        let categories = try tables(table, "category").map(category)
        let present = categories.isEmpty ? preset.categories : categories
        let names = Set(present.map(\.name))
        let rules = try tables(table, "rule").map { try rule($0, categories: names) }
        let escalation = try tables(table, "escalation").map(escalation)
        return CriticalPolicy(
            name: categories.isEmpty ? preset.name : "critical.toml", categories: present,
            rules: rules.isEmpty
                ? preset.rules.filter { names.contains($0.category) } : rules,
            defaultCategory: names.contains(preset.defaultCategory)
                ? preset.defaultCategory : present[0].name,
            escalation: escalation.isEmpty ? preset.escalation : escalation,
            hook: table["hook"]?.array?.compactMap(\.string) ?? [])
    }

    private static func category(_ table: TOMLTable) throws -> CriticalCategory {
        guard let name = table["name"]?.string, let minutes = number(table["minutes"]), minutes > 0
        else { throw failure("a category needs `name` and `minutes` over 0") }
        let acr = table["acr"]?.string ?? ""
        guard ["minutes", "hours", "days"].contains(acr) else {
            throw failure("category \(name.inert()): `acr` must be minutes, hours or days")
        }
        return CriticalCategory(name: name, acrCategory: acr, limitSeconds: minutes * 60)
    }

    private static func rule(_ table: TOMLTable, categories: Set<String>) throws -> CriticalRule {
        guard let label = table["pathology"]?.string,
            let category = table["category"]?.string, categories.contains(category)
        else { throw failure("a rule needs `pathology`, and a `category` that is defined") }
        let threshold = number(table["threshold"])
        if let threshold, !(0...1).contains(threshold) {
            throw failure("rule \(label.inert()): `threshold` must be 0 to 1")
        }
        let words = table["dismiss"]?.array?.compactMap(\.string) ?? ["reader"]
        let roles = words.compactMap { AccountRole(rawValue: $0) }
        guard roles.count == words.count else {
            throw failure("rule \(label.inert()): `dismiss` must be a list of roles")
        }
        return CriticalRule(
            pathology: Pathology(label), threshold: threshold, category: category,
            dismissedBy: Set(roles))
    }

    private static func escalation(_ table: TOMLTable) throws -> EscalationStep {
        guard let share = number(table["share"]), share > 0, let to = table["to"]?.string else {
            throw failure("an escalation needs `share` over 0 and `to`")
        }
        return EscalationStep(share: share, to: to)
    }

    private static func tables(_ table: TOMLTable, _ key: String) throws -> [TOMLTable] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else { throw failure("`\(key)` must be [[\(key)]] tables") }
        return array.compactMap(\.table)
    }

    private static func number(_ value: (any TOMLValueConvertible)?) -> Double? {
        value?.double ?? value?.int.map(Double.init)
    }

    private static func failure(_ words: String) -> CommandFailure {
        CommandFailure(.configuration, "critical.toml: \(words)")
    }
}
