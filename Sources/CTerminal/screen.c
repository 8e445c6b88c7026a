// The screen itself, over ncursesw.

#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE
#include "CTerminal.h"
#include "internal.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

enum { COLOUR_MAX = 256, SIDE = COLOUR_MAX + 1, STRING_MAX = 512 };

static SCREEN *screen;
static FILE *output;         // what ncurses writes to; see output.c
static bool uses_colour;
static int pair_limit;
static int pair_count;
static int cursor_state = -1;   // what curs_set was last told; -1 unknown
// The pair of (foreground + 1, background + 1), 0 while there is none; COLOUR_PAIRS fit 16 bits.
static uint16_t pair_of[SIDE][SIDE];

bool wt_terminal_locale_is_utf8(bool force) {
    // LC_CTYPE only: numbers keep their decimal point.
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && force) setlocale(LC_CTYPE, "C.UTF-8");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void wt_terminal_size(int32_t *across, int32_t *down) {
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        size.ws_col = 80;
        size.ws_row = 24;
    }
    *across = size.ws_col;
    *down = size.ws_row;
}

// Appends a capability without its padding ($<5/>).
static void append(char *target, const char *capability) {
    if (capability == NULL || capability == (const char *)-1) return;
    size_t length = strlen(target);
    while (*capability != 0 && length + 1 < STRING_MAX) {
        if (capability[0] == '$' && capability[1] == '<') {
            const char *end = strchr(capability, '>');
            if (end == NULL) break;
            capability = end + 1;
            continue;
        }
        target[length++] = *capability++;
    }
    target[length] = 0;
}

// TERM first; then what nearly every terminal understands.
static SCREEN *open_screen(struct wt_terminal_facts *facts) {
    const char *wanted = getenv("TERM");
    const char *types[] = {wanted, "ansi", "vt100", "linux"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i] == NULL || types[i][0] == 0) continue;
        int problem = 0;
        if (setupterm(types[i], STDOUT_FILENO, &problem) != OK) continue;
        bool addressable = cursor_address != NULL && clear_screen != NULL;
        del_curterm(cur_term);
        if (!addressable) continue;
        if (output == NULL) output = wt_output_open();
        SCREEN *opened = output == NULL ? NULL : newterm(types[i], output, stdin);
        if (opened == NULL) continue;
        facts->fallback = i > 0;
        strncpy(facts->name, types[i], sizeof facts->name - 1);
        return opened;
    }
    return NULL;
}

static bool prepare_modes(void) {
    char enter[STRING_MAX] = "", leave[STRING_MAX] = "";
    append(enter, enter_ca_mode);
    size_t own = strlen(enter);
    append(enter, keypad_xmit);
    append(enter, "\033[?2004h");
    // A frame may have been cut anywhere: CAN ends a sequence, and what is held back is shown.
    // Then mouse reports and pastes.
    append(leave, "\030\033[?2026l\033[?1006l\033[?1002l\033[?2004l");
    append(leave, exit_attribute_mode);
    append(leave, orig_pair);
    append(leave, keypad_local);
    append(leave, cursor_normal);
    if (exit_ca_mode != NULL)
        append(leave, exit_ca_mode);
    else
        append(leave, "\033[999;1H\r\n");
    return wt_modes_prepare(enter, own, leave);
}

static bool is_string(const char *name, const char *wanted) {
    const char *bytes = tigetstr(name);
    return bytes != NULL && bytes != (const char *)-1 && strcmp(bytes, wanted) == 0;
}

// True where the terminal moves lines and cells by the sequences that nearly all have.
static bool moves_cells(void) {
    return is_string("csr", "\033[%i%p1%d;%p2%dr") && is_string("indn", "\033[%p1%dS")
        && is_string("rin", "\033[%p1%dT") && is_string("dch", "\033[%p1%dP")
        && is_string("ich", "\033[%p1%d@") && is_string("sc", "\0337") && is_string("rc", "\0338");
}

static bool has_colour_codes(int colour, const char *front, const char *back) {
    char *code = set_a_foreground == NULL ? NULL : tparm(set_a_foreground, colour);
    if (code == NULL || strcmp(code, front) != 0) return false;
    code = set_a_background == NULL ? NULL : tparm(set_a_background, colour);
    return code != NULL && strcmp(code, back) == 0;
}

// True where looks are set by the numbers that nearly all terminals have.
static bool has_plain_codes(void) {
    bool attributes = is_string("bold", "\033[1m") && is_string("dim", "\033[2m")
        && is_string("smul", "\033[4m") && is_string("rev", "\033[7m") && no_color_video <= 0;
    if (!attributes || !uses_colour) return attributes;
    return (COLORS == 16 || COLORS == 256) && has_colour_codes(1, "\033[31m", "\033[41m")
        && has_colour_codes(9, "\033[91m", "\033[101m")
        && (COLORS == 16 || has_colour_codes(200, "\033[38;5;200m", "\033[48;5;200m"));
}

enum wt_terminal_status wt_terminal_start(bool colour, struct wt_terminal_facts *facts) {
    memset(facts, 0, sizeof *facts);
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return WT_TERMINAL_NOT_A_TERMINAL;
    facts->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    wt_modes_remember_original();
    screen = open_screen(facts);
    if (screen == NULL) return WT_TERMINAL_UNKNOWN_TYPE;
    raw();
    noecho();
    nonl();
    typeahead(-1);
    keypad(stdscr, FALSE);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    // Shifting cells would shift those that are not ncurses' own.
    idcok(stdscr, FALSE);
    uses_colour = colour && has_colors() && start_color() == OK;
    if (uses_colour) {
        use_default_colors();
        facts->colours = COLORS;
        facts->pairs = COLOR_PAIRS;
    }
    pair_limit = uses_colour ? (COLOR_PAIRS < 32767 ? COLOR_PAIRS : 32767) : 0;
    if (!prepare_modes() || !wt_signals_install()) {
        endwin();
        delscreen(screen);
        screen = NULL;
        return WT_TERMINAL_SYSTEM;
    }
    static bool registered;
    if (!registered) registered = atexit(wt_terminal_stop) == 0;
    wt_stderr_keep();
    int32_t across, down;
    wt_terminal_size(&across, &down);
    wt_terminal_resize(across, down);
    wt_terminal_forget_pairs();
    cursor_state = -1;
    facts->moves = moves_cells();
    facts->codes = has_plain_codes();
    facts->bce = back_color_erase;
    facts->sgr = exit_attribute_mode != NULL && strstr(exit_attribute_mode, "\033[") != NULL;
    // ncurses has written its own part of `enter` when this returns; the rest is ours.
    refresh();
    wt_modes_adopt();
    return WT_TERMINAL_OK;
}

void wt_terminal_stop(void) {
    if (screen == NULL) return;
    // Not endwin: it would leave the alternate screen a second time, and restore another's title.
    wt_modes_leave();
    wt_signals_remove();
    wt_stderr_show();
    delscreen(screen);
    screen = NULL;
    fclose(output);
    output = NULL;
    wt_output_close();
    wt_modes_forget();
}

const char *wt_terminal_key_bytes(const char *name) {
    const char *bytes = tigetstr(name);
    return bytes == (const char *)-1 ? NULL : bytes;
}

void wt_terminal_resize(int32_t across, int32_t down) {
    if (screen != NULL && (LINES != down || COLS != across)) resizeterm(down, across);
}

void wt_terminal_forget_pairs(void) {
    memset(pair_of, 0, sizeof pair_of);
    pair_count = 0;
    if (screen == NULL || !uses_colour) return;
    reset_color_pairs();
    // Without this pair 0 is black on black from here on: black cells would be left out of a frame
    // that begins with a clear screen, and show the terminal's own background.
    use_default_colors();
}

// The pair's number, or -1 when none is left. 0 is the terminal's own pair.
static int pair_for(int foreground, int background) {
    if (!uses_colour || (foreground < 0 && background < 0)) return 0;
    uint16_t *pair = &pair_of[foreground + 1][background + 1];
    if (*pair == 0) {
        if (pair_count + 1 >= pair_limit) return -1;
        if (init_extended_pair(pair_count + 1, foreground, background) == ERR) return -1;
        *pair = (uint16_t)++pair_count;
    }
    return *pair;
}

static int colour_or_own(int32_t colour) {
    return colour < 0 || colour >= COLOUR_MAX ? -1 : colour;
}

bool wt_terminal_knows(uint32_t scalar, int32_t width) { return wcwidth((wchar_t)scalar) == width; }

bool wt_terminal_put(
    int32_t row, int32_t column, const uint32_t *scalars, int32_t count, int32_t width,
    int32_t foreground, int32_t background, uint32_t attributes) {
    if (screen == NULL || count < 1) return true;
    attr_t look = 0;
    if (attributes & WT_ATTRIBUTE_BOLD) look |= A_BOLD;
    if (attributes & WT_ATTRIBUTE_DIM) look |= A_DIM;
    if (attributes & WT_ATTRIBUTE_UNDERLINE) look |= A_UNDERLINE;
    if (attributes & WT_ATTRIBUTE_REVERSE) look |= A_REVERSE;
    foreground = colour_or_own(foreground);
    background = colour_or_own(background);
    if (COLORS <= 8) {   // eight colours: bright ones are bold, and no background is bright
        if (foreground >= 8) look |= A_BOLD;
        foreground = foreground < 0 ? -1 : foreground & 7;
        background = background < 0 ? -1 : background & 7;
    }
    int pair = pair_for(foreground, background);
    if (pair < 0) return false;

    wchar_t text[WT_TERMINAL_SCALARS + 1] = {0};
    for (int i = 0; i < count && i < WT_TERMINAL_SCALARS; i++) text[i] = (wchar_t)scalars[i];
    if (!wt_terminal_knows(scalars[0], width)) {
        text[0] = L'?';
        text[1] = 0;
    }
    cchar_t cell;
    // The pair goes through the pointer: the short parameter wraps at 256 (COLOR_PAIR(300)).
    if (setcchar(&cell, text, look, 0, &pair) == OK)
        mvadd_wchnstr(row, column, &cell, 1);
    if (width == 2 && text[0] == L'?') mvaddch(row, column + 1, ' ');
    return true;
}

// A cell that no text has: it stands in ncurses' memory for what others draw. Each row has a glyph
// of its own (hieroglyphs, U+13000 on), so that ncurses never takes one row of a picture for
// another and scrolls it there.
static bool held_cell(cchar_t *cell, int32_t row) {
    const wchar_t text[2] = {(wchar_t)(WT_TERMINAL_HELD + row % 1000), 0};
    return setcchar(cell, text, A_BLINK | A_REVERSE | A_UNDERLINE, 0, NULL) == OK;
}

void wt_terminal_hold(int32_t row, int32_t column, int32_t count) {
    cchar_t cell;
    if (screen == NULL || !held_cell(&cell, row)) return;
    for (int32_t i = 0; i < count; i++) {
        mvwadd_wchnstr(stdscr, row, column + i, &cell, 1);
        mvwadd_wchnstr(newscr, row, column + i, &cell, 1);
        mvwadd_wchnstr(curscr, row, column + i, &cell, 1);
    }
}

// The rectangle's cells as they stand in ncurses' memory of the terminal, moved, into `target`.
static void copy_moved(
    WINDOW *target, int32_t row, int32_t column, int32_t height, int32_t width, int32_t down,
    int32_t right) {
    size_t stride = (size_t)width + 1;
    cchar_t *cells = calloc(stride * (size_t)height, sizeof *cells);
    cchar_t *line = calloc(stride, sizeof *line);
    if (cells != NULL && line != NULL) {
        cchar_t blank;
        setcchar(&blank, L" ", 0, 0, NULL);
        for (int i = 0; i < height; i++)
            mvwin_wchnstr(curscr, row + i, column, &cells[(size_t)i * stride], width);
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                bool kept = i - down >= 0 && i - down < height && j - right >= 0
                    && j - right < width;
                line[j] = kept ? cells[(size_t)(i - down) * stride + (size_t)(j - right)] : blank;
            }
            mvwadd_wchnstr(target, row + i, column, line, width);
        }
        // To be compared anew with what is wanted there.
        wtouchln(newscr, row, height, 1);
    }
    free(cells);
    free(line);
}

void wt_terminal_moved(
    int32_t row, int32_t column, int32_t height, int32_t width, int32_t down, int32_t right) {
    if (screen == NULL || width < 1 || height < 1) return;
    copy_moved(curscr, row, column, height, width, down, right);
}

void wt_terminal_scroll(int32_t row, int32_t height, int32_t down) {
    if (screen == NULL || height < 1 || !wt_modes_taken() || !wt_output_begin()) return;
    // ncurses finds the lines by their contents, and scrolls.
    copy_moved(newscr, row, 0, height, COLS, down, 0);
    doupdate();
    wtouchln(stdscr, row, height, 1);
    fflush(output);
    wt_output_end();
}

void wt_terminal_repaired(int32_t row, int32_t column, int32_t height, int32_t width) {
    if (screen == NULL || width < 1 || height < 1) return;
    cchar_t *line = calloc((size_t)width + 1, sizeof *line);
    for (int i = row; line != NULL && i < row + height; i++) {
        mvwin_wchnstr(stdscr, i, column, line, width);
        mvwadd_wchnstr(curscr, i, column, line, width);
    }
    wtouchln(newscr, row, height, 1);
    free(line);
}

void wt_terminal_compose(int32_t cursor_row, int32_t cursor_column, bool everything) {
    if (screen == NULL || !wt_modes_taken() || !wt_output_begin()) return;
    bool shown = cursor_row >= 0 && cursor_column >= 0;
    if (everything) {
        clearok(stdscr, TRUE);
        cursor_state = -1;
    }
    if (shown) move(cursor_row, cursor_column);
    if (cursor_state != shown) {
        curs_set(shown ? 1 : 0);
        cursor_state = shown;
    }
    refresh();
    fflush(output);
    wt_output_end();
}

void wt_terminal_beep(void) {
    if (screen != NULL && wt_modes_taken()) beep();
}

void wt_terminal_suspend(void) {
    if (screen != NULL) wt_signals_stop_group();
}

void wt_terminal_leave(void) {
    if (screen == NULL) return;
    wt_modes_leave();
    wt_stderr_show();
}

void wt_terminal_enter(void) {
    if (screen == NULL) return;
    wt_stderr_keep();
    wt_modes_enter();
    wt_notice_post(WT_NOTICE_RESUMED | WT_NOTICE_RESIZED);
}
