// A world that answers effects at once, so that stories run through the real update and draw.

import Foundation
import Imaging
import Radiology
import Terminal
import Workstation

/// Plays keys into a model and answers its effects from values.
struct FakeWorld {
    var model: Model
    var entries: [WorklistEntry]
    var details: [StudyID: StudyDetail]
    /// Who holds a study elsewhere; claims on it are refused.
    var holders: [StudyID: Claim] = [:]
    /// Effects that are kept back, by a test that wants to answer late.
    var isHeldBack: (Effect) -> Bool = { _ in false }
    /// The pixels of every image.
    var pyramid = Fixtures.pyramid
    /// True to answer as a long worklist does: items only, whole rows when asked.
    var isLong = false
    /// Heat maps by pathology.
    var heat: [Pathology: HeatField] = [:]
    /// The open critical results.
    var critical: [CriticalResult] = []
    /// What may be scored, and the report behind it.
    var offers: [PeerOffer] = []
    var reviewed: SignOff?
    private(set) var communications: [Int64: Communication] = [:]
    private(set) var dismissals: [Int64: String] = [:]
    private(set) var scores: [Int64: PeerScore] = [:]
    private(set) var impressions: [StudyID: Radiology.FirstImpression] = [:]
    /// What the next answers fail with.
    var failure: Problem?

    private(set) var effects: [Effect] = []
    private(set) var heldBack: [Effect] = []
    private(set) var drafts: [StudyID: ReadingDraft] = [:]
    private(set) var signed: [SigningOrder] = []

    init(
        columns: Int = 80, rows: Int = 24, entries: [WorklistEntry] = Fixtures.worklist,
        details: [StudyDetail] = [], session: Session = Fixtures.session,
        capabilities: Capabilities = .ordinary, settings: Settings = Settings(),
        isLong: Bool = false
    ) {
        self.isLong = isLong
        self.entries = entries
        var known = Dictionary(
            uniqueKeysWithValues: entries.map { entry in
                (entry.id, Fixtures.detail(entry))
            })
        for detail in details { known[detail.id] = detail }
        self.details = known
        model = Model(
            session: session, size: GridSize(columns: columns, rows: rows),
            capabilities: capabilities, settings: settings, now: Fixtures.now,
            monotonicSeconds: 1000)
        run(model.start())
    }

    var frame: Frame { draw(model, size: model.size, capabilities: model.capabilities) }

    /// The screen as text, for `contains`.
    var text: String { frame.text }

    mutating func send(_ message: Message) { run(update(&model, message)) }

    mutating func press(_ keys: Key...) { for key in keys { send(.key(key)) } }

    /// Types a text; a line feed is Enter, an escape is Esc.
    mutating func type(_ text: String) {
        for character in text {
            switch character {
            case "\n": press(.enter)
            case "\u{1B}": press(.escape)
            case "\t": press(.tab)
            default: press(.character(character))
            }
        }
    }

    /// Lets seconds pass, one tick each.
    mutating func wait(seconds: Int) {
        for _ in 0..<seconds {
            send(
                .tick(
                    now: model.now.addingTimeInterval(1),
                    monotonicSeconds: model.monotonicSeconds + 1))
        }
    }

    /// Answers what was kept back.
    mutating func answerHeldBack() {
        let waiting = heldBack
        heldBack = []
        isHeldBack = { _ in false }
        for effect in waiting { answer(effect) }
    }

    private mutating func run(_ effects: [Effect]) {
        for effect in effects {
            self.effects.append(effect)
            if isHeldBack(effect) { heldBack.append(effect) } else { answer(effect) }
        }
    }

    private mutating func answer(_ effect: Effect) {
        if let request = effect.request, let failure {
            self.failure = nil
            send(.failed(failure, request: request))
            return
        }
        switch effect {
        case .loadWorklist(let request):
            let snapshot =
                isLong
                ? WorklistSnapshot(items: entries.map { WorklistItem($0) }, entries: [])
                : WorklistSnapshot(entries: entries)
            send(.worklistLoaded(snapshot, request: request))
        case .loadRows(let ids, let request):
            let wanted = Set(ids)
            send(.rowsLoaded(entries.filter { wanted.contains($0.id) }, request: request))
        case .loadPrior(let id, let request):
            if let detail = details[id] { send(.priorLoaded(detail, request: request)) }
        case .loadHeat(let study, let image, _, let request):
            send(.heatLoaded(study, image, heat, request: request))
        case .examine(let request):
            send(.doctorReported(["✓ database: whole"], request: request))
        case .openStudy(let id, let request), .reloadStudy(let id, let request):
            if let detail = details[id] { send(.studyLoaded(detail, request: request)) }
        case .loadImage(let study, let image, let frame, let processing, let request):
            let shown =
                processing == PictureProcessing()
                ? pyramid
                : ImagePyramid(
                    pyramid.radiograph.oriented(processing.orientation)
                        .enhanced(processing.enhancement))
            send(
                .imageLoaded(study, image, frame: frame, pyramid: shown, request: request))
        case .claim(let id, let request):
            if let holder = holders[id] {
                send(.claimRefused(id, heldBy: holder, request: request))
            } else {
                send(
                    .claimed(id, Fixtures.claim(Fixtures.reader, hours: 0), request: request))
            }
        case .release(let id, let request): send(.released(id, request: request))
        case .saveDraft(let id, let draft, let request):
            drafts[id] = draft
            send(.draftSaved(id, request: request))
        case .sign(let order, let request): sign(order, request: request)
        case .recordImpression, .unlock, .loadCritical, .communicate, .dismissCritical,
            .loadPeers, .readPeer, .scorePeer, .edit:
            answerForm(effect)
        case .renewClaim, .bell, .redraw, .suspend, .quit, .prefetch, .copy, .setMouse,
            .screenLocked:
            break
        }
    }

    private mutating func answerForm(_ effect: Effect) {
        switch effect {
        case .recordImpression(let study, let findings, let unsure, let request):
            let recorded = Radiology.FirstImpression(
                lockedAt: model.now, findings: findings, unsure: unsure)
            impressions[study] = recorded
            send(.impressionRecorded(study, recorded, request: request))
        case .unlock(_, let request): send(.unlocked(request: request))
        case .loadCritical(let request): send(.criticalLoaded(critical, request: request))
        case .communicate(let number, let communication, let request):
            communications[number] = communication
            if communication.hasSucceeded { critical.removeAll { $0.id == number } }
            send(.criticalChanged(request: request))
        case .dismissCritical(let number, let reason, let request):
            dismissals[number] = reason
            critical.removeAll { $0.id == number }
            send(.criticalChanged(request: request))
        case .loadPeers(let request): send(.peersLoaded(offers, request: request))
        case .readPeer(let review, _, let request):
            if let reviewed { send(.peerReport(review, reviewed, request: request)) }
        case .edit(let text, let request):
            send(.edited(text.uppercased() + "\n", request: request))
        case .scorePeer(let review, let score, _, _, let request):
            scores[review] = score
            send(.peerScored(request: request))
        default: break
        }
    }

    private mutating func sign(_ order: SigningOrder, request: RequestNumber) {
        signed.append(order)
        let record = SignOff(
            study: order.study, reader: model.session.reader, signedAt: model.now,
            utcOffsetSeconds: 0, meaning: order.meaning, openSeconds: order.openSeconds,
            analysis: order.analysis, reading: order.reading)
        send(.signed(record, request: request))
    }
}
