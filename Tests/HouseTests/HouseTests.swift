// The house rules that a compiler does not know: arrows, sizes, banned words, tree.

import Foundation
import Testing

/// What `make check` fails on besides format and warnings.
@Suite struct HouseTests {
    private let sources = Repository.swiftFiles(in: "Sources")

    @Test func `the sources are found, so that the rules below mean something`() {
        #expect(sources.count > 50)
        #expect(Set(sources.map(\.room)).count > 8)
    }

    @Test func `imports follow the table of rooms in the architecture page`() throws {
        let table = try RoomTable(markdown: Repository.text("Documentation/architecture.md"))
        var violations: [String] = []
        for file in sources {
            for line in file.code {
                guard let module = Self.importedModule(line), table.isRoom(module) else { continue }
                if module != file.room && !table.mayImport(module, from: file.room) {
                    violations.append("\(file.path) imports \(module)")
                }
            }
        }
        #expect(violations == [])
        let rooms = Set(sources.map(\.room))
        #expect(rooms.filter { !table.isRoom($0) } == [], "rooms missing from the table")
    }

    @Test func `the screens do not touch the drivers of the terminal`() {
        let banned = ["NCursesScreen", "CTerminal", "FileManager", "Date()", "ContinuousClock"]
        let found = sources.filter { $0.room == "Workstation" }.flatMap { file in
            banned.filter { word in file.code.contains { $0.contains(word) } }
                .map { "\(file.path): \($0)" }
        }
        #expect(found == [])
    }

    @Test func `no file is over 600 lines and no function over 70, but for the ratchet list`()
        throws
    {
        let ratchet = Set(
            try Repository.text("Tests/HouseTests/ratchet.txt").split(separator: "\n")
                .filter { !$0.hasPrefix("#") }.map(String.init))
        var long: Set<String> = []
        for file in sources + Repository.swiftFiles(in: "Tests") {
            if file.lines.count > 600 { long.insert(file.path) }
            for function in FunctionLengths(file).longerThan(70) {
                long.insert("\(file.path):\(function)")
            }
        }
        #expect(long.subtracting(ratchet) == [], "too long")
        #expect(ratchet.subtracting(long) == [], "no longer too long: take it off the list")
    }

    @Test func `nothing prints but the program itself`() {
        let found = sources.filter { $0.room != "wetread" }.flatMap { file in
            file.code.indices.filter { file.code[$0].contains(#/\b(print|debugPrint|NSLog)\(/#) }
                .map { "\(file.path):\($0 + 1)" }
        }
        #expect(found == [])
    }

    @Test func `what can end the program or escape the compiler has its reason beside it`() {
        let banned: [Regex<Substring>] = [
            #/\btry!/#, #/\bas!/#, #/\bfatalError\(/#, #/@unchecked Sendable/#,
            #/nonisolated\(unsafe\)/#,
            #/[\w\)\]]!(?=[\s\.\),\]\[\(:;]|$)/#, #/\bunsafeBitCast\(/#,
            #/^ {4}(?:(?:public|package|private|fileprivate) )?(?:let|var) \w+: Unsafe/#,
        ]
        var found: [String] = []
        for file in sources {
            for (index, line) in file.code.enumerated()
            where banned.contains(where: { line.contains($0) }) && !file.hasReason(at: index) {
                found.append(
                    "\(file.path):\(index + 1): "
                        + file.lines[index].trimmingCharacters(in: .whitespaces))
            }
        }
        #expect(found == [])
    }

    @Test func `every declaration that other targets or tests see is documented`() {
        var found: [String] = []
        for file in sources {
            for (index, line) in file.code.enumerated() {
                guard
                    line.contains(
                        #/^\s*(?:@\w+ )*(?:nonisolated )?(?:public |package (?:static |mutating )?(?:struct|enum|class|actor|protocol|func) )/#
                    ),
                    !line.contains(#/\b(?:override|extension|import|private\(set\) var _)\b/#)
                else { continue }
                var before = index - 1
                while before >= 0,
                    file.lines[before].trimmingCharacters(in: .whitespaces).hasPrefix("@")
                {
                    before -= 1
                }
                let above = file.lines[max(before, 0)].trimmingCharacters(in: .whitespaces)
                if !above.hasPrefix("///") { found.append("\(file.path):\(index + 1)") }
            }
        }
        #expect(found == [])
    }

    @Test func `the tree is small and its top holds only what belongs there`() throws {
        let allowed: Set<String> = [
            "Package.swift", "Makefile", "README.md", "CHANGELOG.md", "LICENSE", "Sources", "Tests",
            "Themes", "SampleStudies", "Benchmarks", "Documentation", ".ci", ".gitignore",
        ]
        let top = Set(Repository.files.map { String($0.split(separator: "/")[0]) })
        #expect(top.subtracting(allowed) == [])
        var total = 0
        var large: [String] = []
        for path in Repository.files {
            let url = Repository.top.appendingPathComponent(path)
            let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
            total += size
            let isExempt =
                path.hasPrefix("SampleStudies/") || path.hasPrefix("Sources/Analyzer/Resources/")
            if size > 1 << 20 && !isExempt { large.append(path) }
        }
        #expect(large == [])
        #expect(total < 40 << 20)
    }

    private static func importedModule(_ line: String) -> String? {
        let statement = #/^\s*(?:@\w+ )*(?:public |package )?import (?:struct |class |enum )?(\w+)/#
        guard let match = line.firstMatch(of: statement) else { return nil }
        return String(match.1)
    }
}
