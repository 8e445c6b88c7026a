#!/usr/bin/env python3
"""What the workstation writes to its terminal, in bytes, and how a long worklist feels, in time.

    Benchmarks/workstation/wire.py PROGRAM [--studies 100000] [--samples SampleStudies]

Runs the program in a pseudo-terminal of 80x24 on a home of its own: the sample studies, then the
same rows copied until the worklist is long, each sealed for itself as the program seals (sealed_rows.py). Prints a table for Benchmarks/RESULTS.md.
Nothing of it is kept.
"""

import argparse
import fcntl
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import tempfile
import termios
import time

import sealed_rows


class Terminal:
    """A program in a pseudo-terminal, whose bytes are counted."""

    def __init__(self, program, home, columns=80, rows=24, options=()):
        environment = dict(os.environ, TERM="xterm-256color", LANG="C.UTF-8", WETREAD_HOME=home)
        self.child, self.master = pty.fork()
        if self.child == 0:
            os.execve(program, [program, "workstation", *options], environment)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        self.started = time.monotonic()

    def read(self, quiet=0.4, limit=30.0, until=None):
        """Bytes until nothing came for `quiet` seconds, or until a text came; and the time of it."""
        data, end = b"", time.monotonic() + limit
        while time.monotonic() < end:
            ready, _, _ = select.select([self.master], [], [], quiet)
            if not ready:
                if until is None:
                    break
                continue
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            if not part:
                break
            data += part
            if until is not None and until in data:
                return data, time.monotonic()
        return data, time.monotonic()

    def press(self, text):
        os.write(self.master, text.encode())

    def answer(self, text, quiet=0.15):
        """Seconds from a key to the last byte that follows, and the bytes."""
        self.press(text)
        begin = last = time.monotonic()
        data = b""
        while True:
            # A loaded machine may take a while to the first byte.
            ready, _, _ = select.select([self.master], [], [], quiet if data else 1.0)
            if not ready:
                return last - begin, data
            data += os.read(self.master, 65536)
            last = time.monotonic()

    def processor_milliseconds(self):
        """Time that the program computed so far; what a loaded machine does not change."""
        fields = open(f"/proc/{self.child}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def end(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.master)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--studies", type=int, default=100_000)
    parser.add_argument("--samples", default="SampleStudies")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    home = tempfile.mkdtemp(prefix="wetread-wire-")
    rows = []
    try:
        environment = dict(os.environ, WETREAD_HOME=home)
        subprocess.run([program, "import", options.samples], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        rows += wire(program, home)
        for count in (1000, options.studies):
            sealed_rows.lengthen(home, count)
            rows += long_list(program, home, count)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print("| what | measured | bound |\n|---|---|---|")
    for what, measured, bound in rows:
        print(f"| {what} | {measured} | {bound} |")


def wire(program, home):
    terminal = Terminal(program, home)
    first, _ = terminal.read()
    moves = []
    for key in "jjjjkkkk":
        moves.append(len(terminal.answer(key)[1]))
    idle, _ = terminal.read(quiet=3.0, limit=3.0)
    clears = sum(len(terminal.answer(key)[1].split(b"\x1b[2J")) - 1 for key in "j!qo")
    terminal.answer("\r", quiet=1.5)
    finding = len(terminal.answer("j")[1])
    terminal.answer("+++", quiet=0.4)
    pan = len(terminal.answer("\x1b[C", quiet=0.4)[1])
    window = len(terminal.answer("w", quiet=0.4)[1])
    terminal.end()
    return [
        ("first frame, worklist 80x24", f"{len(first)} B", ""),
        ("cursor move in the worklist, greatest of 8", f"{max(moves)} B", "200 B"),
        ("three idle seconds", f"{len(idle)} B", "0 B (the clock changes once a minute)"),
        ("full clears in four later frames", f"{clears}", "0"),
        ("finding move in a study", f"{finding} B", ""),
        ("one-cell pan, 36x19 cells", f"{pan} B", "3000 B"),
        ("window step, 36x19 cells", f"{window} B", ""),
    ]


def long_list(program, home, count):
    paints, whole, work = [], [], []
    for _ in range(5):
        terminal = Terminal(program, home)
        first, painted = terminal.read(until=b"analysed", limit=20)
        paints.append(painted - terminal.started)
        work.append(terminal.processor_milliseconds())
        complete = painted
        if b" to read" not in first:
            _, complete = terminal.read(until=b" to read", limit=20)
        whole.append(complete - terminal.started)
        terminal.end()
    terminal = Terminal(program, home)
    terminal.read(until=b" to read", limit=20)
    terminal.read()
    pages = [terminal.answer("\x06")[0] for _ in range(20)]
    jump = [terminal.answer(keys)[0] for keys in ("G", "gg", "50000G")]
    search = max(terminal.answer(letter)[0] for letter in ("/", "n", "9", "9", "x"))
    terminal.end()
    return [
        (f"{count} studies: first paint of rows, median of 5", f"{statistics.median(paints) * 1000:.0f} ms", "150 ms"),
        ("the same in processor time", f"{statistics.median(work):.0f} ms", ""),
        (f"{count} studies: all facts there", f"{statistics.median(whole) * 1000:.0f} ms", ""),
        (f"{count} studies: page move to last byte, median of 20", f"{statistics.median(pages) * 1000:.1f} ms", "16 ms"),
        (f"{count} studies: G, gg, 50000G, greatest", f"{max(jump) * 1000:.1f} ms", "16 ms"),
        (f"{count} studies: a letter of a search, greatest", f"{search * 1000:.1f} ms", ""),
    ]


if __name__ == "__main__":
    main()
