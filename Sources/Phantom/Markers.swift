// Side letters and, in bed, leads and lines.

import Foundation

/// Lead letters and the things that lie on a patient in bed.
struct Markers {
    private let study: PhantomStudy

    init(_ study: PhantomStudy) { self.study = study }

    /// Letters as polylines in a box of 0...1, y down.
    private static let letters: [Character: [[(Double, Double)]]] = [
        "R": [
            [(0, 1), (0, 0), (0.7, 0), (0.9, 0.25), (0.7, 0.5), (0, 0.5)], [(0.4, 0.5), (0.95, 1)],
        ],
        "L": [[(0, 0), (0, 1), (0.8, 1)]],
        "A": [[(0, 1), (0.45, 0), (0.9, 1)], [(0.18, 0.62), (0.72, 0.62)]],
        "P": [[(0, 1), (0, 0), (0.7, 0), (0.9, 0.25), (0.7, 0.5), (0, 0.5)]],
    ]

    func draw(into composition: inout Composition, brush: inout Brush) {
        var random = PhantomRandom(seed: study.seed, purpose: "markers")
        let field = composition.field
        let isRight = random.chance(0.5)
        let inset = random.uniform(18...34)
        let right = field.x(field.columns - 1)
        let x = isRight ? field.left + inset : right - inset - 12
        let y = field.top + random.uniform(16...40)
        write(isRight ? "R" : "L", x: x, y: y, height: 15, into: &composition, brush: &brush)
        guard study.view == .portableAnteroposterior else { return }
        write("AP", x: x - 3, y: y + 22, height: 9, into: &composition, brush: &brush)
        drawLeads(into: &composition, brush: &brush, random: &random)
    }

    private func write(
        _ text: String, x: Double, y: Double, height: Double,
        into composition: inout Composition, brush: inout Brush
    ) {
        for (index, letter) in text.enumerated() {
            for line in Self.letters[letter] ?? [] {
                let points = line.map { point in
                    StrokePoint(
                        x: x + (Double(index) * 1.25 + point.0) * height * 0.68,
                        y: y + point.1 * height, halfWidth: 0.09 * height, strength: 2.2)
                }
                brush.add(points, profile: .rod, to: &composition.bone)
            }
        }
    }

    /// Electrodes with their cables.
    private func drawLeads(
        into composition: inout Composition, brush: inout Brush, random: inout PhantomRandom
    ) {
        for _ in 0..<random.pick([2, 3]) {
            let x = random.uniform(60...125) * (random.chance(0.5) ? -1 : 1)
            let y = random.uniform(10...150)
            brush.add(
                [
                    StrokePoint(x: x - 1, y: y, halfWidth: 5, strength: 0.35),
                    StrokePoint(x: x + 1, y: y, halfWidth: 5, strength: 0.35),
                ], profile: .tube, to: &composition.bone)
            var points: [StrokePoint] = []
            let swing = random.normal(0, 40)
            for step in 0...20 {
                let t = Double(step) / 20
                points.append(
                    StrokePoint(
                        x: x + swing * t * t + 10 * sin(t * 5), y: y + 300 * t, halfWidth: 0.8,
                        strength: 0.22))
            }
            brush.add(points, profile: .rod, to: &composition.bone)
        }
    }
}
