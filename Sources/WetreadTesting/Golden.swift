// Goldens: a text in the repository that a result must equal, letter by letter.

import Foundation
import Terminal
import Testing

/// Comparison with texts kept under `Tests/<Target>Tests/Goldens/`.
///
/// With `RECORD_GOLDENS=1` in the environment the file is written anew and the test fails all the
/// same, so that a recording run never passes for a test run. A golden that is missing fails.
public enum Golden {
    /// Compares a text with the golden of that name beside the test file.
    ///
    /// - Parameters:
    ///   - name: file name without folder, such as `worklist-80x24.txt`.
    ///   - testFile: the file of the test; the goldens stand in `Goldens/` beside it.
    public static func expect(
        _ text: String, named name: String, testFile: String = #filePath,
        location: SourceLocation = #_sourceLocation
    ) {
        let folder = URL(fileURLWithPath: testFile).deletingLastPathComponent()
            .appendingPathComponent("Goldens", isDirectory: true)
        let url = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] == "1" {
            record(text, at: url, location: location)
            return
        }
        guard let expected = try? String(contentsOf: url, encoding: .utf8) else {
            Issue.record(
                "there is no golden \(name); record it with RECORD_GOLDENS=1 and read it",
                sourceLocation: location)
            return
        }
        guard expected != text else { return }
        Issue.record(
            "\(name) differs from its golden\n\(difference(expected: expected, got: text))",
            sourceLocation: location)
    }

    /// Compares a screen with its golden: the glyphs, then the plane of roles.
    ///
    /// The cells of a picture (those with a grey of their own) are written as `▒`: how a picture is
    /// drawn is tested where it is drawn, and a golden of the screen must not change with it.
    /// - Parameter variants: the same screen on other terminals; of each only the rows are written
    ///   that differ.
    public static func expect(
        _ frame: Frame, named name: String, variants: [(name: String, frame: Frame)] = [],
        testFile: String = #filePath, location: SourceLocation = #_sourceLocation
    ) {
        let ruler = String(repeating: "=", count: frame.size.columns)
        let base = masked(frame)
        var text = "\(frame.size.columns)x\(frame.size.rows)\n\(ruler)\n\(base.text)\n\(ruler)\n"
        text += base.rolePlane
        for variant in variants {
            let other = masked(variant.frame)
            let rows = Set(base.difference(from: other).map(\.row)).sorted()
            text += "\(ruler)\n\(variant.name): \(rows.isEmpty ? "the same" : "but for rows")\n"
            text += rows.map { "\($0) \(other.text(row: $0))\n" }.joined()
        }
        expect(text, named: "\(name).txt", testFile: testFile, location: location)
    }

    private static func masked(_ frame: Frame) -> Frame {
        var masked = frame
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns {
                let position = Position(column: column, row: row)
                if frame[position].isPicture {
                    masked[position] = Cell("▒", style: Style(foreground: .grey(0)))
                }
            }
        }
        return masked
    }

    /// The lines that differ, expected and got, with their numbers; both texts in full at the end.
    public static func difference(expected: String, got: String) -> String {
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = got.split(separator: "\n", omittingEmptySubsequences: false)
        var lines: [String] = []
        for index in 0..<max(old.count, new.count) {
            let before = index < old.count ? String(old[index]) : "(no line)"
            let after = index < new.count ? String(new[index]) : "(no line)"
            if before != after {
                lines.append("line \(index + 1)\n  expected \(before)\n  got      \(after)")
            }
        }
        return lines.joined(separator: "\n") + "\nexpected:\n\(expected)\ngot:\n\(got)"
    }

    private static func record(_ text: String, at url: URL, location: SourceLocation) {
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
            Issue.record(
                "recorded \(url.lastPathComponent), review the diff", sourceLocation: location)
        } catch {
            Issue.record(
                "cannot record \(url.lastPathComponent): \(error)", sourceLocation: location)
        }
    }
}

extension Cell {
    /// True where a picture's own grey or colour is in the cell.
    public var isPicture: Bool {
        [style.foreground, style.background].contains { ink in
            switch ink {
            case .grey, .rgb: true
            case .role, nil: false
            }
        }
    }
}
