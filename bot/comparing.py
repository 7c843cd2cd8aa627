"""The pure steps between extraction and storage: findings are analysed once, and compared with earlier words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.quotes.values import Statement
from bot.reversals import (
    ANALYSIS_VERSION,
    Analysis,
    Utterance,
    Verdict,
    analyse,
    compare_analyses,
    flagged,
    terms,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement as extracted, with what the comparison computes once.

    Attributes:
        statement: What the quotes room found.
        terms: Stems for recall.
        analysis: The comparison's own notes, in JSON's types.
        analysis_version: Which version of the analysis wrote them.
    """

    statement: Statement
    terms: tuple[str, ...]
    analysis: Any
    analysis_version: int


@dataclass(frozen=True, slots=True)
class Noted:
    """An utterance with its stored notes (JSON text, or its values); notes of another version are made anew."""

    utterance: Utterance
    analysis: Any
    analysis_version: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A statement, those that recall found for it, and how many the speaker made in all."""

    subject: Noted
    others: tuple[Noted, ...]
    history: int


def analysed(statement: Statement) -> Finding:
    """Analyse a statement, once and for all comparisons to come."""
    utterance = Utterance(id="", text=statement.content, kind=statement.kind, cue=statement.cue, said=statement.said_to)
    return Finding(
        statement,
        terms(statement.content, statement.cue),
        analyse(utterance).to_json(),
        ANALYSIS_VERSION,
    )


def told_pairs(comparison: Comparison, close: int = 0) -> list[Verdict]:
    """Compare one statement with the others, in order of when the words were said, whichever arrived first.

    Words of one day are not set against each other: far more often than a turn they are one moment, worded twice.

    Args:
        comparison: The statement and the others.
        close: How many pairs to give for a judge to look at where none is told.

    Returns:
        At most one pair that is told: the surest, and of equals the one with the oldest words, since one turn of
        the speaker's is one piece of news. Where there is none, the ``close`` pairs that come nearest to it.
    """
    subject = comparison.subject
    told: list[tuple[float, str, Verdict]] = []
    untold: list[tuple[float, str, Verdict]] = []
    for other in comparison.others:
        if _day(other) == _day(subject):
            continue
        earlier, later = sorted((other, subject), key=_day)
        verdict = compare_analyses(
            earlier.utterance, _notes(earlier), later.utterance, _notes(later), history=comparison.history
        )
        (told if flagged(verdict) else untold).append((-verdict.score, _day(earlier), verdict))
    given = sorted(told, key=lambda item: item[:2])[:1] or sorted(untold, key=lambda item: item[:2])[:close]
    return [verdict for _, _, verdict in given]


def all_told(comparisons: Iterable[Comparison], close: int = 0) -> list[Verdict]:
    """The told pairs of many comparisons, in their order, and up to ``close`` of each that has none."""
    return [verdict for comparison in comparisons for verdict in told_pairs(comparison, close)]


def _day(noted: Noted) -> str:
    return noted.utterance.said.isoformat() if noted.utterance.said else ""


def _notes(noted: Noted) -> Analysis:
    if noted.analysis_version == ANALYSIS_VERSION:
        return Analysis.from_json(noted.analysis)
    return analyse(noted.utterance)
