// How the program ends, after sysexits.h.

import Analyzer
import CNN
import DICOM
import Foundation
import Imaging
import Phantom
import Radiology
import ReaderStudy
import Records
import Terminal

/// Exit codes of every subcommand.
enum ExitStatus: Int32 {
    /// Some of many failed; what failed was listed.
    case someFailed = 1
    /// EX_USAGE: wrong usage.
    case usage = 64
    /// EX_DATAERR: the input is not what it must be.
    case badData = 65
    /// EX_NOINPUT: the input does not exist or cannot be opened.
    case noInput = 66
    /// EX_UNAVAILABLE: something that the program needs is missing (see `wetread doctor`).
    case unavailable = 69
    /// EX_SOFTWARE: a fault in the program.
    case software = 70
    /// EX_CANTCREAT: an output cannot be written (disk full, read-only).
    case cannotCreate = 73
    /// EX_TEMPFAIL: held by somebody else; try again.
    case tryAgain = 75
    /// EX_NOPERM: not allowed.
    case noPermission = 77
    /// EX_CONFIG: the configuration or the model package is wrong.
    case configuration = 78
    /// Ended by Ctrl-C, cleanly.
    case interrupted = 130
}

/// A message for the user and the status to end with.
struct CommandFailure: Error, CustomStringConvertible {
    let status: ExitStatus
    let description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}

extension CommandFailure {
    /// The failure that a room's error means for the command line.
    init(describing error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case .unreadable(_, _) as DICOMError: self.init(.noInput, "\(error)")
        case let error as DICOMError: self.init(.badData, "\(error)")
        case let error as ImagingError: self.init(.badData, "\(error)")
        case let error as CNNError: self.init(ExitStatus(error), "\(error)")
        case let error as AnalyzerError: self.init(.configuration, "\(error)")
        case let error as PhantomError: self.init(.cannotCreate, "\(error)")
        case let error as RecordsError: self.init(ExitStatus(error.category), "\(error)")
        case .unreadable(_, _) as ReaderStudyError: self.init(.noInput, "\(error)")
        case .option(_, _, _) as ReaderStudyError: self.init(.usage, "\(error)")
        case let error as ReaderStudyError: self.init(.badData, "\(error)".inert())
        case .notATerminal as TerminalError: self.init(.usage, "\(error)")
        case let error as TerminalError: self.init(.configuration, "\(error)")
        default: self.init(.software, "\(error)".inert())
        }
    }
}

extension ExitStatus {
    /// The status for an error of the engine.
    fileprivate init(_ error: CNNError) {
        switch error {
        case .unreadable: self = .noInput
        case .unwritable: self = .cannotCreate
        case .missingInput, .unknownOutput: self = .usage
        case .outOfMemory: self = .unavailable
        case .cancelled: self = .interrupted
        case .malformed, .badTensor, .externalData, .unsupportedOperator, .badNode, .badGraph,
            .unsupportedOpset, .badInput, .badArrayFile:
            self = .badData
        }
    }

    /// The status for a kind of record error.
    fileprivate init(_ category: RecordsError.Category) {
        switch category {
        case .noPermission: self = .noPermission
        case .cannotCreate: self = .cannotCreate
        case .temporary, .conflict: self = .tryAgain
        case .badData: self = .badData
        case .notAcceptable: self = .usage
        case .notFound: self = .noInput
        case .system: self = .software
        }
    }
}
