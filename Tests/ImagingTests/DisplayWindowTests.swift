import Imaging
import Testing

@Suite("Display windows")
struct DisplayWindowTests {
    static let shapes: [DisplayWindow.Shape] = [
        .linear(center: 100, width: 50), .linear(center: 40, width: 1),
        .linearExact(center: 100, width: 50), .linearExact(center: 7, width: 0),
        .sigmoid(center: 90, width: 60), .sigmoid(center: 90, width: 0),
        .sigmoid(center: 90, width: -60),
        .table(firstValueMapped: 20, entries: [0, 0.25, 0.5, 0.125, 1]),
        .table(firstValueMapped: 20, entries: []),
    ]

    @Test("the picture's values agree with the formula, one by one", arguments: shapes)
    func agreesWithFormula(shape: DisplayWindow.Shape) {
        let values =
            (-40...300).map(Float.init) + [0.25, 99.75, 1e30, -1e30, .infinity, -.infinity]
        let radiograph = Radiograph(
            width: values.count, height: 1, values: values,
            windows: [DisplayWindow(shape: shape, origin: .file)], bitsStored: 12)
        for (value, shown) in zip(values, radiograph.displayValues()) {
            let expected = 255 * radiograph.windows[0].displayValue(of: Double(value))
            #expect(abs(Double(shown) - expected) < 1e-3, "\(shape) at \(value)")
        }
    }

    @Test("values that are not numbers are black", arguments: shapes)
    func notANumber(shape: DisplayWindow.Shape) {
        let window = DisplayWindow(shape: shape, origin: .file)
        let radiograph = Radiograph(
            width: 1, height: 1, values: [.nan], windows: [window], bitsStored: 12)
        #expect(window.displayValue(of: .nan) == 0)
        #expect(radiograph.displayValues()[0] < 1e-3)
    }

    @Test("PS3.3 C.11.2.1.2.1: center 2048, width 4096 maps 0 to 0 and 4095 to 1")
    func standardExample() {
        let window = DisplayWindow(shape: .linear(center: 2048, width: 4096), origin: .file)
        #expect(window.displayValue(of: 0) == 0)
        #expect(window.displayValue(of: 4095) == 1)
        #expect(abs(window.displayValue(of: 2047.5) - 0.5) < 1e-12)
    }

    @Test("inversion and padding: bone is bright, padding black")
    func inversionAndPadding() {
        let radiograph = Radiograph(
            width: 3, height: 1, values: [0, 255, 0], isPadding: [false, false, true],
            showsLowValuesBright: true,
            windows: [DisplayWindow(shape: .linearExact(center: 127.5, width: 255), origin: .file)],
            bitsStored: 8)
        #expect(radiograph.displayValues() == [255, 0, 0])
        #expect(radiograph.valueRange == 0...255)
    }

    @Test("the automatic window spans the patient, not the border or an outlier")
    func automatic() {
        var values = (0..<100_000).map { Float(1000 + ($0 * 7919) % 1001) }
        let plain = DisplayWindow.automatic(values: values, isPadding: nil)
        #expect(plain.origin == .automatic)
        #expect(abs(plain.center - 1500) < 10 && abs(plain.width - 990) < 15)
        values += [Float](repeating: 0, count: 30_000) + [1e9, -1e9, .nan, .infinity]
        let bordered = DisplayWindow.automatic(values: values, isPadding: nil)
        #expect(bordered.center - bordered.width / 2 >= 0)
        #expect(bordered.center + bordered.width / 2 < 2100)
        let marks = values.map { $0 == 0 || abs($0) == 1e9 }
        let padded = DisplayWindow.automatic(values: values, isPadding: marks)
        #expect(abs(padded.center - 1500) < 10 && abs(padded.width - 990) < 15)
    }

    @Test(
        "pictures without a range still get a window",
        arguments: [[5, 5, 5, 5], [.nan, .nan], [0], [-.infinity, .infinity]] as [[Float]])
    func degenerate(values: [Float]) {
        let window = DisplayWindow.automatic(values: values, isPadding: nil)
        #expect(window.width >= 1 && window.center.isFinite)
    }
}
