// Where things stand on the screen of a study.

import Terminal

/// The parts of the study screen; pure numbers, shared by drawing, scrolling and panning.
struct StudyLayout: Equatable {
    let identity: Rectangle
    let picture: Rectangle
    /// An earlier study's picture, left of the current one; empty where none is shown.
    let prior: Rectangle
    let panel: Rectangle
    let status: Rectangle

    /// - Parameter isPictureAlone: true to give the pictures the whole width; the panel is empty.
    init(size: GridSize, hasPrior: Bool = false, isPictureAlone: Bool = false) {
        let whole = Rectangle(size).divided(bottomRows: 3).rest
        let (head, rest) = whole.divided(topRows: 1)
        identity = head
        let (body, end) = rest.divided(bottomRows: 1)
        status = end
        let columns = hasPrior ? 43 : Self.panelColumns(body.size)
        let pictures: Rectangle
        if isPictureAlone {
            pictures = body
            panel = Rectangle(column: body.endColumn, row: body.row, columns: 0, rows: 0)
        } else {
            (pictures, panel) = body.divided(rightColumns: columns, gap: 1)
        }
        if hasPrior, pictures.columns >= 40 {
            (prior, picture) = pictures.divided(leftColumns: (pictures.columns - 1) / 2, gap: 1)
        } else {
            prior = Rectangle(column: 0, row: 0, columns: 0, rows: 0)
            picture = pictures
        }
    }

    /// The cells of the largest picture of a whole image that a window can show: the overview.
    static func overviewPane(size: GridSize) -> GridSize {
        StudyLayout(size: size, isPictureAlone: true).picture.size
    }

    /// The picture is as large as it can be; numbers are right of it and never cover it.
    private static func panelColumns(_ body: GridSize) -> Int {
        switch body.columns {
        case ..<72: return 34
        case ..<100: return 43
        case ..<140: return 52
        default:
            // A chest is about square: what is wider than that only adds black at its sides.
            let widest = body.rows * 11 / 5
            return max(72, min(body.columns - 1 - widest, 110))
        }
    }

    /// Lines of the panel above the findings: model, notice, headings.
    static let panelHeadRows = 3

    /// Findings that the panel has room for; from 19 lines on, two lines stay for what matters.
    var findingRows: Int {
        let room = panel.rows - Self.panelHeadRows
        return room >= 16 ? min(room - 2, max(14, room / 2)) : max(room, 0)
    }
}

/// The columns of the findings panel.
struct FindingColumns: Equatable {
    /// Width of the names.
    let name: Int
    /// Width of the bars.
    let bar: Int
    /// True where there is room for the risk level in a word.
    let hasRisk: Bool
    /// True where there is room for the model's measured area under the curve.
    let hasAUC: Bool
    /// Width of the histogram of the passes; 0 for none.
    let histogram: Int

    /// Cursor, decision, space, mark, space.
    static let lead = 5
    private static let numbers = 4 + 1 + 4
    private static let riskColumns = 10
    /// `>.99` and a space.
    private static let aucColumns = 5

    init(panelColumns: Int) {
        hasRisk = panelColumns >= 52
        histogram = panelColumns >= 72 ? 10 : 0
        hasAUC = panelColumns >= 58
        let fixed =
            Self.lead + 1 + 1 + Self.numbers + 1 + (hasRisk ? Self.riskColumns : 0)
            + (hasAUC ? Self.aucColumns : 0)
            + (histogram > 0 ? histogram + 1 : 0)
        let room = max(panelColumns - fixed, 4)
        let longest = panelColumns >= 60 ? 18 : panelColumns >= 43 ? 14 : 11
        name = min(longest, room - 3)
        bar = room - name
    }

    var barColumn: Int { Self.lead + name + 1 }
    var probabilityColumn: Int { barColumn + bar + 1 }
    var deviationColumn: Int { probabilityColumn + 5 }
    var riskColumn: Int { deviationColumn + 5 }
    var aucColumn: Int { riskColumn + (hasRisk ? Self.riskColumns : 0) }
    var histogramColumn: Int { aucColumn + (hasAUC ? Self.aucColumns : 0) }
}
