// The images of a study's cases: found when it is created, read when they are shown.

import Foundation
import Imaging
import Radiology
import ReaderStudy
import Records

/// Reads the images of a study's cases, from files and from the records.
struct StudyImages: Sendable {
    private let store: RecordStore?

    /// Images from files, and from the records where there are any.
    init(_ configuration: Configuration) throws {
        let database = configuration.home.appendingPathComponent("wetread.sqlite")
        let hasRecords = FileManager.default.fileExists(atPath: database.path)
        store = hasRecords ? try Access.recordsForReading(configuration).store : nil
    }

    /// The image of a case as it was when the study was created; throws where it is another now.
    func image(_ image: PlannedImage, number: Int) throws -> ImageFile {
        let bytes = try bytes(of: image.place, number: number)
        guard StudyFolder.sha256(bytes) == image.sha256 else {
            throw CommandFailure(
                .badData,
                "the image of case \(number) is not the one that the study was created with; "
                    + "restore it, or make a new version of the study")
        }
        return try ImageFile(bytes: bytes, name: "case \(number)")
    }

    private func bytes(of place: PlannedImage.Place, number: Int) throws -> [UInt8] {
        switch place {
        case .file(let path):
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
                throw CommandFailure(
                    .noInput, "cannot read the image of case \(number): the file is gone")
            }
            return [UInt8](data)
        case .records(let id):
            guard let store else {
                throw CommandFailure(
                    .noInput, "the image of case \(number) is in records that this home has not")
            }
            return try store.imageBytes(ImageID(id))
        }
    }

    /// Finds the image of every case of a plan: its own file, a file of the plan's folder by the
    /// case's name, or the first image of the study with the case's name as accession number.
    ///
    /// - Returns: the places in the plan's order, all nil where no case has an image.
    /// - Throws: `CommandFailure` that names cases without an image where others have one.
    func places(of source: StudyPlanFile) throws -> [PlannedImage?] {
        let places = try source.cases.map { try place(of: $0, source) }
        let missing = zip(source.cases, places).filter { $0.1 == nil }.map(\.0.planned.name)
        guard missing.count == places.count || missing.isEmpty else {
            throw CommandFailure(
                .noInput,
                "no image is found for \(missing.prefix(5).joined(separator: ", ").inert())"
                    + (missing.count > 5 ? " and \(missing.count - 5) more" : "")
                    + "; give `file`, a folder `images`, or import it with that accession number")
        }
        return places
    }

    private func place(of item: ListedCase, _ source: StudyPlanFile) throws -> PlannedImage? {
        let name = item.planned.name
        let folder = source.imageFolder ?? source.folder
        if let file = item.file {
            let url = URL(fileURLWithPath: file, relativeTo: folder).absoluteURL
            guard let image = Self.image(at: url) else {
                throw CommandFailure(
                    .noInput, "case \(name.inert()): cannot read \(url.lastPathComponent.inert())")
            }
            return image
        }
        if source.imageFolder != nil, !name.contains("/"), !name.hasPrefix(".") {
            for suffix in ["", ".dcm", ".png", ".jpg", ".jpeg"] {
                let url = folder.appendingPathComponent(name + suffix)
                if let image = Self.image(at: url) { return image }
            }
        }
        guard let store,
            let entry = try store.worklist().first(where: { $0.study.accessionNumber == name }),
            let image = try store.images(of: entry.id).first
        else { return nil }
        return PlannedImage(
            place: .records(image.id.rawValue), sha256: image.sha256.hexadecimal)
    }

    private static func image(at url: URL) -> PlannedImage? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
            !isFolder.boolValue, let data = try? Data(contentsOf: url)
        else { return nil }
        return PlannedImage(
            place: .file(url.standardizedFileURL.path), sha256: StudyFolder.sha256([UInt8](data)))
    }
}
