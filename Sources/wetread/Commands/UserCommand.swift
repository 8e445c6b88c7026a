// wetread user: the accounts of a home.

import ArgumentParser
import Foundation
import Radiology
import Records

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add, list and change the accounts of this home.",
        discussion: """
            A home without accounts is open to whoever may read its files. The first account must \
            be an administrator; from then on everybody logs in: with WETREAD_READER and \
            WETREAD_SECRET, as the bound operating-system user, or at the terminal. Roles: \
            \(AccountRole.allCases.map { "\($0.rawValue) (\($0.words))" }.joined(separator: "; ")).
            """,
        subcommands: [
            Add.self, List.self, Disable.self, Enable.self, SetRole.self, Reset.self, Secret.self,
        ])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add an account.")

        @Argument(help: "The account's name.")
        var name: String

        @Option(help: "The name printed under signatures (default: the account's name).")
        var printedName: String?

        @Option(help: "Its roles, joined by commas (default: reader; the first account: both).")
        var role: String?

        @Option(help: "The operating-system user that is this account without a secret.")
        var osUser: String?

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            let isFirst = try !store.hasAccounts()
            let roles =
                try role.map(UserCommand.roles)
                ?? (isFirst ? [.administrator, .reader] : [.reader])
            let secret = try Access.newSecret(for: name)
            try store.addAccount(
                NewAccount(
                    name: name, printedName: printedName ?? name, roles: roles, secret: secret,
                    operatingSystemUser: osUser, mustChangeSecret: !isFirst))
            Output.line("added \(name.inert()): \(roles.text)")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts.")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            let accounts = try store.accounts()
            if json {
                for account in accounts { Output.line(try Output.json(AccountLine(account))) }
                return
            }
            let rows = accounts.map { account in
                [
                    account.id.rawValue.inert(), account.printedName.inert(), account.roles.text,
                    account.isDisabled ? "disabled" : account.lockedUntil != nil ? "locked" : "",
                    account.lastLogIn.map { UTCTime.text($0) } ?? "never",
                    account.operatingSystemUser?.inert() ?? "",
                ]
            }
            let heading = ["account", "printed name", "roles", "", "last log-in", "system user"]
            for line in Output.table([heading] + rows) { Output.line(line) }
        }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Disable an account at once; what it did stays.")

        @Argument(help: "The account's name.")
        var name: String

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            try store.setDisabled(true, account: ReaderID(name))
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Enable a disabled account.")

        @Argument(help: "The account's name.")
        var name: String

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            try store.setDisabled(false, account: ReaderID(name))
        }
    }

    struct SetRole: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "role", abstract: "Give an account other roles, or another system user.")

        @Argument(help: "The account's name.")
        var name: String

        @Argument(help: "Its roles, joined by commas.")
        var roles: String

        @Option(help: "The operating-system user that is this account; an empty text unbinds it.")
        var osUser: String?

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            try store.setRoles(UserCommand.roles(roles), of: ReaderID(name))
            if let osUser {
                try store.bind(
                    operatingSystemUser: osUser.isEmpty ? nil : osUser, to: ReaderID(name))
            }
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give an account a new secret, to be changed at its next log-in.")

        @Argument(help: "The account's name.")
        var name: String

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            try store.resetSecret(of: ReaderID(name), to: Access.newSecret(for: name))
        }
    }

    struct Secret: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Change your own secret.")

        func run() throws {
            let (store, reader) = try Access.records(try Configuration.load())
            guard
                let old = ProcessInfo.processInfo.environment["WETREAD_SECRET"]
                    ?? Access.askSecret("present secret: ")
            else { throw CommandFailure(.usage, "the present secret is asked at a terminal") }
            try store.changeSecret(from: old, to: Access.newSecret(for: reader.rawValue))
            Output.line("changed")
        }
    }

    private static func roles(_ text: String) throws -> Set<AccountRole> {
        let words = text.split(separator: ",").map { $0.trimmingSpaces() }
        let roles = words.compactMap { AccountRole(rawValue: $0) }
        guard roles.count == words.count, !roles.isEmpty else {
            let known = AccountRole.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.usage, "roles are \(known), joined by commas")
        }
        return Set(roles)
    }

    private struct AccountLine: Encodable {
        let name: String
        let printedName: String
        let roles: [String]
        let isDisabled: Bool
        let lastLogIn: String?
        let operatingSystemUser: String?

        init(_ account: Account) {
            name = account.id.rawValue
            printedName = account.printedName
            roles = account.roles.map(\.rawValue).sorted()
            isDisabled = account.isDisabled
            lastLogIn = account.lastLogIn.map { UTCTime.text($0) }
            operatingSystemUser = account.operatingSystemUser
        }
    }
}
