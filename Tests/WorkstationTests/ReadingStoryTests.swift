// Stories of reading: the lists, the picture, what arrives late, what fails.

import Foundation
import Radiology
import Terminal
import Testing
import Workstation

struct ReadingStoryTests {
    @Test func `an empty worklist says how to import`() {
        let world = FakeWorld(entries: [])
        #expect(world.text.contains("wetread import PATH..."))
    }

    @Test func `a worklist that cannot be read says why and how to try again`() {
        var world = FakeWorld()
        world.failure = Problem(summary: "the database is locked", remedy: "Close it elsewhere.")
        world.type("R")
        #expect(world.text.contains("the database is locked"))
        world.type("v")
        #expect(world.text.contains("Close it elsewhere."))
        world.type("qR")
        #expect(!world.text.contains("the database is locked"))
    }

    @Test func `a study that arrives appears by itself and moves no selection`() {
        var world = FakeWorld()
        world.type("jj")
        let before = world.model.currentStudy
        world.entries.append(
            Fixtures.entry(
                20, "ZINNIA^OAK", "F", birth: "19700101", hours: 9,
                top: Fixtures.finding(.pneumothorax, 0.95, 0.02)))
        world.send(.recordsChanged)
        #expect(world.text.contains("ZINNIA"))
        #expect(world.model.currentStudy == before)
        #expect(world.effects.contains(.bell))
        #expect(world.text.contains("a new critical study"))
    }

    @Test func `changes while the worklist is on its way are read after it`() {
        var world = FakeWorld()
        world.isHeldBack = { $0.request != nil }
        world.send(.recordsChanged)
        world.send(.recordsChanged)
        world.send(.recordsChanged)
        // One question for the list and one for the critical results.
        #expect(world.heldBack.count == 2)
        world.answerHeldBack()
        #expect(world.effects.count { if case .loadWorklist = $0 { true } else { false } } == 3)
        #expect(world.model.isIdle)
    }

    @Test(arguments: [
        ("bry", "BRYONY"), ("p-4005", "ERICA"), ("a1046", "ERICA"), ("田中", "田中"),
    ])
    func `the filter finds by name, identifier and accession`(text: String, name: String) {
        var world = FakeWorld()
        world.type("\\\(text)")
        #expect(world.text.contains(name))
        #expect(!world.text.contains("ASTER"))
        world.press(.escape)
        #expect(world.text.contains("ASTER"))
    }

    @Test func `filters count and hold what they say`() {
        var world = FakeWorld()
        #expect(world.text.contains("[All 12]"))
        world.type("f")
        #expect(world.text.contains("[Critical 3]"))
        #expect(!world.text.contains("DAHLIA"))
        world.type("fff")
        #expect(world.text.contains("[Signed 1]"))
        #expect(world.text.contains("LARKSPUR"))
        world.press(.escape)
        #expect(world.text.contains("[All 12]"))
    }

    @Test func `every order of the worklist holds all studies`() {
        var world = FakeWorld(rows: 60)
        for _ in WorklistOrder.allCases {
            world.type("o")
            for entry in Fixtures.worklist {
                #expect(world.text.contains(entry.patient.name.display.prefix(5)))
            }
        }
    }

    @Test func `the critical queue holds the flagged, oldest first, signed ones last`() {
        var world = FakeWorld()
        world.type("!")
        let names = ["BRYONY", "CROCUS", "ASTER", "LARKSPUR"]
        let places = names.map { world.text.firstRange(of: $0)?.lowerBound }
        #expect(places.allSatisfy { $0 != nil })
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        #expect(!world.text.contains("DAHLIA"))
        world.press(.enter)
        world.type("]")
        #expect(world.text(row: 0).contains("CROCUS"))
        world.press(.escape)
        #expect(world.model.screen == .queue)
        #expect(world.model.currentStudy == StudyID(3))
    }

    @Test func `every image and every frame can be reached`() {
        let detail = Fixtures.detail(
            images: [Fixtures.image(1), Fixtures.image(2, view: "LL", frames: 3)])
        var world = FakeWorld(columns: 200, rows: 60, details: [detail])
        world.open(StudyID(1))
        world.type("....")
        let shown = world.effects.compactMap { effect -> [Int]? in
            guard case .loadImage(_, let image, let frame, _, _) = effect else { return nil }
            return [Int(image.rawValue), frame]
        }
        #expect(shown == [[1, 0], [2, 0], [2, 1], [2, 2]])
        #expect(world.text.contains("image 2/2 LL"))
        #expect(world.text.contains("frame 3/3"))
        #expect(world.text.contains("this is the last one"))
        world.type(",,,")
        #expect(world.text.contains("image 1/2 AP"))
    }

    @Test func `pixels of a study that was left are dropped`() {
        var world = FakeWorld()
        world.isHeldBack = \.isLoadImage
        world.open(StudyID(1))
        let first = world.heldBack
        world.press(.escape)
        world.press(.escape)
        world.open(StudyID(2))
        #expect(first.count == 1)
        guard case .loadImage(let study, let image, let frame, _, let request) = first[0] else {
            return
        }
        world.send(
            .imageLoaded(study, image, frame: frame, pyramid: Fixtures.pyramid, request: request))
        #expect(world.text.contains("Decoding image 1 of 1"))
        world.answerHeldBack()
        #expect(!world.text.contains("Decoding"))
    }

    @Test func `an answer to an older question about the same study is dropped`() {
        var world = FakeWorld()
        world.isHeldBack = \.isOpenStudy
        world.open(StudyID(1))
        let old = Fixtures.detail(draft: ReadingDraft(decisions: [.mass: .agree]))
        world.send(.recordsChanged)
        #expect(!world.text.contains("Reading the study"))
        guard case .openStudy(_, let request) = world.heldBack[0] else { return }
        world.send(.studyLoaded(old, request: request))
        world.wait(seconds: 3)
        #expect(world.drafts.isEmpty)
        #expect(world.model.isIdle)
    }

    @Test func `pixels on their way are not asked for again when the records change`() {
        var world = FakeWorld()
        world.isHeldBack = \.isLoadImage
        world.open(StudyID(1))
        world.send(.recordsChanged)
        world.send(.recordsChanged)
        #expect(world.effects.count { $0.isLoadImage } == 1)
        world.answerHeldBack()
        #expect(world.text.contains("W 3600 L 2048"))
    }

    @Test func `an image that cannot be decoded says so beside its findings`() {
        var world = FakeWorld()
        world.isHeldBack = \.isLoadImage
        world.open(StudyID(1))
        world.failure = Problem(summary: "JPEG XL is not decoded", remedy: "Send it as JPEG-LS.")
        world.answerHeldBack()
        #expect(world.text.contains("This image cannot be shown"))
        #expect(world.text.contains("Pneumothorax"))
        world.type("v")
        #expect(world.text.contains("Send it as JPEG-LS."))
    }

    @Test func `the window follows the keys and the file's own windows come back`() {
        var world = FakeWorld(columns: 120, rows: 30)
        world.open(StudyID(1))
        #expect(world.text.contains("W 3600 L 2048 STANDARD"))
        let before = world.frame
        world.type("w")
        #expect(world.text.contains("W 3240 L 2048 own"))
        #expect(world.frame.difference(from: before).count > 100)
        world.type("c")
        #expect(world.text.contains("L 2210 own"))
        world.type("p")
        #expect(world.text.contains("STANDARD"))
        world.type("p")
        #expect(world.text.contains("W 1600 L 1100 LUNG"))
        world.type("p")
        #expect(world.text.contains("auto"))
        world.type("i")
        #expect(world.text.contains("inverted"))
    }

    @Test func `zoom, one to one, pan and fit change what a cell stands for`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        #expect(world.text.contains("cell 14 px"))
        world.press(.right)
        #expect(world.text.contains("the whole image is in view"))
        world.type("+")
        #expect(world.text.contains("cell 11 px"))
        let before = world.frame
        world.press(.right)
        #expect(world.frame.difference(from: before).count > 100)
        world.type("1")
        #expect(world.text.contains("all detail") || world.text.contains("cell 2.0 px"))
        world.type("0")
        #expect(world.text.contains("fit"))
    }

    @Test func `the axis can be linear and findings sorted by name`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("%")
        #expect(world.text.contains(".5"))
        world.type("ooo")
        #expect(world.text(row: 4).contains("Atelectasis"))
    }

    @Test func `all fourteen findings stand beside the picture at 80x24`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        for pathology in Pathology.foundingFourteen {
            #expect(world.text.contains(pathology.shortName))
        }
        #expect(world.text.contains("knows only drawn phantoms"))
        #expect(world.text.contains("T=10 seed 7"))
    }

    @Test func `a failed analysis is said with its reason and read without the model`() {
        let failure = AnalysisFailure(timestamp: Fixtures.now, reason: "the image has no pixels")
        var world = FakeWorld(details: [Fixtures.detail(Fixtures.worklist[9], failure: failure)])
        #expect(world.text.contains("Analysis failed - manual"))
        world.open(StudyID(10))
        #expect(world.text.contains("Analysis failed - manual review"))
        #expect(world.text.contains("the image has no pixels"))
        world.type("x")
        #expect(world.text.contains("there is no AI finding to decide on"))
    }

    @Test func `an untrusted name reaches no cell with its escape`() {
        let world = FakeWorld()
        #expect(!world.text.unicodeScalars.contains("\u{1B}"))
        #expect(world.text.contains("\u{FFFD}[31mKNAP"))
    }

    @Test func `a resize keeps study, decisions and magnification`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("x+")
        world.press(.resize(GridSize(columns: 40, rows: 10)))
        #expect(world.text.contains("Too small"))
        world.send(.resized(GridSize(columns: 132, rows: 43)))
        #expect(world.text(row: 0).contains("ASTER"))
        #expect(world.text.contains("x1.2"))
        #expect(world.text.contains("decided 1/14"))
    }

    @Test func `the command line completes and runs, and explains what it cannot`() {
        var world = FakeWorld()
        world.type(":queu\n")
        #expect(world.model.screen == .queue)
        world.type("!:nonsense\n")
        #expect(world.text.contains("no command here is called that"))
        world.open(StudyID(2))
        world.type(":previous-study\n")
        #expect(world.text.contains("this is the first study of the list"))
        world.type(":leave\n")
        #expect(world.effects.last == .quit)
    }

    @Test func `only q on the worklist or the command line quits`() {
        var world = FakeWorld()
        world.press(.control("c"), .escape)
        world.open(StudyID(1))
        world.type("sqq")
        #expect(!world.effects.contains(.quit))
        world.type("q")
        #expect(world.effects.last == .quit)
    }
}

extension FakeWorld {
    func text(row: Int) -> String { frame.text(row: row) }
}
