// What is to be drawn.

import Radiology

/// The side of the patient; the patient's right is on the left of a frontal picture.
public enum PhantomSide: String, Sendable, Codable, CaseIterable {
    /// The patient's right.
    case right
    /// The patient's left.
    case left

    /// -1 right, +1 left: the sign of x in a frontal picture.
    var sign: Double { self == .right ? -1 : 1 }
}

/// How the phantom is looked at.
public enum PhantomView: String, Sendable, Codable, CaseIterable {
    /// Upright, from behind.
    case posteroanterior
    /// In bed, from the front: larger heart, higher diaphragm, scapulae over the lungs, lines.
    case portableAnteroposterior
    /// From the side.
    case lateral
}

/// One planted finding.
public struct PhantomFinding: Sendable, Equatable {
    /// Its label; each of the founding fourteen can be drawn.
    public var pathology: Pathology
    /// The side where it is drawn; findings of both sides or of the middle ignore it.
    public var side: PhantomSide
    /// From 0, just visible, to 1, gross.
    public var severity: Double

    /// Plants a finding.
    public init(_ pathology: Pathology, side: PhantomSide = .right, severity: Double = 0.6) {
        self.pathology = pathology
        self.side = side
        self.severity = severity
    }
}

/// One picture of a digital chest phantom, wholly determined by its values.
public struct PhantomStudy: Sendable, Equatable {
    /// Decides habitus, anatomy, position, exposure and noise.
    public var seed: UInt64
    /// How it is looked at.
    public var view: PhantomView
    /// What is planted.
    public var findings: [PhantomFinding]

    /// Describes a picture; the same values always give the same pixels.
    public init(
        seed: UInt64, view: PhantomView = .posteroanterior, findings: [PhantomFinding] = []
    ) {
        self.seed = seed
        self.view = view
        self.findings = findings
    }

    /// The planted finding with a label, if there is one.
    func finding(_ pathology: Pathology) -> PhantomFinding? {
        findings.first { $0.pathology == pathology }
    }
}
