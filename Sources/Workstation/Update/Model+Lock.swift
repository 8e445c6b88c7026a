// Locking the screen and opening it again where it was.

import Radiology
import Terminal

extension Model {
    /// Longer secrets than the records take.
    private static var secretCountMax: Int { 1_024 }

    /// Locks the screen; what is unsaved is kept first, and everything stays where it is.
    mutating func lockScreen(reason: String) -> [Effect] {
        guard lock == nil else { return [] }
        let effects = keepDraft()
        notice = nil
        lock = LockState(since: now)
        return effects + [.screenLocked(reason: reason)]
    }

    /// Locks where no key has come for as long as the settings say.
    mutating func lockIfIdle() -> [Effect] {
        guard lock == nil, let seconds = settings.lockAfterSeconds,
            monotonicSeconds - lastKeySeconds >= seconds, study?.signing?.isSigning != true
        else { return [] }
        return lockScreen(reason: "idle")
    }

    mutating func typeIntoLock(_ key: Key) -> [Effect] {
        guard var typing = lock, typing.request == nil else { return [] }
        switch key {
        case .character(let character): typing.typed.append(character)
        case .paste(let text): typing.typed.append(text.filter { !$0.isNewline })
        default: break
        }
        typing.typed = String(typing.typed.prefix(Self.secretCountMax))
        typing.problem = nil
        lock = typing
        return []
    }

    mutating func correctLock() -> [Effect] {
        guard var typing = lock, typing.request == nil else { return [] }
        typing.typed = String(typing.typed.dropLast())
        lock = typing
        return []
    }

    mutating func clearLock() -> [Effect] {
        guard lock?.request == nil else { return [] }
        lock?.typed = ""
        return []
    }

    /// Opens the screen; in a home with accounts once the secret was found right.
    mutating func unlock() -> [Effect] {
        guard let lock, lock.request == nil else { return [] }
        if session.asksSecret, lock.typed.isEmpty {
            self.lock?.problem = "type your secret first"
            return []
        }
        let request = requests.ask(.unlock)
        self.lock?.request = request
        self.lock?.typed = ""
        return [.unlock(secret: lock.typed, request: request)]
    }

    mutating func takeUnlock(_ request: RequestNumber) -> [Effect] {
        guard requests.close(request) != nil, lock?.request == request else { return [] }
        lock = nil
        lastKeySeconds = monotonicSeconds
        return [.redraw] + reloadWorklist()
    }

    mutating func failUnlock(_ problem: Problem, _ request: RequestNumber) {
        guard lock?.request == request else { return }
        lock?.request = nil
        lock?.problem = problem.summary
    }
}
