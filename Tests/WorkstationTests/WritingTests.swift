// Help with writing: macros, labels, templates, findings by their parts; addenda; what goes on record.

import Foundation
import Radiology
import Terminal
import Testing
import Workstation

struct WritingTests {
    private func writing(_ settings: Settings = Settings()) -> FakeWorld {
        var world = FakeWorld(settings: settings)
        world.openFirst()
        world.type("s\t\t")
        return world
    }

    private func impression(_ world: inout FakeWorld) -> String {
        world.wait(seconds: 2)
        return world.drafts[StudyID(1)]?.impression ?? ""
    }

    @Test func `a macro is written out at the space after it and only there`() {
        var settings = Settings()
        settings.macros = ["nad": "No acute disease.", "x": "Y"]
        var world = writing(settings)
        world.type("See .nad .na .x")
        #expect(impression(&world) == "See No acute disease. .na .x")
        world.type("\n")
        #expect(impression(&world) == "See No acute disease. .na Y\n")
        world.press(.paste(".nad "))
        #expect(impression(&world).hasSuffix(".nad "), "a paste is taken as it is")
    }

    @Test func `a label is completed, once more takes the next, and case follows the place`() {
        var world = writing()
        world.type("pneu")
        world.press(.control("n"))
        #expect(impression(&world) == "Pneumonia")
        #expect(world.text.contains("Pneumonia, Pneumothorax: once more"))
        world.press(.control("n"))
        #expect(impression(&world) == "Pneumothorax")
        world.press(.control("n"))
        #expect(impression(&world) == "Pneumonia")
        world.type(" and atel")
        world.press(.control("n"))
        #expect(impression(&world) == "Pneumonia and atelectasis")
        world.type(" qqq")
        world.press(.control("n"))
        #expect(impression(&world).hasSuffix("qqq") && world.text.contains("no label begins"))
    }

    @Test func `every label is completed from its own first letters`() {
        for pathology in Pathology.foundingFourteen {
            var world = writing()
            let name = pathology.displayName
            world.type(String(name.prefix(max(name.count - 2, 3))).lowercased())
            var seen: [String] = []
            for _ in 0..<3 {
                world.press(.control("n"))
                seen.append(impression(&world))
            }
            #expect(seen.contains(name), "\(name): \(seen)")
        }
    }

    @Test func `a template is put at the cursor and replaces nothing`() {
        var settings = Settings()
        settings.templates = [
            ReportTemplate(name: "normal", text: "All normal."),
            ReportTemplate(name: "old", text: "Unchanged."),
        ]
        var world = writing(settings)
        world.type("Before. ")
        world.press(.control("t"))
        world.type("o\n")
        #expect(impression(&world) == "Before. Unchanged.")
        world.press(.control("t"))
        world.press(.escape)
        #expect(impression(&world) == "Before. Unchanged.")
    }

    @Test func `a finding that is typed in the usual order has its parts`() {
        var world = FakeWorld()
        world.openFirst()
        world.type("snmild left pneumothorax in the apex: rim of 1 cm\n")
        world.wait(seconds: 2)
        let own = world.drafts[StudyID(1)]?.ownFindings
        #expect(
            own == [
                OwnFinding(
                    text: "rim of 1 cm", pathology: .pneumothorax, side: .left, severity: .mild,
                    location: "apex")
            ])
        #expect(world.text.contains("mild left pneumothorax in the apex: rim of 1 cm"))
        world.type("e old\n")
        world.wait(seconds: 2)
        #expect(world.drafts[StudyID(1)]?.ownFindings.first?.text == "rim of 1 cm old")
    }

    @Test func `a finding is added by its parts`() {
        var world = FakeWorld()
        world.openFirst()
        world.type("sN")
        world.press(.control("s"))
        #expect(world.text.contains("needs a label or words"))
        world.type("f\n")
        world.type("r\nsse")
        world.type("\nlower zone\n\n")
        world.wait(seconds: 2)
        #expect(
            world.drafts[StudyID(1)]?.ownFindings == [
                OwnFinding(
                    text: "", pathology: .fibrosis, side: .right, severity: .severe,
                    location: "lower zone")
            ])
        #expect(world.model.place == .ownFindings)
    }

    @Test func `the impression goes to the editor and comes back into the draft`() {
        var world = writing()
        world.type("two\nlines")
        world.press(.control("o"))
        #expect(impression(&world) == "TWO\nLINES")
        world.failure = Problem(summary: "no editor is named: set EDITOR")
        world.press(.control("o"))
        #expect(world.text.contains("no editor is named"))
        #expect(impression(&world) == "TWO\nLINES")
        #expect(world.model.isIdle)
    }

    @Test func `what an editor gives back belongs to the study it was opened for`() {
        var world = writing()
        world.type("first")
        world.isHeldBack = { if case .edit = $0 { true } else { false } }
        world.press(.control("o"))
        world.press(.escape)
        world.press(.escape)
        world.press(.escape)
        world.open(StudyID(2))
        world.answerHeldBack()
        world.wait(seconds: 3)
        #expect(world.drafts[StudyID(2)] == nil && world.model.isIdle)
    }

    // MARK: Addenda

    @Test func `a signed study gets an addendum without a claim and its decisions stay`() {
        var world = FakeWorld()
        world.open(StudyID(12))
        world.type("s")
        #expect(world.text.contains("becomes an addendum"))
        #expect(!world.effects.contains { $0.isClaim })
        world.press(.control("s"))
        #expect(world.text.contains("write the addendum"))
        world.type("Compared with outside films: older.")
        world.press(.control("s"))
        #expect(world.text.contains("This is an ADDENDUM"))
        let suffix = String(
            (world.entries.first { $0.id == StudyID(12) }?.study.accessionNumber ?? "").suffix(4))
        world.type("\(suffix)\n")
        #expect(world.signed.map(\.meaning) == [.addended])
        #expect(world.signed.first?.reading.decisions.isEmpty == true)
        #expect(world.text.contains("signed as addendum"))
    }

    @Test func `a resident writes no addendum`() {
        var world = FakeWorld(
            session: Session(
                reader: Fixtures.reader, readerName: "Res. Ident", meaning: .preliminary))
        world.open(StudyID(12))
        world.type("s\t\ttext")
        world.press(.control("s"))
        #expect(!world.text.contains("ADDENDUM"))
        world.wait(seconds: 3)
        #expect(world.drafts.isEmpty)
    }

    @Test func `a late image is said in the list and on opening`() throws {
        let signed = Fixtures.worklist[11]
        let late = WorklistEntry(
            id: StudyID(12), patient: signed.patient, study: signed.study, modality: "CR",
            views: ["PA"], receivedAt: signed.receivedAt, state: .final, topFinding: nil,
            signedBy: Fixtures.other, signedAt: Fixtures.now, awaitsAddendum: true)
        var world = FakeWorld(entries: [late])
        #expect(world.text.contains("addend!"))
        world.type("\n")
        #expect(world.text.contains("an image came after the signature"))
    }

    // MARK: What goes on record

    @Test func `a signature takes along what was on the screen and since when`() throws {
        var world = FakeWorld()
        world.openFirst()
        let opened = world.model.now
        world.wait(seconds: 3)
        world.type("s   xzy\t\tDone.")
        world.press(.control("s"))
        world.type("1042\n")
        let viewing = try #require(world.signed.first?.viewing)
        #expect(
            viewing.analyses == [
                ShownAnalysis(
                    id: Fixtures.analysis().id, wasVisible: true, visibleSince: opened)
            ])
        #expect(viewing.images.count == 1)
        #expect(viewing.images[0].seenThousandths == 1000)
        #expect(viewing.images[0].seenCloselyThousandths < 1000)
    }

    @Test func `an analysis that stayed hidden was not visible, and its time is the reveal's`()
        throws
    {
        var settings = Settings()
        settings.showsImpressionFirst = true
        var world = FakeWorld(settings: settings)
        world.openFirst()
        world.wait(seconds: 20)
        let reveal = world.model.now
        world.type("jj I")
        #expect(world.impressions[StudyID(1)]?.findings == [.effusion])
        world.wait(seconds: 5)
        world.type("sAy\t\tDone.")
        world.press(.control("s"))
        world.type("1042\n")
        let shown = try #require(world.signed.first?.viewing?.analyses.first)
        #expect(shown.wasVisible && shown.visibleSince == reveal)
    }

    @Test func `an impression that could not be stored keeps the AI hidden`() {
        var settings = Settings()
        settings.showsImpressionFirst = true
        var world = FakeWorld(settings: settings)
        world.openFirst()
        world.failure = Problem(summary: "the disk is full")
        world.type("I")
        #expect(!world.text.contains(".91") && world.text.contains("the disk is full"))
        world.type("I")
        #expect(world.text.contains(".91"))
        world.type("u")
        #expect(world.text.contains(".91") && world.impressions.count == 1)
    }

    @Test func `where the site wants the impression no key shows the AI without it`() {
        var settings = Settings()
        settings.showsImpressionFirst = true
        settings.requiresFirstImpression = true
        var world = FakeWorld(settings: settings)
        world.type(":first-impression\n")
        #expect(world.text.contains("this site asks for a first impression"))
        world.openFirst()
        #expect(!world.text.contains(".91"))
    }
}
