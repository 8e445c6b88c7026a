// A magnified picture in tiles that stay the same wherever the view moves.

import Foundation
import Imaging
import Synchronization

/// The fitted cells of parts of a picture, anchored to the picture and not to the view.
///
/// Cells know their neighbours, so a view that moves by a cell would get other cells everywhere. A
/// tile is fitted with a margin that is then cut off, always at the same place of the picture:
/// after a move by whole cells the same cells stand there, moved, and a terminal can move what it
/// has. Tiles are remembered as long as nothing that decides them changes. A memo and nothing else:
/// pictures are the same with and without it.
final class PictureTiles: Sendable {
    /// Everything that decides the tiles but their place.
    private struct Look: Sendable, Equatable {
        let window: DisplayWindow
        let isInverted: Bool
        let options: PictureOptions
        let grid: TileGrid
    }

    private struct State: Sendable {
        var look: Look?
        var tiles: [TileIndex: PictureCells] = [:]
    }

    private let state = Mutex(State())
    private static let countMax = 256

    /// Nothing remembered.
    ///
    /// One for each picture: a tile does not know whose it is.
    init() {}

    /// The cells of a viewport.
    func cells(
        of pyramid: ImagePyramid, in viewport: Viewport, window: DisplayWindow, isInverted: Bool,
        options: PictureOptions
    ) -> PictureCells {
        let grid = TileGrid(viewport)
        let look = Look(window: window, isInverted: isInverted, options: options, grid: grid)
        let needed = grid.tiles(for: viewport.size)
        var known = state.withLock { $0.look == look ? $0.tiles : [:] }
        let missing = needed.filter { known[$0] == nil }
        let made = Self.make(missing) { tile in
            let levels = Picture.levels(
                of: pyramid, region: grid.region(of: tile), size: TileGrid.fittedSize,
                window: window, isInverted: isInverted, options: options)
            return Picture.cells(levels: levels, size: TileGrid.fittedSize, options: options)
        }
        for (tile, cells) in zip(missing, made) { known[tile] = cells }
        if known.count > Self.countMax { known = known.filter { needed.contains($0.key) } }
        let tiles = known
        state.withLock { $0 = State(look: look, tiles: tiles) }
        return grid.assembled(known, size: viewport.size)
    }

    /// Makes tiles on all cores; the result does not depend on how many there are.
    private static func make(
        _ tiles: [TileIndex], _ body: @Sendable (TileIndex) -> PictureCells
    ) -> [PictureCells] {
        let made = Mutex([Int: PictureCells]())
        DispatchQueue.concurrentPerform(iterations: tiles.count) { index in
            let cells = body(tiles[index])
            made.withLock { $0[index] = cells }
        }
        return made.withLock { made in tiles.indices.compactMap { made[$0] } }
    }
}

/// The place of a tile, counted from the picture's upper left.
struct TileIndex: Hashable, Sendable {
    let column: Int
    let row: Int
}

/// Where the tiles of a picture lie, for one magnification and one phase of the cells.
struct TileGrid: Sendable, Equatable {
    private static let core = GridSize(columns: 24, rows: 12)
    private static let margin = GridSize(columns: 3, rows: 2)
    /// The cells that are fitted for a tile.
    static let fittedSize = GridSize(
        columns: core.columns + 2 * margin.columns, rows: core.rows + 2 * margin.rows)
    /// Steps of a cell to which the phase is rounded: moves must find it again exactly.
    private static let phaseSteps = 4096.0

    private let cellWidth: Double
    private let cellHeight: Double
    private let phaseX: Int
    private let phaseY: Int
    /// The picture's cell in the view's upper left.
    private let firstColumn: Int
    private let firstRow: Int

    init(_ viewport: Viewport) {
        cellWidth = viewport.cellWidthPixels
        cellHeight = viewport.cellHeightPixels
        let region = viewport.region
        (firstColumn, phaseX) = Self.split(region.x / cellWidth)
        (firstRow, phaseY) = Self.split(region.y / cellHeight)
    }

    /// Where the view lies is no part of what decides a tile.
    static func == (first: TileGrid, second: TileGrid) -> Bool {
        first.cellWidth == second.cellWidth && first.cellHeight == second.cellHeight
            && first.phaseX == second.phaseX && first.phaseY == second.phaseY
    }

    /// The whole cells from another view to this one, to the right and down; nil where there is more
    /// between them than a move.
    func move(from other: TileGrid) -> (columns: Int, rows: Int)? {
        guard self == other else { return nil }
        return (firstColumn - other.firstColumn, firstRow - other.firstRow)
    }

    /// The tiles that a view shows some of.
    func tiles(for size: GridSize) -> [TileIndex] {
        let columns = Self.range(from: firstColumn, count: size.columns, step: Self.core.columns)
        let rows = Self.range(from: firstRow, count: size.rows, step: Self.core.rows)
        return rows.flatMap { row in columns.map { TileIndex(column: $0, row: row) } }
    }

    /// The source below a tile with its margin.
    func region(of tile: TileIndex) -> Region {
        let column = tile.column * Self.core.columns - Self.margin.columns
        let row = tile.row * Self.core.rows - Self.margin.rows
        return Region(
            x: (Double(column) + Double(phaseX) / Self.phaseSteps) * cellWidth,
            y: (Double(row) + Double(phaseY) / Self.phaseSteps) * cellHeight,
            width: cellWidth * Double(Self.fittedSize.columns),
            height: cellHeight * Double(Self.fittedSize.rows))
    }

    /// The view's cells out of the tiles.
    func assembled(_ tiles: [TileIndex: PictureCells], size: GridSize) -> PictureCells {
        var cells = PictureCells(size: size)
        for row in 0..<size.rows {
            let (tileRow, rowInTile) = Self.place(firstRow + row, Self.core.rows)
            var column = 0
            while column < size.columns {
                let (tileColumn, columnInTile) = Self.place(
                    firstColumn + column, Self.core.columns)
                let count = min(Self.core.columns - columnInTile, size.columns - column)
                if let tile = tiles[TileIndex(column: tileColumn, row: tileRow)] {
                    cells.copy(
                        from: tile,
                        at: (rowInTile + Self.margin.rows) * Self.fittedSize.columns
                            + columnInTile + Self.margin.columns,
                        to: row * size.columns + column, count: count)
                }
                column += count
            }
        }
        return cells
    }

    /// Whole cells, and the rest in steps.
    private static func split(_ position: Double) -> (whole: Int, phase: Int) {
        let steps = Int((position * phaseSteps).rounded())
        let (whole, phase) = place(steps, Int(phaseSteps))
        return (whole, phase)
    }

    private static func place(_ position: Int, _ step: Int) -> (tile: Int, inside: Int) {
        let inside = ((position % step) + step) % step
        return ((position - inside) / step, inside)
    }

    private static func range(from first: Int, count: Int, step: Int) -> ClosedRange<Int> {
        place(first, step).tile...place(first + max(count, 1) - 1, step).tile
    }
}
