// What lies along each ray, before it becomes a picture.

import Foundation

/// Thicknesses along the rays of one field, in millimetres, and bone as attenuation.
struct Composition {
    let field: Field
    /// The whole body, all of it soft tissue.
    var body: Plane
    /// The part of it that is lung.
    var lung: Plane
    /// Air without lung in it: trachea, gastric bubble, pleural air (pleural air is also in
    /// `lung`).
    var air: Plane
    /// Soft tissue inside the lung: vessels, opacities.
    var filling: Plane
    /// Share of the lung that is still lung and not pleural air, 0...1.
    var aeration: Plane
    /// Attenuation of bone and metal beyond that of soft tissue.
    var bone: Plane

    init(_ field: Field) {
        self.field = field
        body = Plane(field)
        lung = Plane(field)
        air = Plane(field)
        filling = Plane(field)
        aeration = Plane(field, filledWith: 1)
        bone = Plane(field)
    }

    /// Soft tissue at about 80 keV, per millimetre of the muscle-and-fat mix of a chest.
    static let softAttenuation = 0.0185

    /// The negative logarithm of the primary beam behind each ray.
    func attenuation(lungDensity: Double) -> Plane {
        var result = Plane(field)
        for index in result.values.indices {
            let thickness = Double(lung.values[index])
            let tissue = lungDensity * Double(aeration.values[index])
            let emptiness = thickness * (1 - tissue)
            // Opacities fill the air between tissue: they cannot make lung denser than tissue.
            let filled = emptiness * (1 - exp(-Double(filling.values[index]) / max(emptiness, 1)))
            let soft = max(
                Double(body.values[index]) - emptiness + filled - Double(air.values[index]), 0)
            result.values[index] = Float(
                Self.softAttenuation * soft + Double(bone.values[index]))
        }
        return result
    }
}

/// The chord of a ball or rod: half its thickness at a relative distance from the middle.
func chord(_ squareDistance: Double) -> Double {
    squareDistance < 1 ? (1 - squareDistance).squareRoot() : 0
}

/// 0 below the lower edge, 1 above the upper, smooth between.
func smoothStep(_ value: Double, _ lower: Double, _ upper: Double) -> Double {
    let t = min(max((value - lower) / (upper - lower), 0), 1)
    return t * t * (3 - 2 * t)
}
