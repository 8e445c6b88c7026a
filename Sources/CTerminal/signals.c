// Signals: the terminal is given back whatever ends or stops the process.

#define _GNU_SOURCE
#include "CTerminal.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Seconds that a program has to save and leave after SIGTERM or SIGHUP before it is killed.
enum { TERMINATION_SECONDS = 10, HANDLER_STACK_BYTES = 65536 };

static const int crashes[] = {SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE};
static const int endings[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
enum { CRASH_COUNT = sizeof crashes / sizeof *crashes };
enum { ENDING_COUNT = sizeof endings / sizeof *endings };

static struct sigaction previous_crash[CRASH_COUNT];
static struct sigaction previous_ending[ENDING_COUNT];
static struct sigaction previous_stop, previous_continue, previous_resize;
static volatile sig_atomic_t notices[5];   // one for each bit: handlers only ever set them
static int wake_pipe[2] = {-1, -1};
static bool installed;

void wt_notice_post(unsigned bits) {
    for (int bit = 0; bit < 5; bit++)
        if (bits >> bit & 1) notices[bit] = 1;
    int saved = errno;
    char byte = 0;
    ssize_t ignored = write(wake_pipe[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

void wt_terminal_wake(void) { wt_notice_post(0); }

static void on_resize(int signal) {
    (void)signal;
    wt_notice_post(WT_NOTICE_RESIZED);
}

static void on_ending(int signal) {
    (void)signal;
    int saved = errno;
    wt_modes_leave();
    alarm(TERMINATION_SECONDS);
    wt_notice_post(WT_NOTICE_TERMINATED);
    errno = saved;
}

static void on_continue(int signal) {
    (void)signal;
    int saved = errno;
    wt_modes_enter();
    wt_notice_post(WT_NOTICE_RESUMED | WT_NOTICE_RESIZED);
    errno = saved;
}

// Gives the terminal back, stops by the signal's own default, and takes the terminal again when the
// process continues. With `group`, stops the whole foreground group, so that a shell above `make`
// notices too.
static void stop_and_come_back(bool group) {
    struct sigaction standard = {.sa_handler = SIG_DFL}, ours;
    sigset_t only, before;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    wt_modes_leave();
    sigaction(SIGTSTP, &standard, &ours);
    if (group) kill(0, SIGTSTP);
    // To this very thread: a signal to the process may reach another one, and we must not go on
    // before all are stopped. What is left of the first one is forgotten by the system at SIGCONT.
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &only, &before);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGTSTP, &ours, NULL);
    // In an orphaned process group nothing stops us, and no SIGCONT comes.
    wt_modes_enter();
    wt_notice_post(WT_NOTICE_RESUMED | WT_NOTICE_RESIZED);
}

static void on_stop(int signal) {
    (void)signal;
    int saved = errno;
    stop_and_come_back(false);
    errno = saved;
}

// Swift's crash reporter returns from its handler and counts on the fault happening again. A signal
// that another process sent has no fault behind it: it goes to the system's own handling, or the
// program would run on with its terminal given away.
static void on_crash(int signal, siginfo_t *info, void *context) {
    (void)context;
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    bool was_sent = info != NULL && info->si_code == SI_USER;
    wt_modes_leave();
    wt_stderr_show();
    for (int i = 0; i < CRASH_COUNT; i++)
        if (crashes[i] == signal) sigaction(signal, was_sent ? &standard : &previous_crash[i], NULL);
    raise(signal);   // delivered when this handler returns
}

void wt_signals_stop_group(void) { stop_and_come_back(true); }

static bool install(const int *signals, int count, struct sigaction *before,
    struct sigaction action) {
    sigfillset(&action.sa_mask);
    for (int i = 0; i < count; i++) {
        if (sigaction(signals[i], &action, &before[i]) != 0) return false;
    }
    return true;
}

bool wt_signals_install(void) {
    if (wake_pipe[0] < 0 && pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return false;
    static void *handler_stack;   // a stack overflow is a crash too; kept for ever
    if (handler_stack == NULL && (handler_stack = malloc(HANDLER_STACK_BYTES)) != NULL) {
        stack_t stack = {.ss_sp = handler_stack, .ss_size = HANDLER_STACK_BYTES};
        sigaltstack(&stack, NULL);
    }
    const int stop = SIGTSTP, go_on = SIGCONT, resize = SIGWINCH;
    for (int bit = 0; bit < 5; bit++) notices[bit] = 0;
    installed = install(crashes, CRASH_COUNT, previous_crash,
        (struct sigaction){.sa_sigaction = on_crash, .sa_flags = SA_ONSTACK | SA_SIGINFO})
        && install(endings, ENDING_COUNT, previous_ending,
            (struct sigaction){.sa_handler = on_ending, .sa_flags = SA_RESTART | SA_RESETHAND})
        && install(&stop, 1, &previous_stop,
            (struct sigaction){.sa_handler = on_stop, .sa_flags = SA_RESTART})
        && install(&go_on, 1, &previous_continue,
            (struct sigaction){.sa_handler = on_continue, .sa_flags = SA_RESTART})
        && install(&resize, 1, &previous_resize,
            (struct sigaction){.sa_handler = on_resize, .sa_flags = SA_RESTART});
    return installed;
}

void wt_signals_remove(void) {
    if (!installed) return;
    installed = false;
    for (int i = 0; i < CRASH_COUNT; i++) sigaction(crashes[i], &previous_crash[i], NULL);
    for (int i = 0; i < ENDING_COUNT; i++) sigaction(endings[i], &previous_ending[i], NULL);
    sigaction(SIGTSTP, &previous_stop, NULL);
    sigaction(SIGCONT, &previous_continue, NULL);
    sigaction(SIGWINCH, &previous_resize, NULL);
}

static uint32_t take_notices(void) {
    uint32_t bits = 0;
    for (int bit = 0; bit < 5; bit++) {
        if (!notices[bit]) continue;
        notices[bit] = 0;
        bits |= 1u << bit;
    }
    return bits;
}

uint32_t wt_terminal_wait(int32_t timeout_milliseconds) {
    struct pollfd watched[2] = {
        {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake_pipe[0], .events = POLLIN}};
    // While the terminal is given back its input belongs to another program.
    int first = wt_modes_taken() ? 0 : 1;
    int ready = poll(watched + first, (nfds_t)(2 - first), timeout_milliseconds);
    uint32_t bits = 0;
    if (ready > 0) {
        if (watched[1].revents & POLLIN) {
            char drained[64];
            while (read(wake_pipe[0], drained, sizeof drained) > 0) continue;
        }
        if (first == 0 && watched[0].revents & POLLIN)
            bits |= WT_NOTICE_INPUT;
        else if (first == 0 && watched[0].revents & (POLLHUP | POLLERR | POLLNVAL))
            bits |= WT_NOTICE_INPUT_CLOSED;
    }
    return bits | take_notices();
}

int32_t wt_terminal_read(uint8_t *bytes, int32_t capacity) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (capacity <= 0 || !wt_modes_taken() || poll(&input, 1, 0) <= 0) return 0;
    if (!(input.revents & POLLIN)) return 0;
    ssize_t count = read(STDIN_FILENO, bytes, (size_t)capacity);
    if (count == 0) wt_notice_post(WT_NOTICE_INPUT_CLOSED);
    return count > 0 ? (int32_t)count : 0;
}
