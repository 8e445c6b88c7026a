// The operators of ai.onnx.ml for models of structured data, as scikit-learn exports them. Trees
// are in TreeEnsemble.swift.

import Foundation

enum MachineLearningOperators {
    static let table: [String: OperatorFunction] = [
        "LinearClassifier": linearClassifier, "LinearRegressor": linearRegressor,
        "Scaler": scaler, "Normalizer": normalizer, "Imputer": imputer,
        "LabelEncoder": labelEncoder, "OneHotEncoder": oneHotEncoder,
        "ArrayFeatureExtractor": arrayFeatureExtractor, "FeatureVectorizer": featureVectorizer,
        // The maps from label to score that ZipMap makes are for people; here the scores stay a
        // tensor `[N, classes]`, in the order of the labels.
        "ZipMap": { (call) throws(CNNError) in [try call.input(0)] },
        "TreeEnsembleClassifier": TreeEnsembleOperators.classifier,
        "TreeEnsembleRegressor": TreeEnsembleOperators.regressor,
    ]

    /// Rows and columns of a table: one row if the input is a vector.
    static func table(_ input: Tensor, _ call: OperatorCall) throws(CNNError) -> (Int, Int) {
        guard let columns = input.shape.last, columns > 0, input.shape.count <= 2 else {
            throw call.fail("its input has shape \(input.shape)")
        }
        return (input.count / columns, columns)
    }

    // MARK: Scores and labels

    /// Turns scores into probabilities after the name of a `post_transform`.
    static func transform(_ scores: inout [Double], _ name: String) {
        switch name {
        case "LOGISTIC": for k in scores.indices { scores[k] = 1 / (1 + exp(-scores[k])) }
        case "SOFTMAX", "SOFTMAX_ZERO":
            let greatest = scores.max() ?? 0
            // SOFTMAX_ZERO leaves scores of exactly zero at zero.
            let kept = scores.map { name == "SOFTMAX" || abs($0) > 1e-7 }
            for k in scores.indices { scores[k] = kept[k] ? exp(scores[k] - greatest) : 0 }
            let sum = scores.reduce(0, +)
            for k in scores.indices where sum != 0 { scores[k] /= sum }
        case "PROBIT":
            for k in scores.indices { scores[k] = 2.0.squareRoot() * inverseErf(2 * scores[k] - 1) }
        default: break
        }
    }

    /// Winitzki's approximation (2008), as ONNX Runtime uses it for PROBIT.
    private static func inverseErf(_ x: Double) -> Double {
        let logarithm = log((1 - x) * (1 + x))
        let first = 2 / (Double.pi * 0.147) + 0.5 * logarithm
        let root = (-first + (first * first - logarithm / 0.147).squareRoot()).squareRoot()
        return x < 0 ? -root : root
    }

    /// The labels of a classifier, integers or text.
    static func labels(_ call: OperatorCall, _ indices: [Int]) throws(CNNError) -> Tensor {
        let texts = call.strings("classlabels_strings") ?? []
        let numbers = call.integers("classlabels_ints") ?? call.integers("classlabels_int64s") ?? []
        let count = max(texts.count, numbers.count)
        guard indices.allSatisfy({ $0 < max(1, count) }) else {
            throw call.fail("it has \(count) labels")
        }
        if !texts.isEmpty {
            return Tensor(shape: [indices.count], storage: .string(indices.map { texts[$0] }))
        }
        let chosen = indices.map { Int64(numbers.isEmpty ? $0 : numbers[$0]) }
        return Tensor(shape: [indices.count], storage: .int64(chosen))
    }

    private static func linear(
        _ call: OperatorCall, targets: Int, intercepts: [Float]?
    ) throws(CNNError) -> [[Double]] {
        let input = try call.input(0)
        let (rows, columns) = try table(input, call)
        guard let weights = call.floats("coefficients"), targets > 0,
            weights.count == targets * columns, intercepts.map({ $0.count == targets }) ?? true
        else { throw call.fail("its coefficients do not fit \(input.shape)") }
        let values = input.storage.doubles
        return (0..<rows).map { row in
            (0..<targets).map { target in
                var sum = Double(intercepts?[target] ?? 0)
                for column in 0..<columns {
                    sum +=
                        values[row * columns + column]
                        * Double(weights[target * columns + column])
                }
                return sum
            }
        }
    }

    private static func linearClassifier(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let intercepts = call.floats("intercepts")
        let (_, columns) = try table(try call.input(0), call)
        let targets = intercepts?.count ?? (call.floats("coefficients") ?? []).count / columns
        var scores = try linear(call, targets: targets, intercepts: intercepts)
        let name = call.string("post_transform", "NONE")
        let classes = max(
            call.strings("classlabels_strings")?.count ?? 0,
            call.integers("classlabels_ints")?.count ?? 0)
        var best: [Int] = []
        for row in scores.indices {
            if targets == 1, classes == 2 {
                // One score for two classes: the second's; the first gets what is left.
                best.append(scores[row][0] > 0 ? 1 : 0)
                var pair = [-scores[row][0], scores[row][0]]
                transform(&pair, name)
                scores[row] = name == "LOGISTIC" ? [1 - pair[1], pair[1]] : pair
            } else {
                let greatest = scores[row].indices.max { scores[row][$0] < scores[row][$1] }
                best.append(greatest ?? 0)
                transform(&scores[row], name)
            }
        }
        let width = scores.first?.count ?? targets
        let flat = scores.flatMap { $0 }.map { Float($0) }
        return [try labels(call, best), Tensor(shape: [scores.count, width], values: flat)]
    }

    private static func linearRegressor(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let targets = call.integer("targets", 1)
        guard 1...(1 << 20) ~= targets else { throw call.fail("it has \(targets) targets") }
        var scores = try linear(call, targets: targets, intercepts: call.floats("intercepts"))
        for row in scores.indices {
            transform(&scores[row], call.string("post_transform", "NONE"))
        }
        let flat = scores.flatMap { $0 }.map { Float($0) }
        return [Tensor(shape: [scores.count, targets], values: flat)]
    }

    // MARK: Preparation of columns

    /// (x - offset) * scale, a pair for each column or one for all.
    private static func scaler(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let (_, columns) = try table(input, call)
        let offset = call.floats("offset") ?? [0]
        let scale = call.floats("scale") ?? [1]
        guard offset.count == columns || offset.count == 1,
            scale.count == columns || scale.count == 1
        else { throw call.fail("\(offset.count) offsets for \(columns) columns") }
        let values = input.values.enumerated().map { place, value in
            (value - offset[offset.count == 1 ? 0 : place % columns])
                * scale[scale.count == 1 ? 0 : place % columns]
        }
        return [Tensor(shape: input.shape, values: values)]
    }

    private static func normalizer(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let (rows, columns) = try table(input, call)
        var values = input.values
        for row in 0..<rows {
            let run = (row * columns)..<((row + 1) * columns)
            let norm: Float
            switch call.string("norm", "MAX") {
            case "L1": norm = values[run].reduce(0) { $0 + abs($1) }
            case "L2": norm = values[run].reduce(0) { $0 + $1 * $1 }.squareRoot()
            default: norm = values[run].reduce(-.infinity) { max($0, abs($1)) }
            }
            for place in run where norm != 0 { values[place] /= norm }
        }
        return [Tensor(shape: input.shape, values: values)]
    }

    private static func imputer(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let (_, columns) = try table(input, call)
        if let values = input.storage.integers {
            let filling = call.integers("imputed_value_int64s") ?? []
            let replaced = call.integer("replaced_value_int64", 0)
            guard filling.count == columns || filling.count == 1 else {
                throw call.fail("\(filling.count) values for \(columns) columns")
            }
            let result = values.enumerated().map { place, value in
                value == replaced ? filling[filling.count == 1 ? 0 : place % columns] : value
            }
            return [Tensor(shape: input.shape, storage: .integers(result, as: input.elementType))]
        }
        let filling = call.floats("imputed_value_floats") ?? []
        let replaced = call.float("replaced_value_float", 0)
        guard filling.count == columns || filling.count == 1 else {
            throw call.fail("\(filling.count) values for \(columns) columns")
        }
        let result = input.values.enumerated().map { place, value in
            value == replaced || (replaced.isNaN && value.isNaN)
                ? filling[filling.count == 1 ? 0 : place % columns] : value
        }
        return [Tensor(shape: input.shape, values: result)]
    }

    // MARK: Labels

    private static func keys(_ storage: TensorStorage) -> [String] {
        switch storage {
        case .string(let values): values
        case .float32(let values): values.map { $0.isNaN ? "nan" : String($0) }
        case .float64(let values): values.map { $0.isNaN ? "nan" : String($0) }
        default: (storage.integers ?? []).map { String($0) }
        }
    }

    /// Keys or values of a LabelEncoder: a list attribute of one of three types, or a tensor.
    private static func list(_ call: OperatorCall, _ name: String) -> TensorStorage? {
        if let tensor = call.tensor("\(name)_tensor") { return tensor.storage }
        if let values = call.strings("\(name)_strings") { return .string(values) }
        if let values = call.integers("\(name)_int64s") { return .int64(values.map { Int64($0) }) }
        if let values = call.floats("\(name)_floats") { return .float32(values) }
        return nil
    }

    private static func labelEncoder(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        if let classes = call.strings("classes_strings") {
            // Version 1: text to its place, or back.
            if case .string(let words) = input.storage {
                let standard = Int64(call.integer("default_int64", -1))
                let found = words.map { classes.firstIndex(of: $0).map { Int64($0) } ?? standard }
                return [Tensor(shape: input.shape, storage: .int64(found))]
            }
            let standard = call.string("default_string", "_Unused")
            let words = (input.storage.integers ?? []).map {
                classes.indices.contains($0) ? classes[$0] : standard
            }
            return [Tensor(shape: input.shape, storage: .string(words))]
        }
        guard let from = list(call, "keys"), let to = list(call, "values"), from.count == to.count
        else { throw call.fail("its keys and values are missing or differ in number") }
        var places: [String: Int] = [:]
        for (place, key) in keys(from).enumerated() where places[key] == nil { places[key] = place }
        let fallback: TensorStorage
        if let tensor = call.tensor("default_tensor"), tensor.elementType == to.elementType {
            fallback = tensor.storage
        } else {
            switch to {
            case .string: fallback = .string([call.string("default_string", "_Unused")])
            case .float32: fallback = .float32([call.float("default_float", -0.0)])
            default: fallback = .integers([call.integer("default_int64", -1)], as: to.elementType)
            }
        }
        let indices = keys(input.storage).map { places[$0] ?? to.count }
        let joined = TensorStorage.joined([to, fallback])
        return [Tensor(shape: input.shape, storage: joined.selecting(indices))]
    }

    private static func oneHotEncoder(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let classes: [String]
        let values: [String]
        if let texts = call.strings("cats_strings") {
            classes = texts
            values = keys(input.storage)
        } else {
            classes = (call.integers("cats_int64s") ?? []).map { String($0) }
            values = input.storage.doubles.map { String(Int(saturating: $0)) }
        }
        var result = [Float](repeating: 0, count: try call.count([input.count, classes.count]))
        for (row, value) in values.enumerated() {
            if let place = classes.firstIndex(of: value) {
                result[row * classes.count + place] = 1
            } else if call.integer("zeros", 1) == 0 {
                throw call.fail("'\(value)' is none of its \(classes.count) categories")
            }
        }
        return [Tensor(shape: input.shape + [classes.count], values: result)]
    }

    private static func arrayFeatureExtractor(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let chosen = try call.integers(1)
        guard let columns = input.shape.last, chosen.allSatisfy({ 0..<columns ~= $0 }) else {
            throw call.fail("columns \(chosen) of \(input.shape)")
        }
        let rows = columns == 0 ? 0 : input.count / columns
        let indices = (0..<rows).flatMap { row in chosen.map { row * columns + $0 } }
        let leading = input.shape.count == 1 ? [1] : Array(input.shape.dropLast())
        return [
            Tensor(shape: leading + [chosen.count], storage: input.storage.selecting(indices))
        ]
    }

    private static func featureVectorizer(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        var parts: [(columns: Int, values: [Float])] = []
        var rows = 0
        for (index, input) in call.given.enumerated() {
            let (count, columns) = try table(input, call)
            guard index == 0 || count == rows else { throw call.fail("its inputs differ in rows") }
            rows = count
            parts.append((columns, input.values))
        }
        let width = parts.reduce(0) { $0 + $1.columns }
        var result: [Float] = []
        result.reserveCapacity(rows * width)
        for row in 0..<rows {
            for part in parts {
                result += part.values[(row * part.columns)..<((row + 1) * part.columns)]
            }
        }
        return [Tensor(shape: [rows, width], values: result)]
    }
}
