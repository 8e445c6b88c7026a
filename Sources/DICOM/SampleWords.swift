// From words of Bits Allocated to stored values: shift, mask, sign (PS3.5 8.1.1).

import CDICOM

/// The last step of every way of decoding.
enum SampleWords {
    static func eight(_ words: [UInt8], format: PixelFormat) -> StoredPixels.Values {
        if format.isSigned {
            return .int8(signed(words, format, as: Int8.self))
        }
        return .uint8(unsigned(words, format))
    }

    static func sixteen(_ words: [UInt16], format: PixelFormat) -> StoredPixels.Values {
        if format.bitsAllocated == 8 {
            return eight(words.map { UInt8(truncatingIfNeeded: $0) }, format: format)
        }
        if format.bitsAllocated == 32 {
            return thirtyTwo(words.map { UInt32($0) }, format: format)
        }
        if format.isSigned {
            return .int16(signed(words, format, as: Int16.self))
        }
        return .uint16(unsigned(words, format))
    }

    static func thirtyTwo(_ words: [UInt32], format: PixelFormat) -> StoredPixels.Values {
        if format.isSigned {
            return .int32(signed(words, format, as: Int32.self))
        }
        return .uint32(unsigned(words, format))
    }

    /// Overlay planes and rubbish above the high bit are masked away.
    private static func unsigned<Word: FixedWidthInteger>(
        _ words: [Word], _ format: PixelFormat
    ) -> [Word] {
        let shift = Word(truncatingIfNeeded: format.highBit + 1 - format.bitsStored)
        if shift == 0 && format.bitsStored >= Word.bitWidth { return words }
        let mask = ~Word(0) >> Word(truncatingIfNeeded: Word.bitWidth - format.bitsStored)
        var words = words
        for index in words.indices { words[index] = words[index] &>> shift & mask }
        return words
    }

    private static func signed<Word: FixedWidthInteger, Value: FixedWidthInteger>(
        _ words: [Word], _ format: PixelFormat, as _: Value.Type
    ) -> [Value] {
        let left = Value(truncatingIfNeeded: Value.bitWidth - 1 - format.highBit)
        let right = Value(truncatingIfNeeded: Value.bitWidth - format.bitsStored)
        return words.map { (Value(truncatingIfNeeded: $0) &<< left) &>> right }
    }

    /// Planes of a JPEG 2000 stream, colour by pixel.
    ///
    /// Where stream and data set differ in the sign, the data set is followed: the bits of the
    /// stream's precision are read the other way.
    static func codestream(
        _ planes: [Int32], header: wt_j2k_header, format: PixelFormat
    ) -> StoredPixels.Values {
        let count = format.pixelCount
        let samples = format.samplesPerPixel
        var values =
            samples == 1
            ? planes
            : (0..<count * samples).map {
                planes[$0 % samples * count + $0 / samples]
            }
        let unused = Int32(max(0, 32 - Int(header.precision)))
        if format.isSigned && !header.is_signed {
            for index in values.indices { values[index] = (values[index] &<< unused) &>> unused }
        } else if !format.isSigned && header.is_signed {
            let mask = Int32(bitPattern: ~UInt32(0) >> UInt32(unused))
            for index in values.indices { values[index] &= mask }
        }
        switch (format.bitsAllocated, format.isSigned) {
        case (1, _), (8, false): return .uint8(values.map { UInt8(truncatingIfNeeded: $0) })
        case (8, true): return .int8(values.map { Int8(truncatingIfNeeded: $0) })
        case (16, false): return .uint16(values.map { UInt16(truncatingIfNeeded: $0) })
        case (16, true): return .int16(values.map { Int16(truncatingIfNeeded: $0) })
        case (_, false): return .uint32(values.map { UInt32(bitPattern: $0) })
        case (_, true): return .int32(values)
        }
    }
}
