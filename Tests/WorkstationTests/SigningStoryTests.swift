// Stories of signing: what it takes, and everything that must never be enough.

import Foundation
import Radiology
import Terminal
import Testing
import Workstation

struct SigningStoryTests {
    @Test func `a study is read and signed from the first screen on`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.wait(seconds: 95)
        world.type("s")
        #expect(world.effects.last?.isClaim == true)
        world.type("a  xz")
        world.type("y")
        world.type("nRib fracture\n")
        world.press(.tab)
        world.type("Right apical pneumothorax.\nNo tension.")
        world.press(.control("s"))
        #expect(world.text.contains("This is a FINAL report"))
        #expect(world.text.contains("Right apical pneumothorax."))
        world.wait(seconds: 5)
        world.type("1042")
        #expect(world.signed.isEmpty)
        world.press(.enter)
        #expect(world.signed.count == 1)
        let order = world.signed[0]
        #expect(order.study == StudyID(1))
        #expect(order.openSeconds == 100)
        #expect(order.meaning == .final)
        #expect(order.analysis == Fixtures.analysis().id)
        #expect(order.reading.impression == "Right apical pneumothorax.\nNo tension.")
        #expect(order.reading.ownFindings == [OwnFinding(text: "Rib fracture")])
        #expect(order.reading.decisions.count == 14)
        #expect(order.reading.decisions[.pneumothorax] == .agree)
        #expect(order.reading.decisions[.nodule] == .disagree)
        #expect(world.model.screen == .worklist)
        #expect(world.text.contains("signed as final"))
        #expect(world.model.isIdle)
    }

    @Test func `nothing is decided before the reader decides`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("s")
        #expect(!world.text.contains("[agree]"))
        #expect(world.text.contains("no decision yet on"))
        world.type("s")
        #expect(!world.text.contains("This is a FINAL report"))
        #expect(world.signed.isEmpty)
    }

    @Test func `in a home with accounts a signature takes the characters and then the secret`() {
        let session = Session(
            reader: Fixtures.reader, readerName: "Dr. Rosa Aldrin", asksSecret: true)
        var world = FakeWorld(session: session)
        world.prepareSignOff()
        world.press(.control("s"))
        world.type("1042")
        world.press(.enter)
        #expect(world.signed.isEmpty)
        #expect(world.text.contains("Your secret"))
        world.press(.enter)
        #expect(world.signed.isEmpty)
        #expect(world.text.contains("type your secret first"))
        world.type("horse battery 9")
        #expect(!world.text.contains("horse"))
        world.press(.backspace)
        world.press(.enter)
        #expect(world.signed.count == 1)
        #expect(world.signed.first?.secret == "horse battery ")
    }

    @Test(arguments: ["", "104", "1043", "104 ", "2410"])
    func `Enter signs only after the right four characters`(typed: String) {
        var world = FakeWorld()
        world.prepareSignOff()
        world.press(.control("s"))
        world.type(typed)
        for _ in 0..<4 { world.press(.enter) }
        #expect(world.signed.isEmpty)
        #expect(world.text.contains("not signed"))
    }

    @Test(arguments: ["1042", "1042\n", "1042\r\n\n"])
    func `a paste never signs`(text: String) {
        var world = FakeWorld()
        world.prepareSignOff()
        world.press(.control("s"))
        world.press(.paste(text))
        #expect(world.text.contains("a paste never signs"))
        world.press(.enter)
        #expect(world.signed.isEmpty)
    }

    @Test func `a paste is text in the impression and nothing in the lists`() {
        var world = FakeWorld()
        world.press(.paste("q\n:leave\n"))
        #expect(world.model.screen == .worklist)
        #expect(!world.effects.contains(.quit))
        world.open(StudyID(1))
        world.type("s\t\t")
        world.press(.paste("pasted\u{1B}[31m\nsecond line"))
        #expect(world.text.contains("pasted"))
        #expect(world.text.contains("second line"))
        world.wait(seconds: 3)
        #expect(world.drafts[StudyID(1)]?.impression.contains("\u{1B}") == false)
    }

    @Test func `a study without an accession is signed by the end of its UID`() {
        let entry = WorklistEntry(
            id: StudyID(77), patient: Patient(name: PersonName(alphabetic: "YARROW^REED")),
            study: StudyHeader(studyInstanceUID: "2.25.998877", accessionNumber: "7"),
            modality: "DX", views: ["PA"], receivedAt: Fixtures.ago(hours: 1), state: .failed,
            failure: "no pixels")
        let detail = Fixtures.detail(
            entry, failure: AnalysisFailure(timestamp: Fixtures.now, reason: "no pixels"))
        var world = FakeWorld(entries: [entry], details: [detail])
        world.type("\ns")
        world.type("Normal chest.")
        world.press(.control("s"))
        #expect(world.text.contains("study UID"))
        world.type("8877\n")
        #expect(world.signed.first?.analysis == nil)
        #expect(world.signed.first?.reading.impression == "Normal chest.")
    }

    @Test func `a study that another reader holds is read-only and says who`() {
        var world = FakeWorld()
        world.holders[StudyID(1)] = Fixtures.claim(Fixtures.other, hours: 0.5)
        world.open(StudyID(1))
        world.type("s")
        #expect(world.text.contains("rad2's workstation since 02:11 UTC"))
        world.type(" A y")
        world.press(.tab)
        world.press(.tab)
        world.type("text")
        world.press(.control("s"))
        world.wait(seconds: 3)
        #expect(world.drafts.isEmpty)
        #expect(world.signed.isEmpty)
        #expect(!world.text.contains("[agree]"))
    }

    @Test func `a claim that comes after the reader left is given back`() {
        var world = FakeWorld()
        world.isHeldBack = \.isClaim
        world.open(StudyID(1))
        world.type("s")
        world.press(.escape)
        world.press(.escape)
        world.answerHeldBack()
        #expect(world.effects.contains { $0.isRelease })
        #expect(world.model.isIdle)
    }

    @Test func `leaving the sign-off keeps the draft and gives the study back`() {
        var world = FakeWorld()
        world.prepareSignOff()
        world.press(.escape)
        world.press(.escape)
        #expect(world.model.screen == .study)
        #expect(world.effects.contains { $0.isRelease })
        #expect(
            world.drafts[StudyID(1)]?.impression == "Moderate right apical pneumothorax.")
        world.type("s")
        #expect(world.text.contains("Moderate right apical pneumothorax."))
        #expect(world.text.contains("Rib fracture, right 6th"))
    }

    @Test func `a draft is kept at most two seconds after it changes`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("x")
        #expect(world.drafts.isEmpty)
        world.wait(seconds: 2)
        #expect(world.drafts[StudyID(1)]?.decisions == [.pneumothorax: .disagree])
        let saves = world.effects.count { $0.isSave }
        world.wait(seconds: 10)
        #expect(world.effects.count { $0.isSave } == saves)
    }

    @Test func `a draft that could not be kept is tried again`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("x")
        world.failure = Problem(summary: "the disk is full", remedy: "Make room.")
        world.wait(seconds: 2)
        #expect(world.text.contains("the disk is full"))
        #expect(world.drafts.isEmpty)
        world.wait(seconds: 5)
        #expect(world.drafts[StudyID(1)] != nil)
    }

    @Test func `a draft that could not be kept survives leaving the study`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("x")
        world.failure = Problem(summary: "the disk is full", remedy: "Make room.")
        world.press(.escape)
        #expect(world.drafts.isEmpty)
        world.wait(seconds: 6)
        #expect(world.drafts[StudyID(1)]?.decisions == [.pneumothorax: .disagree])
        #expect(world.model.isIdle)
    }

    @Test func `a refused signature keeps the draft and says why`() {
        var world = FakeWorld()
        world.prepareSignOff()
        world.press(.control("s"))
        world.type("1042")
        world.failure = Problem(summary: "already signed by rad2", remedy: "Open it again.")
        world.press(.enter)
        #expect(world.model.screen == .signOff)
        #expect(world.text.contains("already signed by rad2"))
        #expect(world.text.contains("Moderate right apical pneumothorax."))
    }

    @Test func `while the signature is stored no key undoes or repeats it`() {
        var world = FakeWorld()
        world.prepareSignOff()
        world.press(.control("s"))
        world.isHeldBack = \.isSign
        world.type("1042\n\n\n")
        world.press(.escape)
        world.type("q")
        #expect(world.effects.count { $0.isSign } == 1)
        #expect(world.text.contains("Storing the signature"))
        world.answerHeldBack()
        #expect(world.text.contains("signed as final"))
    }

    @Test func `a claim is kept alive and its loss makes the study read-only`() {
        var world = FakeWorld()
        world.prepareSignOff()
        world.wait(seconds: 40)
        #expect(world.effects.count { $0 == .renewClaim(StudyID(1)) } == 2)
        world.send(
            .claimLost(StudyID(1), heldBy: Fixtures.claim(Fixtures.other, hours: 0)))
        #expect(world.text.contains("rad2's workstation"))
        world.press(.control("s"))
        world.type("s")
        #expect(!world.text.contains("This is a FINAL report"))
    }

    @Test func `a signed study cannot be decided on again`() {
        var world = FakeWorld()
        world.open(StudyID(12))
        world.type("x")
        #expect(world.text.contains("what is signed is never changed"))
        world.type("s")
        #expect(!world.effects.contains { $0.isClaim })
    }

    @Test func `a read-only workstation never writes`() {
        let session = Session(
            reader: Fixtures.reader, readerName: "Dr. Rosa Aldrin", isReadOnly: true)
        var world = FakeWorld(session: session)
        world.open(StudyID(1))
        world.type("x as x y")
        world.wait(seconds: 5)
        world.press(.escape)
        world.press(.escape)
        #expect(world.text.contains("read-only"))
        let writes = world.effects.filter { $0.isSave || $0.isClaim || $0.isSign || $0.isRelease }
        #expect(writes.isEmpty)
    }

    @Test func `an end of the session keeps the draft before it quits`() {
        var world = FakeWorld()
        world.prepareSignOff()
        world.type(" More")
        world.press(.terminate)
        let tail = world.effects.suffix(3)
        #expect(tail.map(\.isSave) == [true, false, false])
        #expect(tail.map(\.isRelease) == [false, true, false])
        #expect(tail.last == .quit)
        #expect(world.drafts[StudyID(1)]?.impression.hasSuffix("More") == true)
    }

    @Test func `what is agreed with at once spares what was decided before`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("sx")
        world.type("A")
        world.wait(seconds: 2)
        let decisions = world.drafts[StudyID(1)]?.decisions
        #expect(decisions?.count == 14)
        #expect(decisions?[.pneumothorax] == .disagree)
        #expect(decisions?.values.count { $0 == .agree } == 13)
    }

    @Test func `an own finding can be changed, dropped and removed`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("snOld fracture\n")
        world.type("nSecond\n")
        world.type("nThird\u{1B}")
        #expect(!world.text.contains("Third"))
        world.type("k\n, healed\n")
        world.type("jd")
        world.wait(seconds: 2)
        #expect(
            world.drafts[StudyID(1)]?.ownFindings == [OwnFinding(text: "Old fracture, healed")])
    }
}

extension Effect {
    var isClaim: Bool { if case .claim = self { true } else { false } }
    var isRelease: Bool { if case .release = self { true } else { false } }
    var isSave: Bool { if case .saveDraft = self { true } else { false } }
    var isSign: Bool { if case .sign = self { true } else { false } }
    var isLoadImage: Bool { if case .loadImage = self { true } else { false } }
    var isOpenStudy: Bool { if case .openStudy = self { true } else { false } }
}
