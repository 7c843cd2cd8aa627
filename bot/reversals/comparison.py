"""Two statements by one speaker become a verdict: findings are weighed, and what they amount to gets a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import exp, log, log1p

from bot.reversals.analysis import Analysis
from bot.reversals.data_files import read_json
from bot.reversals.findings import doubts, findings
from bot.reversals.pairing import Finding, pair_up
from bot.reversals.reading import analyse
from bot.reversals.values import Evidence, Label, Utterance, Verdict

_TOLD: frozenset[Label] = frozenset({"reversal", "shift"})
_OTHER_LABELS: tuple[Label, ...] = ("shift", "restatement", "elaboration", "unrelated")
_REVERSAL_THRESHOLD, _SHIFT_THRESHOLD = 0.9, 0.3
_HISTORY_SLOPE, _SMALL_HISTORY = 0.5, 20
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
        The verdict. Its score does not depend on the history, its label does.
    """
    pair = pair_up(earlier, earlier_analysis, later, later_analysis)
    if pair is None:
        return Verdict(earlier.id, later.id, *_unrelated())
    found = findings(pair)
    reversal = _log_odds(found, _weights("reversal")["reversal"])
    score = 1 / (1 + exp(-reversal))
    others = _shares({label: _log_odds(found, _weights("other")[label]) for label in _OTHER_LABELS})
    caution = _HISTORY_SLOPE * log1p(history / _SMALL_HISTORY)
    label = _label(reversal, others, caution)
    weights = _weights("other")["shift"] if label == "shift" else _weights("reversal")["reversal"]
    return Verdict(
        earlier.id,
        later.id,
        label,
        score,
        _evidence(found, weights) if score > _WORTH_EXPLAINING or label in _TOLD else (),
        tuple(doubts(pair)) if label in _TOLD else (),
    )


def flagged(verdict: Verdict) -> bool:
    """Whether a verdict is told: reversals and shifts are, each under its own name.

    Args:
        verdict: The verdict on a pair.
    """
    return verdict.label in _TOLD


def _label(reversal: float, others: Mapping[Label, float], caution: float) -> Label:
    if reversal > _REVERSAL_THRESHOLD + caution:
        return "reversal"
    if _logit(others["shift"] / (1 + exp(reversal))) > _SHIFT_THRESHOLD + caution:
        return "shift"
    return max(_OTHER_LABELS[1:], key=lambda label: others[label])


def _logit(chance: float) -> float:
    return log(max(chance, 1e-12) / max(1 - chance, 1e-12))


def _evidence(found: Sequence[Finding], weights: Mapping[str, float]) -> tuple[Evidence, ...]:
    weighed = [
        Evidence(one.name, round(one.value * weights.get(one.name, 0.0), 2), one.earlier, one.later, one.reason)
        for one in found
        if one.reason
    ]
    return tuple(sorted(weighed, key=lambda one: -abs(one.weight)))


def _log_odds(found: Sequence[Finding], weights: Mapping[str, float]) -> float:
    return weights["bias"] + sum(one.value * weights.get(one.name, 0.0) for one in found)


def _shares(log_odds: Mapping[Label, float]) -> dict[Label, float]:
    highest = max(log_odds.values())
    powers = {label: exp(value - highest) for label, value in log_odds.items()}
    total = sum(powers.values())
    return {label: power / total for label, power in powers.items()}


@cache
def _unrelated() -> tuple[Label, float]:
    """What is made of a pair that shares no topic."""
    others = {label: _log_odds([_NOTHING_SHARED], _weights("other")[label]) for label in _OTHER_LABELS[1:]}
    score = 1 / (1 + exp(-_log_odds([_NOTHING_SHARED], _weights("reversal")["reversal"])))
    return max(others, key=lambda label: others[label]), score


@cache
def _weights(stage: str) -> dict[str, dict[str, float]]:
    return dict(read_json("weights.json")[stage])
