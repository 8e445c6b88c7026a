// Matrix products, plain. The fast version is Engine/Kernels/MatrixKernel.swift.

enum MatrixOperators {
    static let table: [String: OperatorFunction] = ["Gemm": gemm, "MatMul": product]

    /// alpha * A' * B' + beta * C.
    private static func gemm(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (a, b) = (try call.input(0), try call.input(1))
        guard a.shape.count == 2, b.shape.count == 2 else {
            throw call.fail("it multiplies \(a.shape) by \(b.shape)")
        }
        let (transA, transB) = (call.integer("transA", 0) != 0, call.integer("transB", 0) != 0)
        let (m, k) = transA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let (depth, n) = transB ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
        guard depth == k else { throw call.fail("it multiplies \(a.shape) by \(b.shape)") }
        let (x, y) = (a.storage.doubles, b.storage.doubles)
        let alpha = Double(call.float("alpha", 1))
        var result = [Double](repeating: 0, count: try call.count([m, n]))
        for row in 0..<m {
            for column in 0..<n {
                var sum = 0.0
                for i in 0..<k {
                    sum +=
                        x[transA ? i * m + row : row * k + i]
                        * y[transB ? column * k + i : i * n + column]
                }
                result[row * n + column] = alpha * sum
            }
        }
        if let c = call.optional(2) {
            guard Broadcast.shape([c.shape, [m, n]]) == [m, n] else {
                throw call.fail("its third input \(c.shape) does not fit \([m, n])")
            }
            let beta = Double(call.float("beta", 1))
            let values = c.storage.doubles
            for (place, from) in Broadcast.indices(from: c.shape, to: [m, n]).enumerated() {
                result[place] += beta * values[from]
            }
        }
        return [Tensor(shape: [m, n], storage: try call.rounded(result, to: a.elementType))]
    }

    /// NumPy's matmul: batches broadcast, vectors get and lose an axis.
    private static func product(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (a, b) = (try call.input(0), try call.input(1))
        guard !a.shape.isEmpty, !b.shape.isEmpty else { throw call.fail("it has a scalar input") }
        let left = a.shape.count == 1 ? [1] + a.shape : a.shape
        let right = b.shape.count == 1 ? b.shape + [1] : b.shape
        let (m, k) = (left[left.count - 2], left[left.count - 1])
        let n = right[right.count - 1]
        let (leftBatch, rightBatch) = (Array(left.dropLast(2)), Array(right.dropLast(2)))
        guard right[right.count - 2] == k,
            let batch = Broadcast.shape([leftBatch, rightBatch])
        else { throw call.fail("it multiplies \(a.shape) by \(b.shape)") }
        let (x, y) = (a.storage.doubles, b.storage.doubles)
        var result: [Double] = []
        result.reserveCapacity(try call.count(batch + [m, n]))
        let places = zip(
            Broadcast.indices(from: leftBatch, to: batch),
            Broadcast.indices(from: rightBatch, to: batch))
        for (first, second) in places {
            for row in 0..<m {
                var sums = [Double](repeating: 0, count: n)
                for i in 0..<k {
                    let value = x[(first * m + row) * k + i]
                    let from = (second * k + i) * n
                    for column in 0..<n { sums[column] += value * y[from + column] }
                }
                result += sums
            }
        }
        var shape = batch
        if a.shape.count > 1 { shape.append(m) }
        if b.shape.count > 1 { shape.append(n) }
        return [Tensor(shape: shape, storage: try call.rounded(result, to: a.elementType))]
    }
}
