// Invented studies, and a picture by formula, for every test of the screens.

import Foundation
import Imaging
import Radiology
import Terminal
import Workstation

/// Values that never change: tests of screens must not depend on the day they run.
enum Fixtures {
    /// 2026-11-21 02:41 UTC.
    static let now = Date(timeIntervalSince1970: 1_795_228_860)
    static let reader = ReaderID("rad1")
    static let other = ReaderID("rad2")
    static let session = Session(reader: reader, readerName: "Dr. Rosa Aldrin")

    static func ago(hours: Double) -> Date { now.addingTimeInterval(-hours * 3600) }

    static let modelIdentity = ModelIdentity(
        name: "phantom-cxr14", version: "1.0",
        sha256: ContentHash(digest: [UInt8](repeating: 0xA7, count: 32)),
        notice: "knows only drawn phantoms")

    /// Bounds such as a package carries.
    static let table = RiskTable(
        origin: .package,
        bounds: Dictionary(
            uniqueKeysWithValues: Pathology.foundingFourteen.map { pathology in
                let isCritical = RiskTable.foundingCritical.contains(pathology)
                let high = ProbabilityBound(0.70, includesBound: true)
                return (
                    pathology,
                    RiskBounds(
                        moderate: ProbabilityBound(0.35, includesBound: true), high: high,
                        uncertainAbove: 0.25,
                        reported: ProbabilityBound(0.35, includesBound: true),
                        critical: isCritical ? high : nil)
                )
            }))

    static func finding(
        _ pathology: Pathology, _ probability: Double, _ uncertainty: Double
    ) -> Finding {
        // Ten passes with exactly this mean and spread: half above, half below.
        let passes = (0..<10).map { index in
            min(max(probability + (index % 2 == 0 ? uncertainty : -uncertainty), 0), 1)
        }
        return Finding(
            pathology: pathology, probability: probability, uncertainty: uncertainty,
            table: table, passes: passes)
    }

    static let ill: [Finding] = [
        finding(.atelectasis, 0.31, 0.12), finding(.cardiomegaly, 0.04, 0.01),
        finding(.effusion, 0.44, 0.06), finding(.infiltration, 0.19, 0.08),
        finding(.mass, 0.10, 0.04), finding(.nodule, 0.29, 0.33),
        finding(.pneumonia, 0.12, 0.06), finding(.pneumothorax, 0.91, 0.04),
        finding(.consolidation, 0.14, 0.05), finding(.edema, 0.05, 0.02),
        finding(.emphysema, 0.38, 0.10), finding(.fibrosis, 0.07, 0.02),
        finding(.pleuralThickening, 0.09, 0.03), finding(.hernia, 0.003, 0.001),
    ]

    static func quality(isFrontal: Bool) -> ImageQuality {
        ImageQuality(
            width: 1024, height: 1024, bitDepth: 12, contrast: 0.21, clippedShare: 0.08,
            sharpness: 3.1, isFrontalChest: isFrontal, frontalChestScore: isFrontal ? 0.98 : 0.02,
            observations: [
                QualityObservation(
                    name: "size", value: "1024 x 1024", verdict: .good, meaning: "Large enough."),
                QualityObservation(
                    name: "clipped", value: "8 %", verdict: .fair,
                    meaning: "Some of the lung lies outside the window."),
                QualityObservation(
                    name: "frontal chest", value: isFrontal ? "0.98" : "0.02",
                    verdict: isFrontal ? .good : .poor,
                    meaning: isFrontal ? "Looks like one." : "Does not look like one."),
            ], notes: [])
    }

    static func analysis(isFrontal: Bool = true, lateral: Bool = false) -> Analysis {
        let first = ImageAnalysis(
            name: "AP", sopInstanceUID: "2.25.1", viewPosition: "AP", findings: ill,
            quality: quality(isFrontal: isFrontal))
        let second = ImageAnalysis(
            name: "image 2 (LL)", sopInstanceUID: "2.25.2", viewPosition: "LL", findings: ill,
            quality: quality(isFrontal: false))
        return Analysis(
            id: AnalysisID("0c5e7a10-1111-4222-8333-444455556666"), timestamp: ago(hours: 0.2),
            model: modelIdentity, samples: 10, seed: 7,
            images: lateral ? [first, second] : [first])
    }

    static func entry(
        _ number: Int64, _ name: String, _ sex: String, birth: String, hours: Double,
        modality: String = "CR", views: [String] = ["PA"], description: String = "chest",
        state: ReadingState = .analysed, claim: Claim? = nil, top: Finding? = nil,
        openedHours: Double? = nil, signedBy: ReaderID? = nil, lacksFrontal: Bool = false,
        failure: String? = nil
    ) -> WorklistEntry {
        WorklistEntry(
            id: StudyID(number),
            patient: Patient(
                name: PersonName(alphabetic: name), identifier: "P-\(4000 + number)",
                birthDate: birth, sex: sex),
            study: StudyHeader(
                studyInstanceUID: "2.25.77\(number)", accessionNumber: "A\(1041 + number)",
                date: "20261120", time: "221000", description: description),
            modality: modality, views: views, receivedAt: ago(hours: hours), state: state,
            claim: claim, topFinding: top, criticalCount: top?.isCritical == true ? 1 : 0,
            flaggedAt: top?.isCritical == true ? ago(hours: hours - 0.05) : nil,
            openedAt: openedHours.map(ago(hours:)), signedBy: signedBy,
            signedAt: signedBy == nil ? nil : ago(hours: 4), lacksFrontalChest: lacksFrontal,
            failure: failure, modelName: "phantom-cxr14 1.0")
    }

    static func claim(_ reader: ReaderID, hours: Double) -> Claim {
        Claim(
            reader: reader, session: "tty2", since: ago(hours: hours),
            expires: now.addingTimeInterval(60))
    }

    /// A dozen studies, one of each kind of row.
    static let worklist: [WorklistEntry] = [
        entry(
            1, "ASTER^QUINCE", "M", birth: "19720310", hours: 0.2, views: ["AP"],
            description: "chest port.", top: finding(.pneumothorax, 0.91, 0.04)),
        entry(
            2, "BRYONY^LINDEN", "F", birth: "19541224", hours: 1.4, modality: "DX",
            views: ["PA", "LL"], top: finding(.mass, 0.78, 0.09)),
        entry(
            3, "CROCUS^TANSY", "M", birth: "19930101", hours: 1.1, state: .inReading,
            claim: claim(other, hours: 0.1), top: finding(.pneumonia, 0.74, 0.08),
            openedHours: 0.1),
        entry(
            4, "DAHLIA^SORREL", "F", birth: "19640615", hours: 6.1, modality: "DX",
            top: finding(.cardiomegaly, 0.41, 0.05)),
        entry(
            5, "ERICA^NETTLE", "F", birth: "19810102", hours: 2.4,
            top: finding(.effusion, 0.66, 0.14)),
        entry(
            6, "FERULA^PLANTAGO OF THE VERY LONG NAME", "M", birth: "19680705", hours: 2.1,
            top: finding(.nodule, 0.52, 0.30)),
        entry(7, "GENTIAN^ARUM", "M", birth: "19460229", hours: 0.4, state: .unread),
        entry(
            8, "HELLEBORE^JASMINE", "F", birth: "20070101", hours: 3.7, modality: "DX",
            top: finding(.hernia, 0.20, 0.05)),
        entry(
            9, "IRIS^BORAGE", "F", birth: "19590401", hours: 0.3, views: [""],
            description: "abdomen", top: finding(.mass, 0.31, 0.05), lacksFrontal: true),
        entry(
            10, "\u{1B}[31mKNAPWEED^DILL", "O", birth: "", hours: 0.9, state: .failed,
            failure: "the image has no pixel data"),
        entry(
            11, "田中^花子", "F", birth: "19770707", hours: 5, modality: "DX", state: .preliminary,
            top: finding(.emphysema, 0.49, 0.06)),
        entry(
            12, "LARKSPUR^ELDER", "F", birth: "19490909", hours: 8, modality: "DX", state: .final,
            top: finding(.pneumothorax, 0.88, 0.05), openedHours: 7, signedBy: reader),
    ]

    /// An earlier study of the first patient.
    static let prior = entry(
        60, "ASTER^QUINCE", "M", birth: "19720310", hours: 9000, views: ["AP"],
        state: .final, top: finding(.effusion, 0.2, 0.03), signedBy: other)

    /// What a package says of its worth.
    static let card = ModelCard(
        areas: Dictionary(
            uniqueKeysWithValues: Pathology.foundingFourteen.enumerated().map { index, label in
                let value = 0.62 + Double(index) * 0.02
                return (
                    label,
                    MeasuredAUC(
                        value: value, interval: (value - 0.05)...(value + 0.05),
                        positiveCount: 20 + index)
                )
            }), measuredOn: "test, 2423 images of 607 patients",
        calibration: "per-label Platt, fitted on val split", hasHeatMaps: true)

    static func header(_ number: Int, view: String, frames: Int = 1) -> InstanceHeader {
        InstanceHeader(
            sopInstanceUID: "2.25.\(number)", seriesInstanceUID: "2.25.9\(number)",
            modality: "CR", bodyPart: "CHEST", viewPosition: view,
            photometricInterpretation: "MONOCHROME2", rows: 512, columns: 512, bitsStored: 12,
            frameCount: frames)
    }

    static func image(_ number: Int64, view: String = "AP", frames: Int = 1) -> StudyImage {
        StudyImage(
            id: ImageID(number), header: header(Int(number), view: view, frames: frames),
            notes: number == 2 ? ["an overlay plane was left out"] : [])
    }

    static func detail(
        _ entry: WorklistEntry = worklist[0], images: [StudyImage] = [image(1)],
        analysis: Analysis? = analysis(), failure: AnalysisFailure? = nil,
        draft: ReadingDraft? = nil, signOffs: [SignOff] = []
    ) -> StudyDetail {
        StudyDetail(
            entry: entry, images: images, analysis: failure == nil ? analysis : nil,
            failure: failure, draft: draft, signOffs: signOffs)
    }

    /// A chest by formula: two dark lungs between bright soft tissue, a heart, ribs.
    static let pyramid = ImagePyramid(radiograph(side: 512))

    static func radiograph(side: Int) -> Radiograph {
        var values = [Float](repeating: 0, count: side * side)
        for row in 0..<side {
            for column in 0..<side {
                let x = (Double(column) + 0.5) / Double(side) * 2 - 1
                let y = (Double(row) + 0.5) / Double(side) * 2 - 1
                values[row * side + column] = Float(density(x, y))
            }
        }
        return Radiograph(
            width: side, height: side, values: values,
            spacing: PixelSpacing(rowMillimetres: 0.7, columnMillimetres: 0.7, plane: .detector),
            windows: [
                DisplayWindow(
                    shape: .linear(center: 2048, width: 3600), explanation: "STANDARD",
                    origin: .file),
                DisplayWindow(
                    shape: .linear(center: 1100, width: 1600), explanation: "LUNG", origin: .file),
            ], bitsStored: 12)
    }

    /// Modality value of the drawn chest at a place of -1...1.
    private static func density(_ x: Double, _ y: Double) -> Double {
        func inside(_ cx: Double, _ cy: Double, _ rx: Double, _ ry: Double) -> Double {
            let distance = ((x - cx) / rx) * ((x - cx) / rx) + ((y - cy) / ry) * ((y - cy) / ry)
            return 1 / (1 + exp((distance - 1) * 12))
        }
        let body = inside(0, 0.2, 0.92, 1.15)
        let lungs = max(inside(-0.42, -0.05, 0.3, 0.62), inside(0.42, -0.05, 0.3, 0.62))
        let heart = inside(0.16, 0.3, 0.34, 0.3)
        let spine = exp(-(x * x) / 0.012)
        let ribs = max(0, cos((y + 0.35 * x * x) * 24)) * lungs
        let value =
            300 + 2400 * body - 1700 * lungs * (1 - heart) + 500 * heart + 500 * spine * body
            + 260 * ribs
        return min(max(value, 0), 4095)
    }
}
