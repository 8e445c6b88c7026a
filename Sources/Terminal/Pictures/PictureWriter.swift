// A picture's cells as bytes for a terminal, with nothing said twice.

/// Writes cells with the fewest colour changes: foreground and background each only when they change.
public struct PictureWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    private let colour: Capabilities.Colour
    /// The parameters of all foregrounds, then of all backgrounds, one after the other.
    private let codes: [UInt8]
    /// Where each of them begins, and where the last ends.
    private let starts: [Int]
    private var front: UInt8?
    private var back: UInt8?
    private var isReversed = false

    /// Bytes that a cell takes, generously.
    private static let bytesPerCell = 24

    /// Begins with no colour known to be in force.
    public init(colour: Capabilities.Colour) {
        self.colour = colour
        var codes: [UInt8] = []
        var starts = [0]
        for ground in [GreyCode.foreground, GreyCode.background] {
            for level in UInt8.min...UInt8.max {
                codes += ground(level, colour).utf8
                starts.append(codes.count)
            }
        }
        self.codes = codes
        self.starts = starts
    }

    /// One frame as lines of text, the terminal's own colours in force after each line.
    public static func lines(of cells: PictureCells, colour: Capabilities.Colour) -> [UInt8] {
        var writer = PictureWriter(colour: colour)
        writer.bytes.reserveCapacity(cells.glyphs.count * bytesPerCell)
        for row in 0..<cells.size.rows {
            for column in 0..<cells.size.columns {
                writer.write(cells, at: row * cells.size.columns + column)
            }
            writer.endLine(isLast: row == cells.size.rows - 1)
        }
        return writer.bytes
    }

    /// Writes one cell at the place where the cursor stands.
    public mutating func write(_ cells: PictureCells, at index: Int) {
        let glyph = cells.glyphs[index]
        if colour == .monochrome {
            setReversed(cells.fronts[index] < cells.backs[index])
        } else {
            set(
                front: glyph == 0x20 ? nil : cells.fronts[index],
                back: glyph == 0x2588 ? nil : cells.backs[index])
        }
        append(scalar: glyph)
    }

    /// Ends a line: the background is given up first, or a terminal that scrolls fills with it.
    private mutating func endLine(isLast: Bool) {
        if isLast {
            append("\u{1B}[0m")
        } else if colour == .monochrome {
            setReversed(false)
        } else {
            append("\u{1B}[49m")
            back = nil
        }
        append("\n")
    }

    /// Sets what differs; nil for a ground that does not show.
    private mutating func set(front wanted: UInt8?, back behind: UInt8?) {
        let newFront = wanted == front ? nil : wanted
        let newBack = behind == back ? nil : behind
        if newFront == nil && newBack == nil { return }
        append("\u{1B}[")
        if let newFront { append(code: Int(newFront)) }
        if newFront != nil && newBack != nil { append(";") }
        if let newBack { append(code: 256 + Int(newBack)) }
        append("m")
        front = newFront ?? front
        back = newBack ?? back
    }

    private mutating func setReversed(_ wanted: Bool) {
        if wanted == isReversed { return }
        append(wanted ? "\u{1B}[7m" : "\u{1B}[27m")
        isReversed = wanted
    }

    private mutating func append(code: Int) {
        codes.withUnsafeBufferPointer { codes in
            let own = starts[code]..<starts[code + 1]
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: codes[own]))
        }
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func append(scalar: UInt32) {
        switch scalar {
        case ..<0x80: bytes.append(UInt8(scalar))
        case ..<0x800:
            bytes.append(UInt8(0xC0 | scalar >> 6))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        case ..<0x10000:
            bytes.append(UInt8(0xE0 | scalar >> 12))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        default:
            bytes.append(UInt8(0xF0 | scalar >> 18))
            bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}
