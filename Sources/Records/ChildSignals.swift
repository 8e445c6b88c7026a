// What a child process inherits of this thread's signals.

import Foundation

/// Signals of programs that are started from here.
package enum ChildSignals {
    /// Calls a function that starts a program, with no signal blocked on this thread meanwhile.
    ///
    /// Threads of Dispatch and of Swift's tasks block nearly all signals, and a child inherits
    /// that: an editor would not see the window change, `^C` would not reach it, and a hook's own
    /// time limit would never fire.
    package static func unblocked<Result>(_ start: () throws -> Result) rethrows -> Result {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return try start()
    }
}
