// `wetread render`: one picture as text on standard output.

import ArgumentParser
import Foundation
import Imaging
import Radiology
import Terminal

/// Prints one image as one frame of characters.
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Print an image as characters: what the workstation would show of it.",
        discussion: """
            Reads a DICOM, PNG or JPEG file. The picture is averaged to 6 x 12 samples a cell, \
            windowed (the file's own window), and each cell gets the glyph and the two greys that \
            suit it best. The same file, size and options always print the same bytes.
            """)

    /// How a picture fills the cells.
    enum Fit: String, ExpressibleByArgument, CaseIterable {
        /// Every cell is filled, whatever becomes of the proportions.
        case stretch
        /// Proportions are kept; what is left over is black.
        case aspect
    }

    /// Colours by the names of the command line.
    enum Colours: String, ExpressibleByArgument, CaseIterable {
        case truecolor
        case xterm256 = "256"
        case sixteen = "16"
        case mono

        var colour: Capabilities.Colour {
            switch self {
            case .truecolor: .direct
            case .xterm256: .xterm256
            case .sixteen: .sixteen
            case .mono: .monochrome
            }
        }
    }

    @Argument(help: "DICOM, PNG or JPEG file.")
    var file: String

    @Option(name: .customLong("cols"), help: "Columns, 1 to 1000.")
    var columns = 80

    @Option(help: "Rows, 1 to 1000.")
    var rows = 24

    @Option(help: "Glyphs: ascii, half, quadrant, blocks, sextant, octant, braille.")
    var glyphs = "blocks"

    @Option(help: "Colours: truecolor, 256 (30 greys), 16, mono.")
    var colours = Colours.xterm256

    @Option(help: "Grey levels in truecolor, 2 to 256; 64 are fewer bytes.")
    var levels = 256

    @Flag(name: .customLong("no-dither"), help: "Fit each cell on its own.")
    var noDither = false

    @Option(help: "Fill all cells (stretch) or keep the proportions (aspect).")
    var fit = Fit.aspect

    @Option(help: "What a byte is worth in squared grey levels: 30 and more for slow links.")
    var thrift: Double?

    @Option(help: "Frame of a file that has several, from 1.")
    var frame = 1

    @Option(
        name: .customLong("time"),
        help: """
            Instead of the picture, print how long it takes once the file is decoded and prepared: \
            the median and the least of so many frames.
            """)
    var timedFrames: Int?

    func validate() throws {
        guard timedFrames.map({ (1...100_000).contains($0) }) ?? true else {
            throw ValidationError("--time must be from 1 to 100000.")
        }
        guard (1...1000).contains(columns), (1...1000).contains(rows) else {
            throw ValidationError("--cols and --rows must be from 1 to 1000.")
        }
        guard Capabilities.Glyphs(rawValue: glyphs) != nil else {
            let known = Capabilities.Glyphs.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--glyphs must be one of: \(known).")
        }
        guard (2...256).contains(levels) else {
            throw ValidationError("--levels must be from 2 to 256.")
        }
        if let thrift, !(0...10_000).contains(thrift) {
            throw ValidationError("--thrift must be from 0 to 10000.")
        }
    }

    func run() throws {
        ImageMemory.returnsAtOnce()
        let size = GridSize(columns: columns, rows: rows)
        let options = PictureOptions(
            glyphs: Capabilities.Glyphs(rawValue: glyphs) ?? .blocks, colour: colours.colour,
            dithers: !noDither, levels: levels, thrift: thrift, emission: .direct)
        // Meanwhile, for decoding takes one core only.
        DispatchQueue.global().async { Picture.prepare(size: size, options: options) }
        let image = try ImageFile(contentsOf: URL(fileURLWithPath: file))
        guard (1...image.frameCount).contains(frame) else {
            throw CommandFailure(
                .usage, "there is no frame \(frame): \(image.name.inert()) has \(image.frameCount)")
        }
        let radiograph = try image.radiograph(frame: frame - 1)
        let region = region(of: radiograph, size: size)
        let pyramid = ImagePyramid(radiograph)
        guard let timedFrames else {
            return Output.write(
                Self.bytes(pyramid, region: region, size: size, options: options), to: 1)
        }
        let times = (0..<timedFrames).map { _ in
            let start = MonotonicTime.nanoseconds
            _ = Self.bytes(pyramid, region: region, size: size, options: options)
            return Double(MonotonicTime.nanoseconds - start) / 1e6
        }.sorted()
        Output.line(
            String(
                format: "median %.2f ms, least %.2f ms of %d frames", times[times.count / 2],
                times[0], times.count))
    }

    /// The bytes of a frame: samples, cells, characters.
    private static func bytes(
        _ pyramid: ImagePyramid, region: Region, size: GridSize, options: PictureOptions
    ) -> [UInt8] {
        let samples = Picture.levels(
            of: pyramid, region: region, size: size, window: pyramid.radiograph.windows[0],
            options: options)
        let cells =
            options.isFitted
            ? Picture.cells(levels: samples, size: size, options: options)
            : PictureCells(Picture.frame(levels: samples, size: size, options: options))
        return PictureWriter.lines(of: cells, colour: options.colour)
    }

    private func region(of radiograph: Radiograph, size: GridSize) -> Region {
        switch fit {
        case .stretch:
            Region(
                x: 0, y: 0, width: Double(radiograph.width), height: Double(radiograph.height))
        case .aspect:
            Viewport(
                pictureWidth: radiograph.width, pictureHeight: radiograph.height,
                pixelAspectRatio: radiograph.pixelAspectRatio, size: size
            ).region
        }
    }
}
