// Einsum of one or two (or more) operands: every letter is an axis, repeated ones are summed.

import Foundation

enum EinsumOperators {
    static let table: [String: OperatorFunction] = ["Einsum": einsum]

    /// An equation held against its operands: the names of each operand's axes, their extents, the
    /// output's axes and those that are summed.
    private struct Equation {
        var axes: [[String]] = []
        var extents: [String: Int] = [:]
        var output: [String] = []

        var summed: [String] { extents.keys.filter { !output.contains($0) }.sorted() }

        func shape(_ names: [String]) -> [Int] { names.map { extents[$0] ?? 1 } }

        init(_ call: OperatorCall) throws(CNNError) {
            let equation = call.string("equation", "").filter { $0 != " " }
            let sides = equation.components(separatedBy: "->")
            let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(
                String.init)
            let operands = call.given
            guard terms.count == operands.count, sides.count <= 2, !operands.isEmpty else {
                throw call.fail("equation '\(equation)' for \(operands.count) operands")
            }
            for (term, operand) in zip(terms, operands) {
                let names = try letters(term, rank: operand.shape.count, call)
                guard names.count == operand.shape.count else {
                    throw call.fail("'\(equation)' does not fit \(operand.shape)")
                }
                for (name, extent) in zip(names, operand.shape) {
                    let known = extents[name] ?? 1
                    guard known == 1 || extent == 1 || known == extent else {
                        throw call.fail("'\(equation)': axis \(name) is \(known) and \(extent)")
                    }
                    extents[name] = max(known, extent)
                }
                axes.append(names)
            }
            let dots = extents.keys.filter { $0.hasPrefix(".") }.sorted()
            if sides.count == 2 {
                for letter in sides[1].replacingOccurrences(of: "...", with: ".") {
                    output += letter == "." ? dots : [String(letter)]
                }
            } else {
                let all = axes.flatMap { $0 }
                output =
                    dots
                    + extents.keys.filter { name in
                        !name.hasPrefix(".") && all.filter { $0 == name }.count == 1
                    }.sorted()
            }
            guard output.allSatisfy({ extents[$0] != nil }) else {
                throw call.fail("'\(equation)'")
            }
        }
    }

    private static func einsum(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let equation = try Equation(call)
        let (operands, type) = (call.given, try call.input(0).elementType)
        let order = equation.output + equation.summed
        let shape = equation.shape(order)
        let count = try call.count(shape)
        let length = equation.shape(equation.summed).reduce(1, *)
        var products = [Double](repeating: 1, count: count)
        for (names, operand) in zip(equation.axes, operands) {
            let strides = Strided.strides(operand.shape)
            let steps = order.map { name in
                names.indices.filter { names[$0] == name && operand.shape[$0] > 1 }
                    .reduce(0) { $0 + strides[$1] }
            }
            let values = operand.storage.doubles
            let places = Strided.indices(shape: shape, strides: steps, offset: 0)
            for (index, place) in places.enumerated() { products[index] *= values[place] }
        }
        let rows = length == 0 ? 0 : count / length
        let sums = (0..<rows).map { products[($0 * length)..<(($0 + 1) * length)].reduce(0, +) }
        return [
            Tensor(
                shape: equation.shape(equation.output),
                storage: try call.rounded(sums, to: type))
        ]
    }

    /// Two float32 operands as a product of matrices: axes of both are its batch or are summed, axes
    /// of one are its rows or columns.
    static let fast: FastPaths.Path = { (call, workers) throws(CNNError) in
        let equation = try Equation(call)
        guard equation.axes.count == 2, Set(equation.output).count == equation.output.count else {
            return nil
        }
        let (a, b) = (try call.input(0), try call.input(1))
        let (first, second) = (Set(equation.axes[0]), Set(equation.axes[1]))
        let kept = Set(equation.output)
        let batch = equation.output.filter { first.contains($0) && second.contains($0) }
        let rows = equation.output.filter { !second.contains($0) }
        let columns = equation.output.filter { !first.contains($0) }
        let summed = equation.axes[0].filter { second.contains($0) && !kept.contains($0) }
        let isProduct =
            first.count == a.shape.count && second.count == b.shape.count
            && first.union(second).subtracting(kept) == Set(summed)
            && a.shape == equation.shape(equation.axes[0])
            && b.shape == equation.shape(equation.axes[1])
        guard isProduct, !summed.isEmpty else { return nil }
        func matrix(_ tensor: Tensor, _ names: [String], _ order: [[String]]) -> Tensor {
            let places = order.flatMap { $0 }.map { name in names.firstIndex(of: name) ?? 0 }
            let sizes = order.map { equation.shape($0).reduce(1, *) }
            return tensor.permuted(places).reshaped(sizes)
        }
        var inner = call
        inner.inputs = [
            matrix(a, equation.axes[0], [batch, rows, summed]),
            matrix(b, equation.axes[1], [batch, summed, columns]),
        ]
        guard let made = try FastPaths.product(inner, workers)?.first else { return nil }
        let names = batch + rows + columns
        let result = made.reshaped(equation.shape(names))
        return [result.permuted(equation.output.map { name in names.firstIndex(of: name) ?? 0 })]
    }

    /// The axes of a term by name; those of an ellipsis are ".0", ".1", ...
    ///
    /// counted from the right.
    private static func letters(
        _ term: String, rank: Int, _ call: OperatorCall
    ) throws(CNNError) -> [String] {
        let parts = term.components(separatedBy: "...")
        guard parts.count <= 2 else { throw call.fail("'\(term)' has two ellipses") }
        let named = parts.map { $0.map(String.init) }
        if parts.count == 1 { return named[0] }
        let hidden = rank - named[0].count - named[1].count
        guard hidden >= 0, hidden < 10 else { throw call.fail("'\(term)' for rank \(rank)") }
        let dots = (0..<hidden).map { ".\(9 - hidden + 1 + $0)" }
        return named[0] + dots + named[1]
    }
}
