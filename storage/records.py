"""What the queries give out: plain values, read in full, that outlive their session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A slice of a longer list.

    Attributes:
        items: The rows of this page.
        total: How many there are in all.
        offset: How many come before the first of ``items``.
        has_more: Whether there are more than ``total``: they are not all counted where that would take long.
    """

    items: tuple[Item, ...]
    total: int
    offset: int
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Offices:
    """In which offices something must have been said.

    Attributes:
        ids: Memberships of the roster.
        or_none: Whether it may also have been said in no office that the roster knows.
    """

    ids: frozenset[str]
    or_none: bool = False


@dataclass(frozen=True, slots=True)
class OutletRecord:
    """One article that carries a statement (a mention that was not withdrawn).

    ``is_debate`` where it is a report of parliament, and ``is_uncorrected`` while its speakers may still correct it.
    ``is_paywalled`` where only its public part was read.
    ``wording`` is how it words the statement by now, where that is not how it was worded first.
    """

    source_name: str
    title: str
    url: str | None
    published_at: datetime
    is_debate: bool = False
    is_uncorrected: bool = False
    is_paywalled: bool = False
    wording: str | None = None


@dataclass(frozen=True, slots=True)
class QuoteRecord:
    """A statement with all that a message about it shows.

    Attributes:
        id: The statement's permanent number.
        person_id: The speaker.
        person_name: The speaker's full name.
        content: The words, without marks.
        kind: ``direct``, ``partial`` or ``indirect``.
        cue: The reporting verb; None without one.
        said_from: First day it can have been said; None where not dated or open to the past.
        said_to: Last day it can have been said; None where the text does not date it.
        said_on: The day it counts under.
        capacity: Label of the office in which it was said ("Minister van Financiën"); None if none.
        party: Abbreviation of the party on whose behalf that office was held; None if unknown.
        context: The paragraph around it.
        confidence: 0 to 1.
        outlets: The articles that carry it, oldest first.
        reversal_label: ``reversal`` or ``shift`` where it turned from an earlier statement and no
            reviewer rejected that, else None.
        reversal_is_confirmed: Whether a reviewer confirmed that.
        surname: How a text names the speaker after the first time ("Van der Wiel"); empty if unknown.
        pledge: ``promise`` or ``exclusion`` where it promises or rules out something, else None.
        pledged_for: The last day by which it is to be kept; None where none is named.
    """

    id: int
    person_id: str
    person_name: str
    content: str
    kind: str
    cue: str | None
    said_from: date | None
    said_to: date | None
    said_on: date
    capacity: str | None
    party: str | None
    context: str
    confidence: float
    outlets: tuple[OutletRecord, ...]
    reversal_label: str | None
    reversal_is_confirmed: bool = False
    surname: str = ""
    pledge: str | None = None
    pledged_for: date | None = None


@dataclass(frozen=True, slots=True)
class JudgedRecord:
    """A judge's word on a pair, and what it came to.

    Attributes:
        model: The model's name.
        label: What it takes the pair for: one of the five labels of a comparison.
        reason: One line in Dutch; may be empty.
        ruling: ``confirmed``, ``vetoed`` or ``proposed``.
    """

    model: str
    label: str
    reason: str
    ruling: str


@dataclass(frozen=True, slots=True)
class ReversalRecord:
    """A told pair, both statements in full.

    Attributes:
        id: Its number.
        label: ``reversal`` or ``shift``.
        state: ``possible``, ``confirmed`` or ``rejected``, as the chat that it was read for sees it.
        score: How sure it is a reversal, 0 to 1.
        evidence: Mappings with ``name``, ``weight``, ``earlier`` and ``later`` (lists of [start, end) code
            point spans into the contents) and ``reason``.
        doubts: What a reader should know before believing it.
        earlier: What was said first.
        later: What was said last.
        kind: The kind of evidence whose record decides whether such pairs are pushed.
        is_from_source: Whether an article itself sets the two against each other.
        other_days: On how many other earlier days something was said that the later words turn from too.
        reason: Why a reviewer rejected it; None where none did.
        judged: A judge's word on it that decided something; None where none did.
    """

    id: int
    label: str
    state: str
    score: float
    evidence: tuple[Mapping[str, Any], ...]
    doubts: tuple[str, ...]
    earlier: QuoteRecord
    later: QuoteRecord
    kind: str = ""
    is_from_source: bool = False
    other_days: int = 0
    reason: str | None = None
    judged: JudgedRecord | None = None

    @property
    def stands(self) -> bool:
        """Whether it may be told: both sides are still carried, nobody rejected it, and no judge's veto holds."""
        is_vetoed = self.judged is not None and self.judged.ruling == "vetoed" and self.state != "confirmed"
        return self.state != "rejected" and not is_vetoed and bool(self.earlier.outlets and self.later.outlets)


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """All that one alert shows: its first article, its statements, the pairs of which they are the later side.

    ``is_addition`` where a later version of the article brought the first of the statements.
    """

    article: OutletRecord
    quotes: tuple[QuoteRecord, ...]
    reversals: tuple[ReversalRecord, ...]
    is_addition: bool = False


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person of the roster, as a choice or a subscription shows it."""

    id: str
    name: str
    statements: int


@dataclass(frozen=True, slots=True)
class DueRecord:
    """A delivery that this sender holds the claim of.

    ``created_at`` is when it became due first; ``passes_quiet`` whether it is told in quiet hours as well.
    """

    id: int
    what: str
    what_id: int
    article_id: int
    attempts: int
    created_at: datetime
    passes_quiet: bool


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """All that is due to one chat and topic, claimed together.

    Attributes:
        chat_id: The chat.
        topic_id: The forum topic, 0 for none.
        language: The chat's language, ``nl`` or ``en``.
        timezone: The chat's IANA time zone.
        is_silent: Whether the chat wants no sound.
        shows_previews: Whether the chat wants previews of links.
        messages_a_day: How many alerts a day the chat wants at most; None for no limit.
        quiet_from: Minute of its local day at which its quiet hours begin; None where it has none.
        quiet_until: Minute at which they end.
        muted_until: Until when it wants to hear nothing; None for no such moment.
        deliveries: What is due, oldest first.
    """

    chat_id: int
    topic_id: int
    language: str
    timezone: str
    is_silent: bool
    shows_previews: bool
    messages_a_day: int | None
    quiet_from: int | None
    quiet_until: int | None
    muted_until: datetime | None
    deliveries: tuple[DueRecord, ...]
