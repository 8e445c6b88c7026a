// Reader studies through the real program: analysis, refusal, plan, exchange.

import Foundation
import Testing
import WetreadTesting

@Suite struct StudyTests {
    private static let data = Installed.top.appendingPathComponent("Tests/ReaderStudyTests/Data")

    private static func path(_ name: String) -> String {
        data.appendingPathComponent("SYNTH-\(name).csv").path
    }

    @Test func `an analysis as JSON holds the tests under the names that are documented`() throws {
        let run = try Home().run(
            "study", "analyze", "--csv", Self.path("crossed-5x2x114"), "--format", "json",
            "--covariance", "delong")
        #expect(run.status == 0, "\(run.errors)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let or = try #require(document["obuchowski_rockette"] as? [String: Any])
        let test = try #require(or["random_readers_random_cases"] as? [String: Any])
        // Expected values: Data/synth.json, OR with DeLong covariances.
        #expect(abs(try #require(test["F"] as? Double) - 0.93005252129) < 1e-9)
        #expect(abs(try #require(test["ddf"] as? Double) - 16.2032130854) < 1e-7)
        #expect(abs(try #require(test["p"] as? Double) - 0.349022932089) < 1e-9)
        let difference = try #require(test["difference"] as? [String: Any])
        #expect(abs(try #require(difference["estimate"] as? Double) + 0.0338164251208) < 1e-10)
        #expect((difference["ci95"] as? [Double])?.count == 2)
        for key in ["fixed_readers_random_cases", "random_readers_fixed_cases"] {
            #expect(or[key] is [String: Any])
        }
        let areas = try #require(document["auc"] as? [String: [String: Double]])
        #expect(abs(try #require(areas["T1"]?["R1"]) - 0.943317230274) < 1e-10)
        let quantities = try #require(document["quantities"] as? [[String: Any]])
        #expect(quantities.count > 500)
        #expect(quantities.allSatisfy { $0.count == 6 })
    }

    @Test func `text, a plot and a page are written`() throws {
        let home = try Home()
        let text = try home.run(
            "study", "analyze", "--csv", Self.path("ties-5x2x120"), "--plot", "--threshold", "3",
            "--margin", "0.1")
        #expect(text.status == 0, "\(text.errors)")
        for words in ["Random readers, random cases (RRRC)", "Non-inferiority", "⠉", "Fleiss"] {
            #expect(text.output.contains(words), "\(words)")
        }
        let page = home.beside.appendingPathComponent("report.html")
        let run = try home.run(
            "study", "analyze", "--csv", Self.path("ties-5x2x120"), "--format", "html",
            "--output", page.path)
        #expect(run.status == 0, "\(run.errors)")
        let html = try String(contentsOf: page, encoding: .utf8)
        #expect(html.contains("<svg") && html.contains("ROC curves") && html.contains("</html>"))
        #expect(!html.contains("<script") && !html.contains("src="))
    }

    @Test func `a refused design ends with 65, its reason, and what could be computed`() throws {
        let run = try Home().run(
            "study", "analyze", "--csv", Self.path("bad-reader-without-diseased"), "--format",
            "json")
        #expect(run.status == 65)
        #expect(run.errors.contains("reader R2 has no diseased case"))
        #expect(run.output.contains("\"obuchowski_rockette\": null"))
        #expect(run.output.contains("U.auc[T1]"))
        let missing = try Home().run("study", "analyze", "--csv", "/nowhere/ratings.csv")
        #expect(missing.status == 66)
        let row = try Home().run("study", "analyze", "--csv", Self.path("bad-short-row"))
        #expect(row.status == 65 && row.errors.contains("line 72"))
        #expect(row.output.isEmpty)
    }

    @Test func `a plan becomes a study once, and a faulty plan does not`() throws {
        let home = try Home()
        let plan = home.beside.appendingPathComponent("plan.toml")
        try """
        name = "trial"
        seed = 3
        pathologies = ["Effusion"]
        readers = ["A", "B", "C", "D"]
        washout_days = 28
        [[condition]]
        name = "unaided"
        [[condition]]
        name = "aided"
        aid = "uncertainty"
        \((1...12).map { "[[case]]\nname = \"c\($0)\"\nfindings = [\($0 % 2 == 0 ? "\"Effusion\"" : "")]" }
            .joined(separator: "\n"))
        [power]
        effect = 0.05
        var_tr = 0.0002
        var_error = 0.0008
        cov1 = 0.00035
        cov2 = 0.00034
        cov3 = 0.00024
        pilot_cases = 114
        """.write(to: plan, atomically: true, encoding: .utf8)
        let check = try home.run("study", "check", plan.path)
        #expect(check.status == 0, "\(check.errors)")
        #expect(check.output.contains("power to find a difference of 0.05"))
        #expect(check.output.contains("cases for 80 %"))
        let create = try home.run("study", "create", plan.path)
        #expect(create.status == 0, "\(create.errors)")
        let folder = home.url.appendingPathComponent("studies/trial")
        let schedule = try String(
            contentsOf: folder.appendingPathComponent("schedule.csv"), encoding: .utf8)
        // 4 readers, 2 periods of 12 cases, and the header.
        #expect(schedule.split(separator: "\n").count == 97)
        let again = try home.run("study", "create", plan.path)
        #expect(again.status == 73 && again.errors.contains("new version"))
        try "name = \"x\"\npathologies = [\"A\"]\nreaders = [\"A\", \"A\"]\n"
            .write(to: plan, atomically: true, encoding: .utf8)
        let faulty = try home.run("study", "create", plan.path)
        #expect(faulty.status == 65)
        #expect(faulty.errors.contains("named twice") && faulty.errors.contains("no scored case"))
        try "name = 3\n".write(to: plan, atomically: true, encoding: .utf8)
        let wrong = try home.run("study", "check", plan.path)
        #expect(wrong.status == 65 && wrong.errors.contains("`name` must be a text"))
    }

    @Test func `ratings go out without names and come back with the same F`() throws {
        let home = try Home()
        for suffix in ["imrmc", "xlsx", "csv"] {
            let target = home.beside.appendingPathComponent("out.\(suffix)")
            let export = try home.run(
                "study", "export", "--csv", Self.path("crossed-5x2x114"), "--output", target.path,
                "--anonymous")
            #expect(export.status == 0, "\(export.errors)")
            let run = try home.run(
                "study", "analyze", "--csv", target.path)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("F = 0.9250, df 1 and 16.38, p = 0.3501"), "\(suffix)")
        }
    }

    @Test func `times and decisions are told as ratios and counts`() throws {
        let home = try Home()
        let times = home.beside.appendingPathComponent("times.csv")
        var text = "reader,treatment,case,seconds\n"
        for reader in 1...3 {
            for item in 1...8 {
                let base = 20.0 + Double(reader * 3 + item)
                text += "R\(reader),unaided,c\(item),\(base)\n"
                text += "R\(reader),aided,c\(item),\(base * 0.8)\n"
            }
        }
        try text.write(to: times, atomically: true, encoding: .utf8)
        let run = try home.run("study", "times", "--csv", times.path, "--format", "json")
        #expect(run.status == 0, "\(run.errors)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let model = try #require(document["log_time_model"] as? [String: Any])
        #expect(abs(try #require(model["ratio"] as? Double) - 0.8) < 1e-6)
        let decisions = home.beside.appendingPathComponent("decisions.csv")
        try """
        reader,case,truth,before,after,advice,uncertainty
        A,c1,1,0.2,0.8,0.9,0.05
        A,c2,0,0.2,0.9,0.9,0.3
        B,c1,1,0.2,0.2,0.9,0.05
        """.write(to: decisions, atomically: true, encoding: .utf8)
        let counts = try home.run("study", "decisions", "--csv", decisions.path)
        #expect(counts.status == 0, "\(counts.errors)")
        #expect(counts.output.contains("AI uncertain") && counts.output.contains("Brier"))
    }

    @Test func `simulated null studies keep the level through the program`() throws {
        let run = try Home().run(
            "study", "simulate", "--null", "--studies", "400", "--seed", "2", "--format", "json")
        #expect(run.status == 0, "\(run.errors)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect((0.02...0.08).contains(try #require(document["type_one_error"] as? Double)))
        #expect((0.92...0.98).contains(try #require(document["coverage95"] as? Double)))
    }
}
