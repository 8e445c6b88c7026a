#!/usr/bin/env python3
"""Time from decoded pixels to bytes, 2048 x 2048 to 200 x 60, beside chafa -w 5.

    python3 Benchmarks/picture/speed.py [--runs 10]

Whole processes; the same process at one cell is taken off (decoding, start). The processor time of
all threads is given beside the time that passed, which says little on a shared machine.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def spent(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    passed = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    cli = argparse.ArgumentParser(description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--program", default=str(ROOT / ".build/release/wetread"))
    cli.add_argument("--runs", type=int, default=10)
    o = cli.parse_args()
    picture = pathlib.Path(tempfile.mkdtemp()) / "p.png"
    subprocess.run([o.program, "phantom", "--picture", "--size", "2048", "--output", picture],
                   check=True, capture_output=True)
    wetread = lambda c, r, *more: [o.program, "render", picture, "--cols", str(c), "--rows", str(r),
                                   "--fit", "stretch", *more]
    chafa = lambda c, r: ["chafa", "-f", "symbols", "--stretch", "--size", f"{c}x{r}", "-w", "5",
                          "--font-ratio", "1/2", "--animate", "off", "--polite", "on", picture]
    rows = [("wetread, truecolor", wetread(200, 60, "--colours", "truecolor"),
             wetread(1, 1, "--colours", "truecolor")),
            ("wetread, 256 colours", wetread(200, 60), wetread(1, 1)),
            ("wetread, plain fit", wetread(200, 60, "--no-dither"), wetread(1, 1)),
            ("wetread, half blocks", wetread(200, 60, "--glyphs", "half"), wetread(1, 1)),
            ("chafa -w 5, truecolor", chafa(200, 60) + ["-c", "full"], chafa(1, 1)),
            ("chafa -w 5, 256 colours", chafa(200, 60) + ["-c", "256"], chafa(1, 1))]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {o.runs} runs each")
    # One run of each in turn, so that a machine that grows slower is slower for all.
    pairs = {name: [] for name, _, _ in rows}
    for _ in range(o.runs):
        for name, whole, decoding in rows:
            pairs[name].append((spent(whole), spent(decoding)))
    passed, worked = {}, {}
    for name, _, _ in rows:
        passed[name] = statistics.median(a[0] - b[0] for a, b in pairs[name]) * 1000
        worked[name] = statistics.median(a[1] - b[1] for a, b in pairs[name]) * 1000
        print(f"{name:24} {passed[name]:6.1f} ms, processor {worked[name]:.1f} ms")
    for colours in ("truecolor", "256 colours"):
        ours, theirs = f"wetread, {colours}", f"chafa -w 5, {colours}"
        print(f"{colours}: {passed[ours] / passed[theirs]:.2f} of chafa's time, "
              f"{worked[ours] / worked[theirs]:.2f} of its processor time (bar 0.5)")
    for colours in ("truecolor", "256"):
        timed = subprocess.run(wetread(200, 60, "--colours", colours, "--time", "100"), check=True,
                               capture_output=True, text=True).stdout.strip()
        print(f"from the prepared picture, {colours}: {timed} (bar 16 ms)")
    coarse = subprocess.run(wetread(200, 60, "--glyphs", "half", "--time", "100"), check=True,
                            capture_output=True, text=True).stdout.strip()
    print(f"half blocks, the coarse frame: {coarse} (bar 8 ms)")


if __name__ == "__main__":
    main()
