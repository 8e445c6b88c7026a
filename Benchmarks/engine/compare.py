#!/usr/bin/env python3
"""Times the engine beside ONNX Runtime, OpenVINO and PyTorch (where installed), in alternation.

    python3 Benchmarks/engine/compare.py MODEL.onnx ... [--threads 1 2] [--batch 1] [--runs 30] [--rounds 3]
                                         [--runner "wetread model bench"] [--cpu-time]

The runner is called as RUNNER MODEL --batch N --threads K --json and answers {"median_ms", ...}. Each
round runs one engine after the other, so that a change of the machine's load falls on all; the figure is
the median over rounds. With --cpu-time (one thread only) ONNX Runtime's processor time is taken instead
of the wall clock, for a machine that others use; the runner must then report its own so.
"""
import argparse, json, shlex, statistics, subprocess, time
import numpy as np


def onnxruntime_session(path, threads, batch):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    shape = [batch] + [d if isinstance(d, int) else 1 for d in entry.shape[1:]]
    x = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    return lambda: session.run(None, {entry.name: x})


def openvino_session(path, threads, batch):
    import openvino as ov
    core = ov.Core()
    model = core.read_model(path)
    shape = [batch] + list(model.inputs[0].get_partial_shape().get_max_shape())[1:]
    model.reshape(shape)
    compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": threads,
                                                 "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    x = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    return lambda: request.infer([x])


def timed(call, runs, clock):
    call()
    times = []
    for _ in range(runs):
        start = clock()
        call()
        times.append(1e3 * (clock() - start))
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runner", default="wetread model bench")
    parser.add_argument("--cpu-time", action="store_true")
    options = parser.parse_args()
    clock = time.process_time if options.cpu_time else time.perf_counter
    for path in options.models:
        for threads in options.threads:
            others = {}
            for name, make in (("onnxruntime", onnxruntime_session), ("openvino", openvino_session)):
                try:
                    others[name] = make(path, threads, options.batch)
                except ImportError:
                    pass
            figures = {name: [] for name in ["wetread", *others]}
            for _ in range(options.rounds):
                command = shlex.split(options.runner) + [path, "--batch", str(options.batch), "--threads",
                                                         str(threads), "--json"]
                answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                figures["wetread"].append(json.loads(answer)["median_ms"])
                for name, call in others.items():
                    figures[name].append(timed(call, options.runs, clock))
            medians = {name: statistics.median(values) for name, values in figures.items()}
            best = min((medians[name] for name in others), default=float("nan"))
            shown = "  ".join("%s %.2f ms" % item for item in medians.items())
            print("%s batch %d threads %d: %s  ratio %.2f"
                  % (path.rsplit("/", 1)[-1], options.batch, threads, shown, medians["wetread"] / best))


if __name__ == "__main__":
    main()
