import Foundation
import Imaging
import Testing
import WetreadTesting

let testSeed = UInt64(ProcessInfo.processInfo.environment["WETREAD_SEED"] ?? "") ?? 7

func noise(width: Int, height: Int, seed: UInt64) -> Radiograph {
    var random = SplitMix64(seed: seed)
    let values = (0..<(width * height)).map { _ in Float(Int.random(in: 0...4095, using: &random)) }
    return Radiograph(
        width: width, height: height, values: values,
        windows: [DisplayWindow(shape: .linear(center: 2048, width: 4096), origin: .file)],
        bitsStored: 12)
}

@Suite("Model input")
struct ModelInputTests {
    /// The weights as `model.json` states them, written out plainly.
    static func weights(_ inputs: Int, _ outputs: Int) -> [[Double]] {
        let s = Double(inputs) / Double(outputs)
        return (0..<outputs).map { i in
            var row = [Double](repeating: 0, count: inputs)
            if s >= 1 {
                for j in 0..<inputs {
                    let overlap =
                        min(Double(j + 1), Double(i + 1) * s) - max(Double(j), Double(i) * s)
                    row[j] = max(0, overlap) / s
                }
            } else {
                let c = (Double(i) + 0.5) * s - 0.5
                let j = Int(c.rounded(.down))
                row[min(max(j, 0), inputs - 1)] += 1 - (c - Double(j))
                row[min(max(j + 1, 0), inputs - 1)] += c - Double(j)
            }
            return row
        }
    }

    @Test(
        "equals the plain sums, shrinking and growing, each axis on its own",
        arguments: [(40, 30), (128, 128), (300, 217), (96, 80), (60, 500), (129, 127), (1, 1)])
    func equalsPlainSums(width: Int, height: Int) {
        let radiograph = noise(width: width, height: height, seed: testSeed)
        let shown = radiograph.displayValues()
        let found = radiograph.modelInput(columns: 64, rows: 48)
        let across = Self.weights(width, 64)
        let down = Self.weights(height, 48)
        for row in stride(from: 0, to: 48, by: 5) {
            for column in stride(from: 0, to: 64, by: 3) {
                var sum = 0.0
                for (y, v) in down[row].enumerated() where v != 0 {
                    for (x, u) in across[column].enumerated() where u != 0 {
                        sum += u * v * Double(shown[y * width + x])
                    }
                }
                #expect(abs(Double(found[row * 64 + column]) - sum) < 1e-3, "seed \(testSeed)")
            }
        }
    }
}
