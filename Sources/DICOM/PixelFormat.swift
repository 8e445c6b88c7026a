// The Image Pixel module (PS3.3 C.7.6.3), read and held against its own rules.

/// How the pixels of an image are laid out, as its header says.
public struct PixelFormat: Sendable, Equatable {
    /// Rows of one frame, 1...65535.
    public internal(set) var rows: Int
    /// Columns of one frame, 1...65535.
    public internal(set) var columns: Int
    /// Number of frames, at least 1.
    public internal(set) var frameCount: Int
    /// Samples Per Pixel: 1, or 3 for colour.
    public internal(set) var samplesPerPixel: Int
    /// Bits Allocated: 1, 8, 16 or 32.
    public internal(set) var bitsAllocated: Int
    /// Bits Stored, 1...`bitsAllocated`.
    public internal(set) var bitsStored: Int
    /// High Bit, `bitsStored - 1`...`bitsAllocated - 1`.
    public internal(set) var highBit: Int
    /// Pixel Representation: true for two's complement.
    public internal(set) var isSigned: Bool
    /// Photometric Interpretation, as in the file (`MONOCHROME2` where an old file has none).
    public internal(set) var photometricInterpretation: String
    /// True where colour lies plane after plane.
    public internal(set) var isPlanar: Bool
    /// The transfer syntax: from the meta header, or as found out without one.
    public internal(set) var transferSyntax: TransferSyntax

    /// Pixels of one frame.
    public var pixelCount: Int { rows * columns }

    /// Bytes of one uncompressed frame, before the rounding of single bits.
    var frameBitCount: Int {
        // PS3.3 C.7.6.3.1.2: two luma samples share one pair of chroma samples.
        let samples = isSubsampled ? 2 : samplesPerPixel
        return pixelCount * samples * bitsAllocated
    }

    /// True for uncompressed pixels with halved chroma.
    var isSubsampled: Bool {
        samplesPerPixel == 3 && photometricInterpretation.hasSuffix("_422")
            && !transferSyntax.isCompressed
    }

    /// Bytes of a sample in memory.
    var bytesPerSample: Int { max(1, bitsAllocated / 8) }
}

extension TransferSyntax {
    /// True where frames are compressed one by one.
    var isCompressed: Bool {
        switch pixelCoding {
        case .native, .encapsulatedNative: false
        case .rle, .jpeg, .jpegLS, .jpeg2000, .unsupported: true
        }
    }
}

/// The greatest sizes that are read.
enum PixelLimits {
    static let side = 65535
    /// An uncompressed frame's size is checked against the file's, so it may be large.
    static let pixelsPerFrame = 1 << 28
    /// A compressed frame can claim much and hold little.
    static let pixelsPerCompressedFrame = 1 << 27
    static let bytesInAll = 4 << 30
    static let frames = 1 << 20
}

/// Reads a `PixelFormat` and says what had to be assumed.
struct PixelFormatReader {
    let scope: ElementScope
    let file: String
    var notes: [String] = []

    init(scope: ElementScope, file: String) {
        self.scope = scope
        self.file = file
    }

    mutating func read(transferSyntax: TransferSyntax) throws(DICOMError) -> PixelFormat {
        let rows = try side(.rows, "Rows")
        let columns = try side(.columns, "Columns")
        let frames = try frameCount()
        let samples = try number(.samplesPerPixel, "Samples Per Pixel", otherwise: 1)
        var photometric = scope.plainString(.photometricInterpretation).uppercased()
        if photometric.isEmpty {
            photometric = samples == 1 ? "MONOCHROME2" : "RGB"
            notes.append(
                "The file does not name its photometric interpretation; \(photometric) is assumed.")
        }
        let allocated = try number(.bitsAllocated, "Bits Allocated", otherwise: nil)
        let stored = try number(.bitsStored, "Bits Stored", otherwise: allocated)
        let highBit = try number(.highBit, "High Bit", otherwise: stored - 1)
        let representation = try number(.pixelRepresentation, "Pixel Representation", otherwise: 0)
        let planar =
            samples > 1 ? try number(.planarConfiguration, "Planar Configuration", otherwise: 0) : 0
        let format = PixelFormat(
            rows: rows, columns: columns, frameCount: frames, samplesPerPixel: samples,
            bitsAllocated: allocated, bitsStored: stored, highBit: highBit,
            isSigned: representation == 1, photometricInterpretation: photometric,
            isPlanar: planar == 1, transferSyntax: transferSyntax)
        try checkBits(format, representation: representation)
        try checkKind(format)
        try checkSize(format)
        return format
    }

    private func side(_ tag: DICOMTag, _ name: String) throws(DICOMError) -> Int {
        switch scope.integer(tag) {
        case .value(let value) where (1...PixelLimits.side).contains(value): return value
        case .value(let value):
            throw .dimensions(
                file: file, detail: "\(name) \(tag) is \(value); 1 to 65535 is expected")
        case .absent:
            throw .dimensions(file: file, detail: "\(name) \(tag) has no value")
        case .invalid(let text):
            throw .attribute(file: file, tag: tag, name: name, found: "`\(text)`")
        }
    }

    private func frameCount() throws(DICOMError) -> Int {
        switch scope.integer(.numberOfFrames) {
        case .value(let value) where value <= 0: return 1
        case .value(let value) where value > PixelLimits.frames:
            throw .dimensions(
                file: file,
                detail: "Number of Frames \(DICOMTag.numberOfFrames) is \(value); at most "
                    + "\(PixelLimits.frames) are read")
        case .value(let value): return value
        case .absent: return 1
        case .invalid(let text):
            throw .attribute(
                file: file, tag: .numberOfFrames, name: "Number of Frames", found: "`\(text)`")
        }
    }

    private func number(
        _ tag: DICOMTag, _ name: String, otherwise fallback: Int?
    ) throws(DICOMError) -> Int {
        switch scope.integer(tag) {
        case .value(let value): return value
        case .absent:
            guard let fallback else {
                throw .bits(file: file, detail: "\(name) \(tag) has no value")
            }
            return fallback
        case .invalid(let text):
            throw .attribute(file: file, tag: tag, name: name, found: "`\(text)`")
        }
    }

    /// PS3.5 8.1.1: stored bits lie within the allocated ones, below the high bit.
    private func checkBits(_ format: PixelFormat, representation: Int) throws(DICOMError) {
        let allocated = format.bitsAllocated
        guard [1, 8, 16, 32].contains(allocated) else {
            throw .bits(
                file: file,
                detail:
                    "Bits Allocated \(DICOMTag.bitsAllocated) is \(allocated); 1, 8, 16 or 32 is "
                    + "read"
            )
        }
        guard (1...allocated).contains(format.bitsStored) else {
            throw .bits(
                file: file,
                detail: "Bits Stored \(DICOMTag.bitsStored) is \(format.bitsStored) but Bits "
                    + "Allocated \(DICOMTag.bitsAllocated) is \(allocated); stored must not exceed "
                    + "allocated (PS3.5 8.1.1)")
        }
        guard (format.bitsStored - 1...allocated - 1).contains(format.highBit) else {
            throw .bits(
                file: file,
                detail: "High Bit \(DICOMTag.highBit) is \(format.highBit) with Bits Stored "
                    + "\(format.bitsStored) of \(allocated); \(format.bitsStored - 1) is expected")
        }
        guard representation == 0 || representation == 1 else {
            throw .bits(
                file: file,
                detail: "Pixel Representation \(DICOMTag.pixelRepresentation) is "
                    + "\(representation); 0 or 1 is expected")
        }
    }

    private func checkKind(_ format: PixelFormat) throws(DICOMError) {
        let name = format.photometricInterpretation
        let samples = format.samplesPerPixel
        let expected: Int
        switch name {
        case "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR": expected = 1
        case "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT",
            "YBR_RCT":
            expected = 3
        default:
            throw .unsupportedPixels(
                file: file, detail: "Photometric Interpretation `\(name.prefix(16))`")
        }
        guard samples == expected else {
            throw .attribute(
                file: file, tag: .samplesPerPixel, name: "Samples Per Pixel",
                found: "\(samples) with \(name)")
        }
        // PS3.3 knows colour of 8 and 16 bits only; the byte planes of RLE leave no doubt about
        // the order of wider samples, uncompressed ones do.
        if samples == 3 && format.bitsAllocated == 32 && format.transferSyntax.pixelCoding != .rle {
            throw .unsupportedPixels(file: file, detail: "colour of 32 bits a sample")
        }
        if samples == 3 && (format.bitsAllocated == 1 || format.isSigned) {
            throw .unsupportedPixels(file: file, detail: "colour of 1 bit or with signs")
        }
    }

    private func checkSize(_ format: PixelFormat) throws(DICOMError) {
        let limit =
            format.transferSyntax.isCompressed
            ? PixelLimits.pixelsPerCompressedFrame : PixelLimits.pixelsPerFrame
        guard format.pixelCount <= limit else {
            throw .dimensions(
                file: file,
                detail:
                    "it claims \(format.rows) x \(format.columns) pixels; at most \(limit) are read"
            )
        }
        let bytes = (format.frameBitCount + 7) / 8
        guard bytes <= PixelLimits.bytesInAll / format.frameCount else {
            throw .dimensions(
                file: file,
                detail:
                    "it claims \(format.frameCount) frames of \(bytes) bytes; at most 4 GiB "
                    + "are read"
            )
        }
    }
}
