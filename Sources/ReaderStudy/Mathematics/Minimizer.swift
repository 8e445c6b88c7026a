// Minima of smooth functions of a few variables.

import Foundation

/// The simplex method of Nelder and Mead (1965) with restarts: no derivatives needed.
enum Minimizer {
    /// The point where `function` is least, starting from `start` with steps of `step`.
    ///
    /// Restarted around each optimum until that brings less than `tolerance`, so that a collapsed
    /// simplex does not stop early. Values that are not finite count as very large.
    static func minimum(
        from start: [Double], step: Double = 0.3, tolerance: Double = 1e-12,
        _ function: ([Double]) -> Double
    ) -> (point: [Double], value: Double) {
        func guarded(_ point: [Double]) -> Double {
            let value = function(point)
            return value.isFinite ? value : 1e300
        }
        var best = (point: start, value: guarded(start))
        var size = step
        for _ in 0..<40 {
            let next = descend(from: best.point, step: size, guarded)
            let gain = best.value - next.value
            if next.value < best.value { best = next }
            if gain < tolerance * (abs(best.value) + 1) { break }
            size = max(size * 0.5, 1e-3)
        }
        return best
    }

    private static func descend(
        from start: [Double], step: Double, _ function: ([Double]) -> Double
    ) -> (point: [Double], value: Double) {
        let n = start.count
        var simplex = [(point: start, value: function(start))]
        for axis in 0..<n {
            var point = start
            point[axis] += step * max(abs(point[axis]), 1)
            simplex.append((point, function(point)))
        }
        for _ in 0..<(400 * n) {
            simplex.sort { $0.value < $1.value }
            let spread = simplex[n].value - simplex[0].value
            if spread <= 1e-14 * (abs(simplex[0].value) + 1) { break }
            let centre = (0..<n).map { axis in
                simplex[..<n].reduce(0) { $0 + $1.point[axis] } / Double(n)
            }
            func moved(_ factor: Double) -> (point: [Double], value: Double) {
                let point = (0..<n).map {
                    centre[$0] + factor * (simplex[n].point[$0] - centre[$0])
                }
                return (point, function(point))
            }
            let reflected = moved(-1)
            if reflected.value < simplex[0].value {
                let expanded = moved(-2)
                simplex[n] = expanded.value < reflected.value ? expanded : reflected
            } else if reflected.value < simplex[n - 1].value {
                simplex[n] = reflected
            } else {
                let isOutside = reflected.value < simplex[n].value
                let contracted = moved(isOutside ? -0.5 : 0.5)
                if contracted.value < min(reflected.value, simplex[n].value) {
                    simplex[n] = contracted
                } else {
                    for index in 1...n {
                        let point = (0..<n).map {
                            0.5 * (simplex[index].point[$0] + simplex[0].point[$0])
                        }
                        simplex[index] = (point, function(point))
                    }
                }
            }
        }
        simplex.sort { $0.value < $1.value }
        return simplex[0]
    }
}

extension Minimizer {
    /// The point where a smooth `function` is least, by the method of Broyden, Fletcher, Goldfarb
    /// and Shanno with central differences; for up to some dozens of variables.
    static func smoothMinimum(from start: [Double], _ function: ([Double]) -> Double) -> (
        point: [Double], value: Double
    ) {
        let n = start.count
        var point = start
        var value = function(point)
        guard value.isFinite else { return (point, value) }
        var gradient = gradient(function, at: point)
        var inverse = identity(n)
        var failures = 0
        for _ in 0..<500 {
            var direction = product(inverse, gradient).map { -$0 }
            var slope = dot(direction, gradient)
            if !(slope < 0) {
                inverse = identity(n)
                direction = gradient.map { -$0 }
                slope = -dot(gradient, gradient)
            }
            guard slope < -1e-20 else { break }
            var length = min(1, 2 / max(direction.map(abs).max() ?? 1, 1e-300))
            var next = moved(point, direction, length)
            var nextValue = function(next)
            while !(nextValue <= value + 1e-4 * length * slope), length > 1e-12 {
                length *= 0.5
                next = moved(point, direction, length)
                nextValue = function(next)
            }
            guard nextValue < value else {
                // Once more along the plain gradient before giving up.
                failures += 1
                if failures > 1 { break }
                inverse = identity(n)
                continue
            }
            failures = 0
            let nextGradient = Self.gradient(function, at: next)
            update(&inverse, moved(next, point, -1), moved(nextGradient, gradient, -1))
            let gain = value - nextValue
            (point, value, gradient) = (next, nextValue, nextGradient)
            if gain < 1e-13 * (abs(value) + 1) { break }
        }
        return (point, value)
    }

    private static func identity(_ n: Int) -> [Double] {
        (0..<(n * n)).map { $0 / n == $0 % n ? 1 : 0 }
    }

    private static func dot(_ first: [Double], _ second: [Double]) -> Double {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func moved(_ point: [Double], _ direction: [Double], _ length: Double)
        -> [Double]
    {
        zip(point, direction).map { $0 + length * $1 }
    }

    private static func product(_ matrix: [Double], _ vector: [Double]) -> [Double] {
        let n = vector.count
        return (0..<n).map { row in
            (0..<n).reduce(0) { $0 + matrix[row * n + $1] * vector[$1] }
        }
    }

    private static func gradient(_ function: ([Double]) -> Double, at point: [Double]) -> [Double] {
        point.indices.map { axis in
            let step = 1e-6 * max(1, abs(point[axis]))
            var (up, down) = (point, point)
            up[axis] += step
            down[axis] -= step
            let difference = (function(up) - function(down)) / (2 * step)
            return difference.isFinite ? difference : 0
        }
    }

    /// The rank-two update of the inverse Hessian; left as it is where curvature is not positive.
    private static func update(_ inverse: inout [Double], _ step: [Double], _ change: [Double]) {
        let n = step.count
        let curvature = dot(step, change)
        guard curvature > 1e-14 else { return }
        let mapped = product(inverse, change)
        let factor = (1 + dot(change, mapped) / curvature) / curvature
        for i in 0..<n {
            for j in 0..<n {
                inverse[i * n + j] +=
                    factor * step[i] * step[j]
                    - (mapped[i] * step[j] + step[i] * mapped[j]) / curvature
            }
        }
    }
}

/// Small systems of linear equations.
enum LinearSystem {
    /// The inverse of a row-major symmetric positive definite matrix; nil where it is not.
    static func inverse(_ matrix: [Double], count n: Int) -> [Double]? {
        var work = matrix
        var inverse = [Double](repeating: 0, count: n * n)
        for index in 0..<n { inverse[index * n + index] = 1 }
        for column in 0..<n {
            let pivotRow = (column..<n).max {
                abs(work[$0 * n + column]) < abs(work[$1 * n + column])
            }
            guard let pivotRow, abs(work[pivotRow * n + column]) > 1e-300 else { return nil }
            for other in 0..<n where pivotRow != column {
                work.swapAt(pivotRow * n + other, column * n + other)
                inverse.swapAt(pivotRow * n + other, column * n + other)
            }
            let pivot = work[column * n + column]
            for other in 0..<n {
                work[column * n + other] /= pivot
                inverse[column * n + other] /= pivot
            }
            for row in 0..<n where row != column {
                let factor = work[row * n + column]
                guard factor != 0 else { continue }
                for other in 0..<n {
                    work[row * n + other] -= factor * work[column * n + other]
                    inverse[row * n + other] -= factor * inverse[column * n + other]
                }
            }
        }
        return inverse.allSatisfy(\.isFinite) ? inverse : nil
    }
}
