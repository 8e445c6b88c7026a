// wetread report sign: signs the kept draft of a study from the command line.

import ArgumentParser
import Foundation
import Radiology
import Records

extension ReportCommand {
    struct Sign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show your kept draft of a study in full, ask for your secret, and sign it.",
            discussion: """
                The draft is the one that the workstation keeps while you write. The secret is \
                asked for at the terminal (or taken from WETREAD_SIGNING_SECRET); the words shown \
                above it are what you sign.
                """)

        @Argument(help: "The study: its number, accession number or Study Instance UID.")
        var study: String

        @Flag(help: "Sign as preliminary.")
        var preliminary = false

        func run() throws {
            let (store, reader) = try Access.records(try Configuration.load())
            let entry = try ChosenStudy.find(study, in: store)
            let record = try store.study(entry.id, draftOf: reader)
            guard let draft = record.draft else {
                throw CommandFailure(.noInput, "you have no draft of this study; read it first")
            }
            let meaning: ReadingState =
                preliminary ? .preliminary : entry.state.isSigned ? .addended : .final
            show(draft, of: record, meaning: meaning)
            let environment = ProcessInfo.processInfo.environment
            guard
                let secret = environment["WETREAD_SIGNING_SECRET"]
                    ?? Access.askSecret("secret of \(reader.rawValue.inert()), to sign: ")
            else { throw RecordsError.secretNeeded(task: .sign) }
            let session = "\(ProcessInfo.processInfo.hostName)/\(getpid())"
            if meaning != .addended {
                _ = try store.claim(entry.id, reader: reader, session: session, seconds: 60)
            }
            do {
                let signed = try store.sign(
                    entry.id, reader: reader, session: session, draft: draft, meaning: meaning,
                    openSeconds: 0, analysis: record.analysis?.id,
                    utcOffsetSeconds: TimeZone.current.secondsFromGMT(), secret: secret)
                Output.line("signed at \(UTCTime.text(signed.signedAt)) as \(meaning.word)")
            } catch {
                if meaning != .addended {
                    try? store.release(entry.id, reader: reader, session: session)
                }
                throw error
            }
        }

        private func show(_ draft: ReadingDraft, of record: StudyRecord, meaning: ReadingState) {
            let study = record.entry.study
            Output.line(
                "\(record.entry.patient.name.display)  accession \(study.accessionNumber.inert())")
            for finding in record.analysis?.findings ?? [] {
                let decision = draft.decisions[finding.pathology]?.rawValue ?? "NO DECISION"
                Output.line(
                    "- \(finding.pathology.displayName) "
                        + "\(ProbabilityText.short(finding.probability)): \(decision)")
            }
            for finding in draft.ownFindings { Output.line("+ \(finding.line.inert())") }
            Output.line("Impression: \(draft.impression.inert(keepsNewlines: true))")
            Output.line(SignOff.statement(meaning: meaning))
        }
    }
}
