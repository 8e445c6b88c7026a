// The cursor's way from one cell to another.

/// The way of the cursor that takes the fewest bytes.
///
/// Line feeds only go down here: no margins are set, the terminal does not turn them into new lines,
/// and the last line is not left.
enum CursorWay {
    case none
    case forward(Int)
    case backward(Int)
    case down(Int, backward: Int)
    case inRow(Int)
    case anywhere(Position)

    /// The shortest way; `place` is nil where it is not known where the cursor stands, or where it
    /// stands after the last column, about to wrap.
    init(from place: Position?, to target: Position) {
        var ways = [CursorWay.anywhere(target)]
        if let place, place.row == target.row {
            let steps = target.column - place.column
            ways.append(.inRow(target.column))
            ways.append(steps == 0 ? .none : steps > 0 ? .forward(steps) : .backward(-steps))
        } else if let place, place.row < target.row, place.column >= target.column {
            ways.append(
                .down(target.row - place.row, backward: place.column - target.column))
        }
        self = ways.min { $0.count < $1.count } ?? ways[0]
    }

    /// From this many lines on a sequence is shorter than line feeds.
    private static let feedsMax = 4

    /// How many bytes it takes.
    var count: Int {
        func digits(_ number: Int) -> Int { number < 10 ? 1 : number < 100 ? 2 : 3 }
        func step(_ count: Int) -> Int { count == 1 ? 3 : 3 + digits(count) }
        return switch self {
        case .none: 0
        case .forward(let steps): step(steps)
        case .backward(let steps): steps
        case .down(let steps, let back): (steps <= Self.feedsMax ? steps : step(steps)) + back
        case .inRow(let column): 3 + digits(column + 1)
        case .anywhere(let place):
            3 + digits(place.row + 1) + (place.column == 0 ? 0 : 1 + digits(place.column + 1))
        }
    }

    /// The bytes: BS and LF, CUF, CUD, CHA or CUP.
    var bytes: [UInt8] {
        func control(_ text: String) -> [UInt8] { Array("\u{1B}[\(text)".utf8) }
        func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] {
            Array(repeating: byte, count: count)
        }
        return switch self {
        case .none: []
        case .forward(let steps): control(steps == 1 ? "C" : "\(steps)C")
        case .backward(let steps): repeated(0x08, steps)
        case .down(let steps, let back):
            (steps <= Self.feedsMax ? repeated(0x0A, steps) : control("\(steps)B"))
                + repeated(0x08, back)
        case .inRow(let column): control("\(column + 1)G")
        case .anywhere(let place):
            control(
                place.column == 0 ? "\(place.row + 1)H" : "\(place.row + 1);\(place.column + 1)H")
        }
    }
}
