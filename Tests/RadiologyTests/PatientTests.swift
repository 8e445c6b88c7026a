import Radiology
import Testing

/// Names, ages and texts from files that nobody can trust.
@Suite struct PatientTests {
    @Test(arguments: [
        ("ASTER^QUINCE^^DR", "ASTER, QUINCE"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田, 太郎)"),
        ("=山田^太郎", "山田, 太郎"), ("==やまだ^たろう", "やまだ, たろう"), ("", "(no name)"),
        ("^QUINCE", "QUINCE"), ("ASTER", "ASTER"),
        ("EVIL\u{1B}[2J^\u{07}BELL", "EVIL\u{FFFD}[2J, \u{FFFD}BELL"),
    ])
    func `a name is shown family first, with its ideographs, inert`(value: String, shown: String) {
        #expect(PersonName(value: value).display == shown)
    }

    @Test(
        arguments: [
            ("19720615", "20261120", "", 54), ("19721121", "20261120", "", 53),
            ("", "20261120", "071Y", 71), ("1972.06.15", "20261120", "", 54),
            ("20261121", "20261120", "033Y", 33), ("", "", "", nil),
            ("19720231x", "20261120", "", nil),
            ("", "20261120", "006M", nil), ("17000101", "20261120", "", nil),
        ] as [(String, String, String, Int?)])
    func `age comes from the birth date, else from the stated years, else it is not known`(
        birth: String, study: String, stated: String, years: Int?
    ) {
        let patient = Patient(birthDate: birth, age: stated)
        #expect(patient.ageInYears(atStudyDate: study) == years)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\tb", "a b"), ("a\nb", "a\u{FFFD}b"),
        ("\u{202E}evil", "\u{FFFD}evil"), ("\u{9B}31m", "\u{FFFD}31m"), ("\u{7F}", "\u{FFFD}"),
        ("قباني^لنزار", "قباني^لنزار"), ("\u{2028}", "\u{FFFD}"), ("ไทย", "ไทย"),
        ("\u{FEFF}x", "\u{FFFD}x"),
    ])
    func `text that could act on a terminal is replaced, writing is not`(
        text: String, inert: String
    ) {
        #expect(text.inert() == inert)
    }

    @Test func `a multi-line text may keep its line ends and nothing else`() {
        #expect("a\nb\r\u{1B}c".inert(keepsNewlines: true) == "a\nb\u{FFFD}\u{FFFD}c")
    }

    @Test func `a content hash is 64 lower-case digits or nothing`() {
        #expect(ContentHash(hexadecimal: String(repeating: "0f", count: 32)) != nil)
        #expect(ContentHash(hexadecimal: String(repeating: "0F", count: 32)) == nil)
        #expect(ContentHash(hexadecimal: "00") == nil)
        #expect(ContentHash(digest: [UInt8](0..<32)).hexadecimal.hasPrefix("000102030405"))
    }
}
