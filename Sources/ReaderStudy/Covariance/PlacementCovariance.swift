// DeLong's covariance from placement values.

/// DeLong, DeLong and Clarke-Pearson 1988: covariances of correlated AUCs.
enum PlacementCovariance {
    /// cov(V10)/n1 + cov(V01)/n0 for each pair of cells of a crossed design.
    static func matrix(_ cells: [TwoSampleFigure], _ table: ReadingTable) -> [Double] {
        let diseased = table.cases.indices.filter { table.cases[$0].isDiseased }
        let healthy = table.cases.indices.filter { !table.cases[$0].isDiseased }
        let centred = cells.map { cell in
            (
                byDiseased: deviations(
                    diseased.map { cell.columnSums[$0] / Double(healthy.count) }),
                byHealthy: deviations(healthy.map { cell.rowSums[$0] / Double(diseased.count) })
            )
        }
        return FigureMatrix.symmetric(cells.count) { first, second in
            let a = centred[first]
            let b = centred[second]
            return product(a.byDiseased, b.byDiseased) + product(a.byHealthy, b.byHealthy)
        }
    }

    /// DeLong's variance of one cell's AUC.
    static func variance(_ cell: TwoSampleFigure) -> Double {
        let byDiseased = cell.columnSums.indices.filter { cell.columnMasses[$0] > 0 }
            .map { cell.columnSums[$0] / Double(cell.rowCases.count) }
        let byHealthy = cell.rowSums.indices.filter { cell.rowCounts[$0] > 0 }
            .map { cell.rowSums[$0] / Double(cell.columnCases.count) }
        return Moments.variance(byDiseased) / Double(byDiseased.count)
            + Moments.variance(byHealthy) / Double(byHealthy.count)
    }

    private static func deviations(_ values: [Double]) -> [Double] {
        let mean = Moments.mean(values)
        return values.map { $0 - mean }
    }

    /// The covariance (divisor n - 1) of two centred lists, divided by n.
    private static func product(_ first: [Double], _ second: [Double]) -> Double {
        var sum = 0.0
        for index in first.indices { sum += first[index] * second[index] }
        let count = Double(first.count)
        return sum / (count - 1) / count
    }
}
