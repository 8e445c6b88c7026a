import Foundation
import Terminal

/// The measure of Benchmarks/picture/frame_quality.py, for fitted cells of block elements.
enum BlockMeasure {
    /// Greys of the 6 x 12 sub-pixels that a terminal would show.
    static func shown(_ cells: PictureCells) -> [Double] {
        let width = cells.size.columns * 6
        var pixels = [Double](repeating: 0, count: width * cells.size.rows * 12)
        for index in cells.glyphs.indices {
            let (row, column) = index.quotientAndRemainder(dividingBy: cells.size.columns)
            let (front, back) = (Double(cells.fronts[index]), Double(cells.backs[index]))
            for y in 0..<12 {
                for x in 0..<6 {
                    let ink = coverage(cells.glyphs[index], x, y)
                    pixels[(row * 12 + y) * width + column * 6 + x] = back + ink * (front - back)
                }
            }
        }
        return pixels
    }

    /// Share of a sub-pixel that a block element inks.
    static func coverage(_ glyph: UInt32, _ x: Int, _ y: Int) -> Double {
        func share(_ low: Double, _ high: Double, _ place: Int) -> Double {
            min(max(min(high, Double(place + 1)) - max(low, Double(place)), 0), 1)
        }
        let (isLeft, isTop) = (x < 3, y < 6)
        switch glyph {
        case 0x20: return 0
        case 0x2580: return isTop ? 1 : 0
        case 0x2581...0x2588: return share(12 - 1.5 * Double(glyph - 0x2580), 12, y)
        case 0x2589...0x258F: return share(0, 0.75 * Double(0x2590 - glyph), x)
        case 0x2590: return isLeft ? 0 : 1
        case 0x2591...0x2593: return Double(glyph - 0x2590) / 4
        case 0x2594: return share(0, 1.5, y)
        case 0x2595: return share(5.25, 6, x)
        default:
            let quarters: [UInt32: [Bool]] = [
                0x2596: [false, false, true, false], 0x2597: [false, false, false, true],
                0x2598: [true, false, false, false], 0x2599: [true, false, true, true],
                0x259A: [true, false, false, true], 0x259B: [true, true, true, false],
                0x259C: [true, true, false, true], 0x259D: [false, true, false, false],
                0x259E: [false, true, true, false], 0x259F: [false, true, true, true],
            ]
            guard let inked = quarters[glyph] else { return .nan }
            return inked[(isTop ? 0 : 2) + (isLeft ? 0 : 1)] ? 1 : 0
        }
    }

    /// Peak signal to noise of two pictures, in decibels.
    static func psnr(_ first: [Double], _ second: [Double]) -> Double {
        let squares = zip(first, second).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return 10 * log10(255 * 255 / (squares / Double(first.count)))
    }

    /// After a Gaussian of sigma 4, the outermost pixel going on beyond the border.
    static func blurred(_ pixels: [Double], width: Int) -> [Double] {
        let height = pixels.count / width
        let weights = (-16...16).map { exp(-Double($0 * $0) / 32) }
        let total = weights.reduce(0, +)
        var rows = pixels
        for y in 0..<height {
            for x in 0..<width {
                rows[y * width + x] =
                    (0..<33).reduce(0) {
                        $0 + weights[$1] * pixels[y * width + min(max(x + $1 - 16, 0), width - 1)]
                    } / total
            }
        }
        var result = rows
        for y in 0..<height {
            for x in 0..<width {
                result[y * width + x] =
                    (0..<33).reduce(0) {
                        $0 + weights[$1] * rows[min(max(y + $1 - 16, 0), height - 1) * width + x]
                    } / total
            }
        }
        return result
    }
}
