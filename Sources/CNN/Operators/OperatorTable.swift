// Every operator the engine has: name to plain function. Kernels (Engine/Kernels) are chosen beside
// it for the layers that matter; what has no kernel runs through this table.

enum OperatorTable {
    /// The plain function for a node, nil if the engine does not have the operator.
    static func function(_ node: ONNXNode) -> OperatorFunction? {
        tables[node.domain]?[node.operatorName]
    }

    /// The operators of each domain.
    static let tables: [String: [String: OperatorFunction]] = [
        "": standard, "ai.onnx.ml": MachineLearningOperators.table,
    ]

    private static let standard: [String: OperatorFunction] = {
        var table: [String: OperatorFunction] = [:]
        for family in [
            ActivationOperators.table, ArithmeticOperators.table, LogicOperators.table,
            ConvolutionOperators.table, TransposedConvolutionOperators.table,
            PoolingOperators.table, NormalizationOperators.table, MatrixOperators.table,
            EinsumOperators.table, ReductionOperators.table, ShapeOperators.table,
            MovementOperators.table, JoinOperators.table, ResizeOperators.table,
            ControlOperators.table,
        ] {
            table.merge(family) { first, _ in first }
        }
        return table
    }()
}

extension OperatorTable {
    /// The names of all operators of the standard domain, sorted.
    static var standardNames: [String] { standard.keys.sorted() }
}
