import Foundation

struct LateralPhantom {
    let field: Field
    init(study: PhantomStudy, field: Field) { self.field = field }
    func finished(on field: Field) -> Plane { Plane(field) }
}
