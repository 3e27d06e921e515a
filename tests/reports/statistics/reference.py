"""Reference values of the statistics: python3 reference.py > scipy.json (SciPy 1.17.1, NumPy as it comes with it)."""

import csv
import json
import warnings

import numpy as np
import scipy
from scipy import stats

warnings.simplefilter("ignore")
samples = {}
with open("samples.csv", newline="") as file:
    for row in csv.DictReader(file):
        samples.setdefault(row["case"], {"base": [], "head": []})[row["side"]].append(float(row["value"]))


def rank_sum(base, head, axis):
    both = np.concatenate([base, head], axis=axis)
    ranks = stats.rankdata(both, axis=axis)
    return ranks[..., base.shape[axis] :].sum(axis=axis)


def signed(differences):
    moved = differences[differences != 0]
    if len(moved) > 50:
        return stats.wilcoxon(moved, correction=True, method="asymptotic").pvalue
    if len(moved) > 17:
        return stats.wilcoxon(moved, method="exact").pvalue
    every = stats.PermutationMethod(n_resamples=np.inf)
    return stats.wilcoxon(moved, method=every).pvalue


def unmatched(base, head):
    if len(base) > 20:
        return stats.mannwhitneyu(base, head, use_continuity=True, method="asymptotic").pvalue
    if len(set(base) | set(head)) == len(base) + len(head):
        return stats.mannwhitneyu(base, head, method="exact").pvalue
    if len(base) <= 10:
        test = stats.permutation_test((base, head), rank_sum, vectorized=True, n_resamples=np.inf)
        return test.pvalue
    return None


def bca(differences):
    made = stats.bootstrap(
        (differences,), np.median, n_resamples=400_000, batch=20_000, method="BCa", rng=np.random.default_rng(1)
    )
    ends = [made.confidence_interval.low, made.confidence_interval.high]
    return None if np.isnan(ends).any() else ends


cases = {}
for name, sides in samples.items():
    base, head = np.array(sides["base"]), np.array(sides["head"])
    cases[name] = {
        "signedRank": signed(head - base),
        "mannWhitney": unmatched(base, head),
        "medianInterval": bca(head - base),
    }
tails = [0.0, 0.5, 1.0, 1.96, 2.9, 3.0, 3.1, 5.0, 8.0, 20.0, 37.0]
document = {
    "scipy": scipy.__version__,
    "cases": cases,
    "normalTail": [[z, stats.norm.sf(z)] for z in tails],
    "normalQuantile": [[p, stats.norm.ppf(p)] for p in [1e-12, 1e-4, 0.025, 0.5, 0.9, 0.975]],
}
print(json.dumps(document, indent=1))
