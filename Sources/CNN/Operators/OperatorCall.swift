// How a plain operator is called: a node, its opset and its row-major inputs.

/// Computes a node's outputs.
///
/// Plain operators are the reference that kernels are tested against.
typealias OperatorFunction = @Sendable (OperatorCall) throws(CNNError) -> [Tensor]

struct OperatorCall {
    var node: ONNXNode
    var opset: Int
    /// Inputs by position; nil where an optional one is absent.
    var inputs: [Tensor?]
    /// Values of the surrounding graph that the node's own graphs read.
    var outer: [String: Tensor] = [:]
    /// What the planner made of the attributes once, where that is worth it.
    var prepared: (any Sendable)?
    /// The engine's threads, for the few operators that use them; nil while planning.
    var workers: WorkerPool?

    func fail(_ reason: String) -> CNNError {
        .badNode(node: node.label, name: node.operatorName, reason: reason)
    }

    /// The input at a position, which the operator cannot do without.
    func input(_ index: Int) throws(CNNError) -> Tensor {
        guard index < inputs.count, let tensor = inputs[index] else {
            throw fail("input \(index) is missing")
        }
        return tensor
    }

    func optional(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }

    /// The inputs that are there.
    var given: [Tensor] { inputs.compactMap { $0 } }

    func integers(_ index: Int) throws(CNNError) -> [Int] {
        guard let values = try input(index).storage.integers else {
            throw fail("input \(index) holds no integers")
        }
        return values
    }

    func optionalIntegers(_ index: Int) throws(CNNError) -> [Int]? {
        optional(index) == nil ? nil : try integers(index)
    }

    /// Integers that older opsets have as an attribute and newer ones as an input.
    func integers(_ name: String, orInput index: Int) throws(CNNError) -> [Int]? {
        if let values: [Int] = integers(name) { return values }
        return try optionalIntegers(index)
    }

    /// One value of input `index` as Double.
    func scalar(_ index: Int) throws(CNNError) -> Double {
        guard let value = try input(index).storage.doubles.first else {
            throw fail("input \(index) is empty")
        }
        return value
    }

    func integer(_ name: String, _ standard: Int) -> Int {
        if case .integer(let value)? = node.attributes[name] { return value }
        return standard
    }

    func float(_ name: String, _ standard: Float) -> Float {
        if case .float(let value)? = node.attributes[name] { return value }
        return standard
    }

    func string(_ name: String, _ standard: String) -> String {
        if case .string(let value)? = node.attributes[name] { return value }
        return standard
    }

    func integers(_ name: String) -> [Int]? {
        if case .integers(let values)? = node.attributes[name] { return values }
        return nil
    }

    func floats(_ name: String) -> [Float]? {
        if case .floats(let values)? = node.attributes[name] { return values }
        return nil
    }

    func strings(_ name: String) -> [String]? {
        if case .strings(let values)? = node.attributes[name] { return values }
        return nil
    }

    func tensor(_ name: String) -> Tensor? {
        if case .tensor(let value)? = node.attributes[name] { return value.tensor() }
        return nil
    }

    /// An axis counted from the front; refuses one outside `0..<rank` (or `0...rank`).
    func axis(_ axis: Int, rank: Int, inclusive: Bool = false) throws(CNNError) -> Int {
        let limit = inclusive ? rank + 1 : rank
        let positive = axis < 0 ? axis &+ rank : axis
        guard positive >= 0, positive < limit else {
            throw fail("axis \(axis) does not fit rank \(rank)")
        }
        return positive
    }

    /// The most values an operator may make: more is a mistake or an attack, not a model.
    static let countMax = 1 << 30

    /// The product of a shape that the operator is about to fill.
    func count(_ shape: [Int]) throws(CNNError) -> Int {
        guard let count = Tensor.count(shape), count <= Self.countMax else {
            throw fail("it asks for a tensor of shape \(shape)")
        }
        return count
    }
}
