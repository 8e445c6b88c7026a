// Habits of the hand: counts, doubled keys, undo, search, filters, history, key maps.

import Foundation
import Radiology
import Terminal
import Testing
import Workstation

struct HabitTests {
    @Test(arguments: [
        ("3j", 3), ("10j", 10), ("5G", 4), ("4gg", 3), ("G", 11), ("Ggg", 0), ("G2k", 9),
    ])
    func `a number counts the next motion`(keys: String, row: Int) {
        var world = FakeWorld()
        world.type(keys)
        var reference = FakeWorld()
        for _ in 0..<row { reference.type("j") }
        #expect(world.model.currentStudy == reference.model.currentStudy)
    }

    @Test func `a key that is doubled does nothing once, and says so`() {
        var world = FakeWorld()
        world.type("jjg")
        #expect(world.text.contains("g again"))
        let before = world.model.currentStudy
        world.type("j")
        #expect(world.model.currentStudy != before)
        world.type("g")
        #expect(world.text.contains("g again"))
    }

    @Test func `what was decided, typed, windowed and measured is taken back one by one`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("xz")
        world.type("w")
        #expect(world.text.contains("W 3240"))
        world.type("u")
        #expect(world.text.contains("W 3600"))
        #expect(world.text.contains("undone: window"))
        world.type("u")
        #expect(world.text.contains("decided 1/14") || world.text.contains("undone: decision"))
        world.type("s\t\tSome words")
        world.press(.escape)
        world.type("u")
        #expect(world.text.contains("undone: impression"))
        world.wait(seconds: 2)
        #expect(world.drafts[StudyID(1)]?.impression == "")
        world.press(.control("r"))
        world.wait(seconds: 2)
        #expect(world.drafts[StudyID(1)]?.impression == "Some words")
        #expect(world.drafts[StudyID(1)]?.decisions.count == 1)
    }

    @Test func `there is nothing to undo at the start, and undo never leaves the study`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("u")
        #expect(world.text.contains("there is nothing to undo"))
        #expect(world.model.screen == .study)
    }

    @Test func `the search goes to rows without hiding others, and n and N go round`() {
        var world = FakeWorld()
        world.type("/er")
        #expect(world.text.contains("ASTER"))
        world.type("\n")
        var seen: [StudyID?] = []
        for _ in 0..<4 {
            seen.append(world.model.currentStudy)
            world.type("n")
        }
        #expect(Set(seen).count >= 3)
        world.type("N")
        #expect(world.text.contains("LARKSPUR"))
        world.press(.escape)
        world.type("n")
        #expect(world.text.contains("there is no search yet"))
    }

    @Test func `a search given up goes back to its row`() {
        var world = FakeWorld()
        world.type("jj")
        let before = world.model.currentStudy
        world.type("/larkspur")
        #expect(world.model.currentStudy != before)
        world.press(.escape)
        #expect(world.model.currentStudy == before)
    }

    @Test(arguments: [
        ("age>60", ["BRYONY", "GENTIAN"], ["ASTER", "HELLEBORE"]),
        ("mod:dx", ["BRYONY", "DAHLIA"], ["ASTER"]),
        ("find:pneumo", ["ASTER", "LARKSPUR"], ["BRYONY"]),
        ("reader:rad2", ["CROCUS"], ["ASTER"]), ("state:final", ["LARKSPUR"], ["ASTER"]),
        ("critical age<60", ["ASTER", "CROCUS"], ["BRYONY"]), ("manual", ["IRIS"], ["ASTER"]),
        ("wait>6", ["DAHLIA"], ["ASTER", "LARKSPUR"]),
    ])
    func `the filter takes facts`(query: String, holds: [String], drops: [String]) {
        var world = FakeWorld()
        world.type("\\\(query)\n")
        for name in holds { #expect(world.text.contains(name), "\(name)") }
        // The foot may name the selected one; the dropped stand nowhere.
        for name in drops { #expect(!world.text.contains(name), "\(name)") }
        world.press(.escape)
        #expect(world.text.contains("[All 12]"))
    }

    @Test func `a filter becomes a tab, and configured ones are there from the start`() {
        var settings = Settings()
        settings.savedFilters = [
            SavedFilter(name: "Old", query: WorklistQuery("age>70"))
        ]
        var world = FakeWorld(columns: 120, rows: 40, settings: settings)
        #expect(world.text.contains("Old 3"))
        world.type("\\mod:dx\nS")
        #expect(world.text.contains("[mod:dx 5]"))
        #expect(!world.text.contains("ASTER,"), "\(world.text)")
    }

    @Test func `the command line remembers what was run`() {
        var world = FakeWorld()
        world.type(":queue\n")
        world.press(.escape)
        world.type(":")
        world.press(.control("p"))
        world.press(.enter)
        #expect(world.model.screen == .queue)
    }

    @Test func `a key map changes keys, hints and help, and takes the old key away`() throws {
        var settings = Settings()
        settings.keys = try KeyMap([
            KeyBinding(section: "worklist", command: "queue", keys: ["c", "f5"])
        ])
        var world = FakeWorld(settings: settings)
        #expect(world.text.contains("c critical queue"))
        world.type("!")
        #expect(world.model.screen == .worklist)
        world.press(.function(5))
        #expect(world.model.screen == .queue)
    }

    @Test(arguments: [
        (KeyBinding(section: "nowhere", command: "queue", keys: ["c"]), "no section"),
        (KeyBinding(section: "worklist", command: "nothing", keys: ["c"]), "no command"),
        (KeyBinding(section: "worklist", command: "queue", keys: ["hyper-c"]), "no key"),
        (KeyBinding(section: "search-field", command: "cancel-search", keys: ["x"]), "is text"),
    ])
    func `a bad binding says what is wrong`(binding: KeyBinding, words: String) {
        #expect {
            _ = try KeyMap([binding])
        } throws: { error in
            "\(error)".contains(words)
        }
    }

    @Test func `settings that change while it runs hold at once`() {
        var world = FakeWorld()
        var settings = Settings()
        settings.waitingCapSeconds = 3600
        settings.savedFilters = [SavedFilter(name: "Men", query: WorklistQuery("state:unread"))]
        world.send(.settingsChanged(settings))
        #expect(world.text.contains("Men 11"))
        #expect(world.text.contains("read again"))
        world.send(.noticed(Problem(summary: "keys.toml line 3: there is no key hyper-x")))
        #expect(world.text.contains("line 3"))
    }

    @Test func `copying holds no patient data unless that is allowed`() {
        var world = FakeWorld()
        world.open(StudyID(1))
        world.type("s\t\tNo pneumothorax.")
        world.press(.escape, .escape)
        world.type("y")
        let copies = world.effects.compactMap { effect -> String? in
            if case .copy(let text) = effect { text } else { nil }
        }
        #expect(copies == ["No pneumothorax."])
        var settings = Settings()
        settings.copiesPatientData = true
        world.send(.settingsChanged(settings))
        world.type("y")
        guard case .copy(let text)? = world.effects.last else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.contains("ASTER"))
    }

    @Test func `the doctor's findings are a window`() {
        var world = FakeWorld()
        world.type(":doctor\n")
        #expect(world.text.contains("database: whole"))
        #expect(world.text.contains("colours xterm256"))
    }

    @Test func `every order keeps the selected study on its row of the screen`() {
        var world = FakeWorld(rows: 19)
        world.type("5j")
        let before = world.frame.cursor
        let study = world.model.currentStudy
        world.entries.append(
            Fixtures.entry(
                20, "ZINNIA^OAK", "F", birth: "19700101", hours: 9,
                top: Fixtures.finding(.pneumothorax, 0.95, 0.02)))
        world.send(.recordsChanged)
        #expect(world.model.currentStudy == study)
        #expect(world.frame.cursor == before)
    }
}

struct LongListTests {
    static let long: [WorklistEntry] = (1...3000).map { (index: Int) -> WorklistEntry in
        let probability = Double(index % 50) / 100
        let hours = Double(index % 97) * 0.2
        return Fixtures.entry(
            Int64(index), "NAME\(index)^X", index % 2 == 0 ? "M" : "F", birth: "19700101",
            hours: hours, modality: index % 3 == 0 ? "DX" : "CR",
            top: Fixtures.finding(.nodule, probability, 0.02))
    }

    @Test func `only the rows about the screen are fetched`() {
        var world = FakeWorld(entries: Self.long, isLong: true)
        world.type("G")
        world.press(.pageUp, .pageUp)
        world.type("1500G")
        let fetched = world.effects.compactMap { effect -> Int? in
            if case .loadRows(let ids, _) = effect { ids.count } else { nil }
        }
        #expect(fetched.reduce(0, +) < 400)
        #expect(!world.text.contains("…      "))
        #expect(world.model.isIdle)
    }

    @Test func `every row on the screen is whole once its answer is there`() {
        var world = FakeWorld(entries: Self.long, isLong: true)
        for keys in ["G", "gg", "700G", "o", "o", "\\mod:dx\n", "G"] {
            world.type(keys)
            let rows = (4..<16).map { world.frame.text(row: $0) }
            #expect(rows.allSatisfy { $0.contains("NAME") }, "\(keys)")
        }
    }

    @Test func `a first page is shown before the whole list is there`() {
        var world = FakeWorld(entries: [])
        world.isHeldBack = { if case .loadWorklist = $0 { true } else { false } }
        world.type("R")
        guard let request = world.heldBack.first?.request else {
            Issue.record("the worklist was not asked for")
            return
        }
        let page = Array(Self.long.prefix(50))
        world.send(
            .worklistLoaded(
                WorklistSnapshot(
                    items: page.map { WorklistItem($0) }, entries: page, isComplete: false,
                    studyCount: 3000), request: request))
        #expect(world.text.contains("NAME"))
        #expect(world.text.contains("reading the rest of 3000"))
        world.send(
            .worklistLoaded(
                WorklistSnapshot(items: Self.long.map { WorklistItem($0) }, entries: []),
                request: request))
        #expect(world.text.contains("All 3000"))
        #expect(!world.text.contains("reading the rest"))
    }

    // MARK: Taking studies from the list

    @Test func `c takes the selected study and gives it back, and leaving gives all back`() {
        var world = FakeWorld()
        let id = world.model.currentStudy
        world.type("c")
        #expect(world.text.contains("the study is yours"))
        #expect(world.effects.count { if case .claim = $0 { true } else { false } } == 1)
        world.wait(seconds: 16)
        #expect(world.effects.contains { $0 == id.map(Effect.renewClaim) })
        // What was taken here stays taken when its sign-off is left.
        world.press(.enter)
        world.type("s")
        world.press(.escape)
        world.press(.escape)
        #expect(!world.effects.contains { if case .release = $0 { true } else { false } })
        world.type("c")
        #expect(world.text.contains("given back"))
        world.type("cq")
        #expect(world.effects.count { if case .release = $0 { true } else { false } } == 2)
        #expect(world.effects.last == .quit)
    }

    @Test func `a study that somebody has open is not taken, and it is said whose it is`() throws {
        var world = FakeWorld()
        let id = try #require(world.model.currentStudy)
        world.holders[id] = Fixtures.claim(ReaderID("rad2"), hours: 0)
        world.type("c")
        #expect(world.text.contains("open at rad2's workstation"))
        world.type("q")
        #expect(!world.effects.contains { if case .release = $0 { true } else { false } })
    }
}
