// One frame's stored pixels: from native bytes, or through a codec.

import CDICOM

/// Reads frames of one image.
struct FrameReader: Sendable {
    let elements: ParsedElements
    let pixelData: Element
    let format: PixelFormat
    let file: String
    /// Sorted fragments; nil for native pixel data.
    let fragments: FrameFragments?
    let fragmentLengths: [Int]
    /// What had to be accepted, in sentences.
    private(set) var notes: [String] = []

    /// Checks the pixel data's length, or its fragments, against what the header announces.
    init(
        elements: ParsedElements, pixelData: Element, format: PixelFormat, file: String
    ) throws(DICOMError) {
        self.elements = elements
        self.pixelData = pixelData
        self.format = format
        self.file = file
        if pixelData.isEncapsulated {
            let lengths = elements.fragmentLengths(of: pixelData)
            fragmentLengths = lengths
            let sorted = FrameFragments(
                lengths: lengths, offsets: Self.offsets(elements, pixelData, lengths: lengths),
                frameCount: format.frameCount,
                startsFrame: { number in
                    let start = elements.fragment(number, of: pixelData, length: lengths[number])
                    return Self.startsCodestream(start ?? [])
                })
            guard let sorted else {
                if lengths.count <= 1 { throw .noPixelData(file: file) }
                throw .truncated(
                    file: file, expected: format.frameCount, found: lengths.count - 1,
                    unit: "compressed frames")
            }
            fragments = sorted
        } else {
            fragmentLengths = []
            fragments = nil
            try checkNativeLength()
        }
    }

    private mutating func checkNativeLength() throws(DICOMError) {
        let expected = (format.frameBitCount * format.frameCount + 7) / 8
        if pixelData.length == 0 { throw .noPixelData(file: file) }
        guard pixelData.length >= expected else {
            throw .truncated(
                file: file, expected: expected, found: pixelData.length, unit: "bytes of pixels")
        }
        if pixelData.length - expected > 1 {
            notes.append(
                "The pixel data is \(pixelData.length - expected) bytes longer than the header "
                    + "announces; the rest is ignored.")
        }
        if format.transferSyntax.isCompressed {
            notes.append(
                "The pixels are not compressed, although the transfer syntax says so.")
        }
    }

    /// Entries of the extended or basic offset table; none where both are empty.
    private static func offsets(
        _ elements: ParsedElements, _ pixelData: Element, lengths: [Int]
    ) -> [Int] {
        if let table = elements.element(.extendedOffsetTable), let bytes = elements.bytes(of: table)
        {
            return integers(bytes, width: 8)
        }
        guard let length = lengths.first, length >= 4,
            let bytes = elements.fragment(0, of: pixelData, length: length)
        else { return [] }
        return integers(bytes, width: 4)
    }

    private static func integers(_ bytes: [UInt8], width: Int) -> [Int] {
        stride(from: 0, through: bytes.count - width, by: width).map { start in
            (0..<width).reversed().reduce(0) { $0 << 8 | Int(bytes[start + $1]) & 0xFF }
        }
    }

    /// True for the first bytes of JPEG, JPEG-LS, JPEG 2000 and JP2.
    private static func startsCodestream(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xFF, 0xD8]) || bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51])
            || bytes.starts(with: [0, 0, 0, 12, 0x6A, 0x50])
    }

    /// All bytes of one frame's fragments.
    func compressedFrame(_ frame: Int) throws(DICOMError) -> [UInt8] {
        guard let range = fragments?.frames[frame] else {
            throw .damaged(file: file, detail: "no fragments")
        }
        var bytes: [UInt8] = []
        for number in range {
            guard
                let part = elements.fragment(
                    number, of: pixelData, length: fragmentLengths[number])
            else { throw .damaged(file: file, detail: "fragment \(number) cannot be read") }
            if range.count == 1 { return part }
            bytes += part
        }
        return bytes
    }

    /// One frame, colour by pixel.
    func decoded(_ frame: Int) throws(DICOMError) -> DecodedFrame {
        guard (0..<format.frameCount).contains(frame) else {
            throw .noSuchFrame(file: file, frame: frame, count: format.frameCount)
        }
        let values: StoredPixels.Values
        var isLumaFirst = isYBR
        if fragments == nil {
            values = try native(frame)
        } else {
            switch format.transferSyntax.pixelCoding {
            case .rle: values = try runLengths(frame)
            case .jpeg, .jpegLS: (values, isLumaFirst) = try jpeg(frame)
            case .jpeg2000: (values, isLumaFirst) = try jpeg2000(frame)
            case .encapsulatedNative: values = try encapsulatedNative(frame)
            case .native:
                // Fragments under a syntax that has none: nothing says how they are coded.
                throw .noTransferSyntax(file: file)
            case .unsupported:
                throw .unsupportedTransferSyntax(file: file, name: format.transferSyntax.name)
            }
        }
        let pixels = StoredPixels(
            rows: format.rows, columns: format.columns, samplesPerPixel: format.samplesPerPixel,
            values: values)
        return DecodedFrame(pixels: pixels, isLumaFirst: isLumaFirst)
    }
}

/// One frame, and what its colours are.
struct DecodedFrame: Sendable {
    let pixels: StoredPixels
    /// True where the first of three samples is luma, false where it is red.
    let isLumaFirst: Bool
}

extension FrameReader {
    /// Bytes are swapped in the file, whatever the data set's own order (GE's private syntax).
    private var isBigEndian: Bool {
        elements.isBigEndian || format.transferSyntax.uid == TransferSyntax.privateGE
    }

    private func native(_ frame: Int) throws(DICOMError) -> StoredPixels.Values {
        let firstBit = frame * format.frameBitCount
        let count = (firstBit % 8 + format.frameBitCount + 7) / 8
        if format.bitsAllocated == 16 && !format.isSubsampled {
            var words = [UInt16](unsafeUninitializedCapacity: count / 2) { buffer, filled in
                let isRead = elements.copy(
                    pixelData, offset: firstBit / 8, count: count,
                    to: UnsafeMutableRawBufferPointer(buffer))
                filled = isRead ? count / 2 : 0
            }
            guard words.count == count / 2 else { throw unreadable }
            if isBigEndian {
                for index in words.indices { words[index] = words[index].byteSwapped }
            }
            return SampleWords.sixteen(interleaved(words), format: format)
        }
        // Bytes of big-endian words (PS3.5 8.2): the pair is swapped, and may begin one before.
        let isSwapped = elements.isBigEndian && format.bitsAllocated <= 8 && pixelData.vr == "OW"
        guard !isSwapped else { return try swappedPairs(firstBit: firstBit, count: count) }
        guard let bytes = elements.bytes(of: pixelData, offset: firstBit / 8, count: count) else {
            throw unreadable
        }
        return try values(ofBytes: bytes, firstBit: firstBit % 8)
    }

    private var unreadable: DICOMError {
        .damaged(file: file, detail: "the pixel data cannot be read")
    }

    private func swappedPairs(firstBit: Int, count: Int) throws(DICOMError) -> StoredPixels.Values {
        let start = firstBit / 8 & ~1
        let end = min(pixelData.length, (firstBit / 8 + count + 1) & ~1)
        guard var pairs = elements.bytes(of: pixelData, offset: start, count: end - start) else {
            throw unreadable
        }
        for index in stride(from: 0, to: pairs.count - 1, by: 2) { pairs.swapAt(index, index + 1) }
        let skipped = firstBit / 8 - start
        guard pairs.count >= skipped + count else { throw unreadable }
        return try values(ofBytes: Array(pairs[skipped..<skipped + count]), firstBit: firstBit % 8)
    }

    /// Values of a frame's native bytes.
    private func values(
        ofBytes bytes: [UInt8], firstBit: Int
    ) throws(DICOMError) -> StoredPixels.Values {
        switch format.bitsAllocated {
        case 1:
            // PS3.5 8.1.1: the first pixel is the least significant bit.
            let count = format.pixelCount * format.samplesPerPixel
            return .uint8(
                (0..<count).map { bytes[($0 + firstBit) >> 3] >> UInt8(($0 + firstBit) & 7) & 1 })
        case 8:
            if format.isSubsampled { return .uint8(doubledChroma(bytes)) }
            return SampleWords.eight(interleaved(bytes), format: format)
        case 16:
            let words = words(of: bytes, as: UInt16.self)
            return SampleWords.sixteen(
                format.isSubsampled ? doubledChroma(words) : interleaved(words), format: format)
        default:
            return SampleWords.thirtyTwo(
                interleaved(words(of: bytes, as: UInt32.self)), format: format)
        }
    }

    private func words<Word: FixedWidthInteger>(of bytes: [UInt8], as _: Word.Type) -> [Word] {
        bytes.withUnsafeBytes { raw in
            let width = Word.bitWidth / 8
            return (0..<raw.count / width).map { index in
                let word = raw.loadUnaligned(fromByteOffset: index * width, as: Word.self)
                return isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
            }
        }
    }

    /// Colour by plane becomes colour by pixel.
    private func interleaved<Word>(_ planes: [Word]) -> [Word] {
        guard format.isPlanar, format.samplesPerPixel == 3 else { return planes }
        let count = format.pixelCount
        return (0..<count * 3).map { planes[$0 % 3 * count + $0 / 3] }
    }

    /// PS3.3 C.7.6.3.1.2: two luma samples, then the chroma pair that they share.
    private func doubledChroma<Word>(_ samples: [Word]) -> [Word] {
        (0..<format.pixelCount * 3).map { index in
            let pixel = index / 3
            let group = pixel / 2 * 4
            let place = index % 3 == 0 ? pixel % 2 : index % 3 + 1
            return samples[min(group + place, samples.count - 1)]
        }
    }

    private func encapsulatedNative(_ frame: Int) throws(DICOMError) -> StoredPixels.Values {
        let bytes = try compressedFrame(frame)
        let expected = (format.frameBitCount + 7) / 8
        guard bytes.count >= expected else {
            throw .truncated(
                file: file, expected: expected, found: bytes.count, unit: "bytes of pixels")
        }
        return try values(ofBytes: bytes, firstBit: 0)
    }
}

extension FrameReader {
    private func runLengths(_ frame: Int) throws(DICOMError) -> StoredPixels.Values {
        try throughDCMTK(
            try compressedFrame(frame), syntax: format.transferSyntax,
            bytesPerSample: format.bytesPerSample, precision: format.bitsStored, isYBR: isYBR)
    }

    private var isYBR: Bool { format.photometricInterpretation.hasPrefix("YBR") }

    private func jpeg(_ frame: Int) throws(DICOMError) -> (StoredPixels.Values, Bool) {
        let bytes = try compressedFrame(frame)
        guard let header = CodestreamHeader(bytes) else {
            throw .damaged(file: file, detail: "frame \(frame + 1) holds no JPEG stream")
        }
        guard header.rows == format.rows, header.columns == format.columns,
            header.components == format.samplesPerPixel
        else {
            throw .damaged(
                file: file,
                detail: "the compressed picture has \(header.rows) x \(header.columns) pixels of "
                    + "\(header.components) samples, the header says \(format.rows) x "
                    + "\(format.columns) of \(format.samplesPerPixel)")
        }
        guard (2...16).contains(header.precision), header.precision <= format.bitsAllocated else {
            throw .damaged(
                file: file,
                detail: "the compressed picture has \(header.precision) bits, Bits Allocated is "
                    + "\(format.bitsAllocated)")
        }
        let needsPresets = header.process == 0xF7 && header.precision < 8
        let values = try throughDCMTK(
            needsPresets ? JPEGLSPresets.writtenOut(bytes, precision: header.precision) : bytes,
            syntax: header.syntax(otherwise: format.transferSyntax),
            bytesPerSample: header.precision > 8 ? 2 : 1, precision: header.precision, isYBR: isYBR)
        return (values, header.isLumaFirst ?? isYBR)
    }

    /// Decodes with DCMTK into samples of the stream's own width.
    private func throughDCMTK(
        _ bytes: [UInt8], syntax: TransferSyntax, bytesPerSample: Int, precision: Int, isYBR: Bool
    ) throws(DICOMError) -> StoredPixels.Values {
        var raw = wt_frame_format(
            rows: UInt32(format.rows), columns: UInt32(format.columns),
            samples: UInt32(format.samplesPerPixel), bytes_per_sample: UInt32(bytesPerSample),
            precision: UInt32(precision), is_signed: format.isSigned, is_ybr: isYBR)
        let count = format.pixelCount * format.samplesPerPixel
        var message = MessageBuffer()
        var status = CDICOMStatus.damaged
        func decoded<Word: FixedWidthInteger>(_: Word.Type) -> [Word] {
            // One word more than needed, for DCMTK asks for an even number of bytes.
            [Word](unsafeUninitializedCapacity: count + 1) { buffer, filled in
                let memory = UnsafeMutableRawBufferPointer(buffer)
                status = message.with { text, capacity in
                    wt_frame_decode(
                        syntax.uid, &raw, bytes, bytes.count, memory.baseAddress, memory.count,
                        text, capacity)
                }
                filled = status == .ok ? count : 0
            }
        }
        let values: StoredPixels.Values
        switch bytesPerSample {
        case 1: values = widened(decoded(UInt8.self))
        case 2: values = SampleWords.sixteen(decoded(UInt16.self), format: format)
        default: values = SampleWords.thirtyTwo(decoded(UInt32.self), format: format)
        }
        guard status == .ok else {
            throw .damaged(
                file: file, detail: "the compressed pixels cannot be decoded (\(message.text))")
        }
        return values
    }

    /// Bytes of a stream of at most 8 bits, in the type that the header allocates.
    private func widened(_ bytes: [UInt8]) -> StoredPixels.Values {
        switch format.bitsAllocated {
        case 16: SampleWords.sixteen(bytes.map { UInt16($0) }, format: format)
        case 32: SampleWords.thirtyTwo(bytes.map { UInt32($0) }, format: format)
        default: SampleWords.eight(bytes, format: format)
        }
    }

    private func jpeg2000(_ frame: Int) throws(DICOMError) -> (StoredPixels.Values, Bool) {
        let bytes = try compressedFrame(frame)
        var expected = wt_j2k_header()
        expected.width = UInt32(format.columns)
        expected.height = UInt32(format.rows)
        expected.components = UInt32(format.samplesPerPixel)
        var found = wt_j2k_header()
        var message = MessageBuffer()
        var status = CDICOMStatus.damaged
        let count = format.pixelCount * format.samplesPerPixel
        let planes = [Int32](unsafeUninitializedCapacity: count) { buffer, filled in
            status = message.with { text, capacity in
                wt_j2k_decode(
                    bytes, bytes.count, &expected, &found, buffer.baseAddress, 2, text, capacity)
            }
            filled = status == .ok ? count : 0
        }
        switch status {
        case .ok:
            // OpenJPEG undoes a colour transform that the stream carries.
            let isTransformed = ["YBR_ICT", "YBR_RCT"].contains(format.photometricInterpretation)
            return (
                SampleWords.codestream(planes, header: found, format: format),
                isYBR && !isTransformed && !found.has_colour_transform
            )
        case .mismatch:
            throw .damaged(
                file: file,
                detail: "the compressed picture has \(found.height) x \(found.width) pixels of "
                    + "\(found.components) samples, the header says \(format.rows) x "
                    + "\(format.columns) of \(format.samplesPerPixel)")
        case .unsupported:
            throw .unsupportedPixels(file: file, detail: "JPEG 2000: \(message.text)")
        default:
            throw .damaged(
                file: file, detail: "the compressed pixels cannot be decoded (\(message.text))")
        }
    }
}

extension CodestreamHeader {
    /// The syntax whose decoder fits the stream itself: headers name the wrong process at times.
    func syntax(otherwise named: TransferSyntax) -> TransferSyntax {
        switch process {
        case 0xC0 where precision == 8: .jpegBaseline
        case 0xC0, 0xC1: .jpegExtended
        case 0xC2: TransferSyntax(uid: "1.2.840.10008.1.2.4.55")
        case 0xC3: TransferSyntax(uid: "1.2.840.10008.1.2.4.57")
        case 0xF7: .jpegLSLossless
        default: named
        }
    }
}
