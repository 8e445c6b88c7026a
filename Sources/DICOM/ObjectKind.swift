// What a DICOM object is when it is not a picture, from its SOP class.

import CDICOM

/// Kinds of objects that are refused by name.
enum ObjectKind {
    /// The kind of a non-image SOP class, with its article; nil for images and unknown classes.
    static func nonImage(sopClassUID: String) -> String? {
        if let exact = exactKinds[sopClassUID] { return exact }
        let storage = "1.2.840.10008.5.1.4.1.1."
        guard sopClassUID.hasPrefix(storage) else { return nil }
        let rest = sopClassUID.dropFirst(storage.count)
        // RT Image and RT Dose are pictures.
        if rest == "481.1" || rest == "481.2" { return nil }
        return prefixKinds.first { rest == $0.prefix || rest.hasPrefix($0.prefix + ".") }?.kind
    }

    private static let exactKinds: [String: String] = [
        "1.2.840.10008.1.3.10": "a DICOMDIR (the table of contents of a medium)",
        "1.2.840.10008.5.1.4.1.1.88.59": "a key object selection (KO)",
        "1.2.840.10008.5.1.4.1.1.104.1": "an encapsulated PDF document",
        "1.2.840.10008.5.1.4.1.1.104.2": "an encapsulated CDA document",
        "1.2.840.10008.5.1.4.1.1.104.3": "an encapsulated STL model",
        "1.2.840.10008.5.1.4.1.1.104.4": "an encapsulated OBJ model",
        "1.2.840.10008.5.1.4.1.1.104.5": "an encapsulated MTL file",
        "1.2.840.10008.5.1.4.38.1": "a hanging protocol",
        "1.2.840.10008.5.1.4.39.1": "a colour palette",
        "1.2.840.10008.5.1.4.43.1": "an implant template",
        "1.2.840.10008.5.1.4.44.1": "an implant assembly template",
        "1.2.840.10008.5.1.4.45.1": "an implant template group",
    ]

    /// Below 1.2.840.10008.5.1.4.1.1; the longer prefix first.
    private static let prefixKinds: [(prefix: String, kind: String)] = [
        ("481.3", "a radiotherapy structure set (RTSTRUCT)"),
        ("481.5", "a radiotherapy plan (RTPLAN)"), ("481", "a radiotherapy object (RT)"),
        ("9", "a waveform (for example an ECG)"),
        ("11", "a presentation state (PR)"), ("66.1", "a spatial registration"),
        ("66.2", "spatial fiducials"), ("66.3", "a deformable registration"),
        ("66.4", "a segmentation (SEG)"), ("66.5", "a surface segmentation"),
        ("66.6", "a tractography result"), ("66.7", "a label map segmentation (SEG)"),
        ("66", "raw data"), ("67", "a real world value mapping"),
        ("68", "a surface scan"), ("78", "an eye measurement"), ("79", "a macular map"),
        ("80", "an eye report"),
        ("88", "a structured report (SR)"), ("91.1", "microscopy annotations (ANN)"),
        ("90", "a content assessment result"), ("104", "an encapsulated document"),
        ("131", "a structured display"),
        ("200", "a protocol"), ("201", "storage bookkeeping"),
    ]

    /// What a modality says where there is no SOP class to say it.
    static func nonImage(modality: String) -> String? {
        switch modality {
        case "SR": "a structured report (SR)"
        case "PR": "a presentation state (PR)"
        case "KO": "a key object selection (KO)"
        case "SEG": "a segmentation (SEG)"
        case "RTPLAN": "a radiotherapy plan (RTPLAN)"
        case "RTSTRUCT": "a radiotherapy structure set (RTSTRUCT)"
        case "ECG", "EPS", "HD": "a waveform (for example an ECG)"
        case "DOC": "an encapsulated document"
        case "REG": "a spatial registration"
        default: nil
        }
    }
}
