#!/usr/bin/env python3
"""Writes Data/reference.json: values of distributions and statistics from packages that we did not
write, for DistributionTests, AgreementTests, ProportionTests and the like to compare with.

    pip install scipy mpmath statsmodels scikit-learn krippendorff pingouin
    python3 Tests/ReaderStudyTests/compare_with_scipy.py

Tail probabilities are computed with mpmath to 40 digits; quantiles, noncentral distributions and
statistics with SciPy, statsmodels, scikit-learn, krippendorff and pingouin.
"""
import json
import pathlib
import random
import warnings

import krippendorff
import mpmath as mp
import numpy as np
import pandas as pd
import pingouin
from scipy import stats
from sklearn import metrics
from statsmodels.stats import inter_rater, multitest, proportion

mp.mp.dps = 40
warnings.simplefilter("ignore")


def beta_tail(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


def t_tail(t, df):
    tail = beta_tail(mp.mpf(df) / 2, mp.mpf(1) / 2, mp.mpf(df) / (df + mp.mpf(t) ** 2)) / 2
    return tail if t > 0 else 1 - tail


def f_tail(f, a, b):
    f, a, b = mp.mpf(f), mp.mpf(a), mp.mpf(b)
    return beta_tail(b / 2, a / 2, b / (b + a * f))


def f_quantile(p, a, b):
    # SciPy's own is off by 1e-6 in the far tail.
    start = mp.mpf(float(stats.f.isf(p, a, b)))
    return float(mp.findroot(lambda f: mp.log(f_tail(f, a, b)) - mp.log(mp.mpf(p)), start))


def distributions():
    rows = []
    for z in (-8, -3, -1.5, -0.1, 0, 0.3, 1.96, 4, 9, 20):
        rows.append(["normal above", [z], float(mp.erfc(mp.mpf(z) / mp.sqrt(2)) / 2)])
    for df in (1, 2.5, 4, 15.259674589, 68.42325, 937.2437, 1e5, 1e7):
        for t in (-2.5, 0.01, 0.7, 2.1109, 6.708, 25):
            rows.append(["t above", [t, df], float(t_tail(t, df))])
    for a, b in ((1, 4), (1, 15.2597), (2, 8), (4, 36.793), (1, 937.2437), (3, 1e6), (40, 60)):
        for f in (0.01, 0.9, 4.4563, 8.704, 30):
            rows.append(["f above", [f, a, b], float(f_tail(f, a, b))])
    for df in (0.5, 1, 2, 4, 30, 500, 20000):
        for x in (0.05, 1, 5.476, 40, 500, 20100):
            rows.append(["chi-square above", [x, df],
                         float(mp.gammainc(mp.mpf(df) / 2, mp.mpf(x) / 2, mp.inf, regularized=True))])
    for p in (1e-12, 1e-4, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999):
        rows.append(["normal quantile", [p], float(mp.sqrt(2) * mp.erfinv(2 * mp.mpf(p) - 1))])
        for df in (1, 3.3, 15.26, 400.5):
            rows.append(["t quantile above", [p, df], float(stats.t.isf(p, df))])
        for a, b in ((1, 62.7), (4, 12)):
            rows.append(["f quantile above", [p, a, b], f_quantile(p, a, b)])
        for df in (1, 4.5):
            rows.append(["chi-square quantile above", [p, df], float(stats.chi2.isf(p, df))])
        for a, b in ((1, 20), (7, 3), (120, 45)):
            rows.append(["beta quantile", [p, a, b], float(stats.beta.ppf(p, a, b))])
    for nc in (0, 0.5, 8.2096, 30, 200):
        rows.append(["noncentral f above", [3.9936, 1, 62.70728, nc],
                     float(stats.ncf.sf(3.9936, 1, 62.70728, nc) if nc
                           else stats.f.sf(3.9936, 1, 62.70728))])
        rows.append(["noncentral chi-square above", [3.8415, 1, nc],
                     float(stats.ncx2.sf(3.8415, 1, nc)) if nc else float(stats.chi2.sf(3.8415, 1))])
    return rows


def agreement():
    source = random.Random(7)
    truth = [source.randint(1, 5) for _ in range(60)]
    ratings = [[min(5, max(1, t + source.choice([-1, 0, 0, 0, 1]))) for _ in range(4)] for t in truth]
    table = np.array(ratings)
    with_gaps = table.astype(float)
    for _ in range(30):
        with_gaps[source.randrange(60), source.randrange(4)] = np.nan
    long = pd.DataFrame([(i, j, v) for i, row in enumerate(ratings) for j, v in enumerate(row)],
                        columns=["case", "reader", "rating"])
    icc = pingouin.intraclass_corr(long, targets="case", raters="reader", ratings="rating")
    kinds = dict(zip(icc["Type"], icc["ICC"]))
    print(kinds)
    pick = lambda *names: float(next(kinds[n] for n in names if n in kinds))
    a, b = table[:, 0], table[:, 1]
    return {
        "ratings": ratings,
        "ratings with gaps": [[None if np.isnan(v) else v for v in row] for row in with_gaps],
        "cohen unweighted": metrics.cohen_kappa_score(a, b, labels=[1, 2, 3, 4, 5]),
        "cohen linear": metrics.cohen_kappa_score(a, b, labels=[1, 2, 3, 4, 5], weights="linear"),
        "cohen quadratic": metrics.cohen_kappa_score(a, b, labels=[1, 2, 3, 4, 5],
                                                     weights="quadratic"),
        "fleiss": float(inter_rater.fleiss_kappa(inter_rater.aggregate_raters(table)[0])),
        **{f"alpha {level}": float(krippendorff.alpha(with_gaps.T, level_of_measurement=level))
           for level in ("nominal", "ordinal", "interval")},
        "icc agreement": pick("ICC2", "ICC(A,1)"), "icc consistency": pick("ICC3", "ICC(C,1)"),
        "icc agreement of mean": pick("ICC2k", "ICC(A,k)"),
    }


def proportions():
    rows = []
    for count, total in ((0, 10), (1, 10), (5, 10), (10, 10), (37, 45), (999, 1000)):
        rows.append({"count": count, "total": total,
                     "wilson": list(map(float, proportion.proportion_confint(
                         count, total, method="wilson"))),
                     "clopperPearson": list(map(float, proportion.proportion_confint(
                         count, total, method="beta")))})
    return rows


def times():
    """Reading times with crossed random effects of readers and cases, fitted by REML."""
    import statsmodels.formula.api as smf
    source = np.random.default_rng(5)
    readers, cases = source.normal(0, 0.3, 5), source.normal(0, 0.2, 24)
    rows = []
    for r in range(5):
        for c in range(24):
            for aided in (0, 1):
                log_time = 3.4 - 0.18 * aided + readers[r] + cases[c] + source.normal(0, 0.35)
                if source.random() > 0.05:
                    rows.append((r, c, aided, round(float(np.exp(log_time)), 3)))
    frame = pd.DataFrame(rows, columns=["reader", "case", "aided", "seconds"])
    frame["y"], frame["all"] = np.log(frame["seconds"]), 1
    fit = smf.mixedlm("y ~ aided", frame, groups="all", re_formula="0",
                      vc_formula={"reader": "0 + C(reader)", "case": "0 + C(case)"}).fit(
                          reml=True, method=["lbfgs", "bfgs"], gtol=1e-10)
    parts = dict(zip(fit.model.exog_vc.names, fit.vcomp))
    return {"rows": rows, "effect": float(fit.params["aided"]), "se": float(fit.bse["aided"]),
            "reader variance": float(parts["reader"]), "case variance": float(parts["case"]),
            "error variance": float(fit.scale), "log likelihood": float(fit.llf)}


def calibration():
    import statsmodels.api as sm
    source = np.random.default_rng(8)
    truth = source.random(200) < 0.4
    confidence = np.clip(np.round(0.35 * truth + 0.3 + source.normal(0, 0.2, 200), 2), 0, 1)
    inside = np.clip(confidence, 0.001, 0.999)
    fit = sm.Logit(truth.astype(float), sm.add_constant(np.log(inside / (1 - inside)))).fit(disp=0, gtol=1e-12, maxiter=200)
    return {"confidence": confidence.tolist(), "truth": truth.tolist(),
            "brier": float(metrics.brier_score_loss(truth, confidence)),
            "intercept": float(fit.params[0]), "slope": float(fit.params[1])}


def mcnemar():
    return [{"helped": a, "harmed": b, "p": float(stats.binomtest(max(a, b), a + b).pvalue)}
            for a, b in ((5, 1), (3, 3), (12, 4), (0, 7))]


def holm():
    p = [0.01, 0.04, 0.03, 0.005, 0.5, 0.04]
    return {"p": p, "adjusted": list(map(float, multitest.multipletests(p, method="holm")[1]))}


def main():
    target = pathlib.Path(__file__).parent / "Data" / "reference.json"
    target.write_text(json.dumps({
        "distributions": [{"name": n, "arguments": a, "value": v} for n, a, v in distributions()],
        "agreement": agreement(), "proportions": proportions(), "holm": holm(),
        "times": times(), "calibration": calibration(), "mcnemar": mcnemar(),
    }, indent=0) + "\n")


main()
