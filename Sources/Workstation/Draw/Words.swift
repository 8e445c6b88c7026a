// How the screens write times, people, studies and states.

import Foundation
import Imaging
import Radiology
import Terminal

/// Short forms for the screens; everything from a file is made inert.
enum Words {
    /// Hours and minutes, `6:02`; from 100 hours on days, `5 d`.
    static func duration(seconds: Double) -> String {
        let minutes = Int(max(seconds, 0) / 60)
        if minutes >= 100 * 60 { return "\(minutes / (24 * 60)) d" }
        return "\(minutes / 60):" + twoDigits(minutes % 60)
    }

    /// The cap on the wait, `6 h` or `90 min`.
    static func cap(_ settings: Settings) -> String {
        let minutes = Int(settings.waitingCapSeconds / 60)
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes) min"
    }

    /// Minutes and seconds, `3 min 12 s`.
    static func openTime(seconds: Double) -> String {
        let whole = Int(max(seconds, 0))
        return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }

    static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

    /// Age and sex, `54 M`; what is not known is left out.
    static func ageAndSex(_ entry: WorklistEntry) -> String {
        let age = entry.patient.ageInYears(atStudyDate: entry.study.date).map(String.init) ?? "-"
        let sex = entry.patient.sex.inert().trimmingSpaces().prefix(1)
        return sex.isEmpty ? age : "\(age) \(sex)"
    }

    /// `CR AP`, `DX PA+LL`.
    static func technique(_ entry: WorklistEntry) -> String {
        let views = entry.views.map { $0.inert().trimmingSpaces() }.filter { !$0.isEmpty }
        let modality = entry.modality.inert().trimmingSpaces()
        let written = views.count > 2 ? "\(entry.views.count) views" : views.joined(separator: "+")
        return [modality, written].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Technique and description, the description cut where there is no room.
    static func study(_ entry: WorklistEntry) -> String {
        let description = entry.study.description.inert().trimmingSpaces()
        return [technique(entry), description].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// `20 Nov 2026 22:10`, as far as the file says.
    static func studyTime(_ header: StudyHeader) -> String {
        var parts: [String] = []
        if let day = CalendarDay(header.date) {
            parts.append("\(day.day) \(months[day.month - 1]) \(day.year)")
        }
        let digits = header.time.utf8.prefix(4)
        if digits.count == 4, digits.allSatisfy({ (48...57).contains($0) }) {
            let text = Array(header.time)
            parts.append("\(text[0])\(text[1]):\(text[2])\(text[3])")
        }
        return parts.joined(separator: " ")
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The state for the worklist: who has it open, or one word.
    static func state(_ entry: WorklistEntry) -> String {
        if let claim = entry.claim, !entry.state.isSigned {
            return "open \(claim.reader.rawValue.inert())"
        }
        if entry.awaitsAddendum { return "addend!" }
        return entry.needsManualReview ? "manual" : entry.state.word
    }

    /// `at rad2's workstation since 02:41 UTC`.
    static func holder(_ claim: Claim) -> String {
        "at \(claim.reader.rawValue.inert())'s workstation since \(UTCTime.clock(claim.since)) UTC"
    }

    /// `UTC`, `UTC+1`, `UTC-3:30`.
    static func offset(seconds: Int) -> String {
        if seconds == 0 { return "UTC" }
        let minutes = abs(seconds) / 60
        let rest = minutes % 60 == 0 ? "" : ":" + twoDigits(minutes % 60)
        return "UTC" + (seconds < 0 ? "-" : "+") + "\(minutes / 60)" + rest
    }

    /// Who set a window, in a word; or what the file calls it.
    static func origin(_ window: DisplayWindow) -> String {
        switch window.origin {
        case .file:
            window.explanation.isEmpty
                ? "file" : TextLayout.truncated(window.explanation.inert(), to: 12)
        case .automatic: "auto"
        case .reader: window.explanation.isEmpty ? "own" : window.explanation
        }
    }

    /// The standard deviation for a column of three or four: `.04`; a dash where it is not known.
    static func deviation(_ finding: Finding) -> String {
        finding.uncertainty.map(ProbabilityText.short) ?? "–"
    }

    /// A decision in words; what agreeing means depends on what the model said.
    static func decision(_ decision: Decision?, on finding: Finding) -> String {
        guard let decision else { return "no decision" }
        let call = ReaderCall(decision, on: finding).word
        return decision == .unsure ? call : "\(decision.rawValue): \(call)"
    }
}

/// The mark of a study or a finding: a shape that stands for itself, and its role.
struct Mark: Sendable, Equatable {
    let glyph: String
    let role: Role

    static let none = Mark(glyph: "", role: .text)

    /// A flag is overdue where nobody opened the study within this many seconds of it.
    static let overdueSeconds = 3600.0

    /// The mark of a study.
    static func of(_ entry: WorklistEntry, now: Date) -> Mark {
        if entry.awaitsAddendum { return Mark(glyph: "+", role: .warning) }
        if entry.state.isSigned { return Mark(glyph: "✓", role: .success) }
        if entry.isCritical {
            let isDouble = isOverdue(entry, now: now) || (entry.topFinding?.suspicion ?? 0) >= 0.875
            return Mark(glyph: isDouble ? "▲▲" : "▲", role: .critical)
        }
        if entry.needsManualReview { return Mark(glyph: "✗", role: .failure) }
        if entry.topFinding?.riskLevel == .uncertain { return Mark(glyph: "?", role: .warning) }
        return .none
    }

    static func isOverdue(_ entry: WorklistEntry, now: Date) -> Bool {
        guard entry.isCritical, entry.openedAt == nil, let flagged = entry.flaggedAt else {
            return false
        }
        return now.timeIntervalSince(flagged) > overdueSeconds
    }

    /// The mark of a finding.
    static func of(_ finding: Finding) -> Mark {
        if finding.isCritical { return Mark(glyph: "▲", role: .critical) }
        if finding.riskLevel == .uncertain { return Mark(glyph: "?", role: .warning) }
        return finding.isReported ? Mark(glyph: "•", role: .accent) : .none
    }
}
