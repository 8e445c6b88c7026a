// Einsum of one or two (or more) operands: every letter is an axis, repeated ones are summed.

import Foundation

enum EinsumOperators {
    static let table: [String: OperatorFunction] = ["Einsum": einsum]

    private static func einsum(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let operands = call.given
        let equation = call.string("equation", "").filter { $0 != " " }
        let sides = equation.components(separatedBy: "->")
        let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(
            String.init)
        guard terms.count == operands.count, sides.count <= 2,
            let type = operands.first?.elementType
        else { throw call.fail("equation '\(equation)' for \(operands.count) operands") }
        var axes: [[String]] = []
        for (term, operand) in zip(terms, operands) {
            axes.append(try letters(term, rank: operand.shape.count, call))
        }
        var extents: [String: Int] = [:]
        for (names, operand) in zip(axes, operands) {
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
        }
        let dots = extents.keys.filter { $0.hasPrefix(".") }.sorted()
        var output: [String] = []
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
        guard output.allSatisfy({ extents[$0] != nil }) else { throw call.fail("'\(equation)'") }
        let summed = extents.keys.filter { !output.contains($0) }.sorted()
        let order = output + summed
        let shape = order.map { extents[$0] ?? 1 }
        let count = try call.count(shape)
        let length = summed.reduce(1) { $0 * (extents[$1] ?? 1) }
        var products = [Double](repeating: 1, count: count)
        for (names, operand) in zip(axes, operands) {
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
                shape: output.map { extents[$0] ?? 1 },
                storage: try call.rounded(sums, to: type))
        ]
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
