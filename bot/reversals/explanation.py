"""A comparison told in full, for those who want to know why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.reversals.analysis import Analysis, Claim
from bot.reversals.comparison import compare_analyses
from bot.reversals.periods import Period
from bot.reversals.reading import analyse
from bot.reversals.values import Evidence, Utterance

_RELATIONS = {"on": "", "before": "uiterlijk ", "from": "vanaf ", "until": "tot en met "}
_BOUNDS = {"exact": "", "about": "ongeveer ", "max": "hoogstens ", "min": "minstens "}


def explain(earlier: Utterance, later: Utterance) -> str:
    """Tell how a pair is read: the claims of each statement, the evidence and vetoes, the doubts and the score.

    Args:
        earlier: What was said first.
        later: What was said last.

    Returns:
        Lines of Dutch text; the first is the label with its score.
    """
    analyses = (analyse(earlier), analyse(later))
    verdict = compare_analyses(earlier, analyses[0], later, analyses[1])
    lines = [f"{verdict.label} {verdict.score:.2f}"]
    for name, utterance, analysis in (("toen", earlier, analyses[0]), ("nu", later, analyses[1])):
        cue = f" [{utterance.cue}]" if utterance.cue else ""
        lines += ["", f"{name}: {utterance.text}{cue}", *_claims(utterance.text, analysis)]
    if verdict.evidence:
        lines += ["", "bewijs en bezwaren:", *(_evidence(item, earlier.text, later.text) for item in verdict.evidence)]
    if verdict.doubts:
        lines += ["", *(f"let op: {doubt}" for doubt in verdict.doubts)]
    return "\n".join(lines)


def _claims(text: str, analysis: Analysis) -> list[str]:
    lines = []
    for number, claim in enumerate(analysis.claims, 1):
        lines.append(f"  bewering {number}: {'voor' if claim.sign > 0 else 'tegen'}")
        lines += [f"    {name}: {', '.join(found)}" for name, found in _parts(text, claim) if found]
    return lines


def _parts(text: str, claim: Claim) -> list[tuple[str, list[str]]]:
    return [
        ("onderwerp", [" + ".join(topic.keys) for topic in claim.topics]),
        ("teken", [f"{_words(text, sign.spans)} ({sign.axis} {sign.value:+d})" for sign in claim.signs]),
        ("getal", [f"{_BOUNDS[amount.bound]}{amount.value:g} {amount.unit}".strip() for amount in claim.amounts]),
        ("tijd", [_time(period) for period in claim.periods]),
        ("bedoeld als", sorted({mark.kind for mark in claim.marks})),
    ]


def _time(period: Period) -> str:
    first, last = date.fromordinal(period.first).isoformat(), date.fromordinal(period.last).isoformat()
    days = {"before": last, "until": last, "from": first}.get(period.relation, f"{first} / {last}")
    return f"{_RELATIONS[period.relation]}{days}"


def _evidence(item: Evidence, earlier: str, later: str) -> str:
    words = f"{_words(earlier, item.earlier)} | {_words(later, item.later)}"
    return f"  {item.weight:+.1f} {item.name}: {item.reason} ({words})"


def _words(text: str, spans: Sequence[tuple[int, int]]) -> str:
    return " … ".join(text[start:end] for start, end in spans) or "–"
