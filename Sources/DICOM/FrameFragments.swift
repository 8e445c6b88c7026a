// Encapsulated pixel data: which fragments make up which frame (PS3.5 annex A.4).

/// The fragments of encapsulated pixel data, sorted into frames.
struct FrameFragments: Sendable {
    /// For each frame its fragments: numbers from 1, for 0 is the offset table.
    let frames: [Range<Int>]

    /// Sorts by the offset tables, by one fragment a frame, or by the marks of codestreams.
    /// - Returns: nil where the fragments do not make up `frameCount` frames.
    /// - Parameter startsFrame: whether a fragment begins with the mark of a codestream.
    init?(
        lengths: [Int], offsets: [Int], frameCount: Int, startsFrame: (Int) -> Bool
    ) {
        guard lengths.count > 1 else { return nil }
        let fragments = 1..<lengths.count
        if frameCount == 1 {
            frames = [fragments]
        } else if let starts = Self.starts(at: offsets, lengths: lengths),
            starts.count == frameCount
        {
            frames = Self.ranges(starts, end: lengths.count)
        } else if fragments.count == frameCount {
            frames = fragments.map { $0..<$0 + 1 }
        } else {
            let starts = fragments.filter { startsFrame($0) }
            guard starts.count == frameCount, starts.first == 1 else { return nil }
            frames = Self.ranges(starts, end: lengths.count)
        }
    }

    private static func ranges(_ starts: [Int], end: Int) -> [Range<Int>] {
        zip(starts, starts.dropFirst() + [end]).map { $0..<$1 }
    }

    /// The fragments at which the table's offsets point; nil where one points between fragments.
    private static func starts(at offsets: [Int], lengths: [Int]) -> [Int]? {
        guard !offsets.isEmpty else { return nil }
        var byOffset: [Int: Int] = [:]
        var offset = 0
        for (number, length) in lengths.enumerated().dropFirst() {
            byOffset[offset] = number
            offset += 8 + length
        }
        var starts: [Int] = []
        for offset in offsets {
            guard let number = byOffset[offset], number > starts.last ?? 0 else { return nil }
            starts.append(number)
        }
        return starts.first == 1 ? starts : nil
    }
}
