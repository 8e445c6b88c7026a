// The one way in which the state changes.

import Foundation
import Radiology
import Terminal

/// Changes the state by a message and says what is to be done.
///
/// Pure: no clock, no file, no random source; the same messages give the same state. Answers to
/// questions that no longer matter (another study, an older number) change nothing.
public func update(_ model: inout Model, _ message: Message) -> [Effect] {
    var effects = model.take(message)
    model.noteShownAnalysis()
    model.scrollToSelection()
    model.fitViewport()
    effects += model.loadMissingRows()
    return effects
}

extension Model {
    fileprivate mutating func take(_ message: Message) -> [Effect] {
        switch message {
        case .key(let key): return press(key)
        case .resized(let newSize):
            size = newSize
            return []
        case .capabilitiesChanged(let new):
            capabilities = new
            return []
        case .tick(let now, let seconds): return tick(now: now, seconds: seconds)
        case .recordsChanged: return followRecords()
        case .worklistLoaded(let snapshot, let request):
            let isOpen =
                snapshot.isComplete
                ? requests.close(request) != nil : requests.purpose(of: request) != nil
            return isOpen ? showWorklist(snapshot) : []
        case .rowsLoaded(let rows, let request):
            if requests.close(request) != nil { takeRows(rows) }
            return []
        case .studyLoaded(let detail, let request):
            guard requests.close(request) != nil, study?.request == request,
                study?.id == detail.id
            else { return [] }
            return showStudy(detail)
        case .priorLoaded, .imageLoaded, .imageDropped, .heatLoaded:
            return takePictureAnswer(message)
        case .doctorReported(let lines, let request):
            guard requests.close(request) != nil, case .doctor = overlay else { return [] }
            overlay = .doctor(lines, top: 0)
            return []
        case .settingsChanged(let new): return take(new)
        case .noticed(let problem):
            show(Notice(.warning, problem.summary, detail: problem.remedy))
            return []
        case .failed(let problem, let request): return take(problem, request: request)
        case .edited(let text, let request): return takeEdited(text, request)
        case .impressionRecorded, .unlocked, .criticalLoaded, .criticalChanged, .peersLoaded,
            .peerReport, .peerScored:
            return takeFormAnswer(message)
        case .claimed, .claimRefused, .claimLost, .released, .draftSaved, .signed:
            return takeSigningAnswer(message)
        }
    }

    /// Where the next key is taken.
    public var place: Place {
        if lock != nil { return .lock }
        switch overlay {
        case .palette: return .palette
        case .form: return .form
        case .help, .report, .finding, .message, .doctor, .coverage, .calibration: return .window
        case nil: break
        }
        switch screen {
        case .worklist:
            if worklist.filterField != nil { return .filter }
            return worklist.searchField == nil ? .worklist : .search
        case .queue: return .queue
        case .study:
            if study?.points != nil { return .points }
            let isPicture = study?.isPictureFocused == true || study?.isPictureAlone == true
            return isPicture ? .picture : .study
        case .signOff: return study?.signing?.place ?? .decisions
        }
    }

    private mutating func press(_ key: Key) -> [Effect] {
        lastKeySeconds = monotonicSeconds
        switch key {
        case .resize(let newSize):
            size = newSize
            return []
        case .resumed: return [.redraw] + reloadWorklist()
        case .terminate: return quit()
        case _ where lock != nil && settings.keys.command(for: key, in: .lock) == nil:
            return typeIntoLock(key)
        case .paste(let text): return undoable(isTyping: true) { $0.paste(text) }
        case .mouse(let event):
            return takesMouse ? undoable(isTyping: true) { $0.point(event) } : []
        default: break
        }
        notice = nil
        if takeDigit(key) { return [] }
        guard let command = settings.keys.command(for: key, in: place) else {
            count = nil
            pressedOnce = nil
            return undoable(isTyping: true) { $0.type(key) }
        }
        if command.doubledKeys.contains(key), pressedOnce != key {
            pressedOnce = key
            let label = key.label(unicode: capabilities.unicode)
            show(Notice(.information, "\(label) again: \(command.title)"))
            return []
        }
        pressedOnce = nil
        defer { count = nil }
        return perform(command)
    }

    /// Collects digits that count the next motion; true where the key was one.
    private mutating func takeDigit(_ key: Key) -> Bool {
        guard place.takesCounts, case .character(let character) = key, character.isASCII,
            let digit = character.wholeNumberValue, digit > 0 || count != nil,
            settings.keys.command(for: key, in: place) == nil
        else { return false }
        count = min((count ?? 0) * 10 + digit, 999_999)
        return true
    }

    /// Does something, and makes it one step of undo where it changed what undo takes back.
    private mutating func undoable(
        isTyping: Bool = false, _ body: (inout Model) -> [Effect]
    ) -> [Effect] {
        let before = study.map(UndoPoint.init)
        let id = study?.id
        let effects = body(&self)
        guard let before, let study, study.id == id, before != UndoPoint(study) else {
            return effects
        }
        defer { self.study?.isTypingUndo = isTyping }
        if isTyping, study.isTypingUndo { return effects }
        self.study?.undoPoints.append(before)
        if study.undoPoints.count >= 200 { self.study?.undoPoints.removeFirst() }
        self.study?.redoPoints = []
        return effects
    }

    /// Runs a command, or says why it cannot be done.
    mutating func perform(_ command: Command) -> [Effect] {
        if let reason = command.reason(self) {
            show(Notice(.warning, "\(command.title): \(reason)"))
            return []
        }
        if bringsFindingsBack(for: command) { return [] }
        if command.id == "undo" || command.id == "redo" { return command.run(&self) }
        return undoable { command.run(&$0) }
    }

    /// A key without a command: text where text is taken, else nothing.
    private mutating func type(_ key: Key) -> [Effect] {
        switch place {
        case .search: return typeIntoSearch(key)
        case .filter: return typeIntoFilter(key)
        case .palette: return typeIntoPalette(key)
        case .ownText: return typeIntoOwnText(key)
        case .impression: return typeIntoImpression(key)
        case .confirm: return typeIntoConfirmation(key)
        case .form: return typeIntoForm(key)
        case .lock: return typeIntoLock(key)
        case .worklist, .queue, .study, .picture, .points, .decisions, .ownFindings, .window:
            if case .character = key {
                let name = key.label(unicode: capabilities.unicode)
                show(Notice(.information, "\(name) does nothing here; ? shows the keys"))
            }
            return []
        }
    }

    /// A paste is text for a text field and nothing anywhere else; it never signs.
    private mutating func paste(_ text: String) -> [Effect] {
        notice = nil
        switch place {
        case .search, .filter, .palette, .ownText, .impression, .form, .lock:
            return type(.paste(text))
        case .confirm:
            show(Notice(.warning, "a paste never signs: type the four characters by hand"))
        case .worklist, .queue, .study, .picture, .points, .decisions, .ownFindings, .window:
            show(Notice(.information, "a paste does nothing here"))
        }
        return []
    }

    /// Answers about first impressions, the lock, critical results and peer review.
    private mutating func takeFormAnswer(_ message: Message) -> [Effect] {
        switch message {
        case .impressionRecorded(let id, let recorded, let request):
            if requests.close(request) != nil { takeImpression(id, recorded) }
        case .unlocked(let request): return takeUnlock(request)
        case .criticalLoaded(let results, let request):
            return requests.close(request) != nil ? takeCritical(results) : []
        case .criticalChanged(let request):
            guard requests.close(request) != nil else { return [] }
            closeForm(request, saying: "stored; it stands in the record of the result")
            return reloadCritical()
        case .peersLoaded(let offers, let request):
            return requests.close(request) != nil ? takePeers(offers) : []
        case .peerReport(let review, let report, let request):
            if requests.close(request) != nil { takePeerReport(review, report, request) }
        case .peerScored(let request):
            return requests.close(request) != nil ? takePeerScore(request) : []
        default: break
        }
        return []
    }

    private mutating func tick(now: Date, seconds: Double) -> [Effect] {
        let minuteBefore = Int(self.now.timeIntervalSince1970 / 60)
        self.now = now
        monotonicSeconds = seconds
        if Int(now.timeIntervalSince1970 / 60) != minuteBefore { arrangeWorklist() }
        noteCoverage()
        return keepDraftIfDue() + keepUnsavedDrafts() + renewClaimIfDue()
            + renewReservationsIfDue() + lockIfIdle()
    }

    private mutating func take(_ problem: Problem, request: RequestNumber) -> [Effect] {
        guard let purpose = requests.close(request) else { return [] }
        switch purpose {
        case .worklist:
            worklist.problem = problem
        case .rows: break
        case .doctor: overlay = .doctor([problem.summary], top: 0)
        case .prior(let id):
            if study?.prior?.entry.id == id { study?.prior?.problem = problem }
        case .heat(let id):
            guard study?.id == id, study?.heat?.request == request else { return [] }
            study?.heat?.request = nil
            study?.heat?.problem = problem
            study?.view.heat = .off
        case .study(let id):
            guard study?.id == id, study?.request == request else { return [] }
            study?.problem = problem
        case .image(let id):
            if study?.prior?.pictureRequest == request {
                study?.prior?.pictureRequest = nil
                study?.prior?.problem = problem
            }
            guard study?.id == id, study?.pictureRequest?.number == request else { return [] }
            study?.pictureRequest = nil
            study?.imageProblem = problem
        case .claim(let id):
            if reservations.asked[id] == request { reservations.asked[id] = nil }
            guard study?.id == id, study?.claim == .asked(request) else { return [] }
            study?.claim = .failed(problem.summary)
        case .draft(let id, let draft):
            // What could not be kept is tried again with the ticks, also after the study was left.
            if study?.id == id {
                study?.savedDraft = nil
                study?.changedAtSeconds = monotonicSeconds + 4
            } else {
                unsavedDrafts[id] = draft
            }
        case .signature(let id):
            if study?.id == id {
                study?.signing?.step = .editing
                // What is typed next must not land in a text.
                study?.signing?.field = .decisions
            }
            show(Notice(.failure, "NOT signed: \(problem.summary)", detail: problem.remedy))
            return []
        case .unlock:
            failUnlock(problem, request)
            return []
        case .form: failForm(problem, request)
        case .impression, .critical, .peers, .edit: break
        case .release: break
        }
        show(Notice(.failure, problem.summary, detail: problem.remedy))
        return []
    }

    /// Takes a configuration that was read again while the program runs.
    private mutating func take(_ new: Settings) -> [Effect] {
        guard new != settings else { return [] }
        let old = settings
        settings = new
        worklist.tabs = WorklistTab.standing + new.savedFilters.map(WorklistTab.saved)
        if !worklist.tabs.contains(worklist.tab) { worklist.tab = .all }
        if old.order != new.order { worklist.order = new.order }
        if old.showsImpressionFirst != new.showsImpressionFirst {
            showsImpressionFirst = new.showsImpressionFirst
        }
        arrangeWorklist()
        show(Notice(.information, "the configuration was read again"))
        guard old.usesMouse != new.usesMouse else { return [] }
        takesMouse = new.usesMouse
        return [.setMouse(takesMouse)]
    }

    /// Shows a line at the foot; one that has more to say stays for the key that shows it.
    mutating func show(_ notice: Notice) {
        self.notice = notice
        lastNotice = notice
    }
}
