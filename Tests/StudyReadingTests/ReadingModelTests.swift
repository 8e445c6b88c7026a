import Imaging
import ReaderStudy
import StudyReading
import Terminal
import Testing

/// A reading screen with a picture of squares, driven message by message.
struct Desk {
    var model: ReadingModel
    var now: UInt64 = 1_000_000_000
    var events: [ReadingEvent] = []
    var asked: [ReadingEffect] = []

    static func plan(_ aid: AIAid = .none, _ timing: AITiming = .concurrent) -> StudyPlan {
        StudyPlan(
            name: "desk", seed: 1, pathologies: ["Effusion", "Mass"], readers: ["A"],
            conditions: [ReadingCondition(name: "x", aid: aid, timing: timing)],
            cases: [
                PlannedCase(name: "SECRET-1", findings: ["Mass"]),
                PlannedCase(name: "SECRET-2", findings: ["Effusion"], isTraining: true),
            ])
    }

    init(_ plan: StudyPlan, training: Bool = false, resumed: ReadingSession? = nil) {
        let tasks = [
            ReadingTask(
                caseIndex: training ? 1 : 0, conditionIndex: 0,
                purpose: training ? .training : .scored),
            ReadingTask(caseIndex: 0, conditionIndex: 0, purpose: .repeated),
        ]
        model = ReadingModel(
            plan: plan, reader: "A", tasks: tasks, doneBefore: 3, period: (0, 1),
            resumed: resumed, size: GridSize(columns: 80, rows: 24), capabilities: .ordinary,
            nanoseconds: now)
    }

    static let advice = ReadingAdvice(
        answers: [
            "Effusion": .init(probability: 0.37, uncertainty: 0.11),
            "Mass": .init(probability: 0.83, uncertainty: 0.05),
        ],
        heat: ["Effusion": .init(columns: 2, rows: 2, values: [0, 0, 0, 4])])

    mutating func send(_ message: ReadingMessage) {
        now += 10_000_000
        for effect in update(&model, message, at: now) {
            if case .record(_, let event) = effect {
                events.append(event)
            } else {
                asked.append(effect)
            }
        }
    }

    mutating func press(_ keys: Key...) { for key in keys { send(.key(key)) } }

    mutating func type(_ text: String) {
        for character in text { press(character == "\n" ? .enter : .character(character)) }
    }

    /// Answers what is asked for and paints.
    mutating func settle() {
        while !asked.isEmpty {
            switch asked.removeFirst() {
            case .load(let task): send(.loaded(task: task, Self.pyramid))
            case .loadAdvice(let task): send(.advised(task: task, Self.advice))
            default: break
            }
        }
        send(.painted(model.facts))
    }

    private static let squares: [Float] = (0..<64 * 64).map { (index: Int) -> Float in
        let isBright = (index / 8 + index / 512) % 2 == 1
        return (isBright ? 200 : 0) + Float(index % 64)
    }

    static let pyramid = ImagePyramid(
        Radiograph(
            width: 64, height: 64,
            values: squares,
            windows: [
                DisplayWindow(shape: .linearExact(center: 128, width: 256), origin: .file)
            ], bitsStored: 8))

    var text: String { draw(model).text }
}

@Suite struct ReadingModelTests {
    @Test func `a case is answered by digits, submitted, and the next one comes`() {
        var desk = Desk(Desk.plan())
        #expect(desk.text.contains("2 to read") && desk.text.contains("0 (surely not)"))
        desk.press(.enter)
        desk.settle()
        #expect(desk.events == [.firstPaint])
        desk.type("73\n5\n")
        #expect(desk.text.contains("73+") && desk.text.contains("4 of 5"))
        desk.type("s")
        #expect(
            desk.events == [
                .firstPaint, .decision(pathology: "Effusion", confidence: 73),
                .decision(pathology: "Mass", confidence: 5), .submit,
            ])
        desk.settle()
        #expect(desk.model.taskIndex == 1 && desk.events.last == .firstPaint)
        desk.type("1\n2\ns")
        #expect(desk.model.stage == .over(.periodDone))
        #expect(desk.asked == [.leave(.periodDone)])
    }

    @Test func `keys before the paint mean nothing, and nothing is submitted unanswered`() {
        var desk = Desk(Desk.plan())
        desk.press(.enter)
        desk.type("99\ns")
        #expect(desk.events.isEmpty)
        desk.settle()
        desk.type("s")
        #expect(desk.asked == [.bell] && desk.text.contains("Still to answer: Effusion, Mass"))
        desk.type("200\n")
        #expect(desk.text.contains("200 is not on the scale"))
        desk.press(.right, .right, .left, .modified(.right, .shift))
        #expect(desk.model.session?.answers == ["Effusion": 51])
    }

    @Test func `on a scale of five a digit is an answer`() {
        var plan = Desk.plan()
        plan.scale = .fivePoint
        var desk = Desk(plan)
        desk.press(.enter)
        desk.settle()
        desk.type("9")
        #expect(desk.events == [.firstPaint] && desk.asked == [.bell])
        desk.type("42s")
        #expect(desk.model.taskIndex == 1)
    }

    @Test(arguments: AIAid.allCases)
    func `the AI is shown where the condition says so, and only what it says`(aid: AIAid) {
        var desk = Desk(Desk.plan(aid))
        desk.press(.enter)
        #expect(desk.asked.contains(.loadAdvice(task: 0)) == (aid != .none))
        // Even where somebody hands the answers in without being asked.
        desk.send(.advised(task: 0, Desk.advice))
        desk.settle()
        #expect(desk.text.contains("83 %") == (aid != .none))
        #expect(desk.text.contains("±11") == (aid == .uncertainty))
        #expect(desk.events == (aid == .none ? [.firstPaint] : [.firstPaint, .aiReveal]))
        let warmed = draw(desk.model).cells.contains {
            if case .rgb = $0.style.foreground { true } else { false }
        }
        #expect(warmed == (aid == .heatMap))
        if aid == .heatMap {
            desk.type("h")
            #expect(
                !draw(desk.model).cells.contains {
                    if case .rgb = $0.style.foreground { true } else { false }
                })
        }
    }

    @Test func `a second reader sees the AI after the first answers are locked, not before`() {
        var desk = Desk(Desk.plan(.uncertainty, .sequential))
        desk.press(.enter)
        desk.settle()
        #expect(!desk.asked.contains(.loadAdvice(task: 0)))
        desk.type("10\n20\n")
        let before = draw(desk.model)
        var informed = desk
        informed.send(.advised(task: 0, Desk.advice))
        #expect(draw(informed.model) == before)
        desk.type("s")
        #expect(desk.asked == [.loadAdvice(task: 0)] && !desk.text.contains("83 %"))
        // Not before it was on the screen.
        desk.type("s")
        #expect(desk.model.session?.phase == .second)
        desk.settle()
        #expect(desk.events.last == .aiReveal && desk.text.contains("83 %"))
        desk.type("90\ns")
        #expect(
            desk.events.suffix(2) == [.decision(pathology: "Effusion", confidence: 90), .submit])
        #expect(desk.model.taskIndex == 1)
    }

    @Test func `no frame holds a case's name, and none a truth before its training's submit`() {
        var desk = Desk(Desk.plan(), training: true)
        var frames = [desk.text]
        desk.press(.enter)
        desk.settle()
        desk.type("60\n70\n")
        frames.append(desk.text)
        #expect(!frames.joined().contains("reference standard"))
        desk.type("s")
        #expect(desk.text.contains("Effusion            present   you: 60"))
        #expect(desk.text.contains("Mass                absent    you: 70"))
        frames.append(desk.text)
        desk.press(.enter)
        desk.settle()
        frames.append(desk.text)
        #expect(!frames.joined().contains("SECRET"))
    }

    @Test func `a pause hides the image and the AI, and leaving stops the clock`() {
        var desk = Desk(Desk.plan(.probabilities))
        desk.press(.enter)
        desk.settle()
        desk.type("p")
        #expect(desk.text.contains("Paused") && !desk.text.contains("83 %"))
        #expect(!draw(desk.model).cells.contains { $0.style.foreground == .grey(200) })
        desk.type("5\ns")
        #expect(desk.events.last == .pause)
        desk.type("pqn")
        #expect(desk.events.last == .resume && desk.model.stage == .reading)
        desk.type("qy")
        #expect(desk.events.last == .pause && desk.asked.last == .leave(.left))
    }

    @Test func `a reading that was begun goes on with its answers at its first new paint`() throws {
        let plan = Desk.plan()
        var session = ReadingSession(condition: plan.conditions[0], rules: plan.rules)
        try session.take(.firstPaint, at: 5)
        try session.take(.decision(pathology: "Mass", confidence: 44), at: 1_000)
        var desk = Desk(plan, resumed: session)
        #expect(desk.text.contains("goes on as you left it"))
        desk.press(.enter)
        desk.settle()
        #expect(desk.events == [.firstPaint] && desk.text.contains("44"))
        desk.type("3\ns")
        // 995 ns before, and the time since the paint: two keys and the submit of 10 ms each.
        #expect(desk.events.last == .submit && desk.model.taskIndex == 1)
    }

    @Test func `a reader without a key for long counts as away, once`() {
        var plan = Desk.plan()
        plan.idleSeconds = 60
        var desk = Desk(plan)
        desk.press(.enter)
        desk.settle()
        for _ in 0..<5 {
            desk.send(.clock)
            desk.now += 30_000_000_000
        }
        #expect(desk.events == [.firstPaint, .idle])
        desk.press(.up)
        desk.now += 61_000_000_000
        desk.send(.clock)
        #expect(desk.events.count { $0 == .idle } == 2)
    }

    @Test func `marks, an action and a note are taken, and asked for where the plan does`() {
        var plan = Desk.plan()
        plan.collectsMarks = true
        plan.collectsNotes = true
        plan.actions = ["none", "CT"]
        var desk = Desk(plan)
        desk.press(.enter)
        desk.settle()
        desk.type("80\n5\ns")
        #expect(desk.text.contains("Mark the place of: Effusion"))
        desk.type("m")
        desk.press(.left, .up, .enter, .escape)
        guard case .mark("Effusion", let column, let row, 80)? = desk.events.last else {
            Issue.record("no mark: \(desk.events)")
            return
        }
        #expect((0..<64).contains(column) && (0..<64).contains(row))
        #expect(desk.text.contains("×80"))
        desk.type("s")
        #expect(desk.text.contains("Choose a recommended action"))
        desk.type("rrn")
        desk.send(.key(.paste("small one, q s")))
        desk.press(.enter)
        desk.type("s")
        #expect(
            desk.events.suffix(4) == [
                .action("none"), .action("CT"), .note("small one, q s"), .submit,
            ])
        #expect(desk.model.taskIndex == 1)
    }

    @Test func `a submitted case is opened again only where the design allows it`() {
        var plan = Desk.plan()
        plan.allowsBack = true
        var desk = Desk(plan)
        desk.press(.enter)
        desk.settle()
        desk.type("1\n2\ns")
        #expect(desk.model.stage == .between && desk.text.contains("b: back"))
        desk.type("b")
        #expect(desk.events.last == .reopen && desk.model.stage == .reading)
        desk.type("9\ns\n")
        #expect(desk.model.taskIndex == 1)
        var session = ReadingSession(
            condition: plan.conditions[0],
            rules: ReadingRules(pathologies: ["Mass"], scale: .percent))
        #expect(throws: ReadingFault.locked) {
            try session.take(.firstPaint, at: 0)
            try session.take(.decision(pathology: "Mass", confidence: 1), at: 1)
            try session.take(.submit, at: 2)
            try session.take(.reopen, at: 3)
        }
    }

    @Test func `a session ends when its time is over, after the case at hand`() {
        var plan = Desk.plan()
        plan.sessionMinutes = 1
        var desk = Desk(plan)
        desk.press(.enter)
        desk.settle()
        desk.now += 61_000_000_000
        desk.type("1\n2\n")
        #expect(desk.model.stage == .reading)
        desk.type("s")
        #expect(desk.model.stage == .over(.sessionOver))
    }

    @Test func `window and place of the picture change, and are recorded`() {
        var desk = Desk(Desk.plan())
        desk.press(.enter)
        desk.settle()
        var frames = [draw(desk.model)]
        for key in "w[.i+HJ" {
            desk.type(String(key))
            #expect(draw(desk.model) != frames.last, "\(key)")
            frames.append(draw(desk.model))
        }
        #expect(
            desk.events.dropFirst() == [.window, .window, .window, .window, .zoom, .zoom, .zoom])
    }

    @Test(arguments: [(0, 0), (1, 1), (59, 18), (60, 18), (80, 24), (200, 60), (300, 18)])
    func `every size is drawn in every stage`(columns: Int, rows: Int) {
        var plan = Desk.plan(.heatMap)
        plan.pathologies += (1...30).map { "Finding \($0)" }
        plan.collectsNotes = true
        plan.actions = ["none"]
        var desk = Desk(plan)
        desk.send(.screen(GridSize(columns: columns, rows: rows), .ordinary))
        _ = draw(desk.model)
        desk.press(.enter)
        _ = draw(desk.model)
        desk.settle()
        let size = GridSize(columns: columns, rows: rows)
        for keys in ["", "?", "x", "n", "\n", "p"] {
            desk.type(keys)
            #expect(draw(desk.model).size == size)
        }
        desk.send(.failed("it"))
        #expect(draw(desk.model).size == size)
    }
}

@Suite struct ReadingTraceTests {
    @Test(arguments: [
        Key.character("x"), .character(" "), .character("é"), .control("c"), .alt("b"), .up,
        .backTab, .enter, .escape, .backspace, .function(5), .paste("a b\tc\n"),
        .modified(.left, [.shift, .control]), .resumed, .terminate, .pageDown,
    ])
    func `a key is the same after the log`(key: Key) throws {
        let text = try #require(key.logged)
        #expect(Key(logged: text) == key)
    }

    @Test func `what is no key is not logged, and nonsense is no key`() {
        #expect(Key.resize(GridSize(columns: 1, rows: 1)).logged == nil)
        for text in ["", "char ", "char ab", "f x", "mod up", "mod sideways 1", "dance"] {
            #expect(Key(logged: text) == nil, "\(text)")
        }
    }

    @Test func `any difference of two frames is one of their fingerprints`() {
        let frame = Frame(size: GridSize(columns: 4, rows: 2))
        var others = [Frame](repeating: frame, count: 6)
        others[0][Position(column: 1, row: 1)] = Cell("a", style: .text)
        others[1][Position(column: 1, row: 1)] = Cell(" ", style: Style(.dim))
        others[2][Position(column: 1, row: 1)] = Cell(" ", style: Style(.text, on: .selection))
        others[3][Position(column: 1, row: 1)] = Cell(
            " ", style: Style(.text, attributes: .bold))
        others[4].cursor = Position(column: 0, row: 0)
        others[5] = Frame(size: GridSize(columns: 2, rows: 4))
        #expect(Set(([frame] + others).map(\.fingerprint)).count == 7)
    }
}
