// Wording of the errors about people.

import Radiology

extension RecordsError {
    /// What stands in the way of a person, and what to do.
    var peopleDescription: String {
        switch self {
        case .notLoggedIn(let task):
            "cannot \(task.rawValue): this home has accounts and nobody is logged in. Set "
                + "WETREAD_READER and WETREAD_SECRET, or answer the question for the secret; an "
                + "administrator adds accounts with: wetread user add"
        case .notPermitted(let task, let roles):
            "cannot \(task.rawValue): an account with the roles \(roles.text) may not. It takes "
                + "one of: \(Self.rolesAllowed(task)). An administrator changes roles with: "
                + "wetread user role"
        case .notYourself(let task):
            "cannot \(task.rawValue) in another's name: log in as yourself."
        case .secretMustBeChanged(let task):
            "cannot \(task.rawValue): your secret was set by somebody else. Change it first: "
                + "wetread user secret"
        case .secretNeeded(let task):
            "cannot \(task.rawValue) without your secret: a signature asks for it every time."
        case .logInRefused:
            "the secret is wrong, or there is no such account. After several wrong ones it locks "
                + "for a while; an administrator can reset it: wetread user reset"
        case .accountLocked(let until):
            "the account is locked until \(Timestamp(until).minuteText) after wrong secrets. Wait, "
                + "or ask an administrator to reset it: wetread user reset"
        case .secretRefused(let reason):
            "this secret cannot be used: \(reason). Choose a longer one; several words do well."
        case .accountExists(let account):
            "there is an account \(account.rawValue.inert()) already. Choose another name."
        case .noSuchAccount(let account):
            "there is no account \(account.rawValue.inert()). See them with: wetread user list"
        case .accountObjection(let reason): "the account cannot be like this: \(reason)."
        case .backupUnusable(let reason):
            "this backup cannot be used: \(reason). Name a new folder to back up into, or a whole "
                + "backup and an empty home to restore."
        case .noSuchReview(let number):
            "there is no peer review \(number). See yours with: wetread peer offers"
        case .ownReport(let number):
            "peer review \(number) is of your own report or score: another reader must do it."
        case .scoredAlready(let number): "peer review \(number) was scored already."
        case .readFirst(let number):
            "peer review \(number) cannot be scored yet: write down what you see first, then the "
                + "report is shown: wetread peer read \(number) --reading TEXT"
        case .notScored(let number):
            "peer review \(number) has no score yet that could be decided."
        case .noSuchCriticalResult(let number):
            "there is no critical result \(number). See them with: wetread critical list"
        case .criticalResultEnded(let number, let reader, let date):
            "critical result \(number) was closed by \(reader.rawValue.inert()) at "
                + "\(Timestamp(date).minuteText) already."
        case .communicationIncomplete:
            "a communication needs whom you told and by what means (NPSG.02.03.01)."
        case .readBackMissing:
            "a communication that was not read back needs a comment that says why "
                + "(NPSG.02.03.01)."
        case .reasonMissing(let task):
            "cannot \(task.rawValue) without a reason: give one in a few words (8 to 500 "
                + "characters)."
        default: ""
        }
    }

    private static func rolesAllowed(_ task: RecordsTask) -> String {
        guard let permission = task.permission else { return "any" }
        return Set(AccountRole.allCases.filter { $0.permissions.contains(permission) }).text
    }
}
