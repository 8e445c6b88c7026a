// What is laid over the picture: heat, measurements, the cross, the lens; and the prior beside it.

import Foundation
import Imaging
import Radiology
import Terminal

extension Canvas {
    // MARK: Heat

    mutating func drawHeat(
        _ study: StudyState, picture: LoadedPicture, viewport: Viewport, in area: Rectangle
    ) {
        guard study.view.heat != .off, !study.hidesAI, let heat = study.heat,
            heat.image == picture.image, let finding = study.finding,
            let field = heat.fields[finding.pathology], field.peak > 0
        else { return }
        let radiograph = picture.pyramid.radiograph
        let orientation = picture.processing.orientation
        let stored = Self.storedSize(radiograph, orientation)
        let strengths = (0..<area.rows * area.columns).map { index -> Float in
            let place = viewport.sourcePoint(
                at: Position(column: index % area.columns, row: index / area.columns))
            let point = orientation.stored(
                x: place.x, y: place.y, width: stored.width, height: stored.height)
            return field.strength(x: point.x / stored.width, y: point.y / stored.height)
        }
        var can = capabilities
        // The contour is what terminals without many colours get anyway.
        if study.view.heat == .contour { can.colour = min(can.colour, .eight) }
        frame.drawHeat(strengths, in: area, capabilities: can)
    }

    private static func storedSize(
        _ radiograph: Radiograph, _ orientation: Orientation
    ) -> (width: Double, height: Double) {
        orientation.exchangesSides
            ? (Double(radiograph.height), Double(radiograph.width))
            : (Double(radiograph.width), Double(radiograph.height))
    }

    // MARK: Points

    /// Where a point of the image stands on the screen; it may lie outside the pane.
    private func cell(
        of point: ImagePoint, picture: LoadedPicture, viewport: Viewport, in area: Rectangle
    ) -> Position {
        let orientation = picture.processing.orientation
        let stored = Self.storedSize(picture.pyramid.radiograph, orientation)
        let shown = orientation.shown(
            x: point.x, y: point.y, width: stored.width, height: stored.height)
        let place = viewport.position(ofX: shown.x, y: shown.y)
        return area.position(columns: place.column, rows: place.row)
    }

    mutating func drawMeasurements(
        _ study: StudyState, picture: LoadedPicture, viewport: Viewport, in area: Rectangle
    ) {
        let shown = study.measurements.filter {
            $0.image == picture.image && $0.frame == picture.frame
        }
        for measurement in shown {
            let cells = measurement.points.map {
                cell(of: $0, picture: picture, viewport: viewport, in: area)
            }
            for pair in stride(from: 0, to: cells.count - 1, by: 2) {
                drawLine(from: cells[pair], to: cells[pair + 1], in: area)
            }
            let words = measurement.words(
                radiograph: picture.pyramid.radiograph,
                orientation: picture.processing.orientation)
            drawLabel(words, beside: cells[cells.count - 1], in: area)
        }
    }

    private mutating func drawLine(
        from start: Position, to end: Position, in area: Rectangle
    ) {
        let steps = max(abs(end.column - start.column), abs(end.row - start.row), 1)
        // A far zoom puts the ends thousands of cells away: only what is in the pane is walked.
        guard steps < 20_000 else { return }
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            let place = Position(
                column: start.column
                    + Int((Double(end.column - start.column) * share).rounded()),
                row: start.row + Int((Double(end.row - start.row) * share).rounded()))
            guard area.contains(place) else { continue }
            let isEnd = step == 0 || step == steps
            frame[place] = Cell(isEnd ? "┼" : "·", style: Style(.overlay))
        }
    }

    private mutating func drawLabel(
        _ text: String, beside place: Position, in area: Rectangle
    ) {
        guard area.contains(place) else { return }
        let width = DisplayWidth.of(text)
        let column =
            place.column + 2 + width <= area.endColumn
            ? place.column + 2 : max(place.column - 1 - width, area.column)
        frame.put(
            text, at: Position(column: column, row: place.row), style: Style(.overlay),
            width: area.endColumn - column)
    }

    // MARK: Tools

    mutating func drawTool(
        _ study: StudyState, picture: LoadedPicture, viewport: Viewport, window: DisplayWindow,
        in area: Rectangle
    ) {
        guard let state = study.points, model.screen == .study else { return }
        let cross = area.position(columns: state.cross.column, rows: state.cross.row)
        if state.tool == .magnifier {
            drawLens(
                study, state, picture: picture, viewport: viewport, window: window, in: area)
        } else {
            for point in state.points {
                let place = cell(of: point, picture: picture, viewport: viewport, in: area)
                if area.contains(place) { frame[place] = Cell("x", style: Style(.overlay)) }
            }
            frame[cross] = Cell("┼", style: Style(.overlay))
        }
        if area.contains(cross) { frame.cursor = cross }
    }

    /// A box about the cross with what lies below it, magnified.
    private mutating func drawLens(
        _ study: StudyState, _ state: PointState, picture: LoadedPicture, viewport: Viewport,
        window: DisplayWindow, in area: Rectangle
    ) {
        let columns = min(max(area.columns * 2 / 5, 12), area.columns)
        let rows = min(max(area.rows * 2 / 5, 6), area.rows)
        let left = min(max(state.cross.column - columns / 2, 0), area.columns - columns)
        let top = min(max(state.cross.row - rows / 2, 0), area.rows - rows)
        let box = Rectangle(
            column: area.column + left, row: area.row + top, columns: columns, rows: rows)
        let inner = box.inset(columns: 1, rows: 1)
        guard !inner.isEmpty else { return }
        let place = viewport.sourcePoint(at: state.cross)
        var lens = Viewport(
            pictureWidth: viewport.pictureWidth, pictureHeight: viewport.pictureHeight,
            pixelAspectRatio: viewport.pixelAspectRatio, size: inner.size,
            cellAspect: viewport.cellAspect)
        let factor = lens.cellWidthPixels / (viewport.cellWidthPixels / state.lens)
        lens.setZoom(factor)
        lens.center(onX: place.x, y: place.y)
        frame.draw(
            Picture.frame(
                of: picture.pyramid, in: lens, window: window,
                isInverted: study.view.isInverted, options: pictureOptions),
            at: inner.origin)
        frame.box(
            box, title: String(format: "x%.1f", state.lens), style: Style(.overlay),
            titleStyle: Style(.overlay))
    }

    // MARK: Prior

    /// An earlier study: its own heading, its own colour, and the word PRIOR that never goes away.
    mutating func drawPrior(in area: Rectangle) {
        guard let study = model.study, let prior = study.prior else { return }
        let (head, pane) = area.divided(topRows: 1)
        frame.fill(head, style: Style(.prior))
        frame.put(
            "PRIOR " + Self.priorWords(prior.entry, before: study.entry), at: head.origin,
            style: Style(.prior, attributes: .bold), width: head.columns)
        guard let picture = prior.picture, let current = study.viewport(size: model.pictureSize)
        else {
            let text = prior.problem?.summary ?? "Reading the prior…"
            drawCentered([TextRun(text, Style(prior.problem == nil ? .dim : .failure))], in: pane)
            return
        }
        let viewport = Self.synchronised(picture, with: current, size: pane.size)
        let key = PictureMemo.Key(
            viewport: viewport, window: priorWindow(picture, study),
            isInverted: study.view.isInverted, options: pictureOptions)
        frame.draw(picture.memo.drawn(key, of: picture.pyramid).frame, at: pane.origin)
    }

    /// The same kind of window as on the current picture; else the prior's own.
    private func priorWindow(_ picture: LoadedPicture, _ study: StudyState) -> DisplayWindow {
        let presets = picture.presets
        guard let current = study.window, let index = study.picture?.presets.firstIndex(of: current)
        else {
            // Of the reader's making: its place and width relative to the file's first window.
            guard let own = study.picture?.presets.first, let now = study.window else {
                return presets[0]
            }
            let base = presets[0]
            let factor = own.width > 0 ? base.width / own.width : 1
            return DisplayWindow(
                shape: .linearExact(
                    center: base.center + (now.center - own.center) * factor,
                    width: max(now.width * factor, 1e-3)), origin: .reader)
        }
        let wanted = study.picture?.presets[index]
        return presets.first {
            $0.origin == wanted?.origin && $0.explanation == wanted?.explanation
        } ?? presets[0]
    }

    /// The same share of the prior as the viewport shows of the current picture.
    private static func synchronised(
        _ picture: LoadedPicture, with current: Viewport, size: GridSize
    ) -> Viewport {
        let radiograph = picture.pyramid.radiograph
        var viewport = Viewport(
            pictureWidth: radiograph.width, pictureHeight: radiograph.height,
            pixelAspectRatio: radiograph.pixelAspectRatio, size: size,
            cellAspect: current.cellAspect)
        viewport.setZoom(current.zoom)
        if current.zoom > 1 {
            viewport.center(
                onX: current.centerX / Double(current.pictureWidth) * Double(radiograph.width),
                y: current.centerY / Double(current.pictureHeight) * Double(radiograph.height))
        }
        return viewport
    }

    /// `12 Mar 2024, 20 months before, CR PA`.
    private static func priorWords(_ prior: WorklistEntry, before entry: WorklistEntry?) -> String {
        var parts = [Words.studyTime(prior.study)]
        if let now = entry.flatMap({ CalendarDay($0.study.date) }),
            let then = CalendarDay(prior.study.date)
        {
            let months = (now.year - then.year) * 12 + now.month - then.month
            parts.append(months >= 1 ? "\(months) months before" : "days before")
        }
        parts.append(Words.technique(prior))
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
