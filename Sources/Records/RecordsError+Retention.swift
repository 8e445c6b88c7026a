// Wording of the errors about what was removed, held or recorded once and for all.

import Radiology

extension RecordsError {
    /// What stands in the way, and what to do.
    var retentionDescription: String {
        switch self {
        case .imageRemoved(let image, let date):
            "cannot read image \(image.rawValue): the site's rule of retention removed it at "
                + "\(Timestamp(date).minuteText). Import the file again where it is kept elsewhere."
        case .studyRemoved(let study, let date):
            "study \(study.rawValue) was removed by the site's rule of retention at "
                + "\(Timestamp(date).minuteText); its events stay in the audit trail."
        case .impressionRecorded(let study):
            "your first impression of study \(study.rawValue) is recorded already; it is never "
                + "changed."
        case .holdObjection(let study, let isHeld):
            isHeld
                ? "study \(study.rawValue) is held already. See: wetread retention holds"
                : "study \(study.rawValue) is not held. See: wetread retention holds"
        default: ""
        }
    }
}
