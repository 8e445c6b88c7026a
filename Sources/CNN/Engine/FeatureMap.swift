// A float32 value in the layout of the kernels: channels last, pixels `stride` floats apart.

import CKernels

/// A value of two, three or four axes, channels last.
///
/// Element (n, y, x, c) of `[N, C]`, `[N, C, L]` or `[N, C, H, W]` lies at
/// `((n * H + y) * W + x) * stride + c` from `base`; it may be a slice of a wider map's channels.
struct FeatureMap {
    var buffer: FloatBuffer
    var offset: Int
    var shape: [Int]
    var stride: Int

    // Leaves the map on its way to C; `buffer`, which the map holds, keeps the memory alive.
    var base: UnsafeMutablePointer<Float> { buffer.pointer + offset }
    var images: Int { shape[0] }
    var channels: Int { shape[1] }
    var height: Int { shape.count == 4 ? shape[2] : 1 }
    var width: Int { shape.count >= 3 ? shape[shape.count - 1] : 1 }
    var pixels: Int { images * height * width }
    var pixelsPerImage: Int { height * width }

    /// Floats from one pixel to the next: a multiple of 16, and none of 256, so that neighbouring
    /// pixels do not fall into the same set of the first cache.
    ///
    /// Few channels, as pictures have, lie without gaps: a kernel's line of taps is then one run.
    static func stride(channels: Int) -> Int {
        if channels <= 4 { return channels }
        let rounded = (channels + 15) / 16 * 16
        return rounded % 256 == 0 ? rounded + 16 : rounded
    }
}

/// A value during a run.
enum Value {
    case tensor(Tensor)
    case map(FeatureMap)

    var shape: [Int] {
        switch self {
        case .tensor(let tensor): tensor.shape
        case .map(let map): map.shape
        }
    }
}

extension FeatureMap {
    /// The row-major values.
    func tensor(_ pool: WorkerPool) -> Tensor {
        let count = pixels * channels
        let values = [Float](unsafeUninitializedCapacity: count) { target, initialized in
            if let plain = target.baseAddress {
                wt_to_plain(
                    pool.handle, base, stride, Int32(images), Int32(channels), pixelsPerImage,
                    plain)
            }
            initialized = count
        }
        return Tensor(shape: shape, values: values)
    }
}
