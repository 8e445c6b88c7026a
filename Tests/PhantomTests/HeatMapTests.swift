import Analyzer
import CNN
import Foundation
import Imaging
import Phantom
import Radiology
import Testing

/// Heat maps on pictures whose lesion's place is known: where the picture differs from the same
/// person without it.
@Suite("Heat maps of planted lesions")
struct HeatMapTests {
    private static let pixels = 512

    private static func radiograph(_ findings: [PhantomFinding], seed: UInt64) -> Radiograph {
        PhantomStudy(seed: seed, findings: findings)
            .picture(columns: pixels, rows: pixels).radiograph(bits: 12)
    }

    /// How far the lesion is from a grid cell, in cells; 0 where some of it lies inside.
    ///
    /// The lesion is where planted and healthy picture differ by more than a third of their
    /// greatest difference.
    private static func distance(
        from cell: (row: Int, column: Int), of map: HeatMap, toLesionIn planted: Radiograph,
        _ healthy: Radiograph
    ) -> Double {
        let differences = zip(planted.values, healthy.values).map { abs($0 - $1) }
        let limit = (differences.max() ?? 0) / 3
        var nearest = Double.infinity
        for (index, difference) in differences.enumerated() where difference > limit {
            let y = Double(index / pixels) / Double(pixels) * Double(map.height)
            let x = Double(index % pixels) / Double(pixels) * Double(map.width)
            let down = max(Double(cell.row) - y, y - Double(cell.row + 1), 0)
            let across = max(Double(cell.column) - x, x - Double(cell.column + 1), 0)
            nearest = min(nearest, max(down, across))
        }
        return nearest
    }

    @Test(
        "The peak lies in the lesion, or across a cell's border from it, where the model finds it",
        arguments: [Pathology.mass, .nodule], [PhantomSide.left, .right])
    func peak(pathology: Pathology, side: PhantomSide) throws {
        let analyzer = try PhantomModelTests.analyzer()
        let index = try #require(analyzer.package.labels.firstIndex(of: pathology))
        var distances: [Double] = []
        for seed in 9_000..<UInt64(9_012) {
            let finding = PhantomFinding(pathology, side: side, severity: 0.7)
            let planted = Self.radiograph([finding], seed: seed)
            let probability = try analyzer.probabilities(
                input: analyzer.preprocessed(planted), samples: 0, seed: 1)[0][index]
            guard probability > 0.5 else { continue }
            let map = try #require(try analyzer.heatMaps(planted)?[pathology])
            distances.append(
                Self.distance(
                    from: map.peak, of: map, toLesionIn: planted, Self.radiograph([], seed: seed)))
        }
        // The model must find most of them for the test to say anything.
        #expect(distances.count >= 9)
        // A lesion beside a border of the coarse grid is seen by the cells of both sides.
        #expect(distances.allSatisfy { $0 < 1 / 3.0 }, "\(distances)")
        #expect(distances.filter { $0 == 0 }.count >= 9, "\(distances)")
    }

    @Test("A map and its bias add up to the raw output")
    func sums() throws {
        let analyzer = try PhantomModelTests.analyzer()
        let radiograph = Self.radiograph(
            [PhantomFinding(.mass, side: .left, severity: 0.6)], seed: 5)
        let maps = try #require(try analyzer.heatMaps(radiograph))
        #expect(maps.count == analyzer.package.labels.count)
        let probabilities = try analyzer.probabilities(
            input: analyzer.preprocessed(radiograph), samples: 0, seed: 1)[0]
        for (index, pathology) in analyzer.package.labels.enumerated() {
            let map = try #require(maps[pathology])
            let logit = map.values.reduce(map.bias, +)
            let expected = analyzer.package.calibration.probability(of: logit, at: index)
            #expect(abs(expected - probabilities[index]) < 1e-5)
        }
    }
}
