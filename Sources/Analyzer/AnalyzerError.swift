// What can go wrong between a model package and an answer, and how it is said.

import CNN
import Radiology

/// Why a package cannot be used or a picture cannot be analysed.
public enum AnalyzerError: Error, Sendable {
    /// There is no package of that name or at that path; `known` are the names that ship.
    case noSuchPackage(name: String, known: [String])
    /// A file of the package cannot be read.
    case unreadable(package: String, file: String, reason: String)
    /// `model.json` is not what a package needs.
    case badDescription(package: String, reason: String)
    /// The network's bytes are not those that `model.json` names.
    case wrongHash(package: String, expected: String, found: ContentHash)
    /// The engine refused the network or failed on it.
    case engine(package: String, CNNError)
    /// The network's answer has another shape than the labels ask for.
    case wrongOutput(package: String, expected: Int, shape: [Int])
    /// The answer holds a value that is not a number.
    case notFinite(package: String, pathology: Pathology)
    /// The number of passes is outside what is allowed.
    case badSampleCount(Int)
}

extension AnalyzerError: CustomStringConvertible {
    /// The message: what was tried, what was found, what to do.
    public var description: String {
        switch self {
        case .noSuchPackage(let name, let known):
            "no model package \(name.inert()): it is neither a folder with a model.json nor one of "
                + "\(known.joined(separator: ", ")). Name one of these or give a folder's path."
        case .unreadable(let package, let file, let reason):
            "cannot read \(file.inert()) of model package \(package.inert()): \(reason)"
        case .badDescription(let package, let reason):
            "model.json of package \(package.inert()) cannot be used: \(reason)"
        case .wrongHash(let package, let expected, let found):
            "model package \(package.inert()) is not what it says: the network's SHA-256 is "
                + "\(found.hexadecimal), model.json says \(expected.inert()). Nothing was analysed; "
                + "install the package again from its source."
        case .engine(let package, let error):
            "the engine cannot run model package \(package.inert()): \(error)"
        case .wrongOutput(let package, let expected, let shape):
            "model package \(package.inert()) answered with shape \(shape), expected \(expected) "
                + "values: one for each label and pass"
        case .notFinite(let package, let pathology):
            "model package \(package.inert()) gave no number for \(pathology.displayName); "
                + "its other answers are not to be trusted either"
        case .badSampleCount(let count):
            "\(count) passes are not possible: ask for 0 (one deterministic pass) up to "
                + "\(Analyzer.samplesMax)"
        }
    }
}
