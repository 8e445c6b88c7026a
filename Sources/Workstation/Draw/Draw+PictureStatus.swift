// The line below the picture: window, what a cell stands for, how the picture is made.

import Foundation
import Imaging
import Radiology
import Terminal

/// A part of a status line, which may be said in fewer words where there is little room.
struct StatusPart {
    /// The words.
    private(set) var text: String
    /// Fewer words, or none, each with what it costs to have only them; ascending.
    private var shorter: [(cost: Int, text: String)]

    init(_ text: String, shorter: [(cost: Int, text: String)] = []) {
        self.text = text
        self.shorter = shorter
    }

    /// A part that gives way as a whole.
    init(_ text: String, dropCost: Int) { self.init(text, shorter: [(dropCost, "")]) }

    /// The parts in one line of `columns`: words that cost least give way first.
    static func joined(_ parts: [StatusPart], columns: Int) -> String {
        var parts = parts
        func line() -> String {
            parts.map(\.text).filter { !$0.isEmpty }.joined(separator: " · ")
        }
        while DisplayWidth.of(line()) > columns {
            let next = parts.indices.filter { !parts[$0].shorter.isEmpty }
                .min { parts[$0].shorter[0].cost < parts[$1].shorter[0].cost }
            guard let next else { break }
            parts[next].text = parts[next].shorter.removeFirst().text
        }
        return line()
    }
}

extension Canvas {
    /// Window, zoom, what one cell stands for, which image and frame: what fits, whole.
    mutating func drawPictureStatus(in line: Rectangle) {
        guard let study = model.study else { return }
        let text = StatusPart.joined(pictureStatus(study), columns: line.columns - 2)
        frame.put(
            text, at: line.position(columns: 1), style: Style(.dim), width: line.columns - 2)
    }

    private func pictureStatus(_ study: StudyState) -> [StatusPart] {
        var parts: [StatusPart] = []
        if !hasIdentityNotice, let hidden = model.hiddenFindingsWords.last {
            parts.append(StatusPart(hidden))
        }
        if let prompt = study.points.map({ $0.tool.prompt(pointsSet: $0.points.count) }) {
            parts.append(StatusPart(prompt, dropCost: 30))
        }
        if study.hasPicture, let window = study.window { parts.append(Self.part(window, study)) }
        if study.points == nil, let words = lastMeasurement(study) {
            parts.append(StatusPart(words, dropCost: 24))
        }
        if study.view.heat != .off, let finding = study.finding {
            let state = study.heat?.request == nil ? "" : " (computing)"
            parts.append(
                StatusPart("heat \(finding.pathology.shortName)\(state)", dropCost: 26))
        }
        if study.hasPicture {
            let processing = study.picture?.processing ?? PictureProcessing()
            parts += [processing.orientation.words, processing.enhancement.words]
                .map { StatusPart($0, dropCost: 28) }
            if !study.hasFinalPicture { parts.append(StatusPart("working…", dropCost: 22)) }
        }
        parts += placeParts(study)
        if let (long, short, zoom) = pictureScaleWords(in: model.picturePane) {
            parts.append(
                StatusPart(long, shorter: [(6, short), (8, short.replacing(",", with: ""))]))
            parts.append(pictureMode)
            parts.append(StatusPart(zoom, dropCost: 10))
        }
        if let detailHint {
            let share = max(Int((detailHint.share * 100).rounded()), 1)
            parts.append(
                StatusPart(
                    "zoom: detail below cell size in \(share) % of the cells",
                    shorter: [(2, "zoom: detail < cell"), (4, "")]))
        }
        let notes = pictureNotes(study).count
        if notes > 0 {
            parts.append(StatusPart("\(notes) note\(notes == 1 ? "" : "s"): r", dropCost: 2))
        }
        if let detail = study.detail, !detail.findings.isEmpty, !study.hidesAI {
            let count = "\(study.draft.decisions.count)/\(detail.findings.count)"
            parts.append(
                StatusPart(
                    "decided \(count)", shorter: [(9, "\(count) done"), (11, count), (27, "")]))
        }
        return parts
    }

    private static func part(_ window: DisplayWindow, _ study: StudyState) -> StatusPart {
        let isTable = if case .table = window.shape { true } else { false }
        let numbers = isTable ? "LUT" : "W \(number(window.width)) L \(number(window.center))"
        let inverted = study.view.isInverted ? " inverted" : ""
        return StatusPart(
            "\(numbers) \(Words.origin(window))\(inverted)",
            shorter: [(5, "\(numbers)\(inverted)"), (14, study.view.isInverted ? "inverted" : "")])
    }

    /// Which image and which frame it is.
    private func placeParts(_ study: StudyState) -> [StatusPart] {
        guard let detail = study.detail, let image = study.image else { return [] }
        var parts: [StatusPart] = []
        if detail.images.count > 1 {
            let view = image.header.viewPosition.inert()
            let place =
                "\(study.view.imageIndex + 1)/\(detail.images.count)"
                + (view.isEmpty ? "" : " \(view)")
            parts.append(StatusPart("image \(place)", shorter: [(7, place), (15, "")]))
        }
        if image.header.frameCount > 1 {
            let place = "frame \(study.view.frame + 1)/\(image.header.frameCount)"
            parts.append(StatusPart(place, dropCost: 20))
        }
        return parts
    }

    /// Whether the picture is exact or a preview, and how the error of its greys is treated.
    private var pictureMode: StatusPart {
        if pixels != nil {
            return StatusPart("\(capabilities.graphics?.kind.rawValue ?? "") pixels")
        }
        let options = pictureOptions
        if showsPreview { return StatusPart("PREVIEW, \(options.treatment)") }
        // How greys are made is never left out; that nothing is left to draw may be.
        return StatusPart(
            "exact, \(size.columns >= 120 ? options.summary : options.treatment)",
            shorter: [(12, options.treatment)])
    }

    /// What one cell stands for in pixels, millimetres and share of the detail, also in fewer
    /// words; and the magnification.
    private func pictureScaleWords(in area: Rectangle) -> (
        long: String, short: String, zoom: String
    )? {
        guard let study = model.study, let picture = study.picture,
            let viewport = study.viewport(size: area.size)
        else { return nil }
        let pixels = viewport.cellWidthPixels
        let zoom = viewport.zoom == 1 ? "fit" : String(format: "x%.1f", viewport.zoom)
        var cell =
            pixels >= 9.95 ? String(format: "%.0f px", pixels) : String(format: "%.1f px", pixels)
        var plane = ""
        if let spacing = picture.pyramid.radiograph.spacing {
            let width = viewport.cellWidthMillimetres(spacing)
            cell += String(format: width >= 9.95 ? ", %.0f mm" : ", %.1f mm", width)
            if spacing.plane == .detector { plane = " (det.)" }
        }
        let share = viewport.shareOfDetail(partsPerCell: model.partsPerCell)
        let detail =
            share >= 0.995
            ? "all" : String(format: share < 0.1 ? "%.1f %%" : "%.0f %%", share * 100)
        return ("cell \(cell)\(plane), \(detail) detail", "cell \(cell), \(detail)", zoom)
    }

    /// The last measurement of the image that is shown.
    private func lastMeasurement(_ study: StudyState) -> String? {
        guard let picture = study.picture,
            let last = study.measurements.last(where: {
                $0.image == picture.image && $0.frame == picture.frame
            })
        else { return nil }
        return last.words(
            radiograph: picture.pyramid.radiograph, orientation: picture.processing.orientation)
    }

    static func number(_ value: Double) -> String {
        abs(value) >= 100 || value == value.rounded()
            ? String(format: "%.0f", value) : String(format: "%.3g", value)
    }
}
