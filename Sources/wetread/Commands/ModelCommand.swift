// wetread model: any ONNX model, run on arrays, looked into, and timed.

import ArgumentParser
import CNN
import Foundation

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Run, inspect and time ONNX models.",
        subcommands: [
            ModelRunCommand.self, ModelInspectCommand.self, ModelProfileCommand.self,
            ModelBenchCommand.self,
        ])
}

/// A pair `NAME=VALUE` of the command line; the name ends at the first `=`.
struct NamedArgument: ExpressibleByArgument {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        name = String(parts[0])
        value = String(parts[1])
    }
}

struct ModelRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a model on NumPy arrays and write every output.",
        discussion: """
            Each graph output becomes DIR/NAME.npy; slashes in a name become underscores. A line of \
            a batch file is {"model": PATH, "inputs": {NAME: PATH}, "output_dir": DIR}; each is \
            answered by a line of JSON with "ok" and "outputs" or "message", and a failed one does \
            not stop the rest (exit status 1 at the end). Inputs that are not numbers (NaN) are \
            refused for networks with convolutions or matrix products.
            """)

    @Argument(help: "The ONNX file; none with --batch.")
    var model: String?

    @Option(help: ArgumentHelp("An input: its name and its .npy file.", valueName: "name=file"))
    var input: [NamedArgument] = []

    @Option(help: "The folder for the outputs.")
    var outputDir: String?

    @Option(help: ArgumentHelp("Many jobs, one a line of JSON (.jsonl).", valueName: "list"))
    var batch: String?

    @Option(help: "Threads (default: one for each core).")
    var threads = 0

    func validate() throws {
        guard (0...256).contains(threads) else {
            throw ValidationError("--threads must be 1...256")
        }
        if batch != nil {
            guard model == nil, input.isEmpty, outputDir == nil else {
                throw ValidationError("--batch takes no model, --input or --output-dir")
            }
        } else if model == nil || outputDir == nil {
            throw ValidationError("give a model and --output-dir, or --batch")
        }
    }

    func run() throws {
        if let batch { return try run(list: batch) }
        guard let model, let outputDir else { return }
        let inputs = Dictionary(input.map { ($0.name, $0.value) }) { _, last in last }
        guard inputs.count == input.count else {
            throw CommandFailure(.usage, "--input names one input twice")
        }
        let job = ModelJob(model: model, inputs: inputs, outputDirectory: outputDir)
        for (name, path) in try job.run(threads: threads).sorted(by: { $0.key < $1.key }) {
            Output.line("\(name): \(path)")
        }
    }

    private func run(list: String) throws {
        let url = URL(fileURLWithPath: list)
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            throw CommandFailure(
                .noInput, "cannot read \(url.lastPathComponent): no such file, or it is not UTF-8")
        }
        var failed = false
        for line in text.split(whereSeparator: \.isNewline)
        where !line.allSatisfy(\.isWhitespace) {
            let outcome = ModelJob.run(line: String(line), threads: threads)
            failed = failed || !outcome.ok
            Output.line(outcome.json)
        }
        if failed { throw ExitCode(ExitStatus.someFailed.rawValue) }
    }
}
