// What model.json says: the contract between a network and the pictures it was trained on.

/// The part of a package's `model.json` that decides how it is run and what its answers mean.
///
/// Keys are those of the file in camel case; unknown ones are ignored, missing required ones are an error.
struct ModelDescription: Decodable, Sendable {
    struct Input: Decodable, Sendable {
        let name: String
        let layout: String
        let channels: Int
        let width: Int
        let height: Int
    }

    struct Output: Decodable, Sendable {
        let name: String
        let meaning: String
    }

    struct Preprocessing: Decodable, Sendable {
        let grey: String
        let resize: String
        let crop: String
        let aspect: String
        let scale: Double
        let mean: [Double]
        let std: [Double]
    }

    struct Calibration: Decodable, Sendable {
        struct Label: Decodable, Sendable {
            let label: String
            let a: Double
            let b: Double
        }

        let kind: String
        let perLabel: [Label]?
        let fittedOn: String?
        let note: String?
    }

    struct Evaluation: Decodable, Sendable {
        struct Label: Decodable, Sendable {
            let label: String
            let positives: Int?
            let auc: Double?
            let aucCi95: [Double]?
        }

        let split: String?
        let images: Int?
        let patients: Int?
        let perLabel: [Label]?
    }

    struct Risk: Decodable, Sendable {
        struct Label: Decodable, Sendable {
            let moderate: Double
            let high: Double
            let uncertainAbove: Double
        }

        let critical: [String]
        let perLabel: [String: Label]
    }

    struct Domain: Decodable, Sendable {
        let kind: String
        let notice: String
    }

    struct ClassActivation: Decodable, Sendable {
        let lastFeatureMap: String
    }

    let name: String
    let version: String
    let file: String
    let sha256: String
    let intendedUse: String
    let labels: [String]
    let input: Input
    let output: Output
    let preprocessing: Preprocessing
    let calibration: Calibration?
    let risk: Risk?
    let domain: Domain?
    let cam: ClassActivation?
    let limits: [String]?
    let evaluation: Evaluation?
    let notDrawn: [String]?
}
