// wetread peer: reports that another reader looks at again.

import ArgumentParser
import Foundation
import Radiology
import Records

struct PeerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer",
        abstract: "Offer signed studies to another reader, score them blind, report rates.",
        discussion: """
            peer.toml of the home names the share of final reports and the seed of the choice: \
            `share = 0.05` and `seed = "..."`. Scores are RADPEER's: 1, 2a, 2b, 3a, 3b.
            """,
        subcommands: [Offers.self, Read.self, Score.self, Adjudicate.self, Report.self])

    struct Offers: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what you may score: images only, no report and no model.")

        func run() throws {
            let (store, reader) = try Access.records(try Configuration.load())
            let offers = try store.peerOffers(for: reader)
            if offers.isEmpty { return Output.line("Nothing is offered to you.") }
            let rows = offers.map {
                ["\($0.review)", "\($0.study.rawValue)", "\($0.images.count)"]
            }
            for line in Output.table([["review", "study", "images"]] + rows) { Output.line(line) }
        }
    }

    struct Read: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write down what you see of an offered study; then the report is shown.",
            discussion: "The first words stay; the AI stays hidden. Then score it.")

        @Argument(help: "The number of the review.")
        var review: Int64

        @Option(help: "Your reading, in words.")
        var reading: String

        func run() throws {
            let (store, reader) = try Access.records(try Configuration.load())
            let report = try store.recordPeerReading(review, reading, reader: reader)
            Output.line(
                "Report of \(UTCTime.text(report.signedAt)) (score it: wetread peer score "
                    + "\(review) SCORE):")
            for finding in report.reading.ownFindings { Output.line("+ \(finding.line.inert())") }
            Output.line(report.reading.impression.inert(keepsNewlines: true))
        }
    }

    struct VerdictOptions: ParsableArguments {
        @Argument(help: "The number of the review.")
        var review: Int64

        @Argument(help: "1, 2a, 2b, 3a or 3b.")
        var score: String

        @Option(help: "The finding that it is about.")
        var finding: String?

        @Option(help: "In words.")
        var comment = ""

        func validate() throws {
            if PeerScore(rawValue: score) == nil {
                throw ValidationError("a score is 1, 2a, 2b, 3a or 3b")
            }
        }

        var verdict: PeerScore { PeerScore(rawValue: score) ?? .concurs }
    }

    struct Score: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Score an offered study.")

        @OptionGroup var options: VerdictOptions

        func run() throws {
            let (store, reader) = try Access.records(try Configuration.load())
            try store.scorePeer(
                options.review, options.verdict, pathology: options.finding.map { Pathology($0) },
                comment: options.comment, reader: reader)
        }
    }

    struct Adjudicate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Decide a scored study as a third reader.")

        @OptionGroup var options: VerdictOptions

        func run() throws {
            let (store, reader) = try Access.records(try Configuration.load())
            try store.adjudicatePeer(
                options.review, options.verdict, pathology: options.finding.map { Pathology($0) },
                comment: options.comment, reader: reader)
        }
    }

    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Discrepancy rates with 95 % intervals (Wilson), by reader and finding.")

        @Option(help: "From this day on, YYYY-MM-DD (default: all).")
        var since: String?

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            let (store, _) = try Access.recordsForReading(try Configuration.load())
            let start = try since.map { try UTCTime.day($0, option: "--since") } ?? .distantPast
            let reviews = try store.peerReviews(since: start)
            let rates = PeerRate.rates(of: reviews)
            if json {
                for rate in rates { Output.line(try Output.json(rate)) }
                return
            }
            Output.line("\(reviews.count) offered, \(rates[0].count) scored")
            let rows = rates.map { rate in
                [
                    rate.name.inert(), "\(rate.count)", "\(rate.discrepancies)",
                    "\(rate.significant)", String(format: "%.3f", rate.rate),
                    String(
                        format: "%.3f...%.3f", rate.interval.lowerBound, rate.interval.upperBound),
                ]
            }
            let heading = ["", "scored", "2a-3b", "2b, 3b", "rate", "95 %"]
            for line in Output.table([heading] + rows) { Output.line(line) }
        }
    }
}
