// What can be wrong with a study, as cases with data.

/// The errors of reader studies; worded in `description`.
public enum ReaderStudyError: Error, Sendable, Hashable {
    /// The file cannot be read.
    case unreadable(file: String, reason: String)
    /// The file is larger than the limit.
    case tooLarge(file: String, byteCount: Int, limit: Int)
    /// The first line is none of the three known headers.
    case wrongHeader(file: String, found: String)
    /// A header and no rows.
    case noRows(file: String)
    /// A row that cannot be what it should be; lines count the header as line 1.
    case row(file: String, line: Int, RowFault)
    /// A case whose rows do not agree.
    case caseFault(file: String, caseName: String, line: Int, CaseFault)
    /// The study as a whole cannot answer what was asked.
    case design(DesignFault)
    /// An option that this study cannot have.
    case option(name: String, found: String, expected: String)

    /// What is wrong with one row.
    public enum RowFault: Sendable, Hashable {
        /// Fewer fields than the header has.
        case tooFewFields(found: Int, expected: Int)
        /// More fields than the header has.
        case tooManyFields(found: Int, expected: Int)
        /// A quoted field without its closing quote.
        case openQuote
        /// Bytes that are not UTF-8.
        case notText
        /// An empty field that must not be.
        case empty(column: String)
        /// Truth is neither 0 nor 1.
        case truthNotBinary(found: String)
        /// A field that must be a number.
        case notANumber(column: String, found: String)
        /// A number that is not finite.
        case notFinite(column: String, found: String)
        /// A second row for the same reader, treatment and case (and lesion).
        case duplicate(firstLine: Int)
        /// The same case with another truth before.
        case conflictingTruth(caseName: String, earlier: Int, firstLine: Int)
        /// A lesion in a case with truth 0.
        case lesionInNonDiseased(caseName: String)
        /// `lesion_id` is not a whole number from 0.
        case badLesion(found: String)
        /// A lesion's weight is missing, or not in 0...1.
        case badWeight(found: String)
        /// `correct` is not 0 or 1 for a diseased case, or not empty for another.
        case badCorrect(found: String, isDiseased: Bool)
        /// A row without a mark beside rows with marks.
        case emptyBesideMarks
    }

    /// How the rows of one free-response case disagree.
    public enum CaseFault: Sendable, Hashable {
        /// The weights of its lesions do not add to 1.
        case weightSum(Double)
        /// A lesion has another weight for another reader or treatment.
        case weightsDiffer(lesion: Int, first: Double, second: Double)
        /// A reader or treatment lists other lesions of the case than the first did.
        case lesionsDiffer(reader: String, treatment: String, missing: [Int])
    }

    /// Why a design cannot answer the question.
    public enum DesignFault: Sendable, Hashable {
        /// The study has no diseased case.
        case noDiseasedCase
        /// The study has no non-diseased case.
        case noNonDiseasedCase
        /// A reader has no rating in a treatment.
        case hole(reader: String, treatment: String)
        /// A reader has too few cases of one kind in a treatment.
        case tooFewCases(
            reader: String, treatment: String, isDiseased: Bool, count: Int, ofCases: Int,
            minimum: Int)
        /// The method needs every reader to have read every case in every treatment.
        case notCrossed(method: String, reader: String, treatment: String, caseName: String)
        /// The method needs another number of treatments or readers.
        case wrongCount(of: String, found: Int, expected: String)
        /// No reader has that name.
        case noSuchReader(String)
        /// A figure of merit that this form of data does not have.
        case figureNotInForm(figure: String, form: String)
    }
}

extension ReaderStudyError: CustomStringConvertible {
    /// What was tried, found and expected, and what would mend it.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "cannot read \(file): \(reason)"
        case .tooLarge(let file, let byteCount, let limit):
            "cannot read \(file): it has \(byteCount) bytes; at most \(limit) are read"
        case .wrongHeader(let file, let found):
            "\(file), line 1: the header is \"\(found)\"; the columns "
                + "reader,treatment,case,truth,rating are expected (free response: "
                + "reader,treatment,case,truth,lesion_id,rating,weight; LROC: "
                + "reader,treatment,case,truth,rating,correct)"
        case .noRows(let file): "\(file): no rows after the header; add one row for each rating"
        case .row(let file, let line, let fault): "\(file), line \(line): \(fault)"
        case .caseFault(let file, let name, let line, let fault):
            "\(file), line \(line), case \(name): \(fault)"
        case .design(let fault): "\(fault)"
        case .option(let name, let found, let expected):
            "\(name) is \"\(found)\"; expected \(expected)"
        }
    }
}

extension ReaderStudyError.RowFault: CustomStringConvertible {
    /// The reason, as the end of a sentence that names file and line.
    public var description: String {
        switch self {
        case .tooFewFields(let found, let expected):
            "too few fields: \(found), expected \(expected)"
        case .tooManyFields(let found, let expected):
            "too many fields: \(found), expected \(expected)"
        case .openQuote: "a quoted field has no closing quote"
        case .notText: "the row is not UTF-8 text"
        case .empty(let column): "\(column) is empty"
        case .truthNotBinary(let found):
            "truth is neither 0 nor 1 but \"\(found)\" (0 = non-diseased, 1 = diseased)"
        case .notANumber(let column, let found): "\(column) is not a number: \"\(found)\""
        case .notFinite(let column, let found): "\(column) is not finite: \"\(found)\""
        case .duplicate(let firstLine):
            "second row for the same reader, treatment and case (the first is line \(firstLine))"
        case .conflictingTruth(let name, let earlier, let firstLine):
            "case \(name) has truth \(earlier) in an earlier row (line \(firstLine))"
        case .lesionInNonDiseased(let name):
            "a lesion in a case with truth 0 (case \(name)); lesion_id must be 0 there"
        case .badLesion(let found):
            "lesion_id is \"\(found)\"; expected 0 for a mark that hits no lesion, or 1, 2, ..."
        case .badWeight(let found):
            "weight is \"\(found)\"; a lesion's weight is a number above 0, and a mark that hits no "
                + "lesion has none"
        case .badCorrect(let found, let isDiseased):
            isDiseased
                ? "correct is \"\(found)\"; expected 1 or 0 for a diseased case"
                : "correct is \"\(found)\"; it must be empty for a non-diseased case"
        case .emptyBesideMarks:
            "lesion_id 0 without a rating says that there is no mark, but other rows have marks"
        }
    }
}

extension ReaderStudyError.CaseFault: CustomStringConvertible {
    /// The reason, as the end of a sentence that names file and case.
    public var description: String {
        switch self {
        case .weightSum(let sum): "the weights of its lesions add to \(sum), not to 1"
        case .weightsDiffer(let lesion, let first, let second):
            "lesion \(lesion) has weight \(first) in one place and \(second) in another; the weights "
                + "of a case are the same for every reader and add to 1"
        case .lesionsDiffer(let reader, let treatment, let missing):
            "its lesions differ between readers: reader \(reader) in treatment \(treatment) "
                + "has no row for lesion \(missing.map(String.init).joined(separator: ", "))"
        }
    }
}

extension ReaderStudyError.DesignFault: CustomStringConvertible {
    /// The reason as a sentence.
    public var description: String {
        switch self {
        case .noDiseasedCase: "no diseased case (truth 1): sensitivity and ROC need both kinds"
        case .noNonDiseasedCase:
            "no non-diseased case (truth 0): specificity and ROC need both kinds"
        case .hole(let reader, let treatment):
            "reader \(reader) has no rating in treatment \(treatment): the reader-by-treatment "
                + "table has a hole; leave the reader out, or use the U-statistic"
        case .tooFewCases(
            let reader, let treatment, let isDiseased, let count, let ofCases, let minimum):
            Self.tooFewText(reader, treatment, isDiseased, count, ofCases, minimum)
        case .notCrossed(let method, let reader, let treatment, let name):
            "\(method) needs every reader to have read every case in every treatment, but reader "
                + "\(reader) has no rating of case \(name) in treatment \(treatment); use the "
                + "jackknife, or the unbiased covariance"
        case .wrongCount(let what, let found, let expected):
            "the study has \(found) \(what); \(expected) needed"
        case .noSuchReader(let name): "no reader is named \(name)"
        case .figureNotInForm(let figure, let form):
            "the figure of merit \(figure) does not exist for \(form) data"
        }
    }

    private static func tooFewText(
        _ reader: String, _ treatment: String, _ isDiseased: Bool, _ count: Int, _ ofCases: Int,
        _ minimum: Int
    ) -> String {
        let kind = isDiseased ? "diseased" : "non-diseased"
        let number = count == 0 ? "no" : String(count)
        let cases = ofCases == 1 ? "one case, so " : ""
        return "reader \(reader) has \(cases)\(number) \(kind) case in treatment \(treatment); "
            + "at least \(minimum) are needed: leave the reader out, or use the U-statistic"
    }
}
