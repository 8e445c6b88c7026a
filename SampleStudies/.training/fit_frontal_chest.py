#!/usr/bin/env python3
"""Fit the rule behind "does this look like a frontal chest radiograph" and write its table.

    python3 fit_frontal_chest.py SHARED --lateral DIR/lateral --lateral-test DIR/lateral-test
        [--swift Sources/Imaging/FrontalChestTable.swift]

SHARED is the project's folder with cxr/labels.csv (NIH ChestX-ray14 pictures) and dicom/index.csv.
The rule: reduce to 16x16 by area average, subtract the best plane, divide by the standard deviation
(at least 4 grey levels, at least a fifth of that before the plane went); project on ten
principal components of chest radiographs. The penalty is the
mean squared rest + the missing variance + 0.02 * the mean squared component in standard deviations.
A picture passes when its penalty is within the bound, its correlation with the mean is enough, and
it is not much more like a side view: DIR/lateral/images.npy are side views drawn by the room Phantom
(as for train_phantom.py), whose mean may correlate at most 0.30 better.
Fitted on the patients of one half (by hash), with mirrored, zoomed, shifted, turned and re-exposed
copies; the bound is the 98.5 % quantile of the other half plus 5 %,
the least correlation the 1 % quantile of the first. Nothing but DICOM files and the
other half is used for measuring. Needs numpy, scipy, pillow, pydicom.
"""
import argparse, csv, hashlib, os, sys, warnings
import numpy as np
from scipy import ndimage

COMPONENTS, SIDE, SPREAD, UNIT, SIDEWAYS = 10, 16, 0.02, 10_000, 0.30


def resize_matrix(n_in, n_out):
    """Area average when shrinking, bilinear half-pixel when growing (as `Radiograph.modelInput`)."""
    w = np.zeros((n_out, n_in))
    s = n_in / n_out
    for i in range(n_out):
        if s >= 1:
            for j in range(int(i * s), min(n_in, int(np.ceil((i + 1) * s - 1e-9)))):
                w[i, j] = max(0.0, min(j + 1, (i + 1) * s) - max(j, i * s)) / s
        else:
            c = (i + 0.5) * s - 0.5
            j = int(np.floor(c))
            w[i, min(max(j, 0), n_in - 1)] += 1 - (c - j)
            w[i, min(max(j + 1, 0), n_in - 1)] += c - j
    return w


def resize(grey, side):
    return resize_matrix(grey.shape[0], side) @ grey @ resize_matrix(grey.shape[1], side).T


def grey_of(path):
    from PIL import Image
    a = np.asarray(Image.open(path)).astype(float)
    return a @ [0.299, 0.587, 0.114] if a.ndim == 3 else a


def display_of(path):
    import pydicom
    d = pydicom.dcmread(path, force=True)
    if "TransferSyntaxUID" not in d.file_meta:
        d.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2"
    a = d.pixel_array
    if int(d.get("NumberOfFrames") or 1) > 1:
        a = a[0]
    a = a.astype(float)
    if a.ndim == 3:
        a = a @ [0.299, 0.587, 0.114]
    a = a * float(d.get("RescaleSlope") or 1) + float(d.get("RescaleIntercept") or 0)
    first = lambda v: float(v[0] if isinstance(v, pydicom.multival.MultiValue) else v)
    if d.get("WindowCenter") not in (None, "") and d.get("WindowWidth") not in (None, ""):
        center, width = first(d.WindowCenter), first(d.WindowWidth)
        low, high = center - width / 2, center + width / 2
    else:
        low, high = np.percentile(a, 0.5), np.percentile(a, 99.5)
    g = np.clip((a - low) / max(high - low, 1e-6), 0, 1) * 255
    return 255 - g if d.PhotometricInterpretation == "MONOCHROME1" else g


def features(pictures):
    f = resize_stack(pictures).reshape(len(pictures), -1)
    y, x = (np.mgrid[0:SIDE, 0:SIDE] - (SIDE - 1) / 2).reshape(2, -1)
    f = f - f.mean(1, keepdims=True)
    before = f.std(1, keepdims=True)
    f = f - np.outer(f @ x / (x @ x), x) - np.outer(f @ y / (y @ y), y)
    return f / np.maximum(f.std(1, keepdims=True), np.maximum(4, 0.2 * before))


def resize_stack(pictures):
    return np.array([resize(p, SIDE) for p in pictures])


def varied(pictures, copies, random):
    out = []
    for g in pictures:
        out += [g, g[:, ::-1]]
        middle = (np.array(g.shape) - 1) / 2
        for _ in range(copies):
            zoom, shift = random.uniform(0.88, 1.12, 2), random.uniform(-2, 2, 2)
            a = np.deg2rad(random.uniform(-6, 6))
            m = np.array([[np.cos(a) * zoom[0], -np.sin(a)], [np.sin(a), np.cos(a) * zoom[1]]])
            o = ndimage.affine_transform(g, m, middle + shift - m @ middle, order=1, mode="nearest")
            out.append(255 * np.clip(o / 255, 0, 1) ** random.uniform(0.7, 1.4))
    return out


def drawn_nonsense(random):
    y, x = np.mgrid[0:32, 0:32] / 31.0
    out = []
    for _ in range(100):
        a = random.uniform(0, 2 * np.pi)
        out.append(255 * np.clip(0.5 + (np.cos(a) * (x - 0.5) + np.sin(a) * (y - 0.5)), 0, 1))
        out.append(255 * random.uniform(0, 1, (32, 32)))
        cx, cy, w, h = random.uniform(0.3, 0.7, 4)
        out.append(255 * np.exp(-(((x - cx) / w) ** 2 + ((y - cy) / h) ** 2) * 2))
        out.append(255 - out[-1])
        out.append(127 + 127 * np.sin(random.uniform(3, 20) * (np.cos(a) * x + np.sin(a) * y) + a))
        soft = ndimage.gaussian_filter(random.normal(size=(32, 32)), random.uniform(1, 6))
        out.append(255 * (soft - soft.min()) / (np.ptp(soft) + 1e-9))
    return out


def main():
    warnings.filterwarnings("ignore")
    p = argparse.ArgumentParser()
    p.add_argument("shared")
    p.add_argument("--lateral", required=True)
    p.add_argument("--lateral-test", required=True)
    p.add_argument("--swift")
    a = p.parse_args()
    random = np.random.default_rng(5)
    rows = list(csv.DictReader(open(os.path.join(a.shared, "cxr/labels.csv"))))
    pictures = [resize(grey_of(os.path.join(a.shared, "cxr", r["file"])), 32) for r in rows]
    half = np.array([hashlib.sha256(r["patient"].encode()).digest()[0] & 1 for r in rows])
    fit = features(varied([q for q, h in zip(pictures, half) if h == 0], 6, random))
    held = [q for q, h in zip(pictures, half) if h == 1]
    mean = fit.mean(0)
    _, s, v = np.linalg.svd(fit - mean, full_matrices=False)
    basis, sigma = v[:COMPONENTS], s[:COMPONENTS] / np.sqrt(len(fit))
    mean, basis = np.round(mean * UNIT) / UNIT, np.round(basis * UNIT) / UNIT
    sigma = np.round(sigma, 3)
    drawn = lambda folder: list(np.load(os.path.join(folder, "images.npy")).astype(float))
    side = np.round(features(drawn(a.lateral)).mean(0) * UNIT) / UNIT
    length = np.sqrt((mean**2).mean())
    least = round(float(np.quantile((fit * mean).mean(1) / length, 0.01)), 3)

    def penalty(pictures):
        z = features(pictures)
        c = (z - mean) @ basis.T
        rest = ((z - mean - c @ basis) ** 2).mean(1)
        far = rest + 1 - (z**2).mean(1) + SPREAD * ((c / sigma) ** 2).mean(1)
        likeness = (z * mean).mean(1) / length
        return far, likeness, likeness - (z * side).mean(1) / np.sqrt((side**2).mean())

    bound = round(float(np.quantile(penalty(held)[0], 0.985)) * 1.05, 3)
    passes = lambda pictures: (lambda q: (q[0] <= bound) & (q[1] >= least) & (q[2] >= -SIDEWAYS))(penalty(pictures))
    yes = lambda pictures: "%d of %d" % (passes(pictures).sum(), len(pictures))
    print("bound", bound, "| held-out half:", yes(held), "| its varied copies:", yes(varied(held, 4, random)))
    print("turned by 90 degrees:", yes([np.rot90(q) for q in pictures]), "| upside down:",
          yes([q[::-1] for q in pictures]), "| negative:", yes([255 - q for q in pictures]))
    nonsense = drawn_nonsense(random)
    print("drawn side views, other seeds:", yes(drawn(a.lateral_test)))
    print("drawn ramps, noise, blobs and bars:", yes(nonsense), "| least correlation", least)
    chest, other, others = [], [], []
    for r in csv.DictReader(open(os.path.join(a.shared, "dicom/index.csv"))):
        if r["expect"] != "read":
            continue
        try:
            g = resize(display_of(os.path.join(a.shared, "dicom", r["path"])), 32)
        except Exception as error:
            print("left out:", r["path"], str(error)[:60], file=sys.stderr)
            continue
        if "chest/" in r["path"] or "fuji" in r["path"]:
            chest.append(g)
        else:
            other.append(g)
            others.append(r["path"])
    print("DICOM chest:", yes(chest), "| DICOM other:", yes(other))
    print("taken wrongly:", [o for o, q in zip(others, passes(other)) if q])
    if a.swift:
        write(a.swift, mean, side, basis, sigma, bound, least)


def write(path, mean, side, basis, sigma, bound, least):
    def table(values):
        n = ["%d" % round(x * UNIT) for x in values]
        lines, line = [], "           "
        for word in n:
            if len(line) + len(word) + 2 > 100:
                lines.append(line)
                line = "           "
            line += " " + word + ","
        return "\n".join(lines + [line])

    with open(path, "w") as f:
        f.write("// Written by SampleStudies/.training/fit_frontal_chest.py; do not edit by hand.\n\n"
                "/// Mean and principal components of frontal chest radiographs at 16 x 16.\n"
                "enum FrontalChestTable {\n"
                "    /// The largest penalty of a picture that passes.\n"
                "    static let bound: Float = %g\n\n"
                "    /// The correlation with the mean that all but 1 %% of chests reach.\n"
                "    static let leastCorrelation: Float = %g\n\n" % (bound, least))
        f.write("    /// Standard deviation of each component.\n    static let deviations: [Float] = [\n"
                "        %s\n    ]\n\n" % ", ".join("%g" % x for x in sigma) )
        f.write("    /// The mean, in units of 1/10000.\n    static let mean: [Int16] = [\n%s\n    ]\n\n" % table(mean))
        f.write("    /// The mean of drawn side views, in units of 1/10000.\n"
                "    static let side: [Int16] = [\n%s\n    ]\n\n" % table(side))
        f.write("    /// How much better a picture may correlate with a side view and still pass.\n"
                "    static let sidewaysMost: Float = %g\n\n" % SIDEWAYS)
        f.write("    /// The components, one of length 1 after another, in units of 1/10000.\n"
                "    static let components: [[Int16]] = [\n")
        for b in basis:
            f.write("        [\n%s\n        ],\n" % table(b))
        f.write("    ]\n}\n")


if __name__ == "__main__":
    main()
