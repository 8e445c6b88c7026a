// Attribute tags, and the ones that this room reads by name.

/// A DICOM attribute's tag.
public struct DICOMTag: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The group number.
    public let group: UInt16
    /// The element number.
    public let element: UInt16

    /// Makes a tag from its group and element numbers.
    public init(_ group: UInt16, _ element: UInt16) {
        self.group = group
        self.element = element
    }

    /// `(0028,0010)`.
    public var description: String { "(\(Self.hexadecimal(group)),\(Self.hexadecimal(element)))" }

    /// Orders as a data set does.
    public static func < (left: DICOMTag, right: DICOMTag) -> Bool {
        (left.group, left.element) < (right.group, right.element)
    }

    private static func hexadecimal(_ number: UInt16) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension DICOMTag {
    static let transferSyntaxUID = DICOMTag(0x0002, 0x0010)
    static let specificCharacterSet = DICOMTag(0x0008, 0x0005)
    static let sopClassUID = DICOMTag(0x0008, 0x0016)
    static let sopInstanceUID = DICOMTag(0x0008, 0x0018)
    static let studyDate = DICOMTag(0x0008, 0x0020)
    static let studyTime = DICOMTag(0x0008, 0x0030)
    static let accessionNumber = DICOMTag(0x0008, 0x0050)
    static let modality = DICOMTag(0x0008, 0x0060)
    static let manufacturer = DICOMTag(0x0008, 0x0070)
    static let institutionName = DICOMTag(0x0008, 0x0080)
    static let referringPhysicianName = DICOMTag(0x0008, 0x0090)
    static let timezoneOffsetFromUTC = DICOMTag(0x0008, 0x0201)
    static let studyDescription = DICOMTag(0x0008, 0x1030)
    static let patientName = DICOMTag(0x0010, 0x0010)
    static let patientID = DICOMTag(0x0010, 0x0020)
    static let patientBirthDate = DICOMTag(0x0010, 0x0030)
    static let patientSex = DICOMTag(0x0010, 0x0040)
    static let patientAge = DICOMTag(0x0010, 0x1010)
    static let bodyPartExamined = DICOMTag(0x0018, 0x0015)
    static let imagerPixelSpacing = DICOMTag(0x0018, 0x1164)
    static let nominalScannedPixelSpacing = DICOMTag(0x0018, 0x2010)
    static let viewPosition = DICOMTag(0x0018, 0x5101)
    static let studyInstanceUID = DICOMTag(0x0020, 0x000D)
    static let seriesInstanceUID = DICOMTag(0x0020, 0x000E)
    static let seriesNumber = DICOMTag(0x0020, 0x0011)
    static let instanceNumber = DICOMTag(0x0020, 0x0013)
    static let laterality = DICOMTag(0x0020, 0x0060)
    static let imageLaterality = DICOMTag(0x0020, 0x0062)
    static let samplesPerPixel = DICOMTag(0x0028, 0x0002)
    static let photometricInterpretation = DICOMTag(0x0028, 0x0004)
    static let planarConfiguration = DICOMTag(0x0028, 0x0006)
    static let numberOfFrames = DICOMTag(0x0028, 0x0008)
    static let rows = DICOMTag(0x0028, 0x0010)
    static let columns = DICOMTag(0x0028, 0x0011)
    static let pixelSpacing = DICOMTag(0x0028, 0x0030)
    static let pixelAspectRatio = DICOMTag(0x0028, 0x0034)
    static let bitsAllocated = DICOMTag(0x0028, 0x0100)
    static let bitsStored = DICOMTag(0x0028, 0x0101)
    static let highBit = DICOMTag(0x0028, 0x0102)
    static let pixelRepresentation = DICOMTag(0x0028, 0x0103)
    static let pixelPaddingValue = DICOMTag(0x0028, 0x0120)
    static let pixelPaddingRangeLimit = DICOMTag(0x0028, 0x0121)
    static let pixelSpacingCalibrationType = DICOMTag(0x0028, 0x0A02)
    static let windowCenter = DICOMTag(0x0028, 0x1050)
    static let windowWidth = DICOMTag(0x0028, 0x1051)
    static let rescaleIntercept = DICOMTag(0x0028, 0x1052)
    static let rescaleSlope = DICOMTag(0x0028, 0x1053)
    static let windowExplanation = DICOMTag(0x0028, 0x1055)
    static let voiLUTFunction = DICOMTag(0x0028, 0x1056)
    static let redPaletteDescriptor = DICOMTag(0x0028, 0x1101)
    static let redPaletteData = DICOMTag(0x0028, 0x1201)
    static let segmentedRedPaletteData = DICOMTag(0x0028, 0x1221)
    static let modalityLUTSequence = DICOMTag(0x0028, 0x3000)
    static let lutDescriptor = DICOMTag(0x0028, 0x3002)
    static let lutExplanation = DICOMTag(0x0028, 0x3003)
    static let lutData = DICOMTag(0x0028, 0x3006)
    static let voiLUTSequence = DICOMTag(0x0028, 0x3010)
    static let pixelMeasuresSequence = DICOMTag(0x0028, 0x9110)
    static let frameVOILUTSequence = DICOMTag(0x0028, 0x9132)
    static let pixelValueTransformationSequence = DICOMTag(0x0028, 0x9145)
    static let presentationLUTSequence = DICOMTag(0x2050, 0x0010)
    static let presentationLUTShape = DICOMTag(0x2050, 0x0020)
    static let sharedFunctionalGroups = DICOMTag(0x5200, 0x9229)
    static let perFrameFunctionalGroups = DICOMTag(0x5200, 0x9230)
    static let extendedOffsetTable = DICOMTag(0x7FE0, 0x0001)
    static let floatPixelData = DICOMTag(0x7FE0, 0x0008)
    static let doubleFloatPixelData = DICOMTag(0x7FE0, 0x0009)
    static let pixelData = DICOMTag(0x7FE0, 0x0010)
    static let item = DICOMTag(0xFFFE, 0xE000)
}
