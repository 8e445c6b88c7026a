// Tools on the picture: points, lens, heat map, prior, coverage.

import Foundation
import Imaging
import Radiology
import Terminal

// MARK: Points

extension Model {
    /// Puts a tool in the hand, the cross in the middle of the picture.
    mutating func take(_ tool: PointTool) -> [Effect] {
        let pane = pictureSize
        study?.points = PointState(
            tool: tool, cross: Position(column: pane.columns / 2, row: pane.rows / 2))
        return []
    }

    mutating func dropTool() -> [Effect] {
        study?.points = nil
        return []
    }

    mutating func moveCross(columns: Int, rows: Int) -> [Effect] {
        guard let cross = study?.points?.cross else { return [] }
        let pane = pictureSize
        study?.points?.cross = Position(
            column: min(max(cross.column + columns, 0), max(pane.columns - 1, 0)),
            row: min(max(cross.row + rows, 0), max(pane.rows - 1, 0)))
        return []
    }

    /// The point of the image as stored below a cell of the picture pane; nil outside the image.
    func imagePoint(at cell: Position) -> ImagePoint? {
        guard let study, let picture = study.picture,
            let viewport = study.viewport(size: pictureSize)
        else { return nil }
        let place = viewport.sourcePoint(at: cell)
        let radiograph = picture.pyramid.radiograph
        guard place.x >= 0, place.y >= 0, place.x <= Double(radiograph.width),
            place.y <= Double(radiograph.height)
        else { return nil }
        let orientation = picture.processing.orientation
        let exchanged = orientation.exchangesSides
        let stored = orientation.stored(
            x: place.x, y: place.y,
            width: Double(exchanged ? radiograph.height : radiograph.width),
            height: Double(exchanged ? radiograph.width : radiograph.height))
        return ImagePoint(x: stored.x, y: stored.y)
    }

    /// Sets a point at the cross; the last one ends the tool.
    mutating func setPoint() -> [Effect] {
        guard let state = study?.points else { return [] }
        if state.tool == .magnifier { return dropTool() }
        guard let point = imagePoint(at: state.cross) else {
            show(Notice(.warning, "the cross lies outside the image"))
            return []
        }
        study?.points?.points.append(point)
        guard let points = study?.points?.points, points.count == state.tool.pointCount else {
            return []
        }
        study?.points = nil
        return finish(state.tool, points)
    }

    private mutating func finish(_ tool: PointTool, _ points: [ImagePoint]) -> [Effect] {
        switch tool {
        case .magnifier: break
        case .region: showRegion(points[0], points[1])
        case .ruler, .cardiothoracicRatio: measure(tool, points)
        }
        return []
    }

    private mutating func measure(_ tool: PointTool, _ points: [ImagePoint]) {
        guard let study, let picture = study.picture else { return }
        let measurement = Measurement(
            kind: tool == .ruler ? .length : .cardiothoracicRatio, image: picture.image,
            frame: picture.frame, points: points)
        self.study?.measurements.append(measurement)
        let words = measurement.words(
            radiograph: picture.pyramid.radiograph, orientation: picture.processing.orientation)
        var error = ""
        if let viewport = study.viewport(size: pictureSize) {
            error = String(format: "; a point is good to a cell, %.0f px", viewport.cellWidthPixels)
        }
        show(Notice(.information, words + error))
    }

    private mutating func showRegion(_ first: ImagePoint, _ second: ImagePoint) {
        guard let study, let picture = study.picture, var viewport = study.view.viewport else {
            return
        }
        let orientation = picture.processing.orientation
        let radiograph = picture.pyramid.radiograph
        let exchanged = orientation.exchangesSides
        let width = Double(exchanged ? radiograph.height : radiograph.width)
        let height = Double(exchanged ? radiograph.width : radiograph.height)
        let ends = [first, second].map {
            orientation.shown(x: $0.x, y: $0.y, width: width, height: height)
        }
        let across = max(abs(ends[1].x - ends[0].x), 1)
        let down = max(abs(ends[1].y - ends[0].y), 1)
        let factor = min(
            viewport.region.width / across, viewport.region.height / down)
        viewport.setZoom(viewport.zoom * factor)
        viewport.center(onX: (ends[0].x + ends[1].x) / 2, y: (ends[0].y + ends[1].y) / 2)
        self.study?.view.viewport = viewport
    }

    mutating func changeLens(_ factor: Double) -> [Effect] {
        guard let state = study?.points, state.tool == .magnifier else { return zoom(by: factor) }
        study?.points?.lens = min(max(state.lens * factor, 1.5), 32)
        return []
    }

    /// Removes the last measurement of the image that is shown.
    mutating func removeMeasurement() -> [Effect] {
        let image = study?.image?.id
        guard let last = study?.measurements.lastIndex(where: { $0.image == image }) else {
            show(Notice(.information, "there is no measurement on this image"))
            return []
        }
        study?.measurements.remove(at: last)
        return []
    }
}

// MARK: Heat map

extension Model {
    /// Why no heat map can be shown; nil where one can.
    var heatObstacle: String? {
        if let pictureObstacle { return pictureObstacle }
        if study?.hidesAI == true { return Self.impressionObstacle }
        guard let detail = study?.detail, detail.analysis != nil, detail.failure == nil else {
            return "there is no analysis"
        }
        guard let card = detail.modelCard else {
            return "the model of this analysis is not installed here"
        }
        return card.hasHeatMaps
            ? nil : "this model does not end in an average of places, so it has no exact map"
    }

    /// The next way to show the selected finding's heat map: colour, contour, none.
    mutating func nextHeat() -> [Effect] {
        guard let study, let image = study.image else { return [] }
        self.study?.view.heat = study.view.heat.next
        if study.heat?.image == image.id, study.heat?.problem == nil {
            noteHeat()
            return []
        }
        let request = requests.ask(.heat(study.id))
        self.study?.heat = HeatState(image: image.id, request: request)
        return [.loadHeat(study.id, image.id, frame: study.view.frame, request: request)]
    }

    /// Says what the map on the screen means, or why there is nothing on it.
    mutating func noteHeat() {
        guard let study, study.view.heat != .off, let finding = study.finding else { return }
        guard let field = study.heat?.fields[finding.pathology] else { return }
        let name = finding.pathology.displayName
        let places = "\(field.columns)x\(field.rows) places, not an outline"
        let text =
            field.peak > 0
            ? "heat: where \(name) argues for itself, of its own peak; \(places)"
            : "no place of the image argues for \(name)"
        show(Notice(.information, text))
    }
}

// MARK: Priors

extension Model {
    /// Why no prior can be laid beside; nil where one can.
    var priorObstacle: String? {
        guard let detail = study?.detail else { return "the study is still loading" }
        if detail.priors.isEmpty { return "there is no earlier study of this patient here" }
        if size.columns >= 100 || study?.prior != nil || study?.isPictureAlone == true {
            return nil
        }
        let key = keyLabel(of: "picture-alone", in: .study)
        return "two pictures and the findings need 100 columns; \(key) hides the findings"
    }

    /// The newest prior beside the study, then older ones, then none.
    mutating func nextPrior() -> [Effect] {
        guard let study, let priors = study.detail?.priors else { return [] }
        let shown = study.prior.flatMap { prior in
            priors.firstIndex { $0.id == prior.entry.id }
        }
        let next = shown.map { $0 + 1 } ?? 0
        guard priors.indices.contains(next) else {
            self.study?.prior = nil
            return []
        }
        let request = requests.ask(.prior(priors[next].id))
        self.study?.prior = PriorState(entry: priors[next], request: request)
        return [.loadPrior(priors[next].id, request: request)]
    }

    /// Takes a prior from the records, and asks for the image that matches the one on the screen.
    mutating func showPrior(_ detail: StudyDetail) -> [Effect] {
        study?.prior?.detail = detail
        let view = study?.image?.header.viewPosition
        let image = detail.images.first { $0.header.viewPosition == view } ?? detail.images.first
        guard let image else {
            study?.prior?.problem = Problem(summary: "the prior has no image that can be shown")
            return []
        }
        let request = requests.ask(.image(detail.id))
        study?.prior?.pictureRequest = request
        return [
            .loadImage(
                detail.id, image.id, frame: 0, processing: PictureProcessing(), request: request)
        ]
    }
}

// MARK: Coverage

extension Model {
    /// Notes what is on the screen as seen; called once a second.
    mutating func noteCoverage() {
        guard let study, overlay == nil, study.hasFinalPicture, let picture = study.picture,
            screen == .study || screen == .signOff,
            let viewport = study.viewport(size: pictureSize), viewport.size == pictureSize
        else { return }
        if screen == .signOff,
            SignOffLayout(size: size, rowCount: signOffRows.count).picture.isEmpty
        {
            return
        }
        let parts = partsPerCell
        self.study?.coverage[picture.image, default: Coverage()].note(
            viewport, orientation: picture.processing.orientation, partsPerCell: parts)
    }
}

extension StudyState {
    /// What was never on the screen at better than the overview, in words; nil where all was.
    ///
    /// - Parameters:
    ///   - pane: the cells of the picture pane, which say what the overview shows.
    func unseenWords(pane: GridSize, capabilities: Capabilities) -> String? {
        guard let images = detail?.images, !images.isEmpty else { return nil }
        let words = images.enumerated().compactMap { index, image -> String? in
            let what = unseenWords(of: image, pane: pane, capabilities: capabilities)
            let name = images.count == 1 ? "" : "image \(index + 1): "
            return what.map { name + $0 }
        }
        return words.isEmpty ? nil : words.joined(separator: "; ")
    }

    private func unseenWords(
        of image: StudyImage, pane: GridSize, capabilities: Capabilities
    ) -> String? {
        guard let coverage = coverage[image.id] else { return "never on the screen for a second" }
        let overview = overviewScale(image, pane: pane, capabilities: capabilities)
        // An overview that shows every pixel needs no magnification.
        guard overview > 1 else { return nil }
        let zones = coverage.zonesUnseen(finerThan: overview)
        if zones.isEmpty { return nil }
        if zones.count == 9 {
            let dot = String(format: "%.0f", overview)
            return
                "only the overview was seen, nothing magnified: \(dot) x \(dot) image pixels were "
                + "one dot on the screen"
        }
        return "at no more than the overview: " + zones.joined(separator: ", ")
    }

    /// Source pixels to a part of a cell when the whole of an image is shown.
    func overviewScale(
        _ image: StudyImage, pane: GridSize, capabilities: Capabilities
    ) -> Double {
        let whole = Viewport(
            pictureWidth: image.header.columns, pictureHeight: image.header.rows, size: pane,
            cellAspect: capabilities.cellAspect)
        return Coverage.scale(
            of: whole, partsPerCell: PictureOptions(capabilities).partsPerCell)
    }
}
