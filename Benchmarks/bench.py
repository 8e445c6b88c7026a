#!/usr/bin/env python3
"""Speed and memory of the product, as a user meets them: whole processes, on this machine.

    make bench                                   everything
    python3 Benchmarks/bench.py --only analyze   one part

Parts: analyze (one 2048x2048 12-bit image, T = 10, whole process), import (200 such studies with
analysis), paint (worklist of 1,000 studies to the first paint), memory (peak of the workstation).
Each part prints median, least and the bar of its issue, and appends one line to history.ndjson.
"""
import argparse
import datetime
import json
import os
import pathlib
import pty
import re
import select
import shutil
import statistics
import struct
import subprocess
import tempfile
import time
import fcntl
import termios

HERE = pathlib.Path(__file__).resolve().parent


def machine():
    model, flags = "?", ""
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
        if line.startswith("flags"):
            flags = line
    wide = "avx512" if "avx512f" in flags else "avx2" if "avx2" in flags else "sse"
    return f"{model}, {os.cpu_count()} cores, {wide}"


def commit():
    run = subprocess.run(["git", "-C", HERE.parent, "rev-parse", "--short", "HEAD"],
                         capture_output=True, text=True)
    return run.stdout.strip() or "?"


class Bench:
    def __init__(self, program, keep):
        self.program = str(pathlib.Path(program).resolve())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wetread-bench-"))
        self.keep = keep

    def environment(self, home):
        return dict(os.environ, WETREAD_HOME=str(home), WETREAD_MODEL="baseline-cxr14",
                    WETREAD_READER="bench", TERM="xterm-256color", LANG="C.UTF-8")

    def run(self, home, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], env=self.environment(home),
                              check=True, capture_output=True, text=True)

    def load(self, count, size, seed=1):
        """Phantom studies of one size; the same seeds, and so the same bytes, every time."""
        target = self.folder / f"load-{count}-{size}-{seed}"
        if not target.exists():
            self.run(self.folder / "none", "phantom", "--load", count, "--size", size,
                     "--seed", seed, "--output", target)
        return target

    def report(self, name, values, unit, bar, lower_is_better=True):
        middle, least, most = statistics.median(values), min(values), max(values)
        met = middle < bar if lower_is_better else middle >= bar
        sign = "<" if lower_is_better else ">="
        print(f"{name}: median {middle:.3g} {unit}, {least:.3g}...{most:.3g} over {len(values)} "
              f"runs; bar {sign} {bar} {unit}: {'met' if met else 'NOT MET'}", flush=True)
        line = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                "commit": commit(), "machine": machine(), "name": name, "unit": unit,
                "median": middle, "min": least, "max": most, "runs": len(values), "bar": bar}
        with open(HERE / "history.ndjson", "a") as history:
            history.write(json.dumps(line) + "\n")

    def analyze(self):
        image = next(self.load(3, 2048).rglob("*.dcm"))
        home = self.folder / "none"
        times = []
        for _ in range(12):
            start = time.perf_counter()
            self.run(home, "analyze", "--json", "--samples", 10, image)
            times.append(time.perf_counter() - start)
        self.report("analyze 2048x2048 12-bit, T=10, whole process", times[2:], "s", 0.2)

    def imports(self):
        folder = self.load(200, 2048)
        rates = []
        for index in range(3):
            home = self.folder / f"home-import-{index}"
            start = time.perf_counter()
            summary = json.loads(self.run(home, "import", "--json", folder).stdout)
            seconds = time.perf_counter() - start
            assert len(summary["imported"]) == 200, "200 studies must be taken"
            rates.append(200 / seconds)
            shutil.rmtree(home)
        self.report("import and analysis of 2048x2048 studies", rates, "studies/s", 15,
                    lower_is_better=False)

    def home_with_1000(self):
        home = self.folder / "home-1000"
        if not home.exists():
            self.run(home, "import", "--json", self.load(1000, 128))
        return home

    def workstation(self, home, keys=(), expected=rb"1000", columns=200, rows=60):
        """Seconds to the first paint of the worklist, and peak memory in MB after the keys."""
        start = time.perf_counter()
        pid, master = pty.fork()
        if pid == 0:
            os.execve(self.program, [self.program, "workstation"], self.environment(home))
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        painted = self.read_until(master, expected)
        first = time.perf_counter() - start
        assert painted, "the worklist was not painted"
        for key, pause in keys:
            os.write(master, key)
            self.drain(master, pause)
        peak = self.peak_megabytes(pid)
        os.write(master, b"\x1b")
        self.drain(master, 0.3)
        for key in (b"q", b"q", b"q", b"y"):
            try:
                os.write(master, key)
            except OSError:
                break
            self.drain(master, 0.2)
        self.end(pid, master)
        return first, peak

    @staticmethod
    def end(pid, master):
        for _ in range(50):
            if os.waitpid(pid, os.WNOHANG)[0]:
                break
            time.sleep(0.05)
        else:
            os.kill(pid, 15)
            os.waitpid(pid, 0)
        os.close(master)

    @staticmethod
    def read_until(master, pattern, seconds=20):
        data, deadline = b"", time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([master], [], [], 0.5)[0]:
                try:
                    data += os.read(master, 65536)
                except OSError:
                    return False
                if re.search(pattern, data):
                    return True
        return False

    @staticmethod
    def drain(master, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([master], [], [], 0.05)[0]:
                try:
                    os.read(master, 65536)
                except OSError:
                    return

    @staticmethod
    def peak_megabytes(pid):
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def paint(self):
        home = self.home_with_1000()
        times = [self.workstation(home)[0] for _ in range(12)]
        self.report("worklist of 1,000 studies to the first paint", times[2:], "s", 0.12)

    def memory(self):
        """Opens 2048x2048 studies at 200x60 one after the other, zooms, pans, windows."""
        home = self.folder / "home-large"
        self.run(home, "import", "--json", self.load(3, 2048))
        keys = [(b"\r", 1.5)]
        keys += [(key, 0.2) for key in (b"w", b"w", b"+", b"+", b"\x1b[A", b"\x1b[C", b"i", b"1")]
        keys += [(b"]", 1.5), (b"]", 1.5)]
        peaks = [self.workstation(home, keys, expected=rb"analysed")[1] for _ in range(3)]
        self.report("peak memory of the workstation", peaks, "MB", 150)

    @staticmethod
    def write_results():
        """RESULTS.md from the newest line of each measurement on each machine."""
        newest = {}
        for line in open(HERE / "history.ndjson"):
            row = json.loads(line)
            newest[row["name"], row["machine"]] = row
        rows = ["| measurement | median | least...most | runs | bar | machine | date | commit |",
                "| --- | --- | --- | --- | --- | --- | --- | --- |"]
        for row in newest.values():
            rows.append(f"| {row['name']} | {row['median']:.3g} {row['unit']} "
                        f"| {row['min']:.3g}...{row['max']:.3g} | {row['runs']} "
                        f"| {row['bar']} {row['unit']} | {row['machine']} "
                        f"| {row['date'][:10]} | {row['commit']} |")
        page = HERE / "RESULTS.md"
        mark = "<!-- written by bench.py from here to the end -->"
        head = page.read_text().split(mark)[0]
        page.write_text(head + mark + "\n\n" + "\n".join(rows) + "\n")

    def close(self):
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=HERE.parent / ".build/release/wetread")
    parser.add_argument("--only", choices=["analyze", "import", "paint", "memory"])
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder")
    options = parser.parse_args()
    bench = Bench(options.program, options.keep)
    parts = {"analyze": bench.analyze, "import": bench.imports, "paint": bench.paint,
             "memory": bench.memory}
    print(machine())
    try:
        for name, part in parts.items():
            if options.only in (None, name):
                part()
        bench.write_results()
    finally:
        bench.close()


if __name__ == "__main__":
    main()
