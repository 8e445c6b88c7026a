// What goes to the terminal beside cells: mouse modes and the clipboard.

import CTerminal
import Foundation

extension NCursesScreen {
    /// Asks for mouse reports (xterm's modes 1002 and 1006), or asks for none.
    public func setMouse(_ isOn: Bool) {
        let letter = isOn ? "h" : "l"
        write("\u{1B}[?1002\(letter)\u{1B}[?1006\(letter)")
    }

    /// Puts a text on the reader's clipboard (OSC 52); terminals that do not allow it ignore it.
    public func copy(_ text: String) {
        write("\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{7}")
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8).map { CChar(bitPattern: $0) }
        wt_terminal_write(bytes, Int32(bytes.count))
    }
}
