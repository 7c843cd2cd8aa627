"""When words were said: the dates of reporting clauses, and how they hold for the sentences after them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from bot.quotes.lexicon import lexicon
from bot.quotes.offices import find_offices
from bot.quotes.roster import Membership
from bot.quotes.timeexpressions import TimeExpression, find_time_expressions, words

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
    best = _read(clause, cue, published, memberships).best
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


Tense = Literal["past", "present", "perfect", "none"]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a reporting clause tells: the words around the cue, its tense and its best time expression."""

    clause: str
    tense: Tense
    best: TimeExpression | None


@dataclass(frozen=True, slots=True)
class _Held:
    """A date that may hold for the sentences after it.

    ``how`` tells what set it: a ``statement``, a sentence that leads one in (``lead``), or a ``heading``.
    """

    said: Said
    how: Literal["statement", "lead", "heading"]
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
        self._index = 0
        self._frame = Frame("", -1)

    def enter(self, index: int, frame: Frame) -> None:
        """Begin a sentence."""
        opens_paragraph = frame.paragraph != self._frame.paragraph
        self._index, self._frame = index, frame
        if opens_paragraph:
            heading = _heading(frame.text[: 2 * _REACH], self._published)
            if heading is not None:
                self._spoken_of = heading
                self._held = _Held(heading, "heading", None, index, frame.paragraph)
            elif self._held and self._held.how == "heading" and self._held.frame != index - 1:
                self._held = None  # a heading dates one paragraph: its own, or the one below it

    def report(self, report: Report, reading: _Reading) -> Said | None:
        """Date a statement of the current sentence."""
        said = self._dated(reading.clause, reading.best) if reading.best else self._carried(report, reading)
        if self._held and self._held.how == "heading":
            return _within(said, self._held.said) if said is not None else None
        if said is not None:
            self._spoken_of = said
            self._held = _Held(said, "statement", report.speaker, self._index, self._frame.paragraph)
        elif self._held and self._held.frame < self._index:
            self._held = None
        return said

    def leave(self, *, has_reports: bool) -> None:
        """End a sentence: what it says of time itself may lead in the next ones."""
        text = self._frame.text[: 2 * _REACH]
        if has_reports or not text.strip():
            return
        dates = [item for item in _candidates(text, self._published, ()) if item.kind == "date"]
        if dates:
            self._spoken_of = _said(text, dates[-1])
        if self._held and self._held.how == "heading":
            return
        lower = {word.lower() for word in _WORD.findall(text)}
        if dates and (lower & words()["lead_in_signs"] or _past_cue(lower)):
            self._held = _Held(_said(text, dates[-1]), "lead", None, self._index, self._frame.paragraph)
        elif (self._held and not (_past_verb(lower) or lower & words()["then"])) or lower & words()["returning"]:
            self._held = None
        elif self._held:
            self._held = replace(self._held, frame=self._index)

    def _dated(self, clause: str, best: TimeExpression) -> Said | None:
        said = _said(clause, best)
        anchor = self._spoken_of
        if best.kind == "then" and anchor is not None:
            return replace(anchor, surface=said.surface)
        if best.kind == "shift" and anchor is not None:
            days = timedelta(days=best.days)
            first = anchor.start + days if anchor.start else None
            return Said(first, min(anchor.end + days, self._published), said.surface)
        if best.kind == "after" and anchor is not None:
            return replace(said, start=anchor.start)
        return None if best.needs_anchor else said

    def _carried(self, report: Report, reading: _Reading) -> Said | None:
        held = self._held
        if held is None:
            return None
        if held.how == "heading":
            return held.said
        own_words = {word.lower() for word in _WORD.findall(reading.clause)}
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


def _reading(
    report: Report, frames: Sequence[Frame], published: date, memberships_of: MembershipsOf | None
) -> _Reading:
    memberships = memberships_of(report.speaker) if memberships_of and report.speaker else ()
    return _read(frames[report.frame].text, report.cue, published, memberships)


def _told_in_past(readings: Iterable[_Reading], published: date) -> bool:
    """Whether a story tells its own moment in the past tense, so that this tense tells nothing of older words."""
    week_ago = published - timedelta(days=7)
    own = [reading.tense for reading in readings if reading.best is None or reading.best.last >= week_ago]
    return own.count("past") >= own.count("present")


def _read(text: str, cue: int | None, published: date, memberships: Sequence[Membership]) -> _Reading:
    if len(text) > 2 * _REACH:
        middle = len(text) if cue is None else cue
        first = max(0, middle - _REACH)
        text, cue = text[first : middle + _REACH], cue if cue is None else cue - first
    clause = text if cue is None else _clause_around(text, cue)
    tense = _tense(clause, cue)
    at = cue or 0
    candidates = _candidates(clause, published, memberships)
    if tense in {"present", "none"} and cue is not None:
        candidates = [item for item in candidates if "," not in clause[min(item.end, at) : max(item.start, at)]]
    dates = sorted((item for item in candidates if item.kind == "date"), key=lambda item: _distance(item, at))
    if dates:
        return _Reading(clause, tense, _narrowed(dates))
    others = sorted(candidates, key=lambda item: _KINDS.index(item.kind))
    if others:
        return _Reading(clause, tense, others[0])
    had = _PLUPERFECT.search(clause)
    if had and tense == "perfect":
        day_before = published - timedelta(days=1)
        return _Reading(clause, tense, TimeExpression(had.start(), had.end(), None, day_before, "vague"))
    return _Reading(clause, tense, None)


_REACH = 500
"""Code points around a cue that may date it; a text without a sentence's end must not cost its length for each cue."""

_KINDS = ("date", "then", "shift", "after", "vague")
_PLUPERFECT = re.compile(r"\b(?:had|hadden)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_HEADING_END = re.compile(r"\s*(?:[.:–—-]|$)")


def _candidates(text: str, published: date, memberships: Sequence[Membership]) -> list[TimeExpression]:
    """Find the time expressions that may date the words of a clause, those of an office first."""
    offices = find_offices(text, published, memberships)
    others = [item for item in find_time_expressions(text, published) if _is_adverbial(text, item)]
    return [*offices, *(item for item in others if all(item.end <= o.start or o.end <= item.start for o in offices))]


def _is_adverbial(text: str, item: TimeExpression) -> bool:
    """Whether an expression places the clause in time, and not a thing in it or a limit."""
    before = _WORD.findall(text[max(0, item.start - 40) : item.start].lower())
    last = before[-1] if before else ""
    lists = words()
    if last in lists["bounding_prepositions"] or lists["coming"].intersection(before[-2:]):
        return False
    if _SINCE.search(text, 0, item.start):
        return False
    surface = text[item.start : item.end].lower()
    if last in {"van", "uit"} or surface.startswith(("van ", "uit ")):
        noun = before[-2] if last in {"van", "uit"} and len(before) > 1 else last
        return noun in lists["occasions"]
    if last in lists["determiners"]:
        is_object = last == "het" and len(before) > 1 and before[-2] in lists["before_object_het"]
        attribute = _ATTRIBUTE.match(text, item.end)
        return is_object or not attribute or attribute[1] in lists["no_noun"]
    return True


_SINCE = re.compile(r"\b(?:sinds|vanaf)(?:\s+[^\W\d_][\w'’-]*){1,4}\s+$", re.IGNORECASE)
"""A phrase that the date stands in: "sinds haar aantreden vorig jaar"."""

_ATTRIBUTE = re.compile(r"\s+[^\W\d_A-Z]+(?:e|en|d|t)\s+([^\W\d_A-Z]{3,})")
"""After a determiner and a date: a participle and its noun ("het in mei gesloten akkoord")."""


def _clause_around(text: str, cue: int) -> str:
    """Blank out what does not belong to the clause of the cue; offsets hold."""
    left, right = 0, len(text)
    for boundary in _BOUNDARY.finditer(text):
        if boundary.end() <= cue:
            left = boundary.end()
        elif boundary.start() > cue:
            right = boundary.start()
            break
    kept = text[left:right]
    for match in _subordinate().finditer(kept):
        first, last = match.span()
        if first <= cue - left < last or (
            cue - left >= last and "," not in text[left + last : cue] and last == len(kept)
        ):
            return " " * (left + first) + kept[first:]
        kept = kept[:first] + " " * (last - first) + kept[last:]
    return " " * left + kept


_BOUNDARY = re.compile(r"[;:]|,?\s(?:maar|doch)\s|,\s(?:en|want|dus|al)\s")


@cache
def _subordinate() -> re.Pattern[str]:
    relative = {"die", "dat", "wie"}
    others = "|".join(words()["subordinators"] - relative)
    condition = r"als(?=\s+(?:de|het|een|er|hij|zij|ze|we|dat|die)\s)"
    return re.compile(rf"(?:,\s*(?:{'|'.join(relative)})|(?:^|,?\s)(?:{others}|{condition}))\b[^,]*", re.IGNORECASE)


def _tense(clause: str, cue: int | None) -> Tense:
    if cue is None:
        return "none"
    match = _WORD.match(clause, cue)
    word = match.group().lower() if match else ""
    verbs = lexicon().verbs.get(word, ())
    if any(verb.form == "preposition" for verb in verbs):
        return "none"
    if _is_past(word):
        return "past"
    if verbs and all(verb.form != "finite" for verb in verbs):
        return "perfect"
    return "present"


def _is_past(word: str) -> bool:
    if word in words()["strong_past"]:
        return True
    return word.endswith(("de", "te", "den", "ten")) and word not in _infinitives()


@cache
def _infinitives() -> frozenset[str]:
    bare = set()
    for verbs in lexicon().verbs.values():
        for verb in verbs:
            lemma = verb.lemma.partition(" ")[0]
            bare.add(lemma.removeprefix(verb.companions[0]) if verb.is_particle_verb and verb.companions else lemma)
    return frozenset(bare)


def _past_verb(lower: set[str]) -> bool:
    return any(_is_past(word) for word in lower if word in lexicon().verbs or word in words()["strong_past"])


def _past_cue(lower: set[str]) -> bool:
    return any(
        _is_past(word) and any(verb.form == "finite" and not verb.companions for verb in lexicon().verbs.get(word, ()))
        for word in lower
    )


def _distance(item: TimeExpression, at: int) -> int:
    return max(item.start - at, at - item.end, 0)


def _narrowed(dates: Sequence[TimeExpression]) -> TimeExpression:
    """Narrow the nearest expression by the others that agree with it ("in mei ... als wethouder")."""
    best = dates[0]
    for other in dates[1:]:
        common = _common((best.first, best.last), (other.first, other.last))
        if common is not None:
            best = replace(best, first=common[0], last=common[1])
    return best


def _within(said: Said, other: Said) -> Said:
    """Narrow an interval by another where they have days in common."""
    common = _common((said.start, said.end), (other.start, other.end))
    return replace(said, start=common[0], end=common[1]) if common else said


def _common(one: tuple[date | None, date], other: tuple[date | None, date]) -> tuple[date | None, date] | None:
    first = max((day for day in (one[0], other[0]) if day is not None), default=None)
    last = min(one[1], other[1])
    return None if first is not None and first > last else (first, last)


def _said(text: str, item: TimeExpression) -> Said:
    return Said(item.first, item.last, text[item.start : item.end])


def _heading(text: str, published: date) -> Said | None:
    """Give the date that opens a paragraph of a chronicle: "Mei 2021.", "3 maart: ..."."""
    start = len(text) - len(text.lstrip())
    for item in find_time_expressions(text, published):
        if item.kind == "date" and item.start == start and _HEADING_END.match(text, item.end):
            return _said(text, item)
    return None
