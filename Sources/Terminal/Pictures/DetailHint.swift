// What a grid of cells hides.

/// Where a picture holds detail that its cells cannot show.
public struct DetailHint: Sendable, Equatable {
    /// Share of the cells whose detail is lost, 0...1.
    public let share: Double

    /// Root of the mean squared error within a cell from which detail counts as lost, in grey
    /// levels: about three steps of the 30 greys, and more than a radiograph's noise.
    public static let threshold: Float = 24

    /// Looks at fitted cells; nil where no cell loses detail.
    public init?(_ cells: PictureCells) {
        let lost = cells.residuals.filter { $0 > Self.threshold * Self.threshold }.count
        guard lost > 0 else { return nil }
        share = Double(lost) / Double(cells.residuals.count)
    }
}
