// Values of attributes as numbers and plain text.

import Foundation

/// What an attribute that should hold a number holds.
enum NumberValue<Number: Sendable & Equatable>: Sendable, Equatable {
    /// No such attribute, or one without a value.
    case absent
    /// A number (the first of several).
    case value(Number)
    /// Something else, as text.
    case invalid(String)
}

extension ElementScope {
    /// Values of an attribute in the default repertoire, split at backslashes, without padding;
    /// empty where it is absent or empty.
    func plainStrings(_ tag: DICOMTag) -> [String] {
        guard let element = element(tag), let bytes = elements.bytes(of: element) else { return [] }
        let text = String(decoding: bytes.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
        if text.utf8.allSatisfy({ $0 == 0 || $0 == 0x20 }) { return [] }
        return text.split(separator: "\\", omittingEmptySubsequences: false).map(Self.trimmed)
    }

    /// The first value of an attribute in the default repertoire; empty where there is none.
    func plainString(_ tag: DICOMTag) -> String { plainStrings(tag).first ?? "" }

    static func trimmed(_ text: some StringProtocol) -> String {
        text.trimmingCharacters(in: CharacterSet(charactersIn: " \0\t\r\n"))
    }

    /// The first number of an integer attribute, whichever way it is written.
    /// - Parameter isSigned: how two-byte values of unknown representation are meant.
    func integer(_ tag: DICOMTag, isSigned: Bool = false) -> NumberValue<Int> {
        integers(tag, isSigned: isSigned).first ?? .absent
    }

    /// The numbers of an integer attribute; none where it is absent or empty.
    func integers(_ tag: DICOMTag, isSigned: Bool = false) -> [NumberValue<Int>] {
        guard let element = element(tag), element.length > 0,
            let bytes = elements.bytes(of: element)
        else { return [] }
        switch element.vr {
        case "US", "UN", "OW", "??", "xs", "ox", "lt":
            return binary(bytes, width: 2, isSigned: isSigned && element.vr != "US")
        case "SS": return binary(bytes, width: 2, isSigned: true)
        case "UL", "OL": return binary(bytes, width: 4, isSigned: false)
        case "SL": return binary(bytes, width: 4, isSigned: true)
        case "UV", "OV", "SV": return binary(bytes, width: 8, isSigned: true)
        default:
            return plainStrings(tag).map { text in
                if text.isEmpty { return .absent }
                let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
                return Int(digits).map { .value($0) } ?? .invalid(String(text.prefix(16)))
            }
        }
    }

    private func binary(_ bytes: [UInt8], width: Int, isSigned: Bool) -> [NumberValue<Int>] {
        guard bytes.count >= width else { return [.invalid("\(bytes.count) byte")] }
        return stride(from: 0, through: bytes.count - width, by: width).map { start in
            var pattern: UInt64 = 0
            for place in 0..<width {
                let at = elements.isBigEndian ? start + place : start + width - 1 - place
                pattern = pattern << 8 | UInt64(bytes[at])
            }
            let unused = UInt64(64 - 8 * width)
            guard isSigned else { return .value(Int(truncatingIfNeeded: pattern)) }
            return .value(Int(truncatingIfNeeded: Int64(bitPattern: pattern << unused) >> unused))
        }
    }

    /// The numbers of a decimal attribute (DS, FD, FL or an integer); none where it is absent.
    func decimals(_ tag: DICOMTag) -> [NumberValue<Double>] {
        guard let element = element(tag), element.length > 0,
            let bytes = elements.bytes(of: element)
        else { return [] }
        switch element.vr {
        case "FD", "OD":
            return patterns(bytes, width: 8).map { Self.finite(Double(bitPattern: $0)) }
        case "FL", "OF":
            return patterns(bytes, width: 4).map {
                Self.finite(Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))))
            }
        case "US", "SS", "UL", "SL":
            return integers(tag).map { number in
                if case .value(let value) = number { return .value(Double(value)) }
                return .absent
            }
        default:
            return plainStrings(tag).map { text in
                if text.isEmpty { return .absent }
                guard let value = Double(text), value.isFinite else {
                    return .invalid(String(text.prefix(16)))
                }
                return .value(value)
            }
        }
    }

    private func patterns(_ bytes: [UInt8], width: Int) -> [UInt64] {
        guard bytes.count >= width else { return [] }
        return stride(from: 0, through: bytes.count - width, by: width).map { start in
            (0..<width).reduce(0) { pattern, place in
                let at = elements.isBigEndian ? start + place : start + width - 1 - place
                return pattern << 8 | UInt64(bytes[at])
            }
        }
    }

    private static func finite(_ value: Double) -> NumberValue<Double> {
        value.isFinite ? .value(value) : .invalid("\(value)")
    }

    /// The first number of a decimal attribute.
    func decimal(_ tag: DICOMTag) -> NumberValue<Double> { decimals(tag).first ?? .absent }
}

extension NumberValue {
    /// The number, where there is one.
    var number: Number? {
        if case .value(let number) = self { return number }
        return nil
    }
}
