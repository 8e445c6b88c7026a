import Imaging
import Terminal
import Testing

@Suite("Viewports") struct ViewportTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let width: Int
        let height: Int
        var pixelAspectRatio = 1.0
        let size: GridSize
        let cells: Rectangle
        var testDescription: String { "\(width)x\(height) in \(size.columns)x\(size.rows)" }
    }

    @Test(
        "A picture fits whole, true to its shape, in the middle",
        arguments: [
            Row(
                width: 2048, height: 2048, size: GridSize(columns: 38, rows: 19),
                cells: Rectangle(column: 0, row: 0, columns: 38, rows: 19)),
            Row(
                width: 1000, height: 2000, size: GridSize(columns: 40, rows: 10),
                cells: Rectangle(column: 15, row: 0, columns: 10, rows: 10)),
            Row(
                width: 2000, height: 1000, size: GridSize(columns: 40, rows: 20),
                cells: Rectangle(column: 0, row: 5, columns: 40, rows: 10)),
            Row(
                width: 1000, height: 1000, pixelAspectRatio: 2,
                size: GridSize(columns: 40, rows: 20),
                cells: Rectangle(column: 10, row: 0, columns: 20, rows: 20)),
            Row(
                width: 1, height: 1, size: GridSize(columns: 0, rows: 0),
                cells: Rectangle(column: 0, row: 0, columns: 1, rows: 1)),
        ])
    func fitting(_ row: Row) {
        let viewport = Viewport(
            pictureWidth: row.width, pictureHeight: row.height,
            pixelAspectRatio: row.pixelAspectRatio, size: row.size)
        #expect(viewport.pictureCells == row.cells)
        #expect(viewport.showsWhole)
    }

    @Test("Whole-cell pans move the region by exactly that many cells") func pans() {
        var viewport = Viewport(
            pictureWidth: 2000, pictureHeight: 2000, size: GridSize(columns: 40, rows: 20))
        viewport.setZoom(4)
        let before = viewport.region
        viewport.pan(columns: 3, rows: -2)
        let after = viewport.region
        #expect(abs(after.x - before.x - 3 * viewport.cellWidthPixels) < 1e-9)
        #expect(abs(after.y - before.y + 2 * viewport.cellHeightPixels) < 1e-9)
        for _ in 0..<1000 { viewport.pan(columns: 7, rows: 7) }
        #expect(viewport.centerX <= 2000 && viewport.centerY <= 2000)
    }

    @Test("Zooming keeps what lies under the cursor there", arguments: [1.5, 3, 10])
    func anchor(factor: Double) {
        var viewport = Viewport(
            pictureWidth: 3000, pictureHeight: 3000, size: GridSize(columns: 60, rows: 30))
        let place = Position(column: 40, row: 9)
        let before = viewport.sourcePoint(at: place)
        viewport.zoom(by: factor, around: place)
        let after = viewport.sourcePoint(at: place)
        #expect(abs(before.x - after.x) < 1e-6 && abs(before.y - after.y) < 1e-6)
        #expect(viewport.position(ofX: after.x, y: after.y) == place)
        #expect(!viewport.showsWhole)
    }

    @Test("It says what a cell stands for") func scale() {
        var viewport = Viewport(
            pictureWidth: 2000, pictureHeight: 2000, size: GridSize(columns: 40, rows: 20))
        let spacing = PixelSpacing(rowMillimetres: 0.2, columnMillimetres: 0.2, plane: .detector)
        #expect(viewport.cellWidthPixels == 50)
        #expect(viewport.cellWidthMillimetres(spacing) == 10)
        #expect(viewport.shareOfDetail(partsPerCell: 2) == 2.0 / 5000)
        viewport.zoomToPixels()
        #expect(viewport.cellWidthPixels == 1)
        viewport.setZoom(1e9)
        #expect(viewport.cellWidthPixels == 0.25)
        #expect(viewport.shareOfDetail(partsPerCell: 8) == 1)
        viewport.setZoom(.nan)
        viewport.setZoom(0.1)
        #expect(viewport.zoom == 1 && viewport.showsWhole)
    }
}
