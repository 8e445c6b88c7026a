// From modality values to display values and to the input of a network.

import CKernels

extension Radiograph {
    /// Display values 0...255, row-major: windowed, inverted where low values are bright, so that
    /// bone is bright; padding is 0 (black).
    ///
    /// `window` defaults to the first of `windows`. Not rounded. About 1 ms for a million pixels.
    public func displayValues(window: DisplayWindow? = nil) -> [Float] {
        let used = window ?? windows[0]
        return [Float](unsafeUninitializedCapacity: values.count) { out, filled in
            guard let start = out.baseAddress else { return }
            withKernel(used) { kernel, input, padding in
                withUnsafePointer(to: kernel) {
                    wt_window_row($0, input, padding, start, values.count)
                }
            }
            filled = values.count
        }
    }

    /// Display values resized to `columns` x `rows` by stretching each axis on its own, row-major.
    ///
    /// An axis that shrinks or keeps its size is an exact area average, one that grows is bilinear
    /// with half-pixel centres and clamped edges: the model packages' `preprocessing`. Windowing
    /// happens row by row, so no full-size copy is made.
    public func modelInput(
        columns: Int, rows: Int, window: DisplayWindow? = nil
    ) -> [Float] {
        precondition(columns > 0 && rows > 0, "a model's input has at least one pixel")
        let across = ResamplingAxis(from: width, to: columns)
        let down = ResamplingAxis(from: height, to: rows)
        var result = [Float](repeating: 0, count: columns * rows)
        withKernel(window ?? windows[0]) { kernel, input, padding in
            var sum = [Float](repeating: 0, count: width)
            var shown = [Float](repeating: 0, count: width)
            var shownRow = -1
            for row in 0..<rows {
                for index in sum.indices { sum[index] = 0 }
                for tap in down.taps(row) {
                    if tap.index != shownRow {
                        let start = tap.index * width
                        withUnsafePointer(to: kernel) {
                            wt_window_row(
                                $0, input + start, padding.map { $0 + start }, &shown, width)
                        }
                        shownRow = tap.index
                    }
                    wt_add_scaled_row(&sum, shown, tap.weight, width)
                }
                across.reduce(sum, into: &result, at: row * columns)
            }
        }
        return result
    }

    /// Smallest and largest finite modality value outside the padding; 0...0 where there is none.
    public var valueRange: ClosedRange<Float> {
        var low: Float = 0
        var high: Float = 0
        let found = withPadding { padding in
            wt_value_range(values, padding, values.count, &low, &high)
        }
        return found != 0 ? low...high : 0...0
    }

    /// Runs `body` with the padding marks as bytes (0 or 1), nil where there are none.
    func withPadding<R>(_ body: (UnsafePointer<UInt8>?) -> R) -> R {
        guard let isPadding else { return body(nil) }
        return Self.withMarks(isPadding, body)
    }

    /// `Bool` is one byte of 0 or 1 in Swift's ABI, so the marks are read in place.
    static func withMarks<R>(_ marks: [Bool], _ body: (UnsafePointer<UInt8>?) -> R) -> R {
        marks.withUnsafeBytes { body($0.bindMemory(to: UInt8.self).baseAddress) }
    }

    private func withKernel(
        _ window: DisplayWindow,
        _ body: (wt_window, UnsafePointer<Float>, UnsafePointer<UInt8>?) -> Void
    ) {
        values.withUnsafeBufferPointer { input in
            guard let start = input.baseAddress else { return }
            withPadding { padding in
                window.withKernel(isInverted: showsLowValuesBright) { kernel in
                    body(kernel, start, padding)
                }
            }
        }
    }
}

extension DisplayWindow {
    /// Runs `body` with this window as the kernels take it; the table lives as long as the call.
    func withKernel<R>(isInverted: Bool, _ body: (wt_window) -> R) -> R {
        var kernel = wt_window()
        kernel.is_inverted = isInverted ? 1 : 0
        switch shape {
        case .linear(let center, let width):
            // PS3.3 C.11.2.1.2.1; a width of 1 is a threshold at center - 0.5.
            Self.setRamp(&kernel, center: center - 0.5, width: width - 1)
        case .linearExact(let center, let width):
            Self.setRamp(&kernel, center: center, width: width)
        case .sigmoid(let center, let width):
            kernel.kind = width == 0 ? .threshold : .sigmoid
            kernel.center = Float(center)
            kernel.scale = width == 0 ? 0 : Float(4 / width)
        case .table(let first, let entries):
            guard !entries.isEmpty else {
                // An empty table shows nothing: everything lies below the threshold.
                kernel.kind = .threshold
                kernel.center = .infinity
                return body(kernel)
            }
            kernel.kind = .table
            kernel.center = Float(first)
            return entries.withUnsafeBufferPointer { table in
                kernel.table = table.baseAddress
                kernel.table_count = table.count
                return body(kernel)
            }
        }
        return body(kernel)
    }

    private static func setRamp(_ kernel: inout wt_window, center: Double, width: Double) {
        kernel.kind = width > 0 ? .ramp : .threshold
        kernel.center = Float(center)
        kernel.scale = width > 0 ? Float(255 / width) : 0
    }
}
