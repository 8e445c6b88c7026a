// How a program that shows many images keeps its memory small.

import CKernels

/// The memory of decoded images.
public enum ImageMemory {
    /// Has the memory of images go back to the system when they are let go, for the rest of the
    /// process, and that of a frame stay for the next one; for programs that live long and show one
    /// image after another.
    public static func returnsAtOnce() { wt_memory_return_large_blocks() }
}
