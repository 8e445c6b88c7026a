// Findings as readers type them.

import Radiology
import Testing

struct OwnFindingTests {
    @Test func everyFindingByPartsIsReadBackFromItsLine() {
        for pathology in Pathology.foundingFourteen {
            for side in [nil] + Side.allCases.map(Optional.some) {
                for severity in [nil] + Severity.allCases.map(Optional.some) {
                    for (location, text) in [("", ""), ("left apex", ""), ("", "old: 2 cm")] {
                        let finding = OwnFinding(
                            text: text, pathology: pathology, side: side, severity: severity,
                            location: location)
                        #expect(OwnFinding(parsing: finding.line) == finding)
                    }
                }
            }
        }
    }

    @Test(arguments: [
        "Rib fracture, right 6th", "left", "mild", "", "in the apex", "left-sided effusion, small",
        "no pneumothorax in the apex", ": nothing", "mass effect",
    ])
    func whatNamesNoLabelAloneStaysAsItWasTyped(text: String) {
        #expect(OwnFinding(parsing: text) == OwnFinding(text: text))
    }

    @Test(arguments: [
        ("pneumot", Pathology.pneumothorax), ("PLEURAL THICKENING", .pleuralThickening),
        ("Pleural_Thickening", .pleuralThickening), ("emph", .emphysema), ("mass", .mass),
    ])
    func aLabelIsNamedByItsBeginning(text: String, pathology: Pathology) {
        #expect(Pathology.named(text) == pathology)
    }

    @Test(arguments: ["pneu", "m", "", "xyz", "emp"])
    func whatFitsSeveralLabelsOrIsShortNamesNone(text: String) {
        #expect(Pathology.named(text) == nil)
    }
}
