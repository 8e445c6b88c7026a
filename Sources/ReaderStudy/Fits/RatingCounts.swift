// Ratings as counts of ordered categories, for curves fitted by maximum likelihood.

/// How often non-diseased and diseased cases were rated in each of a few ordered categories.
struct RatingCounts: Sendable {
    let nonDiseased: [Double]
    let diseased: [Double]

    /// Continuous ratings are cut into at most this many categories.
    static let categoriesMax = 20

    /// Counts ratings; runs of truth states are merged (LABROC4, Metz, Herman and Shen 1998) so
    /// that continuous ratings lose little, then thinned to `categoriesMax`.
    init(nonDiseased: [Double], diseased: [Double]) {
        let items =
            (nonDiseased.map { ($0, false) } + diseased.map { ($0, true) })
            .sorted { $0.0 < $1.0 }
        var groups: [(negative: Double, positive: Double)] = []
        var index = 0
        while index < items.count {
            var group = (negative: 0.0, positive: 0.0)
            let value = items[index].0
            while index < items.count, items[index].0 == value {
                if items[index].1 { group.positive += 1 } else { group.negative += 1 }
                index += 1
            }
            groups.append(group)
        }
        if groups.count > Self.categoriesMax { groups = Self.merged(groups) }
        while groups.count > Self.categoriesMax {
            // The smallest neighbours first: they cost the likelihood least.
            let sizes = (1..<groups.count).map { index in
                groups[index].negative + groups[index].positive + groups[index - 1].negative
                    + groups[index - 1].positive
            }
            guard let least = sizes.indices.min(by: { sizes[$0] < sizes[$1] }) else { break }
            groups[least].negative += groups[least + 1].negative
            groups[least].positive += groups[least + 1].positive
            groups.remove(at: least + 1)
        }
        self.nonDiseased = groups.map(\.negative)
        self.diseased = groups.map(\.positive)
    }

    /// Neighbours of the same truth put together: between them the curve has no corner.
    private static func merged(_ groups: [(negative: Double, positive: Double)])
        -> [(negative: Double, positive: Double)]
    {
        var result: [(negative: Double, positive: Double)] = []
        for group in groups {
            if let last = result.last,
                (last.negative == 0 && group.negative == 0)
                    || (last.positive == 0 && group.positive == 0)
            {
                result[result.count - 1].negative += group.negative
                result[result.count - 1].positive += group.positive
            } else {
                result.append(group)
            }
        }
        return result
    }

    /// True where some cutoff separates the truths wholly, so that no finite curve fits best.
    var isSeparated: Bool {
        guard let lowestDiseased = diseased.firstIndex(where: { $0 > 0 }),
            let highestHealthy = nonDiseased.lastIndex(where: { $0 > 0 })
        else { return true }
        return lowestDiseased > highestHealthy
    }
}
