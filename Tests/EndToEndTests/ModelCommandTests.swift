import CNN
import Foundation
import Testing
import WetreadTesting

/// `wetread model`: any ONNX model on arrays, looked into and timed.
@Suite struct ModelCommandTests {
    private let home: Home
    private let folder: URL

    init() throws {
        home = try Home()
        folder = home.beside
    }

    private var baseline: String {
        Installed.top.appendingPathComponent(
            "Sources/Analyzer/Resources/baseline-cxr14/model.onnx"
        ).path
    }

    /// An image for the baseline; `spoilt` puts one NaN into it.
    private func image(seed: UInt64 = 1, spoilt: Bool = false) throws -> (String, Tensor) {
        var numbers = SplitMix64(seed: seed)
        var values = numbers.floats(128 * 128)
        if spoilt { values[77] = .nan }
        let url = folder.appendingPathComponent("image-\(seed)-\(spoilt).npy")
        try NPYFile.write(shape: [1, 1, 128, 128], values: values, to: url)
        return (url.path, Tensor(shape: [1, 1, 128, 128], values: values))
    }

    private func object(_ text: Substring) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("Every graph output is written as the engine gives it")
    func runWritesOutputs() throws {
        let (path, tensor) = try image()
        let out = folder.appendingPathComponent("out/deep")
        let run = try home.run(
            "model", "run", baseline, "--input", "image=\(path)", "--output-dir", out.path,
            "--threads", "2")
        #expect(run.status == 0, "\(run.errors)")
        let engine = try Engine(
            model: ONNXModel(contentsOf: URL(fileURLWithPath: baseline)), threads: 1)
        let expected = try engine.run(["image": tensor])
        let written = try NPYFile.read(out.appendingPathComponent("logits.npy"))
        #expect(written.shape == [1, 14])
        #expect(written.values == expected["logits"]?.values)
    }

    @Test("A batch answers every line and goes on after a failed one")
    func batch() throws {
        let (path, _) = try image(seed: 2)
        func line(model: String, output: String) -> String {
            "{\"model\": \"\(model)\", \"inputs\": {\"image\": \"\(path)\"}, "
                + "\"output_dir\": \"\(folder.path)/\(output)\"}"
        }
        let list = folder.appendingPathComponent("list.jsonl")
        try [
            line(model: baseline, output: "a"), line(model: "/nowhere.onnx", output: "b"),
            "not a job", "", line(model: baseline, output: "c"),
        ].joined(separator: "\n").write(to: list, atomically: true, encoding: .utf8)
        let run = try home.run("model", "run", "--batch", list.path)
        #expect(run.status == 1)
        let answers = try run.output.split(separator: "\n").map(object)
        #expect(answers.map { $0["ok"] as? Bool } == [true, false, false, true])
        #expect((answers[1]["message"] as? String)?.contains("nowhere.onnx") == true)
        let first = try NPYFile.read(folder.appendingPathComponent("a/logits.npy"))
        let last = try NPYFile.read(folder.appendingPathComponent("c/logits.npy"))
        #expect(first.values == last.values)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let says: String
        let status: Int32
        let arguments: @Sendable (_ model: String, _ image: String, _ spoilt: String) -> [String]
        var testDescription: String { says }
    }

    @Test(
        "What cannot be run is refused with its reason",
        arguments: [
            Refusal(says: "cannot read nowhere.onnx", status: 66) { _, image, _ in
                ["/nowhere.onnx", "--input", "image=\(image)", "--output-dir", "/tmp"]
            },
            Refusal(says: "input 'image' was not given", status: 64) { model, _, _ in
                [model, "--output-dir", "/tmp"]
            },
            Refusal(says: "not an input of the model", status: 65) { model, image, _ in
                [
                    model, "--input", "image=\(image)", "--input", "age=\(image)", "--output-dir",
                    "/tmp",
                ]
            },
            Refusal(says: "not numbers (NaN)", status: 65) { model, _, spoilt in
                [model, "--input", "image=\(spoilt)", "--output-dir", "/tmp"]
            },
            Refusal(says: "cannot write", status: 73) { model, image, _ in
                [model, "--input", "image=\(image)", "--output-dir", "/proc/none"]
            },
            Refusal(says: "as a NumPy array", status: 65) { model, _, _ in
                [model, "--input", "image=\(model)", "--output-dir", "/tmp"]
            },
            Refusal(says: "give a model and --output-dir", status: 64) { model, _, _ in [model] },
        ])
    func refusals(_ refusal: Refusal) throws {
        let arguments = refusal.arguments(
            baseline, try image().0, try image(spoilt: true).0)
        let run = try home.run(["model", "run"] + arguments)
        #expect(run.errors.contains(refusal.says), "\(run.errors)")
        #expect(run.status == refusal.status)
    }

    @Test("Inspect tells parameters, shapes, kernels and work")
    func inspect() throws {
        let run = try home.run("model", "inspect", baseline, "--json")
        #expect(run.status == 0, "\(run.errors)")
        let report = try object(run.output[...])
        // The sum over the initialisers, counted with the Python package onnx.
        #expect(report["parameters"] as? Int == 2_226_311)
        let plan = try #require(report["plan"] as? [[String: Any]])
        #expect(plan.first?["output_shape"] as? [Int] == [1, 24, 64, 64])
        // 5x5 over one channel, twice (multiply, add), for 24 channels of 64x64 pixels.
        let stem = 2 * 25 * 24 * 64 * 64
        let flops = try #require(plan.first?["flops"] as? Int)
        #expect((stem...(stem + 3 * 24 * 64 * 64)).contains(flops))
        #expect(plan.allSatisfy { ($0["kernel"] as? String)?.isEmpty == false })
        #expect((report["nodes"] as? [Any])?.count == 65)
        #expect(report["dropout_nodes"] as? [String] == ["head/Dropout"])
        let text = try home.run("model", "inspect", baseline)
        #expect(text.output.contains("input image: float32 [any, 1, 128, 128]"))
    }

    @Test("Bench and profile print their figures")
    func timing() throws {
        let bench = try home.run(
            "model", "bench", baseline, "--batch", "2", "--threads", "1", "--samples", "3",
            "--runs", "5", "--json")
        let figures = try object(bench.output[...])
        let names = ["median_ms", "min_ms", "p95_ms", "gflops", "peak_mb", "first_result_ms"]
        for name in names { #expect((figures[name] as? Double).map { $0 > 0 } == true, "\(name)") }
        let median = try #require(figures["median_ms"] as? Double)
        #expect(try #require(figures["min_ms"] as? Double) <= median)
        #expect(try #require(figures["p95_ms"] as? Double) >= median)
        #expect(figures["batch"] as? Int == 2 && figures["samples"] as? Int == 3)
        let profile = try home.run("model", "profile", baseline, "--runs", "2", "--json")
        let rows = try profile.output.split(separator: "\n").map(object)
        #expect(rows.first?["node"] as? String == "stem/Conv")
        #expect(rows.allSatisfy { ($0["milliseconds"] as? Double).map { $0 > 0 } == true })
    }
}
