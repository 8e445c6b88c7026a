// Reference values of power, whose names hold their own arguments.

/// Reads `power[J=10,K=165,effect=-0.0438,alpha=0.05].ncp` and its kin, and computes them.
struct PowerReferences {
    /// Our value; nil for another name.
    func value(for reference: ReferenceValue, _ table: ReadingTable) -> Double? {
        guard let open = reference.quantity.firstIndex(of: "["),
            let close = reference.quantity.lastIndex(of: "]"),
            let analysis = try? ObuchowskiRockette(table, figure: .auc, covariance: .jackknife)
        else { return nil }
        var arguments: [String: String] = [:]
        for part in reference.quantity[reference.quantity.index(after: open)..<close]
            .split(separator: ",")
        {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { arguments[String(pair[0])] = String(pair[1]) }
        }
        let observed = analysis.means[0] - analysis.means[1]
        let effect = arguments["effect"].flatMap(Double.init) ?? observed
        let alpha = arguments["alpha"].flatMap(Double.init) ?? 0.05
        guard let readers = arguments["J"].flatMap({ Int($0) }) else { return nil }
        let pilot = PilotComponents(analysis, caseCount: table.cases.count)
        // The option tells fixed readers from fixed cases; names alone do not.
        let generalisation = Generalisation.allCases.first { $0.rawValue == reference.option }
        let kind = generalisation ?? .readersAndCases
        if reference.quantity.hasPrefix("cases needed") {
            let power = arguments["power"].flatMap(Double.init) ?? 0.8
            return StudyPower.casesNeeded(
                pilot, effect: effect, readers: readers, power: power, alpha: alpha, kind
            ).map(Double.init)
        }
        guard let cases = arguments["K"].flatMap({ Int($0) }) else { return nil }
        let power: StudyPower
        if reference.method.hasPrefix("DBM") {
            guard let components = try? DorfmanBerbaumMetz(table, figure: .auc).variances else {
                return nil
            }
            power = StudyPower(
                dbm: components, effect: effect, readers: readers, cases: cases, alpha: alpha)
        } else {
            power = StudyPower(
                pilot, effect: effect, readers: readers, cases: cases, alpha: alpha, kind)
        }
        if reference.quantity.hasSuffix(".ncp") { return power.noncentrality }
        if reference.quantity.hasSuffix(".ddf") { return power.df2 }
        return power.power
    }
}
