// The graph as people see it: for listings, not for running.

extension ONNXModel {
    /// One operation of the graph, by the names in the file.
    public struct Node: Sendable, Equatable {
        /// The node's own name, else that of its first output.
        public var label: String
        /// The operator, for example `Conv`.
        public var operatorName: String
        /// The operator's domain, empty for the standard one.
        public var domain: String
        /// Names of the values it reads; an omitted optional input is empty.
        public var inputs: [String]
        /// Names of the values it makes.
        public var outputs: [String]
    }

    /// The operations in file order.
    public var nodes: [Node] {
        graph.nodes.map {
            Node(
                label: $0.label, operatorName: $0.operatorName, domain: $0.domain,
                inputs: $0.inputs, outputs: $0.outputs)
        }
    }

    /// Whether the graph has a layer of learned sums, so that one input that is not a number (NaN)
    /// spoils every output: a convolution or a matrix product.
    ///
    /// Models without one (trees, imputers, plain arithmetic) may give NaN a meaning.
    public var isNetwork: Bool {
        let layers: Set<String> = ["Conv", "ConvTranspose", "Gemm", "MatMul"]
        return graph.nodes.contains { $0.domain.isEmpty && layers.contains($0.operatorName) }
    }
}
