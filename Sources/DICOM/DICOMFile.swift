// A DICOM image: its header, its pixels, and the radiograph that they make.

import Foundation
import Imaging
import Radiology

/// A DICOM file that holds a picture (or several frames).
///
/// Making one checks the header against itself and against the amount of pixel data; frames are
/// decoded when they are asked for. Safe to use from several threads.
public struct DICOMFile: Sendable {
    /// The parsed attributes.
    public let dataSet: DICOMDataSet
    /// How the pixels are laid out.
    public let pixelFormat: PixelFormat
    /// Patient, study, series and image.
    public let header: ImageHeader
    /// What had to be assumed, mended or left out in the header, in sentences.
    public let notes: [String]

    private let reader: FrameReader

    /// Parses the bytes of a file; they are not needed afterwards.
    /// - Parameter name: the last component of the path, for messages.
    public init(bytes: [UInt8], name: String) throws(DICOMError) {
        try self.init(DICOMDataSet(bytes: bytes, name: name))
    }

    /// Reads and parses a file.
    public init(contentsOf url: URL) throws(DICOMError) {
        try self.init(DICOMDataSet(contentsOf: url))
    }

    /// Takes parsed attributes for an image.
    public init(_ dataSet: DICOMDataSet) throws(DICOMError) {
        self.dataSet = dataSet
        let file = dataSet.name
        if let kind = dataSet.nonImageKind { throw .notAnImage(file: file, kind: kind) }
        let elements = dataSet.elements
        if dataSet.transferSyntax.pixelCoding == .unsupported {
            throw .unsupportedTransferSyntax(file: file, name: dataSet.transferSyntax.name)
        }
        if elements.element(.floatPixelData) != nil
            || elements.element(.doubleFloatPixelData) != nil
        {
            throw .unsupportedPixels(file: file, detail: "floating-point pixels")
        }
        guard let pixelData = elements.element(.pixelData),
            pixelData.length > 0 || pixelData.isEncapsulated
        else { throw .noPixelData(file: file) }
        if pixelData.isEncapsulated && dataSet.transferSyntax.pixelCoding == .native {
            throw .noTransferSyntax(file: file)
        }
        var formatReader = PixelFormatReader(scope: dataSet.scope, file: file)
        let format = try formatReader.read(transferSyntax: dataSet.transferSyntax)
        pixelFormat = format
        reader = try FrameReader(
            elements: elements, pixelData: pixelData, format: format, file: file)
        var doubts = TextDoubts()
        header = Self.header(dataSet, format, doubts: &doubts)
        notes = dataSet.notes + formatReader.notes + reader.notes + doubts.sentences
    }

    /// Number of frames, at least 1.
    public var frameCount: Int { pixelFormat.frameCount }

    /// True where the first bytes of a file may be those of a DICOM file.
    /// - Parameter bytes: at least the first 512 bytes, or all of a smaller file.
    public static func looksLikeDICOM(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        DICOMDataSet.looksLikeDICOM(bytes)
    }

    /// All attributes in file order.
    public func attributes() -> [DICOMAttribute] { dataSet.attributes() }

    /// Exact stored values of one frame, before any transform.
    /// - Parameter frame: from 0.
    public func storedPixels(frame: Int) throws(DICOMError) -> StoredPixels {
        try reader.decoded(frame).pixels
    }

    /// Modality values of one frame in Double; of a colour picture its grey.
    /// - Parameter frame: from 0.
    public func modalityValues(frame: Int) throws(DICOMError) -> [Double] {
        let decoded = try reader.decoded(frame)
        if pixelFormat.isMonochrome {
            var notes: [String] = []
            return try modalityTransform(frame: frame, notes: &notes)
                .values(decoded.pixels, as: Double.self)
        }
        return try greyOfColour(decoded).values.map { Double($0) }
    }

    func modalityTransform(
        frame: Int, notes: inout [String]
    ) throws(DICOMError) -> ModalityTransform {
        try ModalityTransform(
            scopes: FrameScopes(dataSet.scope, frame: frame), isSigned: pixelFormat.isSigned,
            file: dataSet.name, notes: &notes)
    }

    /// The frame as a radiograph: modality values, windows, polarity, padding, spacing, notes.
    /// - Parameter frame: from 0.
    public func radiograph(frame: Int) throws(DICOMError) -> Radiograph {
        let decoded = try reader.decoded(frame)
        return pixelFormat.isMonochrome
            ? try monochrome(decoded.pixels, frame: frame) : try colour(decoded, frame: frame)
    }

    private func monochrome(_ stored: StoredPixels, frame: Int) throws(DICOMError) -> Radiograph {
        var found: [String] = []
        let transform = try modalityTransform(frame: frame, notes: &found)
        var display = DisplayAttributes(
            scopes: FrameScopes(dataSet.scope, frame: frame), text: dataSet.text)
        let values = transform.values(stored, as: Float.self)
        var padding: [Bool]?
        if let range = display.paddingRange(pixelFormat) {
            let marks = stored.mapped(RangeMarks(range: range))
            padding = marks.isEmpty ? nil : marks
        }
        let range: ClosedRange<Double>
        if let shown = Self.range(of: values, except: padding) {
            range = shown
        } else {
            found.append("All pixels are marked as padding; the marks are ignored.")
            padding = nil
            range = Self.range(of: values, except: nil) ?? 0...0
        }
        let windows = display.windows(isSigned: range.lowerBound < 0)
        let belonging = display.belonging(windows, to: range)
        let geometry = display.geometry(modality: header.image.modality)
        display.noteOmissions()
        return Radiograph(
            width: pixelFormat.columns, height: pixelFormat.rows, values: values,
            isPadding: padding, spacing: geometry.spacing, pixelAspectRatio: geometry.aspectRatio,
            showsLowValuesBright: display.showsLowValuesBright(pixelFormat), windows: belonging,
            bitsStored: pixelFormat.bitsStored, notes: notes + found + display.notes + lossNotes)
    }

    private func colour(_ decoded: DecodedFrame, frame: Int) throws(DICOMError) -> Radiograph {
        let grey = try greyOfColour(decoded)
        var display = DisplayAttributes(
            scopes: FrameScopes(dataSet.scope, frame: frame), text: dataSet.text)
        let geometry = display.geometry(modality: header.image.modality)
        display.noteOmissions()
        let top = Double((1 << min(grey.bits, 32)) - 1)
        let whole = DisplayWindow(
            shape: .linearExact(center: top / 2, width: top), explanation: "full range",
            origin: .automatic)
        let note =
            "The picture is in colour (\(pixelFormat.photometricInterpretation)); "
            + "it is shown as grey."
        return Radiograph(
            width: pixelFormat.columns, height: pixelFormat.rows, values: grey.values,
            spacing: geometry.spacing, pixelAspectRatio: geometry.aspectRatio, windows: [whole],
            bitsStored: grey.bits, notes: [note] + notes + display.notes + lossNotes)
    }

    private func greyOfColour(
        _ decoded: DecodedFrame
    ) throws(DICOMError) -> (values: [Float], bits: Int) {
        let name = pixelFormat.photometricInterpretation
        if name == "PALETTE COLOR" {
            if let palette = ColourAsGrey.palette(dataSet.scope) {
                return (ColourAsGrey.values(decoded.pixels, palette: palette), palette.bits)
            }
            throw .unsupportedPixels(
                file: dataSet.name, detail: "a colour palette that is incomplete")
        }
        let values = ColourAsGrey.values(
            decoded.pixels, isLumaFirst: decoded.isLumaFirst,
            isPartial: name.hasPrefix("YBR_PARTIAL"))
        return (values, pixelFormat.bitsStored)
    }

    private var lossNotes: [String] {
        let syntax = pixelFormat.transferSyntax
        // Lossy Image Compression (0028,2110), where the syntax alone does not decide.
        let marked = dataSet.scope.plainString(DICOMTag(0x0028, 0x2110))
        let isLossless = !syntax.isLossy || (marked == "00" && syntax.mayBeLossless)
        guard marked == "01" || !isLossless else { return [] }
        return ["The picture was compressed with loss."]
    }

    /// Least and greatest value outside padding; nil where all is padding.
    private static func range(of values: [Float], except padding: [Bool]?) -> ClosedRange<Double>? {
        var low = Float.infinity
        var high = -Float.infinity
        if let padding {
            for (value, isPadding) in zip(values, padding) where !isPadding {
                low = value < low ? value : low
                high = value > high ? value : high
            }
        } else {
            (low, high) = ends(of: values)
        }
        return low <= high ? Double(low)...Double(high) : nil
    }

    /// Least and greatest value, sixteen at a time.
    private static func ends(of values: [Float]) -> (low: Float, high: Float) {
        values.withUnsafeBytes { raw in
            var lows = SIMD16<Float>(repeating: .infinity)
            var highs = SIMD16<Float>(repeating: -.infinity)
            let width = MemoryLayout<SIMD16<Float>>.size
            let whole = raw.count / width
            for index in 0..<whole {
                let next = raw.loadUnaligned(fromByteOffset: index * width, as: SIMD16<Float>.self)
                lows.replace(with: next, where: next .< lows)
                highs.replace(with: next, where: next .> highs)
            }
            var low = lows.min()
            var high = highs.max()
            for value in values[(whole * 16)...] {
                low = value < low ? value : low
                high = value > high ? value : high
            }
            return (low, high)
        }
    }
}

extension PixelFormat {
    /// True where stored values are grey.
    var isMonochrome: Bool { photometricInterpretation.hasPrefix("MONOCHROME") }
}
