#!/usr/bin/env python3
"""Bytes on the wire, frame by frame, and whether the screen is what it should be.

    python3 Benchmarks/picture/wire.py [--size 100x30] [--colours 16|256|...] [--silent | --margins]
    python3 Benchmarks/picture/wire.py --drain 64

Runs the workstation on a pseudo-terminal with a phantom study, answers its questions as a modern
terminal does (not with --silent), presses keys and counts the bytes and writes of each answer, and of
what follows when all is quiet (the exact cells of a row that came in as a preview). Then the screen
is compared with the one after ^L, which is drawn from nothing: the same picture must stand there.
With --drain the terminal takes so many kbit/s: windows are changed faster than their
frames leave, and what still comes after the last key, and after quitting, is counted. Needs pyte.
"""
import argparse
import fcntl
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import time

import pyte

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTIAL = re.compile(rb"\x1b(\[[0-?]*[ -/]*)?$|\x1b[P_\]][^\x1b\x07]*(\x1b)?$")


class Emulator(pyte.Screen):
    """pyte with scrolling by SU and SD; what comes in has the background in force, as in xterm."""

    sides = None

    def scroll(self, count, up):
        margins = self.margins or pyte.screens.Margins(0, self.lines - 1)
        if self.sides:
            rows = range(margins.top, margins.bottom + 1)
            before = {y: dict(self.buffer[y]) for y in rows}
            for y in rows:
                source = before.get(y + count if up else y - count, {})
                for x in range(self.sides[0] - 1, self.sides[1]):
                    self.buffer[y][x] = source.get(x, self.default_char)
            return
        keep = self.cursor.y
        self.cursor.y = margins.top
        blank = self.default_char._replace(bg=self.cursor.attrs.bg)
        incoming = margins.bottom if up else margins.top
        for _ in range(count):
            (self.delete_lines if up else self.insert_lines)(1)
            self.buffer[incoming].update((x, blank) for x in range(self.columns))
        self.cursor.y = keep


class Terminal:
    def __init__(self, program, columns, rows, environment, silent, margins):
        self.silent = silent
        self.margins = margins
        self.screen = Emulator(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.rest = b""
        self.count = self.reads = 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(program, [program, *environment.pop("ARGS", "").split()], environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def answer(self, data):
        for found in re.finditer(
                rb"\x1b\[(?P<dsr>[56])n|\x1b\[(?P<da>c)|\x1b\[>0q(?P<xt>)|\x1b\[\?2026\$p(?P<sync>)"
                rb"|\x1b\[\?69\$p(?P<sides>)"
                rb"|\x1bP\$qm(?P<sgr>)", data):
            kind = found.lastgroup
            reply = {"da": b"\x1b[?62;22c", "xt": b"\x1bP>|wire.py\x1b\\",
                     "sync": b"\x1b[?2026;2$y",
                     "sides": b"\x1b[?69;2$y" if self.margins else b"\x1b[?69;0$y", "sgr": b"\x1bP1$r0;48:2::3:5:7m\x1b\\"}.get(kind)
            if kind == "dsr":
                reply = b"\x1b[0n" if found["dsr"] == b"5" else b"\x1b[1;2R"
            os.write(self.fd, reply)

    def feed(self, data):
        data = self.rest + data
        cut = PARTIAL.search(data)
        self.rest = data[cut.start():] if cut else b""
        data = data[:cut.start()] if cut else data
        if not self.silent:
            self.answer(data)
        # What pyte does not know: strings, private questions, SU and SD.
        data = re.sub(rb"\x1b[P_][^\x1b]*\x1b\\|\x1b\[[>?][0-9;]*\$?[pqu]|\x1b\[\d*t", b"", data)
        for piece in re.split(rb"(\x1b\[\d*[ST]|\x1b\[\?69[hl]|\x1b\[\d+;\d+s)", data):
            sides = re.fullmatch(rb"\x1b\[(\d+);(\d+)s", piece)
            if sides:
                self.screen.sides = int(sides[1]), int(sides[2])
                continue
            if re.fullmatch(rb"\x1b\[\?69[hl]", piece):
                self.screen.sides = None
                continue
            scrolled = re.fullmatch(rb"\x1b\[(\d*)([ST])", piece)
            if scrolled:
                self.screen.scroll(int(scrolled[1] or 1), scrolled[2] == b"S")
            else:
                self.stream.feed(piece)

    def settle(self, quiet=0.35, limit=20):
        """Reads until nothing came for a while; returns the bytes since the last call."""
        end = time.time() + limit
        while time.time() < end:
            ready, _, _ = select.select([self.fd], [], [], quiet)
            if not ready:
                break
            try:
                data = os.read(self.fd, 1 << 20)
            except OSError:
                break
            self.count += len(data)
            self.reads += 1
            self.feed(data)
        taken = self.count, self.reads
        self.count = self.reads = 0
        return taken

    def drain(self, bytes_per_second, seconds=60.0, quiet=2.0):
        """Reads no faster than a slow link; ends after a while without bytes. Bytes and seconds."""
        start = last = time.time()
        count = 0
        while time.time() - start < seconds and time.time() - last < quiet:
            time.sleep(0.02)
            allowed = int((time.time() - start) * bytes_per_second) - count
            if allowed <= 0 or not select.select([self.fd], [], [], 0)[0]:
                continue
            try:
                data = os.read(self.fd, allowed)
            except OSError:
                break
            if not data:
                break
            count += len(data)
            last = time.time()
            self.feed(data)
        return count, last - start

    def press(self, keys):
        """The bytes and reads of the answer, and the bytes that follow it by themselves."""
        os.write(self.fd, keys)
        count, reads = self.settle(0.3)
        return count, reads, self.settle(0.6)[0]

    def picture(self):
        """What stands on the screen; the ink of a space is of no account."""
        lines = []
        for y in range(self.screen.lines):
            row = self.screen.buffer[y]
            lines.append([(c.data, None if c.data == " " else c.fg, None if c.data == "█" else c.bg)
                          for c in (row[x] for x in range(self.screen.columns))])
        return lines


def slow_link(terminal, bytes_per_second):
    """Changes the window faster than the link takes it, then quits in the middle of a frame."""
    terminal.press(b"\r")
    terminal.settle(1.0)
    alone = terminal.press(b"w")[0]
    print(f"one window step, unhindered: {alone} bytes")
    total = 0
    for _ in range(12):
        os.write(terminal.fd, b"w")
        total += terminal.drain(bytes_per_second, seconds=0.15)[0]
    after, seconds = terminal.drain(bytes_per_second)
    print(f"12 window steps in {12 * 0.15:.1f} s: {total} bytes meanwhile, {after} after the last "
          f"({seconds:.1f} s, {after / alone:.1f} steps' worth; all would be {12 * alone})")
    shown = terminal.picture()
    terminal.press(b"\x0c")
    different = sum(a != b for x, y in zip(shown, terminal.picture()) for a, b in zip(x, y))
    print(f"the screen is that of the last key: {different} cells differ from a fresh one")
    os.write(terminal.fd, b"w")
    terminal.drain(bytes_per_second, seconds=0.5)
    started = time.time()
    os.write(terminal.fd, b":leave\r")
    left, seconds = terminal.drain(bytes_per_second, quiet=1.0)
    gone = os.waitpid(terminal.pid, os.WNOHANG)[0] == terminal.pid
    print(f"quit in the middle of a frame: {left} more bytes in {seconds:.1f} s, "
          f"{'gone' if gone else 'NOT gone'} {time.time() - started:.1f} s after the keys")
    raise SystemExit(1 if different or after > 2 * alone or not gone else 0)


def main():
    cli = argparse.ArgumentParser(description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--program", default=str(ROOT / ".build/release/wetread"))
    cli.add_argument("--size", default="100x30")
    cli.add_argument("--colours", default="truecolor", choices=["truecolor", "256", "16", "none"])
    cli.add_argument("--silent", action="store_true", help="a terminal that answers nothing")
    cli.add_argument("--margins", action="store_true", help="a terminal with side margins")
    cli.add_argument("--drain", type=float, help="kbit/s that the terminal takes")
    o = cli.parse_args()
    columns, rows = map(int, o.size.split("x"))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wetread-wire-"))
    environment = dict(os.environ, WETREAD_HOME=str(folder / "home"), TERM="xterm-256color",
                       LANG="C.UTF-8", WETREAD_READER="bench", WETREAD_MODEL="baseline-cxr14",
                       ARGS=f"--colours {o.colours}")
    environment.pop("NO_COLOR", None)
    environment.pop("COLORTERM", None)
    load = folder / "load"
    arguments = dict(check=True, env=environment, capture_output=True)
    subprocess.run([o.program, "phantom", "--load", "2", "--output", str(load)], **arguments)
    subprocess.run([o.program, "import", str(load)], **arguments)
    terminal = Terminal(o.program, columns, rows, environment, o.silent, o.margins)
    first = terminal.settle(1.0)
    print(f"worklist: {first[0]} bytes")
    if o.drain:
        slow_link(terminal, o.drain * 1000 / 8)
    steps = [("down", b"j"), ("up", b"k"), ("open", b"\r"), ("window", b"w"), ("window", b"w"),
             ("centre", b"c"), ("zoom", b"+"), ("zoom", b"+"), ("pan right", b"\x1b[C"),
             ("pan left", b"\x1b[D"), ("pan down", b"\x1b[B"), ("pan up", b"\x1b[A"),
             ("pan far", b"\x1b[1;2C"), ("alone", b"f"), ("alone, right", b"\x1b[C"),
             ("alone, left", b"\x1b[D"), ("alone, down", b"\x1b[B"), ("alone, up", b"\x1b[A"),
             ("both", b"f"), ("fit", b"0"), ("help", b"?"), ("close help", b"\x1b")]
    wrong = 0
    for name, keys in steps:
        count, reads, later = terminal.press(keys)
        if name in ("open",):
            later += terminal.settle(1.0)[0]
        # Without the last line: the clock stands there.
        before = terminal.picture()[:-1]
        redraw = terminal.press(b"\x0c")
        after = terminal.picture()[:-1]
        if name in ("alone", "both"):
            # The message of the moment stands in the last lines, and the next key takes it away.
            before, after = before[:-3], after[:-3]
        different = sum(a != b for x, y in zip(before, after) for a, b in zip(x, y))
        wrong += different
        note = "" if not different else f"   {different} cells differ from a fresh screen"
        follows = f", then {later}" if later else ""
        print(f"{name:12} {count:7} bytes in {reads} reads{follows}; fresh {redraw[0]}{note}",
              flush=True)
        if different and os.environ.get("WIRE_SHOW"):
            for y, (x, z) in enumerate(zip(before, after)):
                bad = [i for i, (a, b) in enumerate(zip(x, z)) if a != b]
                if bad:
                    print("   row", y, bad[:6], x[bad[0]], z[bad[0]])
    os.write(terminal.fd, b"\x03")
    os.close(terminal.fd)
    print("every screen was as if drawn from nothing" if not wrong else f"WRONG: {wrong} cells")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
