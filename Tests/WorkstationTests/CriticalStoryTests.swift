// The critical queue: what is due, whom one told, what was false; and reviewing another's report.

import Foundation
import Radiology
import Terminal
import Testing
import Workstation

struct CriticalStoryTests {
    private func result(
        _ number: Int64, study: Int64, _ pathology: Pathology = .pneumothorax,
        minutesAgo: Double, limitMinutes: Double = 60
    ) -> CriticalResult {
        let raised = Fixtures.now.addingTimeInterval(-minutesAgo * 60)
        return CriticalResult(
            id: number, study: StudyID(study), pathology: pathology,
            category: CriticalCategory(
                name: "red", acrCategory: "minutes", limitSeconds: limitMinutes * 60),
            rule: "r", raisedAt: raised, dueAt: raised.addingTimeInterval(limitMinutes * 60),
            receivedAt: raised, openedAt: nil, steps: [])
    }

    private func world(_ results: [CriticalResult], columns: Int = 80) -> FakeWorld {
        var world = FakeWorld(columns: columns)
        world.critical = results
        world.send(.recordsChanged)
        return world
    }

    @Test(
        arguments: [
            (10.0, "0:50", Role.text), (31, "0:29 half", .accent), (50, "0:10 NEAR", .warning),
            (65, "LATE 0:05", .critical),
        ] as [(Double, String, Role)])
    func `the time left changes its words and colour`(
        minutesAgo: Double, words: String, role: Role
    ) throws {
        var world = world([result(1, study: 1, minutesAgo: minutesAgo)])
        world.type("!")
        #expect(world.text.contains(words))
        let frame = world.frame
        let lines = world.text.split(separator: "\n", omittingEmptySubsequences: false)
        let row = try #require(lines.firstIndex { $0.contains(words) && $0.contains("›") })
        let line = String(lines[row])
        let column = line.distance(
            from: line.startIndex, to: try #require(line.firstRange(of: words)).lowerBound)
        #expect(frame[Position(column: column, row: row)].style.foreground == .role(role))
    }

    @Test func `the next due stands first, also where it is signed already`() {
        var world = world([
            result(2, study: 12, minutesAgo: 50), result(1, study: 1, minutesAgo: 10),
        ])
        world.type("!")
        #expect(world.model.currentStudy == StudyID(12))
        #expect(world.text.contains("2 to tell"))
        world.wait(seconds: 660)
        #expect(world.text.contains("1 LATE"))
    }

    @Test func `a communication takes whom, how, and whether it was read back`() throws {
        var world = world([result(7, study: 1, minutesAgo: 10)])
        world.type("!t")
        #expect(world.model.place == .form)
        #expect(world.text.contains("Pneumothorax: red, due"))
        world.press(.control("s"))
        #expect(world.text.contains("say told whom") && world.communications.isEmpty)
        world.type("Dr. Night\n")
        world.type("t\n")
        world.type("y\n")
        world.press(.control("s"))
        #expect(world.text.contains("say whether it was read back"))
        world.type("n")
        world.press(.control("s"))
        #expect(world.text.contains("why nothing was read back") && world.communications.isEmpty)
        world.press(.backTab)
        world.type("y\n")
        world.type("at once\n")
        let told = try #require(world.communications[7])
        #expect(
            told
                == Communication(
                    toldWhom: "Dr. Night", means: "telephone", isReadBack: true,
                    hasSucceeded: true, comment: "at once"))
        #expect(world.model.place == .queue && !world.text.contains("to tell ·"))
        #expect(world.model.isIdle)
    }

    @Test func `an attempt that reached nobody needs no reading back and stays open`() {
        var world = world([result(7, study: 1, minutesAgo: 10)])
        world.type("!tDr. Night\np\nn\n\n\n")
        #expect(world.communications[7]?.hasSucceeded == false)
        #expect(world.communications[7]?.means == "page")
        #expect(world.text.contains("1 to tell"))
    }

    @Test func `dismissing takes a reason, of the finding that is meant`() {
        var world = world([
            result(7, study: 1, minutesAgo: 10),
            result(8, study: 1, .mass, minutesAgo: 5, limitMinutes: 600),
        ])
        world.type("!d")
        world.press(.control("s"))
        #expect(world.text.contains("choose the finding"))
        world.type("m\n")
        world.type("fold\n")
        #expect(world.text.contains("in a few words") && world.dismissals.isEmpty)
        world.type(" of the skin\n")
        #expect(world.dismissals == [8: "fold of the skin"])
    }

    @Test func `a refusal of the records keeps what was filled in`() {
        var world = world([result(7, study: 1, minutesAgo: 10)])
        world.type("!dfold of the skin")
        world.failure = Problem(summary: "an account with the roles resident may not")
        world.press(.enter)
        #expect(world.text.contains("resident may not") && world.text.contains("fold of the skin"))
        world.press(.escape)
        #expect(world.model.place == .queue && world.model.isIdle)
    }

    @Test func `nothing is stored by leaving the window`() {
        var world = world([result(7, study: 1, minutesAgo: 10)])
        world.type("!tDr. Night\u{1B}")
        #expect(world.communications.isEmpty && world.model.place == .queue)
    }

    @Test func `a read-only workstation and a study without a result have nothing to tell`() {
        var world = world([])
        world.type("!t")
        #expect(world.text.contains("no critical result of this study is open"))
        #expect(world.model.place == .queue)
    }

    @Test func `who signs a critical study is told that somebody must be told`() {
        var world = world([result(7, study: 1, minutesAgo: 10)])
        world.prepareSignOff()
        world.press(.control("s"))
        world.type("1042\n")
        #expect(world.text.contains("signed as final"))
        #expect(world.text.contains("is critical"))
    }

    // MARK: Peer review

    private var signed: SignOff {
        SignOff(
            study: StudyID(12), reader: Fixtures.other, signedAt: Fixtures.now,
            utcOffsetSeconds: 0, meaning: .final, openSeconds: 5, analysis: nil,
            reading: ReadingDraft(impression: "Nodule in the left apex."))
    }

    @Test func `a report is reviewed blind, then scored against`() {
        var world = FakeWorld()
        world.reviewed = signed
        world.offers = [PeerOffer(review: 3, study: StudyID(1), isRead: false)]
        world.type(":peer\n")
        #expect(world.model.screen == .study && world.text.contains("Peer review"))
        #expect(!world.text.contains(".91") && !world.text.contains("Nodule"))
        world.type("x")
        #expect(world.drafts.isEmpty && world.text.contains("peer review: s scores it"))
        world.type("r")
        #expect(!world.text.contains(".91"))
        world.press(.escape)
        world.press(.escape)
        world.type(":peer\n")
        world.type("s\n")
        #expect(world.text.contains("write down what you see first"))
        world.type("Nothing.\n")
        #expect(world.text.contains("Nodule in the left apex."))
        #expect(!world.text.contains("rad2"))
        world.press(.control("s"))
        #expect(world.text.contains("choose a score"))
        world.type("2")
        world.type("\nn\n\n")
        #expect(world.scores == [3: .understandable])
        #expect(world.text.contains(".91"), "shown once it is scored")
        #expect(world.model.isIdle)
    }

    @Test func `nothing offered is said, and a resident scores nothing`() {
        var world = FakeWorld()
        world.type(":peer\n")
        #expect(world.text.contains("no report is offered"))
        var resident = FakeWorld(
            session: Session(
                reader: Fixtures.reader, readerName: "Res. Ident", meaning: .preliminary))
        resident.type(":peer\n")
        #expect(resident.text.contains("not residents"))
    }
}
