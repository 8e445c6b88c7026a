// Random keys and sizes: whatever is pressed, nothing crashes, signs or grows stale.

import Imaging
import Radiology
import Terminal
import Testing
import WetreadTesting
import Workstation

/// A hundred thousand keys in five runs.
struct MonkeyTests {
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `random keys, pastes, sizes and changes never crash and never sign`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var settings = Settings()
        settings.showsImpressionFirst = seed == 4
        var world = FakeWorld(
            details: ScreenGoldenTests.details, settings: settings, isLong: seed == 5)
        world.pyramid = ImagePyramid(Fixtures.radiograph(side: 64))
        func number(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        for step in 0..<20_000 {
            switch number(60) {
            case 0:
                world.send(
                    .resized(GridSize(columns: number(140), rows: number(50))))
            case 1: world.send(.recordsChanged)
            case 2: world.press(.paste("1042\n1042\n"))
            case 3: world.wait(seconds: 1)
            case 4: world.failure = Problem(summary: "a failure", remedy: "a remedy")
            case 5...8:
                let actions: [MouseEvent.Action] = [
                    .press, .drag, .release, .wheelUp, .wheelDown,
                ]
                let buttons: [MouseEvent.Button] = [.left, .middle, .right]
                world.press(
                    .mouse(
                        MouseEvent(
                            actions[number(5)], button: buttons[number(3)],
                            at: Position(column: number(140), row: number(50)))))
            default: world.press(Self.keys[number(Self.keys.count)])
            }
            if step % 100 == 0 {
                let frame = world.frame
                #expect(frame.size == world.model.size)
                _ = PlainText.lines(world.model)
            }
        }
        world.failure = nil
        #expect(world.model.isIdle)
        // Four right characters in a row are possible for a monkey, but not with this alphabet.
        #expect(world.signed.isEmpty)
    }

    private static let keys: [Key] =
        "jkhlgGfFo!/?:vr[]siwWcCp+-0123456,.axuyzAendbmtdDZHIMSnN%<>\\ \u{7F}q".map(Key.character)
        + [
            .enter, .enter, .escape, .escape, .tab, .backTab, .up, .down, .left, .right, .pageUp,
            .pageDown, .home, .end, .backspace, .delete, .control("s"), .control("c"),
            .control("z"), .control("l"), .control("r"), .function(1), .alt("x"),
            .modified(.left, .shift), .modified(.down, .shift),
        ]
}
