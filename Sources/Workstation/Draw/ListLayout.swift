// Where things stand on the screens of a list, and which columns fit.

import Terminal

/// The parts of a list screen.
struct ListLayout: Equatable {
    let title: Rectangle
    let tabs: Rectangle
    let headings: Rectangle
    let rule: Rectangle
    let rows: Rectangle
    let footRule: Rectangle
    let foot: Rectangle

    init(size: GridSize) {
        let whole = Rectangle(size).divided(bottomRows: 3).rest
        let (head, rest) = whole.divided(topRows: 4)
        title = head.line(0)
        tabs = head.line(1)
        headings = head.line(2)
        rule = head.line(3)
        let footRows = size.rows >= 24 ? 3 : 2
        let (list, end) = rest.divided(bottomRows: footRows)
        rows = list
        footRule = end.line(0)
        foot = Rectangle(
            column: end.column + 1, row: end.row + 1, columns: end.columns - 2,
            rows: end.rows - 1)
    }
}

/// One column of a list.
struct ListColumn: Equatable {
    enum Kind: Equatable {
        case mark, wait, patient, age, identifier, accession, study, received, finding, bar
        case probability, state, opened, model, due
    }

    let kind: Kind
    let heading: String
    var columns: Int
    var alignment = TextAlignment.left
}

extension ListColumn {
    /// The columns of the worklist for a width: words are cut before numbers.
    ///
    /// - Parameters:
    ///   - wanted: the columns asked for; empty for those that fit best. Mark, patient and state are
    ///     always there.
    ///   - hasDue: true where somebody must be told of a result: the time left stands in the place
    ///     of the wait, which is then always there.
    static func worklist(
        columns: Int, wanted: [ListColumnName] = [], hasDue: Bool = false
    ) -> [ListColumn] {
        var names = wanted.isEmpty ? fitting(columns) : required(wanted)
        if hasDue, !names.contains(.wait) {
            names.insert(.wait, at: (names.firstIndex(of: .mark) ?? -1) + 1)
        }
        var fields = names.flatMap { list($0, columns: columns) }
        if hasDue {
            fields = fields.map { $0.kind == .wait ? waitOrDue : $0 }
            // Bars give way: the number beside them says the same.
            if columns < 72 { fields.removeAll { $0.kind == .bar } }
        }
        return grown(fields, to: columns)
    }

    private static let waitOrDue = ListColumn(
        kind: .wait, heading: "wait, left", columns: 10, alignment: .right)

    /// The columns that fit best.
    private static func fitting(_ columns: Int) -> [ListColumnName] {
        var names: [ListColumnName] = [.mark, .wait, .patient, .age]
        if columns >= 120 { names.append(.identifier) }
        if columns >= 140 { names.append(.accession) }
        if columns >= 72 { names.append(.study) }
        if columns >= 160 { names.append(.received) }
        names += [.finding, .state]
        return columns >= 180 ? names + [.model] : names
    }

    /// What must never be missing is put in front or behind.
    private static func required(_ wanted: [ListColumnName]) -> [ListColumnName] {
        var names = wanted
        if !names.contains(.patient) { names.insert(.patient, at: 0) }
        if !names.contains(.mark) { names.insert(.mark, at: 0) }
        if !names.contains(.state) { names.append(.state) }
        return names
    }

    private static func list(_ name: ListColumnName, columns: Int) -> [ListColumn] {
        let isWide = columns >= 72
        switch name {
        case .mark: return [ListColumn(kind: .mark, heading: "", columns: 2)]
        case .wait:
            return [ListColumn(kind: .wait, heading: "wait", columns: 5, alignment: .right)]
        case .patient:
            return [ListColumn(kind: .patient, heading: "patient", columns: isWide ? 13 : 11)]
        case .age: return [ListColumn(kind: .age, heading: "age", columns: 5, alignment: .right)]
        case .identifier: return [ListColumn(kind: .identifier, heading: "identifier", columns: 12)]
        case .accession: return [ListColumn(kind: .accession, heading: "accession", columns: 10)]
        case .study: return [ListColumn(kind: .study, heading: "study", columns: 10)]
        case .received: return [ListColumn(kind: .received, heading: "received UTC", columns: 12)]
        case .finding:
            return [
                ListColumn(kind: .finding, heading: "top finding", columns: isWide ? 13 : 12),
                ListColumn(kind: .bar, heading: "", columns: isWide ? 8 : 5),
                ListColumn(kind: .probability, heading: "p", columns: 4, alignment: .right),
            ]
        case .state: return [ListColumn(kind: .state, heading: "state", columns: isWide ? 9 : 8)]
        case .model: return [ListColumn(kind: .model, heading: "model", columns: 16)]
        }
    }

    /// The columns of the critical queue for a width.
    ///
    /// - Parameter hasDue: true where somebody must be told of a result: the time left replaces the
    ///   time since the flag.
    static func queue(columns: Int, hasDue: Bool) -> [ListColumn] {
        var list = [
            ListColumn(kind: .mark, heading: "", columns: 2),
            hasDue
                ? ListColumn(kind: .due, heading: "time left", columns: 10)
                : ListColumn(kind: .wait, heading: "since", columns: 6, alignment: .right),
            ListColumn(kind: .patient, heading: "patient", columns: 12),
        ]
        if columns >= 72 {
            list.append(ListColumn(kind: .age, heading: "age", columns: 5, alignment: .right))
        }
        if columns >= 120 {
            list.append(ListColumn(kind: .accession, heading: "accession", columns: 10))
        }
        list.append(ListColumn(kind: .finding, heading: "finding", columns: 12))
        if columns >= 72 { list.append(ListColumn(kind: .bar, heading: "", columns: 7)) }
        list += [
            ListColumn(
                kind: .probability, heading: "p", columns: 4, alignment: .right),
            ListColumn(kind: .opened, heading: "opened", columns: 7),
            ListColumn(kind: .state, heading: "state", columns: 8),
        ]
        if hasDue && columns < 76 { list.removeAll { $0.kind == .opened } }
        return grown(list, to: columns)
    }

    /// Shares what is left of the line among the columns that gain by it.
    private static func grown(_ list: [ListColumn], to columns: Int) -> [ListColumn] {
        var result = list
        let limits: [Kind: Int] = [
            .patient: 30, .study: 36, .finding: 18, .bar: 24, .state: 18, .identifier: 16,
            .model: 24, .received: 12, .opened: 9,
        ]
        // One column stays free at the right edge, for the marks of selection and scrolling.
        var rest = columns - 2 - list.reduce(0) { $0 + $1.columns + 1 }
        for (kind, least) in [(Kind.study, 8), (.bar, 6)] where rest < 0 {
            guard let index = result.firstIndex(where: { $0.kind == kind }) else { continue }
            let given = min(-rest, max(result[index].columns - least, 0))
            result[index].columns -= given
            rest += given
        }
        if let patient = result.firstIndex(where: { $0.kind == .patient }) {
            while rest < 0, result[patient].columns > 8 {
                result[patient].columns -= 1
                rest += 1
            }
        }
        while rest > 0 {
            var hasGrown = false
            for index in result.indices where rest > 0 {
                guard let limit = limits[result[index].kind], result[index].columns < limit else {
                    continue
                }
                result[index].columns += 1
                rest -= 1
                hasGrown = true
            }
            if !hasGrown { break }
        }
        return result
    }
}
