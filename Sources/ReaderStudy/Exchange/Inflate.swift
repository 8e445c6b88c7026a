// DEFLATE (RFC 1951), bounded: what is inside xlsx files.

/// Decompresses DEFLATE streams.
enum Inflate {
    /// Why a stream is refused.
    enum Fault: Error { case truncated, invalid, tooLarge }

    /// The decompressed bytes; throws where there would be more than `limit`.
    static func bytes(_ source: ArraySlice<UInt8>, limit: Int) throws(Fault) -> [UInt8] {
        var reader = BitReader(source)
        var output: [UInt8] = []
        var isLast = false
        while !isLast {
            isLast = try reader.bits(1) == 1
            switch try reader.bits(2) {
            case 0: try stored(&reader, &output, limit)
            case 1: try block(&reader, &output, limit, Self.fixedLiterals, Self.fixedDistances)
            case 2:
                let (literals, distances) = try tables(&reader)
                try block(&reader, &output, limit, literals, distances)
            default: throw .invalid
            }
        }
        return output
    }

    /// Bits from the lowest of each byte on.
    private struct BitReader {
        private let source: ArraySlice<UInt8>
        private var position: Int
        private var buffer: UInt32 = 0
        private var available = 0

        init(_ source: ArraySlice<UInt8>) {
            self.source = source
            position = source.startIndex
        }

        mutating func bits(_ count: Int) throws(Fault) -> Int {
            while available < count {
                guard position < source.endIndex else { throw .truncated }
                buffer |= UInt32(source[position]) << UInt32(available)
                position += 1
                available += 8
            }
            let value = buffer & ((1 << UInt32(count)) - 1)
            buffer >>= UInt32(count)
            available -= count
            return Int(value)
        }

        /// Leaves the rest of a byte, and takes whole bytes.
        mutating func aligned(_ count: Int) throws(Fault) -> ArraySlice<UInt8> {
            position -= available / 8
            (buffer, available) = (0, 0)
            guard count <= source.endIndex - position else { throw .truncated }
            defer { position += count }
            return source[position..<(position + count)]
        }
    }

    /// A canonical Huffman code: counts of each length, symbols in order of code.
    private struct Huffman {
        private var counts = [Int](repeating: 0, count: 16)
        private var symbols: [Int]

        init(_ lengths: [Int]) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            var offsets = [Int](repeating: 0, count: 16)
            for length in 1..<15 { offsets[length + 1] = offsets[length] + counts[length] }
            symbols = [Int](repeating: 0, count: lengths.count)
            for (symbol, length) in lengths.enumerated() where length > 0 {
                symbols[offsets[length]] = symbol
                offsets[length] += 1
            }
        }

        func symbol(_ reader: inout BitReader) throws(Fault) -> Int {
            var (code, first, index) = (0, 0, 0)
            for length in 1...15 {
                code |= try reader.bits(1)
                let count = counts[length]
                if code - first < count {
                    guard code >= first else { throw .invalid }
                    return symbols[index + code - first]
                }
                index += count
                first = (first + count) << 1
                code <<= 1
            }
            throw .invalid
        }
    }

    private static let fixedLiterals = Huffman(
        [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112)
            + [Int](repeating: 7, count: 24) + [Int](repeating: 8, count: 8))
    private static let fixedDistances = Huffman([Int](repeating: 5, count: 30))

    // RFC 1951 section 3.2.5.
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
        2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]

    private static func stored(_ reader: inout BitReader, _ output: inout [UInt8], _ limit: Int)
        throws(Fault)
    {
        let header = Array(try reader.aligned(4))
        let count = Int(header[0]) | Int(header[1]) << 8
        let check = Int(header[2]) | Int(header[3]) << 8
        guard count == ~check & 0xFFFF else { throw .invalid }
        guard output.count + count <= limit else { throw .tooLarge }
        output += try reader.aligned(count)
    }

    private static func tables(_ reader: inout BitReader) throws(Fault) -> (Huffman, Huffman) {
        let literalCount = try reader.bits(5) + 257
        let distanceCount = try reader.bits(5) + 1
        let codeCount = try reader.bits(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .invalid }
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var codeLengths = [Int](repeating: 0, count: 19)
        for index in 0..<codeCount { codeLengths[order[index]] = try reader.bits(3) }
        let codes = Huffman(codeLengths)
        var lengths: [Int] = []
        while lengths.count < literalCount + distanceCount {
            switch try codes.symbol(&reader) {
            case let symbol where symbol < 16: lengths.append(symbol)
            case 16:
                guard let last = lengths.last else { throw .invalid }
                lengths += [Int](repeating: last, count: 3 + (try reader.bits(2)))
            case 17: lengths += [Int](repeating: 0, count: 3 + (try reader.bits(3)))
            default: lengths += [Int](repeating: 0, count: 11 + (try reader.bits(7)))
            }
        }
        guard lengths.count == literalCount + distanceCount, lengths[256] > 0 else {
            throw .invalid
        }
        return (
            Huffman(Array(lengths[..<literalCount])), Huffman(Array(lengths[literalCount...]))
        )
    }

    private static func block(
        _ reader: inout BitReader, _ output: inout [UInt8], _ limit: Int, _ literals: Huffman,
        _ distances: Huffman
    ) throws(Fault) {
        while true {
            let symbol = try literals.symbol(&reader)
            if symbol == 256 { return }
            if symbol < 256 {
                guard output.count < limit else { throw .tooLarge }
                output.append(UInt8(symbol))
                continue
            }
            guard symbol - 257 < lengthBases.count else { throw .invalid }
            let length =
                lengthBases[symbol - 257] + (try reader.bits(lengthBits[symbol - 257]))
            let code = try distances.symbol(&reader)
            guard code < distanceBases.count else { throw .invalid }
            let distance = distanceBases[code] + (try reader.bits(code < 2 ? 0 : code / 2 - 1))
            guard distance <= output.count else { throw .invalid }
            guard output.count + length <= limit else { throw .tooLarge }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }
}
