// JSON that keeps its order and has no NaN.

/// A JSON value whose objects keep the order of their keys.
///
/// Numbers are written with all their digits; those that are not finite become `null`.
public indirect enum JSONTree: Sendable, Equatable {
    /// An object.
    case object([(key: String, value: JSONTree)])
    /// A list.
    case array([JSONTree])
    /// A number.
    case number(Double)
    /// A whole number.
    case integer(Int)
    /// A text.
    case text(String)
    /// True or false.
    case flag(Bool)
    /// Nothing.
    case null

    /// A list of texts.
    static func texts(_ values: [String]) -> JSONTree { .array(values.map { .text($0) }) }

    /// A list of numbers.
    static func numbers(_ values: [Double]) -> JSONTree { .array(values.map { .number($0) }) }

    /// True where both say the same in the same order.
    public static func == (first: JSONTree, second: JSONTree) -> Bool {
        first.written() == second.written()
    }

    /// The value as text, indented by two spaces a level.
    public func written() -> String {
        var text = ""
        write(to: &text, indent: "")
        return text
    }

    private func write(to text: inout String, indent: String) {
        switch self {
        case .null: text += "null"
        case .flag(let flag): text += flag ? "true" : "false"
        case .integer(let integer): text += String(integer)
        case .number(let number): text += number.isFinite ? "\(number)" : "null"
        case .text(let string): Self.write(string, to: &text)
        case .array(let items):
            let isFlat = items.allSatisfy(\.isScalar)
            Self.write(items.count, "[", "]", isFlat: isFlat, to: &text, indent: indent) {
                items[$0].write(to: &$1, indent: $2)
            }
        case .object(let members):
            let isFlat = members.allSatisfy(\.value.isScalar) && members.count <= 6
            Self.write(members.count, "{", "}", isFlat: isFlat, to: &text, indent: indent) {
                Self.write(members[$0].key, to: &$1)
                $1 += ": "
                members[$0].value.write(to: &$1, indent: $2)
            }
        }
    }

    private var isScalar: Bool {
        switch self {
        case .object, .array: false
        default: true
        }
    }

    private static func write(
        _ count: Int, _ open: String, _ close: String, isFlat: Bool, to text: inout String,
        indent: String, item: (Int, inout String, String) -> Void
    ) {
        text += open
        for index in 0..<count {
            text += index > 0 ? (isFlat ? ", " : ",") : ""
            if !isFlat { text += "\n\(indent)  " }
            item(index, &text, indent + "  ")
        }
        if !isFlat && count > 0 { text += "\n\(indent)" }
        text += close
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            default:
                if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                    let hexadecimal = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count)
                    text += hexadecimal
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
