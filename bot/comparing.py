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


def told_pairs(comparison: Comparison) -> list[Verdict]:
    """Compare one statement with the others, in order of when the words were said, whichever arrived first.

    Words of one day are not set against each other: far more often than a turn they are one moment, worded twice.

    Returns:
        At most one pair: the surest of those that are told, and of equals the one with the oldest words,
        since one turn of the speaker's is one piece of news.
    """
    subject = comparison.subject
    told = []
    for other in comparison.others:
        if _day(other) == _day(subject):
            continue
        earlier, later = sorted((other, subject), key=_day)
        verdict = compare_analyses(
            earlier.utterance, _notes(earlier), later.utterance, _notes(later), history=comparison.history
        )
        if flagged(verdict):
            told.append((-verdict.score, _day(earlier), verdict))
    return [verdict for _, _, verdict in sorted(told, key=lambda item: item[:2])[:1]]


def all_told(comparisons: Iterable[Comparison]) -> list[Verdict]:
    """The told pairs of many comparisons, in their order."""
    return [verdict for comparison in comparisons for verdict in told_pairs(comparison)]


def _day(noted: Noted) -> str:
    return noted.utterance.said.isoformat() if noted.utterance.said else ""


def _notes(noted: Noted) -> Analysis:
    if noted.analysis_version == ANALYSIS_VERSION:
        return Analysis.from_json(noted.analysis)
    return analyse(noted.utterance)
