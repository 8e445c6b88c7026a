import CNN
import Foundation
import Testing
import WetreadTesting

/// The README's example of the engine alone: the lines between the two marks below stand there word
/// for word, so that what a stranger copies compiles.
@Suite("The README's example") struct ReadmeExampleTests {
    private func example(_ arguments: [String]) throws -> ([Float], [Int]) {
        // Example begins.
        let model = try ONNXModel(contentsOf: URL(fileURLWithPath: arguments[1]))
        let engine = try Engine(model: model, threads: 2)
        let image = try NPYFile.read(URL(fileURLWithPath: arguments[2]))  // [1, 1, 128, 128]
        let logits = try engine.run(["image": image])["logits"]?.values ?? []  // 14 numbers
        let passes = try engine.runMonteCarlo(["image": image], samples: 10, seed: 1)["logits"]
        // Example ends.
        return (logits, passes?.shape ?? [])
    }

    @Test("It does what its comments say")
    func runs() throws {
        let folder = try ScratchFolder("example")
        let image = folder.url.appendingPathComponent("image.npy")
        var numbers = SplitMix64(seed: 4)
        try NPYFile.write(shape: [1, 1, 128, 128], values: numbers.floats(128 * 128), to: image)
        let model = Installed.top.appendingPathComponent(
            "Sources/Analyzer/Resources/baseline-cxr14/model.onnx")
        let (logits, shape) = try example(["", model.path, image.path])
        #expect(logits.count == 14 && logits.allSatisfy(\.isFinite))
        #expect(shape == [10, 1, 14])
    }

    @Test("It stands in the README word for word")
    func standsInReadme() throws {
        let source = try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8)
        let readme = try String(
            contentsOf: Installed.top.appendingPathComponent("README.md"), encoding: .utf8)
        let lines = source.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let begin = try #require(lines.firstIndex(of: "// Example begins."))
        let end = try #require(lines.firstIndex(of: "// Example ends."))
        #expect(end - begin == 6)
        for line in lines[(begin + 1)..<end] {
            let shown = line.replacingOccurrences(
                of: "arguments[", with: "CommandLine.arguments[")
            #expect(readme.contains("\n" + shown + "\n"), "\(shown)")
        }
    }
}
