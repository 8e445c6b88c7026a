// The narrative report of an analysis: criticals, the reported findings, quality, the disclaimer.

import Foundation

/// Words that stand under every result.
public enum Disclaimer {
    /// The full disclaimer.
    public static let text =
        "Wetread is not a medical device. These are the outputs of a statistical model, meant for "
        + "research and workflow support; they are not a diagnosis. A terminal is not a diagnostic "
        + "display. Every finding must be reviewed by a qualified radiologist on a calibrated display."
    /// One line for the foot of a screen.
    public static let footer = "\(device) · display not calibrated; not for primary diagnosis"
    /// The same where there is no room for all of it: 54 columns.
    public static let shortFooter = "\(device) · uncalibrated, not for diagnosis"
    /// What the program is not, for lines that go on with what is known of the display.
    public static let device = "not a medical device"
}

/// Writes the narrative report.
public enum ReportWriter {
    /// The report as lines of plain text, at most `width` columns where words allow it.
    public static func report(of analysis: Analysis, width: Int = 78) -> String {
        var lines: [String] = []
        lines += heading(of: analysis)
        lines += criticalSection(of: analysis)
        lines += reportedSection(of: analysis)
        lines += uncertainSection(of: analysis)
        lines += imageSection(of: analysis)
        lines += ["DISCLAIMER", Disclaimer.text]
        return lines.map { wrapped($0, width: width) }.joined(separator: "\n")
    }

    private static func heading(of analysis: Analysis) -> [String] {
        let passes =
            analysis.samples == 0
            ? "single deterministic pass (no uncertainty)"
            : "\(analysis.samples) Monte-Carlo dropout passes, seed \(analysis.seed)"
        var lines = [
            "AI ANALYSIS \(analysis.id.rawValue)",
            "Model \(analysis.model.name) \(analysis.model.version) "
                + "(SHA-256 \(analysis.model.sha256.short)), \(passes), "
                + UTCTime.text(analysis.timestamp),
        ]
        if !analysis.model.notice.isEmpty { lines.append("Note: \(analysis.model.notice)") }
        if analysis.lacksFrontalChest {
            lines.append(
                "WARNING: no image looks like a frontal chest radiograph; the model knows nothing "
                    + "else, and its numbers must not be relied on.")
        }
        return lines + [""]
    }

    private static func criticalSection(of analysis: Analysis) -> [String] {
        let critical = analysis.criticalFindings
        guard !critical.isEmpty else { return ["CRITICAL FINDINGS: none flagged.", ""] }
        return ["CRITICAL FINDINGS"]
            + critical.map { "- \(sentence($0)) \($0.clinicalSignificance)" } + [""]
    }

    private static func reportedSection(of analysis: Analysis) -> [String] {
        let reported = analysis.findings.byUrgency.filter { $0.isReported && !$0.isCritical }
        guard !reported.isEmpty else {
            return ["OTHER FINDINGS: none passes its bound for reporting.", ""]
        }
        return ["OTHER FINDINGS"]
            + reported.map { "- \(sentence($0)) \($0.clinicalSignificance)" } + [""]
    }

    private static func uncertainSection(of analysis: Analysis) -> [String] {
        let uncertain = analysis.findings.filter {
            $0.riskLevel == .uncertain && !$0.isReported && !$0.isCritical
        }
        guard !uncertain.isEmpty else { return [] }
        return ["UNCERTAIN, NOT REPORTED ABOVE"] + uncertain.map { "- \(sentence($0))" } + [""]
    }

    private static func imageSection(of analysis: Analysis) -> [String] {
        var lines = ["IMAGE QUALITY"]
        for image in analysis.images {
            let prefix = analysis.images.count > 1 ? "\(image.name): " : ""
            let figures = image.quality.observations
                .map { "\($0.name) \($0.value) (\($0.verdict.rawValue))" }
            lines.append("- " + prefix + figures.joined(separator: ", "))
            lines += image.quality.observations.filter { $0.verdict != .good }
                .map { "  \($0.name): \($0.meaning)" }
            lines += image.quality.notes.map { "  \($0)" }
        }
        lines += analysis.setAside.map {
            "- \($0.name): not a frontal view; its numbers do not count in the findings above."
        }
        return lines + [""]
    }

    private static func sentence(_ finding: Finding) -> String {
        let spread =
            finding.uncertainty.map { " ± " + String(format: "%.3f", $0) } ?? " (spread not known)"
        let place = finding.source.isEmpty ? "" : " [\(finding.source)]"
        return finding.pathology.displayName
            + String(format: ": probability %.3f", finding.probability) + spread
            + ", \(finding.riskLevel.word)\(place)."
    }

    private static func wrapped(_ line: String, width: Int) -> String {
        guard line.count > width else { return line }
        let indent = line.hasPrefix("- ") || line.hasPrefix("  ") ? "  " : ""
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            if !current.isEmpty && current.count + 1 + word.count > width {
                lines.append(current)
                current = indent + word
            } else {
                current += current.isEmpty && lines.isEmpty ? String(word) : " " + word
            }
        }
        return (lines + [current]).joined(separator: "\n")
    }
}

/// Times as records and screens write them.
public enum UTCTime {
    /// ISO 8601 with milliseconds and `Z`: `2026-11-21T02:41:07.123Z`.
    public static func text(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
    }

    /// Reads what `text` writes; nil for anything else.
    public static func date(_ text: String) -> Date? {
        try? Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt).parse(text)
    }

    /// Hours and minutes, UTC: `02:41`.
    public static func clock(_ date: Date) -> String {
        let minutes = Int((date.timeIntervalSince1970 / 60).rounded(.down)) % (24 * 60)
        let minuteOfDay = minutes < 0 ? minutes + 24 * 60 : minutes
        let hour = minuteOfDay / 60
        let minute = minuteOfDay % 60
        return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
    }
}
