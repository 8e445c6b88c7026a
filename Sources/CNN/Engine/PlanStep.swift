// A plan as people see it.

/// One step of an engine's plan.
public struct PlanStep: Sendable, Equatable {
    /// The name of the node the step begins with.
    public var node: String
    /// The operators it stands for, in order.
    public var operators: [String]
    /// The kernel it takes.
    public var kernel: String
    /// Whether it depends on a Dropout, so that it runs once for each Monte-Carlo pass.
    public var isRandom: Bool
}

/// What one step of a run did.
public struct LayerProfile: Sendable, Equatable {
    /// The step and its kernel.
    public var step: PlanStep
    /// The shape of the step's first output.
    public var outputShape: [Int]
    /// Multiplications and additions by the layer's definition (Winograd does fewer).
    public var operationCount: Int
    /// The least wall-clock time of the runs.
    public var seconds: Double
}

extension Plan {
    var description: [PlanStep] {
        steps.map {
            PlanStep(
                node: $0.label, operators: $0.operators, kernel: $0.kernel.name,
                isRandom: $0.isRandom)
        }
    }

    /// Whether a value of this name exists at run time.
    func isKept(_ name: String) -> Bool {
        guard let number = numbers[name] else { return false }
        return constants[number] != nil || inputs.contains { $0.number == number }
            || steps.contains { $0.outputs.contains(number) }
    }

    /// Makes `names` the outputs, alive until the end of a run.
    mutating func keep(_ names: [String]) {
        outputs = names.compactMap { name in numbers[name].map { (name, $0) } }
        let kept = Set(outputs.map(\.number))
        for index in steps.indices { steps[index].released.removeAll { kept.contains($0) } }
    }
}
