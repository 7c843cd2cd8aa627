"""When words were said: the dates of reporting clauses, and how they hold for the sentences after them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot.quotes.datedclauses import (
    REACH,
    WORD,
    Reading,
    find_dating,
    goes_on_in_past,
    had_before,
    leads_in,
    read_clause,
    reports_in_past,
)
from bot.quotes.roster import Membership
from bot.quotes.timeexpressions import TimeExpression, find_time_expressions
from bot.quotes.timewords import words

_LAST_WEEK = timedelta(days=7)
_EARLIEST = date(1900, 1, 1)
"""Some feeds give the year 1 for a date that they do not know; nothing counts back from there."""

MembershipsOf = Callable[[str], Sequence[Membership]]
"""Gives all memberships of a person id; ``Roster.memberships_of`` is one."""


@dataclass(frozen=True, slots=True)
class Said:
    """The widest interval that the words of a text allow for an utterance.

    Attributes:
        start: First day; None is open to the past.
        end: Last day, never after publication.
        surface: The words that date it.
    """

    start: date | None
    end: date
    surface: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence as the journalist's own words.

    Attributes:
        text: The sentence with every statement's content blanked out by ``mask``, so that offsets into it are
            offsets into the sentence.
        paragraph: Index of its paragraph.
    """

    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Report:
    """A statement as its dating sees it.

    Attributes:
        frame: Index of its sentence in the frames.
        cue: Offset of its reporting verb (or preposition) into the frame's text; None without a cue.
        speaker: Person id or ``other:NAME``; None where unknown. A date holds on for words of the same speaker.
    """

    frame: int
    cue: int | None = None
    speaker: str | None = None


def mask(text: str, start: int, end: int, contents: Iterable[tuple[int, int]]) -> str:
    """Cut a sentence out of a text with the contents in it replaced by blanks.

    Args:
        text: The text.
        start: Offset of the sentence's first code point.
        end: Offset after its last one.
        contents: Spans into the text (end exclusive) of quotations, marks included, and of reported clauses.

    Returns:
        ``end - start`` code points.
    """
    sentence = list(text[start:end])
    for first, last in contents:
        left, right = max(first - start, 0), min(last - start, len(sentence))
        if left < right:
            sentence[left:right] = " " * (right - left)
    return "".join(sentence)


def when_said(
    clause: str, published: date, *, cue: int | None = None, memberships: Sequence[Membership] = ()
) -> Said | None:
    """Date an utterance by the words of its own reporting clause.

    "zei vorig jaar nog", "beloofde in mei", "destijds als wethouder". Weekdays are the last one up to publication,
    months without a year the last past one. Dates to come ("volgende week", "vanaf 1 juli") date nothing.

    Args:
        clause: The reporting clause or its whole sentence, contents masked.
        published: Day of publication, by the clock of the paper's place.
        cue: Offset of the reporting verb (or preposition) into the clause; None where there is none.
        memberships: The speaker's memberships, for "als wethouder" and "bij haar aantreden".

    Returns:
        The interval, or None where the clause gives none.
    """
    if published < _EARLIEST:
        return None
    best = read_clause(clause, cue, published, memberships).best
    return _said(clause, best) if best and not best.needs_anchor else None


def date_reports(
    frames: Sequence[Frame],
    reports: Sequence[Report],
    published: date,
    *,
    memberships_of: MembershipsOf | None = None,
) -> list[Said | None]:
    """Date the statements of an article: by their own clauses, or by a date that holds on from before.

    A date set in one sentence holds for free-standing quotations of the same speaker after it and for what he said
    "toen"; the present tense, "nu" or another date ends it.

    Args:
        frames: All sentences of the article in order, also those without a statement.
        reports: The statements in order of text.
        published: Day of publication, by the clock of the paper's place.
        memberships_of: Gives a person's memberships.

    Returns:
        One value for each report, None where the text does not date it.
    """
    if published < _EARLIEST:
        return [None] * len(reports)
    readings = [_reading(report, frames, published, memberships_of) for report in reports]
    timeline = _Timeline(published, told_in_past=_told_in_past(readings, published))
    dated: list[Said | None] = [None] * len(reports)
    by_frame: defaultdict[int, list[int]] = defaultdict(list)
    for number, report in enumerate(reports):
        by_frame[report.frame].append(number)
    for index, frame in enumerate(frames):
        timeline.enter(index, frame)
        for number in by_frame[index]:
            dated[number] = timeline.report(reports[number], readings[number])
        timeline.leave(has_reports=bool(by_frame[index]))
    return dated


_PRESENT = frozenset({"is", "luidt", "klinkt"})
_How = Literal["statement", "lead", "heading"]


@dataclass(frozen=True, slots=True)
class _Held:
    """A date that may hold for the sentences after it.

    ``how`` tells what set it: a ``statement`` (or a sentence that tells of one), a sentence that leads in whatever is
    said next (``lead``), or a ``heading``.
    """

    said: Said
    how: _How
    speaker: str | None
    frame: int
    paragraph: int


class _Timeline:
    """Reads an article's sentences in order and keeps the time that they speak of."""

    def __init__(self, published: date, *, told_in_past: bool) -> None:
        self._published = published
        self._told_in_past = told_in_past
        self._held: _Held | None = None
        self._spoken_of: Said | None = None
        self._spoken_in = -1
        self._index = 0
        self._frame = Frame("", -1)

    def enter(self, index: int, frame: Frame) -> None:
        """Begin a sentence."""
        opens_paragraph = frame.paragraph != self._frame.paragraph
        self._index, self._frame = index, frame
        if opens_paragraph:
            heading = _heading(frame.text[: 2 * REACH], self._published)
            if heading is not None:
                self._speak_of(heading)
                self._held = _Held(heading, "heading", None, index, frame.paragraph)
            elif self._held and self._held.how == "heading" and self._held.frame != index - 1:
                self._held = None  # a heading dates one paragraph: its own, or the one below it

    def report(self, report: Report, reading: Reading) -> Said | None:
        """Date a statement of the current sentence."""
        said = self._dated(reading.clause, reading.best) if reading.best else self._carried(report, reading)
        if self._held and self._held.how == "heading":
            return _within(said, self._held.said) if said is not None else None
        if said is not None:
            self._speak_of(said)
            self._held = _Held(said, "statement", report.speaker, self._index, self._frame.paragraph)
        elif self._held and self._held.frame < self._index:
            self._held = None
        return said

    def leave(self, *, has_reports: bool) -> None:
        """End a sentence: what it says of time itself may lead in the next ones."""
        text = self._frame.text[: 2 * REACH]
        if has_reports or not text.strip():
            return
        told, moves, sets_scene = None, False, False
        for item in find_dating(text, self._published):
            if item.kind in {"date", "shift"}:
                dated = self._dated(text, item)
                told, moves = dated or told, moves or (dated is not None and item.needs_anchor)
                opens = not text[: item.start].strip() or _SCENE.match(text) or had_before(text, item)
                sets_scene = sets_scene or (bool(opens) and self._is_long_ago(dated))
        if told is not None:
            self._speak_of(told)
        if self._held and self._held.how == "heading":
            return
        sets_scene = sets_scene and goes_on_in_past(text)
        if told is not None and (moves or sets_scene or leads_in(text) or reports_in_past(text)):
            # "Een jaar later was de tol er.", "Twee jaar geleden was hij nog tegen.": the story goes on from there.
            how: _How = "lead" if moves or leads_in(text) else "statement"
            self._held = _Held(told, how, None, self._index, self._frame.paragraph)
        elif self._held:
            self._held = replace(self._held, frame=self._index) if goes_on_in_past(text) else None

    def _is_long_ago(self, said: Said | None) -> bool:
        return said is not None and said.end < self._published - _LAST_WEEK

    def _speak_of(self, said: Said) -> None:
        self._spoken_of, self._spoken_in = said, self._frame.paragraph

    def _dated(self, clause: str, best: TimeExpression) -> Said | None:
        said = _said(clause, best)
        if best.is_office and best.first is None and not words()["then"].isdisjoint(WORD.findall(clause.lower())):
            # "Toenmalig minister Vos noemde dat destijds ...": in the time that the text tells of.
            best = replace(best, kind="then")
        is_near = self._frame.paragraph - self._spoken_in <= 1
        is_loose = best.kind == "then" and not best.is_office and said.surface.lower() not in words()["then"] - {"toen"}
        anchor = self._spoken_of if is_near or not is_loose else None
        if anchor is None:
            return None if best.needs_anchor else said
        match best.kind:
            case "then":
                return replace(anchor, surface=said.surface)
            case "shift":
                return self._shifted(anchor, best.days, said.surface)
            case "after":
                # "vandaag ... later": never before what it comes after.
                return replace(said, start=anchor.start, end=max(said.end, anchor.start or said.end))
            case _:
                return said

    def _shifted(self, anchor: Said, days: int, surface: str) -> Said | None:
        try:
            first = anchor.start + timedelta(days=days) if anchor.start else None
            last = min(anchor.end + timedelta(days=days), self._published)
        except OverflowError:  # "90 decennia eerder"
            return None
        return Said(first, last, surface) if first is None or first <= last else None

    def _carried(self, report: Report, reading: Reading) -> Said | None:
        held = self._held
        if held is None:
            return None
        if held.how == "heading":
            return held.said
        own_words = {word.lower() for word in WORD.findall(reading.clause)}
        if report.cue is None and own_words & _PRESENT:
            # "‘Ik heb bijgeleerd’, is haar reactie."
            return None
        is_other_speaker = None not in (held.speaker, report.speaker) and held.speaker != report.speaker
        if own_words & words()["returning"] or reading.tense == "present" or is_other_speaker:
            return None
        if self._index - held.frame > 1:
            return None
        if self._frame.paragraph != held.paragraph and (own_words or report.cue is not None):
            return None
        goes_on = own_words & words()["continuing"] or (not self._told_in_past and own_words & words()["pronouns"])
        if not own_words or held.how == "lead" or goes_on or held.frame == self._index:
            return held.said
        return None


def _reading(report: Report, frames: Sequence[Frame], published: date, memberships_of: MembershipsOf | None) -> Reading:
    memberships = memberships_of(report.speaker) if memberships_of and report.speaker else ()
    return read_clause(frames[report.frame].text, report.cue, published, memberships)


def _told_in_past(readings: Iterable[Reading], published: date) -> bool:
    """Whether a story tells its own moment in the past tense, so that this tense tells nothing of older words."""
    week_ago = published - timedelta(days=7)
    own = [reading.tense for reading in readings if reading.best is None or reading.best.last >= week_ago]
    return own.count("past") >= own.count("present")


_SCENE = re.compile(r"Het was\b")
"""Opens a story: "Het was een koude ochtend in februari"."""
_HEADING_START = re.compile(r"\s*(?:(?:in|op)\s+)?(?=\S)", re.IGNORECASE)
_HEADING_END = re.compile(r"\s*(?:[.:–—-]|$)")
_YEAR_HEADING = re.compile(r"\s*(?P<year>(?:19|20)\d\d)\s*(?:[.:–—]|$)")


def _within(said: Said, other: Said) -> Said:
    """Narrow an interval by another where they have days in common."""
    first = max((day for day in (said.start, other.start) if day is not None), default=None)
    last = min(said.end, other.end)
    return said if first is not None and first > last else replace(said, start=first, end=last)


def _said(text: str, item: TimeExpression) -> Said:
    return Said(item.first, item.last, text[item.start : item.end])


def _heading(text: str, published: date) -> Said | None:
    """Give the date that opens a paragraph of a chronicle: "Mei 2021.", "3 maart: ...", "2024"."""
    year = _YEAR_HEADING.match(text)
    if year and int(year["year"]) <= published.year:
        first = date(int(year["year"]), 1, 1)
        return Said(first, min(first.replace(month=12, day=31), published), year["year"])
    opening = _HEADING_START.match(text)
    for item in find_time_expressions(text, published):
        is_first = opening is not None and item.start <= opening.end()
        if item.kind == "date" and is_first and _HEADING_END.match(text, item.end):
            return _said(text, item)
    return None
