// A study from a file of any form, and without identities.

import Foundation

/// Reads a study from a file by its suffix.
public enum StudyFile {
    /// `.imrmc` and `.xlsx` by their forms, everything else as CSV.
    public static func table(contentsOf url: URL) throws(ReaderStudyError) -> ReadingTable {
        let suffix = url.pathExtension.lowercased()
        guard suffix == "imrmc" || suffix == "xlsx" else {
            return try StudyCSV.table(contentsOf: url)
        }
        let name = url.lastPathComponent
        let size = (try? FileManager.default.attributesOfItem(atPath: url.path)[.size]) as? Int
        if let size, size > StudyCSV.byteCountMax {
            throw .tooLarge(file: name, byteCount: size, limit: StudyCSV.byteCountMax)
        }
        guard let data = try? Data(contentsOf: url) else {
            throw .unreadable(file: name, reason: "it does not exist or may not be opened")
        }
        return suffix == "imrmc"
            ? try IMRMCFile.table([UInt8](data), name: name)
            : try RJafrocWorkbook.table([UInt8](data), name: name)
    }
}

extension ReadingTable {
    /// The study without names.
    ///
    /// Readers become R1, R2, ... and cases C1, C2, ..., both in an order drawn with a seed, so that
    /// the order of a list says nothing either. Treatments keep their names.
    public func anonymised(seed: UInt64) -> ReadingTable {
        var random = StudyRandom(seed: seed, "anonymous")
        var readerOrder = Array(readers.indices)
        readerOrder.shuffle(using: &random)
        var caseOrder = Array(cases.indices)
        caseOrder.shuffle(using: &random)
        var place = [Int](repeating: 0, count: cases.count)
        for (new, old) in caseOrder.enumerated() { place[old] = new }
        let selected = selecting(readers: readerOrder)
        return ReadingTable(
            form: form, readers: readers.indices.map { "R\($0 + 1)" }, treatments: treatments,
            cases: caseOrder.enumerated().map { new, old in
                var item = Case(name: "C\(new + 1)", isDiseased: cases[old].isDiseased)
                item.lesionWeights = cases[old].lesionWeights
                return item
            },
            cells: selected.cells.map { readings in
                readings.map { reading in
                    var moved = Reading(caseIndex: place[reading.caseIndex], rating: reading.rating)
                    moved.isLocalised = reading.isLocalised
                    moved.falseMarks = reading.falseMarks
                    moved.lesionRatings = reading.lesionRatings
                    return moved
                }.sorted { $0.caseIndex < $1.caseIndex }
            })
    }
}
