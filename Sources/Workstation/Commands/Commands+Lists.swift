// The command table: moving about, the lists, and what holds everywhere.

import Terminal

extension Commands {
    private static let lists: Set<Place> = [.worklist, .queue]
    private static let rows: Set<Place> = [.worklist, .queue, .decisions, .ownFindings, .window]

    static let moving: [Command] = [
        Command(
            "down", keys: [.character("j"), .down], title: "move", help: "One row down.",
            places: rows, hint: 10, run: { $0.move(.rows(1)) }),
        Command(
            "up", keys: [.character("k"), .up], title: "up", help: "One row up.", places: rows,
            run: { $0.move(.rows(-1)) }),
        Command(
            "page-down", keys: [.pageDown, .control("f")], title: "page down",
            help: "One page down.", places: rows, run: { $0.move(.pages(1)) }),
        Command(
            "page-up", keys: [.pageUp, .control("b")], title: "page up", help: "One page up.",
            places: rows, run: { $0.move(.pages(-1)) }),
        Command(
            "first", keys: [.character("g"), .home], title: "first",
            help: "To the first row; with a number before it, to that row.", places: rows,
            doubled: [.character("g")], run: { $0.move(.first) }),
        Command(
            "last", keys: [.character("G"), .end], title: "last",
            help: "To the last row; with a number before it, to that row.", places: rows,
            run: { $0.move(.last) }),
        Command(
            "finding-down", keys: [.character("j")], title: "finding",
            help: "To the next finding.", places: [.study], hint: 1, run: { $0.move(.rows(1)) }),
        Command(
            "finding-up", keys: [.character("k")], title: "finding up",
            help: "To the finding before.", places: [.study], run: { $0.move(.rows(-1)) }),
    ]

    static let listing: [Command] = [
        Command(
            "open", keys: [.enter], title: "open", help: "Open the selected study.", places: lists,
            hint: 1, reason: { $0.currentStudy == nil ? "there is no study here to open" : nil },
            run: { $0.openSelected() }),
        Command(
            "claim", keys: [.character("c")], title: "take",
            help: "Take the selected study, so that others see it is yours, or give it back.",
            places: [.worklist], hint: 12, reason: { $0.reservationObstacle },
            run: { $0.toggleReservation() }),
        Command(
            "search", keys: [.character("/")], title: "search",
            help: "Go to the next row whose patient, identifier or accession holds a text.",
            places: [.worklist], hint: 2, run: { $0.openSearch() }),
        Command(
            "find-next", keys: [.character("n")], title: "next match",
            help: "To the next row that holds the text searched for.", places: [.worklist],
            reason: { $0.worklist.needle.isEmpty ? "there is no search yet; / starts one" : nil },
            run: { $0.findAgain(1) }),
        Command(
            "find-previous", keys: [.character("N")], title: "match before",
            help: "To the row before that holds the text searched for.", places: [.worklist],
            reason: { $0.worklist.needle.isEmpty ? "there is no search yet; / starts one" : nil },
            run: { $0.findAgain(-1) }),
        Command(
            "filter", keys: [.character("\\"), .character("&")], title: "filter",
            help: "Show only studies that hold \(WorklistQuery.help).", places: [.worklist],
            hint: 6, run: { $0.openFilter() }),
        Command(
            "save-filter", keys: [.character("S")], title: "save filter",
            help: "Make a tab of the filter.", places: [.worklist],
            reason: { $0.worklist.query.isEmpty ? "there is no filter to save" : nil },
            run: { $0.saveFilter() }),
        Command(
            "next-tab", keys: [.tab, .character("f"), .right], title: "tab",
            help: "To the next tab: all, critical, unread, mine, signed, then saved filters.",
            places: [.worklist], hint: 3, run: { $0.changeTab(1) }),
        Command(
            "previous-tab", keys: [.backTab, .character("F"), .left], title: "tab before",
            help: "To the tab before.", places: [.worklist], run: { $0.changeTab(-1) }),
        Command(
            "queue", keys: [.character("!")], title: "critical queue",
            help: "To the critical queue: the flagged studies, oldest flag first.",
            places: [.worklist], hint: 4, run: { $0.openQueue() }),
        Command(
            "queue", keys: [.character("!")], title: "critical queue",
            help: "Leave the study and go to the critical queue.", places: study,
            run: { $0.openQueue() }),
        Command(
            "order", keys: [.character("o")], title: "order",
            help: "Change the order: urgency with a cap on the wait, newest, patient, critical "
                + "then age.", places: [.worklist], hint: 5, run: { $0.changeOrder() }),
        Command(
            "clear", keys: [.escape], title: "show all",
            help: "Drop the search and the filter.", places: [.worklist],
            run: { $0.clearFilters() }),
        Command(
            "refresh", keys: [.character("R")], title: "refresh",
            help: "Read the worklist again; it also follows other workstations by itself.",
            places: lists, run: { $0.reloadWorklist() }),
        Command(
            "worklist", keys: [.escape, .character("q"), .character("!")], title: "worklist",
            help: "Back to the worklist.", places: [.queue], hint: 2,
            run: { $0.closeQueue() }),
        Command(
            "accept-search", keys: [.enter, .down], title: "keep",
            help: "Keep the search and go to the rows.", places: [.search], hint: 1,
            run: { $0.endSearch(keeping: true) }),
        Command(
            "accept-filter", keys: [.enter, .down], title: "keep",
            help: "Keep the filter and go to the rows.", places: [.filter], hint: 1,
            run: { $0.endFilter(keeping: true) }),
        Command(
            "cancel-filter", keys: [.escape, .control("c")], title: "cancel",
            help: "Give up the filter.", places: [.filter], hint: 2,
            run: { $0.endFilter(keeping: false) }),
        Command(
            "cancel-search", keys: [.escape, .control("c")], title: "cancel",
            help: "Give up the search.", places: [.search], hint: 2,
            run: { $0.endSearch(keeping: false) }),
    ]

    static let study: Set<Place> = [.study, .picture]
    private static let screens: Set<Place> = [
        .worklist, .queue, .study, .picture, .decisions, .ownFindings,
    ]

    static let general: [Command] = [
        Command(
            "help", keys: [.character("?"), .function(1)], title: "keys",
            help: "Show the keys of this screen.", places: screens, hint: 90,
            run: { $0.openHelp() }),
        Command(
            "help-here", keys: [.function(1)], title: "keys", help: "Show the keys of this field.",
            places: [.search, .filter, .ownText, .impression, .confirm, .points], hint: 90,
            run: { $0.openHelp() }),
        Command(
            "command", keys: [.character(":")], title: "command",
            help: "Run a command by its name; Tab completes it.", places: screens,
            run: { $0.openPalette() }),
        Command(
            "message", keys: [.character("v")], title: "message",
            help: "Show the last message in full, with what would mend it.", places: screens,
            reason: { $0.lastNotice == nil ? "there was no message" : nil },
            run: { $0.openMessage() }),
        Command(
            "doctor", keys: [], title: "doctor",
            help: "Check terminal, libraries, models and database, with what would mend them.",
            places: screens, run: { $0.openDoctor() }),
        Command(
            "calibration", keys: [], title: "test patterns",
            help: "Show a step wedge and the 5 % and 95 % squares, by which a display is judged.",
            places: screens, run: { $0.openCalibration() }),
        Command(
            "mouse", keys: [.character("M")], title: "mouse",
            help: "Take the mouse or leave it to the terminal.", places: screens,
            run: { $0.toggleMouse() }),
        Command(
            "redraw", keys: [.control("l")], title: "redraw", help: "Draw the whole screen again.",
            places: screens, run: { _ in [.redraw] }),
        Command(
            "suspend", keys: [.control("z")], title: "suspend",
            help: "Give the terminal back to the shell; fg returns.",
            places: Set(Place.allCases), run: { $0.suspend() }),
        Command(
            "quit", keys: [.character("q")], title: "quit",
            help: "Leave Wetread; drafts are kept.", places: [.worklist], hint: 95,
            run: { $0.quit() }),
        Command(
            "leave", keys: [], title: "quit", help: "Leave Wetread from here; drafts are kept.",
            places: [.queue, .study, .picture, .decisions, .ownFindings], run: { $0.quit() }),
        Command(
            "interrupt", keys: [.control("c")], title: "how to quit",
            help: "Says how to leave; nothing is interrupted.", places: screens,
            run: { $0.explainQuitting() }),
        Command(
            "close", keys: [.escape, .character("q"), .enter, .character("?")], title: "close",
            help: "Close the window.", places: [.window], hint: 1, run: { $0.closeOverlay() }),
        Command(
            "run", keys: [.enter], title: "run", help: "Run the command.", places: [.palette],
            hint: 1, run: { $0.runPalette() }),
        Command(
            "complete", keys: [.tab, .down], title: "next",
            help: "To the next command that fits.", places: [.palette], hint: 2,
            run: { $0.movePalette(1) }),
        Command(
            "complete-back", keys: [.backTab, .up], title: "before",
            help: "To the command before.", places: [.palette], run: { $0.movePalette(-1) }),
        Command(
            "history-back", keys: [.control("p")], title: "history",
            help: "Bring back the command run before.", places: [.palette], hint: 2,
            run: { $0.recallPalette(1) }),
        Command(
            "history-on", keys: [.control("n")], title: "later",
            help: "Bring back the command run after it.", places: [.palette],
            run: { $0.recallPalette(-1) }),
        Command(
            "cancel-command", keys: [.escape, .control("c")], title: "cancel",
            help: "Close the command line.", places: [.palette], hint: 3,
            run: { $0.closeOverlay() }),
    ]
}
