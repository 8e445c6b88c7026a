// Plots as SVG, by hand: a page that needs nothing else.

import Foundation

/// A square or wide plot with axes, written as SVG text.
struct SVGPlot {
    let width: Double
    let height: Double
    let xRange: ClosedRange<Double>
    let yRange: ClosedRange<Double>
    private let margin = (left: 56.0, right: 16.0, top: 30.0, bottom: 44.0)
    private var body = ""

    /// Colours that differ without colour vision (Okabe and Ito).
    static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]

    init(
        width: Double, height: Double, x xRange: ClosedRange<Double>, y yRange: ClosedRange<Double>
    ) {
        self.width = width
        self.height = height
        self.xRange = xRange
        self.yRange = yRange
    }

    static func colour(_ index: Int) -> String { colours[index % colours.count] }

    private func place(_ x: Double, _ y: Double) -> String {
        "\(Self.text(horizontal(x))),\(Self.text(vertical(y)))"
    }

    private func horizontal(_ x: Double) -> Double {
        let share = (x - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
        return margin.left + share * (width - margin.left - margin.right)
    }

    private func vertical(_ y: Double) -> Double {
        let share = (y - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
        return height - margin.bottom - share * (height - margin.top - margin.bottom)
    }

    static func text(_ value: Double) -> String { String(format: "%.2f", value) }

    /// A line through points.
    mutating func line(
        _ points: [(Double, Double)], colour: String, width: Double = 2, isDashed: Bool = false,
        opacity: Double = 1
    ) {
        let places = points.map { place($0.0, $0.1) }.joined(separator: " ")
        let dash = isDashed ? " stroke-dasharray=\"5 4\"" : ""
        body += "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(colour)\" "
        body += "stroke-width=\"\(width)\" opacity=\"\(opacity)\"\(dash)/>\n"
    }

    /// A filled area between two edges.
    mutating func band(_ lower: [(Double, Double)], _ upper: [(Double, Double)], colour: String) {
        let places = (lower + upper.reversed()).map { place($0.0, $0.1) }.joined(separator: " ")
        body += "<polygon points=\"\(places)\" fill=\"\(colour)\" opacity=\"0.15\"/>\n"
    }

    /// A dot.
    mutating func dot(_ x: Double, _ y: Double, colour: String, radius: Double = 4) {
        body += "<circle cx=\"\(Self.text(horizontal(x)))\" cy=\"\(Self.text(vertical(y)))\" "
        body += "r=\"\(radius)\" fill=\"\(colour)\"/>\n"
    }

    /// A text at a place of the plot.
    mutating func label(_ text: String, x: Double, y: Double, anchor: String = "start") {
        body += "<text x=\"\(Self.text(horizontal(x)))\" y=\"\(Self.text(vertical(y) + 4))\" "
        body += "text-anchor=\"\(anchor)\">\(HTMLText.escaped(text))</text>\n"
    }

    /// The names of lines with their colours, in the lower right.
    mutating func legend(_ names: [String]) {
        for (index, name) in names.enumerated() {
            let y = height - margin.bottom - 12 - Double(names.count - 1 - index) * 18
            let x = width - margin.right - 170
            body += "<rect x=\"\(x)\" y=\"\(y - 9)\" width=\"14\" height=\"10\" "
            body += "fill=\"\(Self.colour(index))\"/>\n<text x=\"\(x + 20)\" y=\"\(y)\">"
            body += "\(HTMLText.escaped(name))</text>\n"
        }
    }

    /// The whole picture, with ticks (positions and texts) and titles of the axes.
    func written(
        title: String, x xTitle: String, y yTitle: String, xTicks: [Double], yTicks: [Double]
    ) -> String {
        var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
        text += "width=\"\(width)\" height=\"\(height)\" role=\"img\" font-size=\"12\" "
        text += "font-family=\"sans-serif\">\n<title>\(HTMLText.escaped(title))</title>\n"
        text += "<text x=\"\(width / 2)\" y=\"18\" text-anchor=\"middle\" font-size=\"14\">"
        text += "\(HTMLText.escaped(title))</text>\n"
        let (left, right) = (margin.left, width - margin.right)
        let (top, bottom) = (margin.top, height - margin.bottom)
        text += "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(right - left)\" "
        text += "height=\"\(bottom - top)\" fill=\"none\" stroke=\"#888\"/>\n"
        for tick in xTicks {
            let x = Self.text(horizontal(tick))
            text += "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(bottom)\" y2=\"\(bottom + 5)\" "
            text += "stroke=\"#888\"/><text x=\"\(x)\" y=\"\(bottom + 18)\" "
            text += "text-anchor=\"middle\">\(Self.tick(tick))</text>\n"
        }
        for tick in yTicks {
            let y = Self.text(vertical(tick))
            text += "<line x1=\"\(left - 5)\" x2=\"\(left)\" y1=\"\(y)\" y2=\"\(y)\" "
            text += "stroke=\"#888\"/><text x=\"\(left - 8)\" y=\"\(y)\" dy=\"4\" "
            text += "text-anchor=\"end\">\(Self.tick(tick))</text>\n"
        }
        text += "<text x=\"\(width / 2)\" y=\"\(height - 8)\" text-anchor=\"middle\">"
        text += "\(HTMLText.escaped(xTitle))</text>\n"
        text += "<text transform=\"translate(14 \(height / 2)) rotate(-90)\" "
        text += "text-anchor=\"middle\">\(HTMLText.escaped(yTitle))</text>\n"
        return text + body + "</svg>\n"
    }

    private static func tick(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return FigureOfMerit.text(rounded == 0 ? 0 : rounded)
    }

    /// About five round ticks within a range.
    static func ticks(_ range: ClosedRange<Double>) -> [Double] {
        let span = range.upperBound - range.lowerBound
        guard span > 0, span.isFinite else { return [] }
        let raw = span / 5
        let power = pow(10, floor(log10(raw)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? raw
        let first = (range.lowerBound / step).rounded(.up)
        let last = (range.upperBound / step).rounded(.down)
        guard last >= first, last - first < 50 else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }
}

/// Text made safe for HTML and SVG.
enum HTMLText {
    /// The text with markup characters escaped and control characters replaced.
    static func escaped(_ text: String, keepsNewlines: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default:
                let isControl =
                    scalar.properties.generalCategory == .control
                    && !(keepsNewlines && scalar == "\n")
                result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }
}
