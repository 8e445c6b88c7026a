// What the two halves of this room share: the terminal's modes and its signals.

#ifndef WT_CTERMINAL_INTERNAL_H
#define WT_CTERMINAL_INTERNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// Remembers the modes of before, and the modes and byte strings for taking and giving back.
// Call right after the screen library has set its own modes. The first `own` bytes of `enter` are
// those that the library writes itself at the start.
void wt_modes_remember_original(void);
bool wt_modes_prepare(const char *enter, size_t own, const char *leave);
// Takes over what the screen library has begun: writes the rest of `enter`.
void wt_modes_adopt(void);

// Take the terminal and give it back. Async-signal-safe, idempotent.
void wt_modes_enter(void);
void wt_modes_leave(void);
bool wt_modes_taken(void);
void wt_modes_forget(void);

// Keep standard error aside while the screen is up, and show what came. The second is
// async-signal-safe.
void wt_stderr_keep(void);
void wt_stderr_show(void);

// Where ncurses writes. Between begin and end its bytes go to memory (wt_terminal_composed).
// NULL when the system refuses.
FILE *wt_output_open(void);
void wt_output_close(void);
bool wt_output_begin(void);
void wt_output_end(void);

bool wt_signals_install(void);
void wt_signals_remove(void);
void wt_signals_stop_group(void);
void wt_notice_post(unsigned bits);

#endif
