// The locked screen as state.

import Foundation

/// A screen that shows nothing of any patient until its reader is back.
public struct LockState: Sendable, Equatable {
    /// Since when, UTC.
    let since: Date
    /// What was typed of the secret.
    var typed = ""
    /// The question whether it is right; nil where none is open.
    var request: RequestNumber?
    /// Why the last try failed.
    var problem: String?
}

extension Session {
    /// The demo's secret for the screen, ` (demo: …)`; empty outside the demo.
    var secretHintWords: String { secretHint.isEmpty ? "" : " (demo: type \(secretHint))" }
}
