// Taking the terminal and giving it back, from ordinary code and from signal handlers alike.

#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { STRING_MAX = 512, STDERR_SHOWN_MAX = 16384 };

static struct termios original_modes;
static struct termios screen_modes;
static bool has_original;
static volatile sig_atomic_t taken;
static char enter_string[STRING_MAX];
static char leave_string[STRING_MAX];
static size_t enter_length;
static size_t leave_length;
static size_t own_length;
static int kept_stderr = -1;   // the memory file that stands in for standard error
static int real_stderr = -1;   // a duplicate of the true one

static void write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        bytes += written;
        length -= (size_t)written;
    }
}

void wt_modes_remember_original(void) {
    has_original = tcgetattr(STDIN_FILENO, &original_modes) == 0;
}

bool wt_modes_prepare(const char *enter, size_t own, const char *leave) {
    own_length = own;
    enter_length = strlen(enter);
    leave_length = strlen(leave);
    if (enter_length >= STRING_MAX || leave_length >= STRING_MAX) return false;
    memcpy(enter_string, enter, enter_length);
    memcpy(leave_string, leave, leave_length);
    return tcgetattr(STDIN_FILENO, &screen_modes) == 0;
}

void wt_modes_adopt(void) {
    write_all(STDOUT_FILENO, enter_string + own_length, enter_length - own_length);
    taken = 1;
}

bool wt_modes_taken(void) { return taken != 0; }

void wt_modes_enter(void) {
    if (taken) return;
    // In the background (`bg`) setting modes would only stop us again.
    if (tcgetpgrp(STDIN_FILENO) != getpgrp()) return;
    tcsetattr(STDIN_FILENO, TCSANOW, &screen_modes);
    write_all(STDOUT_FILENO, enter_string, enter_length);
    taken = 1;
}

void wt_modes_leave(void) {
    if (!taken) return;
    taken = 0;
    write_all(STDOUT_FILENO, leave_string, leave_length);
    if (has_original) tcsetattr(STDIN_FILENO, TCSANOW, &original_modes);
}

void wt_modes_forget(void) {
    enter_length = 0;
    leave_length = 0;
    has_original = false;
}

void wt_stderr_keep(void) {
    if (kept_stderr >= 0 || !isatty(STDERR_FILENO)) return;
    int file = memfd_create("wetread-stderr", MFD_CLOEXEC);
    if (file < 0) return;
    real_stderr = dup(STDERR_FILENO);
    if (real_stderr < 0 || dup2(file, STDERR_FILENO) < 0) {
        close(file);
        if (real_stderr >= 0) close(real_stderr);
        real_stderr = -1;
        return;
    }
    kept_stderr = file;
}

void wt_stderr_show(void) {
    if (kept_stderr < 0) return;
    int file = kept_stderr;
    kept_stderr = -1;
    dup2(real_stderr, STDERR_FILENO);
    struct stat facts;
    off_t from = 0;
    if (fstat(file, &facts) == 0 && facts.st_size > STDERR_SHOWN_MAX)
        from = facts.st_size - STDERR_SHOWN_MAX;
    char buffer[512];
    for (;;) {
        ssize_t count = pread(file, buffer, sizeof buffer, from);
        if (count <= 0) break;
        write_all(STDERR_FILENO, buffer, (size_t)count);
        from += count;
    }
    close(file);
    close(real_stderr);
    real_stderr = -1;
}
