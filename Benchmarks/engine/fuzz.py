#!/usr/bin/env python3
"""Feeds changed ONNX files to the engine: every one must be refused or run, none may crash or hang.

    python3 Benchmarks/engine/fuzz.py [--mutants 20000] [--seed 1] [--runner "wetread model run --batch"]
                                      [--keep DIR]

Needs onnx==1.20.0 (its node tests are the seeds). Bytes are changed, cut, doubled and spliced between
models; each mutant runs with the inputs of its seed. A mutant that ends the runner, or that takes longer
than the limit, is written to --keep. Exits 1 if there was one.
"""
import argparse, glob, json, os, random, shlex, subprocess, sys, tempfile
import numpy as np
import onnx
from onnx import numpy_helper

BATCH = 200


def seeds():
    root = os.path.join(os.path.dirname(onnx.__file__), "backend/test/data")
    for kind in ("node", "simple", "light"):
        for folder in sorted(glob.glob(os.path.join(root, kind, "test_*"))):
            path = os.path.join(folder, "model.onnx")
            data = os.path.join(folder, "test_data_set_0")
            if os.path.exists(path) and os.path.isdir(data) and os.path.getsize(path) < 20000:
                yield path, data


def mutate(rng, data, other):
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        if not data:
            break
        at = rng.randrange(len(data))
        kind = rng.randrange(6)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            data[at:at + rng.randint(1, 16)] = b""
        elif kind == 3:
            data[at:at] = data[at:at + rng.randint(1, 32)]
        elif kind == 4:
            start = rng.randrange(len(other))
            data[at:at + 8] = other[start:start + rng.randint(1, 40)]
        else:
            data[at:at + 1] = rng.choice([b"\xff" * 9 + b"\x01", b"\x80\x80\x80\x80\x08", b"\x00", b"\x7f"])
    return bytes(data)


def run(runner, jobs, seconds):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as listing:
        listing.writelines(json.dumps(job) + "\n" for job in jobs)
        listing.flush()
        try:
            done = subprocess.run(shlex.split(runner) + [listing.name], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, timeout=seconds)
            return done.stdout.count(b"\n"), done.returncode
        except subprocess.TimeoutExpired as late:
            return (late.stdout or b"").count(b"\n"), "timeout"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runner", default="wetread model run --batch")
    parser.add_argument("--keep", default=None)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    sources = [(open(path, "rb").read(), data) for path, data in seeds()]
    bad = total = 0
    with tempfile.TemporaryDirectory() as scratch:
        while total < options.mutants:
            jobs = []
            for index in range(min(BATCH, options.mutants - total)):
                model, data = rng.choice(sources)
                path = os.path.join(scratch, "m%d.onnx" % index)
                open(path, "wb").write(mutate(rng, model, rng.choice(sources)[0]))
                try:
                    inputs = {}
                    names = [i.name for i in onnx.load_from_string(model).graph.input]
                    for k, name in enumerate(names):
                        tensor = onnx.TensorProto()
                        tensor.ParseFromString(open(os.path.join(data, "input_%d.pb" % k), "rb").read())
                        inputs[name] = os.path.join(scratch, "m%d_%d.npy" % (index, k))
                        array = numpy_helper.to_array(tensor)
                        np.save(inputs[name], array.astype(str) if array.dtype == object else array)
                except (OSError, ValueError, TypeError, AttributeError):
                    inputs = {}
                jobs.append({"model": path, "inputs": inputs, "output_dir": os.path.join(scratch, "out")})
            total += len(jobs)
            rest = jobs
            while rest:
                answered, status = run(options.runner, rest, 120)
                if answered >= len(rest):
                    break
                bad += 1
                culprit = rest[answered]["model"]
                print("ended with %s on a mutant (seed %d, after %d)" % (status, options.seed, total))
                if options.keep:
                    os.makedirs(options.keep, exist_ok=True)
                    os.replace(culprit, os.path.join(options.keep, "bad-%d-%d.onnx" % (options.seed, bad)))
                rest = rest[answered + 1:]
            if total // 10000 != (total - len(jobs)) // 10000:
                print("%d mutants so far, %d ended the runner" % (total, bad), flush=True)
    print("%d mutants, %d ended the runner" % (total, bad))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
