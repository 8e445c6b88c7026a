// The state of the reading screen of a study.

import Imaging
import ReaderStudy
import Terminal

/// One reading that is to be done now.
public struct ReadingTask: Sendable, Hashable {
    /// Index into the plan's cases.
    public let caseIndex: Int
    /// Index into the plan's conditions.
    public let conditionIndex: Int
    /// What it is for.
    public let purpose: ScheduledReading.Purpose

    /// Makes a task.
    public init(caseIndex: Int, conditionIndex: Int, purpose: ScheduledReading.Purpose) {
        self.caseIndex = caseIndex
        self.conditionIndex = conditionIndex
        self.purpose = purpose
    }
}

/// Why the screen was left.
public enum ReadingEnding: String, Sendable, Hashable {
    /// Everything of the period is read.
    case periodDone = "period done"
    /// The session's time is over.
    case sessionOver = "session over"
    /// The reader left.
    case left
    /// The terminal went away.
    case terminated
    /// The image or the AI's answers could not be read.
    case failed
}

/// Which part of the program the reader is in.
public enum ReadingStage: Sendable, Hashable {
    /// What the study asks, before the first case.
    case welcome
    /// The image is being read.
    case loading
    /// The case is on the screen.
    case reading
    /// The truth of a training case.
    case feedback
    /// A case was submitted and may be opened again.
    case between
    /// Nothing more happens.
    case over(ReadingEnding)
}

/// What a frame shows of what matters for timing.
public struct FrameFacts: Sendable, Hashable {
    /// The task that it belongs to, counted from 0.
    public let task: Int
    /// True where the case's image is in it.
    public let showsImage: Bool
    /// True where the AI's answers are in it.
    public let showsAdvice: Bool
}

/// The picture as it is shown.
struct ShownPicture: Sendable {
    let pyramid: ImagePyramid
    let memo: PictureMemo
    let presets: [DisplayWindow]
    var presetIndex = 0
    var window: DisplayWindow
    var viewport: Viewport
    var isInverted = false

    init(_ pyramid: ImagePyramid, area: Rectangle, cellAspect: Double) {
        let radiograph = pyramid.radiograph
        self.pyramid = pyramid
        memo = PictureMemo()
        presets = radiograph.windows + TissueWindow.allCases.map { radiograph.window(for: $0) }
        window = presets[0]
        viewport = Viewport(
            pictureWidth: radiograph.width, pictureHeight: radiograph.height,
            pixelAspectRatio: radiograph.pixelAspectRatio, size: area.size,
            cellAspect: cellAspect)
    }
}

/// The whole state: what is asked, what is shown, what was answered.
public struct ReadingModel: Sendable {
    /// What keys mean while a case is on the screen.
    enum Mode: Sendable {
        /// Answers and the picture.
        case answers
        /// A cross on the picture, in cells of the picture's area.
        case marking(Position)
        /// A line of text.
        case noting(TextEditor)
    }

    /// The plan.
    public let plan: StudyPlan
    /// The reader's name.
    public let reader: String
    /// What is to be read in this period, in order.
    public let tasks: [ReadingTask]
    /// The number of readings of the period that were done before.
    public let doneBefore: Int
    /// The period, counted from 0, and how many there are.
    public let period: (index: Int, count: Int)
    /// Where the reader is.
    public internal(set) var stage = ReadingStage.welcome
    /// The task at hand, counted from 0.
    public internal(set) var taskIndex = 0
    /// The reading at hand.
    public internal(set) var session: ReadingSession?
    /// The size of the screen.
    public internal(set) var size: GridSize
    /// What the terminal shows.
    public internal(set) var capabilities: Capabilities

    var picture: ShownPicture?
    var advice: ReadingAdvice?
    var row = 0
    var typed = ""
    var mode = Mode.answers
    var showsHeat = true
    var showsHelp = false
    var asksToLeave = false
    var notice: String?
    /// The reading that was begun before and is to be gone on with.
    var resumed: ReadingSession?
    /// True until the case's image has reached the terminal.
    var awaitsPaint = false
    var lastKeyAt: UInt64 = 0
    var isIdleNoted = false
    let startedAt: UInt64

    /// A session about to begin.
    ///
    /// - Parameters:
    ///   - tasks: what the reader is to read in this period, not empty.
    ///   - resumed: the first task's reading where it was begun before.
    ///   - nanoseconds: now, of the monotonic clock that every message is stamped by.
    public init(
        plan: StudyPlan, reader: String, tasks: [ReadingTask], doneBefore: Int,
        period: (index: Int, count: Int), resumed: ReadingSession?, size: GridSize,
        capabilities: Capabilities, nanoseconds: UInt64
    ) {
        precondition(!tasks.isEmpty, "a session has something to read")
        self.plan = plan
        self.reader = reader
        self.tasks = tasks
        self.doneBefore = doneBefore
        self.period = period
        self.resumed = resumed
        self.size = size
        self.capabilities = Self.exact(capabilities)
        startedAt = nanoseconds
        lastKeyAt = nanoseconds
    }

    /// Pictures are always exact here: a preview would be another picture for another link.
    static func exact(_ capabilities: Capabilities) -> Capabilities {
        var exact = capabilities
        exact.thrift = nil
        return exact
    }

    /// The task at hand.
    public var task: ReadingTask { tasks[min(taskIndex, tasks.count - 1)] }
    /// The condition at hand.
    public var condition: ReadingCondition { plan.conditions[task.conditionIndex] }
    /// The pathology in the selected row.
    var pathology: String { plan.pathologies[row] }

    /// True where the image is to be drawn: also the paint that ends an interruption.
    public var showsImage: Bool {
        guard stage == .reading, let session, picture != nil else { return false }
        return session.mayShowImage || awaitsPaint
    }

    /// True where the AI's answers are to be drawn; decided by the session alone.
    public var showsAdvice: Bool {
        stage == .reading && advice != nil && session?.mayShowAI == true
    }

    /// What the frame of this state shows.
    public var facts: FrameFacts {
        FrameFacts(task: taskIndex, showsImage: showsImage, showsAdvice: showsAdvice)
    }

    /// The place of the picture on the screen; the same in every condition of a study.
    var pictureArea: Rectangle { layout.picture }

    var layout: (picture: Rectangle, panel: Rectangle) {
        let body = Rectangle(
            column: 0, row: 1, columns: size.columns, rows: max(size.rows - 4, 0))
        let (picture, panel) = body.divided(rightColumns: plan.showsAI ? 38 : 30, gap: 1)
        return (picture, panel)
    }
}
