// What one image file says of its patient, study, series and itself.

/// The identity and description of one image, as its file states them.
///
/// Text fields hold decoded Unicode, untrimmed of nothing but DICOM padding; an empty one means that
/// the file does not say. Apply `inert()` before showing any of them.
public struct ImageHeader: Hashable, Codable, Sendable {
    /// The patient.
    public var patient: Patient
    /// The study.
    public var study: StudyHeader
    /// The series and the image.
    public var image: InstanceHeader

    /// Makes a header.
    public init(patient: Patient, study: StudyHeader, image: InstanceHeader) {
        self.patient = patient
        self.study = study
        self.image = image
    }
}

/// A study as one of its files describes it.
public struct StudyHeader: Hashable, Codable, Sendable {
    /// Study Instance UID (0020,000D).
    public var studyInstanceUID: String
    /// Accession Number (0008,0050).
    public var accessionNumber: String
    /// Study Date (0008,0020), `YYYYMMDD`.
    public var date: String
    /// Study Time (0008,0030), `HHMMSS.FFFFFF`, at the place of the study.
    public var time: String
    /// Timezone Offset From UTC (0008,0201), `+0100`; empty where the file does not say.
    public var timezoneOffset: String
    /// Study Description (0008,1030).
    public var description: String
    /// Referring Physician's Name (0008,0090).
    public var referringPhysician: PersonName
    /// Institution Name (0008,0080).
    public var institution: String

    /// Makes a study header; what is not given is not known.
    public init(
        studyInstanceUID: String, accessionNumber: String = "", date: String = "",
        time: String = "", timezoneOffset: String = "", description: String = "",
        referringPhysician: PersonName = PersonName(alphabetic: ""), institution: String = ""
    ) {
        self.studyInstanceUID = studyInstanceUID
        self.accessionNumber = accessionNumber
        self.date = date
        self.time = time
        self.timezoneOffset = timezoneOffset
        self.description = description
        self.referringPhysician = referringPhysician
        self.institution = institution
    }
}

/// A series and one image of it.
public struct InstanceHeader: Hashable, Codable, Sendable {
    /// SOP Instance UID (0008,0018).
    public var sopInstanceUID: String
    /// SOP Class UID (0008,0016); empty for an image that is not DICOM.
    public var sopClassUID: String
    /// Series Instance UID (0020,000E).
    public var seriesInstanceUID: String
    /// Series Number (0020,0011).
    public var seriesNumber: Int?
    /// Instance Number (0020,0013).
    public var instanceNumber: Int?
    /// Modality (0008,0060): `DX`, `CR`, ...
    public var modality: String
    /// Body Part Examined (0018,0015).
    public var bodyPart: String
    /// View Position (0018,5101): `PA`, `AP`, `LL`, ...
    public var viewPosition: String
    /// Image Laterality or Laterality (0020,0062), (0020,0060).
    public var laterality: String
    /// Manufacturer (0008,0070).
    public var manufacturer: String
    /// Transfer syntax as stored: its UID; empty for an image that is not DICOM.
    public var transferSyntaxUID: String
    /// Photometric Interpretation (0028,0004) as stored.
    public var photometricInterpretation: String
    /// Rows of one frame.
    public var rows: Int
    /// Columns of one frame.
    public var columns: Int
    /// Bits Stored (0028,0101).
    public var bitsStored: Int
    /// Number of frames, at least 1.
    public var frameCount: Int

    /// Makes an instance header; what is not given is not known.
    public init(
        sopInstanceUID: String, sopClassUID: String = "", seriesInstanceUID: String,
        seriesNumber: Int? = nil, instanceNumber: Int? = nil, modality: String = "",
        bodyPart: String = "", viewPosition: String = "", laterality: String = "",
        manufacturer: String = "", transferSyntaxUID: String = "",
        photometricInterpretation: String, rows: Int, columns: Int, bitsStored: Int,
        frameCount: Int = 1
    ) {
        self.sopInstanceUID = sopInstanceUID
        self.sopClassUID = sopClassUID
        self.seriesInstanceUID = seriesInstanceUID
        self.seriesNumber = seriesNumber
        self.instanceNumber = instanceNumber
        self.modality = modality
        self.bodyPart = bodyPart
        self.viewPosition = viewPosition
        self.laterality = laterality
        self.manufacturer = manufacturer
        self.transferSyntaxUID = transferSyntaxUID
        self.photometricInterpretation = photometricInterpretation
        self.rows = rows
        self.columns = columns
        self.bitsStored = bitsStored
        self.frameCount = frameCount
    }
}

extension InstanceHeader {
    /// False where the file itself says that it is no projection radiograph (CT, MR, US, ...).
    ///
    /// True for CR, DX, RG, RF, and where the modality is not stated or says nothing (OT, SC).
    public var mayBeRadiograph: Bool {
        ["CR", "DX", "DR", "RG", "RF", "OT", "SC", ""].contains(modality.uppercased())
    }

    /// The image in words: its view and its number, as far as the file states them.
    public var nameInWords: String {
        let number = instanceNumber.map { "image \($0)" } ?? "image"
        return viewPosition.isEmpty ? number : "\(viewPosition.inert()) (\(number))"
    }
}
