import Imaging
import Testing

@Suite("Quality figures")
struct QualityFiguresTests {
    static func picture(_ side: Int, _ value: (Double, Double) -> Double) -> Radiograph {
        let values = (0..<(side * side)).map { at in
            Float(value(Double(at % side) / Double(side), Double(at / side) / Double(side)))
        }
        return Radiograph(
            width: side, height: side, values: values,
            windows: [DisplayWindow(shape: .linearExact(center: 127.5, width: 255), origin: .file)],
            bitsStored: 8)
    }

    @Test("a smooth ramp has no sharpness, noise has all of it")
    func sharpness() {
        let smooth = qualityFigures(of: Self.picture(256) { x, y in 100 + 60 * x + 30 * y })
        #expect(smooth.sharpness < 0.01)
        let grain = qualityFigures(of: noise(width: 256, height: 256, seed: testSeed))
        #expect(grain.sharpness > 0.95)
    }

    @Test("clipped shares count each end, also when low values are bright")
    func clipped() {
        var radiograph = Self.picture(100) { x, _ in x < 0.3 ? 0 : x < 0.4 ? 255 : 128 }
        #expect(qualityFigures(of: radiograph).clippedLowShare == 0.3)
        #expect(qualityFigures(of: radiograph).clippedHighShare == 0.1)
        radiograph.showsLowValuesBright = true
        #expect(qualityFigures(of: radiograph).clippedHighShare == 0.3)
    }

    @Test("contrast is the spread of the display values")
    func contrast() {
        let ramp = qualityFigures(of: Self.picture(400) { x, _ in 255 * x })
        #expect(abs(ramp.contrast - 0.9) < 0.02)
        #expect(qualityFigures(of: Self.picture(64) { _, _ in 90 }).contrast == 0)
    }

    static let patterns: [(id: String, draw: @Sendable (Double, Double) -> Double)] = [
        ("one grey", { _, _ in 100 }), ("black", { _, _ in 0 }),
        ("ramp across", { x, _ in 255 * x }),
        ("ramp down", { _, y in 255 * y }),
        ("checks", { x, y in (Int(x * 8) + Int(y * 8)) % 2 == 0 ? 0 : 255 }),
        ("disc", { x, y in (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) < 0.1 ? 220 : 10 }),
        ("bars", { _, y in Int(y * 16) % 2 == 0 ? 20 : 230 }),
    ]

    @Test("what is no chest does not look like one", arguments: 0..<7)
    func nonsense(index: Int) {
        let (id, draw) = Self.patterns[index]
        let figures = qualityFigures(of: Self.picture(256, draw))
        #expect(!figures.looksLikeFrontalChest, "\(id)")
        #expect(figures.statements.count == 6)
        #expect(figures.statements.last?.verdict == .poor)
    }

    @Test("a picture of a few pixels is measured without harm", arguments: [1, 2, 3, 5])
    func tiny(side: Int) {
        let figures = qualityFigures(of: Self.picture(side) { x, y in 255 * x * y })
        #expect(!figures.looksLikeFrontalChest)
        #expect((0...1).contains(figures.sharpness) && (0...1).contains(figures.contrast))
    }
}
