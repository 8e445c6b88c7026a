// Attributes as text, for looking inside a file.

import CDICOM

/// One attribute of a file, as a line for a reader.
public struct DICOMAttribute: Sendable, Equatable {
    /// Its tag.
    public let tag: DICOMTag
    /// Its value representation, two letters; `??` for items of a sequence.
    public let vr: String
    /// Its keyword in the standard's dictionary; empty for private and unknown ones.
    public let keyword: String
    /// Its value as text of at most 256 characters; not inert: apply `inert()` before showing it.
    public let value: String
    /// 0 in the data set and the meta header, 1 inside an item, and so on.
    public let depth: Int
    /// Bytes of the value.
    public let byteCount: Int

    static let valueLimit = 256

    /// The dictionary's keyword; empty for private and unknown tags.
    static func keyword(_ tag: DICOMTag) -> String {
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = buffer.withUnsafeMutableBytes { bytes in
            wt_dictionary_keyword(tag.group, tag.element, bytes.baseAddress, bytes.count)
        }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}

extension DICOMDataSet {
    /// All attributes in file order, those of the meta header first.
    public func attributes() -> [DICOMAttribute] {
        let header = meta.elements.map { tag, vr, value in
            DICOMAttribute(
                tag: tag, vr: vr, keyword: DICOMAttribute.keyword(tag),
                value: vr == "OB" || vr == "UL"
                    ? Self.binaryText(value, isBigEndian: false, width: vr == "UL" ? 4 : 1)
                    : ElementScope.trimmed(String(decoding: value, as: UTF8.self)),
                depth: 0, byteCount: value.count)
        }
        // An item may name a character set of its own (PS3.3 C.12.1.1.2).
        var decoders: [TextDecoder] = [text]
        return header
            + elements.all.map { element in
                decoders.removeLast(max(0, decoders.count - 1 - element.depth))
                while decoders.count <= element.depth { decoders.append(decoders.last ?? text) }
                if element.tag == .specificCharacterSet, element.depth > 0 {
                    let terms = valueText(element, decoder: text)
                    decoders[element.depth] = TextDecoder(
                        terms: terms.split(separator: "\\", omittingEmptySubsequences: false)
                            .map(String.init))
                }
                return DICOMAttribute(
                    tag: element.tag, vr: element.vr, keyword: DICOMAttribute.keyword(element.tag),
                    value: valueText(element, decoder: decoders[element.depth]),
                    depth: element.depth, byteCount: element.length)
            }
    }

    private func valueText(_ element: Element, decoder: TextDecoder) -> String {
        if element.tag == .item { return "" }
        if element.isEncapsulated {
            let fragments = elements.fragmentLengths(of: element)
            return "\(max(0, fragments.count - 1)) fragments, \(fragments.reduce(0, +)) bytes"
        }
        if element.vr == "SQ" || element.length == 0 { return "" }
        let isText = VR.isCharacterSetText(element.vr) || VR.isPlainText(element.vr)
        let limit = min(element.length, 4 * DICOMAttribute.valueLimit)
        guard let bytes = elements.bytes(of: element, offset: 0, count: limit) else { return "" }
        if isText {
            let whole =
                VR.isPlainText(element.vr)
                ? String(decoding: bytes, as: UTF8.self)
                : decoder.decode(bytes, isPersonName: element.vr == "PN").text
            let trimmed = ElementScope.trimmed(whole)
            let isCut = trimmed.count > DICOMAttribute.valueLimit || limit < element.length
            return isCut ? trimmed.prefix(DICOMAttribute.valueLimit - 1) + "…" : trimmed
        }
        return numberText(element, bytes)
    }

    private func numberText(_ element: Element, _ bytes: [UInt8]) -> String {
        guard element.length <= 256 else { return "\(element.length) bytes" }
        let scope = self.scope
        switch element.vr {
        case "FD", "FL", "OD", "OF", "US", "SS", "UL", "SL", "UV", "SV":
            return scope.numbers(element, bytes).joined(separator: "\\")
        case "AT":
            return stride(from: 0, through: bytes.count - 4, by: 4).map { start in
                let pairs = [bytes[start], bytes[start + 1], bytes[start + 2], bytes[start + 3]]
                let order = elements.isBigEndian ? [0, 1, 2, 3] : [1, 0, 3, 2]
                let words = order.map { UInt16(pairs[$0]) }
                return DICOMTag(words[0] << 8 | words[1], words[2] << 8 | words[3]).description
            }.joined(separator: "\\")
        default:
            return Self.binaryText(
                bytes, isBigEndian: elements.isBigEndian, width: element.vr == "OW" ? 2 : 1)
        }
    }

    /// Up to sixteen numbers in hexadecimal, as dcmdump shows them.
    private static func binaryText(_ bytes: [UInt8], isBigEndian: Bool, width: Int) -> String {
        let words = stride(from: 0, through: bytes.count - width, by: width).prefix(16).map {
            start in
            let part = bytes[start..<start + width]
            let digits = (isBigEndian ? Array(part) : part.reversed()).map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }
            return digits.joined()
        }
        let isCut = bytes.count > 16 * width
        return words.joined(separator: "\\") + (isCut ? "\\…" : "")
    }
}

extension ElementScope {
    /// The numbers of a binary value as text.
    fileprivate func numbers(_ element: Element, _ bytes: [UInt8]) -> [String] {
        let width =
            ["FD", "OD", "UV", "SV"].contains(element.vr)
            ? 8
            : ["US", "SS"].contains(element.vr) ? 2 : 4
        return stride(from: 0, through: bytes.count - width, by: width).map { start in
            var pattern: UInt64 = 0
            for place in 0..<width {
                let at = elements.isBigEndian ? start + place : start + width - 1 - place
                pattern = pattern << 8 | UInt64(bytes[at])
            }
            switch element.vr {
            case "FD", "OD": return "\(Double(bitPattern: pattern))"
            case "FL", "OF": return "\(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))"
            case "SS": return "\(Int16(truncatingIfNeeded: pattern))"
            case "SL": return "\(Int32(truncatingIfNeeded: pattern))"
            case "SV": return "\(Int64(bitPattern: pattern))"
            default: return "\(pattern)"
            }
        }
    }
}
