// The findings that a model is asked about.

/// A pathology by the label that models and files use for it.
///
/// The labels of the model package decide what the screens show; the fourteen of NIH ChestX-ray14
/// (Wang et al., CVPR 2017) are the founding set.
public struct Pathology: RawRepresentable, Hashable, Codable, Sendable {
    /// The label, as the model package spells it (`Pleural_Thickening`).
    public let rawValue: String
    /// Wraps a label.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Wraps a label.
    public init(_ rawValue: String) { self.rawValue = rawValue }

    /// Collapse of lung tissue.
    public static let atelectasis = Pathology("Atelectasis")
    /// Enlarged heart.
    public static let cardiomegaly = Pathology("Cardiomegaly")
    /// Pleural effusion.
    public static let effusion = Pathology("Effusion")
    /// Infiltration.
    public static let infiltration = Pathology("Infiltration")
    /// Mass: a rounded opacity over 3 cm.
    public static let mass = Pathology("Mass")
    /// Nodule: a rounded opacity up to 3 cm.
    public static let nodule = Pathology("Nodule")
    /// Pneumonia.
    public static let pneumonia = Pathology("Pneumonia")
    /// Air in the pleural space.
    public static let pneumothorax = Pathology("Pneumothorax")
    /// Consolidation.
    public static let consolidation = Pathology("Consolidation")
    /// Pulmonary oedema.
    public static let edema = Pathology("Edema")
    /// Emphysema.
    public static let emphysema = Pathology("Emphysema")
    /// Fibrosis.
    public static let fibrosis = Pathology("Fibrosis")
    /// Pleural thickening.
    public static let pleuralThickening = Pathology("Pleural_Thickening")
    /// Hiatus or diaphragmatic hernia.
    public static let hernia = Pathology("Hernia")

    /// The founding fourteen, in ChestX-ray14's order.
    public static let foundingFourteen: [Pathology] = [
        .atelectasis, .cardiomegaly, .effusion, .infiltration, .mass, .nodule, .pneumonia,
        .pneumothorax, .consolidation, .edema, .emphysema, .fibrosis, .pleuralThickening, .hernia,
    ]

    /// The label as words: `Pleural thickening`.
    public var displayName: String {
        let words = rawValue.replacing("_", with: " ").inert()
        guard self == .pleuralThickening else { return words }
        return "Pleural thickening"
    }

    /// A name of at most fourteen columns: `Pl. thickening`.
    public var shortName: String {
        self == .pleuralThickening ? "Pl. thickening" : String(displayName.prefix(14))
    }

    /// What the finding may mean for the patient, in one sentence; the reader decides if it does.
    public var clinicalMeaning: String {
        Self.meanings[self]
            ?? "No clinical meaning is on file for this label; see the model's description."
    }

    private static let meanings: [Pathology: String] = [
        .atelectasis: "Loss of lung volume; look for an obstructing cause and for shift.",
        .cardiomegaly:
            "Enlarged cardiac silhouette; consider heart failure or pericardial effusion.",
        .effusion: "Fluid in the pleural space; consider failure, infection or malignancy.",
        .infiltration: "Ill-defined opacity; infection, oedema or haemorrhage are possible.",
        .mass: "Opacity over 3 cm; malignancy must be excluded, CT is usually the next step.",
        .nodule: "Opacity up to 3 cm; compare with priors and follow up by guideline.",
        .pneumonia: "Infectious airspace disease is possible; correlate with the clinical picture.",
        .pneumothorax: "Air in the pleural space; tension is an emergency, look for shift.",
        .consolidation: "Airspace filling; infection is the commonest cause.",
        .edema: "Fluid in the interstitium or airspaces; consider cardiac failure.",
        .emphysema: "Hyperinflation and lung destruction; consider chronic obstructive disease.",
        .fibrosis: "Scarring of the lung; compare with priors for progression.",
        .pleuralThickening: "Thickened pleura; consider old infection, asbestos or malignancy.",
        .hernia: "Abdominal contents above the diaphragm; usually hiatal.",
    ]
}
