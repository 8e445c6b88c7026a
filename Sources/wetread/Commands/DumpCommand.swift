// wetread dump: looking inside a file, so that anyone can compare with another reader.

import ArgumentParser
import CNN
import DICOM
import Foundation
import Imaging
import Radiology

struct DumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Show what is inside a file.",
        subcommands: [DICOMAttributes.self, Pixels.self])

    struct DICOMAttributes: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dicom",
            abstract: "The attributes of a DICOM file and how its pixels were understood.")

        @Argument(help: "The file.")
        var file: String

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let url = URL(fileURLWithPath: file)
            let dump = DICOMDump(try DICOMDataSet(contentsOf: url))
            Output.line(try json ? Output.json(dump) : dump.text)
        }
    }

    struct Pixels: ParsableCommand {
        enum Stage: String, EnumerableFlag {
            case stored, modality, display
        }

        static let configuration = CommandConfiguration(
            abstract: "Write the pixels of one frame as a NumPy array.",
            discussion: """
                --stored: as decoded, before any transform, in their own integer type. --modality: \
                after the modality LUT or rescale, float64. --display: 0...255 after the file's \
                first window and any inversion, float32. The array has the shape [rows, columns] (stored colour: [rows, columns, 3]).
                """)

        @Argument(help: "The file: DICOM, PNG or JPEG.")
        var file: String

        @Option(help: "The array to write (.npy).")
        var output: String

        @Flag(help: "Which stage of the pixels.")
        var stage: Stage = .stored

        @Option(help: "Frame, counted from 1.")
        var frame = 1

        func run() throws {
            let image = try ImageFile(contentsOf: URL(fileURLWithPath: file))
            guard (1...image.frameCount).contains(frame) else {
                throw CommandFailure(
                    .usage, "--frame must be 1...\(image.frameCount) for this file")
            }
            let target = URL(fileURLWithPath: output)
            if stage == .display {
                let radiograph = try image.radiograph(frame: frame - 1)
                try NPYFile.write(
                    shape: [radiograph.height, radiograph.width],
                    values: radiograph.displayValues(), to: target)
                return
            }
            guard let dicom = image.dicom else {
                let radiograph = try image.radiograph(frame: frame - 1)
                try NPYFile.write(
                    shape: [radiograph.height, radiograph.width], values: radiograph.values,
                    to: target)
                return
            }
            try write(dicom, to: target)
        }

        private func write(_ file: DICOMFile, to target: URL) throws {
            let stored = try file.storedPixels(frame: frame - 1)
            let plane = [stored.rows, stored.columns]
            if stage == .modality {
                try NPYFile.write(
                    shape: plane, values: file.modalityValues(frame: frame - 1), to: target)
                return
            }
            let shape = stored.samplesPerPixel > 1 ? plane + [stored.samplesPerPixel] : plane
            let storage: TensorStorage =
                switch stored.values {
                case .uint8(let values): .uint8(values)
                case .int8(let values): .int8(values)
                case .uint16(let values): .uint16(values)
                case .int16(let values): .int16(values)
                case .uint32(let values): .uint32(values)
                case .int32(let values): .int32(values)
                }
            try NPYFile.write(Tensor(shape: shape, storage: storage), to: target)
        }
    }
}
