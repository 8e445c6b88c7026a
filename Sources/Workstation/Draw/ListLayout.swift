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
        case probability, state, opened, model
    }

    let kind: Kind
    let heading: String
    var columns: Int
    var alignment = TextAlignment.left
}

extension ListColumn {
    /// The columns of the worklist for a width: words are cut before numbers.
    static func worklist(columns: Int) -> [ListColumn] {
        var list = [
            ListColumn(kind: .mark, heading: "", columns: 2),
            ListColumn(kind: .wait, heading: "wait", columns: 5, alignment: .right),
            ListColumn(kind: .patient, heading: "patient", columns: columns >= 72 ? 13 : 11),
            ListColumn(kind: .age, heading: "age", columns: 5, alignment: .right),
        ]
        if columns >= 120 {
            list.append(ListColumn(kind: .identifier, heading: "identifier", columns: 12))
        }
        if columns >= 140 {
            list.append(ListColumn(kind: .accession, heading: "accession", columns: 10))
        }
        if columns >= 72 { list.append(ListColumn(kind: .study, heading: "study", columns: 10)) }
        if columns >= 160 {
            list.append(ListColumn(kind: .received, heading: "received UTC", columns: 12))
        }
        list += [
            ListColumn(kind: .finding, heading: "top finding", columns: columns >= 72 ? 13 : 12),
            ListColumn(kind: .bar, heading: "", columns: columns >= 72 ? 8 : 5),
            ListColumn(
                kind: .probability, heading: "p", columns: 4, alignment: .right),
            ListColumn(kind: .state, heading: "state", columns: columns >= 72 ? 9 : 8),
        ]
        if columns >= 180 { list.append(ListColumn(kind: .model, heading: "model", columns: 16)) }
        return grown(list, to: columns)
    }

    /// The columns of the critical queue for a width.
    static func queue(columns: Int) -> [ListColumn] {
        var list = [
            ListColumn(kind: .mark, heading: "", columns: 2),
            ListColumn(kind: .wait, heading: "since", columns: 6, alignment: .right),
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
        return grown(list, to: columns)
    }

    /// Shares what is left of the line among the columns that gain by it.
    private static func grown(_ list: [ListColumn], to columns: Int) -> [ListColumn] {
        var result = list
        let limits: [Kind: Int] = [
            .patient: 30, .study: 36, .finding: 18, .bar: 24, .state: 18, .identifier: 16,
            .model: 24, .received: 12, .opened: 9,
        ]
        var rest = columns - 2 - list.reduce(0) { $0 + $1.columns + 1 }
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
