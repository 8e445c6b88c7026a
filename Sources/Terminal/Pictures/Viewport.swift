// Which part of a picture stands in which cells.

import Imaging

/// A window of cells onto a picture: aspect-true, zoomed about a centre, moved by whole cells.
///
/// At zoom 1 the whole picture just fits into the cells and stands in their middle. Whole-cell
/// pans keep the resampling phase: the same source pixels meet in the same cell wherever it stands.
public struct Viewport: Sendable, Equatable {
    /// Columns of the picture in pixels.
    public let pictureWidth: Int
    /// Rows of the picture in pixels.
    public let pictureHeight: Int
    /// Height of a pixel divided by its width.
    public let pixelAspectRatio: Double
    /// The cells to fill.
    public private(set) var size: GridSize
    /// Height of a cell divided by its width.
    public private(set) var cellAspect: Double
    /// Magnification over fitting the whole, 1 and more.
    public private(set) var zoom: Double = 1
    /// The source point in the middle of the cells, in pixels.
    public private(set) var centerX: Double
    /// The source point in the middle of the cells, in pixels.
    public private(set) var centerY: Double

    /// A cell is never less than this many source pixels wide: more shows nothing new.
    private static let cellWidthMin = 0.25

    /// Shows the whole of a picture; extents below 1 count as 1.
    public init(
        pictureWidth: Int, pictureHeight: Int, pixelAspectRatio: Double = 1, size: GridSize,
        cellAspect: Double = 2
    ) {
        self.pictureWidth = max(pictureWidth, 1)
        self.pictureHeight = max(pictureHeight, 1)
        let isUsable = pixelAspectRatio.isFinite && pixelAspectRatio > 0
        self.pixelAspectRatio = isUsable ? pixelAspectRatio : 1
        self.size = GridSize(columns: max(size.columns, 1), rows: max(size.rows, 1))
        self.cellAspect = cellAspect
        centerX = Double(self.pictureWidth) / 2
        centerY = Double(self.pictureHeight) / 2
    }

    /// Source pixels that one cell is wide.
    public var cellWidthPixels: Double { max(fittingCellWidth / zoom, Self.cellWidthMin) }

    /// Source pixels that one cell is high.
    public var cellHeightPixels: Double { cellWidthPixels * cellAspect / pixelAspectRatio }

    /// The source rectangle below all cells; it may reach beyond the picture.
    public var region: Region {
        Region(
            x: centerX - cellWidthPixels * Double(size.columns) / 2,
            y: centerY - cellHeightPixels * Double(size.rows) / 2,
            width: cellWidthPixels * Double(size.columns),
            height: cellHeightPixels * Double(size.rows))
    }

    /// The cells that show some of the picture, relative to the viewport's top left.
    public var pictureCells: Rectangle {
        let region = region
        let left = max(Int((-region.x / cellWidthPixels).rounded(.down)), 0)
        let top = max(Int((-region.y / cellHeightPixels).rounded(.down)), 0)
        let right = (Double(pictureWidth) - region.x) / cellWidthPixels
        let bottom = (Double(pictureHeight) - region.y) / cellHeightPixels
        let slack = 1e-9
        return Rectangle(
            column: left, row: top,
            columns: min(Int((right - slack).rounded(.up)), size.columns) - left,
            rows: min(Int((bottom - slack).rounded(.up)), size.rows) - top)
    }

    /// True when the whole picture is in view.
    public var showsWhole: Bool {
        region.x <= 1e-6 && region.y <= 1e-6
            && region.x + region.width >= Double(pictureWidth) - 1e-6
            && region.y + region.height >= Double(pictureHeight) - 1e-6
    }

    /// Share of the picture's pixels that can be told apart, 0...1, with so many parts to a cell.
    public func shareOfDetail(partsPerCell: Int) -> Double {
        min(Double(max(partsPerCell, 1)) / (cellWidthPixels * cellHeightPixels), 1)
    }

    /// Width of one cell in millimetres.
    public func cellWidthMillimetres(_ spacing: PixelSpacing) -> Double {
        cellWidthPixels * spacing.columnMillimetres
    }

    /// The source point in the middle of a cell, in pixels.
    public func sourcePoint(at position: Position) -> (x: Double, y: Double) {
        let region = region
        return (
            region.x + (Double(position.column) + 0.5) * cellWidthPixels,
            region.y + (Double(position.row) + 0.5) * cellHeightPixels
        )
    }

    /// The cell that a source point falls into; it may lie outside the viewport.
    public func position(ofX x: Double, y: Double) -> Position {
        let region = region
        return Position(
            column: Int(((x - region.x) / cellWidthPixels).rounded(.down)),
            row: Int(((y - region.y) / cellHeightPixels).rounded(.down)))
    }

    /// Shows the whole picture again.
    public mutating func fit() {
        zoom = 1
        centerX = Double(pictureWidth) / 2
        centerY = Double(pictureHeight) / 2
    }

    /// Moves the window by whole cells; the picture's middle never leaves it by more than half.
    public mutating func pan(columns: Int, rows: Int) {
        let x = centerX + Double(columns) * cellWidthPixels
        let y = centerY + Double(rows) * cellHeightPixels
        // Only whole cells: a step that would pass the edge is shortened by cells, not clamped.
        if isInside(x, pictureWidth) { centerX = x }
        if isInside(y, pictureHeight) { centerY = y }
    }

    /// Magnifies by a factor, keeping the source point under `anchor` (default: the middle) there.
    public mutating func zoom(by factor: Double, around anchor: Position? = nil) {
        setZoom(zoom * factor, around: anchor)
    }

    /// Magnifies so that one part of a cell, of `partsAcross` to its width, is one pixel wide.
    public mutating func zoomToPixels(partsAcross: Int = 1, around anchor: Position? = nil) {
        setZoom(fittingCellWidth / Double(max(partsAcross, 1)), around: anchor)
    }

    /// Sets the magnification over fitting the whole; 1 at least.
    public mutating func setZoom(_ wanted: Double, around anchor: Position? = nil) {
        guard wanted.isFinite else { return }
        let fixed = anchor.map { sourcePoint(at: $0) }
        zoom = min(max(wanted, 1), max(fittingCellWidth / Self.cellWidthMin, 1))
        if zoom == 1 {
            fit()
        } else if let fixed, let anchor {
            let now = sourcePoint(at: anchor)
            centerX = min(max(centerX + fixed.x - now.x, 0), Double(pictureWidth))
            centerY = min(max(centerY + fixed.y - now.y, 0), Double(pictureHeight))
        }
    }

    /// Centres a source point.
    public mutating func center(onX x: Double, y: Double) {
        guard x.isFinite, y.isFinite else { return }
        centerX = min(max(x, 0), Double(pictureWidth))
        centerY = min(max(y, 0), Double(pictureHeight))
    }

    /// Fits another number of cells, keeping magnification and centre.
    public mutating func resize(to size: GridSize, cellAspect: Double? = nil) {
        self.size = GridSize(columns: max(size.columns, 1), rows: max(size.rows, 1))
        self.cellAspect = cellAspect ?? self.cellAspect
    }

    /// The cell width at which the whole picture just fits.
    private var fittingCellWidth: Double {
        let acrossPixels = Double(pictureWidth) / Double(size.columns)
        let downPixels = Double(pictureHeight) * pixelAspectRatio / (Double(size.rows) * cellAspect)
        return max(acrossPixels, downPixels)
    }

    private func isInside(_ value: Double, _ extent: Int) -> Bool {
        value >= 0 && value <= Double(extent)
    }
}
