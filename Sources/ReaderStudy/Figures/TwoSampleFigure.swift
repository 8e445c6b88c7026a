// Areas as means over pairs: AUC and its free-response kin, by sorting instead of all pairs.

/// A figure that is the weighted mean of psi(x, y) over rows x (false positives) and columns y
/// (diseased), psi = 1 if y > x, 1/2 if equal, else 0.
///
/// Each row and column belongs to a case. Sorting gives the sums of every row and column
/// ("placement values") in O(n log n); leaving a case out is then subtraction.
struct TwoSampleFigure: Sendable {
    /// Rows in increasing order of value.
    let rowCases: [Int]
    let rowValues: [Double]
    /// Columns in increasing order of value.
    let columnCases: [Int]
    let columnValues: [Double]
    let columnWeights: [Double]
    /// Per case of the study: weighted sums of psi over its rows, and over its columns.
    let rowSums: [Double]
    let columnSums: [Double]
    /// Per case: how many rows, and how much column weight it has.
    let rowCounts: [Double]
    let columnMasses: [Double]
    /// Per case: what its own rows and columns add together (only where it has both).
    private let ownSums: [Double]
    private let total: Double
    private let rowCount: Double
    private let columnMass: Double

    init(_ readings: [ReadingTable.Reading], _ table: ReadingTable, figure: FigureOfMerit) {
        var rows: [(value: Double, caseIndex: Int)] = []
        var columns: [(value: Double, caseIndex: Int, weight: Double)] = []
        for reading in readings {
            let item = table.cases[reading.caseIndex]
            if !item.isDiseased {
                rows.append((reading.rating, reading.caseIndex))
                continue
            }
            switch figure {
            case .weightedAFROC, .weightedAFROC1, .afroc:
                let isWeighted = figure != .afroc
                for (lesion, rating) in reading.lesionRatings.enumerated() {
                    let weight = isWeighted ? item.lesionWeights[lesion] : 1
                    columns.append((rating, reading.caseIndex, weight))
                }
                if figure == .weightedAFROC1 {
                    rows.append((reading.falseMarks.max() ?? -.infinity, reading.caseIndex))
                }
            default: columns.append((reading.rating, reading.caseIndex, 1))
            }
        }
        self.init(rows: rows, columns: columns, caseCount: table.cases.count)
    }

    /// Makes the sums from rows and columns in any order.
    init(
        rows: [(value: Double, caseIndex: Int)],
        columns: [(value: Double, caseIndex: Int, weight: Double)], caseCount: Int
    ) {
        // Ties among equal values do not matter: each sum is taken over whole groups.
        let rows = rows.sorted { ($0.value, $0.caseIndex) < ($1.value, $1.caseIndex) }
        let columns = columns.sorted { ($0.value, $0.caseIndex) < ($1.value, $1.caseIndex) }
        rowCases = rows.map(\.caseIndex)
        rowValues = rows.map(\.value)
        columnCases = columns.map(\.caseIndex)
        columnValues = columns.map(\.value)
        columnWeights = columns.map(\.weight)
        rowCount = Double(rows.count)
        columnMass = columnWeights.reduce(0, +)

        var rowCounts = [Double](repeating: 0, count: caseCount)
        var columnMasses = rowCounts
        for row in rowCases { rowCounts[row] += 1 }
        for (index, column) in columnCases.enumerated() {
            columnMasses[column] += columnWeights[index]
        }
        self.rowCounts = rowCounts
        self.columnMasses = columnMasses

        let columnsSums = Self.columnSums(rowValues, columnValues)
        var columnSums = [Double](repeating: 0, count: caseCount)
        var total = 0.0
        for (index, sum) in columnsSums.enumerated() {
            columnSums[columnCases[index]] += sum * columnWeights[index]
            total += sum * columnWeights[index]
        }
        self.columnSums = columnSums
        self.total = total
        var rowSums = [Double](repeating: 0, count: caseCount)
        for (index, sum) in Self.rowSums(rowValues, columnValues, columnWeights).enumerated() {
            rowSums[rowCases[index]] += sum
        }
        self.rowSums = rowSums
        ownSums = Self.ownSums(
            rows: rows, columns: columns, caseCount: caseCount,
            isNeeded: rowCounts.indices.contains { rowCounts[$0] > 0 && columnMasses[$0] > 0 })
    }

    /// For each column the number of rows below it, and half of those equal to it.
    private static func columnSums(_ rows: [Double], _ columns: [Double]) -> [Double] {
        var below = 0
        var notAbove = 0
        return columns.map { value in
            while below < rows.count, rows[below] < value { below += 1 }
            notAbove = max(notAbove, below)
            while notAbove < rows.count, rows[notAbove] <= value { notAbove += 1 }
            return Double(below) + 0.5 * Double(notAbove - below)
        }
    }

    /// For each row the weight of the columns above it, and half of those equal to it.
    private static func rowSums(_ rows: [Double], _ columns: [Double], _ weights: [Double])
        -> [Double]
    {
        var above = weights.reduce(0, +)
        var equal = 0.0
        var next = 0
        var previous = -Double.infinity
        var isFirst = true
        return rows.map { value in
            if isFirst || value > previous {
                equal = 0
                while next < columns.count, columns[next] < value {
                    above -= weights[next]
                    next += 1
                }
                var ahead = next
                while ahead < columns.count, columns[ahead] == value {
                    equal += weights[ahead]
                    ahead += 1
                }
                previous = value
                isFirst = false
            }
            return above - 0.5 * equal
        }
    }

    private static func ownSums(
        rows: [(value: Double, caseIndex: Int)],
        columns: [(value: Double, caseIndex: Int, weight: Double)], caseCount: Int, isNeeded: Bool
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: caseCount)
        guard isNeeded else { return sums }
        var rowOfCase = [Double?](repeating: nil, count: caseCount)
        for row in rows { rowOfCase[row.caseIndex] = row.value }
        for column in columns {
            guard let value = rowOfCase[column.caseIndex] else { continue }
            if column.value > value { sums[column.caseIndex] += column.weight }
            if column.value == value { sums[column.caseIndex] += 0.5 * column.weight }
        }
        return sums
    }

    /// The area.
    var value: Double { total / (rowCount * columnMass) }

    /// The area without each case.
    var valuesWithoutEachCase: [Double] {
        rowSums.indices.map { index in
            if rowCounts[index] == 0 && columnMasses[index] == 0 { return value }
            let sum = total - rowSums[index] - columnSums[index] + ownSums[index]
            return sum / ((rowCount - rowCounts[index]) * (columnMass - columnMasses[index]))
        }
    }

    /// The area when each case counts `weights[case]` times.
    func value(weights: [Double]) -> Double {
        var below = 0
        var belowWeight = 0.0
        var sum = 0.0
        var mass = 0.0
        var column = 0
        while column < columnValues.count {
            let value = columnValues[column]
            while below < rowValues.count, rowValues[below] < value {
                belowWeight += weights[rowCases[below]]
                below += 1
            }
            var equal = 0.0
            var ahead = below
            while ahead < rowValues.count, rowValues[ahead] == value {
                equal += weights[rowCases[ahead]]
                ahead += 1
            }
            while column < columnValues.count, columnValues[column] == value {
                let weight = weights[columnCases[column]] * columnWeights[column]
                sum += weight * (belowWeight + 0.5 * equal)
                mass += weight
                column += 1
            }
        }
        while below < rowValues.count {
            belowWeight += weights[rowCases[below]]
            below += 1
        }
        return sum / (belowWeight * mass)
    }
}
