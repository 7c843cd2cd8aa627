"""The pure steps between extraction and storage: findings are analysed once, and compared with earlier words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.quotes.values import Statement
from bot.reversals import (
    ANALYSIS_VERSION,
    Analysis,
    Evidence,
    Utterance,
    Verdict,
    analyse,
    compare_analyses,
    flagged,
    terms,
)
from bot.reversals.pledges import Pledge, pledge_of

NEARLY_AS_SURE = 0.1
"""How much less sure a pair may be than the surest to be told for its older words."""

CONTRAST = "de bron zet toen en nu zelf tegenover elkaar"
CONTRAST_SCORE = 0.5
"""What an article's own contrast counts for where our rules see none."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement as extracted, with what the comparison computes once.

    Attributes:
        statement: What the quotes room found.
        terms: Stems for recall.
        analysis: The comparison's own notes, in JSON's types.
        analysis_version: Which version of the analysis wrote them.
        pledge: What it commits its speaker to; None where nothing.
    """

    statement: Statement
    terms: tuple[str, ...]
    analysis: Any
    analysis_version: int
    pledge: Pledge | None = None

    @property
    def key(self) -> str:
        """A name within its article, for a statement that has no number yet; two people may share a span."""
        return f"{self.statement.start}:{self.statement.end}:{self.statement.speaker}"

    @property
    def speaker(self) -> str:
        """The speaker's id; empty where there is none."""
        return self.statement.speaker or ""

    def said_on(self, published_on: date) -> date:
        """Give the day it counts under: the text's own dating, or else the day it was printed."""
        return self.statement.said_to or published_on


@dataclass(frozen=True, slots=True)
class Noted:
    """An utterance with its stored notes (JSON text, or its values); notes of another version are made anew.

    Attributes:
        utterance: What was said.
        analysis: The notes.
        analysis_version: Which version of the analysis wrote them.
        is_recalled: Whether the subject's own article recalls it, with a date of its own.
        is_set_against: Whether that article joins it to the subject by words of contrast.
    """

    utterance: Utterance
    analysis: Any
    analysis_version: int
    is_recalled: bool = False
    is_set_against: bool = False

    def read(self) -> Analysis:
        """Give its notes as this version makes them; that takes a while."""
        if self.analysis_version == ANALYSIS_VERSION:
            return Analysis.from_json(self.analysis)
        return analyse(self.utterance)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A statement, those that recall found for it, and how many the speaker made in all."""

    subject: Noted
    others: tuple[Noted, ...]
    history: int


@dataclass(frozen=True, slots=True)
class Told:
    """A pair that is told, or that a judge may look at.

    Attributes:
        verdict: What is made of it.
        other_days: On how many other earlier days something was said that the later words turn from too.
        is_from_source: Whether an article itself sets the two against each other.
    """

    verdict: Verdict
    other_days: int = 0
    is_from_source: bool = False


@dataclass(frozen=True, slots=True)
class _Pair:
    other: Noted
    is_earlier: bool
    verdict: Verdict


def analysed(statement: Statement, published_on: date) -> Finding:
    """Analyse a statement, once and for all comparisons to come.

    Args:
        statement: What was found.
        published_on: The day of its article, on which it was said if the text does not date it.
    """
    said = statement.said_to or published_on
    utterance = Utterance(id="", text=statement.content, kind=statement.kind, cue=statement.cue, said=said)
    return Finding(
        statement,
        terms(statement.content, statement.cue),
        analyse(utterance).to_json(),
        ANALYSIS_VERSION,
        pledge_of(utterance),
    )


def told_pairs(comparison: Comparison, close: int = 0) -> list[Told]:
    """Compare one statement with the others, in order of when the words were said, whichever arrived first.

    Words of one day are not set against each other: far more often than a turn they are one moment, worded twice.

    Args:
        comparison: The statement and the others.
        close: How many pairs to give for a judge to look at where none is told.

    Returns:
        At most one pair that is told, since one turn of the speaker's is one piece of news: what the article itself
        recalls, or else the earliest of the words that were abandoned, among the pairs that are about as sure as the
        surest one. Where none is told, the ``close`` pairs that come nearest to it.
    """
    subject = (comparison.subject, comparison.subject.read())
    pairs = []
    day = _day(comparison.subject)
    for other in comparison.others:
        if _day(other) == day:
            continue
        is_earlier = _day(other) < day
        (earlier, before), (later, now) = ((other, other.read()), subject)[:: 1 if is_earlier else -1]
        verdict = compare_analyses(earlier.utterance, before, later.utterance, now, history=comparison.history)
        if other.is_set_against and verdict.label not in ("reversal", "shift", "restatement"):
            verdict = _turn_by_contrast(verdict)
        pairs.append(_Pair(other, is_earlier, verdict))
    told = [pair for pair in pairs if flagged(pair.verdict)]
    if told:
        return [_chosen(told)]
    return [Told(pair.verdict) for pair in sorted(pairs, key=lambda pair: -pair.verdict.score)[:close]]


def all_told(comparisons: Iterable[Comparison], close: int = 0) -> list[Told]:
    """The told pairs of many comparisons, in their order, and up to ``close`` of each that has none."""
    return [told for comparison in comparisons for told in told_pairs(comparison, close)]


def _chosen(told: Sequence[_Pair]) -> Told:
    recalled = [pair for pair in told if pair.other.is_recalled]
    best = max(recalled or told, key=lambda pair: pair.verdict.score)
    if not best.is_earlier:
        return Told(best.verdict)
    abandoned = [pair for pair in told if pair.is_earlier]
    near = [
        pair
        for pair in recalled or abandoned
        if pair.verdict.label == best.verdict.label and pair.verdict.score >= best.verdict.score - NEARLY_AS_SURE
    ]
    chosen = min(near, key=lambda pair: (_day(pair.other), -pair.verdict.score))
    other_days = {_day(pair.other) for pair in abandoned} - {_day(chosen.other)}
    return Told(chosen.verdict, len(other_days), bool(recalled))


def _turn_by_contrast(verdict: Verdict) -> Verdict:
    """Take an article's word for it where our own rules see no turn."""
    evidence = Evidence("set-against", 1.0, (), (), CONTRAST)
    return replace(
        verdict,
        label="reversal",
        score=max(verdict.score, CONTRAST_SCORE),
        evidence=(evidence, *(item for item in verdict.evidence if item.weight < 0)),
    )


def _day(noted: Noted) -> date:
    return noted.utterance.said or date.min
