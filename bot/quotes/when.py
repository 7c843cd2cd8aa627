"""When words were said: the dates of reporting clauses, and how they hold for the sentences after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.quotes.roster import Membership

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
    raise NotImplementedError


def when_said(clause: str, published: date, *, memberships: Sequence[Membership] = ()) -> Said | None:
    """Date an utterance by the words of its own reporting clause.

    "zei vorig jaar nog", "beloofde in mei", "destijds als wethouder". Weekdays are the last one up to publication,
    months without a year the last past one. Dates to come ("volgende week", "vanaf 1 juli") date nothing.

    Args:
        clause: The reporting clause, contents masked.
        published: Day of publication, by the clock of the paper's place.
        memberships: The speaker's memberships, for "als wethouder" and "bij haar aantreden".

    Returns:
        The interval, or None where the clause gives none.
    """
    raise NotImplementedError


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
    raise NotImplementedError
