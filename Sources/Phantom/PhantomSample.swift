// One study of drawn pictures, as it is written to files.

import DICOM
import Radiology

/// One image of a sample study.
public struct PhantomSampleImage: Sendable {
    /// What is drawn.
    public var study: PhantomStudy
    /// Number of columns.
    public var columns: Int
    /// Number of rows.
    public var rows: Int
    /// Bits stored: 8, 10, 12, 14 or 16.
    public var bits: Int
    /// True for MONOCHROME1: low values bright.
    public var isMonochrome1: Bool
    /// How the file is written.
    public var transferSyntax: TransferSyntax

    /// The file's name, without its study's prefix.
    var suffix: String {
        switch study.view {
        case .posteroanterior: "pa"
        case .portableAnteroposterior: "ap"
        case .lateral: "lateral"
        }
    }

    /// View Position (0018,5101).
    var viewPosition: String {
        switch study.view {
        case .posteroanterior: "PA"
        case .portableAnteroposterior: "AP"
        case .lateral: "LL"
        }
    }
}

/// One fictional study.
public struct PhantomSample: Sendable {
    /// Seed of identifiers and pictures.
    public var seed: UInt64
    /// Position in its catalogue, from 1.
    public var number: Int
    /// A plant's name; no person's.
    public var patient: Patient
    /// Study Date (0008,0020).
    public var date: String
    /// Study Time (0008,0030).
    public var time: String
    /// `DX` or `CR`.
    public var modality: String
    /// Its images, the frontal one first.
    public var images: [PhantomSampleImage]

    /// What is planted in any of its images, in the founding order.
    public var planted: [Pathology] {
        let all = Set(images.flatMap { $0.study.findings.map(\.pathology) })
        return Pathology.foundingFourteen.filter(all.contains)
    }

    /// `PH0001`.
    public var accessionNumber: String {
        let digits = String(number)
        return "PH" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// The start of its files' names: `01-aster-quince`.
    var filePrefix: String {
        let name = patient.name.alphabetic.lowercased().replacing("^", with: "-")
        return "\(number < 10 ? "0" : "")\(number)-\(name)"
    }

    /// `Chest PA and lateral`.
    var description: String {
        let views = images.map { $0.study.view }
        if views.contains(.portableAnteroposterior) { return "Chest AP portable" }
        return views.contains(.lateral) ? "Chest PA and lateral" : "Chest PA"
    }
}
