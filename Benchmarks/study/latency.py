#!/usr/bin/env python3
"""How far a study's recorded times are from those of a terminal that knows its own delays.

    python3 Benchmarks/study/latency.py [--program .build/release/wetread] [--keys 100]

Makes a study of the sample films in a scratch home, reads it in a pseudo-terminal, types keys at
known times, and compares them, and the last byte of each case's first frame, with the log. Both
sides use CLOCK_MONOTONIC. Prints medians, 95th percentiles and the most, in milliseconds.
"""
import argparse
import os
import pathlib
import pty
import select
import statistics
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent


def create(program, home):
    plan = pathlib.Path(home, "plan.toml")
    films = sorted(path.stem for path in (TOP / "SampleStudies").glob("*-pa.dcm"))[:8]
    plan.write_text(
        'name = "latency"\npathologies = ["Effusion"]\nreaders = ["A"]\nwashout_days = 0\n'
        f'images = "{TOP / "SampleStudies"}"\n[[condition]]\nname = "unaided"\n'
        + "".join(f'[[case]]\nname = "{film}"\n' for film in films))
    environment = dict(os.environ, WETREAD_HOME=str(pathlib.Path(home, "home")),
                       TERM="xterm-256color", LANG="C.UTF-8")
    subprocess.run([program, "study", "create", str(plan)], check=True, env=environment,
                   stdout=subprocess.DEVNULL)
    return environment, len(films)


def drain(master, quiet):
    """Reads until nothing came for `quiet` seconds; the time of the last bytes."""
    last = 0
    while select.select([master], [], [], quiet)[0]:
        try:
            os.read(master, 65536)
        except OSError:  # the program has ended
            break
        last = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    return last


def show(name, seen, recorded):
    errors = sorted(abs(a - b) / 1e6 for a, b in zip(seen, recorded))
    at = errors[min(int(0.95 * len(errors)), len(errors) - 1)]
    print(f"{name}: {len(errors)} times, median {statistics.median(errors):.2f} ms, "
          f"95 % within {at:.2f} ms, most {errors[-1]:.2f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=".build/release/wetread")
    parser.add_argument("--keys", type=int, default=100)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    with tempfile.TemporaryDirectory() as home:
        environment, cases = create(program, home)
        child, master = pty.fork()
        if child == 0:
            os.execve(program, [program, "study", "read", "latency", "--reader", "A"], environment)
        drain(master, 2)
        typed, painted = [], []
        os.write(master, b"\r")
        for case in range(cases):
            painted.append(drain(master, 0.8))
            for key in range(options.keys // cases):
                drain(master, 0.02 + 0.013 * (key % 7))
                typed.append(time.clock_gettime_ns(time.CLOCK_MONOTONIC))
                os.write(master, b"j")
            os.write(master, b"5\rs")
        drain(master, 1)
        os.waitpid(child, 0)
        log = pathlib.Path(home, "home/studies/latency/readings/reader-1.log").read_text()
        rows = [line.split("\t")[1:] for line in log.splitlines()]
        keys = [int(row[4]) for row in rows if row[5:7] == ["key", "char j"]]
        paints = [int(row[4]) for row in rows if row[5] == "first-paint"]
        if len(keys) != len(typed) or len(paints) != cases:
            raise SystemExit(f"{len(keys)} of {len(typed)} keys, {len(paints)} of {cases} paints")
        show("keys", typed, keys)
        show("first paints", painted, paints)


if __name__ == "__main__":
    main()
