// Cells of a picture that stand for exact ones a while, because a move must not take many bytes.

/// The cells on the screen whose exact ones are to follow when all is quiet.
///
/// A move of a picture brings in a row or a column of new cells. Where the exact ones take too many
/// bytes, stand-ins with nearly the same greys are written; they move with the picture, and stay for
/// as long as the cells that they stand for are wanted there.
struct RoughCells {
    private var cells: [Position: (exact: Cell, shown: Cell)] = [:]

    /// True where every cell on the screen is exact.
    var isEmpty: Bool { cells.isEmpty }

    /// Moves the cells as the terminal moves its own.
    mutating func move(by shift: ImageShift, over shown: Frame) {
        let parts = shift.moved(in: shown)
        var moved: [Position: (exact: Cell, shown: Cell)] = [:]
        for (place, cell) in cells {
            let target = place.moved(columns: shift.columns, rows: shift.rows)
            guard let part = parts.first(where: { $0.contains(place) }) else {
                moved[place] = cell
                continue
            }
            if part.contains(target) { moved[target] = cell }
        }
        cells = moved
    }

    /// Adds stand-ins for cells of a frame.
    mutating func add(_ standIns: [Position: Cell], for frame: Frame) {
        for (place, cell) in standIns { cells[place] = (frame[place], cell) }
    }

    /// Forgets the cells whose exact ones are not wanted any more.
    mutating func keep(wantedIn frame: Frame) {
        cells = cells.filter { frame[$0.key] == $0.value.exact }
    }

    /// The frame with the stand-ins in it.
    func standing(in frame: Frame) -> Frame {
        var standing = frame
        for (place, cell) in cells { standing[place] = cell.shown }
        return standing
    }
}

extension ImageWriter {
    /// Levels by which the greys of stand-ins may differ from the exact ones, the least first.
    private static let tolerances = [3, 5, 8, 12, 18, 27, 40, 60]

    /// Stand-ins for picture cells of `frame`, with which it takes at most `count` bytes after the
    /// move; none where more changes than what comes in.
    ///
    /// No grey of a stand-in differs by more than a tolerance from the exact one: the least of those
    /// that suffice, or 60 levels where none does.
    package func standIns(
        in frame: Frame, over shown: Frame, after shift: ImageShift, within count: Int
    ) -> [Position: Cell] {
        let new = changes(frame, over: shift.applied(to: shown))
        guard new.count <= shift.incomingCount else { return [:] }
        func attempt(_ tolerance: Int) -> (cells: [Position: Cell], fits: Bool) {
            let cells = rough(frame, at: new, tolerance: tolerance)
            var trial = frame
            for (place, cell) in cells { trial[place] = cell }
            return (cells, bytes(trial, over: shown, after: shift).count <= count)
        }
        var low = 0
        var high = Self.tolerances.count - 1
        var best = attempt(Self.tolerances[high]).cells
        while low < high {
            let middle = (low + high) / 2
            let (cells, fits) = attempt(Self.tolerances[middle])
            if fits { (high, best) = (middle, cells) } else { low = middle + 1 }
        }
        return best
    }

    /// The places of the picture cells that differ, in the order of writing.
    private func changes(_ frame: Frame, over standing: Frame) -> [Position] {
        frame.cells.indices.filter {
            Self.isPicture(frame.cells[$0])
                && !Self.looksSame(standing.cells[$0], frame.cells[$0])
        }.map {
            let (row, column) = $0.quotientAndRemainder(dividingBy: frame.size.columns)
            return Position(column: column, row: row)
        }
    }

    /// For each cell the cheapest one whose greys are near enough, the colours in force in mind.
    private func rough(
        _ frame: Frame, at places: [Position], tolerance: Int
    ) -> [Position: Cell] {
        var cells: [Position: Cell] = [:]
        var force: (front: UInt8?, back: UInt8?) = (nil, nil)
        for place in places {
            let exact = frame[place]
            guard case .grey(let front) = exact.style.foreground,
                case .grey(let back)? = exact.style.background
            else {
                force = (nil, nil)
                continue
            }
            let options = candidates(exact.glyph, front, back, force: force, tolerance: tolerance)
            guard let cell = options.min(by: { $0.cost < $1.cost }) else { continue }
            if cell.glyph != "█" { force.back = cell.back }
            if cell.glyph != " " { force.front = cell.front }
            let style = Style(foreground: .grey(cell.front), background: .grey(cell.back))
            cells[place] = Cell(cell.glyph, style: style)
        }
        return cells.filter { $0.value != frame[$0.key] }
    }

    private typealias Candidate = (glyph: Character, front: UInt8, back: UInt8, cost: Int)

    /// Cells that may stand for one, with what each costs: bytes first, then the error.
    private func candidates(
        _ glyph: Character, _ front: UInt8, _ back: UInt8, force: (front: UInt8?, back: UInt8?),
        tolerance: Int
    ) -> [Candidate] {
        func isNear(_ first: UInt8, _ second: UInt8) -> Bool {
            abs(Int(first) - Int(second)) <= tolerance
        }
        func greys(_ wanted: UInt8, _ inForce: UInt8?) -> [UInt8] {
            [wanted, cheapGrey(near: wanted), inForce ?? wanted].filter { isNear($0, wanted) }
        }
        func candidate(_ glyph: Character, _ newFront: UInt8, _ newBack: UInt8) -> Candidate {
            var count = glyph.utf8.count
            let sets = (
                glyph != " " && newFront != force.front, glyph != "█" && newBack != force.back
            )
            if sets.0 { count += codeCount(front: newFront) }
            if sets.1 { count += codeCount(back: newBack) }
            if sets.0 || sets.1 { count += sets.0 && sets.1 ? 4 : 3 }
            let error =
                (glyph == " " ? 0 : abs(Int(newFront) - Int(front)))
                + (glyph == "█" ? 0 : abs(Int(newBack) - Int(back)))
            return (glyph, newFront, newBack, count * 1024 + error)
        }
        if glyph == " " { return greys(back, force.back).map { candidate(" ", front, $0) } }
        if glyph == "█" { return greys(front, force.front).map { candidate("█", $0, back) } }
        // One grey all over, where the two are near each other.
        let middle = UInt8((Int(front) + Int(back)) / 2)
        let flat = [force.back, middle, cheapGrey(near: middle)].compactMap(\.self)
            .filter { isNear($0, front) && isNear($0, back) }
        return flat.map { candidate(" ", front, $0) }
            + greys(front, force.front).flatMap { newFront in
                greys(back, force.back).map { candidate(glyph, newFront, $0) }
            }
    }
}
