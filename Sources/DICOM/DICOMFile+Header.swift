// The header in the words of Radiology.

import Radiology

extension DICOMFile {
    static func header(
        _ dataSet: DICOMDataSet, _ format: PixelFormat, notes: inout [String]
    ) -> ImageHeader {
        let scope = dataSet.scope
        func name(_ tag: DICOMTag, _ notes: inout [String]) -> PersonName {
            let value = dataSet.decodedText(tag, notes: &notes)
            return PersonName(value: String(value.split(separator: "\\").first ?? ""))
        }
        let patient = Patient(
            name: name(.patientName, &notes),
            identifier: dataSet.decodedText(.patientID, notes: &notes),
            birthDate: scope.plainString(.patientBirthDate),
            sex: scope.plainString(.patientSex), age: scope.plainString(.patientAge))
        let study = StudyHeader(
            studyInstanceUID: scope.plainString(.studyInstanceUID),
            accessionNumber: dataSet.decodedText(.accessionNumber, notes: &notes),
            date: scope.plainString(.studyDate), time: scope.plainString(.studyTime),
            timezoneOffset: scope.plainString(.timezoneOffsetFromUTC),
            description: dataSet.decodedText(.studyDescription, notes: &notes),
            referringPhysician: name(.referringPhysicianName, &notes),
            institution: dataSet.decodedText(.institutionName, notes: &notes))
        let laterality = scope.plainString(.imageLaterality)
        let image = InstanceHeader(
            sopInstanceUID: scope.plainString(.sopInstanceUID), sopClassUID: dataSet.sopClassUID,
            seriesInstanceUID: scope.plainString(.seriesInstanceUID),
            seriesNumber: scope.integer(.seriesNumber).number,
            instanceNumber: scope.integer(.instanceNumber).number,
            modality: scope.plainString(.modality), bodyPart: scope.plainString(.bodyPartExamined),
            viewPosition: scope.plainString(.viewPosition),
            laterality: laterality.isEmpty ? scope.plainString(.laterality) : laterality,
            manufacturer: dataSet.decodedText(.manufacturer, notes: &notes),
            transferSyntaxUID: format.transferSyntax.uid,
            photometricInterpretation: format.photometricInterpretation, rows: format.rows,
            columns: format.columns, bitsStored: format.bitsStored, frameCount: format.frameCount)
        return ImageHeader(patient: patient, study: study, image: image)
    }
}
