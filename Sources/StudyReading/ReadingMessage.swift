// What the reading screen is told, and what it asks for.

import Imaging
import ReaderStudy
import Terminal

/// Something that happened; every message comes with its time.
public enum ReadingMessage: Sendable {
    /// A key.
    case key(Key)
    /// The terminal has another size or shows other things.
    case screen(GridSize, Capabilities)
    /// The image of a task is there.
    case loaded(task: Int, ImagePyramid)
    /// The AI's answers for a task are there.
    case advised(task: Int, ReadingAdvice)
    /// A frame's last byte was written to the terminal.
    case painted(FrameFacts)
    /// Time has passed.
    case clock
    /// Something could not be read; what, in a sentence.
    case failed(String)
}

/// Something that the screen asks for.
public enum ReadingEffect: Sendable, Hashable {
    /// Read the image of a task.
    case load(task: Int)
    /// Read the AI's answers for a task; asked for only where the condition shows them.
    case loadAdvice(task: Int)
    /// Write an event of a task to the log, with the message's time.
    case record(task: Int, ReadingEvent)
    /// Draw attention.
    case bell
    /// Draw everything anew.
    case redraw
    /// End.
    case leave(ReadingEnding)
}
