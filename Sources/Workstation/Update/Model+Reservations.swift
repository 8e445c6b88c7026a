// Studies taken from the list, so that colleagues see who is going to read them.

import Radiology
import Terminal

/// Studies that this workstation took from its list.
struct Reservations: Sendable, Equatable {
    /// Asked for, by the number of the question.
    var asked: [StudyID: RequestNumber] = [:]
    /// Held, until they are given back, signed, or the program ends.
    var held: Set<StudyID> = []
    /// When they were last renewed, on the monotonic clock.
    var renewedAtSeconds = 0.0
}

extension Model {
    /// Why the selected study can neither be taken nor be given back; nil where it can.
    var reservationObstacle: String? {
        guard let id = worklist.selected else { return "there is no study here" }
        if session.isReadOnly { return "this workstation is read-only" }
        guard let entry = worklist.entry(id) else { return "the row is still loading" }
        return entry.state.isSigned ? "the study is signed" : nil
    }

    /// Takes the selected study, or gives it back.
    mutating func toggleReservation() -> [Effect] {
        guard let id = worklist.selected, reservations.asked[id] == nil else { return [] }
        if reservations.held.remove(id) != nil {
            show(Notice(.information, "the study is given back"))
            return [.release(id, request: requests.ask(.release(id)))]
        }
        let request = requests.ask(.claim(id))
        reservations.asked[id] = request
        return [.claim(id, request: request)]
    }

    /// Takes the answer to a claim from the list; nil where the message is none.
    mutating func takeReservationAnswer(_ message: Message) -> [Effect]? {
        switch message {
        case .claimed(let id, _, let request) where reservations.asked[id] == request:
            _ = requests.close(request)
            reservations.asked[id] = nil
            reservations.held.insert(id)
            reservations.renewedAtSeconds = monotonicSeconds
            show(Notice(.information, "the study is yours until you give it back or leave"))
            return []
        case .claimRefused(let id, let holder, let request) where reservations.asked[id] == request:
            _ = requests.close(request)
            reservations.asked[id] = nil
            show(Notice(.warning, "the study is open \(Words.holder(holder))"))
            return []
        case .claimLost(let id, let holder) where reservations.held.contains(id):
            reservations.held.remove(id)
            guard study?.id != id else { return nil }
            let now = holder.map { "open \(Words.holder($0))" } ?? "free again"
            show(Notice(.warning, "a study that you had taken is \(now)"))
            return []
        case .signed(let signOff, _):
            reservations.held.remove(signOff.study)
            return nil
        default: return nil
        }
    }

    /// Asks every fifteen seconds that what was taken stay taken.
    mutating func renewReservationsIfDue() -> [Effect] {
        guard !reservations.held.isEmpty,
            monotonicSeconds - reservations.renewedAtSeconds >= 15
        else { return [] }
        reservations.renewedAtSeconds = monotonicSeconds
        return reservations.held.sorted { $0.rawValue < $1.rawValue }.map { .renewClaim($0) }
    }

    /// Gives everything back that was taken from the list.
    mutating func releaseReservations() -> [Effect] {
        defer { reservations.held = [] }
        return reservations.held.sorted { $0.rawValue < $1.rawValue }
            .map { .release($0, request: requests.ask(.release($0))) }
    }
}
