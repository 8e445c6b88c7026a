// wetread model inspect and profile: the graph, the plan, and where the time goes.

import ArgumentParser
import CNN
import Foundation

struct ModelInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show a model's graph and the engine's plan for it.",
        discussion: """
            The plan lists the steps after fusion with the kernel each takes, the shape it makes \
            and its floating-point operations by the layer's definition, found by running the model \
            once on made-up numbers.
            """)

    @OptionGroup var trial: ModelTrialOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Report: Encodable {
        struct Value: Encodable {
            let name: String
            let type: String?
            let shape: [Int?]?

            init(_ value: ONNXModel.Value) {
                name = value.name
                type = value.elementType?.name
                shape = value.shape
            }
        }

        struct Node: Encodable {
            let name: String
            let `operator`: String
            let domain: String
            let inputs: [String]
            let outputs: [String]
        }

        struct Step: Encodable {
            let node: String
            let operators: [String]
            let kernel: String
            let outputShape: [Int]
            let flops: Int
            let repeatsPerPass: Bool
        }

        struct Memory: Encodable {
            let packedWeightsBytes: Int
            let arenaBytes: Int
            let scratchBytes: Int
        }

        let file: String
        let producer: String
        let opsets: [String: Int]
        let parameters: Int
        let inputs: [Value]
        let outputs: [Value]
        let dropoutNodes: [String]
        let nodes: [Node]
        let plan: [Step]
        let flops: Int
        let memory: Memory
    }

    func run() throws {
        let engine = try trial.engine()
        let report = try report(engine)
        Output.line(try json ? Output.json(report) : Self.text(report))
    }

    private func report(_ engine: Engine) throws -> Report {
        let layers = try engine.profile(try trial.inputs(of: engine.model))
        let model = engine.model
        let bytes = engine.memoryByteCounts
        return Report(
            file: model.fileName, producer: model.producer, opsets: model.opsets,
            parameters: model.parameterCount, inputs: model.inputs.map(Report.Value.init),
            outputs: model.outputs.map(Report.Value.init), dropoutNodes: engine.dropoutNodes,
            nodes: model.nodes.map {
                Report.Node(
                    name: $0.label, operator: $0.operatorName, domain: $0.domain,
                    inputs: $0.inputs, outputs: $0.outputs)
            },
            plan: layers.map {
                Report.Step(
                    node: $0.step.node, operators: $0.step.operators, kernel: $0.step.kernel,
                    outputShape: $0.outputShape, flops: $0.operationCount,
                    repeatsPerPass: $0.step.isRandom)
            },
            flops: layers.reduce(0) { $0 + $1.operationCount },
            memory: Report.Memory(
                packedWeightsBytes: bytes.weights, arenaBytes: bytes.arena,
                scratchBytes: bytes.scratch))
    }

    private static func text(_ report: Report) -> String {
        let opsets = report.opsets.sorted { $0.key < $1.key }.map { domain, version in
            "\(domain.isEmpty ? "ai.onnx" : domain) \(version)"
        }
        var lines = [
            "\(report.file): \(report.nodes.count) nodes, \(report.parameters) parameters, "
                + "opset \(opsets.joined(separator: ", ")), written by "
                + (report.producer.isEmpty ? "a program that does not say" : report.producer)
        ]
        for (title, values) in [("input", report.inputs), ("output", report.outputs)] {
            for value in values {
                lines.append("\(title) \(value.name): \(value.type ?? "any type") \(shape(value))")
            }
        }
        for node in report.dropoutNodes { lines.append("dropout \(node)") }
        lines += ["", "graph, \(report.nodes.count) nodes"]
        lines += Output.table(
            report.nodes.map { node in
                [
                    node.domain.isEmpty ? node.operator : "\(node.domain).\(node.operator)",
                    node.name, node.inputs.joined(separator: ", "), "->",
                    node.outputs.joined(separator: ", "),
                ]
            })
        lines += ["", "plan, \(report.plan.count) steps"]
        lines += Output.table(
            [["node", "operators", "kernel", "output", "MFLOP", ""]]
                + report.plan.map { step in
                    [
                        step.node, step.operators.joined(separator: "+"), step.kernel,
                        "\(step.outputShape)", String(format: "%.2f", Double(step.flops) * 1e-6),
                        step.repeatsPerPass ? "each pass" : "",
                    ]
                })
        lines.append("")
        lines.append(String(format: "%.3f GFLOP a run", Double(report.flops) * 1e-9))
        let memory = report.memory
        lines.append(
            String(
                format: "packed weights %.2f MB, arena %.2f MB, scratch %.2f MB",
                Double(memory.packedWeightsBytes) * 1e-6, Double(memory.arenaBytes) * 1e-6,
                Double(memory.scratchBytes) * 1e-6))
        return lines.joined(separator: "\n")
    }

    private static func shape(_ value: Report.Value) -> String {
        guard let shape = value.shape else { return "of any shape" }
        return "[" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
    }
}

struct ModelProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Show the time and GFLOP/s of each step of a model.")

    @OptionGroup var trial: ModelTrialOptions

    @Option(help: "Runs; each step's least time is shown.")
    var runs = 10

    @Flag(help: "Print one JSON object a step.")
    var json = false

    private struct Row: Encodable {
        let node: String
        let operators: [String]
        let kernel: String
        let outputShape: [Int]
        let milliseconds: Double
        let gflops: Double
    }

    func validate() throws {
        guard (1...100_000).contains(runs) else {
            throw ValidationError("--runs must be 1...100000")
        }
    }

    func run() throws {
        let engine = try trial.engine()
        let rows = try engine.profile(try trial.inputs(of: engine.model), runs: runs).map {
            Row(
                node: $0.step.node, operators: $0.step.operators, kernel: $0.step.kernel,
                outputShape: $0.outputShape, milliseconds: $0.seconds * 1e3,
                gflops: $0.seconds > 0 ? Double($0.operationCount) / $0.seconds * 1e-9 : 0)
        }
        if json {
            for row in rows { Output.line(try Output.json(row)) }
            return
        }
        let total = rows.reduce(0) { $0 + $1.milliseconds }
        let table = Output.table(
            [["ms", "%", "GFLOP/s", "kernel", "output", "operators", "node"]]
                + rows.map { row in
                    [
                        String(format: "%.3f", row.milliseconds),
                        String(format: "%.1f", 100 * row.milliseconds / total),
                        String(format: "%.1f", row.gflops), row.kernel, "\(row.outputShape)",
                        row.operators.joined(separator: "+"), row.node,
                    ]
                })
        for line in table { Output.line(line) }
        Output.line(String(format: "%.3f ms in all steps", total))
    }
}
