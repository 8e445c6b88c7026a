// What readers do with the AI's advice: changes of decision, and reliance.

/// One finding of one case read by one reader without and then with the AI.
public struct AidedDecision: Sendable, Hashable {
    /// The reader's name.
    public let reader: String
    /// The truth.
    public let isDiseased: Bool
    /// Confidence without the AI, 0...1.
    public let before: Double
    /// Confidence with the AI, 0...1.
    public let after: Double
    /// What the AI says, 0...1.
    public let advice: Double
    /// How unsure the AI is (its standard deviation); nil where it was not told.
    public let uncertainty: Double?

    /// Makes a decision pair.
    public init(
        reader: String, isDiseased: Bool, before: Double, after: Double, advice: Double,
        uncertainty: Double? = nil
    ) {
        self.reader = reader
        self.isDiseased = isDiseased
        self.before = before
        self.after = after
        self.advice = advice
        self.uncertainty = uncertainty
    }

    /// The weight of advice: (after - before) / (advice - before), cut to 0...1 as is usual.
    ///
    /// Harvey and Fischer 1997. Nil where the advice is within 0.01 of the first confidence.
    public var weightOfAdvice: Double? {
        let distance = advice - before
        guard abs(distance) >= 0.01 else { return nil }
        return min(max((after - before) / distance, 0), 1)
    }
}

/// Counts of changes of decision after the AI, at a threshold.
public struct DecisionChanges: Sendable, Hashable {
    /// Decisions.
    public private(set) var count = 0
    /// Wrong before, right after.
    public private(set) var helped = 0
    /// Right before, wrong after.
    public private(set) var harmed = 0
    /// The AI was wrong.
    public private(set) var wrongAdvice = 0
    /// The AI was wrong and the reader, right before, went with it (automation bias).
    public private(set) var followedWrongAdvice = 0
    /// The AI was wrong and the final decision agrees with it.
    public private(set) var agreedWithWrongAdvice = 0
    /// The AI was right, the reader was wrong and stayed so (under-reliance).
    public private(set) var ignoredRightAdvice = 0
    /// First decision and AI differed.
    public private(set) var disagreed = 0
    /// Of these, the final decision is the AI's.
    public private(set) var switched = 0
    /// The mean weight of advice; NaN where it is nowhere defined.
    public let weightOfAdvice: Double

    /// The share of disagreements that ended with the AI's decision; NaN without any.
    public var switchFraction: Double { Double(switched) / Double(disagreed) }

    /// Counts decisions: diseased from `threshold` on, the AI's from `adviceThreshold` on.
    public init(
        _ decisions: [AidedDecision], threshold: Double = 0.5, adviceThreshold: Double = 0.5
    ) {
        weightOfAdvice = Moments.mean(decisions.compactMap(\.weightOfAdvice))
        for decision in decisions {
            let before = decision.before >= threshold
            let after = decision.after >= threshold
            let advice = decision.advice >= adviceThreshold
            let truth = decision.isDiseased
            count += 1
            if before != truth, after == truth { helped += 1 }
            if before == truth, after != truth { harmed += 1 }
            if advice != truth {
                wrongAdvice += 1
                if after == advice { agreedWithWrongAdvice += 1 }
                if before == truth, after == advice { followedWrongAdvice += 1 }
            } else if before != truth, after != truth {
                ignoredRightAdvice += 1
            }
            if before != advice {
                disagreed += 1
                if after == advice { switched += 1 }
            }
        }
    }

    /// The exact test of as many helped as harmed (McNemar, binomial); 1 without a change.
    public var p: Double {
        let changes = helped + harmed
        guard changes > 0 else { return 1 }
        let most = Double(max(helped, harmed))
        // P(X >= most) of a fair binomial, by the incomplete beta function.
        let tail = SpecialFunctions.incompleteBeta(
            most, Double(changes) - most + 1, 0.5, complement: 0.5)
        return min(1, 2 * tail)
    }

    /// The same by groups of the AI's own uncertainty: below and from the median on.
    public static func byUncertainty(
        _ decisions: [AidedDecision], threshold: Double = 0.5, adviceThreshold: Double = 0.5
    ) -> (certain: DecisionChanges, uncertain: DecisionChanges)? {
        let known = decisions.filter { $0.uncertainty != nil }
        guard known.count > 1 else { return nil }
        let median = Moments.median(known.compactMap(\.uncertainty))
        let split = known.map { ($0, ($0.uncertainty ?? 0) >= median) }
        return (
            DecisionChanges(
                split.filter { !$0.1 }.map(\.0), threshold: threshold,
                adviceThreshold: adviceThreshold),
            DecisionChanges(
                split.filter(\.1).map(\.0), threshold: threshold, adviceThreshold: adviceThreshold)
        )
    }
}
