// Every screen at every size that matters, against the text it must be.

import Foundation
import Radiology
import Terminal
import Testing
import WetreadTesting
import Workstation

/// A screen and the way to it from the start.
struct ScreenCase: Sendable, CustomTestStringConvertible {
    let name: String
    let reach: @Sendable (inout FakeWorld) -> Void
    var testDescription: String { name }

    init(_ name: String, _ reach: @escaping @Sendable (inout FakeWorld) -> Void) {
        self.name = name
        self.reach = reach
    }

    private static let diskFull = Problem(
        summary: "cannot read the records: the disk is full",
        remedy: "Make room on the disk that holds WETREAD_HOME and open the study again.")

    static let all: [ScreenCase] = [
        ScreenCase("worklist") { _ in },
        ScreenCase("queue") { $0.type("!") },
        ScreenCase("study") {
            $0.openFirst()
            $0.type("j x")
        },
        ScreenCase("signoff") { $0.prepareSignOff() },
        ScreenCase("confirm") {
            $0.prepareSignOff()
            $0.press(.control("s"))
            $0.type("10")
        },
        ScreenCase("help") {
            $0.openFirst()
            $0.type("?")
        },
        ScreenCase("report") {
            $0.openFirst()
            $0.type("r")
        },
        ScreenCase("finding") {
            $0.openFirst()
            $0.press(.enter)
        },
        ScreenCase("palette") {
            $0.type(":")
            $0.type("o")
        },
        ScreenCase("search") { $0.type("/a") },
        ScreenCase("empty") {
            $0.entries = []
            $0.type("R")
        },
        ScreenCase("loading") {
            $0.isHeldBack = \.isOpenStudy
            $0.openFirst()
        },
        ScreenCase("unreadable") {
            $0.failure = diskFull
            $0.openFirst()
        },
        ScreenCase("held") {
            $0.holders[StudyID(1)] = Fixtures.claim(Fixtures.other, hours: 0.5)
            $0.openFirst()
            $0.type("s")
        },
        ScreenCase("filter") { $0.type("\\age>60 mod:dx") },
        ScreenCase("doctor") { $0.type(":doctor\n") },
        ScreenCase("calibration") { $0.type(":calibration\n") },
        ScreenCase("ruler") {
            $0.openFirst()
            $0.type("d llllll ")
        },
        ScreenCase("lens") {
            $0.openFirst()
            $0.type("m")
        },
        ScreenCase("seen") {
            $0.openFirst()
            $0.type("++++")
            $0.wait(seconds: 2)
            $0.type("V")
        },
        ScreenCase("prior") {
            $0.openFirst()
            $0.type("b")
        },
        ScreenCase("heat") {
            $0.openFirst()
            $0.type("h")
        },
        ScreenCase("impression") {
            $0.type(":first-impression\n")
            $0.openFirst()
            $0.type("jj j z")
        },
        ScreenCase("revealed") {
            $0.type(":first-impression\n")
            $0.openFirst()
            $0.type("jj I")
        },
        ScreenCase("due") {
            $0.raiseResults()
            $0.type("!")
        },
        ScreenCase("tell") {
            $0.raiseResults()
            $0.type("!tDr. Night, ward 3\nt\ny\n")
        },
        ScreenCase("left") { $0.raiseResults() },
        ScreenCase("alone") {
            $0.openFirst()
            $0.type("f++")
        },
        ScreenCase("alone-prior") {
            $0.openFirst()
            $0.type("fb")
        },
        ScreenCase("alone-first") {
            $0.type(":first-impression\n")
            $0.openFirst()
            $0.type("fd")
        },
        ScreenCase("undecided") {
            $0.openFirst()
            $0.type("sexx ")
        },
        ScreenCase("templates") {
            var settings = $0.model.settings
            settings.templates = [
                ReportTemplate(name: "normal", text: "Heart size normal. Lungs clear."),
                ReportTemplate(name: "tubes", text: "Tip of the tube above the carina.\nLines:"),
            ]
            $0.send(.settingsChanged(settings))
            $0.prepareSignOff()
            $0.press(.control("t"))
            $0.type("t")
        },
        ScreenCase("storing") {
            $0.prepareSignOff()
            $0.press(.control("s"))
            $0.isHeldBack = \.isSign
            $0.type("1042\n")
        },
        ScreenCase("lock") { $0.press(.function(9)) },
        ScreenCase("addendum") {
            $0.open(StudyID(12))
            $0.type("sOlder than the outside films.")
        },
        ScreenCase("peer") {
            $0.offers = [PeerOffer(review: 3, study: StudyID(1), isRead: false)]
            $0.type(":peer\n")
        },
        ScreenCase("failed") { $0.open(StudyID(10)) },
        ScreenCase("nonfrontal") { $0.open(StudyID(9)) },
    ]
}

extension FakeWorld {
    /// Opens the most urgent study.
    mutating func openFirst() { open(StudyID(1)) }

    /// Three critical results: in time, nearly due, late; the last of a signed study.
    mutating func raiseResults() {
        critical = [(Int64(12), Pathology.mass, 70.0), (1, .pneumothorax, 50), (2, .pneumonia, 10)]
            .map {
                study, pathology, minutes in
                let raised = Fixtures.now.addingTimeInterval(-minutes * 60)
                return CriticalResult(
                    id: study, study: StudyID(study), pathology: pathology,
                    category: CriticalCategory(
                        name: "red", acrCategory: "minutes", limitSeconds: 3600),
                    rule: "r", raisedAt: raised, dueAt: raised.addingTimeInterval(3600),
                    receivedAt: raised, openedAt: nil, steps: [])
            }
        send(.recordsChanged)
    }

    /// Opens a study by the search field.
    mutating func open(_ id: StudyID) {
        let entry = entries.first { $0.id == id }
        type("/\(entry?.study.accessionNumber ?? "")\n\n")
    }

    /// Everything decided and written, the impression in focus.
    mutating func prepareSignOff() {
        openFirst()
        type("s")
        type("   xzy")
        type("nRib fracture, right 6th\n")
        press(.tab)
        type("Moderate right apical pneumothorax.")
    }
}

struct ScreenGoldenTests {
    static let sizes = [
        GridSize(columns: 60, rows: 20), GridSize(columns: 80, rows: 24),
        GridSize(columns: 100, rows: 30), GridSize(columns: 200, rows: 60),
        GridSize(columns: 60, rows: 18), GridSize(columns: 59, rows: 17),
    ]

    @Test(arguments: ScreenCase.all, sizes)
    func `every screen looks as recorded`(screen: ScreenCase, size: GridSize) {
        let world = ScreenGoldenTests.world(screen, size: size, capabilities: .ordinary)
        let variants = [Capabilities.Colour.monochrome, .sixteen, .direct].map { colour in
            let can = Capabilities(colour: colour, glyphs: .blocks, unicode: true)
            let other = ScreenGoldenTests.world(screen, size: size, capabilities: can)
            return (name: "\(colour)", frame: other.frame)
        }
        // What roles look like with so many colours is recorded by `LookGoldenTests`.
        Golden.expect(
            world.frame, named: "\(screen.name)-\(size.columns)x\(size.rows)", variants: variants)
    }

    @Test(arguments: ScreenCase.all)
    func `without Unicode every screen is ASCII`(screen: ScreenCase) {
        let size = GridSize(columns: 80, rows: 24)
        let world = ScreenGoldenTests.world(screen, size: size, capabilities: .least)
        let frame = world.frame.asciiOnly()
        #expect(frame.text.unicodeScalars.allSatisfy { $0.isASCII })
        Golden.expect(frame, named: "\(screen.name)-80x24-ascii")
    }

    @Test(arguments: ScreenCase.all)
    func `no size crashes or leaves the disclaimer out`(screen: ScreenCase) {
        for columns in stride(from: 0, through: 220, by: 20) {
            for rows in stride(from: 0, through: 70, by: 9) {
                let size = GridSize(columns: columns, rows: rows)
                let world = ScreenGoldenTests.world(screen, size: size, capabilities: .ordinary)
                let frame = world.frame
                #expect(frame.size == size)
                if columns >= 60, rows >= 18 {
                    let last = frame.text(row: rows - 1)
                    let note = columns >= 100 ? Disclaimer.footer : Disclaimer.shortFooter
                    #expect(last.contains(note))
                }
            }
        }
    }

    static func world(
        _ screen: ScreenCase, size: GridSize, capabilities: Capabilities
    ) -> FakeWorld {
        var world = FakeWorld(
            columns: size.columns, rows: size.rows, details: details, capabilities: capabilities)
        world.heat = [
            .pneumothorax: HeatField(columns: 3, rows: 3, values: [0, 0, 4, 0, 1, 2, -1, 0, 0])
        ]
        screen.reach(&world)
        return world
    }

    /// What stands behind the rows that are opened.
    static let details: [StudyDetail] = [
        StudyDetail(
            entry: Fixtures.worklist[0],
            images: [Fixtures.image(1), Fixtures.image(2, view: "LL", frames: 3)],
            analysis: Fixtures.analysis(), modelCard: Fixtures.card, priors: [Fixtures.prior]),
        Fixtures.detail(Fixtures.prior, images: [Fixtures.image(5)]),
        Fixtures.detail(
            Fixtures.worklist[9], images: [],
            failure: AnalysisFailure(
                timestamp: Fixtures.ago(hours: 0.5), reason: "the image has no pixel data")),
        Fixtures.detail(Fixtures.worklist[8], analysis: Fixtures.analysis(isFrontal: false)),
    ]
}
