#!/usr/bin/env python3
"""Train, calibrate, measure and export phantom-cxr14: the model that knows only drawn phantoms.

    wetread phantom --training 6500 --seed 1000 --output DIR/train
    wetread phantom --training 800 --seed 5000000 --output DIR/val
    wetread phantom --training 1500 --seed 9000000 --output DIR/test
    python3 train_phantom.py train test --data DIR --out DIR --minutes 15

Each of DIR/train, DIR/val, DIR/test holds images.npy (uint8, N x 128 x 128, display grey, reduced by
Wetread's own preprocessing) and labels.csv (the severity of each planted label, 0 where there is
none), as the room Phantom writes them. No picture of a person is used. Needs torch, numpy, onnx.
Writes OUT/model.onnx, OUT/model.json and OUT/README.md: the same form as baseline-cxr14.
"""
import argparse, csv, hashlib, json, math, os, time
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

LABELS = ["Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia",
          "Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening", "Hernia"]
CRITICAL = ["Pneumothorax", "Mass", "Pneumonia"]
SIZE, MEAN, STD = 128, 0.5266, 0.2480  # the baseline's preprocessing, so that one code path serves both
WIDTHS, BLOCKS, STEM, DROPOUT = (24, 40, 72, 112), (2, 2, 2, 1), 16, 0.3
NOTICE = "Knows only drawn phantoms; says nothing about real radiographs."


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(o)
        self.down = nn.Conv2d(i, o, 1, stride, bias=False) if stride != 1 or i != o else None
        self.bnd = nn.BatchNorm2d(o) if self.down is not None else None

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.down is None else self.bnd(self.down(x))))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv0 = nn.Conv2d(1, STEM, 5, 2, 2, bias=False)
        self.bn0 = nn.BatchNorm2d(STEM)
        blocks, i = [], STEM
        for k, (o, n) in enumerate(zip(WIDTHS, BLOCKS)):
            for j in range(n):
                blocks.append(Block(i, o, 2 if j == 0 and k > 0 else 1))
                i = o
        self.blocks = nn.Sequential(*blocks)
        self.drop = nn.Dropout(DROPOUT)
        self.fc = nn.Linear(i, len(LABELS))

    def features(self, x):
        x = F.max_pool2d(F.relu(self.bn0(self.conv0(x))), 3, 2, 1)
        return self.blocks(x).mean((2, 3))

    def forward(self, x):
        return self.fc(self.drop(self.features(x)))


def load(folder):
    images = np.load(os.path.join(folder, "images.npy"))
    rows = list(csv.DictReader(open(os.path.join(folder, "labels.csv"))))
    severity = np.array([[float(r[l]) for l in LABELS] for r in rows], np.float32)
    assert len(images) == len(rows)
    return images, severity, rows


def normalise(images):
    x = torch.from_numpy(images).float().unsqueeze(1)
    return (x / 255 - MEAN) / STD


def augment(x, gen):
    """Small affine map, contrast, brightness, a gamma-like curve and noise; no mirror: sides differ."""
    n = x.shape[0]
    u = lambda a, b: torch.rand(n, generator=gen) * (b - a) + a
    rot, sc, asp = u(-6, 6) * math.pi / 180, u(0.92, 1.10), u(0.96, 1.04)
    m = torch.zeros(n, 2, 3)
    m[:, 0, 0], m[:, 0, 1], m[:, 0, 2] = sc * asp * torch.cos(rot), -sc * torch.sin(rot), u(-0.08, 0.08)
    m[:, 1, 0], m[:, 1, 1], m[:, 1, 2] = sc * torch.sin(rot), sc / asp * torch.cos(rot), u(-0.08, 0.08)
    x = F.grid_sample(x, F.affine_grid(m, x.shape, align_corners=False), mode="bilinear",
                      padding_mode="border", align_corners=False)
    x = x * u(0.85, 1.18).view(n, 1, 1, 1) + u(-0.2, 0.2).view(n, 1, 1, 1)
    x = x + u(-0.1, 0.1).view(n, 1, 1, 1) * (x * x - 1)
    return x + u(0, 0.05).view(n, 1, 1, 1) * torch.randn(x.shape, generator=gen)


def auc(y, s):
    y = np.asarray(y) > 0.5
    p, n = int(y.sum()), int((~y).sum())
    if p == 0 or n == 0:
        return float("nan")
    _, inverse, count = np.unique(s, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2.0)[inverse]
    return float((rank[y].sum() - p * (p + 1) / 2) / (p * n))


def predict(net, images, of="logits"):
    net.eval()
    with torch.no_grad():
        f = net if of == "logits" else net.features
        return np.concatenate([f(normalise(images[i:i + 256])).numpy() for i in range(0, len(images), 256)])


def train(a):
    torch.manual_seed(a.seed)
    torch.set_num_threads(a.threads)
    gen = torch.Generator().manual_seed(a.seed)
    images, severity, _ = load(os.path.join(a.data, "train"))
    if os.path.exists(os.path.join(a.data, "lateral")):
        side_images, side_severity, _ = load(os.path.join(a.data, "lateral"))
        images, severity = np.concatenate([images, side_images]), np.concatenate([severity, side_severity])
    val_images, val_severity, _ = load(os.path.join(a.data, "val"))
    target = torch.from_numpy((severity > 0).astype(np.float32))
    weight = ((len(target) - target.sum(0)) / target.sum(0)).sqrt().clamp(1, 8)
    net, ema = Net(), Net()
    if a.init:
        net.load_state_dict(torch.load(a.init, weights_only=False)["state"])
    ema.load_state_dict(net.state_dict())
    net = net.to(memory_format=torch.channels_last)
    decay = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    opt = torch.optim.AdamW([{"params": decay, "weight_decay": 0.03}, {"params": plain, "weight_decay": 0.0}])
    start, step, best, epoch, log = time.time(), 0, -1.0, 0, []
    progress = lambda: (time.time() - start) / (60 * a.minutes)
    while progress() < 1:
        net.train()
        order, total, t = torch.randperm(len(target), generator=gen), 0.0, time.time()
        for i in range(0, len(target) - 63, 64):
            k = order[i:i + 64]
            q = min(progress(), 1)
            for g in opt.param_groups:
                g["lr"] = a.lr * min(1, 0.05 + q / 0.06) * (0.004 + 0.996 * 0.5 * (1 + math.cos(math.pi * q)))
            x = augment(normalise(images[k.numpy()]), gen).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=not a.fp32):
                z = net(x)
            loss = F.binary_cross_entropy_with_logits(z.float(), target[k], pos_weight=weight)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
            step += 1
            d = min(0.995, (1 + step) / (10 + step))
            with torch.no_grad():
                for e, p in zip(ema.state_dict().values(), net.state_dict().values()):
                    e.mul_(d).add_(p, alpha=1 - d) if e.dtype.is_floating_point else e.copy_(p)
            total += loss.item()
        epoch += 1
        z = predict(ema, val_images)
        per = [auc(val_severity[:, k] > 0, z[:, k]) for k in range(len(LABELS))]
        mean = float(np.mean(per))
        print(json.dumps(dict(epoch=epoch, loss=round(total / (len(target) // 64), 4), val_auc=round(mean, 4),
                              least=round(min(per), 4), label=LABELS[int(np.argmin(per))],
                              seconds=round(time.time() - t, 1))), flush=True)
        log.append(mean)
        if mean > best:
            best = mean
            torch.save({"state": ema.state_dict(), "epoch": epoch, "val_auc": mean,
                        "minutes": (time.time() - start) / 60, "pictures": len(target)},
                       os.path.join(a.out, "best.pt"))


# ---------------------------------------------------------------- calibration, bounds, measurement
def fit_platt(z, y):
    """Slope 0.4...1.6 and intercept of sigmoid(a z + b) with the least log loss on Platt's smoothed targets;
    the intercept is searched too, since labels that are told apart without error have no finite optimum."""
    p, n = y.sum(), len(y) - y.sum()
    t = np.where(y > 0.5, (p + 1) / (p + 2), 1 / (n + 2))
    best = None
    for a in np.linspace(0.4, 1.6, 25):
        for b in np.linspace(-6, 4, 101):
            m = a * z + b
            loss = (np.logaddexp(0, m) - t * m).sum() + 3 * (a - 1) ** 2
            if best is None or loss < best[0]:
                best = (loss, float(a), float(b))
    return best[1:]


def passes(net, images, cal, samples=10, seed=3):
    """Mean and standard deviation of the calibrated probability over dropout passes."""
    rng = np.random.default_rng(seed)
    f = predict(net, images, of="features")
    w, b = net.fc.weight.detach().numpy(), net.fc.bias.detach().numpy()
    p = []
    for _ in range(samples):
        mask = (rng.random(f.shape) >= DROPOUT) / (1 - DROPOUT)
        z = (f * mask) @ w.T + b
        p.append(1 / (1 + np.exp(-(cal[:, 0] * z + cal[:, 1]))))
    return np.mean(p, 0), np.std(p, 0)


def report(a):
    saved = torch.load(os.path.join(a.out, "best.pt"), weights_only=False)
    net = Net()
    net.load_state_dict(saved["state"])
    val, val_severity, _ = load(os.path.join(a.data, "val"))
    test, test_severity, rows = load(os.path.join(a.data, "test"))
    z = predict(net, val).astype(np.float64)
    cal = np.array([fit_platt(z[:, k], (val_severity[:, k] > 0).astype(float)) for k in range(len(LABELS))])
    mean, deviation = passes(net, val, cal)
    tmean, _ = passes(net, test, cal)
    tz = predict(net, test)
    healthy = test_severity.max(1) == 0
    risk, evaluation = {}, []
    for k, label in enumerate(LABELS):
        y, ty = val_severity[:, k] > 0, test_severity[:, k] > 0
        best = max(np.unique(mean[:, k]), key=lambda c: (mean[y, k] >= c).mean() + (mean[~y, k] < c).mean())
        high = float(np.clip(np.quantile(mean[~y, k], 0.995), 0.30, 0.60))
        moderate = float(np.clip(min(best, 0.7 * high), 0.05, 0.35))
        flagged = tmean[:, k] >= high
        risk[label] = {
            "moderate": round(moderate, 4), "high": round(high, 4),
            "uncertain_above": round(float(max(np.quantile(deviation[:, k], 0.98), 0.02)), 4),
            "on_test": {"positives": int(ty.sum()), "high": {"sensitivity": round(float(flagged[ty].mean()), 3),
                        "specificity": round(float((~flagged[~ty]).mean()), 4)},
                        "moderate": {"sensitivity": round(float((tmean[ty, k] >= moderate).mean()), 3),
                                     "specificity": round(float((tmean[~ty, k] < moderate).mean()), 4)},
                        "healthy_flagged": int(flagged[healthy].sum())}}
        strong = ty & (test_severity[:, k] >= 0.5)
        evaluation.append({"label": label, "positives": int(ty.sum()), "auc": round(auc(ty, tz[:, k]), 4),
                           "auc_severity_over_half": round(auc(ty[strong | ~ty], tz[strong | ~ty, k]), 4),
                           "brier_calibrated": round(float(((tmean[:, k] - ty) ** 2).mean()), 5)})
    average = float(np.mean([e["auc"] for e in evaluation]))
    critical = [LABELS.index(c) for c in CRITICAL]
    flagged = np.any([tmean[:, k] >= risk[LABELS[k]]["high"] for k in critical], axis=0)
    counts = {}
    if os.path.exists(os.path.join(a.data, "lateral-test")):
        side, side_severity, _ = load(os.path.join(a.data, "lateral-test"))
        smean, _ = passes(net, side, cal)
        wrong = np.any([(smean[:, k] >= risk[LABELS[k]]["high"]) & (side_severity[:, k] == 0) for k in critical], axis=0)
        counts = {"lateral": len(side), "lateral_wrongly_flagged_as_critical": int(wrong.sum())}
        print("lateral pictures wrongly flagged as critical: %d of %d" % (wrong.sum(), len(side)))
    print("mean AUC %.4f, least %.4f; healthy pictures flagged as critical: %d of %d" % (
        average, min(e["auc"] for e in evaluation), flagged[healthy].sum(), healthy.sum()))
    for e in evaluation:
        print("%-20s %4d  AUC %.4f  sensitivity %.3f  specificity %.4f" % (
            e["label"], e["positives"], e["auc"], risk[e["label"]]["on_test"]["high"]["sensitivity"],
            risk[e["label"]]["on_test"]["high"]["specificity"]))
    portable = np.array([r["view"] != "posteroanterior" for r in rows])
    export(net, os.path.join(a.out, "model.onnx"))
    describe(a, saved, net, cal, risk, evaluation, average, dict(
        images=len(test), healthy=int(healthy.sum()),
        healthy_flagged_as_critical=int(flagged[healthy].sum()), portable=int(portable.sum()), **counts))


# ---------------------------------------------------------------- export
def export(net, path):
    import onnx
    from onnx import helper as H, numpy_helper as NH, TensorProto as T
    sd = {k: v.detach().float().numpy() for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    nodes, inits = [], []
    put = lambda n, v: (inits.append(NH.from_array(np.array(v, order="C"), n)), n)[1]

    def conv_bn(x, conv, bn, name, stride, pad, relu=True):
        w = sd[conv + ".weight"]
        nodes.append(H.make_node("Conv", [x, put(conv + ".weight", w)], [name + "_c"], name=name + "/Conv",
                                 kernel_shape=list(w.shape[2:]), strides=[stride] * 2, pads=[pad] * 4,
                                 dilations=[1, 1], group=1))
        nodes.append(H.make_node("BatchNormalization", [name + "_c"] + [put(bn + "." + k, sd[bn + "." + k]) for k in
                                 ("weight", "bias", "running_mean", "running_var")], [name + "_b"],
                                 name=name + "/BatchNormalization", epsilon=1e-5, momentum=0.9))
        if not relu:
            return name + "_b"
        nodes.append(H.make_node("Relu", [name + "_b"], [name + "_r"], name=name + "/Relu"))
        return name + "_r"

    x = conv_bn("image", "conv0", "bn0", "stem", 2, 2)
    nodes.append(H.make_node("MaxPool", [x], ["pool"], name="stem/MaxPool", kernel_shape=[3, 3], strides=[2, 2],
                             pads=[1, 1, 1, 1]))
    x, b = "pool", 0
    for k, (o, n) in enumerate(zip(WIDTHS, BLOCKS)):
        for j in range(n):
            stride, p, q = (2 if j == 0 and k > 0 else 1), "blocks.%d." % b, "block%d" % b
            y = conv_bn(x, p + "conv1", p + "bn1", q + "/1", stride, 1)
            y = conv_bn(y, p + "conv2", p + "bn2", q + "/2", 1, 1, relu=False)
            s = conv_bn(x, p + "down", p + "bnd", q + "/down", stride, 0, relu=False) if p + "down.weight" in sd else x
            nodes.append(H.make_node("Add", [y, s], [q + "_sum"], name=q + "/Add"))
            nodes.append(H.make_node("Relu", [q + "_sum"], [q + "_out"], name=q + "/Relu"))
            x, b = q + "_out", b + 1
    nodes.append(H.make_node("GlobalAveragePool", [x], ["gap"], name="head/GlobalAveragePool"))
    nodes.append(H.make_node("Flatten", ["gap"], ["features"], name="head/Flatten", axis=1))
    nodes.append(H.make_node("Dropout", ["features", put("dropout_ratio", np.array(DROPOUT, np.float32))], ["dropped"],
                             name="head/Dropout"))
    nodes.append(H.make_node("Gemm", ["dropped", put("fc.weight", sd["fc.weight"]), put("fc.bias", sd["fc.bias"])],
                             ["logits"], name="head/Gemm", transB=1, alpha=1.0, beta=1.0))
    g = H.make_graph(nodes, "phantom-cxr14", [H.make_tensor_value_info("image", T.FLOAT, ["batch", 1, SIZE, SIZE])],
                     [H.make_tensor_value_info("logits", T.FLOAT, ["batch", len(LABELS)])], inits)
    m = H.make_model(g, opset_imports=[H.make_opsetid("", 13)], producer_name="train_phantom.py", producer_version="1")
    m.ir_version = 7
    m.metadata_props.extend([onnx.StringStringEntryProto(key="labels", value=",".join(LABELS))])
    onnx.checker.check_model(m, full_check=True)
    onnx.save(m, path)


def describe(a, saved, net, cal, risk, evaluation, average, counts):
    content = open(os.path.join(a.out, "model.onnx"), "rb").read()
    count = sum(p.numel() for p in net.parameters())
    preprocessing = json.load(open(a.baseline))["preprocessing"]
    with open(os.path.join(a.data, "val", "labels.csv")) as f:
        val = list(csv.DictReader(f))
    model = {
        "name": "phantom-cxr14", "version": "1.0.0", "file": "model.onnx",
        "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "opset": 13, "ir_version": 7,
        "parameters": count,
        "intended_use": "Demonstration and tests with drawn phantoms. Not a medical device, not for diagnosis, "
                        "and not for pictures of people at all.",
        "domain": {"kind": "phantom", "notice": NOTICE},
        "architecture": "ResNet-like: Conv 5x5/2 (%d) BN ReLU MaxPool 3x3/2; 7 basic blocks, widths "
                        "24,24,40,40,72,72,112 (first of each new width has stride 2); GlobalAveragePool; Flatten; "
                        "Dropout %g; Gemm 112->14" % (STEM, DROPOUT),
        "labels": LABELS, "label_order": "NIH ChestX-ray14", "not_drawn": [],
        "input": {"name": "image", "type": "float32", "layout": "NCHW", "shape": ["batch", 1, SIZE, SIZE],
                  "channels": 1, "width": SIZE, "height": SIZE},
        "output": {"name": "logits", "type": "float32", "shape": ["batch", len(LABELS)],
                   "meaning": "logits; probability = sigmoid(logit), labels are not exclusive"},
        "preprocessing": preprocessing,
        "dropout": {"node": "head/Dropout", "op": "Dropout", "input": "features", "output": "dropped", "p": DROPOUT,
                    "ratio_initializer": "dropout_ratio",
                    "training_mode": "input absent, so inference is the identity; for Monte-Carlo dropout apply an "
                                     "inverted-dropout mask (zero with probability p, else divide by 1-p) to the "
                                     "112 values of \"features\", per sample", "count": 1},
        "cam": {"last_feature_map": "block6_out", "shape": [WIDTHS[-1], 4, 4],
                "note": "GlobalAveragePool then one Gemm follow, so a class activation map is fc.weight[k] dotted "
                        "with this map"},
        "calibration": {"kind": "per-label Platt: p = sigmoid(a*logit + b)", "fitted_on": "val pictures",
                        "per_label": [{"label": l, "a": round(float(c[0]), 8), "b": round(float(c[1]), 8),
                                       "val_positives": sum(float(r[l]) > 0 for r in val)}
                                      for l, c in zip(LABELS, cal)]},
        "training": {"data": "pictures drawn by Wetread's room Phantom, %d for training; no picture of a person"
                             % saved["pictures"],
                     "seeds": {"train": 1000, "val": 5000000, "test": 9000000, "lateral": 20000000},
                     "lateral": "500 of the training pictures are side views, half with a mass, an effusion or a "
                                "hernia, so that a second view does not raise false flags",
                     "sizes": "columns 200...420, rows 0.9...1.25 times that, 8 to 16 bits, PA and portable AP",
                     "initialisation": "random; no pretrained weights", "optimiser": "AdamW, batch 64, one cosine",
                     "loss": "binary cross-entropy, positive weight sqrt(neg/pos) clipped to 1..8",
                     "augmentation": "rotation 6 deg, zoom 10 %, shift 4 %, contrast, brightness, curve, noise; no mirror",
                     "selection": "EMA weights with the best mean val AUC", "selected_epoch": saved["epoch"],
                     "minutes": round(saved["minutes"], 1), "stages": a.stages, "script": "SampleStudies/.training/train_phantom.py"},
        "evaluation": {"split": "test: other seeds", **counts, "mean_auc": round(average, 4), "per_label": evaluation},
        "limits": [NOTICE,
                   "Each label is drawn by one convention (see Sources/Phantom), which is far easier than patients: "
                   "these AUCs say that drawing and engine work, and nothing about medicine.",
                   "On lateral views it was only taught to stay quiet and to see a mass, an effusion or a hernia.",
                   "Probabilities are calibrated to how often the training plants each label (about 9 %)."],
        "licence": {"weights": "Trained from scratch by this project on its own drawings; CC0-1.0 unless the "
                               "project states otherwise.", "data": "drawn; none needed"},
        "risk": {"kind": "on the calibrated mean of T=10 Monte-Carlo dropout passes; high: 99.5 % specificity on val "
                         "within 0.30...0.60, moderate: Youden point within 0.05...0.35 and below 0.7 of high, "
                         "uncertain_above: 98th percentile of the standard deviation on val",
                 "critical": CRITICAL, "per_label": risk},
    }
    with open(os.path.join(a.out, "model.json"), "w") as f:
        json.dump(model, f, indent=1)
        f.write("\n")
    rows = "\n".join("| %s | %d | %.3f | %.2f | %.3f |" % (
        e["label"], e["positives"], e["auc"], risk[e["label"]]["on_test"]["high"]["sensitivity"],
        risk[e["label"]]["on_test"]["high"]["specificity"]) for e in evaluation)
    with open(os.path.join(a.out, "README.md"), "w") as f:
        f.write(README % dict(count=count, n=saved["pictures"], mean=average, rows=rows, **counts))


README = """# phantom-cxr14

**Knows only drawn phantoms; says nothing about real radiographs.** A small classifier (%(count)d weights) of the
baseline's family, trained on %(n)d pictures that Wetread's room Phantom drew. The demo and the tests use it, so
that what they show is what was planted. Not a medical device.

- `model.onnx`: opset 13, input `image` [batch,1,128,128], output `logits` [batch,14], one Dropout node (p = 0.3).
- `model.json`: labels, preprocessing (the baseline's), calibration, risk bounds, measurements, limits, `domain`.
- Made by `SampleStudies/.training/train_phantom.py`.

## Pictures with other seeds (%(images)d, of which %(healthy)d without a finding; %(portable)d portable)

| label | positives | AUC | sensitivity at `high` | specificity at `high` |
|---|---|---|---|---|
%(rows)s
| **mean** | | %(mean).3f | | |

Healthy pictures flagged as critical: %(healthy_flagged_as_critical)d of %(healthy)d.
Each label is drawn by one convention, far easier than patients: these figures say that drawing and engine work.
"""

if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", nargs="+", choices=["train", "test"])
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--baseline", default="Sources/Analyzer/Resources/baseline-cxr14/model.json",
                   help="model.json whose preprocessing is taken over")
    p.add_argument("--minutes", type=float, default=15)
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--init", help="start from the weights of an earlier best.pt (second stage)")
    p.add_argument("--stages", default="one", help="what is to be said of earlier stages (--init)")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--fp32", action="store_true", help="no bfloat16 autocast while training")
    args = p.parse_args()
    os.makedirs(args.out, exist_ok=True)
    if "train" in args.what:
        train(args)
    if "test" in args.what:
        report(args)
