"""Two statements by one speaker become a verdict with its evidence."""

from __future__ import annotations

from math import exp, log1p

from bot.reversals.analysis import Analysis, analyse
from bot.reversals.text import rarity
from bot.reversals.values import Evidence, Label, Utterance, Verdict

_TOLD: frozenset[Label] = frozenset({"reversal", "shift"})


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
        The verdict.
    """
    shared = _weight(_stems(earlier_analysis) & _stems(later_analysis))
    overlap = shared / max(1.0, min(_weight(_stems(earlier_analysis)), _weight(_stems(later_analysis))))
    if overlap < 0.3:
        return Verdict(earlier.id, later.id, "unrelated", 0.02)
    evidence = []
    if len(earlier_analysis.negations) % 2 != len(later_analysis.negations) % 2:
        evidence.append(
            Evidence(
                "negation",
                2.0,
                tuple((span.start, span.end) for span in earlier_analysis.negations if span.end),
                tuple((span.start, span.end) for span in later_analysis.negations if span.end),
                "de ene uitspraak ontkent wat de andere zegt",
            )
        )
    here = {span.what for span in earlier_analysis.numbers}
    there = {span.what for span in later_analysis.numbers}
    is_shift = not evidence and bool(here and there) and not here & there
    if is_shift:
        evidence.append(
            Evidence(
                "number",
                1.0,
                tuple((span.start, span.end) for span in earlier_analysis.numbers),
                tuple((span.start, span.end) for span in later_analysis.numbers),
                f"{', '.join(sorted(here))} ↔ {', '.join(sorted(there))}",
            )
        )
    log_odds = -2.5 + 2.5 * overlap + sum(item.weight for item in evidence) - 0.1 * log1p(history)
    score = 1 / (1 + exp(-log_odds))
    label: Label = "elaboration"
    if score >= 0.6 and evidence:
        label = "shift" if is_shift else "reversal"
    elif overlap > 0.7:
        label = "restatement"
    return Verdict(earlier.id, later.id, label, score, tuple(evidence))


def flagged(verdict: Verdict) -> bool:
    """Whether a verdict is told: reversals and shifts are, each under its own name.

    Args:
        verdict: The verdict on a pair.
    """
    return verdict.label in _TOLD


def _stems(analysis: Analysis) -> set[str]:
    return {span.what for span in analysis.topics}


def _weight(stems: set[str]) -> float:
    return sum(rarity(stem) for stem in stems)
