#!/usr/bin/env python3
"""Draws random one-node models and compares the engine with ONNX Runtime on each.

    python3 Benchmarks/engine/differential.py [--seed 1] [--cases 40] [--only Conv Resize]
                                              [--runner "wetread model run --batch"] [--keep DIR]

Attributes, shapes, opsets and element types are drawn per operator; where ONNX Runtime refuses a case
or onnx's own checker does, it is dropped and counted. Where the two differ and onnx's reference
evaluator (or, for a shape, onnx's shape inference) sides with the engine, the case counts as "runtime alone". Needs numpy, onnx, onnxruntime.
Prints a line for each operator and exits 1 if one case failed.
"""
import argparse, collections, json, os, shlex, subprocess, sys, tempfile
import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto as T
from onnx.reference import ReferenceEvaluator
import onnxruntime as ort

ort.set_default_logger_severity(4)
F, D, H, I, L, U, B = np.float32, np.float64, np.float16, np.int32, np.int64, np.uint8, np.bool_


class Draw:
    """One random case: numbers, shapes, attributes."""

    def __init__(self, seed):
        self.r = np.random.default_rng(seed)

    def pick(self, *options):
        return options[self.r.integers(len(options))]

    def chance(self, p=0.5):
        return bool(self.r.random() < p)

    def whole(self, low, high):
        return int(self.r.integers(low, high + 1))

    def shape(self, rank=None, low=1, high=5):
        rank = self.whole(0, 4) if rank is None else rank
        return [self.whole(low, high) for _ in range(rank)]

    def array(self, shape, kind=F, scale=1.0):
        if kind is B:
            return self.r.random(shape) < 0.5
        if np.dtype(kind).kind == "f":
            return (self.r.standard_normal(shape) * scale).astype(kind)
        low = 0 if np.dtype(kind).kind == "u" else -9
        return self.r.integers(low, 10, shape).astype(kind)

    def broadcast(self, count=2):
        """Shapes that broadcast against one another."""
        full = self.shape(self.whole(0, 4))
        result = []
        for k in range(count):
            shape = [1 if self.chance(0.25) else n for n in full]
            result.append(shape[self.whole(0, len(shape)):] if self.chance(0.3) else shape)
        return result

    def axis(self, rank):
        return self.whole(-rank, rank - 1)


CASES = {}


def case(*names):
    def add(function):
        for name in names:
            CASES[name] = function
        return function
    return add


# A generator gives (inputs, attributes, opset[, stored]); inputs None for an omitted one. `stored` are
# the places of inputs that become initialisers, as exporters write them.

def window(d, spatial, channels_first=2):
    """Attributes of a sliding window over `spatial` extents."""
    rank = len(spatial)
    a = {"kernel_shape": [d.whole(1, min(4, n)) for n in spatial]}
    if d.chance():
        a["strides"] = [d.whole(1, 3) for _ in spatial]
    how = d.pick("none", "pads", "same_upper", "same_lower", "valid")
    if how == "pads":
        a["pads"] = [d.whole(0, k - 1) for k in a["kernel_shape"]] + [d.whole(0, k - 1) for k in a["kernel_shape"]]
    elif how != "none":
        a["auto_pad"] = how.upper()
    return a


@case("Conv")
def conv(d, name):
    rank = d.pick(1, 2, 2, 2)
    group = d.pick(1, 1, 1, 2, 3)
    cin, cout = group * d.whole(1, 9), group * d.whole(1, 9)
    if d.chance(0.25):
        group = cin
        cout = cin * d.pick(1, 1, 2)
    spatial = d.shape(rank, 4, 13)
    a = window(d, spatial)
    if "auto_pad" not in a and d.chance(0.3):
        a["dilations"] = [d.whole(1, 2) for _ in spatial]
    a["group"] = group
    w = d.array([cout, cin // group] + a["kernel_shape"])
    if d.chance(0.3):
        del a["kernel_shape"]
    ins = [d.array([d.whole(1, 3), cin] + spatial), w]
    if d.chance():
        ins.append(d.array([cout]))
    return ins, a, d.pick(7, 11, 22), [1, 2]


@case("ConvTranspose")
def conv_transpose(d, name):
    rank = d.pick(1, 2, 2)
    group = d.pick(1, 1, 2)
    cin, cout = group * d.whole(1, 4), group * d.whole(1, 4)
    spatial = d.shape(rank, 2, 6)
    a = {"kernel_shape": [d.whole(1, 4) for _ in spatial], "group": group}
    strides = [d.whole(1, 3) for _ in spatial]
    a["strides"] = strides
    how = d.pick("none", "pads", "output_padding", "output_shape", "same_upper", "same_lower", "valid")
    if how == "pads":
        a["pads"] = [d.whole(0, max(0, (k - 1) // 2)) for k in a["kernel_shape"] * 2]
    elif how == "output_padding":
        a["output_padding"] = [d.whole(0, s - 1) for s in strides]
    elif how == "output_shape":
        a["output_shape"] = [n * s for n, s in zip(spatial, strides)]
    elif how != "none":
        # A kernel narrower than its stride would need negative padding, of which the specification does not speak.
        a["strides"] = [min(s, k) for s, k in zip(strides, a["kernel_shape"])]
        a["auto_pad"] = how.upper()
    if d.chance(0.25) and "auto_pad" not in a:
        a["dilations"] = [d.whole(1, 2) for _ in spatial]
    ins = [d.array([d.whole(1, 2), cin] + spatial), d.array([cin, cout // group] + a["kernel_shape"])]
    if d.chance():
        ins.append(d.array([cout]))
    return ins, a, d.pick(7, 11, 22), [1, 2]


@case("MaxPool")
def max_pool(d, name):
    spatial = d.shape(d.pick(1, 2, 2), 3, 11)
    a = window(d, spatial)
    opset = d.pick(8, 10, 12, 22)
    if opset >= 10 and "auto_pad" not in a:
        a["ceil_mode"] = d.whole(0, 1)
        if d.chance(0.3):
            a["dilations"] = [d.whole(1, 2) for _ in spatial]
    return [d.array([d.whole(1, 2), d.whole(1, 9)] + spatial)], a, opset


@case("AveragePool")
def average_pool(d, name):
    ins, a, opset = max_pool(d, name)
    a["count_include_pad"] = d.whole(0, 1)
    if opset < 19:
        a.pop("dilations", None)
    return ins, a, opset


@case("LpPool")
def lp_pool(d, name):
    ins, a, opset = max_pool(d, name)
    a["p"] = d.whole(1, 3)
    if opset < 18:
        a.pop("dilations", None), a.pop("ceil_mode", None)
    if "auto_pad" in a:
        # The runtime pads a window narrower than its stride by a negative amount here, though in no other pooling.
        a["strides"] = [min(s, k) for s, k in zip(a.get("strides", [1] * 2), a["kernel_shape"])]
    return ins, a, opset


@case("GlobalAveragePool", "GlobalMaxPool", "InstanceNormalization")
def whole_image(d, name):
    shape = [d.whole(1, 2), d.whole(1, 9)] + d.shape(d.pick(1, 2, 2))
    if name == "InstanceNormalization":
        return [d.array(shape), d.array([shape[1]]), d.array([shape[1]])], {"epsilon": 1e-3}, d.pick(7, 22), [1, 2]
    return [d.array(shape)], {}, d.pick(7, 22)


@case("BatchNormalization")
def batch_norm(d, name):
    c = d.whole(1, 9)
    shape = [d.whole(1, 3), c] + d.shape(d.pick(0, 1, 2, 2))
    return [d.array(shape), d.array([c]), d.array([c]), d.array([c]), np.abs(d.array([c])) + F(0.1)], \
        {"epsilon": d.pick(1e-5, 1e-2)}, d.pick(9, 14, 15), [1, 2, 3, 4]


@case("GroupNormalization")
def group_norm(d, name):
    g = d.whole(1, 3)
    c = g * d.whole(1, 4)
    return [d.array([d.whole(1, 2), c] + d.shape(2)), d.array([c]), d.array([c])], \
        {"num_groups": g, "epsilon": 1e-4}, d.pick(18, 21), [1, 2]


@case("LayerNormalization", "RMSNormalization")
def layer_norm(d, name):
    shape = d.shape(d.whole(1, 4))
    axis = d.axis(len(shape))
    scale = shape[axis:] if axis < 0 else shape[axis:]
    ins = [d.array(shape), d.array(scale)]
    if name == "LayerNormalization" and d.chance():
        ins.append(d.array(scale))
    return ins, {"axis": axis, "epsilon": 1e-3}, 17 if name == "LayerNormalization" else 23


@case("LRN")
def lrn(d, name):
    return [d.array([d.whole(1, 2), d.whole(1, 9)] + d.shape(2))], \
        {"size": d.pick(1, 3, 5), "alpha": 0.01, "beta": 0.6, "bias": d.pick(1.0, 2.0)}, 13


@case("Relu", "Sigmoid", "Tanh", "Softplus", "Erf", "HardSwish", "Exp", "Abs", "Floor", "Ceil", "Round", "Neg",
      "Sin", "Cos", "Reciprocal", "Mish", "Sign", "Identity", "Softsign")
def unary(d, name):
    kinds = {"Abs": (F, D, I, L), "Neg": (F, D, I, L), "Identity": (F, D, I, L, U, B, H), "Sign": (F, D, I, L),
             "Relu": (F, D, I)}.get(name, (F, F, D) if name in ("Floor", "Ceil", "Round", "Exp", "Tanh", "Sigmoid") else (F,))
    x = d.array(d.shape(), d.pick(*kinds), d.pick(1.0, 30.0))
    if name == "Round":
        x = (np.round(x * 2) / 2).astype(x.dtype)
    return [x], {}, {"Mish": 18, "HardSwish": 14}.get(name, d.pick(13, 22) if name != "Relu" else 14)


@case("Log", "Sqrt")
def positive(d, name):
    return [np.abs(d.array(d.shape(), d.pick(F, D))) + 0.1], {}, 13


@case("LeakyRelu", "Elu", "Selu", "HardSigmoid", "Gelu", "Celu", "ThresholdedRelu")
def with_alpha(d, name):
    a = {"LeakyRelu": {"alpha": 0.2}, "Elu": {"alpha": 0.7}, "Selu": {"alpha": 1.5, "gamma": 1.1}, "Celu": {"alpha": 1.3},
         "HardSigmoid": {"alpha": 0.3, "beta": 0.4}, "Gelu": {"approximate": d.pick("none", "tanh")},
         "ThresholdedRelu": {"alpha": 0.4}}[name]
    return [d.array(d.shape())], a if d.chance(0.7) else {}, 20


@case("PRelu")
def prelu(d, name):
    shape = d.shape(d.whole(1, 4))
    slope = [1 if d.chance(0.3) else n for n in shape][d.whole(0, len(shape) - 1):]
    return [d.array(shape), d.array(slope)], {}, d.pick(9, 16), [1]


@case("Clip")
def clip(d, name):
    kind = d.pick(F, F, D, I, L, U)
    x = d.array(d.shape(), kind)
    if d.chance(0.3) and kind is F:
        return [x], {"min": -0.5, "max": 0.7}, d.pick(7, 10)
    low = np.array(d.pick(0, 1), kind) if d.chance(0.7) else None
    high = np.array(d.pick(2, 3), kind) if d.chance(0.7) else None
    return [x, low, high], {}, 13, [1, 2]


@case("Softmax", "LogSoftmax")
def softmax(d, name):
    shape = d.shape(d.whole(1, 4))
    return [d.array(shape, d.pick(F, F, D), d.pick(1.0, 40.0))], {"axis": d.axis(len(shape))} if d.chance(0.8) else {}, d.pick(11, 13)


@case("Gemm")
def gemm(d, name):
    m, k, n = d.whole(1, 7), d.whole(1, 70), d.whole(1, 40)
    ta, tb = d.whole(0, 1), d.whole(0, 1)
    ins = [d.array([k, m] if ta else [m, k]), d.array([n, k] if tb else [k, n])]
    if d.chance(0.7):
        ins.append(d.array(d.pick([n], [1, n], [m, 1], [m, n], [1], [])))
    return ins, {"alpha": d.pick(1.0, 0.5), "beta": d.pick(1.0, 2.0), "transA": ta, "transB": tb}, d.pick(11, 13), \
        d.pick([1], [1, 2], [])


@case("MatMul")
def matmul(d, name):
    m, k, n = d.whole(1, 6), d.whole(1, 40), d.whole(1, 20)
    batch = d.broadcast(2)
    a, b = batch[0] + [m, k], batch[1] + [k, n]
    if d.chance(0.2):
        a = [k]
    if d.chance(0.2):
        b = [k]
    kind = d.pick(F, F, F, D, I)
    return [d.array(a, kind), d.array(b, kind)], {}, 13, d.pick([], [1])


@case("Add", "Sub", "Mul", "Div")
def arithmetic(d, name):
    a, b = d.broadcast(2)
    kind = d.pick(F, F, D, I, L, H)
    y = d.array(b, kind)
    if name == "Div":
        y = np.where(np.abs(y) < 0.5, np.array(2, kind), y).astype(kind)
    return [d.array(a, kind), y], {}, d.pick(7, 14), d.pick([], [1])


@case("Pow")
def power(d, name):
    a, b = d.broadcast(2)
    if d.chance(0.3):
        return [d.array(a, d.pick(I, L)), np.abs(d.array(b, d.pick(I, L))) % 4], {}, 15
    return [np.abs(d.array(a)) + F(0.1), d.array(b, d.pick(F, I, L, D))], {}, 15


@case("Mod")
def modulo(d, name):
    a, b = d.broadcast(2)
    kind = d.pick(F, I, L, U)
    y = d.array(b, kind)
    y = np.where(y == 0, np.array(3, kind), y).astype(kind)
    return [d.array(a, kind), y], {"fmod": 1 if kind is F else d.whole(0, 1)}, 13


@case("Min", "Max", "Sum", "Mean")
def variadic(d, name):
    shapes = d.broadcast(d.whole(1, 4))
    kind = d.pick(F, F, D, I, L) if name in ("Min", "Max") else F
    return [d.array(s, kind) for s in shapes], {}, 13


@case("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")
def comparison(d, name):
    a, b = d.broadcast(2)
    kind = d.pick(F, D, I, L)
    return [d.array(a, kind), d.array(b, kind)], {}, d.pick(13, 19 if name == "Equal" else 16)


@case("And", "Or", "Xor")
def logic(d, name):
    a, b = d.broadcast(2)
    return [d.array(a, B), d.array(b, B)], {}, 13


@case("Not")
def negation(d, name):
    return [d.array(d.shape(), B)], {}, 13


@case("Where")
def where(d, name):
    a, b, c = d.broadcast(3)
    kind = d.pick(F, D, I, L, U)
    return [d.array(a, B), d.array(b, kind), d.array(c, kind)], {}, 16


@case("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare",
      "ReduceLogSum", "ReduceLogSumExp")
def reduction(d, name):
    shape = d.shape(d.whole(1, 4))
    rank = len(shape)
    axes = sorted(set(d.axis(rank) % rank for _ in range(d.whole(1, rank))))
    axes = [n - rank if d.chance(0.3) else n for n in axes]
    x = d.array(shape, d.pick(F, F, D, I) if name not in ("ReduceLogSum", "ReduceLogSumExp", "ReduceMean", "ReduceL2") else d.pick(F, D))
    if name == "ReduceLogSum":
        x = np.abs(x) + F(0.1)
    a = {"keepdims": d.whole(0, 1)}
    if (name == "ReduceSum" and d.chance(0.6)) or d.chance(0.5):
        opset = 18
        ins = [x] if d.chance(0.2) else [x, np.array(axes, L)]
        if len(ins) == 1 and d.chance():
            a["noop_with_empty_axes"] = 1
        return ins, a, opset, [1]
    if d.chance(0.8):
        a["axes"] = axes
    return [x], a, 11


@case("ArgMax", "ArgMin")
def arg(d, name):
    shape = d.shape(d.whole(1, 4))
    x = d.array(shape, d.pick(I, F, I))
    return [x], {"axis": d.axis(len(shape)), "keepdims": d.whole(0, 1), "select_last_index": d.whole(0, 1)}, 13


@case("TopK")
def top_k(d, name):
    shape = d.shape(d.whole(1, 3))
    axis = d.axis(len(shape))
    return [d.array(shape, d.pick(F, F, L)), np.array([d.whole(1, shape[axis])], L)], \
        {"axis": axis, "largest": d.whole(0, 1), "sorted": 1}, 11, [1]


@case("CumSum")
def cum_sum(d, name):
    shape = d.shape(d.whole(1, 4))
    return [d.array(shape, d.pick(F, D, I, L)), np.array(d.axis(len(shape)), L)], \
        {"exclusive": d.whole(0, 1), "reverse": d.whole(0, 1)}, 14, [1]


@case("Concat")
def concat(d, name):
    shape = d.shape(d.whole(1, 4))
    axis = d.axis(len(shape))
    kind = d.pick(F, D, I, L, U, B)
    ins = []
    for _ in range(d.whole(1, 4)):
        s = list(shape)
        s[axis] = d.whole(1, 4)
        ins.append(d.array(s, kind))
    return ins, {"axis": axis}, 13


@case("Slice")
def slicing(d, name):
    shape = d.shape(d.whole(1, 4), 1, 7)
    axes = sorted(set(d.axis(len(shape)) % len(shape) for _ in range(3)))
    starts, ends, steps = [], [], []
    for axis in axes:
        step = d.pick(1, 1, 2, 3, -1, -2)
        n = shape[axis]
        starts.append(d.pick(0, d.whole(-n - 2, n + 2), 2**31 - 1 if step < 0 else 0))
        ends.append(d.pick(d.whole(-n - 2, n + 2), 2**63 - 1 if step > 0 else -2**63))
        steps.append(step)
    x = d.array(shape, d.pick(F, I, L, B))
    if d.chance(0.2):
        return [x], {"axes": axes, "starts": starts, "ends": ends}, 9
    ins = [x, np.array(starts, L), np.array(ends, L), np.array([n - len(shape) if d.chance(0.3) else n for n in axes], L)]
    if any(s != 1 for s in steps) or d.chance():
        ins.append(np.array(steps, L))
    return ins, {}, 13, [1, 2, 3, 4]


@case("Gather", "GatherElements")
def gather(d, name):
    shape = d.shape(d.whole(1, 4))
    axis = d.axis(len(shape))
    n = shape[axis]
    if name == "Gather":
        where = d.shape(d.whole(0, 2))
    else:
        where = [d.whole(1, m) for m in shape]
        where[axis] = d.whole(1, 5)
    index = d.r.integers(-n, n, where).astype(d.pick(I, L))
    return [d.array(shape, d.pick(F, D, I, L, B)), index], {"axis": axis}, 13, d.pick([], [1])


@case("GatherND", "ScatterND")
def gather_nd(d, name):
    shape = d.shape(d.whole(2, 4), 2, 5)
    batch = d.whole(0, 1) if name == "GatherND" else 0
    k = d.whole(1, len(shape) - batch)
    lead = [shape[0]] * batch + d.shape(d.whole(1, 2), 1, 3)
    index = np.stack([d.r.integers(0, shape[batch + j], lead) for j in range(k)], -1).astype(L)
    if name == "GatherND":
        return [d.array(shape), index], {"batch_dims": batch}, 13
    flat = index.reshape(-1, k)
    how = d.pick("none", "add", "mul", "max", "min")
    if how == "none" and len(np.unique(flat, axis=0)) != len(flat):
        how = "add"
    updates = d.array(lead + shape[k:])
    return [d.array(shape), index, updates], {"reduction": how}, 18


@case("ScatterElements")
def scatter_elements(d, name):
    shape = d.shape(d.whole(1, 3), 2, 5)
    axis = d.axis(len(shape))
    where = [d.whole(1, m) for m in shape]
    how = d.pick("none", "add", "mul", "max", "min")
    order = np.argsort(d.r.random(shape), axis=axis)
    index = order[tuple(slice(0, w) for w in where)] if how == "none" else d.r.integers(-shape[axis], shape[axis], where)
    return [d.array(shape), index.astype(L), d.array(where)], {"axis": axis, "reduction": how}, 18


@case("Transpose")
def transpose(d, name):
    shape = d.shape(d.whole(1, 5))
    return [d.array(shape, d.pick(F, D, I, L, U, B))], {"perm": [int(n) for n in d.r.permutation(len(shape))]} if d.chance(0.8) else {}, 13


@case("Reshape")
def reshape(d, name):
    shape = d.shape(d.whole(1, 4))
    target = [int(n) for n in d.r.permutation(shape)]
    if d.chance():
        target[d.whole(0, len(target) - 1)] = -1
    elif shape[0] == target[0]:
        target[0] = 0
    return [d.array(shape), np.array(target, L)], {}, d.pick(7, 14), [1]


@case("Flatten")
def flatten(d, name):
    shape = d.shape(d.whole(1, 4))
    return [d.array(shape)], {"axis": d.whole(-len(shape), len(shape))}, 13


@case("Squeeze", "Unsqueeze")
def squeeze(d, name):
    shape = d.shape(d.whole(1, 4))
    if name == "Squeeze":
        places = sorted(set(d.whole(0, len(shape)) for _ in range(2)))
        full = list(shape)
        for p in places:
            full.insert(p, 1)
        return [d.array(full), np.array(places, L)], {}, 13, [1]
    places = sorted(set(d.whole(0, len(shape)) for _ in range(2)))
    return [d.array(shape), np.array([p - len(shape) - len(places) if d.chance(0.3) else p for p in places], L)], {}, 13, [1]


@case("Expand", "Tile")
def expand(d, name):
    if name == "Expand":
        a, b = d.broadcast(2)
        return [d.array(a, d.pick(F, I, B)), np.array(b, L)], {}, 13, d.pick([], [1])
    shape = d.shape(d.whole(1, 4))
    return [d.array(shape, d.pick(F, I, B)), np.array([d.whole(0, 3) for _ in shape], L)], {}, 13, [1]


@case("Pad")
def pad(d, name):
    shape = d.shape(d.whole(1, 4), 3, 6)
    mode = d.pick("constant", "constant", "edge", "reflect", "wrap")
    low = -1 if mode == "constant" else 0
    x = d.array(shape, d.pick(F, F, D, I))
    ins = [x]
    a = {"mode": mode}
    if d.chance(0.3) and mode != "wrap":
        ins.append(np.array([d.whole(low, 2) for _ in shape * 2], L))
        if mode == "constant" and d.chance():
            ins.append(np.array(3, x.dtype))
        return ins, a, 13, [1, 2]
    axes = [int(n) for n in d.r.permutation(len(shape))[: d.whole(1, len(shape))]]
    ins += [np.array([d.whole(low, 2) for _ in axes * 2], L), np.array(3, x.dtype) if mode == "constant" and d.chance() else None,
            np.array([n - len(shape) if d.chance(0.3) else n for n in axes], L)]
    return ins, a, 19, [1, 2, 3]


@case("Resize")
def resize(d, name):
    spatial = d.shape(2, 2, 9)
    shape = [d.whole(1, 2), d.whole(1, 3)] + spatial
    a = {"mode": d.pick("nearest", "linear", "cubic"),
         "coordinate_transformation_mode": d.pick("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize", "half_pixel_symmetric")}
    opset = d.pick(11, 13, 18, 19)
    if a["coordinate_transformation_mode"] == "half_pixel_symmetric" and opset < 19:
        a["coordinate_transformation_mode"] = "half_pixel"
    if a["mode"] == "nearest":
        a["nearest_mode"] = d.pick("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    if a["mode"] == "cubic":
        a["cubic_coeff_a"] = d.pick(-0.75, -0.5)
        a["exclude_outside"] = d.whole(0, 1) if a["coordinate_transformation_mode"] != "tf_crop_and_resize" else 0
    roi = None
    if a["coordinate_transformation_mode"] == "tf_crop_and_resize":
        roi = np.array([0, 0, 0.1, 0.2, 1, 1, 0.8, 0.9], F)
        a["extrapolation_value"] = 7.0
    elif opset < 13:
        roi = np.zeros(8, F)
    if opset >= 18 and a["mode"] != "nearest" and d.chance(0.3) and roi is None:
        a["antialias"] = 1
    x = d.array(shape)
    if d.chance() and a["coordinate_transformation_mode"] != "tf_crop_and_resize":
        return [x, roi, np.array([1, 1, d.pick(0.5, 0.6, 1.5, 2.0, 3.3), d.pick(0.5, 0.7, 1.0, 2.0, 2.6)], F)], a, opset, [1, 2]
    sizes = shape[:2] + [d.whole(1, 15), d.whole(1, 15)]
    return [x, roi, np.array([], F) if opset < 13 else None, np.array(sizes, L)], a, opset, [1, 2, 3]


@case("Upsample")
def upsample(d, name):
    shape = [d.whole(1, 2), d.whole(1, 3)] + d.shape(2, 2, 6)
    mode = d.pick("nearest", "linear")
    return [d.array(shape), np.array([1, 1, d.pick(1.0, 2.0, 3.0), d.pick(1.5, 2.0)], F)], {"mode": mode}, 9, [1]


@case("Split")
def split(d, name):
    shape = d.shape(d.whole(1, 4), 2, 7)
    axis = d.axis(len(shape))
    n = shape[axis]
    parts = d.whole(1, min(3, n))
    cuts = sorted(int(c) for c in d.r.choice(np.arange(1, n), parts - 1, replace=False)) if parts > 1 else []
    sizes = [b - a for a, b in zip([0] + cuts, cuts + [n])]
    if d.chance():
        return [d.array(shape), np.array(sizes, L)], {"axis": axis, "_outputs": parts}, 13, [1]
    return [d.array(shape)], {"axis": axis, "num_outputs": parts, "_outputs": parts}, 18


@case("DepthToSpace", "SpaceToDepth")
def depth(d, name):
    b = d.whole(1, 3)
    if name == "DepthToSpace":
        return [d.array([d.whole(1, 2), b * b * d.whole(1, 3)] + d.shape(2))], {"blocksize": b, "mode": d.pick("DCR", "CRD")}, 13
    return [d.array([d.whole(1, 2), d.whole(1, 4), b * d.whole(1, 3), b * d.whole(1, 3)])], {"blocksize": b}, 13


@case("Einsum")
def einsum(d, name):
    text, shapes = d.pick(("ij,jk->ik", ([2, 3], [3, 4])), ("bij,bjk->bik", ([2, 2, 3], [2, 3, 4])), ("i,i->", ([4], [4])),
                          ("ij->ji", ([2, 3],)), ("...ij,...jk->...ik", ([2, 3, 4], [2, 4, 2])), ("ij,kj", ([2, 3], [4, 3])),
                          ("bhwc,hkc->bhwk", ([2, 3, 2, 4], [3, 5, 4])), ("ii->i", ([3, 3],)), ("ij->", ([2, 3],)), ("i,j->ij", ([3], [2])))
    return [d.array(s) for s in shapes], {"equation": text}, 12


@case("Trilu")
def trilu(d, name):
    shape = d.shape(d.whole(2, 4))
    ins = [d.array(shape, d.pick(F, L))]
    if d.chance(0.7):
        ins.append(np.array(d.whole(-3, 3), L))
    return ins, {"upper": d.whole(0, 1)}, 14


@case("Cast")
def cast(d, name):
    source = d.pick(F, D, H, I, L, U, B)
    target = d.pick(F, D, H, I, L, U, B)
    x = d.array(d.shape(), source, 20.0)
    if np.dtype(source).kind in "fi" and target is U:
        x = np.abs(x)
    return [x], {"to": helper.np_dtype_to_tensor_dtype(np.dtype(target))}, d.pick(9, 13, 19)


@case("IsNaN", "IsInf")
def is_nan(d, name):
    x = d.array(d.shape())
    if x.size:
        x = np.where(d.r.random(x.shape) < 0.3, d.pick(np.nan, np.inf, -np.inf), x).astype(F)
    return [x], {} if name == "IsNaN" else {"detect_negative": d.whole(0, 1), "detect_positive": d.whole(0, 1)}, 10 if name == "IsInf" else 13


@case("Shape", "Size")
def shape_of(d, name):
    shape = d.shape()
    if name == "Shape" and d.chance():
        return [d.array(shape)], {"start": d.whole(-4, 3), "end": d.whole(-4, 4)}, 15
    return [d.array(shape)], {}, 13


@case("ConstantOfShape")
def constant_of_shape(d, name):
    value = numpy_helper.from_array(np.array([d.whole(0, 5)], d.pick(F, I, L, B, U)))
    return [np.array(d.shape(), L)], {"value": value} if d.chance(0.8) else {}, 9, d.pick([], [0])


@case("Range")
def range_of(d, name):
    kind = d.pick(F, I, L)
    return [np.array(d.whole(-5, 5), kind), np.array(d.whole(-5, 9), kind), np.array(d.pick(1, 2, -1), kind)], {}, 11


def build(name, seed):
    """(model bytes, feeds) of one case."""
    d = Draw([seed, *name.encode()])
    made = CASES[name](d, name)
    inputs, attributes, opset = made[:3]
    stored = made[3] if len(made) > 3 else []
    while inputs and inputs[-1] is None:
        inputs.pop()
    outputs = ["y%d" % k for k in range(attributes.pop("_outputs", 2 if name == "TopK" else 1))]
    names = ["" if x is None else "x%d" % k for k, x in enumerate(inputs)]
    node = helper.make_node(name, names, outputs, name="the_node", **attributes)
    feeds, initializers, entries = {}, [], []
    for k, x in enumerate(inputs):
        if x is None:
            continue
        x = np.asarray(x)
        if k in stored:
            initializers.append(numpy_helper.from_array(x, names[k]))
        else:
            feeds[names[k]] = x
            entries.append(helper.make_tensor_value_info(names[k], helper.np_dtype_to_tensor_dtype(x.dtype), x.shape))
    results = [helper.make_empty_tensor_value_info(y) for y in outputs]
    if name == "GroupNormalization":  # a function of other operators: its output's type is not inferred
        results = [helper.make_tensor_value_info(outputs[0], T.FLOAT, inputs[0].shape)]
    graph = helper.make_graph([node], "g", entries, results, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8 if opset < 20 else 10)
    model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    onnx.checker.check_model(model)
    return model, feeds


def differs(got, wanted):
    if got.shape != wanted.shape:
        return "shape %s, expected %s" % (got.shape, wanted.shape)
    if got.dtype != wanted.dtype:
        return "type %s, expected %s" % (got.dtype, wanted.dtype)
    if wanted.dtype.kind != "f":
        return None if np.array_equal(got, wanted) else "values differ"
    loose = 5e-3 if wanted.dtype == H else 2e-4
    scale = max(1.0, float(np.nanmax(np.abs(np.where(np.isfinite(wanted), wanted, 0)), initial=0)))
    if np.allclose(got, wanted, rtol=loose, atol=loose * 0.02 * scale, equal_nan=True):
        return None
    return "differs by %.3g" % np.nanmax(np.abs(got.astype(D) - wanted.astype(D)))


def inferred(model):
    """The outputs' shapes by onnx's own shape inference, which follows the specification."""
    return [[e.dim_value for e in o.type.tensor_type.shape.dim] for o in model.graph.output]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--runner", default="wetread model run --batch")
    parser.add_argument("--keep", help="keep models and arrays in this folder")
    options = parser.parse_args()
    names = options.only or sorted(CASES)
    work, dropped = [], collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = options.keep or scratch
        for name in names:
            for k in range(options.cases):
                folder = os.path.join(scratch, "%s-%d" % (name, k))
                try:
                    model, feeds = build(name, options.seed * 100003 + k)
                    wanted = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, feeds)
                except Exception as error:
                    dropped[name] += 1
                    if options.keep:
                        print("dropped %s: %s" % (folder, str(error)[:200]))
                    continue
                if any(np.size(w) == 0 for w in wanted) and not any(np.size(x) == 0 for x in feeds.values()):
                    dropped[name] += 1  # nothing is left: some engines refuse, some answer with an empty tensor
                    continue
                os.makedirs(folder, exist_ok=True)
                path = os.path.join(folder, "model.onnx")
                onnx.save(model, path)
                files = {}
                for key, x in feeds.items():
                    files[key] = os.path.join(folder, key + ".npy")
                    np.save(files[key], x)
                job = {"model": path, "inputs": files, "output_dir": os.path.join(folder, "out")}
                work.append((name, k, job, model, feeds, [np.asarray(w) for w in wanted]))
        listing = os.path.join(scratch, "list.jsonl")
        with open(listing, "w") as out:
            out.writelines(json.dumps(item[2]) + "\n" for item in work)
        run = subprocess.run(shlex.split(options.runner) + [listing], stdout=subprocess.PIPE, text=True)
        lines = run.stdout.splitlines()
        passed, alone, failed = collections.Counter(), collections.Counter(), collections.defaultdict(list)
        for (name, k, _, model, feeds, wanted), line in zip(work, lines):
            answer = json.loads(line)
            problem = None if answer["ok"] else answer.get("message", "no message")
            got = []
            if not problem:
                got = [np.load(answer["outputs"][o.name]) for o in model.graph.output]
                problem = next((p for p in map(differs, got, wanted) if p), None)
            if problem and got:
                try:
                    reference = ReferenceEvaluator(model).run(None, feeds)
                    if all(differs(g, np.asarray(r)) is None for g, r in zip(got, reference)):
                        alone[name] += 1
                        continue
                except Exception:
                    pass
            if got and problem and [list(g.shape) for g in got] == inferred(model) != [list(w.shape) for w in wanted]:
                alone[name] += 1
                continue
            if problem:
                attributes = {a.name: helper.get_attribute_value(a) for a in model.graph.node[0].attribute}
                failed[name].append("case %d: %s | opset %d %s %s" % (
                    k, problem, model.opset_import[0].version, attributes, [x.shape for x in feeds.values()]))
            else:
                passed[name] += 1
        for name, *_ in work[len(lines):]:
            failed[name].append("no answer: the runner ended with status %d" % run.returncode)
    for name in names:
        print("%-24s passed %3d  failed %3d  runtime alone %2d  dropped %2d"
              % (name, passed[name], len(failed[name]), alone[name], dropped[name]))
        for problem in failed[name]:
            print("    " + problem[:400])
    print("passed %d, failed %d, runtime alone %d, dropped %d"
          % (sum(passed.values()), sum(map(len, failed.values())), sum(alone.values()), sum(dropped.values())))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
