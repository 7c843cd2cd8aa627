"""A comparison told in full, for those who want to know why."""

from __future__ import annotations

from bot.reversals.analysis import Analysis
from bot.reversals.comparison import compare_analyses
from bot.reversals.reading import analyse
from bot.reversals.values import Evidence, Utterance


def explain(earlier: Utterance, later: Utterance) -> str:
    """Tell how a pair is read: what was found in each statement, the evidence, the doubts and the score.

    Args:
        earlier: What was said first.
        later: What was said last.

    Returns:
        Lines of Dutch text.
    """
    analyses = (analyse(earlier), analyse(later))
    verdict = compare_analyses(earlier, analyses[0], later, analyses[1])
    lines = [f"{verdict.label} {verdict.score:.2f}"]
    for name, utterance, analysis in (("toen", earlier, analyses[0]), ("nu", later, analyses[1])):
        lines += [f"{name}: {utterance.text}", *_describe(analysis)]
    lines += [_line(item, earlier.text, later.text) for item in verdict.evidence]
    lines += [f"let op: {doubt}" for doubt in verdict.doubts]
    return "\n".join(lines)


def _describe(analysis: Analysis) -> list[str]:
    return [f"  {claim}" for claim in analysis.claims]


def _line(item: Evidence, earlier: str, later: str) -> str:
    words = [
        " … ".join(text[start:end] for start, end in spans)
        for text, spans in ((earlier, item.earlier), (later, item.later))
    ]
    return f"{item.weight:+.1f} {item.name}: {item.reason} ({' | '.join(words)})"
