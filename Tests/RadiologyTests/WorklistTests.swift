import Foundation
import Radiology
import Testing

/// The order of the worklist and the states of a reading.
@Suite struct WorklistTests {
    private static let now = Date(timeIntervalSince1970: 1_795_000_000)

    private static func entry(
        _ id: Int64, waitedMinutes: Double, probability: Double? = 0.1, critical: Bool = false,
        state: ReadingState = .analysed, name: String = "X", failure: String? = nil
    ) -> WorklistEntry {
        WorklistEntry(
            id: StudyID(id), patient: Patient(name: PersonName(alphabetic: name)),
            study: StudyHeader(studyInstanceUID: "1.\(id)"), modality: "CR", views: ["PA"],
            receivedAt: now.addingTimeInterval(-60 * waitedMinutes), state: state,
            topFinding: probability.map {
                Finding(pathology: .mass, probability: $0, uncertainty: 0, table: .founding)
            },
            criticalCount: critical ? 1 : 0, failure: failure)
    }

    private static let entries = [
        entry(1, waitedMinutes: 10, name: "D"),
        entry(2, waitedMinutes: 400, probability: 0.2, name: "C"),
        entry(3, waitedMinutes: 5, probability: 0.9, critical: true, name: "B"),
        entry(4, waitedMinutes: 50, probability: 0.8, critical: true, name: "A"),
        entry(5, waitedMinutes: 900, probability: 0.95, critical: true, state: .final, name: "F"),
        entry(6, waitedMinutes: 30, probability: 0.6, name: "E"),
        entry(7, waitedMinutes: 1, probability: nil, state: .failed, name: "G", failure: "x"),
    ]

    @Test(arguments: [
        (WorklistOrder.urgency, [4, 3, 2, 6, 1, 7, 5]),
        (WorklistOrder.suspicion, [4, 3, 2, 7, 6, 1, 5]),
        (WorklistOrder.newest, [7, 3, 1, 6, 4, 2, 5]),
        (WorklistOrder.patient, [4, 3, 2, 1, 6, 5, 7]),
    ])
    func `the worklist stands in its order`(order: WorklistOrder, expected: [Int64]) {
        let ordered = Self.entries.ordered(by: order, at: Self.now)
        #expect(ordered.map(\.id.rawValue) == expected)
    }

    @Test func `the place of a row is said in words`() {
        func words(_ index: Int) -> String { Self.entries[index].placeInWords(at: Self.now) }
        #expect(words(2) == "critical: .90 passes > 0.70 (founding rule).")
        #expect(words(4).hasPrefix("signed"))
        #expect(words(6).hasPrefix("Analysis failed - manual review required"))
        #expect(words(1).contains("Waited 6 h"))
    }

    @Test func `only the moves of the table are possible`() {
        let claimable: Set<ReadingState> = [.unread, .analysed, .failed, .preliminary]
        for state in ReadingState.allCases {
            #expect((state.after(.claim) == .inReading) == claimable.contains(state))
            #expect((state.after(.signFinal) == .final) == (state == .inReading))
            #expect((state.after(.signPreliminary) == .preliminary) == (state == .inReading))
            #expect((state.after(.addend) == .addended) == state.isSigned)
            #expect((state.after(.release, before: .failed) == .failed) == (state == .inReading))
            // A result never moves what somebody reads or has signed.
            let result = state.after(.analyse)
            let isOpen = [.unread, .analysed, .failed].contains(state)
            #expect(result == (isOpen ? .analysed : state))
        }
    }

    @Test func `a reading may be signed when every finding has a decision and an impression`() {
        let findings = [Pathology.mass, .edema].map {
            Finding(pathology: $0, probability: 0.1, uncertainty: 0, table: .founding)
        }
        var draft = ReadingDraft()
        #expect(draft.obstacles(findings: findings).count == 2)
        draft.decisions = [.mass: .agree]
        draft.impression = " \n"
        #expect(
            draft.obstacles(findings: findings)
                == ["no decision yet on Edema", "the impression is empty"])
        draft.decisions[.edema] = .unsure
        draft.impression = "Normal."
        #expect(draft.obstacles(findings: findings).isEmpty)
        #expect(ReadingDraft(impression: "Read by hand.").obstacles(findings: []).isEmpty)
    }
}
