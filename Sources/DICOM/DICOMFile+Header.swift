// The header in the words of Radiology.

import Radiology

extension DICOMFile {
    static func header(
        _ dataSet: DICOMDataSet, _ format: PixelFormat, doubts: inout TextDoubts
    ) -> ImageHeader {
        let scope = dataSet.scope
        func name(_ tag: DICOMTag, _ doubts: inout TextDoubts) -> PersonName {
            let value = dataSet.decodedText(tag, doubts: &doubts)
            return PersonName(value: String(value.split(separator: "\\").first ?? ""))
        }
        let patient = Patient(
            name: name(.patientName, &doubts),
            identifier: dataSet.decodedText(.patientID, doubts: &doubts),
            birthDate: scope.plainString(.patientBirthDate),
            sex: scope.plainString(.patientSex), age: scope.plainString(.patientAge))
        let study = StudyHeader(
            studyInstanceUID: scope.plainString(.studyInstanceUID),
            accessionNumber: dataSet.decodedText(.accessionNumber, doubts: &doubts),
            date: scope.plainString(.studyDate), time: scope.plainString(.studyTime),
            timezoneOffset: scope.plainString(.timezoneOffsetFromUTC),
            description: dataSet.decodedText(.studyDescription, doubts: &doubts),
            referringPhysician: name(.referringPhysicianName, &doubts),
            institution: dataSet.decodedText(.institutionName, doubts: &doubts))
        let laterality = scope.plainString(.imageLaterality)
        let image = InstanceHeader(
            sopInstanceUID: scope.plainString(.sopInstanceUID), sopClassUID: dataSet.sopClassUID,
            seriesInstanceUID: scope.plainString(.seriesInstanceUID),
            seriesNumber: scope.integer(.seriesNumber).number,
            instanceNumber: scope.integer(.instanceNumber).number,
            modality: scope.plainString(.modality), bodyPart: scope.plainString(.bodyPartExamined),
            viewPosition: scope.plainString(.viewPosition),
            laterality: laterality.isEmpty ? scope.plainString(.laterality) : laterality,
            manufacturer: dataSet.decodedText(.manufacturer, doubts: &doubts),
            transferSyntaxUID: format.transferSyntax.uid,
            photometricInterpretation: format.photometricInterpretation, rows: format.rows,
            columns: format.columns, bitsStored: format.bitsStored, frameCount: format.frameCount)
        return ImageHeader(patient: patient, study: study, image: image)
    }
}
