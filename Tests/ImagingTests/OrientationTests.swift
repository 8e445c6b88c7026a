// Turning and mirroring, filters and tissue windows.

import Imaging
import Testing

struct OrientationTests {
    private static let picture = Radiograph(
        width: 3, height: 2, values: [1, 2, 3, 4, 5, 6],
        spacing: PixelSpacing(rowMillimetres: 2, columnMillimetres: 1, plane: .patient),
        pixelAspectRatio: 2, bitsStored: 8)

    @Test func `a quarter turn clockwise brings the left column to the top`() {
        let turned = Self.picture.oriented(Orientation.upright.rotated(quarterTurns: 1))
        #expect(turned.width == 2)
        #expect(turned.height == 3)
        #expect(turned.values == [4, 1, 5, 2, 6, 3])
        #expect(turned.spacing?.rowMillimetres == 1)
        #expect(turned.pixelAspectRatio == 0.5)
    }

    @Test func `a flip exchanges left and right of what is on the screen`() {
        #expect(Self.picture.oriented(Orientation.upright.mirrored()).values == [3, 2, 1, 6, 5, 4])
        let turned = Orientation.upright.rotated(quarterTurns: 1)
        #expect(Self.picture.oriented(turned.mirrored()).values == [1, 4, 2, 5, 3, 6])
    }

    @Test(arguments: 0..<4, [false, true])
    func `a point goes to the screen and back`(turns: Int, isMirrored: Bool) {
        var orientation = Orientation.upright.rotated(quarterTurns: turns)
        if isMirrored { orientation = orientation.mirrored() }
        for (x, y) in [(0.5, 0.5), (2.5, 1.5), (0.25, 1.75)] {
            let shown = orientation.shown(x: x, y: y, width: 3, height: 2)
            let back = orientation.stored(x: shown.x, y: shown.y, width: 3, height: 2)
            #expect(abs(back.x - x) < 1e-9 && abs(back.y - y) < 1e-9)
            // The value below the point is the same in the turned picture.
            let turned = Self.picture.oriented(orientation)
            #expect(
                turned.values[Int(shown.y) * turned.width + Int(shown.x)]
                    == Self.picture.values[Int(y) * 3 + Int(x)])
        }
    }

    @Test func `edges are enhanced and areas keep their values`() {
        let side = 64
        let values = (0..<side * side).map { $0 % side < 32 ? Float(100) : Float(200) }
        let picture = Radiograph(width: side, height: side, values: values, bitsStored: 12)
        let edges = picture.enhanced(.edges)
        let row = edges.values[32 * side..<33 * side]
        #expect(row[32 * side + 4] == 100)
        #expect(row[32 * side + 60] == 200)
        #expect((row.min() ?? 0) < 95)
        #expect((row.max() ?? 0) > 205)
    }

    @Test func `local equalisation spreads a faint step and keeps order and range`() {
        let side = 64
        let values = (0..<side * side).map { index -> Float in
            let (x, y) = (index % side, index / side)
            let base = Float(x) * 10
            return base + (y % 16 < 8 ? 3 : 0)
        }
        let picture = Radiograph(width: side, height: side, values: values, bitsStored: 12)
        let equalised = picture.enhanced(.clahe)
        #expect((equalised.values.min() ?? -1) >= (values.min() ?? 0))
        #expect((equalised.values.max() ?? 9999) <= (values.max() ?? 0))
        // Within a tile brighter stays brighter.
        #expect(equalised.values[20 * side + 34] >= equalised.values[20 * side + 33])
    }

    @Test func `padding is left alone by every filter`() {
        let picture = Radiograph(
            width: 32, height: 32, values: (0..<1024).map { Float($0) },
            isPadding: (0..<1024).map { $0 < 64 }, bitsStored: 12)
        for enhancement in Enhancement.allCases {
            #expect(
                picture.enhanced(enhancement).values.prefix(64).elementsEqual(
                    picture.values.prefix(64)))
        }
    }

    @Test(arguments: [false, true])
    func `tissue windows lie in the order of density`(isInverted: Bool) {
        let picture = Radiograph(
            width: 100, height: 100, values: (0..<10_000).map { Float($0) },
            showsLowValuesBright: isInverted, bitsStored: 14)
        let lung = picture.window(for: .lung).center
        let bone = picture.window(for: .bone).center
        #expect(isInverted ? lung > bone : lung < bone)
        #expect(picture.window(for: .lung).explanation == "lung")
    }
}
