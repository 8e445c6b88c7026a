// Pictures at full resolution, for terminals that take pixels: Kitty graphics and sixel.

import Foundation
import Imaging

/// Encodes grey pixels for a terminal's own graphics.
public enum PixelGraphics {
    /// Base64 characters of one piece of a Kitty transmission (its protocol's limit is 4096).
    private static let kittyPiece = 4096

    /// A picture for the Kitty graphics protocol: a PNG, shown over `cells` from the cursor on.
    ///
    /// The cursor stays, and the terminal answers nothing (q=2). The picture has the number
    /// `identifier`, under which it replaces an older one.
    /// - Parameter grey: 0...255, row-major.
    /// - Throws: `outOfMemory`.
    public static func kitty(
        grey: [UInt8], width: Int, height: Int, cells: GridSize, identifier: Int = 1
    ) throws(ImagingError) -> [UInt8] {
        let file = try RasterFile.png(grey: grey, width: width, height: height)
        let text = Array(Data(file).base64EncodedString().utf8)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: kittyPiece) {
            let piece = text[start..<min(start + kittyPiece, text.count)]
            let more = piece.endIndex < text.count ? 1 : 0
            let control =
                start == 0
                ? "a=T,f=100,i=\(identifier),p=1,c=\(cells.columns),r=\(cells.rows),C=1,q=2,"
                : "q=2,"
            bytes += Array("\u{1B}_G\(control)m=\(more);".utf8)
            bytes += piece
            bytes += Array("\u{1B}\\".utf8)
        }
        return bytes
    }

    /// Takes a Kitty picture off the screen.
    public static func kittyRemoval(identifier: Int = 1) -> [UInt8] {
        Array("\u{1B}_Ga=d,d=I,i=\(identifier),q=2;\u{1B}\\".utf8)
    }

    /// Greys that a sixel picture uses: colours are percents, and registers are few.
    static let sixelGreys = 64

    /// A picture as sixels, from the cursor on; 64 greys, one pixel to a pixel.
    ///
    /// DECSIXEL with raster attributes `1;1;width;height`; bands of six rows, in each the columns
    /// of every grey that occurs in it, run lengths as `!n`.
    /// - Parameter grey: 0...255, row-major.
    public static func sixel(grey: [UInt8], width: Int, height: Int) -> [UInt8] {
        precondition(grey.count == width * height, "pixels must fill the picture")
        var bytes = Array("\u{1B}P0;1;0q\"1;1;\(width);\(height)".utf8)
        let registers = grey.map { Int($0) * (sixelGreys - 1) / 255 }
        for register in Set(registers).sorted() {
            let percent = (register * 100 + (sixelGreys - 1) / 2) / (sixelGreys - 1)
            bytes += Array("#\(register);2;\(percent);\(percent);\(percent)".utf8)
        }
        for top in stride(from: 0, to: height, by: 6) {
            appendBand(registers, top: top, width: width, height: height, to: &bytes)
        }
        return bytes + Array("\u{1B}\\".utf8)
    }

    private static func appendBand(
        _ registers: [Int], top: Int, width: Int, height: Int, to bytes: inout [UInt8]
    ) {
        let rows = min(6, height - top)
        var masks = [[UInt8]](repeating: [], count: sixelGreys)
        for row in 0..<rows {
            for column in 0..<width {
                let register = registers[(top + row) * width + column]
                if masks[register].isEmpty {
                    masks[register] = [UInt8](repeating: 0, count: width)
                }
                masks[register][column] |= 1 << UInt8(row)
            }
        }
        var isFirst = true
        for (register, mask) in masks.enumerated() where !mask.isEmpty {
            // $ goes back to the band's beginning.
            if !isFirst { bytes.append(UInt8(ascii: "$")) }
            isFirst = false
            bytes += Array("#\(register)".utf8)
            appendRuns(mask, to: &bytes)
        }
        bytes.append(UInt8(ascii: "-"))
    }

    private static func appendRuns(_ mask: [UInt8], to bytes: inout [UInt8]) {
        var start = 0
        let last = mask.lastIndex { $0 != 0 } ?? -1
        while start <= last {
            var end = start + 1
            while end <= last, mask[end] == mask[start] { end += 1 }
            let count = end - start
            let character = mask[start] + 0x3F
            if count > 3 {
                bytes += Array("!\(count)".utf8)
                bytes.append(character)
            } else {
                bytes += [UInt8](repeating: character, count: count)
            }
            start = end
        }
    }
}
