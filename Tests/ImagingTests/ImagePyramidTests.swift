import Imaging
import Testing
import WetreadTesting

@Suite("Image pyramid")
struct ImagePyramidTests {
    /// The exact area average of one cell, from single pixels.
    static func average(
        _ radiograph: Radiograph, _ left: Double, _ top: Double, _ right: Double, _ bottom: Double
    ) -> Double? {
        var sum = 0.0
        var total = 0.0
        for y in 0..<radiograph.height {
            let v = min(Double(y + 1), bottom) - max(Double(y), top)
            if v <= 0 { continue }
            for x in 0..<radiograph.width {
                let u = min(Double(x + 1), right) - max(Double(x), left)
                let at = y * radiograph.width + x
                if u <= 0 || radiograph.isPadding?[at] == true { continue }
                sum += u * v * Double(radiograph.values[at])
                total += u * v
            }
        }
        return total > 1e-9 ? sum / total : nil
    }

    static let regions = [
        Region(x: 0, y: 0, width: 97, height: 121), Region(x: 3.3, y: 7.7, width: 60.1, height: 90),
        Region(x: -20, y: -10, width: 140, height: 150),
        Region(x: 90, y: 100, width: 50, height: 50),
        Region(x: 200, y: 0, width: 30, height: 30),
    ]

    @Test("equals the average over single pixels", arguments: regions, [false, true])
    func equalsAverage(region: Region, hasPadding: Bool) {
        var radiograph = noise(width: 97, height: 121, seed: testSeed)
        if hasPadding {
            radiograph = Radiograph(
                width: 97, height: 121, values: radiograph.values,
                isPadding: (0..<(97 * 121)).map { $0 % 97 < 30 || $0 % 7 == 0 }, bitsStored: 12)
        }
        let plane = ImagePyramid(radiograph).sample(region, columns: 13, rows: 9)
        let w = region.width / 13
        let h = region.height / 9
        for row in 0..<9 {
            for column in 0..<13 {
                let left = region.x + Double(column) * w
                let top = region.y + Double(row) * h
                let expected = Self.average(radiograph, left, top, left + w, top + h)
                #expect(plane.isOutside[row * 13 + column] == (expected == nil))
                let found = Double(plane.values[row * 13 + column])
                #expect(abs(found - (expected ?? 0)) < 0.01, "seed \(testSeed)")
            }
        }
    }

    @Test("magnified, it is bilinear between pixel centres")
    func magnified() {
        let radiograph = Radiograph(width: 2, height: 1, values: [0, 100], bitsStored: 8)
        let plane = ImagePyramid(radiograph).sample(
            Region(x: 0, y: 0, width: 2, height: 1), columns: 8, rows: 4)
        #expect(Array(plane.values[0..<8]) == [0, 0, 12.5, 37.5, 62.5, 87.5, 100, 100])
        #expect(!plane.isOutside.contains(true))
    }

    @Test("windowing a plane leaves the outside black and inverts the rest")
    func windowed() {
        let radiograph = Radiograph(
            width: 3, height: 1, values: [0, 255, 100], isPadding: [false, false, true],
            bitsStored: 8)
        let window = DisplayWindow(shape: .linearExact(center: 127.5, width: 255), origin: .reader)
        let shown = ImagePyramid(radiograph).displayValues(
            Region(x: 0, y: 0, width: 4, height: 1), columns: 4, rows: 1, window: window,
            showsLowValuesBright: true)
        #expect(shown == [255, 0, 0, 0])
    }

    @Test("strips give the display values that whole planes give", arguments: [1, 47, 96, 200])
    func strips(_ rows: Int) {
        var generator = SplitMix64(seed: 3)
        let values = (0..<300 * 310).map { _ in Float.random(in: 0..<4096, using: &generator) }
        let pyramid = ImagePyramid(
            Radiograph(width: 300, height: 310, values: values, bitsStored: 12))
        let window = DisplayWindow(shape: .linearExact(center: 2000, width: 3000), origin: .reader)
        let region = Region(x: -20, y: 10.5, width: 300, height: 320)
        let plane = pyramid.sample(region, columns: 70, rows: rows)
        let shown = pyramid.displayValues(
            region, columns: 70, rows: rows, window: window, showsLowValuesBright: false)
        for (index, value) in shown.enumerated() {
            let wanted =
                plane.isOutside[index]
                ? 0 : min(max((plane.values[index] - 2000) / 3000 * 255 + 127.5, 0), 255)
            #expect(abs(value - wanted) < 1e-3)
        }
    }
}
