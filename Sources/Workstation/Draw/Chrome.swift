// What stands at the top and the bottom of every screen.

import Radiology
import Terminal

/// A frame being drawn, with what every part of a screen needs.
struct Canvas {
    let model: Model
    let capabilities: Capabilities
    var frame: Frame
    /// The pixels that stand over the frame.
    let pixels: PixelLayer?
    /// What the cells of the picture on the screen cannot show.
    var detailHint: DetailHint?
    /// True where the picture on the screen saves bytes for a slow link.
    var showsPreview = false

    init(_ model: Model, size: GridSize, capabilities: Capabilities) {
        self.model = model
        self.capabilities = capabilities
        pixels = model.pixelLayer(capabilities: capabilities)
        frame = Frame(size: size)
    }

    var size: GridSize { frame.size }

    /// Draws the last lines: hints (or the message of the moment), then what the tool is not.
    mutating func drawFoot() {
        let rows = Rectangle(size).divided(bottomRows: 3).bottom
        let lines = hintLines(columns: size.columns - 2)
        for (index, line) in lines.enumerated() {
            frame.put(line, at: rows.position(columns: 1, rows: index), width: size.columns - 2)
        }
        if let notice = model.notice { draw(notice, in: rows.line(0)) }
        drawDisclaimer(in: rows.line(2))
    }

    private mutating func draw(_ notice: Notice, in line: Rectangle) {
        let role: Role =
            switch notice.kind {
            case .information: .notice
            case .warning: .warning
            case .failure: .failure
            }
        let mark =
            switch notice.kind {
            case .information: ""
            case .warning: "? "
            case .failure: "✗ "
            }
        frame.fill(line, style: Style(role))
        let canBeRead = !notice.detail.isEmpty || DisplayWidth.of(notice.text) > line.columns - 4
        let more = canBeRead ? " · v: all of it" : ""
        let room = line.columns - 2 - DisplayWidth.of(more)
        let taken = frame.put(
            mark + notice.text, at: line.position(columns: 1), style: Style(role), width: room)
        frame.put(more, at: line.position(columns: 1 + taken), style: Style(role))
    }

    private mutating func drawDisclaimer(in line: Rectangle) {
        let style = Style(.disclaimer)
        let session = model.session
        let state = session.isReadOnly ? "read-only · " : ""
        let reader = session.reader.rawValue.inert()
        let count = model.count.map { "\($0)… · " } ?? ""
        let clock = "\(count)\(UTCTime.clock(model.now)) UTC"
        let left = frame.put(
            standingNote(columns: line.columns - 5 - DisplayWidth.of("\(state)\(clock)")),
            at: line.position(columns: 1), style: style)
        let room = line.columns - left - 4
        let candidates = ["\(state)\(reader) · \(clock)", "\(state)\(clock)", clock]
        guard let right = candidates.first(where: { DisplayWidth.of($0) <= room }) else { return }
        frame.put(
            right, at: line.position(columns: left + 3), style: style, width: room,
            alignment: .right)
    }

    /// What the program is not, and what is known of the display; whole within `columns` where the
    /// shortest is not longer.
    private func standingNote(columns: Int) -> String {
        let known = model.settings.display.map { "\(Disclaimer.device) · \($0.words)" }
        let note = known ?? Disclaimer.footer
        if DisplayWidth.of(note) <= columns { return note }
        guard let display = model.settings.display, display.checkedOn != nil else {
            return Disclaimer.shortFooter
        }
        return "\(Disclaimer.device) · display checked"
    }

    /// The hints of the place in two lines: by priority as many as fit, in the order of the table.
    private func hintLines(columns: Int) -> [[TextRun]] {
        let hinted = Commands.of(model.place).filter { $0.hint != nil }
            .filter { !Self.optional.contains($0.id) || $0.reason(model) == nil }
            .filter {
                model.hiddenFindingsWords.isEmpty || !Commands.recordsOnFindings.contains($0.id)
            }
            .sorted { ($0.hint ?? 0) < ($1.hint ?? 0) }
        var lines: [[TextRun]] = [[], []]
        var used = [0, 0]
        // Help and the way out come first, so that they are never cut; they stand at the end.
        let fixed = hinted.filter { ($0.hint ?? 0) >= 80 }
        let fixedWidth = fixed.reduce(0) { $0 + hintWidth($1) }
        for command in hinted where (command.hint ?? 0) < 80 {
            let line = (command.hint ?? 0) < 20 ? 0 : 1
            for row in line...1 {
                let limit = row == 1 ? columns - fixedWidth : columns
                if used[row] + hintWidth(command) <= limit {
                    lines[row] += hint(command)
                    used[row] += hintWidth(command)
                    break
                }
            }
        }
        for command in fixed { lines[1] += hint(command) }
        return lines
    }

    /// Hints that only take room where the command can do nothing.
    private static let optional: Set<String> = [
        "next-image", "pixels", "prior", "heat", "heat-map", "record-impression", "undo", "store",
        "back-to-draft", "accept-field", "next-input", "store-form", "cancel-form",
    ]

    private func hint(_ command: Command) -> [TextRun] {
        let isDisabled = command.reason(model) != nil
        return [
            TextRun(keyLabel(command), Style(isDisabled ? .dim : .key)),
            TextRun(" \(title(command))  ", Style(isDisabled ? .dim : .footer)),
        ]
    }

    private func hintWidth(_ command: Command) -> Int {
        DisplayWidth.of(keyLabel(command)) + DisplayWidth.of(title(command)) + 3
    }

    /// The title; the key that hid the findings is the one that shows them.
    private func title(_ command: Command) -> String {
        command.id == "picture-alone" && !model.hiddenFindingsWords.isEmpty
            ? "show findings" : command.title
    }

    /// Commands that stand in one hint with the one before them.
    private static let partners = [
        "narrower": "wider", "center-up": "center-down", "zoom-in": "zoom-out",
        "next-image": "previous-image", "next-study": "previous-study",
        "finding-down": "finding-up", "down": "up", "lens-more": "lens-less",
        "rotate": "rotate-back",
    ]

    /// The first key; pairs that belong together are shown together (`w/W`).
    private func keyLabel(_ command: Command) -> String {
        let keys = model.settings.keys
        let place = model.place
        if command.id == "pan-left" || command.id == "cross-left" {
            return capabilities.unicode ? "←↑↓→" : "arrows"
        }
        let label = keys.label(of: command, in: place, unicode: capabilities.unicode)
        guard let id = Self.partners[command.id],
            let partner = Commands.of(place).first(where: { $0.id == id })
        else { return label }
        let other = keys.label(of: partner, in: place, unicode: capabilities.unicode)
        return other.isEmpty ? label : "\(label)/\(other)"
    }

    /// Text in a style at the right end of a line.
    mutating func putRight(_ text: String, in line: Rectangle, style: Style = .text) {
        frame.put(text, at: line.origin, style: style, width: line.columns, alignment: .right)
    }
}

/// Draws the whole screen for a state; pure, and safe for every size down to 0 x 0.
///
/// - Parameters:
///   - size: the size to draw; it should be the model's own, which scrolling follows.
///   - capabilities: what the terminal can show; part of what decides the picture's cells.
public func draw(_ model: Model, size: GridSize, capabilities: Capabilities) -> Frame {
    var canvas = Canvas(model, size: size, capabilities: capabilities)
    guard size.columns >= 60, size.rows >= 18 else {
        canvas.drawTooSmall()
        return canvas.frame
    }
    if let lock = model.lock {
        canvas.drawLock(lock)
        canvas.drawFoot()
        return canvas.frame
    }
    switch model.screen {
    case .worklist: canvas.drawWorklist()
    case .queue: canvas.drawQueue()
    case .study: canvas.drawStudy()
    case .signOff: canvas.drawSignOff()
    }
    canvas.drawFoot()
    canvas.drawOverlay()
    return canvas.frame
}

extension Canvas {
    /// Says that nothing can be shown, and what would mend it, in whatever room there is.
    mutating func drawTooSmall() {
        let text =
            "Too small: \(size.columns)x\(size.rows). Wetread needs 60x18 cells. "
            + "Make the window larger or the font smaller. Nothing is lost. "
            + Disclaimer.footer
        let area = Rectangle(size)
        for (row, line) in TextLayout.wrapped(text, to: area.columns).prefix(area.rows).enumerated()
        {
            frame.put(line, at: area.position(rows: row), style: Style(row == 0 ? .warning : .text))
        }
    }
}
