import CNN
import Foundation
import Testing

@Suite("NumPy files") struct NPYFileTests {
    private func scratch() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).npy")
    }

    @Test(
        "An array comes back as it was written",
        arguments: [
            TensorStorage.float32([1.5, -2, .infinity, 0, 1e-30, 7]), .float64([1, 2, 3, 4, 5, 6]),
            .uint8([0, 1, 2, 3, 254, 255]), .int16([-32768, -1, 0, 1, 2, 32767]),
            .uint16([0, 1, 2, 3, 4, 65535]), .int32([.min, -1, 0, 1, 2, .max]),
            .uint32([0, 1, 2, 3, 4, .max]), .int64([.min, -1, 0, 1, 2, .max]),
            .bool([true, false, true, true, false, false]), .float16([1, 2, 3, 4, 5, 6.5]),
        ])
    func roundTrip(storage: TensorStorage) throws {
        let url = scratch()
        defer { try? FileManager.default.removeItem(at: url) }
        for shape in [[6], [2, 3], [1, 2, 3, 1]] {
            try NPYFile.write(Tensor(shape: shape, storage: storage), to: url)
            let read = try NPYFile.read(url)
            #expect(read.shape == shape)
            #expect(read.elementType == storage.elementType)
            #expect(read.storage.doubles == storage.doubles)
        }
    }

    @Test("The header fills a multiple of 64 bytes, as NumPy demands of writers")
    func header() throws {
        let url = scratch()
        defer { try? FileManager.default.removeItem(at: url) }
        try NPYFile.write(shape: [], values: [Float(3)], to: url)
        let bytes = [UInt8](try Data(contentsOf: url))
        #expect(bytes.count % 64 == 4)
        #expect(try NPYFile.read(url).shape.isEmpty)
    }

    private static func file(header: String, body: [UInt8], version: UInt8 = 1) -> [UInt8] {
        let length = UInt16(header.utf8.count)
        return [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(length & 255), UInt8(length >> 8)]
            + Array(header.utf8) + body
    }

    @Test(
        "A file that is not a readable array is refused",
        arguments: [
            [], Array("not an array".utf8), [0x93] + Array("NUMPY".utf8),
            file(header: "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", body: [0]),
            file(header: "{'descr': '>f4', 'fortran_order': False, 'shape': (0,), }", body: []),
            file(header: "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", body: []),
            file(header: "{'descr': '<f4', 'shape': (-1,), }", body: []),
            file(
                header: "{'descr': '<f4', 'fortran_order': False, "
                    + "'shape': (4611686018427387904, 4), }", body: []),
            file(header: "{'descr': '<f4'", body: []),
            file(header: "", body: [], version: 9),
        ] as [[UInt8]])
    func refused(bytes: [UInt8]) {
        #expect(throws: CNNError.self) { try NPYFile.read(bytes: bytes, file: "bad.npy") }
    }
}
