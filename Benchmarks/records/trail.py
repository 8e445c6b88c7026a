"""Times the audit trail: appending an event, and checking a million of them.

    python3 Benchmarks/records/trail.py --program .build/release/wetread [--events 1000000]

Appending is timed through the program itself: `wetread import` of files that are no images records a
refusal for each, in a transaction of its own, flushed to the disk; an import of one file is taken off.
A workstation runs beside it on the same home, in a pseudo-terminal that is read.
The long trail is written by this script (the same chain, no code of Wetread), then checked by
`wetread audit verify`.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pty
import resource
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def run(program, home, *arguments):
    environment = dict(os.environ, WETREAD_HOME=home, WETREAD_READER="bench")
    started = time.perf_counter()
    result = subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    return time.perf_counter() - started, result


@contextlib.contextmanager
def workstation(program, home):
    """A workstation on the home, for as long as the block lasts."""
    environment = dict(os.environ, WETREAD_HOME=home, WETREAD_READER="bench", TERM="xterm-256color")
    child, master = pty.fork()
    if child == 0:
        os.execve(program, [program, "workstation"], environment)

    def read():
        with contextlib.suppress(OSError):
            while os.read(master, 65536):
                pass

    threading.Thread(target=read, daemon=True).start()
    time.sleep(1)
    try:
        yield
    finally:
        assert os.waitpid(child, os.WNOHANG)[0] == 0, "the workstation ended by itself"
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def append_seconds(program, folder, count):
    names = []
    for number in range(count):
        names.append(os.path.join(folder, f"{number}.txt"))
        with open(names[-1], "w", encoding="ascii") as file:
            file.write("no image")
    home = os.path.join(folder, "appending")
    few = [run(program, home, "import", "--no-analysis", names[0])[0] for _ in range(5)]
    many = []
    with workstation(program, home):
        for _ in range(5):
            many.append(run(program, home, "import", "--no-analysis", *names)[0])
    base = statistics.median(few)
    return [(seconds - base) / (count - 1) for seconds in many]


def lengthen(home, events):
    """Appends events to the chain, as the program would."""
    database = sqlite3.connect(os.path.join(home, "wetread.sqlite"), isolation_level=None)
    count, head = database.execute("SELECT count, hash FROM audit_head").fetchone()
    database.execute("BEGIN IMMEDIATE")
    moment = "2026-11-21T12:00:00.000000Z"
    for sequence in range(count + 1, events + 1):
        event = {
            "actor": f"reader{sequence % 20}", "detail": '{"session":"bench/1234/5678"}',
            "format": "wetread-audit-1", "kind": "opened", "previous": head,
            "sequence": sequence, "study": 1, "timestamp": moment,
        }
        digest = hashlib.sha256(canonical(event).encode()).hexdigest()
        database.execute(
            "INSERT INTO audit_event VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (sequence, moment, event["actor"], "opened", 1, event["detail"], head, digest),
        )
        database.execute("UPDATE audit_head SET count = ?, hash = ?", (sequence, digest))
        head = digest
    database.execute("COMMIT")
    database.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=".build/release/wetread")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--appends", type=int, default=500)
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as folder:
        times = append_seconds(program, folder, options.appends)
        print(
            f"append, flushed, beside a workstation: median {statistics.median(times) * 1000:.3f} ms, "
            f"{min(times) * 1000:.3f}...{max(times) * 1000:.3f} ms, 5 runs of {options.appends}"
        )
        home = os.path.join(folder, "long")
        run(program, home, "import", "--no-analysis", os.path.join(folder, "0.txt"))
        lengthen(home, options.events)
        checks = []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        for _ in range(3):
            seconds, result = run(program, home, "audit", "verify")
            assert result.returncode == 0, result.stdout
            checks.append(seconds)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = before.ru_utime + before.ru_stime
        print(
            f"verify {options.events} events, whole process: median "
            f"{statistics.median(checks):.2f} s, {min(checks):.2f}...{max(checks):.2f} s, 3 runs; "
            f"processor time of each {(after.ru_utime + after.ru_stime - spent) / 3:.2f} s"
        )


main()
