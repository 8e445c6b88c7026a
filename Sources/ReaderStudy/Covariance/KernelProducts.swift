// Sums of products of two cells' kernels, without visiting all pairs of cases.

/// For two cells a and b: what the unbiased covariance and the U-statistic are made of.
struct KernelProducts: Sendable {
    /// The sum over all kernels of a, times the same of b.
    let productOfSums: Double
    /// The sum of products of kernels that share neither a non-diseased nor a diseased case.
    let sumWithoutSharedCase: Double
    /// How many such products there are.
    let countWithoutSharedCase: Double

    init(_ first: KernelCell, _ second: KernelCell) {
        productOfSums = first.sum * second.sum
        var shared = 0.0
        var sharedRows = 0.0
        var sharedColumns = 0.0
        for index in first.rowSums.indices {
            if first.isRow[index] && second.isRow[index] {
                sharedRows += 1
                shared += first.rowSums[index] * second.rowSums[index]
            }
            if first.isColumn[index] && second.isColumn[index] {
                sharedColumns += 1
                shared += first.columnSums[index] * second.columnSums[index]
            }
        }
        let both = sharedRows > 0 && sharedColumns > 0 ? first.sumOfProducts(with: second) : 0
        sumWithoutSharedCase = productOfSums - shared + both
        countWithoutSharedCase =
            first.rowCount * first.columnCount * second.rowCount * second.columnCount
            - sharedRows * first.columnCount * second.columnCount
            - sharedColumns * first.rowCount * second.rowCount
            + sharedRows * sharedColumns
    }

    /// The unbiased covariances of every pair of cells: the product of the AUCs minus the mean
    /// product of kernels that share no case.
    static func covariances(_ areas: [TwoSampleFigure]) -> [Double] {
        let cells = areas.map(KernelCell.init)
        return FigureMatrix.symmetric(cells.count) { first, second in
            let products = KernelProducts(cells[first], cells[second])
            guard products.countWithoutSharedCase > 0 else { return .nan }
            return cells[first].area * cells[second].area
                - products.sumWithoutSharedCase / products.countWithoutSharedCase
        }
    }
}

/// A cell's AUC kernels: every non-diseased (row) against every diseased case (column).
struct KernelCell: Sendable {
    let rowSums: [Double]
    let columnSums: [Double]
    let isRow: [Bool]
    let isColumn: [Bool]
    let rowCount: Double
    let columnCount: Double
    let sum: Double
    /// Per case its rank among the cell's ratings (equal ratings share one); -1 where not read.
    private let ranks: [Int]
    private let rankCount: Int
    /// Read cases in order of rank.
    private let order: [Int]

    /// The area under the curve.
    var area: Double { sum / (rowCount * columnCount) }

    init(_ figure: TwoSampleFigure) {
        rowSums = figure.rowSums
        columnSums = figure.columnSums
        isRow = figure.rowCounts.map { $0 > 0 }
        isColumn = figure.columnMasses.map { $0 > 0 }
        rowCount = Double(figure.rowCases.count)
        columnCount = Double(figure.columnCases.count)
        sum = figure.rowSums.reduce(0, +)
        let items =
            (Array(zip(figure.rowValues, figure.rowCases))
            + Array(zip(figure.columnValues, figure.columnCases))).sorted { $0.0 < $1.0 }
        var ranks = [Int](repeating: -1, count: figure.rowSums.count)
        var rank = -1
        var previous: Double?
        for (value, caseIndex) in items {
            if value != previous { rank += 1 }
            previous = value
            ranks[caseIndex] = rank
        }
        self.ranks = ranks
        rankCount = rank + 1
        order = items.map(\.1)
    }

    /// The sum over common pairs (i, j) of kernel a(i, j) times kernel b(i, j).
    ///
    /// With psi = (1 + s)/2 and s the sign of the difference, the product needs sums of s of each
    /// cell and of s_a s_b over the common cases: counts of pairs in the same and in opposite
    /// order, by a sweep over a's order with counts by b's rank (Fenwick tree), O(n log n).
    func sumOfProducts(with other: KernelCell) -> Double {
        let common = order.filter { other.ranks[$0] >= 0 }
        var everyRow = CountTree(size: other.rankCount)
        for item in common where isRow[item] { everyRow.add(other.ranks[item]) }
        var rows = CountTree(size: other.rankCount)
        var sums = SignSums()
        var start = 0
        while start < common.count {
            let rank = ranks[common[start]]
            var end = start
            while end < common.count, ranks[common[end]] == rank { end += 1 }
            let group = common[start..<end]
            // Rows below the group in a come first; those that tie with it (s_a = 0) then count as
            // neither below nor above.
            for item in group where isColumn[item] {
                let below = rows.counts(around: other.ranks[item])
                sums.add(below: below, rowsBelow: rows.total)
            }
            for item in group where isRow[item] { rows.add(other.ranks[item]) }
            for item in group where isColumn[item] {
                let all = everyRow.counts(around: other.ranks[item])
                let upTo = rows.counts(around: other.ranks[item])
                sums.add(
                    above: (all.below - upTo.below, all.above - upTo.above),
                    rowsAbove: everyRow.total - rows.total)
                sums.add(second: all, rows: everyRow.total)
            }
            start = end
        }
        return 0.25 * sums.total
    }

    /// The sums of 1, s_a, s_b and s_a s_b over the common pairs.
    private struct SignSums {
        private var pairs = 0
        private var first = 0
        private var second = 0
        private var products = 0

        /// Rows below in a (s_a = 1).
        mutating func add(below: (below: Int, above: Int), rowsBelow: Int) {
            first += rowsBelow
            products += below.below - below.above
        }

        /// Rows above in a (s_a = -1).
        mutating func add(above: (below: Int, above: Int), rowsAbove: Int) {
            first -= rowsAbove
            products -= above.below - above.above
        }

        /// All rows, by their order in b.
        mutating func add(second counts: (below: Int, above: Int), rows: Int) {
            pairs += rows
            second += counts.below - counts.above
        }

        var total: Double { Double(pairs + first + second + products) }
    }
}

/// Counts by rank with prefix sums in O(log n) (Fenwick 1994).
struct CountTree: Sendable {
    private var sums: [Int32]
    private(set) var total = 0

    init(size: Int) { sums = [Int32](repeating: 0, count: size + 1) }

    /// Counts one more of a rank.
    mutating func add(_ rank: Int) {
        total += 1
        var index = rank + 1
        while index < sums.count {
            sums[index] += 1
            index += index & -index
        }
    }

    /// How many ranks are below and above one.
    func counts(around rank: Int) -> (below: Int, above: Int) {
        let below = prefix(rank)
        return (below, total - prefix(rank + 1))
    }

    private func prefix(_ length: Int) -> Int {
        var sum = 0
        var index = length
        while index > 0 {
            sum += Int(sums[index])
            index -= index & -index
        }
        return sum
    }
}
