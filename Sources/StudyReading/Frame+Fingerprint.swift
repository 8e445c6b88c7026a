// A frame as bytes, for a hash that tells any two frames apart.

import Terminal

extension Frame {
    /// Size, glyphs and looks of every cell, and the cursor, in a fixed form.
    public var fingerprint: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(cells.count * 8)
        bytes += Array("\(size.columns)x\(size.rows)".utf8)
        if let cursor { bytes += Array("@\(cursor.column),\(cursor.row)".utf8) }
        for cell in cells {
            bytes.append(0)
            bytes.append(contentsOf: cell.glyph.utf8)
            bytes.append(cell.width)
            Self.append(cell.style.foreground, to: &bytes)
            if let background = cell.style.background { Self.append(background, to: &bytes) }
            bytes.append(cell.style.attributes.rawValue)
        }
        return bytes
    }

    private static func append(_ ink: Ink, to bytes: inout [UInt8]) {
        switch ink {
        case .role(let role):
            bytes.append(1)
            bytes.append(contentsOf: role.rawValue.utf8)
        case .grey(let level): bytes += [2, level]
        case .rgb(let red, let green, let blue): bytes += [3, red, green, blue]
        }
    }
}
