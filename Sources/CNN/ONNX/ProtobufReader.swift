// The part of the protobuf wire format that ONNX files use: varints, 32- and 64-bit values, and
// length-delimited fields. Every length is held against what is left of the enclosing message.

/// Reads the fields of one message, which lies in `start..<end` of the model's bytes.
struct ProtobufReader {
    /// What a field holds, before its meaning is known.
    enum Payload {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        case bytes(Range<Int>)
    }

    let store: ByteStore
    let file: String
    private(set) var position: Int
    let end: Int

    init(store: ByteStore, file: String, range: Range<Int>) {
        self.store = store
        self.file = file
        position = range.lowerBound
        end = range.upperBound
    }

    func malformed(_ found: String) -> CNNError {
        .malformed(file: file, offset: position, found: found)
    }

    /// The next field's number and payload, or nil at the end of the message.
    mutating func next() throws(CNNError) -> (field: Int, payload: Payload)? {
        guard position < end else { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw malformed("field number \(tag >> 3)") }
        let field = Int(tag >> 3)
        switch tag & 7 {
        case 0: return (field, .varint(try varint()))
        case 1: return (field, .fixed64(try fixed(UInt64.self)))
        case 2: return (field, .bytes(try lengthDelimited()))
        case 5: return (field, .fixed32(try fixed(UInt32.self)))
        default: throw malformed("wire type \(tag & 7)")
        }
    }

    mutating func varint() throws(CNNError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = store.bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
            if shift > 63 { throw malformed("a number of more than 64 bits") }
        }
        throw malformed("a number cut off")
    }

    mutating func fixed<Value: FixedWidthInteger>(_ type: Value.Type) throws(CNNError) -> Value {
        let size = MemoryLayout<Value>.size
        guard end - position >= size else { throw malformed("a \(size)-byte value cut off") }
        defer { position += size }
        return Value(
            littleEndian: store.bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
    }

    private mutating func lengthDelimited() throws(CNNError) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - position) else {
            throw malformed("a field of \(length) bytes where \(end - position) are left")
        }
        let range = position..<(position + Int(length))
        position = range.upperBound
        return range
    }

    func reader(_ range: Range<Int>) -> ProtobufReader {
        ProtobufReader(store: store, file: file, range: range)
    }
}

extension ProtobufReader.Payload {
    func string(_ reader: ProtobufReader) throws(CNNError) -> String {
        let bytes = UnsafeRawBufferPointer(rebasing: reader.store.bytes[try range(reader)])
        return String(decoding: bytes, as: UTF8.self)
    }

    func range(_ reader: ProtobufReader) throws(CNNError) -> Range<Int> {
        guard case .bytes(let range) = self else { throw reader.malformed("a field of wrong type") }
        return range
    }

    func integer(_ reader: ProtobufReader) throws(CNNError) -> Int {
        guard case .varint(let value) = self else {
            throw reader.malformed("a field of wrong type")
        }
        return Int(Int64(bitPattern: value))
    }

    func float(_ reader: ProtobufReader) throws(CNNError) -> Float {
        guard case .fixed32(let bits) = self else {
            throw reader.malformed("a field of wrong type")
        }
        return Float(bitPattern: bits)
    }

    /// Appends one varint, or a packed run of them.
    func appendIntegers(to values: inout [Int], _ reader: ProtobufReader) throws(CNNError) {
        switch self {
        case .varint(let value): values.append(Int(Int64(bitPattern: value)))
        case .bytes(let range):
            var packed = reader.reader(range)
            while packed.position < packed.end {
                values.append(Int(Int64(bitPattern: try packed.varint())))
            }
        default: throw reader.malformed("a field of wrong type")
        }
    }

    /// Appends one fixed-width value, or a packed run of them.
    func appendFixed<Bits: FixedWidthInteger>(
        to values: inout [Bits], _ reader: ProtobufReader
    ) throws(CNNError) {
        switch self {
        case .fixed32(let bits) where Bits.bitWidth == 32:
            values.append(Bits(truncatingIfNeeded: bits))
        case .fixed64(let bits) where Bits.bitWidth == 64:
            values.append(Bits(truncatingIfNeeded: bits))
        case .bytes(let range):
            guard range.count % (Bits.bitWidth / 8) == 0 else {
                throw reader.malformed("a packed run of \(range.count) bytes")
            }
            var packed = reader.reader(range)
            values.reserveCapacity(values.count + range.count / (Bits.bitWidth / 8))
            while packed.position < packed.end { values.append(try packed.fixed(Bits.self)) }
        default: throw reader.malformed("a field of wrong type")
        }
    }
}
