"""Two statements by one speaker become a verdict: findings are weighed, and what they amount to gets a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import exp, log, log1p

from bot.reversals.analysis import Analysis
from bot.reversals.data_files import read_json
from bot.reversals.findings import doubts, findings, has_a_point
from bot.reversals.pairing import LEAST_SHARED, Finding, pair_up
from bot.reversals.reading import analyse
from bot.reversals.values import Evidence, Label, Utterance, Verdict

_TOLD: frozenset[Label] = frozenset({"reversal", "shift"})
_OTHER_LABELS: tuple[Label, ...] = ("shift", "restatement", "elaboration", "unrelated")
_REVERSAL_THRESHOLD, _SHIFT_THRESHOLD = 0.75, 0.3
# A doubtful shift is common where much is said about one matter, a doubtful reversal is not.
_REVERSAL_SLOPE, _SHIFT_SLOPE, _SMALL_HISTORY = 0.55, 1.0, 20
# What shares less than this, or has nothing to point at, is never told in a long history, so most of its candidates
# need not be weighed.
_LONG_HISTORY, _LEAST_SHARED_IN_LONG = 100, 6.0
_WORTH_EXPLAINING = 0.02
_NOTHING_SHARED = Finding("nothing-shared", 1.0)


def compare(earlier: Utterance, later: Utterance, *, history: int = 0) -> Verdict:
    """Compare two statements by one speaker.

    Args:
        earlier: What was said first.
        later: What was said last.
        history: The number of the speaker's earlier statements; the threshold rises with it, as false alarms do.

    Returns:
        The verdict.
    """
    return compare_analyses(earlier, analyse(earlier), later, analyse(later), history=history)


def compare_analyses(
    earlier: Utterance, earlier_analysis: Analysis, later: Utterance, later_analysis: Analysis, *, history: int = 0
) -> Verdict:
    """Compare two statements whose analyses are at hand.

    Args:
        earlier: What was said first.
        earlier_analysis: Its analysis.
        later: What was said last.
        later_analysis: Its analysis.
        history: The number of the speaker's earlier statements.

    Returns:
        The verdict. The history moves its label, and where there is one a flag needs a reason to be shown with it; in
        a long one, pairs that share too little to be told in it, or have nothing that a flag could point at, are
        ``unrelated`` without being weighed.
    """
    is_long = history >= _LONG_HISTORY
    least = _LEAST_SHARED_IN_LONG if is_long else LEAST_SHARED
    pair = pair_up(earlier, earlier_analysis, later, later_analysis, least)
    if pair is None or (is_long and not has_a_point(pair)):
        return Verdict(earlier.id, later.id, *_unrelated())
    found = findings(pair)
    reversal, *rest = _log_odds(found)
    score = 1 / (1 + exp(-reversal))
    others = _shares(dict(zip(_OTHER_LABELS, rest, strict=True)))
    label = _label(reversal, others, log1p(history / _SMALL_HISTORY))
    evidence: tuple[Evidence, ...] = ()
    if score > _WORTH_EXPLAINING or label in _TOLD:
        evidence = _evidence(found, 1 if label == "shift" else 0)
    if history and label in _TOLD and not any(one.weight > 0 for one in evidence):
        label = _untold(others)
    return Verdict(earlier.id, later.id, label, score, evidence, tuple(doubts(pair)) if label in _TOLD else ())


def flagged(verdict: Verdict) -> bool:
    """Whether a verdict is told: reversals and shifts are, each under its own name.

    Args:
        verdict: The verdict on a pair.
    """
    return verdict.label in _TOLD


def _label(reversal: float, others: Mapping[Label, float], size: float) -> Label:
    if reversal > _REVERSAL_THRESHOLD + _REVERSAL_SLOPE * size:
        return "reversal"
    if _logit(others["shift"] / (1 + exp(reversal))) > _SHIFT_THRESHOLD + _SHIFT_SLOPE * size:
        return "shift"
    return _untold(others)


def _untold(others: Mapping[Label, float]) -> Label:
    return max(_OTHER_LABELS[1:], key=lambda label: others[label])


def _logit(chance: float) -> float:
    return log(max(chance, 1e-12) / max(1 - chance, 1e-12))


def _evidence(found: Sequence[Finding], column: int) -> tuple[Evidence, ...]:
    weights = _weights()
    weighed = [
        Evidence(one.name, round(one.value * weights[one.name][column], 2), one.earlier, one.later, one.reason)
        for one in found
        if one.reason and one.name in weights
    ]
    told: dict[str, Evidence] = {}
    for one in sorted(weighed, key=lambda one: -one.weight):
        told.setdefault(one.reason, one)
    return tuple(sorted(told.values(), key=lambda one: (not _sets_against(one), -abs(one.weight))))


def _sets_against(one: Evidence) -> bool:
    """Whether it speaks for the label by words on both sides, which a reader wants to see before the circumstances."""
    return one.weight > 0 and bool(one.earlier and one.later)


def _log_odds(found: Sequence[Finding]) -> list[float]:
    """The weighed sum for a reversal, and for each of the other labels."""
    weights = _weights()
    sums = list(weights["bias"])
    for one in found:
        for column, weight in enumerate(weights.get(one.name, ())):
            sums[column] += one.value * weight
    return sums


def _shares(log_odds: Mapping[Label, float]) -> dict[Label, float]:
    highest = max(log_odds.values())
    powers = {label: exp(value - highest) for label, value in log_odds.items()}
    total = sum(powers.values())
    return {label: power / total for label, power in powers.items()}


@cache
def _unrelated() -> tuple[Label, float]:
    """What is made of a pair that shares no topic."""
    reversal, _, *rest = _log_odds([_NOTHING_SHARED])
    others = dict(zip(_OTHER_LABELS[1:], rest, strict=True))
    return max(others, key=lambda label: others[label]), 1 / (1 + exp(-reversal))


@cache
def _weights() -> dict[str, tuple[float, ...]]:
    """By finding, its weight for a reversal and for each of the other labels."""
    stages = read_json("weights.json")
    columns = [stages["reversal"]["reversal"], *(stages["other"][label] for label in _OTHER_LABELS)]
    return {name: tuple(column[name] for column in columns) for name in columns[0]}
