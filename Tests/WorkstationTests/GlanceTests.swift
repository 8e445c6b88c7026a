// What must be seen at a glance at 80x24: whose call it is, what is cut or hidden, what is due.

import Foundation
import Radiology
import Terminal
import Testing
import Workstation

struct GlanceTests {
    private func row(_ name: String, of world: FakeWorld) -> String {
        world.text.split(separator: "\n").first { $0.contains(name) }.map(String.init) ?? ""
    }

    // MARK: What the reader says

    @Test(
        arguments: [
            // Pneumothorax is present by the AI, Atelectasis is not.
            ("Pneumothorax", " ", "+ ▲", "[present]", false),
            ("Pneumothorax", "x", "-≠▲", "[absent]", true),
            ("Pneumothorax", "z", "u ▲", "[unsure]", false),
            ("Atelectasis", " ", "-  ", "[absent]", false),
            ("Atelectasis", "x", "+≠ ", "[present]", true),
            ("Atelectasis", "z", "u  ", "[unsure]", false),
        ] as [(String, String, String, String, Bool)])
    func `a call says present, absent or unsure, and whether the AI says the opposite`(
        name: String, key: String, sign: String, words: String, departs: Bool
    ) {
        var world = FakeWorld()
        world.openFirst()
        if name == "Atelectasis" { world.type("jjj") }
        world.type(key)
        #expect(row(name, of: world).contains("\(sign) \(name)"))
        world.type("s")
        if name == "Atelectasis" { world.type("e") }
        let line = row(name, of: world)
        #expect(line.contains(words) && line.contains("≠ AI") == departs, "\(line)")
        #expect(line.contains(name == "Atelectasis" ? "absent " : "present "))
    }

    @Test func `an undecided row says so and brackets nothing`() {
        var world = FakeWorld()
        world.openFirst()
        world.type("s")
        #expect(row("Pneumothorax", of: world).contains("undecided"))
        #expect(!world.text.contains("["))
    }

    @Test func `the signs are explained where there is room, and in the help`() {
        var wide = FakeWorld(columns: 100, rows: 30)
        wide.openFirst()
        #expect(wide.text.contains("you: + present  - absent  u unsure  ≠ AI"))
        wide.type("?G")
        #expect(wide.text.contains("≠ the AI says the opposite"))
    }

    @Test(arguments: [60, 72, 80, 100])
    func `how many are decided stands on the status line`(columns: Int) {
        var world = FakeWorld(columns: columns, details: ScreenGoldenTests.details)
        world.openFirst()
        world.type("  x")
        #expect(world.frame.text(row: 20).contains("3/14"))
        let words = [80: "exact, dithered · 3/14 done", 100: "decided 3/14"][columns] ?? ""
        #expect(words.isEmpty || world.frame.text(row: 20).contains(words))
    }

    // MARK: What is cut

    private var talkative: FakeWorld {
        let long = "knows only drawn phantoms; says nothing about a patient, whatever the number"
        let analysis = Fixtures.analysis()
        let identity = ModelIdentity(
            name: analysis.model.name, version: analysis.model.version,
            sha256: analysis.model.sha256, notice: long)
        let spoken = Analysis(
            id: analysis.id, timestamp: analysis.timestamp, model: identity,
            samples: analysis.samples, seed: analysis.seed, images: analysis.images)
        var world = FakeWorld(details: [Fixtures.detail(analysis: spoken)])
        world.openFirst()
        return world
    }

    @Test func `what the panel cuts names the key that shows the whole`() {
        var world = talkative
        #expect(world.frame.text(row: 2).contains("… r: all"))
        #expect(world.frame.text(row: 19).contains("… r: +1"))
        #expect(!world.text.contains("whatever the number"))
        world.type("r")
        #expect(world.text.contains("passes disagree on Nodule: look yourself"))
        #expect(world.text.contains("clipped 8 % (fair): Some of the lung lies outside"))
        #expect(world.text.contains("≥ 0.70 (package rule)"))
        let whole = world.text.replacing("│", with: " ").split(whereSeparator: \.isWhitespace)
        #expect(whole.joined(separator: " ").contains("whatever"))
    }

    @Test func `without a line below the findings the panel says that there is more`() {
        var world = FakeWorld(columns: 60, rows: 20)
        world.openFirst()
        #expect(world.frame.text(row: 2).hasSuffix("r: +3"))
        world.type("r")
        #expect(world.text.contains("≥ 0.70 (package rule)"))
    }

    @Test func `while the AI is hidden the same key shows the model's notice and nothing else`() {
        var world = talkative
        world.type(":first-impression\n")
        #expect(world.frame.text(row: 2).contains("… r: all"))
        world.type("r")
        #expect(world.text.contains("whatever the number"))
        for secret in [".91", "0.91", "CRITICAL", "Pneumothorax ≥", "IN SHORT"] {
            #expect(!world.text.contains(secret))
        }
    }

    // MARK: The worklist

    @Test(
        arguments: [
            (10.0, "0:50 left", Role.text), (31, "0:29 half", .accent),
            (50, "0:10 NEAR", .warning), (65, "LATE 0:05", .critical),
        ] as [(Double, String, Role)], [60, 80, 120])
    func `the worklist says the time left of a critical result`(
        case: (minutesAgo: Double, words: String, role: Role), columns: Int
    ) throws {
        var world = FakeWorld(columns: columns)
        world.critical = [
            CriticalResult(
                id: 1, study: StudyID(1), pathology: .pneumothorax,
                category: CriticalCategory(
                    name: "red", acrCategory: "minutes", limitSeconds: 3600), rule: "r",
                raisedAt: Fixtures.now.addingTimeInterval(-`case`.minutesAgo * 60),
                dueAt: Fixtures.now.addingTimeInterval((60 - `case`.minutesAgo) * 60),
                receivedAt: Fixtures.now, openedAt: nil, steps: [])
        ]
        world.send(.recordsChanged)
        let line = row("ASTER", of: world)
        #expect(line.contains(`case`.words), "\(line)")
        #expect(line.contains("Pneumothorax") && line.contains("analysed"))
        let rows = world.text.split(separator: "\n", omittingEmptySubsequences: false)
        let index = try #require(rows.firstIndex { $0.contains(`case`.words) })
        let column = try #require(line.firstRange(of: `case`.words)).lowerBound
        let place = Position(
            column: line.distance(from: line.startIndex, to: column), row: index)
        #expect(world.frame[place].style.foreground == .role(`case`.role))
        // The others still say how long they wait.
        #expect(row("DAHLIA", of: world).contains("6:06"))
    }

    @Test func `without an open result the worklist keeps its columns`() {
        let world = FakeWorld()
        #expect(world.text.contains("wait") && !world.text.contains("left"))
    }

    @Test func `the time left stands there also where the wait is not among the columns`() {
        var settings = Settings()
        settings.columns = [.mark, .patient, .finding, .state]
        var world = FakeWorld(settings: settings)
        world.raiseResults()
        #expect(row("ASTER", of: world).contains("0:10 NEAR"))
    }

    // MARK: The sign-off

    @Test func `rows that do not fit are counted, with what of them is undecided`() {
        var world = FakeWorld()
        world.openFirst()
        world.type("se")
        let hidden = row("Own findings", of: world)
        #expect(hidden.contains("↓") && hidden.contains("below") && hidden.contains("undecided"))
        world.type("A")
        #expect(row("Own findings", of: world).contains("all decided"))
        world.type("G")
        #expect(row("Own findings", of: world).contains("above, 1 critical"))
        #expect(!row("Own findings", of: world).contains("↓"))
        var tall = FakeWorld(columns: 100, rows: 50)
        tall.openFirst()
        tall.type("se")
        #expect(!row("Own findings", of: tall).contains("below"))
    }

    @Test(arguments: [60, 80], [("x", "1 present ≠ AI"), ("z", "1 unsure"), (" ", "1 decided")])
    func `a call on a folded finding is said`(columns: Int, call: (key: String, words: String)) {
        var world = FakeWorld(columns: columns)
        world.openFirst()
        // Below its bound.
        world.type("jjj\(call.key)s")
        #expect(row("below bound", of: world).contains("\(call.words); y: other"))
        world.type("y")
        let all = call.key == " " ? "[all said absent]" : "\(call.words); e shows them"
        #expect(row("below bound", of: world).contains(all))
    }

    @Test func `what is signed is said to go on below, until its end was shown`() {
        var world = FakeWorld(columns: 60, rows: 20)
        world.prepareSignOff()
        world.press(.control("s"))
        #expect(world.text.contains("more lines of what you sign below: ↓"))
        for _ in 0..<9 { world.press(.down) }
        #expect(!world.text.contains("of what you sign below"))
    }

    @Test func `beside the impression stands what the reader calls present`() throws {
        var world = FakeWorld()
        world.openFirst()
        world.type("s  xzyA")
        world.press(.tab, .tab)
        world.type("No pneumothorax.")
        world.press(.control("s"))
        let lines = world.text.split(separator: "\n").map(String.init)
        let calls = try #require(lines.firstIndex { $0.contains("You call present: ") })
        #expect(lines[calls].contains("Pneumothorax, Effusion; unsure: Nodule."))
        #expect(lines[calls + 1].contains("Impression"))
        #expect(lines[calls + 2].contains("No pneumothorax."))
    }

    @Test func `while the signature is stored only what works is offered`() {
        var world = FakeWorld()
        world.prepareSignOff()
        world.press(.control("s"))
        #expect(world.text.contains("⏎ sign") && world.text.contains("Esc back"))
        world.isHeldBack = \.isSign
        world.type("1042\n")
        #expect(world.text.contains("Storing the signature"))
        #expect(!world.text.contains("⏎ sign") && !world.text.contains("Esc back"))
        world.press(.escape)
        #expect(world.text.contains("it cannot be called back"))
        world.answerHeldBack()
        #expect(world.signed.count == 1 && world.model.screen == .worklist)
    }

    @Test func `the signer's own time is said where it is not UTC`() {
        for (offset, words) in [
            (0, "02:41 UTC, study open"), (3600, "02:41 UTC (03:41 here, UTC+1)"),
        ] {
            var world = FakeWorld(
                session: Session(
                    reader: Fixtures.reader, readerName: "Dr. Rosa Aldrin",
                    utcOffsetSeconds: offset))
            world.prepareSignOff()
            world.press(.control("s"))
            #expect(world.text.contains(words))
        }
    }

    @Test func `s goes to the sign-off, and one key from everywhere there to the signature`() {
        var world = FakeWorld()
        world.openFirst()
        #expect(world.text.contains("s to sign-off"))
        world.type("s")
        for _ in 0..<3 {
            #expect(world.text.contains("^S to signature"))
            world.press(.tab)
        }
    }

    // MARK: Templates

    private func templates(_ names: [String]) -> FakeWorld {
        var settings = Settings()
        settings.templates = names.map {
            ReportTemplate(name: $0, text: "Text of \($0).\nSecond line.\n")
        }
        var world = FakeWorld(settings: settings)
        world.openFirst()
        world.type("s\t\t")
        world.press(.control("t"))
        return world
    }

    @Test func `templates are listed with their first lines`() {
        let world = templates(["normal", "pneumonia", "pneumothorax"])
        #expect(world.text.contains("1 normal        Text of normal. (+1 line)"))
        #expect(world.text.contains("3 pneumothorax  Text of pneumothorax."))
        #expect(world.text.contains("› 1 normal"))
    }

    @Test(
        arguments: [
            ("", "normal"), ("2", "pneumonia"), ("3", "pneumothorax"), ("pneumot", "pneumothorax"),
            ("pp", "pneumothorax"), ("9", "normal"), ("0", "normal"), ("no such", "normal"),
        ] as [(String, String)])
    func `a template is chosen by its number or its letters`(typed: String, name: String) {
        var world = templates(["normal", "pneumonia", "pneumothorax"])
        world.type(typed == "no such" ? "no" : typed)
        world.press(.enter)
        world.wait(seconds: 2)
        #expect(world.drafts[StudyID(1)]?.impression.hasPrefix("Text of \(name).") == true)
    }

    @Test func `arrows choose, and a long list follows the choice`() {
        var world = templates((1...40).map { "template \($0)" })
        world.press(.down, .down)
        #expect(world.text.contains("› 3  template 3"))
        world.type("27")
        #expect(world.text.contains("› 27 template 27"))
        world.press(.up)
        #expect(world.text.contains("› 26 template 26"))
        world.press(.enter)
        world.wait(seconds: 2)
        #expect(world.drafts[StudyID(1)]?.impression.hasPrefix("Text of template 26.") == true)
    }
}
