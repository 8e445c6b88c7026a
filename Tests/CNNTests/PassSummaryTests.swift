// Entropy, mutual information and intervals of passes against closed forms.

import CNN
import Foundation
import Testing

@Suite("What Monte-Carlo passes say of a probability") struct PassSummaryTests {
    private static let ln2 = 0.6931471805599453

    @Test("Passes that agree on one half are all entropy and no mutual information")
    func agreement() throws {
        let summary = try PassSummary(passes: [0.5, 0.5, 0.5])
        #expect(abs(summary.predictiveEntropy - Self.ln2) < 1e-15)
        #expect(summary.mutualInformation == 0)
        #expect(summary.standardDeviation == 0)
        #expect(summary.interval == 0.5...0.5)
    }

    @Test("Passes that are sure and contradict one another are all mutual information")
    func contradiction() throws {
        let summary = try PassSummary(passes: [0, 1, 0, 1])
        #expect(summary.mean == 0.5)
        #expect(summary.standardDeviation == 0.5)
        #expect(abs(summary.predictiveEntropy - Self.ln2) < 1e-15)
        #expect(abs(summary.mutualInformation - Self.ln2) < 1e-15)
    }

    @Test("Any two passes agree with the formulas written out")
    func writtenOut() throws {
        let summary = try PassSummary(passes: [0.2, 0.4])
        func h(_ p: Double) -> Double { -p * log(p) - (1 - p) * log(1 - p) }
        #expect(abs(summary.predictiveEntropy - h(0.3)) < 1e-15)
        #expect(abs(summary.mutualInformation - (h(0.3) - (h(0.2) + h(0.4)) / 2)) < 1e-15)
        #expect(abs((summary.standardDeviation ?? 0) - 0.1) < 1e-15)
    }

    @Test("The interval is NumPy's quantile of 0.025 and 0.975")
    func interval() throws {
        // numpy.quantile(numpy.arange(10) / 10, [0.025, 0.975]) = [0.0225, 0.8775]
        let summary = try PassSummary(passes: (0..<10).reversed().map { Double($0) / 10 })
        #expect(abs(summary.interval.lowerBound - 0.0225) < 1e-12)
        #expect(abs(summary.interval.upperBound - 0.8775) < 1e-12)
        let single = try PassSummary(passes: [0.3])
        #expect(single.interval == 0.3...0.3)
        #expect(single.standardDeviation == nil)
    }

    @Test("Passes, images and labels are told apart in a run's output")
    func layout() throws {
        // [T = 2, N = 2, L = 3]: the value says where it is from.
        let values = (0..<12).map { Float($0) / 100 }
        let rows = try PassSummary.labels(of: Tensor(shape: [2, 2, 3], values: values))
        #expect(rows.map(\.count) == [3, 3])
        #expect(rows[1][2].passes.map { Float($0) } == [0.05, 0.11])
        let logits = try PassSummary.labels(
            of: Tensor(shape: [1, 1, 1], values: [0]), logits: true)
        #expect(logits[0][0].mean == 0.5)
    }

    @Test("Classes that exclude one another: the entropy of all, and what the passes share")
    func exclusive() throws {
        let sure = try PassSummary.exclusive(passes: [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
        #expect(abs(sure.predictiveEntropy - log(3)) < 1e-12)
        #expect(abs(sure.mutualInformation - log(3)) < 1e-12)
        let open = try PassSummary.exclusive(passes: [[0.25, 0.25, 0.5], [0.25, 0.25, 0.5]])
        #expect(abs(open.predictiveEntropy - 1.5 * Self.ln2) < 1e-12)
        #expect(abs(open.mutualInformation) < 1e-12)
    }

    @Test("Values that are no probabilities are refused")
    func refused() {
        #expect(throws: CNNError.self) { try PassSummary(passes: []) }
        #expect(throws: CNNError.self) { try PassSummary(passes: [0.5, 1.5]) }
        #expect(throws: CNNError.self) { try PassSummary(passes: [.nan]) }
        #expect(throws: CNNError.self) { try PassSummary.exclusive(passes: [[0.9, 0.9]]) }
        #expect(throws: CNNError.self) {
            try PassSummary.labels(of: Tensor(shape: [4], values: [0, 0, 0, 0]))
        }
    }
}
