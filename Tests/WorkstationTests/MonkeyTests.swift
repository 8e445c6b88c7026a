// Random keys and sizes: whatever is pressed, nothing crashes, signs or grows stale.

import Radiology
import Terminal
import Testing
import WetreadTesting
import Workstation

struct MonkeyTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `random keys, pastes, sizes and changes never crash and never sign`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var world = FakeWorld(details: ScreenGoldenTests.details)
        for step in 0..<4000 {
            switch random.next() % 40 {
            case 0:
                let columns = Int(random.next() % 140)
                world.send(
                    .resized(GridSize(columns: columns, rows: Int(random.next() % 50))))
            case 1: world.send(.recordsChanged)
            case 2: world.press(.paste("1042\n1042\n"))
            case 3: world.wait(seconds: 1)
            case 4: world.failure = Problem(summary: "a failure", remedy: "a remedy")
            default: world.press(Self.keys[Int(random.next() % UInt64(Self.keys.count))])
            }
            if step % 25 == 0 {
                let frame = world.frame
                #expect(frame.size == world.model.size)
            }
        }
        world.failure = nil
        #expect(world.model.isIdle)
        // Four right characters in a row are possible for a monkey, but not with this alphabet.
        #expect(world.signed.isEmpty)
    }

    private static let keys: [Key] =
        "jkgGfFo!/?:vrl[]siwWcCp+-01,.axuyAend \u{7F}q".map(Key.character) + [
            .enter, .enter, .escape, .tab, .backTab, .up, .down, .left, .right, .pageUp,
            .pageDown, .home, .end, .backspace, .delete, .control("s"), .control("c"),
            .control("z"), .control("l"), .function(1), .alt("x"), .modified(.left, .shift),
        ]
}
