// A picture until the room Terminal brings its own.

import Imaging
import Terminal

struct Viewport: Sendable, Equatable {
    var zoom = 1.0
    var centerX = 0.5
    var centerY = 0.5
}

extension Canvas {
    mutating func drawPicturePane(in area: Rectangle) {
        guard let study = model.study, let picture = study.picture, study.hasPicture,
            let window = study.window
        else { return }
        let radiograph = picture.pyramid.radiograph
        let plane = picture.pyramid.sample(
            Region(
                x: 0, y: 0, width: Double(radiograph.width), height: Double(radiograph.height)),
            columns: area.columns, rows: area.rows * 2)
        let values = plane.displayValues(
            window: window, showsLowValuesBright: study.showsLowValuesBright)
        for row in 0..<area.rows {
            for column in 0..<area.columns {
                let top = UInt8(values[2 * row * area.columns + column])
                let bottom = UInt8(values[(2 * row + 1) * area.columns + column])
                frame[area.position(columns: column, rows: row)] = Cell(
                    "▀", style: Style(foreground: .grey(top), background: .grey(bottom)))
            }
        }
    }

    func pictureScaleWords(in area: Rectangle) -> [String] { ["fit"] }
}

extension Model {
    var pictureObstacle: String? { study?.hasPicture == true ? nil : "there is no picture yet" }
    mutating func zoom(by factor: Double) -> [Effect] { [] }
    mutating func fitPicture() -> [Effect] { [] }
    mutating func showOneToOne() -> [Effect] { [] }
    mutating func pan(columns: Int, rows: Int) -> [Effect] { [] }
}
