// Windows over the screen, and the command line.

import Radiology
import Terminal

/// The command line as state.
public struct Palette: Sendable, Equatable {
    /// Where its commands hold.
    public let place: Place
    /// What is typed.
    var field = TextEditor("")
    /// Which of the commands that fit is chosen.
    var choice = 0
    /// How far back in the history of commands; 0 for what is typed.
    var historyStep = 0

    init(place: Place) { self.place = place }

    /// The commands that fit what is typed: those whose name begins with it, then those that hold it.
    var matches: [Command] {
        let needle = field.text.lowercased().trimmingSpaces()
        let candidates = Commands.of(place).filter { $0.id != "command" }
        let beginning = candidates.filter { $0.id.hasPrefix(needle) }
        let holding = candidates.filter {
            !$0.id.hasPrefix(needle)
                && ($0.id.contains(needle) || $0.title.lowercased().contains(needle))
        }
        return beginning + holding
    }
}

extension Model {
    mutating func openHelp() -> [Effect] {
        overlay = .help(top: 0)
        return []
    }

    mutating func openMessage() -> [Effect] {
        overlay = .message(top: 0)
        return []
    }

    /// Checks the installation, and shows what was found.
    mutating func openDoctor() -> [Effect] {
        overlay = .doctor(nil, top: 0)
        return [.examine(request: requests.ask(.doctor))]
    }

    mutating func openCoverage() -> [Effect] {
        overlay = .coverage(top: 0)
        return []
    }

    mutating func openFinding() -> [Effect] {
        overlay = .finding(top: 0)
        return []
    }

    /// Why there is no report; nil where there is one.
    var reportObstacle: String? {
        guard let detail = study?.detail else { return "the study is still loading" }
        return detail.analysis == nil && detail.failure == nil
            ? "the study is not analysed yet" : nil
    }

    mutating func openReport() -> [Effect] {
        overlay = .report(top: 0)
        return []
    }

    mutating func closeOverlay() -> [Effect] {
        overlay = nil
        return []
    }

    /// The place below the window: whose keys the help shows.
    var placeBelow: Place {
        var below = self
        below.overlay = nil
        return below.place
    }

    mutating func scrollOverlay(_ motion: Motion) {
        guard let window = TextWindow(self) else { return }
        // The window moves as if its first line were the selected row.
        let last = max(window.lines.count - window.height, 0)
        let top = motion.row(from: window.top, count: last + 1, height: window.height)
        switch overlay {
        case .help: overlay = .help(top: top)
        case .report: overlay = .report(top: top)
        case .finding: overlay = .finding(top: top)
        case .message: overlay = .message(top: top)
        case .coverage: overlay = .coverage(top: top)
        case .calibration: overlay = .calibration(top: top)
        case .doctor(let lines, _): overlay = .doctor(lines, top: top)
        case .palette, .form, nil: break
        }
    }

    mutating func openPalette() -> [Effect] {
        overlay = .palette(Palette(place: place))
        return []
    }

    mutating func typeIntoPalette(_ key: Key) -> [Effect] {
        guard case .palette(var palette) = overlay else { return [] }
        if key == .backspace, palette.field.text.isEmpty { return closeOverlay() }
        _ = palette.field.handle(key)
        palette.choice = 0
        palette.historyStep = 0
        overlay = .palette(palette)
        return []
    }

    mutating func movePalette(_ step: Int) -> [Effect] {
        guard case .palette(var palette) = overlay, !palette.matches.isEmpty else { return [] }
        let count = palette.matches.count
        palette.choice = (palette.choice + step + count) % count
        overlay = .palette(palette)
        return []
    }

    /// Brings back a command that was run before.
    mutating func recallPalette(_ step: Int) -> [Effect] {
        guard case .palette(var palette) = overlay else { return [] }
        let wanted = min(max(palette.historyStep + step, 0), history.count)
        palette.historyStep = wanted
        palette.field = TextEditor(wanted == 0 ? "" : history[history.count - wanted])
        palette.choice = 0
        overlay = .palette(palette)
        return []
    }

    mutating func runPalette() -> [Effect] {
        guard case .palette(let palette) = overlay else { return [] }
        overlay = nil
        let matches = palette.matches
        guard matches.indices.contains(palette.choice) else {
            show(Notice(.warning, "no command here is called that; : and Tab show those there are"))
            return []
        }
        let command = matches[palette.choice]
        history.removeAll { $0 == command.id }
        history.append(command.id)
        return perform(command)
    }
}
