// What goes to the terminal beside cells: mouse modes, the clipboard, pixels, and questions of time.

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

    private func write(_ text: String) { sendBetweenFrames(Array(text.utf8)) }
}

extension NCursesScreen {
    /// Shows grey pixels over a rectangle of cells; false where the terminal has no graphics.
    ///
    /// The rectangle is best filled with blanks in the frame presented before. What is drawn there
    /// afterwards covers sixels; Kitty's picture stays until `hidePixels`.
    /// - Parameter grey: 0...255, row-major `height * width`; for sixels as many pixels as the
    ///   rectangle has on the screen (`answers.cellPixels`).
    public func showPixels(_ grey: [UInt8], width: Int, height: Int, in area: Rectangle) -> Bool {
        let picture: [UInt8]
        if answers.hasKittyGraphics {
            guard
                let bytes = try? PixelGraphics.kitty(
                    grey: grey, width: width, height: height, cells: area.size)
            else { return false }
            picture = bytes
        } else if answers.hasSixel {
            picture = PixelGraphics.sixel(grey: grey, width: width, height: height)
        } else {
            return false
        }
        let place = "\u{1B}7\u{1B}[\(area.row + 1);\(area.column + 1)H"
        sendBetweenFrames(Array(place.utf8) + picture + Array("\u{1B}8".utf8))
        return true
    }

    /// Takes the pixels off the screen; where they are sixels, the next frame is written whole.
    public func hidePixels() {
        if answers.hasKittyGraphics {
            sendBetweenFrames(PixelGraphics.kittyRemoval())
        } else {
            invalidate()
        }
    }
}

extension NCursesScreen {
    /// Asks the terminal for a sign of life so many times, one after another, and measures how long
    /// each answer takes, in seconds; empty where the terminal is of no type that can be asked, or
    /// does not answer within a second.
    ///
    /// Returns only after the terminal has answered what it was asked at the start.
    public func roundTrips(count: Int) async -> [Double] {
        guard TerminalAnswers.canAsk(type: terminalType), !usesStandInType else { return [] }
        var times: [Double] = []
        let patience = ContinuousClock.now + .seconds(1)
        while !answers.isComplete || isBehind {
            guard ContinuousClock.now < patience else { return [] }
            try? await Task.sleep(for: .milliseconds(2))
        }
        for _ in 0..<count {
            let begun = MonotonicTime.nanoseconds
            let end = ContinuousClock.now + .seconds(1)
            probedAt = nil
            isProbing = true
            sendBetweenFrames(Array("\u{1B}[5n".utf8))
            while probedAt == nil, ContinuousClock.now < end {
                try? await Task.sleep(for: .milliseconds(1))
            }
            isProbing = false
            guard let probedAt else { break }
            times.append(Double(probedAt - begun) / 1e9)
        }
        return times
    }
}
