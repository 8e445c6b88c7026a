// Accounts: log-in, locks, what each role may do.

import Foundation
import Radiology
import Records
import Testing

private let secret = "correct horse battery"

/// A home with an account for each role, named after it; all have the same secret.
private func peopledHome() throws -> TestHome {
    let home = TestHome()
    let store = try home.open()
    try store.addAccount(
        NewAccount(
            name: "administrator", printedName: "Admin", roles: [.administrator], secret: secret))
    let administrator = try store.logged("administrator")
    for role in AccountRole.allCases where role != .administrator {
        try administrator.addAccount(
            NewAccount(
                name: role.rawValue, printedName: "Dr \(role.rawValue)", roles: [role],
                secret: secret))
    }
    return home
}

extension RecordStore {
    /// This store for an account.
    fileprivate func logged(_ name: String, emergency: String? = nil) throws -> RecordStore {
        acting(
            as: try logIn(
                ReaderID(name), secret: secret, session: "s-\(name)", emergencyReason: emergency))
    }
}

/// An operation of the room, with the permission that it should need.
private struct Operation: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let permission: Permission
    let run: @Sendable (RecordStore, ReaderID) throws -> Void

    init(
        _ name: String, _ permission: Permission,
        _ run: @escaping @Sendable (RecordStore, ReaderID) throws -> Void
    ) {
        testDescription = name
        self.permission = permission
        self.run = run
    }
}

private let one = StudyID(1)

private let operations: [Operation] = [
    Operation("import", .importStudies) { store, me in
        _ = try store.importImages([candidate(study: 2)], actor: me)
    },
    Operation("refuse", .importStudies) { store, me in
        try store.recordRefusal(name: "x", reason: "y", actor: me)
    },
    Operation("image bytes", .readImages) { store, _ in _ = try store.imageBytes(ImageID(1)) },
    Operation("images", .readImages) { store, _ in _ = try store.images(of: one) },
    Operation("pending", .analyse) { store, _ in _ = try store.studiesAwaitingAnalysis() },
    Operation("analysis", .analyse) { store, me in
        try store.store(analysis(), for: one, actor: me)
    },
    Operation("failure", .analyse) { store, me in
        try store.store(
            AnalysisFailure(timestamp: Date(), reason: "r"), for: one, actor: me)
    },
    Operation("worklist", .viewStudies) { store, _ in _ = try store.worklist() },
    Operation("study", .viewStudies) { store, _ in _ = try store.study(one) },
    Operation("one analysis", .viewStudies) { store, _ in
        _ = try store.analysis(AnalysisID("none"), of: one)
    },
    Operation("draft", .viewStudies) { store, me in _ = try store.draft(for: one, reader: me) },
    Operation("signed records", .viewStudies) { store, _ in
        _ = try store.signedRecords(of: one)
    },
    Operation("open", .viewStudies) { store, me in
        try store.markOpened(one, reader: me, session: "s")
    },
    Operation("access", .viewStudies) { store, me in
        try store.recordAccess("worklist", count: 3, reader: me)
    },
    Operation("claim", .read) { store, me in
        _ = try store.claim(one, reader: me, session: "s", seconds: 60)
    },
    Operation("renew", .read) { store, me in
        _ = try store.renewClaim(one, reader: me, session: "s", seconds: 60)
    },
    Operation("release", .read) { store, me in
        try store.release(one, reader: me, session: "s")
    },
    Operation("save draft", .read) { store, me in
        try store.saveDraft(completeDraft(), for: one, reader: me)
    },
    Operation("sign preliminary", .signPreliminary) { store, me in
        _ = try store.sign(
            one, reader: me, session: "s", draft: completeDraft(), meaning: .preliminary,
            openSeconds: 1, analysis: nil, utcOffsetSeconds: 0, secret: secret)
    },
    Operation("sign final", .signFinal) { store, me in
        _ = try store.sign(
            one, reader: me, session: "s", draft: completeDraft(), meaning: .final,
            openSeconds: 1, analysis: nil, utcOffsetSeconds: 0, secret: secret)
    },
    Operation("sign addendum", .signFinal) { store, me in
        _ = try store.sign(
            one, reader: me, session: "s", draft: completeDraft(), meaning: .addended,
            openSeconds: 1, analysis: nil, utcOffsetSeconds: 0, secret: secret)
    },
    Operation("audit events", .readAudit) { store, _ in _ = try store.auditEvents() },
    Operation("audit messages", .readAudit) { store, _ in
        _ = try store.auditMessages(of: [])
    },
    Operation("back up", .maintain) { store, _ in
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-backup-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try store.backUp(to: folder)
    },
    Operation("audit verify", .readAudit) { store, _ in _ = try store.verifyAudit() },
    Operation("find", .viewStudies) { store, _ in _ = try store.studies(foundBy: "x") },
    Operation("first impression", .read) { store, me in
        _ = try store.recordFirstImpression(findings: [], unsure: [], of: one, reader: me)
    },
    Operation("own first impression", .viewStudies) { store, me in
        _ = try store.firstImpression(of: one, reader: me)
    },
    Operation("retention due", .maintain) { store, _ in _ = try store.retentionDue() },
    Operation("retention", .maintain) { store, _ in _ = try store.applyRetention() },
    Operation("hold", .maintain) { store, _ in
        try store.placeHold(on: one, reason: "case of the court")
    },
    Operation("end hold", .maintain) { store, _ in
        try store.endHold(on: one, reason: "case of the court")
    },
    Operation("holds", .maintain) { store, _ in _ = try store.holds() },
    Operation("rotate keys", .maintain) { store, _ in _ = try store.rotateKeys() },
    Operation("checkpoint", .maintain) { store, _ in _ = try store.checkpointAudit() },
    Operation("critical", .viewStudies) { store, _ in _ = try store.criticalResults() },
    Operation("announce", .analyse) { store, me in _ = try store.takeAnnouncements(actor: me) },
    Operation("communicate", .communicate) { store, me in
        try store.recordCommunication(
            Communication(toldWhom: "w", means: "m", isReadBack: true, hasSucceeded: true),
            about: 1, reader: me)
    },
    Operation("dismiss", .dismissCritical) { store, me in
        try store.dismissCritical(1, reason: "a skin fold", reader: me)
    },
    Operation("peer offers", .scorePeers) { store, me in _ = try store.peerOffers(for: me) },
    Operation("peer reading", .scorePeers) { store, me in
        _ = try store.recordPeerReading(1, "a nodule", reader: me)
    },
    Operation("one peer reading", .scorePeers) { store, _ in _ = try store.peerReading(1) },
    Operation("peer score", .scorePeers) { store, me in
        try store.scorePeer(1, .concurs, comment: "", reader: me)
    },
    Operation("adjudication", .scorePeers) { store, me in
        try store.adjudicatePeer(1, .concurs, comment: "", reader: me)
    },
    Operation("peer figures", .viewStatistics) { store, _ in
        _ = try store.peerReviews(since: .distantPast)
    },
    Operation("figures", .viewStatistics) { store, _ in
        _ = try store.criticalStatistics(since: .distantPast, in: .gmt)
    },
    Operation("list accounts", .managePeople) { store, _ in _ = try store.accounts() },
    Operation("add account", .managePeople) { store, _ in
        try store.addAccount(
            NewAccount(name: "new", printedName: "New", roles: [.reader], secret: secret))
    },
    Operation("roles", .managePeople) { store, _ in
        try store.setRoles([.resident], of: ReaderID("reader"))
    },
    Operation("disable", .managePeople) { store, _ in
        try store.setDisabled(true, account: ReaderID("reader"))
    },
    Operation("reset", .managePeople) { store, _ in
        try store.resetSecret(of: ReaderID("reader"), to: secret + "!")
    },
    Operation("bind", .managePeople) { store, _ in
        try store.bind(operatingSystemUser: "u", to: ReaderID("reader"))
    },
]

@Suite struct PeopleTests {
    @Test(arguments: operations)
    private func everyOperationIsAllowedToTheRolesOfTheTableAndToNobodyElse(
        _ operation: Operation
    ) throws {
        for role in AccountRole.allCases {
            let home = try peopledHome()
            _ = try home.open().logged("service").importImages(
                [candidate()], actor: ReaderID("service"))
            let store = try home.open().logged(role.rawValue)
            var refusal: RecordsError?
            do {
                try operation.run(store, ReaderID(role.rawValue))
            } catch { refusal = error as? RecordsError }
            if case .notPermitted(_, let roles) = refusal {
                #expect(!role.permissions.contains(operation.permission), "\(role)")
                #expect(roles == [role])
            } else {
                // Allowed; what else stands in its way (no claim, no such analysis) is another
                // test's matter.
                #expect(role.permissions.contains(operation.permission), "\(role)")
            }
        }
    }

    @Test(arguments: operations)
    private func withoutLogInNothingIsAllowedWhereThereAreAccounts(_ operation: Operation) throws {
        let store = try peopledHome().open()
        let error = #expect(throws: RecordsError.self) {
            try operation.run(store, ReaderID("reader"))
        }
        guard case .notLoggedIn = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // The permission that the table names is the one that the task asks for.
        if case .notLoggedIn(let task) = error {
            #expect(task.permission == operation.permission)
        }
    }

    @Test func everyTaskThatNeedsAPermissionIsAnOperationOfTheTable() {
        let needed = Set(RecordsTask.allCases.compactMap(\.permission))
        #expect(needed.isSubset(of: Set(operations.map(\.permission))))
    }

    @Test func aHomeWithoutAccountsIsOpenAsBefore() throws {
        let store = try TestHome().open()
        #expect(try !store.hasAccounts())
        let study = try store.take(candidate())
        try store.claimAndSign(study)
        #expect(throws: RecordsError.self) {
            try store.addAccount(
                NewAccount(name: "r", printedName: "R", roles: [.reader], secret: secret))
        }
        try store.addAccount(
            NewAccount(
                name: "boss", printedName: "B", roles: [.administrator, .reader], secret: secret))
        #expect(throws: RecordsError.notLoggedIn(task: .readWorklist)) { try store.worklist() }
        #expect(try store.logged("boss").worklist().count == 1)
    }

    @Test func nobodyActsInAnothersName() throws {
        let store = try peopledHome().open().logged("reader")
        #expect(throws: RecordsError.notYourself(task: .importImages)) {
            try store.importImages([candidate()], actor: ben)
        }
        _ = try store.importImages([candidate()], actor: ReaderID("reader"))
        #expect(throws: RecordsError.notYourself(task: .claim)) {
            try store.claim(one, reader: ben, session: "s", seconds: 1)
        }
    }

    @Test func disablingAndTakingARoleAwayHoldAtOnce() throws {
        let home = try peopledHome()
        let store = try home.open().logged("reader")
        let administrator = try home.open().logged("administrator")
        #expect(try store.worklist().isEmpty)
        try administrator.setRoles([.auditor], of: ReaderID("reader"))
        #expect(throws: RecordsError.notPermitted(task: .readWorklist, roles: [.auditor])) {
            try store.worklist()
        }
        try administrator.setRoles([.reader], of: ReaderID("reader"))
        try administrator.setDisabled(true, account: ReaderID("READER"))
        #expect(throws: RecordsError.notLoggedIn(task: .readWorklist)) { try store.worklist() }
        #expect(throws: RecordsError.logInRefused) { try home.open().logged("reader") }
        #expect(throws: RecordsError.accountObjection("no administrator would be left")) {
            try administrator.setDisabled(true, account: ReaderID("administrator"))
        }
        #expect(throws: RecordsError.accountObjection("no administrator would be left")) {
            try administrator.setRoles([.reader], of: ReaderID("administrator"))
        }
    }

    @Test func wrongSecretsLockTheAccountForLongerAndLonger() throws {
        let home = try peopledHome()
        let store = try home.open()
        let name = ReaderID("reader")
        func attempt(_ word: String) -> RecordsError? {
            do throws(RecordsError) {
                _ = try store.logIn(name, secret: word, session: "s")
                return nil
            } catch { return error }
        }
        for _ in 1...4 { #expect(attempt("wrong") == .logInRefused) }
        #expect(attempt("wrong") == .logInRefused)
        let first = home.clock.now.addingTimeInterval(30)
        #expect(attempt(secret) == .accountLocked(until: first), "the right one is not looked at")
        home.clock.advance(29)
        #expect(attempt(secret) == .accountLocked(until: first))
        home.clock.advance(2)
        #expect(attempt("wrong") == .logInRefused)
        #expect(
            attempt(secret) == .accountLocked(until: home.clock.now.addingTimeInterval(60)))
        home.clock.set(-7200)
        home.clock.advance(59)
        guard case .accountLocked = attempt(secret) else {
            Issue.record("a clock set back must not open a lock")
            return
        }
        home.clock.advance(2)
        let actor = try store.logIn(name, secret: secret, session: "s")
        #expect(actor.failureCount == 6 && actor.previousLogIn == nil)
        #expect(try store.logIn(name, secret: secret, session: "s").failureCount == 0)
        let kinds = try home.open().logged("auditor").auditEvents().map(\.kind)
        #expect(kinds.count { $0 == .logInFailed } == 6)
    }

    @Test func anUnknownNameIsToldLikeAWrongSecret() throws {
        let home = try peopledHome()
        #expect(throws: RecordsError.logInRefused) {
            try home.open().logIn(ReaderID("nobody"), secret: secret, session: "s")
        }
        let last = try home.open().logged("auditor").auditEvents().dropLast().last
        #expect(last?.kind == .logInFailed && last?.actor == ReaderID("unknown"))
    }

    @Test func theLastLogInIsSaid() throws {
        let home = try peopledHome()
        let store = try home.open()
        _ = try store.logged("reader")
        let first = home.clock.now
        home.clock.advance(3600)
        let actor = try store.logIn(ReaderID("Reader"), secret: secret, session: "t")
        #expect(actor.id == ReaderID("reader") && actor.previousLogIn == first)
        #expect(actor.lastLogInNotice.hasPrefix("last log-in 2026-11-"))
    }

    @Test func aSecretIsChangedByItsOwnerAndResetByAnAdministrator() throws {
        let home = try peopledHome()
        let store = try home.open().logged("reader")
        #expect(throws: RecordsError.logInRefused) {
            try store.changeSecret(from: "wrong", to: "another fine secret")
        }
        try store.changeSecret(from: secret, to: "another fine secret")
        #expect(throws: RecordsError.logInRefused) { try home.open().logged("reader") }
        try home.open().logged("administrator").resetSecret(
            of: ReaderID("reader"), to: "a third good secret")
        let actor = try home.open().logIn(
            ReaderID("reader"), secret: "a third good secret", session: "s")
        let renewed = try home.open().acting(as: actor)
        #expect(actor.mustChangeSecret)
        #expect(throws: RecordsError.secretMustBeChanged(task: .readWorklist)) {
            try renewed.worklist()
        }
        try renewed.changeSecret(from: "a third good secret", to: "and finally a fourth")
        #expect(try renewed.worklist().isEmpty)
    }

    @Test(arguments: [
        ("short", "12 characters"), ("aaaaaaaaaaaaaa", "different characters"),
        ("my reader secret", "account's name"), ("tab\tseparated secret", "control"),
    ])
    func poorSecretsAreRefused(word: String, reason: String) throws {
        let store = try peopledHome().open().logged("reader")
        let error = #expect(throws: RecordsError.self) {
            try store.changeSecret(from: secret, to: word)
        }
        #expect(error?.description.contains(reason) == true)
    }

    @Test func aSignatureAsksForTheSecretAlsoWhereTheSystemVouches() throws {
        let home = try peopledHome()
        try home.open().logged("administrator").bind(
            operatingSystemUser: "ssh-ada", to: ReaderID("reader"))
        #expect(try home.open().logIn(operatingSystemUser: "other", session: "s") == nil)
        let actor = try #require(
            try home.open().logIn(operatingSystemUser: "ssh-ada", session: "s"))
        let store = try home.open().acting(as: actor)
        _ = try store.importImages([candidate()], actor: actor.id)
        _ = try store.claim(one, reader: actor.id, session: "s", seconds: 60)
        func sign(_ secret: String?) throws {
            _ = try store.sign(
                one, reader: actor.id, session: "s", draft: completeDraft(), meaning: .final,
                openSeconds: 1, analysis: nil, utcOffsetSeconds: 0, secret: secret)
        }
        #expect(throws: RecordsError.secretNeeded(task: .sign)) { try sign(nil) }
        #expect(throws: RecordsError.logInRefused) { try sign("wrong") }
        #expect(try store.study(one).signOffs.isEmpty)
        try sign(secret)
        let record = try #require(try store.signedRecords(of: one).first?.record)
        #expect(record.contains(#""printed_name":"Dr reader""#))
    }

    @Test func emergencyAccessShowsStudiesSignsNothingAndTellsEveryAdministrator() throws {
        let home = try peopledHome()
        _ = try home.open().logged("service").importImages(
            [candidate()], actor: ReaderID("service"))
        #expect(throws: RecordsError.reasonMissing(task: .logIn)) {
            try home.open().logged("auditor", emergency: "  ")
        }
        let store = try home.open().logged("auditor", emergency: "the readers are in the shelter")
        #expect(try store.worklist().count == 1)
        _ = try store.claim(one, reader: ReaderID("auditor"), session: "s", seconds: 60)
        #expect(throws: RecordsError.notPermitted(task: .sign, roles: [.auditor])) {
            try store.sign(
                one, reader: ReaderID("auditor"), session: "s", draft: completeDraft(),
                meaning: .final, openSeconds: 1, analysis: nil, utcOffsetSeconds: 0,
                secret: secret)
        }
        let events = try store.auditEvents()
        let event = try #require(events.first { $0.kind == .emergencyAccess })
        #expect(event.detail.contains("shelter"))
        let administrator = try home.open().logIn(
            ReaderID("administrator"), secret: secret, session: "s")
        #expect(administrator.notices.count == 1)
        #expect(administrator.notices[0].contains("emergency access by auditor"))
        let again = try home.open().logIn(
            ReaderID("administrator"), secret: secret, session: "s")
        #expect(again.notices.isEmpty)
    }

    @Test func noSecretIsInTheDatabase() throws {
        let home = try peopledHome()
        let store = try home.open()
        defer { store.close() }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: home.database))
        let log = try Data(contentsOf: URL(fileURLWithPath: home.database + "-wal"))
        for data in [bytes, log] { #expect(data.range(of: Data(secret.utf8)) == nil) }
        #expect((bytes + log).range(of: Data("scrypt$".utf8)) != nil)
    }

    @Test func scryptAgreesWithPython() throws {
        let home = try peopledHome()
        let code = """
            import sqlite3, sys, hashlib, base64
            text = sqlite3.connect(sys.argv[1]).execute(
                "SELECT secret FROM account WHERE name='reader'").fetchone()[0]
            _, ln, r, p, salt, hash = text.split("$")
            found = hashlib.scrypt(sys.argv[2].encode(), salt=base64.b64decode(salt),
                n=2 ** int(ln), r=int(r), p=int(p), dklen=32)
            print(found == base64.b64decode(hash))
            """
        let result = try run("python3", ["-c", code, home.database, secret])
        #expect(result.output == "True\n")
    }
}

@Suite struct ClockTests {
    @Test func aClockSetBackMovesNoEventAndEndsNoClaimLate() throws {
        let home = TestHome()
        let store = try home.open()
        let study = try store.take(candidate())
        _ = try store.claim(study, reader: ada, session: "a", seconds: 60)
        home.clock.advance(30)
        home.clock.set(-3600)
        #expect(try store.worklist()[0].claim != nil)
        home.clock.advance(31)
        #expect(try store.worklist()[0].claim == nil, "the claim ends by the steady clock")
        // Another process starts while the clock is behind.
        let other = try home.open()
        try other.markOpened(study, reader: ben, session: "b")
        try store.markOpened(study, reader: ada, session: "a")
        let times = try store.auditEvents().map(\.timestamp)
        #expect(times == times.sorted())
        #expect(try store.auditKinds.count { $0 == .clockSetBack } >= 1)
        #expect(try store.verifyAudit().isWhole)
    }

    @Test func aClockThatWasYearsAheadIsFollowedBack() throws {
        let home = TestHome()
        let store = try home.open()
        home.clock.set(1e8)
        try store.recordRefusal(name: "", reason: "", actor: ada)
        home.clock.set(-1e8)
        try store.recordRefusal(name: "", reason: "", actor: ada)
        let last = try #require(try store.auditEvents().last)
        #expect(last.timestamp == home.clock.now)
        #expect(try store.auditKinds.contains(.clockSetBack))
    }
}
