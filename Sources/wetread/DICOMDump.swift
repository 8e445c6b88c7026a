// A DICOM file laid open: its attributes, and how its pixels were understood.

import DICOM
import Foundation
import Imaging
import Radiology

/// What `wetread dump dicom` shows; every text in it is inert.
struct DICOMDump: Encodable {
    struct Attribute: Encodable {
        let tag: String
        let vr: String
        let keyword: String
        let value: String
        let depth: Int
        let byteCount: Int
    }

    struct Window: Encodable {
        let function: String
        let center: Double
        let width: Double
        let explanation: String
        let origin: String
    }

    /// How the first frame's pixels were understood.
    struct Pixels: Encodable {
        let rows: Int
        let columns: Int
        let frames: Int
        let samplesPerPixel: Int
        let bitsAllocated: Int
        let bitsStored: Int
        let highBit: Int
        let signed: Bool
        let photometricInterpretation: String
        let transferSyntax: String
        let modalityMinimum: Float
        let modalityMaximum: Float
        let showsLowValuesBright: Bool
        let paddingPixels: Int
        let pixelAspectRatio: Double
        let rowSpacingMm: Double?
        let columnSpacingMm: Double?
        let spacingPlane: String?
        let windows: [Window]
        let notes: [String]
    }

    let attributes: [Attribute]
    let pixels: Pixels?
    /// Why there is no picture; null where there is one.
    let refused: String?

    init(_ dataSet: DICOMDataSet) {
        attributes = dataSet.attributes().map {
            Attribute(
                tag: $0.tag.description, vr: $0.vr.inert(), keyword: $0.keyword,
                value: $0.value.inert(), depth: $0.depth, byteCount: $0.byteCount)
        }
        do {
            let file = try DICOMFile(dataSet)
            pixels = Pixels(file.pixelFormat, try file.radiograph(frame: 0))
            refused = nil
        } catch {
            pixels = nil
            refused = error.description
        }
    }

    /// The dump for a person.
    var text: String {
        let rows = attributes.map {
            [
                String(repeating: "  ", count: $0.depth) + $0.tag, $0.vr,
                $0.keyword.isEmpty ? "?" : $0.keyword, $0.value,
            ]
        }
        return (Output.table(rows) + ["", "How the pixels were understood"] + pixelLines)
            .joined(separator: "\n")
    }

    private var pixelLines: [String] {
        guard let pixels else { return ["  refused: \(refused ?? "")"] }
        let spacing =
            pixels.rowSpacingMm.map {
                "\($0) x \(pixels.columnSpacingMm ?? $0) mm (\(pixels.spacingPlane ?? ""))"
            } ?? "not stated"
        let sign = pixels.signed ? "signed" : "unsigned"
        let low = pixels.showsLowValuesBright ? "bright" : "dark"
        var lines = [
            "  \(pixels.columns) columns, \(pixels.rows) rows, \(pixels.frames) frames",
            "  \(pixels.bitsStored) of \(pixels.bitsAllocated) bits, high bit \(pixels.highBit), \(sign)",
            "  \(pixels.photometricInterpretation), \(pixels.transferSyntax)",
            "  modality values \(pixels.modalityMinimum)...\(pixels.modalityMaximum)",
            "  low values are shown \(low)",
            "  pixel spacing \(spacing), aspect ratio \(pixels.pixelAspectRatio)",
            "  \(pixels.paddingPixels) padding pixels",
        ]
        lines += pixels.windows.map {
            "  window \($0.function) center \($0.center) width \($0.width) (\($0.origin)) "
                + $0.explanation
        }
        return lines + pixels.notes.map { "  note: \($0)" }
    }
}

extension DICOMDump.Pixels {
    fileprivate init(_ format: PixelFormat, _ radiograph: Radiograph) {
        rows = format.rows
        columns = format.columns
        frames = format.frameCount
        samplesPerPixel = format.samplesPerPixel
        bitsAllocated = format.bitsAllocated
        bitsStored = format.bitsStored
        highBit = format.highBit
        signed = format.isSigned
        photometricInterpretation = format.photometricInterpretation.inert()
        transferSyntax = format.transferSyntax.name
        modalityMinimum = radiograph.valueRange.lowerBound
        modalityMaximum = radiograph.valueRange.upperBound
        showsLowValuesBright = radiograph.showsLowValuesBright
        paddingPixels = radiograph.isPadding?.count { $0 } ?? 0
        pixelAspectRatio = radiograph.pixelAspectRatio
        rowSpacingMm = radiograph.spacing?.rowMillimetres
        columnSpacingMm = radiograph.spacing?.columnMillimetres
        spacingPlane = radiograph.spacing?.plane.rawValue
        windows = radiograph.windows.map(DICOMDump.Window.init)
        notes = radiograph.notes.map { $0.inert() }
    }
}

extension DICOMDump.Window {
    fileprivate init(_ window: DisplayWindow) {
        function =
            switch window.shape {
            case .linear: "LINEAR"
            case .linearExact: "LINEAR_EXACT"
            case .sigmoid: "SIGMOID"
            case .table: "VOI LUT"
            }
        center = window.center
        width = window.width
        explanation = window.explanation.inert()
        origin = window.origin.rawValue
    }
}
