// Occlusion maps against what theory says of them.

import CNN
import Testing
import WetreadTesting

@Suite("Occlusion sensitivity") struct OcclusionTests {
    /// y = W x + b over all pixels: linear in the image.
    private static func linear(size: Int) throws -> (ONNXModel, [Float]) {
        var numbers = SplitMix64(seed: 3)
        var writer = ModelWriter()
        let weights = numbers.floats(2 * size * size)
        writer.input("x", [nil, 1, size, size])
        writer.node("Flatten", ["x"], ["f"])
        writer.stored("w", [2, size * size], weights)
        writer.stored("b", [2], [0.25, -0.5])
        writer.node("Gemm", ["f", "w", "b"], ["y"], ["transB": .integer(1)])
        writer.output("y")
        return (try writer.model(), weights)
    }

    @Test(
        "For a linear network each cell is its pixels' share, and the bias the empty image's output"
    )
    func sums() throws {
        let (model, weights) = try Self.linear(size: 12)
        var numbers = SplitMix64(seed: 4)
        let pixels = numbers.floats(144)
        let engine = try Engine(model: model, threads: 1)
        let input = Tensor(shape: [1, 1, 12, 12], values: pixels)
        let map = try engine.occlusionMap(
            ["x": input], index: 1, options: OcclusionOptions(patch: 4, stride: 4, fill: 0))
        #expect((map.height, map.width) == (3, 3))
        for row in 0..<3 {
            for column in 0..<3 {
                var share: Float = 0
                for y in (4 * row)..<(4 * row + 4) {
                    for x in (4 * column)..<(4 * column + 4) {
                        share += weights[144 + y * 12 + x] * pixels[y * 12 + x]
                    }
                }
                #expect(abs(map.values[row * 3 + column] - share) < 1e-4)
            }
        }
        let logit = try #require(try engine.run(["x": input])["y"]?.values[1])
        #expect(abs(map.values.reduce(0, +) + map.bias - logit) < 1e-5)
        #expect(abs(map.bias - -0.5) < 1e-4)
    }

    @Test("The peak lies in a planted spot, and is the same for any batch and any threads")
    func peak() throws {
        var writer = ModelWriter()
        writer.input("x", [nil, 1, 40, 40])
        // A blob detector: the mean of a 5x5 window, then the greatest of the picture.
        writer.stored("w", [1, 1, 5, 5], [Float](repeating: 0.04, count: 25))
        writer.node("Conv", ["x", "w"], ["c"])
        writer.node("GlobalMaxPool", ["c"], ["p"])
        writer.node("Flatten", ["p"], ["y"])
        writer.output("y")
        var numbers = SplitMix64(seed: 9)
        var pixels = numbers.floats(1600).map { $0 * 0.05 }
        for y in 23..<28 { for x in 9..<14 { pixels[y * 40 + x] = 1 } }
        let input = ["x": Tensor(shape: [1, 1, 40, 40], values: pixels)]
        var maps: [HeatMap] = []
        for (threads, batch) in [(1, 1), (2, 7), (1, 64)] {
            let engine = try Engine(model: try writer.model(), threads: threads)
            var calls: [Int] = []
            let map = try engine.occlusionMap(
                input, index: 0, options: OcclusionOptions(patch: 8, stride: 4, batch: batch)
            ) { done, total in
                calls.append(done)
                #expect(total == 81)
            }
            #expect(calls.last == 81)
            #expect(calls == calls.sorted())
            maps.append(map)
        }
        #expect(maps[0].values == maps[1].values)
        #expect(maps[0].values == maps[2].values)
        // Patches whose 8 pixels from 4 r on cover rows 23 to 27: r = 5; columns 9 to 13: c = 2.
        #expect(maps[0].peak == (5, 2))
    }

    @Test("The last patch ends with the image, and a patch larger than it covers all")
    func borders() throws {
        let (model, _) = try Self.linear(size: 10)
        let engine = try Engine(model: model, threads: 1)
        let input = ["x": Tensor(shape: [1, 1, 10, 10], values: [Float](repeating: 1, count: 100))]
        let map = try engine.occlusionMap(
            input, index: 0, options: OcclusionOptions(patch: 4, stride: 4, fill: 0))
        #expect((map.height, map.width) == (3, 3))
        let whole = try engine.occlusionMap(
            input, index: 0, options: OcclusionOptions(patch: 99, stride: 4, fill: 0))
        #expect((whole.height, whole.width) == (1, 1))
        #expect(abs(whole.bias - 0.25) < 1e-5)
    }

    @Test("A wrong index, image or patch is refused, and a cancelled run stops")
    func refused() throws {
        let (model, _) = try Self.linear(size: 8)
        let engine = try Engine(model: model, threads: 1)
        let input = ["x": Tensor(shape: [1, 1, 8, 8], values: [Float](repeating: 1, count: 64))]
        #expect(throws: CNNError.self) { try engine.occlusionMap(input, index: 2) }
        #expect(throws: CNNError.self) { try engine.occlusionMap([:], index: 0) }
        #expect(throws: CNNError.self) {
            try engine.occlusionMap(input, index: 0, options: OcclusionOptions(patch: 0))
        }
        #expect(throws: CNNError.cancelled) {
            try engine.occlusionMap(input, index: 0, isCancelled: { true })
        }
    }
}
