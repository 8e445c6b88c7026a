// wetread backup, restore, key: copies of a home, and the key that opens it.

import ArgumentParser
import Foundation
import Radiology
import Records

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the home into a new folder while it is used, and check the copy.",
        discussion: """
            Everything in the copy stays sealed. The key is not copied: keep it elsewhere, without \
            it no copy opens.
            """)

    @Argument(help: "The folder to make.")
    var folder: String

    func run() throws {
        let (store, _) = try Access.records(try Configuration.load())
        let summary = try store.backUp(to: URL(fileURLWithPath: folder, isDirectory: true))
        Output.line(
            "backed up and read again: \(summary.studyCount) studies, \(summary.objectCount) "
                + "objects, \(summary.eventCount) events, \(summary.byteCount) bytes")
        Output.line("The key is not in the copy; keep it elsewhere.")
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a new home from a backup, after checking it.")

    @Argument(help: "The folder of the backup.")
    var folder: String

    @Option(help: "The key file that the backup was sealed with; it becomes the home's.")
    var key: String?

    func run() throws {
        let configuration = try Configuration.load()
        let summary = try RecordStore.restore(
            from: URL(fileURLWithPath: folder, isDirectory: true), home: configuration.home,
            keyFile: key.map { URL(fileURLWithPath: $0) })
        Output.line(
            "restored: \(summary.studyCount) studies, \(summary.objectCount) objects, "
                + "\(summary.eventCount) events")
    }
}

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The key that seals this home.",
        subcommands: [Rotate.self])

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new key and seal everything anew with it.",
            discussion: """
                Backups made before open with the old key only. Where the key comes from \
                WETREAD_KEY or WETREAD_KEY_COMMAND, give the new one in WETREAD_NEW_KEY (64 \
                hexadecimal digits) and change its source afterwards.
                """)

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            let result = try store.rotateKeys(
                newKey: ProcessInfo.processInfo.environment["WETREAD_NEW_KEY"])
            Output.line(
                "sealed anew: \(result.valueCount) values, \(result.objectCount) objects")
        }
    }
}
