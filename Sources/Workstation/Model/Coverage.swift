// Which parts of an image stood on the screen, and how fine.

import Imaging
import Terminal

/// For each tile of an image the finest scale at which it was on the screen for a second.
///
/// A scale is the number of source pixels that one part of a cell with its own brightness stands
/// for, across; 1 and less shows all that the detector saw. "Seen" means that it stood there: where
/// the eye was, no program knows.
struct Coverage: Sendable, Equatable {
    static let side = 24
    /// Finest scale of each tile, row by row over the image as stored; infinite where never shown.
    private(set) var finest = [Double](repeating: .infinity, count: side * side)

    /// Notes that a viewport was on the screen; tiles count when their middle is inside.
    mutating func note(_ viewport: Viewport, orientation: Orientation, partsPerCell: Int) {
        let exchanges = orientation.exchangesSides
        let shownWidth = Double(viewport.pictureWidth)
        let shownHeight = Double(viewport.pictureHeight)
        let (width, height) = exchanges ? (shownHeight, shownWidth) : (shownWidth, shownHeight)
        let scale = Self.scale(of: viewport, partsPerCell: partsPerCell)
        let region = viewport.region
        for row in 0..<Self.side {
            for column in 0..<Self.side {
                let place = orientation.shown(
                    x: (Double(column) + 0.5) / Double(Self.side) * width,
                    y: (Double(row) + 0.5) / Double(Self.side) * height, width: width,
                    height: height)
                guard place.x >= region.x, place.x < region.x + region.width, place.y >= region.y,
                    place.y < region.y + region.height
                else { continue }
                let index = row * Self.side + column
                finest[index] = min(finest[index], scale)
            }
        }
    }

    /// Source pixels to one part of a cell, across.
    static func scale(of viewport: Viewport, partsPerCell: Int) -> Double {
        (viewport.cellWidthPixels * viewport.cellHeightPixels / Double(max(partsPerCell, 1)))
            .squareRoot()
    }

    /// Share of the image that was shown at all, 0...1.
    var shareSeen: Double { Double(finest.count(where: \.isFinite)) / Double(finest.count) }

    /// Share of the image shown at better than a scale (an overview's), 0...1.
    func share(finerThan overview: Double) -> Double {
        Double(finest.count { $0 < overview * 0.8 }) / Double(finest.count)
    }

    private static let rowNames = ["upper", "middle", "lower"]
    private static let columnNames = ["left", "central", "right"]

    /// The ninths of the image, as it is stored, of which most was never shown finer than a scale.
    func zonesUnseen(finerThan overview: Double) -> [String] {
        let third = Self.side / 3
        return (0..<9).compactMap { zone in
            let (zoneRow, zoneColumn) = (zone / 3, zone % 3)
            var unseen = 0
            for row in 0..<third {
                for column in 0..<third {
                    let index =
                        (zoneRow * third + row) * Self.side + zoneColumn * third + column
                    if finest[index] >= overview * 0.8 { unseen += 1 }
                }
            }
            guard unseen * 2 > third * third else { return nil }
            return "\(Self.rowNames[zoneRow]) \(Self.columnNames[zoneColumn])"
        }
    }

    /// The coverage as a small map of `rows` lines: `#` finer than the overview, `.` overview only.
    func map(finerThan overview: Double, columns: Int, rows: Int) -> [String] {
        (0..<rows).map { row in
            String(
                (0..<columns).map { column -> Character in
                    let index =
                        (row * Self.side / rows) * Self.side + column * Self.side / columns
                    let scale = finest[index]
                    return scale < overview * 0.8 ? "▓" : scale.isFinite ? "░" : "·"
                })
        }
    }
}
