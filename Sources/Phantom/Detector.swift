// From attenuation to the picture that leaves the room: beam, scatter, noise, processing.

import Foundation

/// A detector and its processing; figures in units of the unattenuated beam.
struct Detector: Sendable {
    /// Photons per square millimetre in the unattenuated beam.
    var photons: Double
    /// Scatter behind the middle of the chest as a share of the blurred primary beam.
    var scatter: Double
    /// Width of the focus' and detector's blur, millimetres.
    var blur: Double
    /// Gain of detail against coarse structure, 1 none.
    var enhancement: Double
    /// Steepness of the display curve.
    var contrast: Double
    /// Grey (0...1) that the middle of the lungs gets.
    var lungGrey: Double

    init(seed: UInt64, view: PhantomView) {
        var random = PhantomRandom(seed: seed, purpose: "detector")
        let isPortable = view == .portableAnteroposterior
        photons = random.uniform(0.8...2.2) * (isPortable ? 9e4 : 2.4e5)
        scatter = isPortable ? random.uniform(0.9...1.4) : random.uniform(0.35...0.7)
        blur = random.uniform(0.25...0.4)
        enhancement = random.uniform(1.25...1.75)
        contrast = random.uniform(0.92...1.12) * (isPortable ? 0.92 : 1)
        lungGrey = random.uniform(0.24...0.34)
    }

    /// Log exposure, bright where little arrives: the detector's signal without noise.
    func signal(_ attenuation: Plane) -> Plane {
        var beam = attenuation
        for index in beam.values.indices { beam.values[index] = exp(-beam.values[index]) }
        // Scatter spreads over centimetres; little of it comes from the free beam beside the
        // patient.
        var source = beam
        for index in source.values.indices {
            source.values[index] = min(source.values[index], 0.22)
        }
        let spread = source.blurred(millimetres: 38)
        for index in beam.values.indices {
            beam.values[index] = -log(
                beam.values[index] + Float(scatter) * spread.values[index] * 0.5)
        }
        return beam.blurred(millimetres: blur)
    }

    /// Adds quantum noise at the resolution of the plane.
    func addNoise(to signal: inout Plane, seed: UInt64) {
        let area = signal.field.pixelMillimetres * signal.field.pixelMillimetres
        let base = Float(1 / (photons * area))
        let columns = signal.field.columns
        signal.values.withUnsafeMutableBufferPointer { values in
            for row in 0..<(values.count / columns) {
                var state = PhantomRandom.mixed(seed ^ 0x4015E ^ UInt64(row) &* 0x9E37_79B9)
                for index in (row * columns)..<((row + 1) * columns) {
                    state &+= 0x9E37_79B9_7F4A_7C15
                    let bits = PhantomRandom.mixed(state)
                    // The sum of four even 16-bit numbers is normal enough; deviation sqrt(4/12).
                    let sum =
                        Float(bits & 0xFFFF) + Float(bits >> 16 & 0xFFFF)
                        + Float(bits >> 32 & 0xFFFF) + Float(bits >> 48)
                    let normal = (sum / 65_536 - 2) * 1.732
                    let value = values[index]
                    values[index] = value + normal * (base * exp(min(value, 7))).squareRoot()
                }
            }
        }
    }

    /// The processed picture, from 0 (black) to 1 (white).
    ///
    /// Coarse structure is compressed and detail raised, as makers' multi-scale processing does;
    /// then a sigmoid whose place and slope come from the lungs and the mediastinum.
    func processed(_ signal: Plane, lungLevel: Float, softLevel: Float) -> Plane {
        let coarse = signal.blurred(millimetres: 16)
        let span = max(softLevel - lungLevel, 0.2)
        var result = signal
        let low = log(Float(lungGrey) / (1 - Float(lungGrey)))
        let slope = (Float(1.55) - low) / span * Float(contrast)
        let gain = Float(enhancement)
        for index in result.values.indices {
            let base = lungLevel + 0.86 * (coarse.values[index] - lungLevel)
            let value = base + gain * (signal.values[index] - coarse.values[index])
            let logit = low + slope * (value - lungLevel)
            result.values[index] = 1 / (1 + exp(-logit))
        }
        return result
    }
}

extension Plane {
    /// The value below which a share of the values lies, from a sample of about 4,000.
    func quantile(_ share: Double, where isCounted: (Int) -> Bool) -> Float {
        let step = max(1, values.count / 16_384)
        var sample: [Float] = []
        for index in stride(from: 0, to: values.count, by: step) where isCounted(index) {
            sample.append(values[index])
        }
        guard !sample.isEmpty else { return 0 }
        sample.sort()
        return sample[min(Int(share * Double(sample.count)), sample.count - 1)]
    }
}
