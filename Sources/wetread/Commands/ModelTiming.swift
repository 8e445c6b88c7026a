// What the commands that time a model share: the model, made-up inputs, memory.

import ArgumentParser
import CNN
import Foundation

/// A model on the command line and the shapes to try it with.
struct ModelTrialOptions: ParsableArguments {
    @Argument(help: "The ONNX file.")
    var model: String

    @Option(help: "Extent of each input's first axis where the model leaves it free.")
    var batch = 1

    @Option(help: "Threads (default: one for each core).")
    var threads = 0

    @Option(
        help: ArgumentHelp(
            "Shape of an input whose other axes are free, such as image=1,3,224,224.",
            valueName: "name=shape"))
    var shape: [NamedArgument] = []

    @Option(help: "Floats of the widest vectors to use: 4, 8 or 16 (default: the processor's).")
    var vectorWidth: Int?

    func validate() throws {
        guard (1...65_536).contains(batch) else {
            throw ValidationError("--batch must be 1...65536")
        }
        guard (0...256).contains(threads) else {
            throw ValidationError("--threads must be 1...256")
        }
        if let vectorWidth, ![4, 8, 16].contains(vectorWidth) {
            throw ValidationError("--vector-width must be 4, 8 or 16")
        }
    }

    /// Reads and plans the model.
    func engine() throws -> Engine {
        try Engine(
            model: ONNXModel(contentsOf: URL(fileURLWithPath: model)), threads: threads,
            vectorWidth: vectorWidth)
    }

    /// Inputs of the right type and shape: numbers spread over -1..<1, whole numbers zero.
    func inputs(of model: ONNXModel) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for input in model.inputs {
            let shape = try shape(of: input)
            guard let count = Tensor.count(shape), count <= 1 << 30 else {
                throw CommandFailure(.usage, "input '\(input.name)' of \(shape) is too large")
            }
            let type = input.elementType ?? .float32
            guard let tensor = Tensor(type, shape: shape, count: count) else {
                throw CommandFailure(
                    .usage,
                    "input '\(input.name)' is \(type.name): only number inputs can be made up")
            }
            tensors[input.name] = tensor
        }
        return tensors
    }

    private func shape(of input: ONNXModel.Value) throws -> [Int] {
        if let given = shape.first(where: { $0.name == input.name }) {
            let extents = given.value.split(separator: ",").map { Int($0) ?? -1 }
            guard extents.allSatisfy({ $0 >= 0 }) else {
                throw CommandFailure(
                    .usage, "--shape \(given.name)=\(given.value) is not a list of numbers")
            }
            return extents
        }
        let declared = input.shape ?? []
        guard input.shape != nil, declared.dropFirst().allSatisfy({ $0 != nil }) else {
            throw CommandFailure(
                .usage,
                "the model leaves the shape of input '\(input.name)' free: "
                    + "give it with --shape \(input.name)=N,C,H,W")
        }
        return declared.map { $0 ?? batch }
    }
}

extension Tensor {
    /// A tensor of made-up values: a Weyl sequence over -1..<1 for numbers with a fraction, zero
    /// for the others; nil for text.
    fileprivate init?(_ type: ElementType, shape: [Int], count: Int) {
        let golden: Float = 0.618_034
        func spread(_ index: Int) -> Float {
            let turn = Float(index % 65_536) * golden
            return 2 * (turn - turn.rounded(.down)) - 1
        }
        let storage: TensorStorage
        switch type {
        case .float32: storage = .float32((0..<count).map(spread))
        case .float64: storage = .float64((0..<count).map { Double(spread($0)) })
        case .int64: storage = .int64(Array(repeating: 0, count: count))
        case .int32: storage = .int32(Array(repeating: 0, count: count))
        case .uint8: storage = .uint8(Array(repeating: 0, count: count))
        case .bool: storage = .bool(Array(repeating: false, count: count))
        default: return nil
        }
        self.init(shape: shape, storage: storage)
    }
}

/// The resident memory of this process in bytes, from the kernel's own account.
enum ResidentMemory {
    /// What is resident now.
    static var now: Int { figure("VmRSS") }
    /// The most that was resident since the process began.
    static var peak: Int { figure("VmHWM") }

    private static func figure(_ name: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        let kibibytes = line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first
        return (kibibytes.flatMap { Int($0) } ?? 0) * 1024
    }
}

/// Milliseconds of a call.
func milliseconds(of body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-6
}
