// The frontal picture, part by part.

import Foundation
import Radiology

/// A frontal phantom on its way to a picture.
struct FrontalPhantom {
    private let study: PhantomStudy
    private let anatomy: Anatomy
    private let composition: Composition

    init(study: PhantomStudy, field: Field) {
        self.study = study
        var anatomy = Anatomy(seed: study.seed, view: study.view)
        let findings = FrontalFindings(study)
        findings.change(&anatomy)
        self.anatomy = anatomy
        let tissue = FrontalTissue(anatomy, seed: study.seed)
        var composition = Composition(field)
        var brush = Brush(field)
        tissue.draw(into: &composition)
        findings.drawPleura(tissue, into: &composition, brush: &brush)
        tissue.drawAir(into: &composition, brush: &brush, seed: study.seed)
        let vessels = Vessels(tissue: tissue, seed: study.seed)
        vessels.draw(into: &composition, brush: &brush)
        vessels.drawTexture(into: &composition)
        findings.drawOpacities(tissue, into: &composition, brush: &brush)
        Skeleton(anatomy: anatomy, seed: study.seed).draw(
            into: &composition, brush: &brush,
            isPortable: study.view == .portableAnteroposterior)
        Markers(study).draw(into: &composition, brush: &brush)
        self.composition = composition
    }

    /// The processed picture with noise on a field of the same rectangle.
    func finished(on field: Field) -> Plane {
        let detector = Detector(seed: study.seed, view: study.view)
        let attenuation = composition.attenuation(lungDensity: anatomy.lungDensity)
        let clean = detector.signal(attenuation)
        let lung = clean.quantile(0.5) { composition.lung.values[$0] > 60 }
        let soft = clean.quantile(0.85) { composition.body.values[$0] > 120 }
        var signal = clean.resampled(to: field)
        detector.addNoise(to: &signal, seed: study.seed)
        return detector.processed(signal, lungLevel: lung, softLevel: soft)
    }
}
