// One step of a plan: a kernel with what is fused into it, or a plain operator.

/// What a step computes.
///
/// A kernel holds its weights, already packed, and no state.
protocol StepKernel: Sendable {
    /// The kernel's name for people: "winograd 4x4", "direct 1x1", "plain Softmax".
    var name: String { get }

    /// Whether rows of the leading dimension are computed independently of one another, so that
    /// Monte-Carlo passes can be stacked there.
    var isBatchSafe: Bool { get }

    /// Computes the outputs. `step` names the values, for placement and messages.
    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value]

    /// Multiplications and additions of one run on these input shapes.
    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int
}

extension StepKernel {
    var isBatchSafe: Bool { true }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int {
        outputs.first.flatMap(Tensor.count) ?? 0
    }
}

/// A kernel with the values it reads and writes, by number.
struct Step: Sendable {
    /// The name of the node that gives the step its name.
    var label: String
    /// The operators that the step stands for, in order.
    var operators: [String]
    var inputs: [Int?]
    var outputs: [Int]
    var kernel: any StepKernel
    /// Values that nobody reads after this step.
    var released: [Int] = []
    /// Whether the outputs depend on a Dropout.
    var isRandom = false
}

/// Where in a concatenation's map a value is written.
struct Placement: Sendable {
    var group: Int
    var offset: Int
    var channels: Int
}

/// A model compiled for one set of outputs.
struct Plan: Sendable {
    var steps: [Step] = []
    /// Number of each named value that the plan keeps.
    var numbers: [String: Int] = [:]
    var valueCount = 0
    /// Stored values that steps read as they are.
    var constants: [Int: Tensor] = [:]
    var inputs: [(name: String, number: Int)] = []
    var outputs: [(name: String, number: Int)] = []
    var placements: [Int: Placement] = [:]
    var groupChannels: [Int] = []
    var dropoutNodes: [String] = []
    var packedByteCount = 0
}
