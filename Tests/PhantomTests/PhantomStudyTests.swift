import Imaging
import Phantom
import Radiology
import Testing

@Suite("Phantom pictures")
struct PhantomStudyTests {
    @Test("the same study gives the same pixels, another seed others")
    func deterministic() {
        let study = PhantomStudy(seed: 7, findings: [PhantomFinding(.mass)])
        let first = study.picture(columns: 96, rows: 112)
        #expect(first.grey == study.picture(columns: 96, rows: 112).grey)
        var other = study
        other.seed = 8
        #expect(first.grey != other.picture(columns: 96, rows: 112).grey)
    }

    @Test("a study is the same person at every size", arguments: [11, 12, 13] as [UInt64])
    func sameAtEverySize(seed: UInt64) {
        let study = PhantomStudy(seed: seed)
        let small = study.picture(columns: 160, rows: 200).radiograph()
        let large = study.picture(columns: 640, rows: 800).radiograph()
        let a = small.modelInput(columns: 40, rows: 50)
        let b = large.modelInput(columns: 40, rows: 50)
        let mean = zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(a.count)
        #expect(mean < 4, "\(mean) grey levels of 255")
    }

    @Test(
        "every finding of the founding fourteen can be seen", arguments: Pathology.foundingFourteen)
    func findingIsSeen(pathology: Pathology) {
        for view in [PhantomView.posteroanterior, .portableAnteroposterior] {
            let plain = PhantomStudy(seed: 21, view: view).picture(columns: 160, rows: 180)
            let planted = PhantomStudy(
                seed: 21, view: view,
                findings: [PhantomFinding(pathology, side: .left, severity: 0.7)]
            ).picture(columns: 160, rows: 180)
            let worst = zip(plain.grey, planted.grey).map { abs($0 - $1) }.max() ?? 0
            #expect(worst > 0.12, "\(pathology.rawValue) changes at most \(worst)")
        }
    }

    static let sided: [Pathology] = [.pneumothorax, .effusion, .mass, .nodule, .pneumonia]

    @Test("a finding lies on its side: the patient's right is on the left", arguments: sided)
    func findingHasSide(pathology: Pathology) {
        let plain = PhantomStudy(seed: 33).picture(columns: 160, rows: 180)
        for side in PhantomSide.allCases {
            let planted = PhantomStudy(
                seed: 33, findings: [PhantomFinding(pathology, side: side, severity: 0.6)]
            ).picture(columns: 160, rows: 180)
            var left: Float = 0
            var right: Float = 0
            for (index, change) in zip(plain.grey, planted.grey).map({ abs($0 - $1) }).enumerated()
            {
                if index % 160 < 80 { left += change } else { right += change }
            }
            #expect((side == .right) == (left > right), "\(pathology.rawValue) \(side)")
        }
    }

    @Test("frontal phantoms look like frontal chests, and have contrast")
    func looksLikeChest() {
        var passed = 0
        for seed in 0..<24 as Range<UInt64> {
            let view: PhantomView = seed % 3 == 0 ? .portableAnteroposterior : .posteroanterior
            let figures = qualityFigures(
                of: PhantomStudy(seed: seed, view: view).picture(columns: 256, rows: 288)
                    .radiograph())
            if figures.looksLikeFrontalChest { passed += 1 }
            #expect(figures.contrast > 0.3, "seed \(seed)")
        }
        #expect(passed >= 23)
    }

    @Test("side views do not look like frontal chests")
    func sideViews() {
        for seed in 40..<52 as Range<UInt64> {
            let study = PhantomStudy(seed: seed, view: .lateral)
            let figures = qualityFigures(of: study.picture(columns: 240, rows: 320).radiograph())
            #expect(!figures.looksLikeFrontalChest, "seed \(seed)")
        }
    }

    @Test("stored values use their bits", arguments: [8, 10, 12, 14, 16])
    func storedBits(bits: Int) {
        let stored = PhantomStudy(seed: 5).picture(columns: 96, rows: 96).stored(bits: bits)
        let top = (1 << bits) - 1
        #expect(stored.allSatisfy { Int($0) <= top })
        #expect(Int(stored.max() ?? 0) > top / 2)
        #expect(Set(stored).count > 60)
    }

    @Test("a lateral view is another picture, and a mass is in it too")
    func lateral() {
        let plain = PhantomStudy(seed: 9, view: .lateral).picture(columns: 120, rows: 160)
        let mass = PhantomStudy(seed: 9, view: .lateral, findings: [PhantomFinding(.mass)])
            .picture(columns: 120, rows: 160)
        #expect(plain.grey != PhantomStudy(seed: 9).picture(columns: 120, rows: 160).grey)
        #expect(zip(plain.grey, mass.grey).contains { abs($0 - $1) > 0.1 })
        #expect(plain.grey.allSatisfy { $0.isFinite && (0...1).contains($0) })
    }
}
