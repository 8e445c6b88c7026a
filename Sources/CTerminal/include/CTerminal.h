// The door to ncursesw: a screen of cells, raw input, and a terminal that is always given back.
//
// One terminal per process, on standard input and output. All functions belong to one thread,
// except those marked "any thread". No ncurses type or macro crosses this header.

#ifndef WT_CTERMINAL_H
#define WT_CTERMINAL_H

#include <stdbool.h>
#include <stdint.h>

// What wt_terminal_start found.
struct wt_terminal_facts {
    int32_t colours;          // colours the terminal has; 0 for none
    int32_t pairs;            // colour pairs it can hold at once
    bool utf8;                // the locale's character set is UTF-8
    bool sgr;                 // attributes are set by ECMA-48's SGR
    bool codes;               // attributes and colours (none, 16, 256) by the numbers that nearly all have
    bool bce;                 // what is erased gets the background in force
    bool moves;               // it moves cells by csr, indn, rin, dch, ich as ECMA-48 has them
    bool fallback;            // TERM is unknown here or cannot address cells; `name` is used
    char name[64];            // terminal type in use
};

// Why wt_terminal_start could not start.
enum wt_terminal_status {
    WT_TERMINAL_OK = 0,
    WT_TERMINAL_NOT_A_TERMINAL = 1,  // standard input or output is not a terminal
    WT_TERMINAL_UNKNOWN_TYPE = 2,    // neither TERM nor any stand-in is described here
    WT_TERMINAL_SYSTEM = 3,          // a system call failed; errno tells
};

// Bits of what happened since the last wt_terminal_take_notices.
enum wt_terminal_notice {
    WT_NOTICE_RESIZED = 1,
    WT_NOTICE_RESUMED = 2,
    WT_NOTICE_TERMINATED = 4,
    WT_NOTICE_INPUT_CLOSED = 8,
    WT_NOTICE_INPUT = 16,
};

// Attributes of a cell.
enum wt_terminal_attribute {
    WT_ATTRIBUTE_BOLD = 1,
    WT_ATTRIBUTE_DIM = 2,
    WT_ATTRIBUTE_UNDERLINE = 4,
    WT_ATTRIBUTE_REVERSE = 8,
};

// Sets LC_CTYPE from the environment and tells whether its character set is UTF-8. With `force`,
// takes C.UTF-8 where the environment's own is not.
bool wt_terminal_locale_is_utf8(bool force);

// Takes the terminal over: raw keys, alternate screen, bracketed paste, handlers that give it back
// on SIGTERM, SIGHUP, SIGINT, SIGTSTP and on a crash. While it is taken, what is written to
// standard error (where that is a terminal) is kept and shown after the terminal is given back.
// `colour` false never sets a colour. Not to be called twice without a stop between.
enum wt_terminal_status wt_terminal_start(bool colour, struct wt_terminal_facts *facts);

// Gives the terminal back; harmless when it was never taken. Also runs at exit.
void wt_terminal_stop(void);

// Size in cells; 80 x 24 where the terminal does not say. Any thread.
void wt_terminal_size(int32_t *across, int32_t *down);

// The bytes that a key sends, by its terminfo name ("kcuu1"), or NULL. Valid while started.
const char *wt_terminal_key_bytes(const char *name);

// Makes ncurses' screen as large as given. After it every cell must be put again.
void wt_terminal_resize(int32_t across, int32_t down);

// Puts one cell: `count` code points (a base and its marks, at most 5) of `width` cells, palette
// indices or -1 for the terminal's own colours. A glyph that the C library measures otherwise is
// replaced. Returns false when no colour pair is left: call wt_terminal_forget_pairs, then put
// every cell again.
bool wt_terminal_put(
    int32_t row, int32_t column, const uint32_t *scalars, int32_t count, int32_t width,
    int32_t foreground, int32_t background, uint32_t attributes);

// Frees all colour pairs.
void wt_terminal_forget_pairs(void);

// The most scalars that a cell has: a character and its marks.
#define WT_TERMINAL_SCALARS 5

// First of the glyphs that stand in ncurses' memory for cells of another writer. Where one of them
// is among the bytes composed, the cursor is to step over a cell that is there already, unless
// ncurses moved lines too.
#define WT_TERMINAL_HELD 0x13000

// Tells ncurses that `count` cells belong to another writer: nothing is written for them until they
// are put again.
void wt_terminal_hold(int32_t row, int32_t column, int32_t count);

// Tells ncurses that the terminal has moved what stands in a rectangle of cells: `down` rows down
// (up if negative) and `right` columns to the right (left if negative). What came in is blank.
void wt_terminal_moved(
    int32_t row, int32_t column, int32_t height, int32_t width, int32_t down, int32_t right);

// Makes the bytes that scroll whole lines, `height` from `row` on, `down` lines down (up if
// negative); wt_terminal_composed hands them out.
void wt_terminal_scroll(int32_t row, int32_t height, int32_t down);

// Tells ncurses that what it wanted last stands in a rectangle of cells again.
void wt_terminal_repaired(int32_t row, int32_t column, int32_t height, int32_t width);

// True where the C library gives a character this width in cells; for another one
// wt_terminal_put puts a question mark.
bool wt_terminal_knows(uint32_t scalar, int32_t width);

// Makes the bytes for what changed since the last time, with the cursor at row and column, hidden
// if negative; wt_terminal_composed hands them out. With `everything`, clears and writes the whole
// screen. Makes none while the terminal is given back.
void wt_terminal_compose(int32_t cursor_row, int32_t cursor_column, bool everything);

// Copies the bytes composed last; with NULL only tells how many they are.
int64_t wt_terminal_composed(uint8_t *bytes, int64_t capacity);

// Writes as many bytes as the terminal takes without waiting; 0 when it takes none now, -1 when it
// is gone or given back. Any one thread.
int64_t wt_terminal_send(const uint8_t *bytes, int64_t count);

// Waits until the terminal takes bytes again; false when it did not in time. Any one thread.
bool wt_terminal_writable(int32_t timeout_milliseconds);

// Drops what was written and has not left yet.
void wt_terminal_discard(void);

// Rings the bell or flashes the screen.
void wt_terminal_beep(void);

// Waits until input can be read, something is to be noticed, wt_terminal_wake is called or the time
// is over (negative: no limit); returns the notices and forgets them. Any one thread.
uint32_t wt_terminal_wait(int32_t timeout_milliseconds);

// Reads up to `capacity` bytes of input without waiting; 0 when there are none. Any one thread.
int32_t wt_terminal_read(uint8_t *bytes, int32_t capacity);

// Ends a running wt_terminal_wait. Any thread.
void wt_terminal_wake(void);

// Gives the terminal back and stops the process group, as ^Z does; returns when it runs again.
void wt_terminal_suspend(void);

// Gives the terminal back for another program (an editor), and takes it again.
void wt_terminal_leave(void);
void wt_terminal_enter(void);

#endif
