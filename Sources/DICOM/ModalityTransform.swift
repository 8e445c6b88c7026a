// From stored to modality values (PS3.3 C.11.1): a table, or slope and intercept.

/// The modality transform of one frame.
enum ModalityTransform: Sendable, Equatable {
    case linear(slope: Double, intercept: Double)
    case table(LookUpTable)

    /// Reads the transform of a frame; functional groups come before the data set.
    /// - Parameter notes: receives what had to be left out.
    init(
        scopes: FrameScopes, isSigned: Bool, file: String, notes: inout [String]
    ) throws(DICOMError) {
        for scope in scopes.pixelValueTransformation + [scopes.dataSet] {
            // Some writers leave an item of empty attributes behind.
            if let item = scope.items(.modalityLUTSequence).first,
                !item.integers(.lutDescriptor).isEmpty
            {
                guard
                    let table = LookUpTable(
                        scope: item, descriptor: .lutDescriptor, data: .lutData, isSigned: isSigned)
                else {
                    throw .attribute(
                        file: file, tag: .lutData, name: "Modality LUT Data",
                        found: "shorter than its descriptor says")
                }
                self = .table(table)
                return
            }
            if let slope = try Self.number(scope, .rescaleSlope, "Rescale Slope", file: file) {
                let intercept =
                    try Self.number(scope, .rescaleIntercept, "Rescale Intercept", file: file) ?? 0
                if slope == 0 {
                    notes.append(
                        "Rescale Slope is 0, which would make one grey of all; it is ignored.")
                    self = .linear(slope: 1, intercept: 0)
                } else {
                    self = .linear(slope: slope, intercept: intercept)
                }
                return
            }
        }
        self = .linear(slope: 1, intercept: 0)
    }

    private static func number(
        _ scope: ElementScope, _ tag: DICOMTag, _ name: String, file: String
    ) throws(DICOMError) -> Double? {
        switch scope.decimal(tag) {
        case .value(let value): return value
        case .absent: return nil
        case .invalid(let text):
            throw .attribute(file: file, tag: tag, name: name, found: "`\(text)`")
        }
    }

    /// Modality values of stored ones.
    func values<Result: BinaryFloatingPoint>(_ stored: StoredPixels, as _: Result.Type) -> [Result]
    {
        switch self {
        case .linear(let slope, let intercept):
            stored.mapped(LinearTransform<Result>(slope: slope, intercept: intercept))
        case .table(let table): stored.mapped(TableTransform<Result>(table: table))
        }
    }
}

/// Where a frame's own attributes are looked for: enhanced multi-frame objects keep them in
/// functional groups, per frame or shared (PS3.3 C.7.6.16).
struct FrameScopes: Sendable {
    let dataSet: ElementScope
    private let groups: [ElementScope]

    init(_ dataSet: ElementScope, frame: Int) {
        self.dataSet = dataSet
        let perFrame = dataSet.items(.perFrameFunctionalGroups)
        let shared = dataSet.items(.sharedFunctionalGroups).first
        groups = (frame < perFrame.count ? [perFrame[frame]] : []) + (shared.map { [$0] } ?? [])
    }

    var pixelValueTransformation: [ElementScope] { items(.pixelValueTransformationSequence) }
    var frameVOILUT: [ElementScope] { items(.frameVOILUTSequence) }
    var pixelMeasures: [ElementScope] { items(.pixelMeasuresSequence) }

    private func items(_ tag: DICOMTag) -> [ElementScope] {
        groups.compactMap { $0.items(tag).first }
    }
}
