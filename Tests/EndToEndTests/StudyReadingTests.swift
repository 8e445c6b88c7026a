// A study from its plan to its report, read by scripted pseudo-terminals.

import Foundation
import Testing
import WetreadTesting

/// A study that scripts read.
private struct ScriptedStudy {
    /// One reading of the schedule.
    struct Reading {
        let period: Int
        let caseName: String
        let condition: String
        let purpose: String
    }

    static let cases = [
        "01-aster-quince-pa", "02-bergamot-alder-pa", "03-clover-damson-pa", "04-dahlia-elder-pa",
        "05-elder-fennel-ap", "06-fuchsia-gentian-pa", "07-gorse-hazel-pa", "08-heather-iris-pa",
        "09-ivy-juniper-pa", "10-kale-lavender-pa", "11-lupin-mallow-pa", "12-myrtle-nettle-ap",
    ]

    let home: Home
    let name: String

    var folder: URL { home.url.appendingPathComponent("studies/\(name)") }

    /// Creates the study of a plan that has every setting but the cases and conditions.
    init(
        _ name: String, home: Home, readers: [String], cases: Int = 12, washoutDays: Int = 0,
        settings: String = "", conditions: String
    ) throws {
        self.home = home
        self.name = name
        let file = home.beside.appendingPathComponent("\(name).toml")
        let list = Self.cases.prefix(cases).enumerated().map { index, item in
            "[[case]]\nname = \"\(item)\"\nfindings = [\(index % 2 == 0 ? "\"Effusion\"" : "")]\n"
        }
        let names = readers.map { "\"\($0)\"" }.joined(separator: ", ")
        try """
        name = "\(name)"
        seed = 11
        pathologies = ["Effusion"]
        readers = [\(names)]
        washout_days = \(washoutDays)
        images = "\(Samples.folder.path)"
        \(settings)
        \(conditions)
        \(list.joined())
        """.write(to: file, atomically: true, encoding: .utf8)
        let run = try home.run("study", "create", file.path)
        #expect(run.status == 0, "\(run.errors)")
    }

    /// A reader's readings in order.
    func schedule(of reader: String) throws -> [Reading] {
        let text = try String(
            contentsOf: folder.appendingPathComponent("schedule.csv"), encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map { $0.components(separatedBy: ",") }
            .filter { $0[0] == reader }
            .map {
                Reading(
                    period: Int($0[1]) ?? 0, caseName: $0[4], condition: $0[5], purpose: $0[6])
            }
    }

    func open(_ reader: String) throws -> PtyTerminal {
        try PtyTerminal(
            Installed.program, ["study", "read", name, "--reader", reader], columns: 80, rows: 24,
            environment: home.environment)
    }

    /// The records of a reader's log: their fields after the chain's hash.
    func log(_ reader: Int) -> [[String]] {
        let file = folder.appendingPathComponent("readings/reader-\(reader + 1).log")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map {
            Array($0.components(separatedBy: "\t").dropFirst())
        }
    }

    func count(_ event: String, reader: Int) -> Int {
        log(reader).count { $0.count > 5 && $0[5] == event }
    }

    /// Waits until a reader's log holds so many events of a kind.
    func wait(_ terminal: PtyTerminal, _ event: String, _ wanted: Int, reader: Int) -> Bool {
        terminal.wait { count(event, reader: reader) >= wanted }
    }
}

@Suite(.serialized) struct StudyReadingTests {
    private static let two = """
        [[condition]]
        name = "unaided"
        [[condition]]
        name = "second reader"
        aid = "uncertainty"
        timing = "sequential"
        """

    /// What a script answers: better with the AI, never the same for two cases.
    private static func answer(_ item: String, reader: Int, aided: Bool) -> Int {
        let index = ScriptedStudy.cases.firstIndex(of: item) ?? 0
        var random = SplitMix64(seed: UInt64(100 * reader + index + (aided ? 5000 : 0)))
        let noise = Int(random.next() % 40)
        return (index % 2 == 0 ? (aided ? 50 : 30) : 5) + noise
    }

    @Test func `four scripted readers read twelve cases in two conditions, to the report`() throws {
        let readers = ["A", "B", "C", "D"]
        let study = try ScriptedStudy(
            "whole", home: try Home(), readers: readers, conditions: Self.two)
        for (reader, name) in readers.enumerated() {
            let schedule = try study.schedule(of: name)
            #expect(schedule.count == 24)
            var done = 0
            var reveals = 0
            for period in 1...2 {
                let terminal = try study.open(name)
                #expect(terminal.read(until: "begin"))
                terminal.type("\r")
                for reading in schedule where reading.period == period {
                    #expect(study.wait(terminal, "first-paint", done + 1, reader: reader))
                    let first = Self.answer(reading.caseName, reader: reader, aided: false)
                    terminal.type("\(first)\rs")
                    if reading.condition == "second reader" {
                        reveals += 1
                        #expect(study.wait(terminal, "ai-reveal", reveals, reader: reader))
                        let second = Self.answer(reading.caseName, reader: reader, aided: true)
                        terminal.type("\(second)\rs")
                    }
                    done += 1
                }
                let end = try #require(terminal.waitForExit())
                #expect(end.status == 0, "\(String(decoding: end.bytes, as: UTF8.self))")
            }
            #expect(study.count("submit", reader: reader) == 24 + 12)
        }
        try checkAnalysis(study, readers: readers)
        try checkFrozen(study)
        try checkArchive(study)
        let replay = try study.home.run("study", "replay", "whole")
        #expect(replay.status == 0, "\(replay.output)")
        #expect(replay.output.components(separatedBy: "all as recorded").count == 5)
    }

    @Test func `the second period does not begin before the washout is over`() throws {
        let study = try ScriptedStudy(
            "washout", home: try Home(), readers: ["A"], cases: 2, washoutDays: 28,
            conditions: """
                [[condition]]
                name = "unaided"
                [[condition]]
                name = "aided"
                aid = "probabilities"
                """)
        let terminal = try study.open("A")
        #expect(terminal.read(until: "begin"))
        terminal.type("\r")
        for done in 1...2 {
            #expect(study.wait(terminal, "first-paint", done, reader: 0))
            terminal.type("50\rs")
        }
        #expect(terminal.waitForExit()?.status == 0)
        let early = try #require(try study.open("A").waitForExit())
        #expect(early.status == 75)
        #expect(String(decoding: early.bytes, as: UTF8.self).contains("28 days"))
        #expect(study.count("submit", reader: 0) == 2)
    }

    /// Somebody else gets the same numbers from the archive, also from the one without identities.
    private func checkArchive(_ study: ScriptedStudy) throws {
        func f(_ home: Home, _ name: String) throws -> String {
            let run = try home.run("study", "analyze", name)
            #expect(run.status == 0, "\(run.errors)")
            return try #require(run.output.split(separator: "\n").first { $0.contains("F = ") })
                .description
        }
        let own = try f(study.home, study.name)
        for options in [[], ["--anonymous", "--seed", "4"]] {
            let file = study.home.beside.appendingPathComponent("study.zip")
            let export = try study.home.run(
                ["study", "export", study.name, "--output", file.path] + options)
            #expect(export.status == 0, "\(export.errors)")
            let elsewhere = try Home()
            let taken = try elsewhere.run("study", "import", file.path, "--name", "theirs")
            #expect(taken.status == 0, "\(taken.errors)")
            #expect(try f(elsewhere, "theirs") == own)
            let again = try elsewhere.run("study", "import", file.path, "--name", "theirs")
            #expect(again.status == 73)
            let bytes = try Data(contentsOf: file)
            if options.isEmpty { continue }
            // Stored, not packed: what is in it can be searched.
            for word in ScriptedStudy.cases + ["dahlia", "/home", "/tmp", "char 1", "\tA\t"] {
                #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word)")
            }
            var damaged = bytes
            damaged[bytes.count / 3] ^= 1
            try damaged.write(to: file)
            #expect(try elsewhere.run("study", "import", file.path, "--name", "x").status == 66)
        }
    }

    /// Nothing of the design can be changed once it has been read, and nobody else reads it.
    private func checkFrozen(_ study: ScriptedStudy) throws {
        let plan = study.home.beside.appendingPathComponent("\(study.name).toml")
        let again = try study.home.run("study", "create", plan.path, "--replace")
        #expect(again.status == 73 && again.errors.contains("frozen since its first reading"))
        let other = try study.home.run("study", "read", study.name, "--reader", "E")
        #expect(other.status == 77 && other.errors.contains("its readers are A, B, C, D"))
        let done = try study.home.run("study", "read", study.name, "--reader", "A")
        #expect(done.status == 0 && done.output.contains("read everything"))
        let design = study.folder.appendingPathComponent("design.json")
        let text = try String(contentsOf: design, encoding: .utf8)
        try text.replacingOccurrences(of: "\"seed\" : 11", with: "\"seed\" : 12")
            .write(to: design, atomically: true, encoding: .utf8)
        let changed = try study.home.run("study", "analyze", study.name)
        #expect(changed.status == 65 && changed.errors.contains("the design was changed"))
        try text.write(to: design, atomically: true, encoding: .utf8)
    }

    /// The report gives what the same ratings give as CSV.
    private func checkAnalysis(_ study: ScriptedStudy, readers: [String]) throws {
        var csv = "reader,treatment,case,truth,rating\n"
        for treatment in ["unaided", "second reader, first", "second reader"] {
            for (reader, name) in readers.enumerated() {
                for (index, item) in ScriptedStudy.cases.enumerated() {
                    let rating = Self.answer(
                        item, reader: reader, aided: treatment == "second reader")
                    csv += "\(name),\"\(treatment)\",\(item),\(1 - index % 2),\(rating)\n"
                }
            }
        }
        let file = study.home.beside.appendingPathComponent("ratings.csv")
        try csv.write(to: file, atomically: true, encoding: .utf8)
        func document(_ arguments: [String]) throws -> [String: Any] {
            let run = try study.home.run(["study", "analyze"] + arguments + ["--format", "json"])
            #expect(run.status == 0, "\(run.errors)")
            return try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        }
        let stored = try document([study.name])
        let given = try document(["--csv", file.path])
        for key in ["obuchowski_rockette", "auc", "u_statistic"] {
            let (one, other) = (
                try #require(stored[key] as? NSDictionary),
                try #require(given[key] as? NSDictionary)
            )
            #expect(one == other, "\(key)")
        }
        let inside = try #require(stored["study"] as? [String: Any])
        #expect(inside["readings"] as? Int == 96 && inside["unfinished"] as? Int == 0)
        let findings = try #require(inside["pathologies"] as? [[String: Any]])
        let decisions = try #require(findings[0]["decisions"] as? [[String: Any]])
        #expect(decisions[0]["decisions"] as? Int == 48)
        #expect((inside["times"] as? [[String: Any]])?.count == 2)
        let page = study.home.beside.appendingPathComponent("report.html")
        let html = try study.home.run(
            "study", "analyze", study.name, "--format", "html", "--output", page.path)
        #expect(html.status == 0)
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text.contains("Reading times") && text.contains("ROC curves"))
    }

    @Test func `after a crash the same case goes on with what was answered, and replays`() throws {
        let study = try ScriptedStudy(
            "crash", home: try Home(), readers: ["A", "B"], cases: 3,
            conditions: "[[condition]]\nname = \"unaided\"")
        let first = try study.open("A")
        #expect(first.read(until: "begin"))
        first.type("\r")
        #expect(study.wait(first, "first-paint", 1, reader: 0))
        first.type("7\rs")
        #expect(study.wait(first, "first-paint", 2, reader: 0))
        first.type("83\r")
        #expect(study.wait(first, "decision", 2, reader: 0))
        first.cut()
        _ = first.waitForExit()
        // Power fails in the middle of a line: what was whole is kept.
        let log = study.folder.appendingPathComponent("readings/reader-1.log")
        let handle = try FileHandle(forWritingTo: log)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("deadbeef\t99\tA".utf8))
        try handle.close()
        let second = try study.open("A")
        #expect(second.read(until: "goes on as you left it"))
        second.type("\r")
        #expect(study.wait(second, "first-paint", 3, reader: 0))
        // The answer stands: nothing but a submit is needed.
        second.type("s")
        #expect(study.wait(second, "first-paint", 4, reader: 0))
        second.type("qy")
        let end = try #require(second.waitForExit())
        #expect(end.status == 0)
        #expect(String(decoding: end.bytes, as: UTF8.self).contains("2 readings recorded, 1 to"))
        let names = study.log(0).filter { $0.count > 5 && $0[5] == "first-paint" }.map { $0[2] }
        #expect(names.count == 4 && names[1] == names[2] && names[2] != names[3])
        let replay = try study.home.run("study", "replay", "crash", "--reader", "A")
        #expect(replay.status == 0, "\(replay.output)")
        // A line that somebody changed afterwards is found.
        let text = try String(contentsOf: log, encoding: .utf8)
        try text.replacingOccurrences(of: "\t83\n", with: "\t13\n")
            .write(to: log, atomically: true, encoding: .utf8)
        let forged = try study.home.run("study", "analyze", "crash")
        #expect(forged.status == 65 && forged.errors.contains("chain of hashes is broken"))
        let lines = text.split(separator: "\n").dropLast(3)
        try (lines.joined(separator: "\n") + "\n").write(
            to: log, atomically: true, encoding: .utf8)
        let cut = try study.home.run("study", "replay", "crash", "--reader", "A")
        #expect(cut.status == 65 && cut.errors.contains("cut off"))
    }

    @Test(arguments: [20, 80])
    func `without the AI nothing that it said reaches the terminal`(answer: Int) throws {
        // Two studies that differ in nothing but what the AI says.
        let transcripts = try ["0.8765", "0.1234"].map { probability in
            try unaidedFrames(probability: probability, answer: answer)
        }
        #expect(transcripts[0].count >= 16)
        #expect(transcripts[0] == transcripts[1])
    }

    /// Reads four cases; the hashes of the frames before any AI, in order.
    private func unaidedFrames(probability: String, answer: Int) throws -> [String] {
        let home = try Home()
        let list = home.beside.appendingPathComponent("ai.csv")
        let rows = ScriptedStudy.cases.prefix(4).map { "\($0),Effusion,\(probability),0.07\n" }
        try ("case,pathology,probability,uncertainty\n" + rows.joined()).write(
            to: list, atomically: true, encoding: .utf8)
        let study = try ScriptedStudy(
            "blind", home: home, readers: ["A"], cases: 4,
            settings: "ai_list = \"\(list.path)\"", conditions: Self.two)
        let terminal = try study.open("A")
        var bytes: [UInt8] = []
        /// Types a key, and reads until every frame that was drawn is on the terminal.
        func press(_ key: String) {
            let keys = study.count("key", reader: 0)
            terminal.type(key)
            #expect(study.wait(terminal, "key", keys + 1, reader: 0))
            bytes += terminal.read(quietMilliseconds: 60)
            #expect(
                terminal.wait {
                    study.count("frame", reader: 0) == study.count("painted", reader: 0)
                })
        }
        bytes += terminal.read(quietMilliseconds: 2500, seconds: 5)
        press("\r")
        var reveals = 0
        for (done, reading) in try study.schedule(of: "A").filter({ $0.period == 1 }).enumerated() {
            #expect(study.wait(terminal, "first-paint", done + 1, reader: 0))
            for digit in String(answer) { press(String(digit)) }
            press("\r")
            terminal.type("s")
            guard reading.condition != "unaided" else { continue }
            // The first answers are in: from here on the AI is shown, to the next submit.
            reveals += 1
            #expect(study.wait(terminal, "ai-reveal", reveals, reader: 0))
            terminal.type("s")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        for word in ["88 %", "12 %", "±7", "0.8765", "0.1234"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(terminal.waitForExit()?.status == 0)
        var isAided = false
        return study.log(0).compactMap { fields in
            if fields[5] == "advised" { isAided = true }
            if fields[5] == "loaded" { isAided = false }
            return fields[5] == "frame" && !isAided ? fields[7] : nil
        }
    }

    @Test func `keys and paints are recorded within five milliseconds`() throws {
        let study = try ScriptedStudy(
            "timing", home: try Home(), readers: ["A"], cases: 5,
            conditions: "[[condition]]\nname = \"unaided\"")
        let terminal = try study.open("A")
        #expect(terminal.read(until: "begin"))
        var typed: [UInt64] = []
        var painted: [UInt64] = []
        terminal.type("\r")
        for (number, delay) in [40, 90, 10, 130, 70].enumerated() {
            _ = terminal.read(quietMilliseconds: 400)
            painted.append(terminal.lastReadAt)
            #expect(study.wait(terminal, "first-paint", number + 1, reader: 0))
            for more in [0, 25, 50] {
                _ = terminal.read(quietMilliseconds: Int32(delay + more), seconds: 1)
                typed.append(PtyTerminal.monotonicNanoseconds())
                terminal.type("j")
            }
            if number < 4 { terminal.type("5\rs") }
        }
        #expect(terminal.wait { study.log(0).count { $0[5] == "key" && $0[6] == "char j" } == 15 })
        let log = study.log(0)
        let paints = log.filter { $0[5] == "first-paint" }.compactMap { UInt64($0[4]) }
        let keys = log.filter { $0[5] == "key" && $0[6] == "char j" }.compactMap { UInt64($0[4]) }
        try #require(paints.count == 5 && keys.count == 15)
        func errors(_ seen: [UInt64], _ recorded: [UInt64]) -> [Double] {
            zip(seen, recorded).map { Double(max($0, $1) - min($0, $1)) / 1e6 }.sorted()
        }
        // The medians: on a busy machine a thread may be woken late once.
        #expect(errors(typed, keys)[7] < 5, "\(errors(typed, keys)) ms")
        #expect(errors(painted, paints)[2] < 5, "\(errors(painted, paints)) ms")
        terminal.type("qy")
        #expect(terminal.waitForExit()?.status == 0)
    }
}
