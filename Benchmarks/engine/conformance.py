#!/usr/bin/env python3
"""Runs the ONNX node, simple and light tests that ship inside the wheel onnx==1.20.0 through the engine.

    python3 Benchmarks/engine/conformance.py [--runner "wetread model run --batch"] [--verbose]

Needs numpy and onnx==1.20.0. A test is taken when every operator in it is on the engine's list and
every input and output is a tensor of a type the engine computes in. Prints passed, failed and
skipped with the reasons; exits 1 if one failed.
"""
import argparse, collections, glob, json, os, shlex, subprocess, sys, tempfile
import numpy as np
import onnx
from onnx import numpy_helper, TensorProto as T
from onnx.backend.test.runner import Runner

OPERATORS = set("""Conv ConvTranspose BatchNormalization InstanceNormalization GroupNormalization
LayerNormalization Relu LeakyRelu PRelu Elu Selu Clip Sigmoid HardSigmoid HardSwish Mish Tanh Softplus
Erf Gelu Softmax LogSoftmax MaxPool AveragePool GlobalAveragePool GlobalMaxPool LRN Gemm MatMul Add Sub
Mul Div Pow Sqrt Reciprocal Exp Log Neg Abs Floor Ceil Round Min Max Sum Mean Concat Split Slice Gather
GatherND ScatterND Flatten Reshape Transpose Squeeze Unsqueeze Expand Tile Pad Resize Upsample ReduceMean
ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp
ArgMax ArgMin TopK CumSum Range Mod Sin Cos Trilu GatherElements ScatterElements LpPool RMSNormalization
Cast CastLike Shape Size Constant ConstantOfShape Where Equal Greater GreaterOrEqual Less LessOrEqual And
Or Not IsNaN IsInf Identity Dropout DepthToSpace SpaceToDepth Einsum If
Celu ThresholdedRelu Softsign Sign Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Xor LpNormalization
ArrayFeatureExtractor LabelEncoder TreeEnsembleClassifier TreeEnsembleRegressor""".split())

TYPES = {T.FLOAT, T.DOUBLE, T.FLOAT16, T.INT32, T.INT64, T.UINT8, T.BOOL, T.INT8, T.INT16, T.UINT16,
         T.UINT32, T.UINT64}

# Tests that no correct engine can pass by computing, or that ask for what the product does not do.
SKIP = {
    "test_training_dropout": "random mask of NumPy's own generator",
    "test_training_dropout_default": "random mask of NumPy's own generator",
    "test_training_dropout_default_mask": "random mask of NumPy's own generator",
    "test_training_dropout_mask": "random mask of NumPy's own generator",
}


def operators(graph):
    for node in graph.node:
        yield node.op_type
        for attribute in node.attribute:
            for inner in [attribute.g] + list(attribute.graphs):
                yield from operators(inner)


def tensor_type(value):
    return value.type.tensor_type.elem_type if value.type.WhichOneof("value") == "tensor_type" else None


def why_not(name, model):
    if name in SKIP:
        return SKIP[name]
    if any(model.graph.node and n.domain not in ("", "ai.onnx.ml") for n in model.graph.node):
        return "operator of another domain"
    unknown = sorted(set(operators(model.graph)) - OPERATORS)
    if unknown:
        return "operator not on the list"
    if model.functions:
        return "model with functions"
    for value in list(model.graph.input) + list(model.graph.output):
        kind = tensor_type(value)
        if kind is None:
            return "sequence, map or optional"
        if kind not in TYPES and kind != T.STRING:
            return "type " + T.DataType.Name(kind)
        if kind == T.STRING and value in model.graph.output:
            return "text output"
    for op in model.opset_import:
        if op.domain == "" and not 7 <= op.version <= 25:
            return "opset %d" % op.version
    return None


def load(path):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(open(path, "rb").read())
    return numpy_helper.to_array(tensor)


def prepare(folder, scratch):
    """(jobs, expected arrays) of one test."""
    model_path = os.path.join(folder, "model.onnx")
    model = onnx.load(model_path)
    initializers = {i.name for i in model.graph.initializer}
    inputs = [i.name for i in model.graph.input if i.name not in initializers]
    jobs = []
    for index, data in enumerate(sorted(glob.glob(os.path.join(folder, "test_data_set_*")))):
        where = os.path.join(scratch, os.path.basename(folder), str(index))
        os.makedirs(where)
        files = {}
        for k, name in enumerate(inputs):
            source = os.path.join(data, "input_%d.pb" % k)
            if not os.path.exists(source):
                continue
            array = load(source)
            if array.dtype == object:
                array = array.astype(str)
            files[name] = os.path.join(where, "in%d.npy" % k)
            np.save(files[name], np.array(array, order="C"))
        expected = [(o.name, load(os.path.join(data, "output_%d.pb" % k)))
                    for k, o in enumerate(model.graph.output)]
        jobs.append(({"model": model_path, "inputs": files, "output_dir": os.path.join(where, "out")}, expected))
    return jobs


def prepare_light(path, scratch):
    """(job, expected arrays) of a light model: its weights are ConstantOfShape nodes, its input is made here
    as onnx's own backend test makes it, its expected output lies beside it."""
    model = onnx.load(path)
    initializers = {i.name for i in model.graph.initializer}
    where = os.path.join(scratch, os.path.basename(path))
    os.makedirs(where)
    files = {}
    for k, value in enumerate(i for i in model.graph.input if i.name not in initializers):
        array = Runner.generate_dummy_data(value, seed=0, name=os.path.basename(path), random=False)
        files[value.name] = os.path.join(where, "in%d.npy" % k)
        np.save(files[value.name], array)
    expected = [(model.graph.output[0].name, load(path.replace(".onnx", "_output_0.pb")))]
    return {"model": path, "inputs": files, "output_dir": os.path.join(where, "out")}, expected


def judge(answer, expected):
    if not answer["ok"]:
        return answer.get("message", "no message")
    for name, wanted in expected:
        got = np.load(answer["outputs"][name])
        if got.shape != wanted.shape:
            return "%s: shape %s, expected %s" % (name, got.shape, wanted.shape)
        if got.dtype != wanted.dtype:
            return "%s: type %s, expected %s" % (name, got.dtype, wanted.dtype)
        if wanted.dtype.kind == "f":
            # The tolerance of onnx's own backend tests.
            if not np.allclose(got, wanted, rtol=1e-3, atol=1e-7, equal_nan=True):
                worst = np.nanmax(np.abs(got.astype(np.float64) - wanted.astype(np.float64))) if wanted.size else 0
                return "%s: differs by %.3g" % (name, worst)
        elif not np.array_equal(got, wanted):
            return "%s: differs" % name
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner", default="wetread model run --batch")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    root = os.path.join(os.path.dirname(onnx.__file__), "backend/test/data")
    folders = [f for kind in ("node", "simple") for f in sorted(glob.glob(os.path.join(root, kind, "test_*")))
               if os.path.exists(os.path.join(f, "model.onnx")) and glob.glob(os.path.join(f, "test_data_set_*"))]
    skipped, failed, passed = collections.Counter(), {}, 0
    with tempfile.TemporaryDirectory() as scratch:
        work = []
        for folder in folders:
            name = os.path.basename(folder)
            reason = why_not(name, onnx.load(os.path.join(folder, "model.onnx")))
            if reason:
                skipped[reason] += 1
            else:
                work += [(name, job, expected) for job, expected in prepare(folder, scratch)]
        for path in sorted(glob.glob(os.path.join(root, "light", "light_*.onnx"))):
            folders.append(path)
            reason = why_not(os.path.basename(path), onnx.load(path))
            if reason:
                skipped[reason] += 1
            else:
                work.append((os.path.basename(path), *prepare_light(path, scratch)))
        listing = os.path.join(scratch, "list.jsonl")
        with open(listing, "w") as out:
            out.writelines(json.dumps(job) + "\n" for _, job, _ in work)
        run = subprocess.run(shlex.split(options.runner) + [listing], stdout=subprocess.PIPE, text=True)
        lines = run.stdout.splitlines()
        for (name, _, expected), line in zip(work, lines):
            problem = judge(json.loads(line), expected)
            if problem:
                failed[name] = problem
            else:
                passed += 1
        for name, _, _ in work[len(lines):]:
            failed[name] = "no answer: the runner ended with status %d" % run.returncode
    for name, problem in sorted(failed.items()):
        print("FAILED %s: %s" % (name, problem))
    for reason, count in skipped.most_common():
        print("skipped %4d: %s" % (count, reason))
    print("passed %d, failed %d, skipped %d of %d" % (passed, len(failed), sum(skipped.values()), len(folders)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
