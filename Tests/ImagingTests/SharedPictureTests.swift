import Foundation
import Imaging
import Testing

@Suite("Real pictures", .enabled(if: SharedPictures.isPresent))
struct SharedPictureTests {
    @Test("our preprocessing equals the stored tensors of every parity picture")
    func parity() throws {
        let pictures = try SharedPictures.files(in: "cxr/parity", ending: "png")
        #expect(pictures.count >= 23)
        for picture in pictures {
            let name = picture.deletingPathExtension().lastPathComponent
            let tensor = try #require(SharedPictures.folder)
                .appending(path: "model/baseline-cxr14/tensors/\(name).npy")
            let expected = try SharedPictures.floats(tensor)
            let radiograph = try RasterFile.read(contentsOf: picture)
            let found = radiograph.modelInput(columns: 128, rows: 128).map {
                ($0 / 255 - 0.5266) / 0.2480
            }
            #expect(found.count == expected.count)
            let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst <= 1e-5, "\(name): \(worst)")
        }
    }

    @Test("at least 97 % of the frontal radiographs look like one")
    func frontal() throws {
        let pictures =
            try SharedPictures.files(in: "cxr/images", ending: "png")
            + SharedPictures.files(in: "cxr/parity", ending: "png").filter {
                !$0.lastPathComponent.hasPrefix("derived")
            }
        let passed = try pictures.filter {
            qualityFigures(of: try RasterFile.read(contentsOf: $0)).looksLikeFrontalChest
        }
        print("frontal chest: \(passed.count) of \(pictures.count) NIH radiographs pass")
        #expect(pictures.count == 292)
        #expect(Double(passed.count) >= 0.97 * Double(pictures.count))
    }
}
