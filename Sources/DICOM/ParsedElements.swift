// A parsed data set: DCMTK's element list as values, with the large values left where they are.

import CDICOM
import Synchronization

/// One element of a data set, in file order, depth first.
struct Element: Sendable {
    let tag: DICOMTag
    let vr: String
    /// 0 in the data set itself, 1 in an item of a sequence, and so on.
    let depth: Int
    /// Bytes of the value.
    let length: Int
    /// True for pixel data that is a sequence of fragments.
    let isEncapsulated: Bool
    /// The element's number in the list.
    let index: Int
}

/// The elements of a data set, and access to their values.
final class ParsedElements: Sendable {
    let all: [Element]
    let isBigEndian: Bool
    let isImplicit: Bool
    private let topLevel: [DICOMTag: Int]
    private let lock = Mutex(())
    // The C handle belongs to this object alone; every use of it holds `lock`.
    private nonisolated(unsafe) let handle: OpaquePointer

    deinit { wt_dataset_close(handle) }

    /// Parses the bytes from `offset` on; they are not needed afterwards.
    init(
        bytes: [UInt8], from offset: Int, encoding: CDICOMEncoding, file: String
    ) throws(DICOMError) {
        var encoding = encoding
        var opened: OpaquePointer?
        var message = MessageBuffer()
        let status = bytes.withUnsafeBufferPointer { whole in
            let part = UnsafeBufferPointer(rebasing: whole[offset...])
            return message.with { text, capacity in
                wt_dataset_open(part.baseAddress, part.count, &encoding, &opened, text, capacity)
            }
        }
        guard status == .ok, let pointer = opened else {
            throw Self.error(status, detail: message.text, file: file)
        }
        isBigEndian = encoding == .explicitBig
        isImplicit = encoding == .implicitLittle
        let list = (0..<wt_dataset_count(pointer)).map { index in
            Element(wt_dataset_element(pointer, index), index: index)
        }
        all = list
        var topLevel: [DICOMTag: Int] = [:]
        for element in list where element.depth == 0 && topLevel[element.tag] == nil {
            topLevel[element.tag] = element.index
        }
        self.topLevel = topLevel
        handle = pointer
    }

    private static func error(
        _ status: CDICOMStatus, detail: String, file: String
    ) -> DICOMError {
        switch status {
        case .truncated: .truncatedDataSet(file: file, detail: plain(detail))
        default: .damaged(file: file, detail: plain(detail))
        }
    }

    /// DCMTK's words without the name of its class before them and the advice after them.
    private static func plain(_ detail: String) -> String {
        var words = detail[...]
        if let colon = words.firstRange(of: ": "), words[..<colon.lowerBound].hasPrefix("Dcm") {
            words = words[colon.upperBound...]
        }
        if let advice = words.firstRange(of: ", premature end") {
            words = words[..<advice.lowerBound]
        }
        return String(words)
    }

    /// The first element with a tag in the data set itself.
    func element(_ tag: DICOMTag) -> Element? { topLevel[tag].map { all[$0] } }

    /// Part of a value in the file's own byte order; nil outside the value.
    func bytes(of element: Element, offset: Int = 0, count: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0, count <= element.length - offset else { return nil }
        var isRead = false
        let result = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            isRead = copy(
                element, offset: offset, count: count, to: UnsafeMutableRawBufferPointer(buffer))
            filled = isRead ? count : 0
        }
        return isRead ? result : nil
    }

    /// The whole value of a small element; nil over `limit` bytes.
    func bytes(of element: Element, limit: Int = 1 << 20) -> [UInt8]? {
        element.length <= limit ? bytes(of: element, offset: 0, count: element.length) : nil
    }

    /// Copies part of a value, in the file's byte order, to memory of at least `count` bytes.
    func copy(
        _ element: Element, offset: Int, count: Int, to buffer: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard buffer.count >= count else { return false }
        if count == 0 { return true }
        // The memory is the caller's and is written before this call returns; it is not shared.
        nonisolated(unsafe) let target = buffer.baseAddress
        return lock.withLock { _ in
            wt_dataset_value(handle, element.index, offset, count, target)
        }
    }

    /// Lengths of the fragments of encapsulated pixel data; the offset table is the first.
    func fragmentLengths(of element: Element) -> [Int] {
        lock.withLock { _ in
            (0..<wt_dataset_fragment_count(handle, element.index)).map {
                wt_dataset_fragment_length(handle, element.index, $0)
            }
        }
    }

    /// One fragment's bytes.
    func fragment(_ number: Int, of element: Element, length: Int) -> [UInt8]? {
        var isRead = false
        let result = [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            // The new array's memory, written before this call returns; it is not shared.
            nonisolated(unsafe) let target = buffer.baseAddress
            isRead = lock.withLock { _ in
                wt_dataset_fragment(handle, element.index, number, target)
            }
            filled = isRead ? length : 0
        }
        return isRead ? result : nil
    }
}

extension Element {
    fileprivate init(_ raw: wt_element, index: Int) {
        tag = DICOMTag(raw.group, raw.element)
        vr = String(
            decoding: [UInt8(bitPattern: raw.vr.0), UInt8(bitPattern: raw.vr.1)], as: UTF8.self)
        depth = Int(raw.depth)
        length = Int(raw.length)
        isEncapsulated = raw.is_encapsulated
        self.index = index
    }
}

/// Memory for a reason that C code writes.
struct MessageBuffer {
    private var bytes = [CChar](repeating: 0, count: 256)

    /// Lends the memory to `body`.
    mutating func with<Result>(_ body: (UnsafeMutablePointer<CChar>?, Int) -> Result) -> Result {
        bytes.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
    }

    /// What was written.
    var text: String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The elements of the data set itself, or of one item of a sequence.
struct ElementScope: Sendable {
    let elements: ParsedElements
    let range: Range<Int>
    let depth: Int

    /// The data set itself.
    init(_ elements: ParsedElements) {
        self.elements = elements
        range = elements.all.indices
        depth = 0
    }

    private init(_ elements: ParsedElements, range: Range<Int>, depth: Int) {
        self.elements = elements
        self.range = range
        self.depth = depth
    }

    func element(_ tag: DICOMTag) -> Element? {
        if depth == 0 { return elements.element(tag) }
        return elements.all[range].first { $0.tag == tag && $0.depth == depth }
    }

    /// The items of a sequence.
    func items(_ tag: DICOMTag) -> [ElementScope] {
        guard let sequence = element(tag) else { return [] }
        var scopes: [ElementScope] = []
        var start: Int?
        var index = sequence.index + 1
        while index < range.upperBound,
            elements.all[index].depth > depth
                || elements.all[index].tag == .item
        {
            let next = elements.all[index]
            // Items are listed at the depth of their sequence.
            if next.tag == .item && next.depth == depth {
                if let start { scopes.append(item(start..<index)) }
                start = index + 1
            }
            index += 1
        }
        if let start { scopes.append(item(start..<index)) }
        return scopes
    }

    private func item(_ range: Range<Int>) -> ElementScope {
        ElementScope(elements, range: range, depth: depth + 1)
    }
}
