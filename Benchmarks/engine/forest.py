#!/usr/bin/env python3
"""Checks models of structured data against ONNX Runtime.

    python3 Benchmarks/engine/forest.py [--runner "wetread model run --batch"] [--dir DIR]
    python3 Benchmarks/engine/compare.py DIR/forest300.onnx --batch 10000   (times it)

Needs numpy, scikit-learn, skl2onnx and onnxruntime. Trains on scikit-learn's own data sets: a forest of
300 trees (on standardised columns, so that made-up inputs take every branch), gradient boosting, logistic
regression with scaling, linear regression, an imputer; exports them without ZipMap and compares every
output on all rows.
"""
import argparse, json, os, shlex, subprocess, sys, tempfile
import numpy as np
import onnxruntime
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import (GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier,
                              RandomForestRegressor)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler


def models():
    cancer, iris, diabetes = (f(return_X_y=True) for f in (load_breast_cancer, load_iris, load_diabetes))
    standard = (StandardScaler().fit_transform(cancer[0]), cancer[1])
    yield "forest300", RandomForestClassifier(300, random_state=1), standard
    yield "forest300-iris", RandomForestClassifier(300, random_state=1), iris
    yield "forest-regressor", RandomForestRegressor(100, random_state=1), diabetes
    yield "boosting", GradientBoostingClassifier(random_state=1), cancer
    yield "boosting-iris", GradientBoostingClassifier(random_state=1), iris
    yield "boosting-regressor", GradientBoostingRegressor(random_state=1), diabetes
    yield "logistic", make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)), cancer
    yield "logistic-iris", make_pipeline(Normalizer(), LogisticRegression(max_iter=1000)), iris
    yield "linear", make_pipeline(SimpleImputer(), LinearRegression()), diabetes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner", default="wetread model run --batch")
    parser.add_argument("--dir", default=None, help="keep the models here")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.dir or scratch
        os.makedirs(folder, exist_ok=True)
        jobs = []
        for name, estimator, (x, y) in models():
            x = x.astype(np.float32)
            estimator.fit(x, y)
            if name == "linear":
                x[::7, 2] = np.nan
            opts = {id(estimator): {"zipmap": False}} if hasattr(estimator, "predict_proba") else None
            exported = convert_sklearn(estimator, initial_types=[("x", FloatTensorType([None, x.shape[1]]))],
                                       options=opts, target_opset={"": 15, "ai.onnx.ml": 3})
            path = os.path.join(folder, name + ".onnx")
            open(path, "wb").write(exported.SerializeToString())
            if name == "forest300":
                x = np.tile(x, (18, 1))[:10000]
            data = os.path.join(folder, name + ".npy")
            np.save(data, x)
            session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
            wanted = dict(zip([o.name for o in session.get_outputs()], session.run(None, {"x": x})))
            jobs.append((name, {"model": path, "inputs": {"x": data}, "output_dir": os.path.join(scratch, name)}, wanted))
        listing = os.path.join(scratch, "list.jsonl")
        with open(listing, "w") as out:
            out.writelines(json.dumps(job) + "\n" for _, job, _ in jobs)
        run = subprocess.run(shlex.split(options.runner) + [listing], stdout=subprocess.PIPE, text=True)
        for (name, _, wanted), line in zip(jobs, run.stdout.splitlines()):
            answer = json.loads(line)
            if not answer["ok"]:
                print("FAILED %s: %s" % (name, answer["message"]))
                failed += 1
                continue
            for output, expected in wanted.items():
                got = np.load(answer["outputs"][output])
                if expected.dtype.kind == "f":
                    worst = float(np.abs(got - expected).max() / max(1.0, np.abs(expected).max()))
                else:
                    worst = float((got != expected).mean())
                bad = got.shape != expected.shape or not worst < 1e-5
                failed += bad
                print("%s %s %s: differs by %.2g" % ("FAILED" if bad else "ok    ", name, output, worst))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
