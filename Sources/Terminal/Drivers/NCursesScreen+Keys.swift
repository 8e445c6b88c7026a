// The keys that terminfo knows.

import CTerminal

extension NCursesScreen {
    /// The byte strings that this terminal type sends for keys, by terminfo.
    static func namedKeys() -> [[UInt8]: Key] {
        let names: [(String, Key)] = [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right),
            ("khome", .home), ("kend", .end), ("kpp", .pageUp), ("knp", .pageDown),
            ("kich1", .insert), ("kdch1", .delete), ("kcbt", .backTab), ("kent", .enter),
            ("kUP", .modified(.up, .shift)), ("kDN", .modified(.down, .shift)),
            ("kLFT", .modified(.left, .shift)), ("kRIT", .modified(.right, .shift)),
        ]
        let functions = (1...12).map { ("kf\($0)", Key.function($0)) }
        var keys: [[UInt8]: Key] = [:]
        for (name, key) in names + functions {
            if let bytes = wt_terminal_key_bytes(name) {
                keys[Array(String(cString: bytes).utf8)] = key
            }
        }
        return keys
    }
}
