// How a picture is turned on the screen: quarter turns and mirroring.

/// A way to lay a picture down: mirrored left to right first where asked, then turned clockwise.
public struct Orientation: Sendable, Hashable {
    /// Quarter turns clockwise, 0...3.
    public private(set) var quarterTurns = 0
    /// True where left and right are exchanged before turning.
    public private(set) var isMirrored = false

    /// As the file has it.
    public static let upright = Orientation()

    /// Makes an orientation: upright, then as the changes say.
    public init() {}

    /// True where width and height are exchanged.
    public var exchangesSides: Bool { quarterTurns % 2 == 1 }

    /// Turned further by quarter turns clockwise (negative: the other way).
    public func rotated(quarterTurns: Int) -> Orientation {
        var result = self
        result.quarterTurns = ((self.quarterTurns + quarterTurns) % 4 + 4) % 4
        return result
    }

    /// Left and right exchanged as they stand on the screen now.
    public func mirrored() -> Orientation {
        var result = self
        result.isMirrored.toggle()
        result.quarterTurns = (4 - quarterTurns) % 4
        return result
    }

    /// Where a point of the picture as stored, of `width` x `height` pixels, stands after turning.
    public func shown(x: Double, y: Double, width: Double, height: Double) -> (x: Double, y: Double)
    {
        let first = isMirrored ? width - x : x
        switch quarterTurns {
        case 1: return (height - y, first)
        case 2: return (width - first, height - y)
        case 3: return (y, width - first)
        default: return (first, y)
        }
    }

    /// The point of the picture as stored below a point as shown; `width` x `height` as stored.
    public func stored(x: Double, y: Double, width: Double, height: Double) -> (
        x: Double, y: Double
    ) {
        let place: (x: Double, y: Double)
        switch quarterTurns {
        case 1: place = (y, height - x)
        case 2: place = (width - x, height - y)
        case 3: place = (width - y, x)
        default: place = (x, y)
        }
        return (isMirrored ? width - place.x : place.x, place.y)
    }

    /// In words for a status line; empty where nothing is turned.
    public var words: String {
        let turn = quarterTurns == 0 ? "" : "turned \(quarterTurns * 90)°"
        return [isMirrored ? "MIRRORED" : "", turn].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension Radiograph {
    /// The same picture laid down otherwise; spacing and pixel shape turn with it.
    public func oriented(_ orientation: Orientation) -> Radiograph {
        guard orientation != .upright else { return self }
        let exchanges = orientation.exchangesSides
        let (columns, rows) = exchanges ? (height, width) : (width, height)
        var turned = [Float](repeating: 0, count: values.count)
        var padding = isPadding.map { _ in [Bool](repeating: false, count: values.count) }
        for row in 0..<rows {
            for column in 0..<columns {
                let from = orientation.stored(
                    x: Double(column) + 0.5, y: Double(row) + 0.5, width: Double(width),
                    height: Double(height))
                let source = Int(from.y) * width + Int(from.x)
                turned[row * columns + column] = values[source]
                if let isPadding { padding?[row * columns + column] = isPadding[source] }
            }
        }
        let turnedSpacing = spacing.map {
            exchanges
                ? PixelSpacing(
                    rowMillimetres: $0.columnMillimetres, columnMillimetres: $0.rowMillimetres,
                    plane: $0.plane) : $0
        }
        return Radiograph(
            width: columns, height: rows, values: turned, isPadding: padding,
            spacing: turnedSpacing,
            pixelAspectRatio: exchanges ? 1 / pixelAspectRatio : pixelAspectRatio,
            showsLowValuesBright: showsLowValuesBright, windows: windows, bitsStored: bitsStored,
            notes: notes)
    }
}
