// The drawn picture, and how it becomes stored pixels.

import Foundation
import Imaging

/// A drawn phantom: display grey from 0 (black) to 1 (white), bone bright.
public struct PhantomPicture: Sendable {
    /// Number of columns.
    public let width: Int
    /// Number of rows.
    public let height: Int
    /// Size of a pixel at the detector, in millimetres.
    public let pixelSpacingMillimetres: Double
    /// Grey of each pixel, row-major, 0...1.
    public let grey: [Float]

    /// Stored values of this many bits, rounded: 0 is black, 2^bits - 1 white.
    public func stored(bits: Int) -> [UInt16] {
        let top = Float((1 << bits) - 1)
        return grey.map { UInt16(min(max($0, 0), 1) * top + 0.5) }
    }

    /// The picture as a radiograph of this many bits, as if it had been read from a file.
    public func radiograph(bits: Int = 12) -> Radiograph {
        let top = Double((1 << bits) - 1)
        return Radiograph(
            width: width, height: height, values: stored(bits: bits).map(Float.init),
            spacing: PixelSpacing(
                rowMillimetres: pixelSpacingMillimetres,
                columnMillimetres: pixelSpacingMillimetres, plane: .detector),
            windows: [
                DisplayWindow(shape: .linearExact(center: top / 2, width: top), origin: .file)
            ], bitsStored: bits)
    }
}

extension PhantomStudy {
    /// Draws the picture with this many columns and rows.
    ///
    /// Anatomy is the same at every size (it is drawn in millimetres); noise belongs to the size. A
    /// picture of 1024 x 1024 takes about a third of a second on one core.
    public func picture(columns: Int, rows: Int) -> PhantomPicture {
        precondition(columns >= 32 && rows >= 32, "a phantom needs at least 32 pixels a side")
        let field = framing(columns: columns, rows: rows)
        // Nothing in the anatomy is finer than the blur of focus and detector.
        let factor = max(1, 0.40 / field.pixelMillimetres)
        let drawn = field.coarser(by: factor)
        let picture =
            view == .lateral
            ? LateralPhantom(study: self, field: drawn).finished(on: field)
            : FrontalPhantom(study: self, field: drawn).finished(on: field)
        // 1.05: the patient's distance from the detector.
        return PhantomPicture(
            width: columns, height: rows, pixelSpacingMillimetres: field.pixelMillimetres * 1.05,
            grey: picture.values)
    }

    /// Where the detector lies; the shorter side of the picture is 35 to 43 cm.
    private func framing(columns: Int, rows: Int) -> Field {
        var random = PhantomRandom(seed: seed, purpose: "framing")
        var anatomy = Anatomy(seed: seed, view: view)
        FrontalFindings(self).change(&anatomy)
        let needed = 2 * (anatomy.halfWidth + anatomy.wall) * random.uniform(1.06...1.22)
        let side = max(needed, anatomy.lungHeight + 90 + random.uniform(0...40))
        var pixel = side / Double(min(columns, rows))
        var above = 36 + random.uniform(0...34) + 0.5 * (pixel * Double(rows) - side)
        let shift = random.normal(0, 6)
        if view == .lateral {
            let across = anatomy.depth + 2 * anatomy.wall + 96
            pixel = max(across / Double(columns), (side + 10) / Double(rows))
            above = 0.5 * (pixel * Double(rows) - anatomy.lungHeight) - 24
        }
        return Field(
            columns: columns, rows: rows, left: shift - pixel * Double(columns) / 2, top: -above,
            pixelMillimetres: pixel)
    }
}
