// Pages that the program writes of itself must be what it would write today.

import Foundation
import Testing
import WetreadTesting

/// The generated pages under `Documentation/`.
@Suite struct GeneratedPageTests {
    @Test func `keys and commands are documented as the program has them`() throws {
        let folder = Repository.top.appendingPathComponent("Documentation")
        let run = try ProgramRun(
            Installed.program, ["documentation", "--check", folder.path],
            environment: ["WETREAD_HOME": ""])
        #expect(run.status == 0, "\(run.errors)")
    }
}
