// The one way in which the state changes.

import Foundation
import Radiology
import Terminal

/// Changes the state by a message and says what is to be done.
///
/// Pure: no clock, no file, no random source; the same messages give the same state. Answers to
/// questions that no longer matter (another study, an older number) change nothing.
public func update(_ model: inout Model, _ message: Message) -> [Effect] {
    let effects = model.take(message)
    model.scrollToSelection()
    model.fitViewport()
    return effects
}

extension Model {
    fileprivate mutating func take(_ message: Message) -> [Effect] {
        switch message {
        case .key(let key): return press(key)
        case .resized(let newSize):
            size = newSize
            return []
        case .tick(let now, let seconds): return tick(now: now, seconds: seconds)
        case .recordsChanged: return followRecords()
        case .worklistLoaded(let entries, let request):
            guard requests.close(request) != nil else { return [] }
            return showWorklist(entries)
        case .studyLoaded(let detail, let request):
            guard requests.close(request) != nil, study?.request == request,
                study?.id == detail.id
            else { return [] }
            return showStudy(detail)
        case .imageLoaded(let study, let image, let frame, let pyramid, let request):
            guard requests.close(request) != nil, self.study?.id == study,
                self.study?.pictureRequest?.number == request
            else { return [] }
            showPicture(
                LoadedPicture(request: request, image: image, frame: frame, pyramid: pyramid))
            return []
        case .failed(let problem, let request): return take(problem, request: request)
        case .claimed, .claimRefused, .claimLost, .released, .draftSaved, .signed:
            return takeSigningAnswer(message)
        }
    }

    /// Where the next key is taken.
    public var place: Place {
        switch overlay {
        case .palette: return .palette
        case .help, .report, .finding, .message: return .window
        case nil: break
        }
        switch screen {
        case .worklist: return worklist.searchField == nil ? .worklist : .search
        case .queue: return .queue
        case .study: return .study
        case .signOff: return study?.signing?.place ?? .decisions
        }
    }

    private mutating func press(_ key: Key) -> [Effect] {
        switch key {
        case .resize(let newSize):
            size = newSize
            return []
        case .resumed: return [.redraw] + reloadWorklist()
        case .terminate: return quit()
        case .paste(let text): return paste(text)
        default: break
        }
        notice = nil
        guard let command = Commands.command(for: key, in: place) else { return type(key) }
        return perform(command)
    }

    /// Runs a command, or says why it cannot be done.
    mutating func perform(_ command: Command) -> [Effect] {
        if let reason = command.reason(self) {
            show(Notice(.warning, "\(command.title): \(reason)"))
            return []
        }
        return command.run(&self)
    }

    /// A key without a command: text where text is taken, else nothing.
    private mutating func type(_ key: Key) -> [Effect] {
        switch place {
        case .search: return typeIntoSearch(key)
        case .palette: return typeIntoPalette(key)
        case .ownText: return typeIntoOwnText(key)
        case .impression: return typeIntoImpression(key)
        case .confirm: return typeIntoConfirmation(key)
        case .worklist, .queue, .study, .decisions, .ownFindings, .window:
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
        case .search, .palette, .ownText, .impression: return type(.paste(text))
        case .confirm:
            show(Notice(.warning, "a paste never signs: type the four characters by hand"))
        case .worklist, .queue, .study, .decisions, .ownFindings, .window:
            show(Notice(.information, "a paste does nothing here"))
        }
        return []
    }

    private mutating func tick(now: Date, seconds: Double) -> [Effect] {
        let minuteBefore = Int(self.now.timeIntervalSince1970 / 60)
        self.now = now
        monotonicSeconds = seconds
        if Int(now.timeIntervalSince1970 / 60) != minuteBefore {
            worklist.arrange(reader: session.reader, now: now)
        }
        return keepDraftIfDue() + keepUnsavedDrafts() + renewClaimIfDue()
    }

    private mutating func take(_ problem: Problem, request: RequestNumber) -> [Effect] {
        guard let purpose = requests.close(request) else { return [] }
        switch purpose {
        case .worklist:
            worklist.problem = problem
        case .study(let id):
            guard study?.id == id, study?.request == request else { return [] }
            study?.problem = problem
        case .image(let id):
            guard study?.id == id, study?.pictureRequest?.number == request else { return [] }
            study?.pictureRequest = nil
            study?.imageProblem = problem
        case .claim(let id):
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
            if study?.id == id { study?.signing?.step = .editing }
        case .release: break
        }
        show(Notice(.failure, problem.summary, detail: problem.remedy))
        return []
    }

    /// Shows a line at the foot; one that has more to say stays for the key that shows it.
    mutating func show(_ notice: Notice) {
        self.notice = notice
        lastNotice = notice
    }
}
