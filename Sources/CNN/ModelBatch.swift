// Models run on arrays in files: what `wetread model run` does, one job or many.

import Foundation

/// One model, its inputs as NumPy files, and the folder for its outputs.
public struct ModelJob: Sendable, Codable {
    /// Path of the ONNX file.
    public var model: String
    /// Path of a NumPy file for each input, by name.
    public var inputs: [String: String]
    /// Folder that gets a file `NAME.npy` for each graph output; made if it is not there.
    public var outputDirectory: String

    /// The names in a line of a batch file.
    public enum CodingKeys: String, CodingKey {
        /// Path of the ONNX file.
        case model
        /// NumPy files by input name.
        case inputs
        /// Folder for the outputs.
        case outputDirectory = "output_dir"
    }

    /// A job from its parts.
    public init(model: String, inputs: [String: String], outputDirectory: String) {
        self.model = model
        self.inputs = inputs
        self.outputDirectory = outputDirectory
    }

    /// Runs the model and writes its outputs; gives the written files by output name.
    ///
    /// Slashes in an output's name become underscores in its file's. Inputs that are not numbers
    /// (NaN) are refused for networks, see ``ONNXModel/isNetwork``.
    public func run(threads: Int) throws(CNNError) -> [String: String] {
        let engine = try Engine(
            model: try ONNXModel(contentsOf: URL(fileURLWithPath: model)), threads: threads)
        var tensors: [String: Tensor] = [:]
        for (name, path) in inputs {
            tensors[name] = try NPYFile.read(URL(fileURLWithPath: path))
        }
        let results = try engine.run(tensors, allowsNaN: !engine.model.isNetwork)
        let folder = URL(fileURLWithPath: outputDirectory, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(file: folder.lastPathComponent, code: EACCES)
        }
        var written: [String: String] = [:]
        for (name, tensor) in results {
            let file = name.replacingOccurrences(of: "/", with: "_") + ".npy"
            let url = folder.appendingPathComponent(file)
            try NPYFile.write(tensor, to: url)
            written[name] = url.path
        }
        return written
    }

    /// What became of one line of a batch file.
    public struct Outcome: Sendable {
        /// Whether every output was written.
        public var ok: Bool
        /// The outcome as a line of JSON: `ok`, `model`, and `outputs` or `message`.
        public var json: String
    }

    /// Runs one line of a batch file and tells the outcome; never throws, so that one failed job
    /// does not stop the rest.
    public static func run(line: String, threads: Int) -> Outcome {
        struct Answer: Encodable {
            var model: String?
            var ok: Bool
            var outputs: [String: String]?
            var message: String?
        }
        var answer = Answer(ok: false)
        do {
            let job = try JSONDecoder().decode(ModelJob.self, from: Data(line.utf8))
            answer.model = job.model
            answer.outputs = try job.run(threads: threads)
            answer.ok = true
        } catch let error as CNNError {
            answer.message = error.description
        } catch {
            answer.message = "the line is not a job: expected {model, inputs, output_dir}."
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(answer)) ?? Data("{\"ok\":false}".utf8)
        return Outcome(ok: answer.ok, json: String(decoding: data, as: UTF8.self))
    }
}
