import Foundation
import Imaging
import Testing

@Suite("The grayscale standard display function") struct GrayscaleStandardDisplayTests {
    // PS3.14 Table B-1.
    @Test(
        "has the standard's values",
        arguments: [
            (1.0, 0.0500), (2, 0.0547), (3, 0.0594), (4, 0.0643), (5, 0.0696),
            (1023, 3993.4040),
        ])
    func table(index: Double, luminance: Double) {
        let got = GrayscaleStandardDisplay.luminance(index: index)
        #expect(abs(got - luminance) < 5e-5 + luminance * 2e-5)
        #expect(abs(GrayscaleStandardDisplay.index(luminance: got) - index) < 1e-6)
    }

    @Test("spreads values evenly over what can be told apart") func even() throws {
        let display = try #require(
            DisplayCalibration(luminanceMin: 0.4, luminanceMax: 250, ambient: 0.3))
        let levels = display.drivingLevels()
        #expect(levels == levels.sorted() && levels[0] == 0 && abs(levels[255] - 255) < 1e-3)
        // Equal steps of value are equal numbers of just-noticeable differences.
        let seen = stride(from: 0, through: 255, by: 51).map { value -> Double in
            let share = Double(levels[value]) / 255
            let luminance = 0.4 + (250 - 0.4) * pow(share, 2.2) + 0.3
            return GrayscaleStandardDisplay.index(luminance: luminance)
        }
        let steps = zip(seen.dropFirst(), seen).map { $0 - $1 }
        #expect((steps.max() ?? 0) - (steps.min() ?? 0) < 0.01)
        // A white that is not the brightest is the end of the same even scale.
        let dim = display.drivingLevels(black: 10, white: 200)
        #expect(abs(dim[0] - 10) < 1e-3 && abs(dim[255] - 200) < 1e-3)
    }

    @Test("asks for a display that makes sense")
    func refused() {
        #expect(DisplayCalibration(luminanceMin: 5, luminanceMax: 5, ambient: 0) == nil)
        #expect(DisplayCalibration(luminanceMin: 0, luminanceMax: .nan, ambient: 0) == nil)
        #expect(DisplayCalibration(luminanceMin: -1, luminanceMax: 5, ambient: 0) == nil)
    }
}
