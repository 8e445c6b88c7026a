// A radiograph as values: what the detector measured, and how the file asks for it to be shown.

/// One frame of a radiograph in modality units, with all that is needed to show it truthfully.
///
/// `values` are row-major, `height * width`, after the Modality LUT or rescale and before any VOI
/// window (PS3.3 C.11.1). Integers of up to 24 bits are held exactly.
public struct Radiograph: Sendable, Equatable {
    /// Number of columns.
    public let width: Int
    /// Number of rows.
    public let height: Int
    /// Modality values, row-major, `height * width`.
    public let values: [Float]
    /// True at pixels that the file declares as padding; nil where there are none.
    public let isPadding: [Bool]?
    /// The physical size of one pixel, where the file states it.
    public var spacing: PixelSpacing?
    /// Height of a pixel divided by its width (1 for square pixels), PS3.3 C.7.6.3.1.7.
    public var pixelAspectRatio: Double
    /// True when low values are shown bright: MONOCHROME1 or an INVERSE presentation, never both.
    public var showsLowValuesBright: Bool
    /// The windows that the file carries (or the automatic one), in the file's order; never empty.
    public var windows: [DisplayWindow]
    /// Bits per sample that carry information, 1...32.
    public var bitsStored: Int
    /// What had to be decided or left out while reading, in sentences for the reader.
    public var notes: [String]

    /// Makes a radiograph; an empty `windows` is replaced by the automatic window.
    ///
    /// - Precondition: `values.count == width * height`, both positive; `isPadding` as long or nil.
    public init(
        width: Int, height: Int, values: [Float], isPadding: [Bool]? = nil,
        spacing: PixelSpacing? = nil, pixelAspectRatio: Double = 1,
        showsLowValuesBright: Bool = false, windows: [DisplayWindow] = [], bitsStored: Int,
        notes: [String] = []
    ) {
        precondition(width > 0 && height > 0, "a radiograph has at least one pixel")
        precondition(values.count == width * height, "values must fill the radiograph")
        precondition(isPadding.map { $0.count == values.count } ?? true, "one mark for each pixel")
        self.width = width
        self.height = height
        self.values = values
        self.isPadding = isPadding
        self.spacing = spacing
        self.pixelAspectRatio = pixelAspectRatio
        self.showsLowValuesBright = showsLowValuesBright
        self.bitsStored = bitsStored
        self.notes = notes
        self.windows = windows
        if windows.isEmpty {
            self.windows = [DisplayWindow.automatic(values: values, isPadding: isPadding)]
        }
    }
}

/// The physical size of one pixel.
public struct PixelSpacing: Sendable, Equatable, Codable {
    /// Where a spacing was measured; only a calibrated one may be called millimetres of the
    /// patient.
    public enum Plane: String, Sendable, Codable {
        /// Pixel Spacing (0028,0030), corrected or calibrated to the patient.
        case patient
        /// Imager Pixel Spacing (0018,1164), at the detector: not corrected for magnification.
        case detector
    }

    /// Distance between the centres of neighbouring rows, in millimetres.
    public let rowMillimetres: Double
    /// Distance between the centres of neighbouring columns, in millimetres.
    public let columnMillimetres: Double
    /// Where it was measured.
    public let plane: Plane

    /// Makes a spacing from positive distances in millimetres.
    public init(rowMillimetres: Double, columnMillimetres: Double, plane: Plane) {
        self.rowMillimetres = rowMillimetres
        self.columnMillimetres = columnMillimetres
        self.plane = plane
    }
}
