// Simulated studies: the level of the test and the coverage of its intervals.

import ReaderStudy
import Testing

@Suite struct SimulationTests {
    @Test func `over 2,000 null studies the test holds its level and intervals cover`() throws {
        let result = try StudySimulation(
            RoeMetzModel(.highHigh, .middle), studies: 2000, readers: 5, nonDiseased: 50,
            diseased: 50, covariance: .jackknife, seed: 1)
        #expect(result.studies == 2000)
        #expect((0.035...0.065).contains(result.rejectionRate))
        #expect((0.93...0.97).contains(result.coverage))
    }

    @Test func `the mean difference is the true one where there is an effect`() throws {
        let model = RoeMetzModel(.lowLow, .middle, effect: 0.05)
        #expect(agree(model.area(1) - model.area(0), 0.05, 1e-9))
        let result = try StudySimulation(
            model, studies: 600, readers: 4, nonDiseased: 40, diseased: 40, covariance: .deLong,
            seed: 3)
        #expect(abs(result.meanDifference - result.difference) < 0.006)
        #expect((0.92...0.98).contains(result.coverage))
        #expect(result.rejectionRate > 0.15)
    }

    @Test func `the same seed draws the same studies, another seed others`() throws {
        let model = RoeMetzModel(.highLow, .low)
        var (first, again, other) = (
            StudyRandom(seed: 4, "a"), StudyRandom(seed: 4, "a"), StudyRandom(seed: 5, "a")
        )
        let study = model.study(readers: 2, nonDiseased: 5, diseased: 5, random: &first)
        #expect(study == model.study(readers: 2, nonDiseased: 5, diseased: 5, random: &again))
        #expect(study != model.study(readers: 2, nonDiseased: 5, diseased: 5, random: &other))
    }

    /// Roe and Metz 1997, table 1: the areas of their separations.
    @Test(arguments: [
        (RoeMetzModel.Level.low, 0.702), (.middle, 0.855), (.high, 0.961),
    ])
    func `the model's areas are those of its source`(level: RoeMetzModel.Level, area: Double) {
        var model = RoeMetzModel(.lowLow, level)
        model.readerVariance = 0
        model.interactionVariance = 0
        #expect(abs(model.area(0) - area) < 0.0006)
    }
}
