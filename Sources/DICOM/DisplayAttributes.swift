// How a file asks for its picture to be shown: windows, tables, polarity, padding, spacing.

import Imaging

/// Reads the display attributes of one frame and collects what had to be left out.
struct DisplayAttributes {
    let scopes: FrameScopes
    let text: TextDecoder
    var notes: [String] = []

    private var dataSet: ElementScope { scopes.dataSet }

    init(scopes: FrameScopes, text: TextDecoder) {
        self.scopes = scopes
        self.text = text
    }

    // MARK: Windows

    /// All windows and VOI tables in the file's order (PS3.3 C.11.2).
    mutating func windows(isSigned: Bool) -> [DisplayWindow] {
        for scope in scopes.frameVOILUT + [dataSet] {
            let found = windows(in: scope) + tables(in: scope, isSigned: isSigned)
            if !found.isEmpty { return found }
        }
        return []
    }

    private mutating func windows(in scope: ElementScope) -> [DisplayWindow] {
        let centers = scope.decimals(.windowCenter)
        let widths = scope.decimals(.windowWidth)
        let explanations = strings(scope, .windowExplanation)
        let function = scope.plainString(.voiLUTFunction).uppercased()
        if centers.count != widths.count {
            notes.append("The numbers of window centers and widths differ; the pairs are used.")
        }
        var windows: [DisplayWindow] = []
        for (index, pair) in zip(centers, widths).enumerated() {
            guard case (.value(let center), .value(let width)) = pair else {
                if pair.0 != .absent || pair.1 != .absent {
                    notes.append("A window of the file is not a number and is left out.")
                }
                continue
            }
            let shape: DisplayWindow.Shape =
                switch function {
                case "SIGMOID": .sigmoid(center: center, width: width)
                case "LINEAR_EXACT": .linearExact(center: center, width: width)
                default: .linear(center: center, width: width)
                }
            let explanation = index < explanations.count ? explanations[index] : ""
            windows.append(DisplayWindow(shape: shape, explanation: explanation, origin: .file))
        }
        if !["", "LINEAR", "SIGMOID", "LINEAR_EXACT"].contains(function) {
            notes.append("The VOI LUT Function is not known; the window is taken as linear.")
        }
        return windows
    }

    private mutating func tables(in scope: ElementScope, isSigned: Bool) -> [DisplayWindow] {
        var windows: [DisplayWindow] = []
        for item in scope.items(.voiLUTSequence) where !item.integers(.lutDescriptor).isEmpty {
            guard
                let table = LookUpTable(
                    scope: item, descriptor: .lutDescriptor, data: .lutData, isSigned: isSigned)
            else {
                notes.append("A VOI table of the file is shorter than it says and is left out.")
                continue
            }
            let scale = Float(1) / Float((1 << table.bitsPerEntry) - 1)
            windows.append(
                DisplayWindow(
                    shape: .table(
                        firstValueMapped: Double(table.firstValueMapped),
                        entries: table.entries.map { Float($0) * scale }),
                    explanation: strings(item, .lutExplanation).first ?? "", origin: .file))
        }
        return windows
    }

    private func strings(_ scope: ElementScope, _ tag: DICOMTag) -> [String] {
        guard let element = scope.element(tag), let bytes = scope.elements.bytes(of: element) else {
            return []
        }
        return text.decode(bytes).text.split(separator: "\\", omittingEmptySubsequences: false)
            .map(ElementScope.trimmed)
    }

    /// Keeps the windows that show these values; one that maps the whole range of them to (nearly)
    /// one grey cannot belong to the picture.
    mutating func belonging(
        _ windows: [DisplayWindow], to range: ClosedRange<Double>
    ) -> [DisplayWindow] {
        let isFlat = range.lowerBound == range.upperBound
        let kept = windows.filter {
            Self.isSound($0) && (isFlat || Self.contrast($0, over: range) >= 1.0 / 64)
        }
        if kept.count < windows.count {
            let which = kept.isEmpty ? "The file's window does" : "Some of the file's windows do"
            let instead = kept.isEmpty ? "an automatic one is used" : "the others are used"
            notes.append("\(which) not fit its pixels; \(instead).")
        }
        return kept
    }

    private static func isSound(_ window: DisplayWindow) -> Bool {
        guard window.center.isFinite, window.width.isFinite else { return false }
        switch window.shape {
        // PS3.3 C.11.2.1.2.1: at least 1; C.11.2.1.3: greater than 0.
        case .linear(_, let width): return width >= 1
        case .linearExact(_, let width), .sigmoid(_, let width): return width > 0
        case .table(_, let entries): return !entries.isEmpty
        }
    }

    private static func contrast(
        _ window: DisplayWindow, over range: ClosedRange<Double>
    ) -> Double {
        if case .table = window.shape {
            let steps = (0...64).map { step in
                range.lowerBound + (range.upperBound - range.lowerBound) * Double(step) / 64
            }
            let shown = steps.map { window.displayValue(of: $0) }
            return (shown.max() ?? 0) - (shown.min() ?? 0)
        }
        return abs(
            window.displayValue(of: range.upperBound) - window.displayValue(of: range.lowerBound))
    }

    // MARK: Polarity and padding

    /// MONOCHROME1 and an INVERSE presentation say the same thing and are not added up
    /// (PS3.3 C.8.11.3.1.2, C.11.6).
    func showsLowValuesBright(_ format: PixelFormat) -> Bool {
        if format.photometricInterpretation == "MONOCHROME1" { return true }
        return format.photometricInterpretation == "MONOCHROME2"
            && dataSet.plainString(.presentationLUTShape).uppercased() == "INVERSE"
    }

    /// Stored values that are padding (PS3.3 C.7.5.1.1.2): one, or all up to the range limit.
    func paddingRange(_ format: PixelFormat) -> ClosedRange<Int>? {
        guard let value = dataSet.integer(.pixelPaddingValue, isSigned: format.isSigned).number
        else {
            return nil
        }
        let padding = Self.reread(value, isSigned: format.isSigned)
        let limit =
            dataSet.integer(.pixelPaddingRangeLimit, isSigned: format.isSigned).number
            .map { Self.reread($0, isSigned: format.isSigned) } ?? padding
        return min(padding, limit)...max(padding, limit)
    }

    /// The value with the sign of the pixels, for writers mix US and SS up.
    private static func reread(_ value: Int, isSigned: Bool) -> Int {
        if isSigned { return value > 0x7FFF && value <= 0xFFFF ? value - 0x10000 : value }
        return value < 0 && value >= -0x8000 ? value + 0x10000 : value
    }

    // MARK: Geometry

    /// Spacing and the height of a pixel over its width.
    mutating func geometry(modality: String) -> (spacing: PixelSpacing?, aspectRatio: Double) {
        let spacing = spacing(modality: modality)
        let ratio = dataSet.plainStrings(.pixelAspectRatio).map { Double($0) }
        if let vertical = ratio.first ?? nil, vertical > 0 {
            // An old file may give one number; the other is then 1.
            let horizontal = ratio.count > 1 ? ratio[1] ?? 0 : 1
            if horizontal > 0, (0.01...100).contains(vertical / horizontal) {
                return (spacing, vertical / horizontal)
            }
        }
        guard let spacing else { return (nil, 1) }
        let ratioOfSpacing = spacing.rowMillimetres / spacing.columnMillimetres
        return (spacing, (0.01...100).contains(ratioOfSpacing) ? ratioOfSpacing : 1)
    }

    private mutating func spacing(modality: String) -> PixelSpacing? {
        let imager =
            pair(in: [dataSet], .imagerPixelSpacing)
            ?? pair(in: [dataSet], .nominalScannedPixelSpacing)
        guard let patient = pair(in: scopes.pixelMeasures + [dataSet], .pixelSpacing) else {
            return imager.map {
                PixelSpacing(rowMillimetres: $0.row, columnMillimetres: $0.column, plane: .detector)
            }
        }
        // PS3.3 10.7.1.3: in projection images, without a word on calibration (or equal to the
        // imager's), the spacing is that at the detector.
        let isProjection = ["CR", "DX", "DR", "RG", "RF", "XA", "MG", "IO", "PX"].contains(modality)
        let isCalibrated = !dataSet.plainString(.pixelSpacingCalibrationType).isEmpty
        let differs = imager.map { $0 != patient } ?? false
        let plane: PixelSpacing.Plane =
            isProjection && !isCalibrated && !differs ? .detector : .patient
        return PixelSpacing(
            rowMillimetres: patient.row, columnMillimetres: patient.column, plane: plane)
    }

    private mutating func pair(
        in scopes: [ElementScope], _ tag: DICOMTag
    ) -> (row: Double, column: Double)? {
        for scope in scopes {
            let numbers = scope.decimals(tag)
            if numbers.isEmpty { continue }
            if let row = numbers.first?.number, let column = numbers.last?.number,
                numbers.count == 2,
                row > 0, column > 0
            {
                return (row, column)
            }
            if numbers.contains(where: { $0 != .absent }) {
                notes.append("The pixel spacing in the file makes no sense and is left out.")
            }
        }
        return nil
    }

    // MARK: What is left out

    /// Says which parts of the presentation are not shown.
    mutating func noteOmissions() {
        let tops = dataSet.elements.all.filter { $0.depth == 0 }
        // Overlay Rows, in any of the sixteen repeating groups (PS3.3 C.9.2).
        if tops.contains(where: { $0.tag.group & 0xFFE1 == 0x6000 && $0.tag.element == 0x0010 }) {
            notes.append("The file carries an overlay, which is not shown.")
        }
        if dataSet.items(.presentationLUTSequence).first != nil {
            notes.append("The file carries a presentation table, which is not applied.")
        }
    }
}
