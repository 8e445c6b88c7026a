// Every number of an analysis under the name that published tables use.

/// A number with its name and how it came about (names: `Documentation/reader-studies.md`).
public struct NamedQuantity: Sendable, Hashable {
    /// The name, as `RRRC.diff[1-2].stderr`.
    public let quantity: String
    /// The value; NaN where it is undefined.
    public let value: Double
    /// The method, as `OR`.
    public let method: String
    /// The figure of merit's name.
    public let fom: String
    /// How covariances were estimated; empty where there are none.
    public let covariance: String
    /// What the analysis generalises to; empty where that does not matter.
    public let option: String
}

/// Collects quantities that share a method, a figure and a covariance.
struct QuantityList {
    let method: String
    let fom: String
    let covariance: String
    private(set) var items: [NamedQuantity] = []

    init(method: String, fom: String, covariance: String) {
        self.method = method
        self.fom = fom
        self.covariance = covariance
    }

    mutating func add(_ name: String, _ value: Double, option: String = "") {
        items.append(
            NamedQuantity(
                quantity: name, value: value, method: method, fom: fom, covariance: covariance,
                option: option))
    }

    /// An overall test as `OPTION.F` and so on.
    mutating func add(_ prefix: String, _ test: OverallTest) {
        if test.df2 == .infinity, prefix == Generalisation.cases.rawValue {
            add("\(prefix).X2", test.f * test.df1, option: prefix)
            add("\(prefix).df", test.df1, option: prefix)
        } else {
            add("\(prefix).F", test.f, option: prefix)
            add("\(prefix).df1", test.df1, option: prefix)
            add("\(prefix).ddf", test.df2, option: prefix)
        }
        add("\(prefix).denominator", test.denominator, option: prefix)
        add("\(prefix).p", test.p, option: prefix)
    }

    /// A difference as `NAME.estimate` and so on; z where its interval is normal by method.
    mutating func add(_ name: String, difference: Estimate, option: String, isNormal: Bool) {
        add("\(name).estimate", difference.value, option: option)
        add("\(name).stderr", difference.standardError, option: option)
        if isNormal {
            add("\(name).z", difference.statistic, option: option)
        } else {
            add("\(name).t", difference.statistic, option: option)
            add("\(name).df", difference.degreesOfFreedom, option: option)
        }
        add("\(name).p", difference.p, option: option)
        add("\(name).lower", difference.lower, option: option)
        add("\(name).upper", difference.upper, option: option)
    }

    /// A mean with its interval.
    mutating func add(_ name: String, mean: Estimate, option: String, isNormal: Bool) {
        add("\(name).stderr", mean.standardError, option: option)
        if !isNormal { add("\(name).df", mean.degreesOfFreedom, option: option) }
        add("\(name).lower", mean.lower, option: option)
        add("\(name).upper", mean.upper, option: option)
    }
}
