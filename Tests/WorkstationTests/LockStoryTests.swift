// The locked screen: nothing of a patient on it, and back where it was.

import Foundation
import Radiology
import Terminal
import Testing
import Workstation

struct LockStoryTests {
    private static let session = Session(
        reader: Fixtures.reader, readerName: "Dr. Rosa Aldrin", asksSecret: true)

    private func world(lockAfter seconds: Double?, session: Session = Self.session) -> FakeWorld {
        var settings = Settings()
        settings.lockAfterSeconds = seconds
        return FakeWorld(session: session, settings: settings)
    }

    /// Words of every patient of the fixtures that are on the screen.
    private func patientWords(_ world: FakeWorld) -> [String] {
        let words = Fixtures.worklist.flatMap { entry in
            entry.patient.name.alphabetic.split(separator: "^").map(String.init)
                + [entry.study.accessionNumber, entry.patient.identifier]
        }
        let text = world.text.lowercased()
        return words.filter { $0.count > 2 && text.contains($0.lowercased()) }
    }

    @Test func `an idle screen locks, shows no patient, and resumes where it was`() {
        var world = world(lockAfter: 60)
        world.prepareSignOff()
        world.type(" More")
        let before = world.text
        #expect(!patientWords(world).isEmpty)
        world.wait(seconds: 59)
        #expect(world.model.lock == nil)
        world.wait(seconds: 2)
        #expect(world.model.lock != nil && world.model.place == .lock)
        #expect(patientWords(world).isEmpty && world.text.contains("locked"))
        #expect(world.effects.contains(.screenLocked(reason: "idle")))
        #expect(world.drafts[StudyID(1)]?.impression.hasSuffix("More") == true, "kept first")
        world.send(.recordsChanged)
        world.send(.noticed(Problem(summary: "a word", remedy: "more")))
        #expect(patientWords(world).isEmpty)
        world.press(.enter)
        #expect(world.text.contains("type your secret first"))
        world.type("horse battery")
        #expect(!world.text.contains("horse"))
        world.press(.enter)
        #expect(world.model.lock == nil && world.model.screen == .signOff)
        world.press(.control("a"))
        world.press(.end)
        #expect(world.text.contains("Moderate right apical pneumothorax. More"))
        _ = before
    }

    @Test func `a wrong secret keeps it locked and says why`() {
        var world = world(lockAfter: nil)
        world.open(StudyID(1))
        world.press(.function(9))
        world.failure = Problem(summary: "name and secret do not open an account")
        world.type("wrong\n")
        #expect(world.model.lock != nil && patientWords(world).isEmpty)
        #expect(world.text.contains("do not open an account"))
        world.press(.paste("right\n"))
        world.press(.enter)
        #expect(world.model.lock == nil && world.model.screen == .study)
        #expect(world.model.isIdle)
        let tries = world.effects.compactMap { effect -> String? in
            if case .unlock(let secret, _) = effect { secret } else { nil }
        }
        #expect(tries == ["wrong", "right"])
    }

    @Test func `keys and the mouse do nothing else while it is locked`() {
        var world = world(lockAfter: nil)
        world.press(.function(9))
        let count = world.effects.count
        world.type("q:leave!")
        world.press(
            .mouse(MouseEvent(.press, button: .left, at: Position(column: 5, row: 6))))
        world.press(.escape)
        #expect(world.effects.count == count && world.model.screen == .worklist)
        world.press(.control("d"))
        #expect(world.effects.last == .quit)
    }

    @Test func `keys put the lock off, and nothing locks where it is not asked for`() {
        var world = world(lockAfter: 30)
        for _ in 0..<10 {
            world.wait(seconds: 20)
            world.type("j")
        }
        #expect(world.model.lock == nil)
        var open = self.world(lockAfter: nil)
        open.wait(seconds: 10_000)
        #expect(open.model.lock == nil)
    }

    @Test func `without accounts Enter opens it`() {
        var world = world(lockAfter: 10, session: Fixtures.session)
        world.wait(seconds: 11)
        #expect(world.model.lock != nil)
        world.press(.enter)
        #expect(world.model.lock == nil)
    }

    @Test(arguments: [GridSize(columns: 60, rows: 18), GridSize(columns: 200, rows: 60)])
    func `the locked screen holds at every size`(size: GridSize) {
        var world = world(lockAfter: nil)
        world.send(.resized(size))
        world.press(.function(9))
        #expect(patientWords(world).isEmpty && world.text.contains("Dr. Rosa Aldrin"))
    }
}
