// The reading screen as a frame: pure, and the same for the same state.

import Foundation
import Imaging
import Radiology
import ReaderStudy
import Terminal

/// Draws the state for its own size.
///
/// Nothing of a case's name, truth or patient is drawn (but the truth of a training case after its
/// submit), and nothing of the AI unless the session says that it may be shown.
public func draw(_ model: ReadingModel) -> Frame {
    var canvas = ReadingCanvas(model)
    guard model.size.columns >= 60, model.size.rows >= 18 else {
        canvas.drawTooSmall()
        return canvas.frame
    }
    canvas.drawTitle()
    switch model.stage {
    case .welcome: canvas.drawPage(canvas.welcomeLines)
    case .loading: canvas.drawPage([TextRun("Reading the image…", Style(.dim))])
    case .reading: canvas.drawReading()
    case .feedback: canvas.drawFeedback()
    case .between:
        canvas.drawPage([
            TextRun("Submitted."), TextRun(""), TextRun("Enter: the next case"),
            TextRun("b: back to the case that was submitted"), TextRun("q: leave"),
        ])
    case .over(let ending): canvas.drawPage([TextRun("The session ends: \(ending.rawValue).")])
    }
    canvas.drawFoot()
    return canvas.frame
}

/// A frame being drawn.
struct ReadingCanvas {
    let model: ReadingModel
    var frame: Frame

    init(_ model: ReadingModel) {
        self.model = model
        frame = Frame(size: model.size)
    }

    private var line: Rectangle {
        Rectangle(column: 1, row: 0, columns: frame.size.columns - 2, rows: 1)
    }

    mutating func drawTooSmall() {
        let text =
            "Too small: \(model.size.columns)x\(model.size.rows). A reading needs 60x18 cells. "
            + "Nothing is lost. " + Disclaimer.footer
        for (row, line) in TextLayout.wrapped(text, to: model.size.columns)
            .prefix(model.size.rows).enumerated()
        {
            frame.put(
                line, at: Position(column: 0, row: row), style: Style(row == 0 ? .warning : .text))
        }
    }

    // MARK: top and bottom

    mutating func drawTitle() {
        let name = frame.put(
            "Study \(model.plan.name.inert())", at: line.position(), style: Style(.title))
        frame.put(
            progress, at: line.position(columns: name + 2), width: line.columns - name - 2,
            alignment: .right)
    }

    private var progress: String {
        let number = model.doneBefore + model.taskIndex + 1
        let total = model.doneBefore + model.tasks.count
        let kind = model.task.purpose == .training ? "training · " : ""
        guard model.stage != .welcome else { return "\(total - number + 1) to read" }
        return "\(kind)\(number) of \(total) · \(model.condition.name.inert())"
    }

    mutating func drawFoot() {
        let foot = Rectangle(frame.size).divided(bottomRows: 3).bottom
        for (index, keys) in hints.prefix(2).enumerated() {
            var column = 1
            for (key, title) in keys {
                let width = DisplayWidth.of(key) + DisplayWidth.of(title) + 3
                guard column + width <= frame.size.columns else { break }
                frame.put(
                    [TextRun(key, Style(.key)), TextRun(" \(title)", Style(.footer))],
                    at: foot.position(columns: column, rows: index))
                column += width
            }
        }
        if let notice = model.asksToLeave ? Self.leaving : model.notice {
            frame.fill(foot.line(0), style: Style(.notice))
            frame.put(
                notice.inert(), at: foot.position(columns: 1), style: Style(.notice),
                width: foot.columns - 2)
        }
        let taken = frame.put(
            Disclaimer.footer, at: foot.position(columns: 1, rows: 2), style: Style(.disclaimer))
        frame.put(
            model.reader.inert(), at: foot.position(columns: taken + 3, rows: 2),
            style: Style(.disclaimer), width: foot.columns - taken - 4, alignment: .right)
    }

    private static let leaving =
        "Leave? Everything so far is recorded and the clock stops. y leaves, any other key stays."

    private var hints: [[(String, String)]] {
        switch model.stage {
        case .welcome: [[("Enter", "begin"), ("q", "leave")]]
        case .loading: [[("q", "leave")]]
        case .between: [[("Enter", "next case"), ("b", "back"), ("q", "leave")]]
        case .feedback: [[("Enter", "next case")]]
        case .over: []
        case .reading: readingHints
        }
    }

    private var readingHints: [[(String, String)]] {
        if model.session?.isPaused == true { return [[("p", "go on"), ("q", "leave")]] }
        let plan = model.plan
        switch model.mode {
        case .noting: return [[("Enter", "keep the note"), ("Esc", "drop it")]]
        case .marking:
            return [
                [
                    ("arrows", "move"), ("Shift", "by five"), ("0-9", "confidence"),
                    ("Enter", "mark"), ("x", "take back"), ("Esc", "done"),
                ]
            ]
        case .answers: break
        }
        var first = [("0-9", "confidence"), ("←→", "slide"), ("↑↓", "finding"), ("s", "submit")]
        if !model.capabilities.unicode {
            first[1].0 = "left/right"
            first[2].0 = "up/down"
        }
        if plan.collectsMarks { first.append(("m", "mark")) }
        if !plan.actions.isEmpty { first.append(("r", "action")) }
        if plan.collectsNotes { first.append(("n", "note")) }
        if model.showsAdvice, model.condition.aid == .heatMap { first.append(("h", "heat map")) }
        let second = [
            ("w", "window"), ("[]", "width"), (",.", "level"), ("+-", "zoom"), ("HJKL", "pan"),
            ("p", "pause"), ("?", "keys"), ("q", "leave"),
        ]
        return [first, second]
    }

    // MARK: pages of text

    /// Lines in the middle of the screen.
    mutating func drawPage(_ lines: [TextRun]) {
        let body = Rectangle(
            column: 0, row: 1, columns: frame.size.columns, rows: frame.size.rows - 4)
        let width = min(body.columns - 4, 76)
        let wrapped = lines.flatMap { run in
            // A line that fits keeps its own spaces.
            DisplayWidth.of(run.text) <= width
                ? [run] : TextLayout.wrapped(run.text, to: width).map { TextRun($0, run.style) }
        }
        let area = body.centered(columns: width, rows: min(wrapped.count, body.rows))
        for (row, run) in wrapped.prefix(area.rows).enumerated() {
            frame.put([run], at: area.position(rows: row), width: area.columns)
        }
    }

    var welcomeLines: [TextRun] {
        let plan = model.plan
        let names = plan.pathologies.map { Pathology($0).displayName }.joined(separator: ", ")
        let range = plan.scale.range
        var lines = [
            TextRun("Period \(model.period.index + 1) of \(model.period.count)", Style(.heading)),
            TextRun(
                "\(model.tasks.count) cases are to be read, each one timed from its first paint to "
                    + "your submit. Patient data are hidden."),
            TextRun(""),
            TextRun(
                "Say for each case how sure you are, \(range.lowerBound) (surely not) to "
                    + "\(range.upperBound) (surely), of: \(names)."),
            TextRun("\(plan.callsPresentFrom) or more counts as called present."),
        ]
        if plan.collectsMarks { lines.append(TextRun("Mark the place of what you call present.")) }
        if plan.showsAI {
            lines.append(TextRun(""))
            lines += plan.conditions.map { TextRun("\($0.name.inert()): \($0.words)") }
        }
        lines.append(TextRun(""))
        let first = model.resumed == nil ? "" : " It was begun before and goes on as you left it."
        lines.append(TextRun("p hides the image and stops the clock. Enter: first case.\(first)"))
        return lines
    }

    mutating func drawFeedback() {
        let truths = model.plan.cases[model.task.caseIndex].findings
        var lines = [TextRun("Training: the reference standard says", Style(.heading))]
        for name in model.plan.pathologies {
            let answer = model.session?.answers[name] ?? 0
            let isPresent = truths.contains(name)
            let isRight = (answer >= model.plan.callsPresentFrom) == isPresent
            lines.append(
                TextRun(
                    TextLayout.padded(Pathology(name).displayName, to: 20)
                        + TextLayout.padded(isPresent ? "present" : "absent", to: 10)
                        + "you: \(answer)", Style(isRight ? .success : .failure)))
        }
        drawPage(lines)
    }
}

extension ReadingCondition {
    /// What a reader sees under the condition.
    var words: String {
        if aid == .none { return "without the AI" }
        let what =
            switch aid {
            case .none: ""
            case .probabilities: "the AI's probabilities"
            case .uncertainty: "the AI's probabilities and how sure it is"
            case .heatMap: "the AI's probabilities and where they come from"
            }
        return isSequential ? "first without the AI, then with \(what)" : "with \(what)"
    }
}
