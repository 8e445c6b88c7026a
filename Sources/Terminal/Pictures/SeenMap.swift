// Which part of a picture was seen, and how finely.

import Imaging

/// A small map of a picture: the finest resolution at which each part was in view.
///
/// The finest is the least number of source pixels that one distinguishable part of a cell stood
/// for, along an edge; 1 or less is all detail.
public struct SeenMap: Sendable, Equatable {
    /// Fields along each axis.
    public static let side = 32

    /// For each field, row by row: pixels to a part; nil where it was never in view.
    public private(set) var pixelsPerPart: [Double?]

    private let pictureWidth: Int
    private let pictureHeight: Int

    /// Nothing seen yet.
    public init(pictureWidth: Int, pictureHeight: Int) {
        self.pictureWidth = max(pictureWidth, 1)
        self.pictureHeight = max(pictureHeight, 1)
        pixelsPerPart = Array(repeating: nil, count: Self.side * Self.side)
    }

    /// Takes note of a view, drawn with so many parts to a cell. A field counts when its middle is
    /// in view. Previews do not count: ask only for exact pictures.
    public mutating func record(_ viewport: Viewport, partsPerCell: Int) {
        let area = viewport.cellWidthPixels * viewport.cellHeightPixels
        let pixels = (area / Double(max(partsPerCell, 1))).squareRoot()
        let region = viewport.region
        for row in 0..<Self.side {
            let y = (Double(row) + 0.5) / Double(Self.side) * Double(pictureHeight)
            guard y >= region.y, y < region.y + region.height else { continue }
            for column in 0..<Self.side {
                let x = (Double(column) + 0.5) / Double(Self.side) * Double(pictureWidth)
                guard x >= region.x, x < region.x + region.width else { continue }
                let index = row * Self.side + column
                pixelsPerPart[index] = min(pixelsPerPart[index] ?? .infinity, pixels)
            }
        }
    }

    /// Share of the picture that was seen with at most so many pixels to a part, 0...1.
    public func share(pixelsPerPartMax: Double) -> Double {
        let limit = pixelsPerPartMax * (1 + 1e-9)
        let seen = pixelsPerPart.filter { pixels in pixels.map { $0 <= limit } ?? false }
        return Double(seen.count) / Double(pixelsPerPart.count)
    }

    /// Share that was never seen more finely than `overview` shows it, 0...1: what a notice before
    /// the signature speaks of. 0 where the overview shows all detail.
    public func shareOnlyInOverview(_ overview: Viewport, partsPerCell: Int) -> Double {
        let area = overview.cellWidthPixels * overview.cellHeightPixels
        let pixels = (area / Double(max(partsPerCell, 1))).squareRoot()
        if pixels <= 1 { return 0 }
        return 1 - share(pixelsPerPartMax: pixels * 0.99)
    }
}

/// Where a picture holds detail that its cells cannot show.
public struct DetailHint: Sendable, Equatable {
    /// Share of the cells whose detail is lost, 0...1.
    public let share: Double
    /// The cell that loses most.
    public let worst: Position

    /// Root of the mean squared error within a cell from which detail counts as lost, in grey
    /// levels: about three steps of the 30 greys, and more than a radiograph's noise.
    public static let threshold: Float = 24

    /// Looks at fitted cells; nil where no cell loses detail.
    public init?(_ cells: PictureCells) {
        let lost = cells.residuals.filter { $0 > Self.threshold * Self.threshold }.count
        guard lost > 0,
            let worst = cells.residuals.indices.max(by: {
                cells.residuals[$0] < cells.residuals[$1]
            })
        else { return nil }
        share = Double(lost) / Double(cells.residuals.count)
        self.worst = Position(
            column: worst % cells.size.columns, row: worst / cells.size.columns)
    }
}
