#!/usr/bin/env python3
"""Time of a whole analysis: 5,000 cases x 20 readers x 2 conditions, 200,000 ratings.

    python3 Benchmarks/study/bench.py [--program .build/release/wetread] [--cases 5000 ...]

Writes a study drawn with a seed, runs `wetread study analyze` on it (a whole process: reading the
CSV, every covariance, OR, DBM and the U-statistic, and the JSON), and prints the median, the least
and the peak of memory. The bar of issue 12 is 10 s.
"""
import argparse
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time


def write_study(path, cases, readers, seed):
    source = random.Random(seed)
    with open(path, "w") as file:
        file.write("reader,treatment,case,truth,rating\n")
        for case in range(cases):
            truth = case % 2
            shared = source.gauss(1.3 * truth, 0.6)
            for treatment in ("unaided", "aided"):
                effect = shared + (0.15 * truth if treatment == "aided" else 0)
                for reader in range(readers):
                    rating = effect + source.gauss(0, 0.8)
                    file.write(f"R{reader},{treatment},c{case},{truth},{rating:.4f}\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=".build/release/wetread")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "study.csv"
        write_study(path, options.cases, options.readers, 1)
        for covariance in ("jackknife", "delong", "unbiased"):
            times, peak = [], 0
            for _ in range(options.runs):
                start = time.monotonic()
                process = subprocess.Popen(
                    [options.program, "study", "analyze", "--csv", str(path), "--format", "json",
                     "--covariance", covariance], stdout=subprocess.DEVNULL)
                _, status, usage = os.wait4(process.pid, 0)
                if status:
                    raise SystemExit(f"wetread ended with status {status}")
                times.append(time.monotonic() - start)
                peak = max(peak, usage.ru_maxrss / 1024)
            print(f"{options.cases} cases x {options.readers} readers x 2, {covariance}: median "
                  f"{statistics.median(times):.2f} s, least {min(times):.2f} s, "
                  f"peak {peak:.0f} MiB (bar 10 s)")


main()
