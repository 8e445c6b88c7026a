// A text that is being typed: a value with a cursor and an undo history, and nothing else.

/// A text under edit, of one line or of many.
///
/// Works on characters (grapheme clusters), so that a letter with its marks is deleted whole. What
/// is inserted is cleaned: line feeds stay only in a text of many lines, other controls vanish.
/// Each run of typing is one step of undo.
public struct TextEditor: Sendable, Equatable {
    /// What a step did, so that like steps can be joined.
    private enum Step: Sendable, Equatable {
        case typing
        case deleting
        case other
    }

    private struct State: Sendable, Equatable {
        var characters: [Character]
        var cursor: Int
    }

    /// True when Enter can start a new line.
    public let isMultiline: Bool
    /// Most characters it takes.
    public let characterCountMax: Int

    private var state: State
    private var undoStates: [State] = []
    private var redoStates: [State] = []
    private var lastStep: Step?
    /// The column that up and down try to keep.
    private var wantedColumn: Int?

    private static let undoCountMax = 200

    /// Makes an editor with the cursor behind the text.
    public init(_ text: String = "", isMultiline: Bool = false, characterCountMax: Int = 20_000) {
        self.isMultiline = isMultiline
        self.characterCountMax = characterCountMax
        let clean = Self.cleaned(text, isMultiline: isMultiline).prefix(characterCountMax)
        state = State(characters: Array(clean), cursor: clean.count)
    }

    /// The text.
    public var text: String { String(state.characters) }
    /// Characters before the cursor.
    public var cursor: Int { state.cursor }
    /// True when there is no text.
    public var isEmpty: Bool { state.characters.isEmpty }
    /// True when there is something to undo.
    public var canUndo: Bool { !undoStates.isEmpty }

    /// Does what a key means in a text; false when it means nothing here.
    ///
    /// Arrows, Home, End and their Emacs relatives (Ctrl-A, E, B, F, K, U, W, D), words with Alt or
    /// Ctrl, Backspace, Delete, Ctrl-Z or Ctrl-_ undo, Ctrl-Y redo, paste as text. Enter only in a
    /// text of many lines; Tab and Escape never.
    public mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character), step: .typing)
        case .paste(let text): insert(text)
        case .enter where isMultiline: insert("\n")
        case .up where isMultiline: moveLine(-1)
        case .down where isMultiline: moveLine(1)
        case .backspace: deleteBackward()
        case .delete, .control("d"): deleteForward()
        case .control("k"): delete(to: lineEnd)
        case .control("u"): delete(to: lineStart)
        case .control("w"), .alt("\u{8}"): delete(to: wordStart)
        case .alt("d"): delete(to: wordEnd)
        case .control("z"), .control("_"): undo()
        case .control("y"): redo()
        default: return handleMove(key)
        }
        return true
    }

    private mutating func handleMove(_ key: Key) -> Bool {
        switch key {
        case .left, .control("b"): move(to: state.cursor - 1)
        case .right, .control("f"): move(to: state.cursor + 1)
        case .home, .control("a"): move(to: lineStart)
        case .end, .control("e"): move(to: lineEnd)
        case .modified(.left, _), .alt("b"): move(to: wordStart)
        case .modified(.right, _), .alt("f"): move(to: wordEnd)
        case .modified(.home, _): move(to: 0)
        case .modified(.end, _): move(to: state.characters.count)
        default: return false
        }
        return true
    }

    // MARK: changing

    /// Inserts text at the cursor, cleaned, and as much of it as there is room for.
    public mutating func insert(_ text: String) { insert(text, step: .other) }

    private mutating func insert(_ text: String, step: Step) {
        let room = characterCountMax - state.characters.count
        let clean = Self.cleaned(text, isMultiline: isMultiline).prefix(max(room, 0))
        guard !clean.isEmpty else { return }
        // A space ends a run of typing, so that undo goes by words.
        remember(clean == " " ? .other : step)
        state.characters.insert(contentsOf: clean, at: state.cursor)
        // A mark can join the character before it: count anew.
        let before = state.characters.count
        state.characters = Array(String(state.characters))
        state.cursor += clean.count - (before - state.characters.count)
        lastStep = step
    }

    /// Deletes the character before the cursor.
    public mutating func deleteBackward() {
        delete(to: state.cursor - 1, step: .deleting)
    }

    /// Deletes the character behind the cursor.
    public mutating func deleteForward() {
        delete(to: state.cursor + 1, step: .deleting)
    }

    private mutating func delete(to target: Int, step: Step = .other) {
        let target = min(max(target, 0), state.characters.count)
        guard target != state.cursor else { return }
        remember(step)
        let range = min(target, state.cursor)..<max(target, state.cursor)
        state.characters.removeSubrange(range)
        state.cursor = range.lowerBound
        lastStep = step
    }

    /// Takes back the last step.
    public mutating func undo() {
        guard let last = undoStates.popLast() else { return }
        redoStates.append(state)
        state = last
        lastStep = nil
    }

    /// Does again what was taken back.
    public mutating func redo() {
        guard let next = redoStates.popLast() else { return }
        undoStates.append(state)
        state = next
        lastStep = nil
    }

    private mutating func remember(_ step: Step) {
        redoStates = []
        wantedColumn = nil
        if step != .other, step == lastStep { return }
        undoStates.append(state)
        if undoStates.count > Self.undoCountMax { undoStates.removeFirst() }
    }

    // MARK: moving

    private mutating func move(to target: Int) {
        state.cursor = min(max(target, 0), state.characters.count)
        lastStep = nil
        wantedColumn = nil
    }

    private mutating func moveLine(_ step: Int) {
        let column = wantedColumn ?? state.cursor - lineStart
        if step < 0 {
            guard lineStart > 0 else { return move(to: 0) }
            move(to: lineStart - 1)
        } else {
            guard lineEnd < state.characters.count else { return move(to: lineEnd) }
            move(to: lineEnd + 1)
        }
        state.cursor = min(lineStart + column, lineEnd)
        wantedColumn = column
    }

    private var lineStart: Int {
        (state.characters[..<state.cursor].lastIndex(of: "\n") ?? -1) + 1
    }

    private var lineEnd: Int {
        state.characters[state.cursor...].firstIndex(of: "\n") ?? state.characters.count
    }

    private var wordStart: Int {
        let before = state.characters[..<state.cursor]
        guard let inWord = before.lastIndex(where: Self.isWord) else { return 0 }
        return (before[..<inWord].lastIndex { !Self.isWord($0) } ?? -1) + 1
    }

    private var wordEnd: Int {
        let behind = state.characters[state.cursor...]
        guard let inWord = behind.firstIndex(where: Self.isWord) else {
            return state.characters.count
        }
        return behind[inWord...].firstIndex { !Self.isWord($0) } ?? state.characters.count
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }

    private static func cleaned(_ text: String, isMultiline: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").unicodeScalars
        {
            switch scalar {
            case "\n": result.append(isMultiline ? "\n" : " ")
            case "\t": result.append(" ")
            default:
                switch DisplayWidth.kind(of: scalar) {
                case .glyph, .mark, .omitted: result.append(scalar)
                case .unsafe: break
                }
            }
        }
        return String(result)
    }
}
