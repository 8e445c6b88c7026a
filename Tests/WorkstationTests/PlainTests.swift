// The line mode: everything said in words, everything reachable.

import Radiology
import Terminal
import Testing
import Workstation

struct PlainTests {
    private func run(_ lines: [String], in world: inout FakeWorld) -> [String] {
        var said: [String] = []
        for line in lines {
            switch PlainInput(line: line, model: world.model) {
            case .keys(let keys): for key in keys { world.send(.key(key)) }
            case .help: said += PlainText.help(world.model)
            case .again: break
            case .unknown(let text): said.append("unknown \(text)")
            }
            said += PlainText.lines(world.model)
            if world.model.overlay != nil { world.press(.escape) }
        }
        return said
    }

    @Test func `a study is read and signed by lines`() {
        var world = FakeWorld()
        let said = run(
            [
                "3", "open", "agree", "disagree", "report", "sign", "agree-all", "add",
                "Rib fracture", "next-field", "Right apical pneumothorax.", ".", "check", "1042",
            ], in: &world)
        #expect(world.signed.count == 1)
        #expect(world.signed.first?.reading.ownFindings == [OwnFinding(text: "Rib fracture")])
        #expect(said.contains { $0.contains("CRITICAL Pneumothorax: .91") })
        #expect(said.contains { $0.contains("This is a FINAL report") })
        #expect(said.contains { $0.contains("signed as final") })
    }

    @Test func `no line holds a box, a bar or an escape`() {
        var world = FakeWorld()
        let said = run(["help", "queue", "worklist", "1", "open", "finding", "report"], in: &world)
        for line in said {
            #expect(!line.contains(where: { "│─┌┐└┘●┊\u{1B}".contains($0) }), "\(line)")
        }
    }

    @Test(arguments: [Place.worklist, .queue, .study, .decisions, .ownFindings])
    func `help names every command of the place`(place: Place) {
        var world = FakeWorld()
        switch place {
        case .queue: world.type("!")
        case .study: world.open(StudyID(1))
        case .decisions, .ownFindings:
            world.open(StudyID(1))
            world.type(place == .decisions ? "s" : "s\t")
        default: break
        }
        #expect(world.model.place == place)
        let help = PlainText.help(world.model).joined(separator: "\n")
        for command in Commands.of(place) { #expect(help.contains(command.id)) }
    }

    @Test func `a line that means nothing says so and does nothing`() {
        var world = FakeWorld()
        let before = world.model.currentStudy
        #expect(run(["nonsense"], in: &world).contains("unknown nonsense"))
        #expect(world.model.currentStudy == before)
    }
}
