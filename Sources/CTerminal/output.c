// Bytes to the terminal: what ncurses writes is kept in memory, and a whole frame leaves at once.

#define _GNU_SOURCE
#include "CTerminal.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

static int terminal = -1;     // a descriptor of our own: not blocking, shared with nobody
static int ncurses_out = -1;  // what ncurses writes to: the terminal, or the memory while composing
static int memory = -1;

// The terminal opened anew: O_NONBLOCK on a duplicate would also change the shell's.
static int open_terminal(void) {
    const char *name = ttyname(STDOUT_FILENO);
    int opened = name == NULL ? -1 : open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return opened >= 0 ? opened : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

FILE *wt_output_open(void) {
    terminal = open_terminal();
    memory = memfd_create("wetread-frame", MFD_CLOEXEC);
    ncurses_out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (terminal < 0 || memory < 0 || ncurses_out < 0) {
        wt_output_close();
        return NULL;
    }
    return fdopen(ncurses_out, "w");
}

void wt_output_close(void) {
    if (terminal >= 0) close(terminal);
    if (memory >= 0) close(memory);
    terminal = memory = ncurses_out = -1;
}

bool wt_output_begin(void) {
    return ftruncate(memory, 0) == 0 && lseek(memory, 0, SEEK_SET) == 0
        && dup3(memory, ncurses_out, O_CLOEXEC) >= 0;
}

void wt_output_end(void) { dup3(STDOUT_FILENO, ncurses_out, O_CLOEXEC); }

int64_t wt_terminal_composed(uint8_t *bytes, int64_t capacity) {
    off_t size = memory < 0 ? 0 : lseek(memory, 0, SEEK_END);
    if (bytes == NULL || size <= 0) return size < 0 ? 0 : size;
    ssize_t count = pread(memory, bytes, (size_t)(size < capacity ? size : capacity), 0);
    return count < 0 ? 0 : count;
}

int64_t wt_terminal_send(const uint8_t *bytes, int64_t count) {
    if (terminal < 0 || !wt_modes_taken()) return -1;
    ssize_t written = write(terminal, bytes, (size_t)count);
    if (written >= 0) return written;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

bool wt_terminal_writable(int32_t timeout_milliseconds) {
    struct pollfd output = {.fd = terminal, .events = POLLOUT};
    return terminal >= 0 && poll(&output, 1, timeout_milliseconds) > 0;
}

void wt_terminal_discard(void) {
    if (terminal >= 0) tcflush(terminal, TCOFLUSH);
}
