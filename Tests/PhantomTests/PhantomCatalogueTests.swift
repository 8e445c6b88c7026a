import DICOM
import Foundation
import Imaging
import Phantom
import Radiology
import Testing

@Suite("Phantom files")
struct PhantomCatalogueTests {
    static func folder() -> URL {
        URL.temporaryDirectory.appending(path: "wetread-phantom-\(UUID().uuidString)")
    }

    @Test("the samples are as stated: a dozen, mixed, small, and byte for byte as shipped")
    func samples() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try PhantomCatalogue.writeSamples(to: folder)
        let shipped = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../SampleStudies").standardized
        var total = 0
        var syntaxes: Set<String> = []
        var formats: Set<String> = []
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            let kept = shipped.appending(path: file.lastPathComponent)
            #expect(bytes == [UInt8](try Data(contentsOf: kept)), "\(file.lastPathComponent)")
            total += bytes.count
            let image = try DICOMFile(bytes: bytes, name: file.lastPathComponent).header
            syntaxes.insert(image.image.transferSyntaxUID)
            formats.insert("\(image.image.bitsStored) \(image.image.photometricInterpretation)")
            #expect(PhantomUID.isPhantom(image.image.sopInstanceUID))
            #expect(image.patient.identifier.hasPrefix("PHANTOM-"))
        }
        #expect(PhantomCatalogue.samples.count == 12 && files.count == 14)
        #expect(total < 6_000_000)
        #expect(syntaxes.count == 7)
        #expect(formats.count >= 7)
    }

    @Test("samples read back as drawn, bright bone and all")
    func readBack() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try PhantomCatalogue.writeSamples(to: folder)
        let images = PhantomCatalogue.samples.flatMap(\.images)
        for (file, image) in zip(files, images) {
            let radiograph = try DICOMFile(contentsOf: file).radiograph(frame: 0)
            let picture = image.study.picture(columns: image.columns, rows: image.rows)
            let expected = picture.radiograph(bits: image.bits).displayValues()
            let worst = zip(radiograph.displayValues(), expected).map { abs($0 - $1) }.max() ?? 255
            #expect(worst < 0.01, "\(file.lastPathComponent): \(worst)")
            #expect(radiograph.notes.isEmpty, "\(radiograph.notes)")
        }
    }

    @Test("what is planted covers the critical findings and leaves two studies normal")
    func planted() {
        let all = PhantomCatalogue.samples.flatMap(\.planted)
        #expect(Set(all).isSuperset(of: [.pneumothorax, .mass, .pneumonia]))
        #expect(PhantomCatalogue.samples.filter(\.planted.isEmpty).count == 2)
        #expect(PhantomCatalogue.samples.contains { $0.planted.isEmpty && $0.images.count == 2 })
    }

    @Test("load studies have identifiers and pixels of their own")
    func load() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try PhantomCatalogue.writeLoad(count: 15, size: 64, to: folder, seed: 4)
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        var identifiers: Set<String> = []
        var pixels: Set<[Float]> = []
        for file in files {
            let dicom = try DICOMFile(contentsOf: file)
            identifiers.insert(dicom.header.study.studyInstanceUID)
            identifiers.insert(dicom.header.image.sopInstanceUID)
            pixels.insert(try dicom.radiograph(frame: 0).values)
        }
        #expect(files.count == 15 && identifiers.count == 30 && pixels.count == 15)
    }

    @Test("identifiers are valid, differ, and are known as a phantom's")
    func identifiers() {
        var all: Set<String> = []
        for seed in 0..<200 as Range<UInt64> {
            let uid = PhantomUID.uid(seed: seed, purpose: "study")
            #expect(uid.count <= 64 && uid.hasPrefix("2.25.11600281435707628"))
            #expect(PhantomUID.isPhantom(uid))
            all.insert(uid)
        }
        #expect(all.count == 200)
        #expect(!PhantomUID.isPhantom("2.25.1"))
        #expect(!PhantomUID.isPhantom("1.2.840.10008.1.2"))
    }

    @Test("training arrays are written whole and the same each time")
    func training() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try PhantomTraining.write(count: 3, seed: 6, to: folder)
        let images = try Data(contentsOf: folder.appending(path: "images.npy"))
        let table = try String(contentsOf: folder.appending(path: "labels.csv"), encoding: .utf8)
        #expect(images.count % 64 == 0 && images.count > 3 * 128 * 128)
        #expect(table.split(separator: "\n").count == 4)
        try PhantomTraining.write(count: 3, seed: 6, to: folder)
        #expect(try Data(contentsOf: folder.appending(path: "images.npy")) == images)
    }

    @Test("a folder that cannot be made is named, by its last component only")
    func refusedFolder() {
        let url = URL(filePath: "/proc/DOE^JANE/samples")
        let error = #expect(throws: PhantomError.self) {
            try PhantomCatalogue.writeSamples(to: url)
        }
        #expect(error?.description.contains("samples") == true)
        #expect(error?.description.contains("DOE") == false)
    }
}
