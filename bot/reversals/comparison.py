"""Two statements by one speaker become a verdict with its evidence."""

from __future__ import annotations

from math import exp, log1p

from bot.reversals.analysis import Analysis
from bot.reversals.reading import analyse
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
    if _sign(earlier_analysis) != _sign(later_analysis):
        evidence.append(
            Evidence(
                "negation",
                2.0,
                tuple(sp for c in earlier_analysis.claims for s in c.signs for sp in s.spans),
                tuple(sp for c in later_analysis.claims for s in c.signs for sp in s.spans),
                "de ene uitspraak ontkent wat de andere zegt",
            )
        )
    is_shift = False
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
    return {key for claim in analysis.claims for topic in claim.topics for key in topic.keys}


def _weight(stems: set[str]) -> float:
    return sum(rarity(stem) for stem in stems)


def _sign(analysis: Analysis) -> int:
    return analysis.claims[0].sign if analysis.claims else 1
