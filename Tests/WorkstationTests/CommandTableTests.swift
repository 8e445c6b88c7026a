// The command table: no key twice, nothing without words, documentation of all.

import Foundation
import Terminal
import Testing
import Workstation

struct CommandTableTests {
    @Test(arguments: Place.allCases)
    func `no key is bound twice in a place`(place: Place) {
        let keys = Commands.of(place).flatMap(\.keys)
        let twice = Dictionary(grouping: keys, by: { $0 }).filter { $0.value.count > 1 }.keys
        #expect(twice.isEmpty, "bound twice: \(twice.map { $0.label() })")
    }

    @Test(arguments: Place.allCases)
    func `no name stands twice in a place`(place: Place) {
        let names = Commands.of(place).map(\.id)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: Place.allCases.filter(\.takesText))
    func `where text is taken no printing key is a command`(place: Place) {
        let printing = Commands.of(place).flatMap(\.keys).filter { key in
            if case .character = key { true } else { false }
        }
        #expect(printing.isEmpty)
    }

    @Test(arguments: Place.allCases)
    func `every place has a way out among its hints`(place: Place) {
        let ways: Set<Key> = [.escape, .character("q")]
        let commands = Commands.of(place).filter { $0.hint != nil }
        #expect(commands.contains { !ways.isDisjoint(with: $0.keys) })
    }

    @Test(arguments: Commands.all.map(\.id))
    func `every command has a title and a sentence`(id: String) {
        for command in Commands.all where command.id == id {
            #expect(!command.title.isEmpty)
            #expect(command.help.hasSuffix("."))
            #expect(!command.places.isEmpty)
        }
    }

    @Test func `the page of keys names every command of every place`() {
        let page = Commands.documentation()
        for place in Place.allCases {
            #expect(page.contains("## \(place.rawValue)"))
            for command in Commands.of(place) { #expect(page.contains("`\(command.id)`")) }
        }
    }

    @Test func `help is reached from every screen`() {
        for place in [Place.worklist, .queue, .study, .decisions, .ownFindings] {
            #expect(KeyMap().command(for: .character("?"), in: place)?.id == "help")
        }
        for place in [Place.search, .impression, .ownText, .confirm] {
            #expect(KeyMap().command(for: .function(1), in: place)?.id == "help-here")
        }
    }
}
