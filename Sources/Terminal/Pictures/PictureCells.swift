// The fitted cells of a picture, compactly.

import CKernels

/// A picture as glyphs and greys: what the fit decides, before it is a frame or bytes.
public struct PictureCells: Sendable, Equatable {
    /// The extent.
    public let size: GridSize
    /// The glyph of each cell as a Unicode scalar, row by row.
    public internal(set) var glyphs: [UInt32]
    /// The grey of the glyph's ink.
    public internal(set) var fronts: [UInt8]
    /// The grey behind it.
    public internal(set) var backs: [UInt8]
    /// Mean squared error of each cell's sub-pixels, in grey levels; empty where it was not kept.
    public internal(set) var residuals: [Float]

    init(size: GridSize) {
        self.size = size
        let count = size.columns * size.rows
        glyphs = [UInt32](repeating: 0x20, count: count)
        fronts = [UInt8](repeating: 0, count: count)
        backs = fronts
        residuals = [Float](repeating: 0, count: count)
    }

    /// Calls a function with the cells' memory, which is valid for the time of the call.
    mutating func withKernelCells<Result>(
        _ body: (wt_picture_cells) throws -> Result
    ) rethrows -> Result {
        try glyphs.withUnsafeMutableBufferPointer { glyphs in
            try fronts.withUnsafeMutableBufferPointer { fronts in
                try backs.withUnsafeMutableBufferPointer { backs in
                    try residuals.withUnsafeMutableBufferPointer { residuals in
                        try body(
                            wt_picture_cells(
                                glyphs: glyphs.baseAddress, fronts: fronts.baseAddress,
                                backs: backs.baseAddress, residuals: residuals.baseAddress))
                    }
                }
            }
        }
    }

    /// Takes a run of cells from another picture.
    mutating func copy(from other: PictureCells, at source: Int, to target: Int, count: Int) {
        for offset in 0..<count {
            glyphs[target + offset] = other.glyphs[source + offset]
            fronts[target + offset] = other.fronts[source + offset]
            backs[target + offset] = other.backs[source + offset]
            residuals[target + offset] = other.residuals[source + offset]
        }
    }

    /// The cells of a frame whose inks are greys; another ink is white in front and black behind.
    public init(_ frame: Frame) {
        self.init(size: frame.size)
        residuals = []
        for (index, cell) in frame.cells.enumerated() {
            glyphs[index] = cell.glyph.unicodeScalars.first?.value ?? 0x20
            fronts[index] = 255
            if case .grey(let level) = cell.style.foreground { fronts[index] = level }
            if case .grey(let level)? = cell.style.background { backs[index] = level }
        }
    }

    /// The cells as a frame.
    public var frame: Frame {
        var characters: [UInt32: Character] = [:]
        var last: (scalar: UInt32, character: Character) = (0x20, " ")
        return Picture.frame(size: size) { index in
            let scalar = glyphs[index]
            if scalar != last.scalar {
                if characters[scalar] == nil {
                    characters[scalar] = Unicode.Scalar(scalar).map(Character.init) ?? " "
                }
                last = (scalar, characters[scalar] ?? " ")
            }
            return Cell(
                last.character,
                style: Style(foreground: .grey(fronts[index]), background: .grey(backs[index])))
        }
    }
}
