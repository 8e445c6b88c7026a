// A study's plan as a TOML file.

import Foundation
import Radiology
import ReaderStudy
import TOMLKit

/// A plan with what its power is computed from.
struct StudyPlanFile {
    /// Components of variance, or the pilot's ratings, and the effect that is to be found.
    struct Power {
        var effect = 0.05
        var alpha = 0.05
        var goal = 0.8
        var components: PilotComponents
    }

    private(set) var plan: StudyPlan
    /// The cases with what the file says of their images, in the plan's order.
    let cases: [ListedCase]
    /// The folder of the images; nil where the file names none.
    let imageFolder: URL?
    /// Another system's answers; nil where the model is to be asked.
    let adviceList: URL?
    private(set) var power: Power?
    /// The file's bytes, kept beside the frozen plan.
    let bytes: Data
    /// The folder that paths in the file are relative to.
    let folder: URL

    /// Reads a file; paths in it are relative to its folder.
    init(contentsOf url: URL) throws {
        folder = URL(fileURLWithPath: url.path).deletingLastPathComponent()
        let name = url.lastPathComponent.inert()
        do {
            bytes = try Data(contentsOf: url)
        } catch {
            throw CommandFailure(
                .noInput, "cannot read \(name): it does not exist or may not be opened")
        }
        guard bytes.count < 16 << 20, let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.badData, "\(name): expected UTF-8 text of less than 16 MiB")
        }
        let table = try TOMLText.table(text, file: name, status: .badData)
        let reader = PlanReader(file: name, folder: folder)
        cases = try reader.cases(table)
        plan = try reader.plan(table, cases: cases.map(\.planned))
        imageFolder = try reader.path(table, "images")
        adviceList = try reader.path(table, "ai_list")
        power = try table["power"].map { try reader.power($0) }
    }
}

/// Reads the tables of a plan, key by key, with errors that name the key.
private struct PlanReader {
    let file: String
    let folder: URL

    private static let keys: Set<String> = [
        "name", "seed", "design", "groups", "order", "washout_days", "repeated_cases",
        "session_minutes", "scale", "marks", "allow_back", "pathologies", "readers", "condition",
        "case", "cases_list", "power", "images", "ai_list", "present_from", "idle_seconds",
        "actions", "notes",
    ]

    private func failure(_ key: String, _ expected: String) -> CommandFailure {
        CommandFailure(.badData, "\(file): `\(key.inert())` must be \(expected)")
    }

    private func checkKeys(_ table: TOMLTable, _ known: Set<String>, in place: String) throws {
        for key in table.keys where !known.contains(key) {
            throw CommandFailure(
                .badData,
                "\(file): `\(key.inert())` is not a key of \(place); keys are "
                    + known.sorted().joined(separator: ", "))
        }
    }

    func plan(_ table: TOMLTable, cases: [PlannedCase]) throws -> StudyPlan {
        try checkKeys(table, Self.keys, in: "a plan")
        guard let name = table["name"]?.string else { throw failure("name", "a text") }
        let seed = try integer(table, "seed") ?? 1
        guard seed >= 0 else { throw failure("seed", "a number from 0") }
        var plan = StudyPlan(
            name: name, seed: UInt64(seed), pathologies: try texts(table, "pathologies"),
            readers: try texts(table, "readers"), conditions: try conditions(table),
            cases: cases)
        plan.design = try choice(table, "design") ?? .crossed
        plan.order = try choice(table, "order") ?? .latinSquare
        plan.scale = try choice(table, "scale") ?? .percent
        plan.groupCount = try integer(table, "groups") ?? 1
        plan.washoutDays = try integer(table, "washout_days") ?? 28
        plan.repeatedCaseCount = try integer(table, "repeated_cases") ?? 0
        plan.sessionMinutes = try integer(table, "session_minutes") ?? 0
        plan.collectsMarks = try flag(table, "marks")
        plan.allowsBack = try flag(table, "allow_back")
        plan.callThreshold = try integer(table, "present_from")
        plan.idleSeconds = try integer(table, "idle_seconds") ?? plan.idleSeconds
        plan.actions = table["actions"] == nil ? [] : try texts(table, "actions")
        plan.collectsNotes = try flag(table, "notes")
        return plan
    }

    /// A file or folder, relative to the plan's own.
    func path(_ table: TOMLTable, _ key: String) throws -> URL? {
        guard let value = table[key] else { return nil }
        guard let text = value.string else { throw failure(key, "a path") }
        return URL(fileURLWithPath: text, relativeTo: folder).absoluteURL
    }

    private func conditions(_ table: TOMLTable) throws -> [ReadingCondition] {
        try tables(table, "condition").map { item in
            try checkKeys(item, ["name", "aid", "timing"], in: "a [[condition]]")
            guard let name = item["name"]?.string else {
                throw failure("condition.name", "a text")
            }
            return ReadingCondition(
                name: name, aid: try choice(item, "aid") ?? .none,
                timing: try choice(item, "timing") ?? .concurrent)
        }
    }

    func cases(_ table: TOMLTable) throws -> [ListedCase] {
        var cases: [ListedCase] = []
        if let value = table["cases_list"] {
            guard let path = value.string else { throw failure("cases_list", "a file's name") }
            let url = folder.appendingPathComponent(path)
            guard let data = try? Data(contentsOf: url) else {
                throw CommandFailure(
                    .noInput, "\(file): cannot read the cases of \(url.lastPathComponent.inert())")
            }
            cases += try PlannedCase.list([UInt8](data), name: url.lastPathComponent.inert())
        }
        for item in try tables(table, "case") {
            try checkKeys(
                item, ["name", "findings", "training", "file", "locations"], in: "a [[case]]")
            guard let name = item["name"]?.string else { throw failure("case.name", "a text") }
            let findings = item["findings"] == nil ? [] : try texts(item, "findings")
            var planned = PlannedCase(
                name: name, findings: findings, isTraining: try flag(item, "training"))
            for text in item["locations"] == nil ? [] : try texts(item, "locations") {
                guard let location = PlannedLocation(text: text) else {
                    throw failure("case.locations", "texts FINDING@COLUMN:ROW:RADIUS")
                }
                planned.locations.append(location)
            }
            if item["file"] != nil, item["file"]?.string == nil {
                throw failure("case.file", "a path")
            }
            cases.append(ListedCase(planned: planned, file: item["file"]?.string))
        }
        return cases
    }

    func power(_ value: any TOMLValueConvertible) throws -> StudyPlanFile.Power {
        guard let table = value.table else { throw failure("power", "a table") }
        let numbers = ["var_tr", "var_error", "cov1", "cov2", "cov3"]
        try checkKeys(
            table, Set(numbers + ["effect", "alpha", "power", "pilot", "pilot_cases"]),
            in: "[power]")
        let components: PilotComponents
        if let pilot = table["pilot"] {
            guard let path = pilot.string else { throw failure("power.pilot", "a file's name") }
            let study = try StudyCSV.table(contentsOf: folder.appendingPathComponent(path))
            let analysis = try ObuchowskiRockette(
                study, figure: .standard(for: study.form), covariance: .jackknife)
            components = PilotComponents(analysis, caseCount: study.cases.count)
        } else {
            let values = try numbers.map { key in
                guard let number = number(table, key) else {
                    throw failure("power.\(key)", "a number (or give `pilot`, a CSV of ratings)")
                }
                return number
            }
            guard let count = try integer(table, "pilot_cases"), count > 1 else {
                throw failure(
                    "power.pilot_cases", "the number of cases that the components hold for")
            }
            components = PilotComponents(
                interactionVariance: values[0], errorVariance: values[1],
                sameReaderCovariance: values[2], sameTreatmentCovariance: values[3],
                otherCovariance: values[4], caseCount: count)
        }
        var power = StudyPlanFile.Power(components: components)
        power.effect = number(table, "effect") ?? power.effect
        power.alpha = number(table, "alpha") ?? power.alpha
        power.goal = number(table, "power") ?? power.goal
        guard (0.0001...0.5).contains(power.alpha), (0.05...0.9999).contains(power.goal),
            power.effect != 0, abs(power.effect) < 1
        else {
            throw failure("power", "effect within -1...1, alpha 0.0001...0.5, power 0.05...0.9999")
        }
        return power
    }

    private func number(_ table: TOMLTable, _ key: String) -> Double? {
        table[key]?.double ?? table[key]?.int.map(Double.init)
    }

    private func integer(_ table: TOMLTable, _ key: String) throws -> Int? {
        guard let value = table[key] else { return nil }
        guard let number = value.int else { throw failure(key, "a whole number") }
        return number
    }

    private func flag(_ table: TOMLTable, _ key: String) throws -> Bool {
        guard let value = table[key] else { return false }
        guard let flag = value.bool else { throw failure(key, "true or false") }
        return flag
    }

    private func texts(_ table: TOMLTable, _ key: String) throws -> [String] {
        guard let array = table[key]?.array else { throw failure(key, "a list of texts") }
        return try array.map { item in
            guard let text = item.string else { throw failure(key, "a list of texts") }
            return text
        }
    }

    private func tables(_ table: TOMLTable, _ key: String) throws -> [TOMLTable] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else { throw failure(key, "tables, as [[\(key)]]") }
        return try array.map { item in
            guard let table = item.table else { throw failure(key, "tables, as [[\(key)]]") }
            return table
        }
    }

    private func choice<Value: RawRepresentable & CaseIterable>(_ table: TOMLTable, _ key: String)
        throws -> Value? where Value.RawValue == String
    {
        guard let value = table[key] else { return nil }
        guard let text = value.string, let choice = Value(rawValue: text) else {
            let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure(key, "one of \(all)")
        }
        return choice
    }
}
