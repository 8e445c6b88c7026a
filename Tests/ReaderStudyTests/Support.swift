// Where the data sets are, and small studies for tests.

import Foundation
import ReaderStudy
import Testing

/// The data sets of these tests.
enum StudyFiles {
    /// The synthetic sets and references of the repository.
    static let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Data")

    /// The shared folder's reader studies, which `WETREAD_SHARED` names.
    static let shared = ProcessInfo.processInfo.environment["WETREAD_SHARED"].map {
        URL(fileURLWithPath: $0).appendingPathComponent("reader-study")
    }

    /// A synthetic set.
    static func synthetic(_ name: String) throws -> ReadingTable {
        try StudyCSV.table(contentsOf: data.appendingPathComponent("SYNTH-\(name).csv"))
    }

    /// The error of reading a text as CSV; nil where it can be read.
    static func error(of text: String) -> ReaderStudyError? {
        do {
            _ = try StudyCSV.table(Array(text.utf8), name: "t.csv")
            return nil
        } catch {
            return error
        }
    }
}

extension ReadingTable {
    /// The study with every rating changed, mark by mark.
    func mappingRatings(_ change: (Double) -> Double) throws -> ReadingTable {
        try rebuilt { row in
            var row = row
            let column = form == .freeResponse ? 5 : 4
            if let rating = Double(row[column]) { row[column] = "\(change(rating))" }
            return row
        }
    }

    /// The study written as CSV, its rows changed, and read again.
    func rebuilt(
        order: ([[String]]) -> [[String]] = { $0 }, _ change: ([String]) -> [String]
    ) throws -> ReadingTable {
        let lines = StudyCSV.text(of: self).split(separator: "\n").map(String.init)
        let rows = lines.dropFirst().map {
            change($0.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
        let text = ([lines[0]] + order(rows).map { $0.joined(separator: ",") })
            .joined(separator: "\n")
        return try StudyCSV.table(Array(text.utf8), name: "rebuilt.csv")
    }
}

/// True where two numbers agree to a relative tolerance, or both are undefined.
func agree(_ first: Double, _ second: Double, _ tolerance: Double = 1e-9) -> Bool {
    if first.isNaN || second.isNaN { return first.isNaN && second.isNaN }
    if first == second { return true }
    return abs(first - second) <= tolerance * max(abs(first), abs(second)) + 1e-13
}
