// How fast the way to the reader's eye is: from a frame's write to the terminal's reply.

/// Measures a link by frames that end in a question, and says how thrifty frames must be.
public struct LinkMeter: Sendable, Equatable {
    /// Least time from a write to its reply, in seconds; nil while none came.
    public private(set) var roundTripSeconds: Double?
    /// Bytes a second beyond the round trip; nil while no frame was large enough to tell.
    public private(set) var bytesPerSecond: Double?

    /// Frames below this say nothing about the speed.
    static let telling = 2048
    /// A frame should be shown within this time.
    private static let wantedSeconds = 0.25
    /// Weight of the newest measurement.
    private static let share = 0.4

    /// Nothing measured yet.
    public init() {}

    /// Takes the time from the first byte's write to the reply.
    public mutating func record(byteCount: Int, seconds: Double) {
        guard seconds > 0 else { return }
        roundTripSeconds = min(roundTripSeconds ?? seconds, seconds)
        guard byteCount >= Self.telling else { return }
        // A terminal that takes it all at once is as fast as it needs to be.
        let spent = max(seconds - (roundTripSeconds ?? 0) / 2, 1e-4)
        let speed = Double(byteCount) / spent
        bytesPerSecond = bytesPerSecond.map { $0 + Self.share * (speed - $0) } ?? speed
    }

    /// Weight of a byte for a first frame that would take `byteCount` bytes when exact; nil where
    /// the exact one is fast enough.
    public func thrift(exactByteCount: Int) -> Double? {
        guard let bytesPerSecond else { return nil }
        let seconds = Double(exactByteCount) / bytesPerSecond
        switch seconds / Self.wantedSeconds {
        case ..<1: return nil
        case ..<2: return 60
        case ..<4: return 120
        default: return 240
        }
    }
}
