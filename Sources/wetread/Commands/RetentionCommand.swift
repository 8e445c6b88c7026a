// wetread retention: what the site's rule has come to, what is held back, and removing the rest.

import ArgumentParser
import Foundation
import Radiology
import Records
import TOMLKit

struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Remove signed studies by the site's rule of age; hold some back.",
        discussion: """
            retention.toml of the home names the rule, in days after the last signature: \
            `images_days = 3650` removes the images and keeps report, analyses and worklist row; \
            `records_days = 10950` removes all that names the patient. Without the file nothing is \
            ever removed. Studies that are unsigned, held, await an addendum or have an open \
            critical result stay. The audit trail keeps its events and hashes. Backups made before \
            are the site's to remove.
            """,
        subcommands: [List.self, Apply.self, Hold.self, Release.self, Holds.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is due, and what keeps it; removes nothing (default).")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            let due = try store.retentionDue()
            if json {
                for item in due { Output.line(try Output.json(ItemLine(item))) }
                return
            }
            if due.isEmpty { return Output.line("Nothing is due.") }
            let rows = due.map { item in
                [
                    "\(item.study.rawValue)", item.stage.rawValue, UTCTime.text(item.signedAt),
                    "\(item.imageCount)", item.obstacle ?? "",
                ]
            }
            let heading = ["study", "removes", "last signed", "images", "kept by"]
            for line in Output.table([heading] + rows) { Output.line(line) }
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove what is due and kept by nothing; it cannot be called back.")

        @Argument(help: "Only these studies, by number (default: all that are due).")
        var studies: [Int64] = []

        @Flag(help: "Needed: without it nothing is removed.")
        var yes = false

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            let due = try store.retentionDue().filter { $0.obstacle == nil }
            guard yes else {
                throw CommandFailure(
                    .usage,
                    "\(due.count) studies are due; nothing was removed. Look with: wetread "
                        + "retention list; then say --yes")
            }
            let chosen = studies.isEmpty ? nil : Set(studies.map { StudyID($0) })
            let done = try store.applyRetention(to: chosen)
            Output.line(
                "images of \(done.imagesRemoved.count) studies, records of "
                    + "\(done.recordsRemoved.count) studies, \(done.objectCount) files removed")
        }
    }

    struct HoldOptions: ParsableArguments {
        @Argument(help: "The study's number.")
        var study: Int64

        @Option(help: "Why; it is kept, sealed.")
        var reason: String
    }

    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a study whatever the rule says (a legal hold).")

        @OptionGroup var options: HoldOptions

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            try store.placeHold(on: StudyID(options.study), reason: options.reason)
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End the hold on a study.")

        @OptionGroup var options: HoldOptions

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            try store.endHold(on: StudyID(options.study), reason: options.reason)
        }
    }

    struct Holds: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the holds in force.")

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            let holds = try store.holds()
            if holds.isEmpty { return Output.line("No study is held.") }
            let rows = holds.map { hold in
                [
                    "\(hold.study.rawValue)", UTCTime.text(hold.placedAt),
                    hold.by.rawValue.inert(), hold.reason.inert(),
                ]
            }
            for line in Output.table([["study", "since", "by", "reason"]] + rows) {
                Output.line(line)
            }
        }
    }

    private struct ItemLine: Encodable {
        let study: Int64
        let removes: String
        let signedAt: String
        let images: Int
        let keptBy: String?

        init(_ item: RetentionItem) {
            study = item.study.rawValue
            removes = item.stage.rawValue
            signedAt = UTCTime.text(item.signedAt)
            images = item.imageCount
            keptBy = item.obstacle
        }
    }
}

/// retention.toml of the home.
enum RetentionFile {
    /// The rule of a home; keeps everything where it has no file.
    static func load(home: URL) throws -> RetentionRule {
        let file = home.appendingPathComponent("retention.toml")
        guard let table = try TOMLText.table(of: file) else { return .keepAll }
        if let key = table.keys.first(where: { !["images_days", "records_days"].contains($0) }) {
            throw failure("`\(key.inert())` is not a setting; they are images_days, records_days")
        }
        func days(_ key: String) throws -> Int? {
            guard let value = table[key] else { return nil }
            guard let days = value.int, days >= 1 else {
                throw failure("`\(key)` must be a number of days from 1")
            }
            return days
        }
        let rule = RetentionRule(
            imagesAfterDays: try days("images_days"), recordsAfterDays: try days("records_days"))
        if let images = rule.imagesAfterDays, let records = rule.recordsAfterDays,
            records < images
        {
            throw failure("`records_days` must not be less than `images_days`")
        }
        return rule
    }

    private static func failure(_ what: String) -> CommandFailure {
        CommandFailure(.configuration, "retention.toml: \(what)")
    }
}
