"""Fit the weights of the evidence in ``bot/reversals/data/weights.json`` on labelled pairs.

Usage: ``python -m training.reversals PAIRS.json ... [--write] [--folds 5]``, with the gold pairs and
``training/reversal_pairs.json``, written by hand for it, and ``training/reversal_negatives.json`` from debates in
parliament.

Two logistic regressions over the named findings: reversal or not, and which of the other labels. Their weights are
drawn towards what a linguist would expect (``EXPECTED``) rather than towards zero, since a veto such as a question or
another year is too rare in a few hundred pairs to be learnt. Figures are cross-validated, with the folds split so that
no statement stands on both sides.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.reversals.findings import findings
from bot.reversals.pairing import pair_up
from bot.reversals.reading import analyse
from bot.reversals.values import Label, Utterance

LABELS: tuple[str, ...] = get_args(Label)
FLAG_AT = 0.68
REST = "rest"
STAGES: dict[str, tuple[str, ...]] = {"reversal": ("reversal", REST), "other": LABELS[1:]}
WEIGHTS = Path(__file__).parents[1] / "bot" / "reversals" / "data" / "weights.json"
STIFFNESS = 0.5
# How much more firmly these are held: time apart, which a collection made for the purpose exaggerates, and vetoes.
STIFFER = {
    "months-apart": 3.0,
    "dated": 3.0,
    "condition": 4.0,
    "not-yet": 4.0,
    "is-not-yet": 4.0,
    "sign-only": 4.0,
    "denies-other": 4.0,
    "hedged-conflict": 4.0,
    "past": 4.0,
    "new-name": 4.0,
    "supposed": 4.0,
    "undecided": 4.0,
    "contrary-object": 4.0,
    "own-verb": 8.0,
    "weak-conflict": 4.0,
    "name-only": 12.0,
    "no-conflict": 8.0,
    "says-it-of-other": 4.0,
    "said-it-of-other": 4.0,
}
# Pairs with dates are those of newspapers, and tell what time between two statements means: they count double.
DATED_WEIGHT = 2.0
# Pairs that a first fit flagged in parliamentary debate, and that are nothing of the kind: many, so each counts less.
NEGATIVES = "reversal_negatives"
NEGATIVE_WEIGHT = 0.4
EXPECTED: dict[str, dict[str, float]] = {
    "negation": {"reversal": 2.5},
    "antonym": {"reversal": 2.5},
    "office": {"reversal": 5.5},
    "stance": {"reversal": 1.5},
    "negation-bare": {"reversal": 1.0},
    "stance-bare": {"reversal": 1.0},
    "limit-broken": {"reversal": 4.0},
    "promised-date-missed": {"reversal": 6.5, "shift": 1.0},
    "no-longer-so": {"reversal": 3.5},
    "broken-guarantee": {"reversal": 0.5},
    "turned-about": {"reversal": 0.5},
    "continued": {"reversal": -1.0},
    "no-conflict": {"reversal": -4.0},
    "tangled": {"reversal": -0.7},
    "denies-other": {"reversal": -2.5, "elaboration": 1.0},
    "other-predicate": {"reversal": -1.5, "elaboration": 0.7},
    "says-it-of-other": {"reversal": -1.5, "elaboration": 0.7},
    "said-it-of-other": {"reversal": -0.7, "elaboration": 0.7},
    "weak-conflict": {"reversal": -2.5},
    "name-only": {"reversal": -2.5},
    "own-verb": {"reversal": -2.0, "elaboration": 1.0},
    "not-yet": {"reversal": -2.5, "elaboration": 1.0},
    "is-not-yet": {"reversal": -2.0, "elaboration": 1.0},
    "sign-only": {"reversal": -2.5},
    "supposed": {"reversal": -3.0, "elaboration": 1.0},
    "undecided": {"reversal": -3.0, "shift": -0.5, "elaboration": 1.0},
    "contrary-object": {"reversal": -4.0, "shift": -1.5, "elaboration": 1.0},
    "must-to-may": {"shift": 1.5},
    "question": {"reversal": -3.0, "shift": -1.0, "elaboration": 1.0},
    "condition": {"reversal": -3.0, "shift": -0.5, "elaboration": 1.0},
    "other-view": {"reversal": -3.0, "shift": -1.0, "elaboration": 1.5},
    "narrated": {"reversal": -3.0, "shift": -1.0, "elaboration": 1.5},
    "former-view": {"reversal": -3.0, "shift": -1.0, "restatement": 1.0},
    "past": {"reversal": -2.5, "shift": -0.5},
    "other-object": {"reversal": -2.5, "shift": -1.0},
    "other-name": {"reversal": -1.5, "shift": -1.0},
    "other-time": {"reversal": -2.5, "elaboration": 1.0},
    "other-words": {"reversal": -1.0},
    "no-noun": {"reversal": -0.8, "shift": -0.5},
    "roles-changed": {"reversal": -1.5, "elaboration": 0.5},
    "only-if": {"shift": 1.5},
    "only-if-conflict": {"reversal": -1.5, "shift": 2.0},
    "narrowed-conflict": {"reversal": -2.0, "shift": 1.5},
    "changed-after-all": {"reversal": 3.5},
    "hedged-conflict": {"reversal": -2.5, "shift": 1.5},
    "hedged": {"shift": 1.0},
    "narrowed": {"shift": 0.7},
    "not-all": {"shift": 1.5},
    "number": {"shift": 2.0},
    "number-of-part": {"shift": -2.5, "elaboration": 1.5},
    "other-year-number": {"shift": -3.0, "elaboration": 1.5},
    "postponed": {"shift": 2.0},
    "date-missed": {"reversal": -1.0, "shift": 2.5},
    "brought-forward": {"shift": -1.0},
    "delayed": {"shift": 1.5},
    "time-limited": {"shift": 1.0},
    "time-moved": {"shift": 1.0},
}

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """Labelled pairs as numbers.

    Attributes:
        table: Values of the findings, a row a pair, ones in the first column.
        labels: Index of the label of each pair.
        counts: How much each pair counts.
    """

    table: Matrix
    labels: NDArray[np.int64]
    counts: Matrix

    def only(self, chosen: NDArray[np.bool_]) -> Data:
        """The chosen pairs alone."""
        return Data(self.table[chosen], self.labels[chosen], self.counts[chosen])


def main() -> None:
    """Cross-validate, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    pairs = [pair | {"file": path.stem} for path in arguments.pairs for pair in json.loads(path.read_text("utf-8"))]
    rows = [features(pair) for pair in pairs]
    names = sorted({name for row in rows for name in row})
    table = np.array([[1.0, *(row.get(name, 0.0) for name in names)] for row in rows])
    labels = np.array([LABELS.index(pair["label"]) for pair in pairs])
    counts = np.array([_count(pair) for pair in pairs])
    data = Data(table, labels, counts)
    report(pairs, data, names, arguments.folds)
    if arguments.write:
        plain: dict[str, Any] = {"about": "Log-odds by finding, fitted by training/reversals.py."}
        for stage, stage_labels in STAGES.items():
            weights = fit(_stage(data, stage_labels), names, stage_labels)
            plain[stage] = {
                label: {name: round(float(weights[row, column]), 3) for row, name in enumerate(["bias", *names])}
                for column, label in enumerate(stage_labels)
                if label != REST
            }
        WEIGHTS.write_text(json.dumps(plain, indent=1) + "\n", "utf-8")


def features(pair: dict[str, Any]) -> dict[str, float]:
    """The values of all findings on a labelled pair.

    Args:
        pair: A pair as in the gold files.

    Returns:
        Values by name.
    """
    earlier, later = (_utterance(side, pair[side]) for side in ("earlier", "later"))
    aligned = pair_up(earlier, analyse(earlier), later, analyse(later))
    if aligned is None:
        return {"nothing-shared": 1.0}
    return {finding.name: finding.value for finding in findings(aligned)}


def fit(data: Data, names: Sequence[str], classes: Sequence[str]) -> Matrix:
    """Weights by finding (the bias first) and label that make the labels likely and stay near what is expected.

    Args:
        data: The pairs, labelled with indices of ``classes``.
        names: Names of the findings.
        classes: Names of the classes; the weights of ``rest`` are fixed at zero.

    Returns:
        The weights, a row a finding, a column a class.
    """
    centre = np.zeros((data.table.shape[1], len(classes)))
    for name, by_label in EXPECTED.items():
        if name in names:
            for label, value in by_label.items():
                if label in classes:
                    centre[1 + list(names).index(name), classes.index(label)] = value
    wanted = np.eye(len(classes))[data.labels]
    stiffness = np.full((data.table.shape[1], 1), STIFFNESS)
    stiffness[0] = 0.01
    for name, factor in STIFFER.items():
        if name in names and REST in classes:
            stiffness[1 + list(names).index(name)] *= factor
    free = np.array([0.0 if name == REST else 1.0 for name in classes])

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(centre.shape)
        chances = _softmax(data.table @ weights)
        away = weights - centre
        value = -np.sum(data.counts[:, None] * wanted * np.log(chances + 1e-12)) + 0.5 * np.sum(stiffness * away * away)
        slope = (data.table.T @ (data.counts[:, None] * (chances - wanted)) + stiffness * away) * free
        return float(value), slope.ravel()

    fitted = minimize(loss, centre.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    return np.asarray(fitted.x).reshape(centre.shape)


def report(pairs: Sequence[dict[str, Any]], data: Data, names: Sequence[str], folds: int) -> None:
    """Print cross-validated figures for each file.

    Args:
        pairs: The pairs, each with the name of its file.
        data: The same with the values of their findings, labelled with indices of ``LABELS``.
        names: Names of the findings.
        folds: Number of folds.
    """
    fold = np.array([_fold(group, folds) for group in _groups(pairs)])
    chances = np.zeros((len(pairs), len(LABELS)))
    for number in range(folds):
        inside = fold == number
        chances[inside] = _chances(data.table[inside], data.only(~inside), names)
    files = np.array([pair["file"] for pair in pairs])
    for file in sorted(set(files)):
        own, truth = chances[files == file], data.labels[files == file]
        is_reversal = truth == 0
        order = np.argsort(-own[:, 0])
        precision = np.cumsum(is_reversal[order]) / np.arange(1, len(order) + 1)
        average = float(np.sum(precision * is_reversal[order]) / max(1, is_reversal.sum()))
        flags = own[:, 0] > FLAG_AT
        print(  # noqa: T201
            f"{file}: average precision {average:.3f}, five-way accuracy {np.mean(_called(own) == truth):.3f}, "
            f"flagged at {FLAG_AT}: {flags.sum()}, of them right {is_reversal[flags].sum()} of {is_reversal.sum()}"
        )


def _chances(rows: Matrix, data: Data, names: Sequence[str]) -> Matrix:
    """The chance of each label for new rows, by both regressions fitted on the others."""
    first, second = (_softmax(rows @ fit(_stage(data, classes), names, classes)) for classes in STAGES.values())
    return np.hstack([first[:, :1], second * first[:, 1:]])


def _called(chances: Matrix) -> NDArray[np.int64]:
    return np.where(chances[:, 0] > FLAG_AT, 0, 1 + chances[:, 1:].argmax(axis=1))


def _stage(data: Data, classes: Sequence[str]) -> Data:
    """The pairs that a regression is fitted on, labelled with the indices of its classes.

    The negatives are known not to be reversals, and no more.
    """
    if REST in classes:
        return replace(data, labels=np.minimum(data.labels, 1))
    others = data.only((data.labels > 0) & (data.counts != NEGATIVE_WEIGHT))
    return replace(others, labels=others.labels - 1)


def _count(pair: dict[str, Any]) -> float:
    if pair["file"] == NEGATIVES:
        return NEGATIVE_WEIGHT
    return DATED_WEIGHT if pair["later"].get("date") else 1.0


def _utterance(side: str, plain: dict[str, Any]) -> Utterance:
    said = date.fromisoformat(plain["date"]) if plain.get("date") else None
    return Utterance(side, plain["text"], plain.get("kind", "direct"), plain.get("cue"), said)


def _groups(pairs: Sequence[dict[str, Any]]) -> list[str]:
    """Per pair the name of its group: pairs that share a statement, directly or through others, are one."""
    parent: dict[str, str] = {}

    def root(text: str) -> str:
        while parent.setdefault(text, text) != text:
            text = parent[text]
        return text

    for pair in pairs:
        parent[root(pair["earlier"]["text"])] = root(pair["later"]["text"])
    return [root(pair["earlier"]["text"]) for pair in pairs]


def _fold(group: str, folds: int) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % folds


def _softmax(scores: Matrix) -> Matrix:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


if __name__ == "__main__":
    main()
