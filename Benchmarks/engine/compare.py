#!/usr/bin/env python3
"""Times the engine beside ONNX Runtime, OpenVINO and PyTorch (where installed), in alternation.

    python3 Benchmarks/engine/compare.py MODEL.onnx ... [--threads 1 2] [--batch 1] [--samples 0]
            [--runs 30] [--rounds 3] [--torch-loop] [--runner "wetread model bench"] [--prefix "chrt -f 20"]

The runner is called as RUNNER MODEL --batch N --threads K --runs R --json (and --samples T) and answers
{"median_ms", "min_ms", "p95_ms", "gflops", "peak_mb"}. Each round runs one engine after the other, so that
a change of the machine's load falls on all; a figure is the median over the rounds' medians.

With --samples T the engine makes T Monte-Carlo passes of one image; the others, which know no random
dropout at inference, run a batch of T, and the engine's own single pass is timed as well. --torch-loop
adds what most papers' code does: a DenseNet-121 in PyTorch, dropout switched on, called T times.

On a machine that others use, --prefix "chrt -f 20" (root) gives every engine's threads the processor;
start this script under it too, as the others run inside it.
"""
import argparse, json, shlex, statistics, subprocess, time
import numpy as np


def image(shape):
    return np.random.default_rng(1).uniform(-1, 1, shape).astype(np.float32)


def onnxruntime_call(path, threads, batch):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    x = image([batch] + [d if isinstance(d, int) else 1 for d in entry.shape[1:]])
    return lambda: session.run(None, {entry.name: x})


def openvino_call(path, threads, batch):
    import openvino as ov
    core = ov.Core()
    model = core.read_model(path)
    shape = [batch] + list(model.inputs[0].get_partial_shape().get_max_shape())[1:]
    model.reshape(shape)
    compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": threads,
                                                 "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    x = image(shape)
    return lambda: request.infer([x])


def torch_densenet():
    """DenseNet-121 with dropout before the classifier, in the plain style of torchvision."""
    import torch
    from torch import nn

    class Layer(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.body = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, 128, 1, bias=False),
                                      nn.BatchNorm2d(128), nn.ReLU(), nn.Conv2d(128, 32, 3, padding=1, bias=False))

        def forward(self, x):
            return torch.cat([x, self.body(x)], 1)

    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for block, count in enumerate((6, 12, 24, 16)):
        for _ in range(count):
            layers.append(Layer(channels))
            channels += 32
        if block < 3:
            layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels // 2, 1, bias=False),
                       nn.AvgPool2d(2)]
            channels //= 2
    layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2),
               nn.Linear(channels, 14)]
    model = nn.Sequential(*layers).eval()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    return model


def torch_loop(threads, samples):
    import torch
    torch.set_num_threads(threads)
    model = torch_densenet()
    x = torch.from_numpy(image([1, 3, 224, 224]))

    def call():
        with torch.inference_mode():
            return torch.stack([torch.sigmoid(model(x)) for _ in range(samples)])
    return call


def timed(call, runs):
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def bench(options, path, threads, samples):
    command = shlex.split(options.prefix) + shlex.split(options.runner) + [
        path, "--batch", str(1 if options.samples else options.batch), "--threads", str(threads), "--runs",
        str(options.runs), "--json"] + (["--samples", str(samples)] if samples else [])
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def compare(options, path, threads):
    others = {}
    batch = options.samples or options.batch
    for name, make in (("onnxruntime", onnxruntime_call), ("openvino", openvino_call)):
        try:
            others[name] = make(path, threads, batch)
        except ImportError:
            pass
        except Exception as error:  # OpenVINO knows no ai.onnx.ml, for one
            print("%s: %s" % (name, str(error).strip().splitlines()[0][:100]))
    if options.torch_loop:
        others["torch loop"] = torch_loop(threads, options.samples)
    figures = {name: [] for name in ["wetread", *others]}
    single, last = [], {}
    for _ in range(options.rounds):
        last = bench(options, path, threads, options.samples)
        figures["wetread"].append(last["median_ms"])
        if options.samples:
            single.append(bench(options, path, threads, 0)["median_ms"])
        for name, call in others.items():
            figures[name].append(timed(call, options.runs))
    medians = {name: statistics.median(values) for name, values in figures.items()}
    rivals = [medians[name] for name in others if name != "torch loop"]
    print("%s batch %d threads %d%s: %s" % (path.rsplit("/", 1)[-1], options.batch, threads,
          " samples %d" % options.samples if options.samples else "",
          "  ".join("%s %.2f ms" % item for item in medians.items())))
    if rivals:
        print("    ratio to the fastest %.3f;" % (medians["wetread"] / min(rivals)), end=" ")
    if single:
        print("ratio to its own single pass %.3f;" % (medians["wetread"] / statistics.median(single)), end=" ")
    if options.torch_loop:
        print("%.1f times faster than the PyTorch loop;" % (medians["torch loop"] / medians["wetread"]), end=" ")
    print("p95 %.2f ms, %.0f GFLOP/s, %.0f MB above the base" % (last["p95_ms"], last["gflops"], last["peak_mb"]),
          flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--samples", type=int, default=0)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--torch-loop", action="store_true")
    parser.add_argument("--runner", default="wetread model bench")
    parser.add_argument("--prefix", default="")
    options = parser.parse_args()
    if options.torch_loop and not options.samples:
        parser.error("--torch-loop needs --samples")
    for path in options.models:
        for threads in options.threads:
            compare(options, path, threads)


if __name__ == "__main__":
    main()
