// Imaging's figures in the words of the trade.

import Imaging
import Radiology

extension ImageQuality {
    /// Measures a radiograph and judges each figure.
    init(assessing radiograph: Radiograph) {
        let figures = qualityFigures(of: radiograph)
        self.init(
            width: figures.width, height: figures.height, bitDepth: figures.bitsStored,
            contrast: figures.contrast, clippedShare: figures.clippedShare,
            sharpness: figures.sharpness, isFrontalChest: figures.looksLikeFrontalChest,
            frontalChestScore: figures.frontalChestScore,
            observations: figures.statements.map {
                QualityObservation(
                    name: $0.name, value: $0.value, verdict: QualityVerdict($0.verdict),
                    meaning: $0.meaning)
            },
            notes: radiograph.notes)
    }
}

extension QualityVerdict {
    fileprivate init(_ judgement: QualityJudgement) {
        switch judgement {
        case .good: self = .good
        case .fair: self = .fair
        case .poor: self = .poor
        }
    }
}
