"""What messages need to know of the things they show; the records of storage have it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

Item_co = TypeVar("Item_co", covariant=True)


class Outlet(Protocol):
    """An article, as a source is named."""

    @property
    def source_name(self) -> str:
        """The outlet."""

    @property
    def title(self) -> str:
        """The article's headline; may be empty."""

    @property
    def url(self) -> str | None:
        """Where it is; None where it was given without an address."""

    @property
    def published_at(self) -> datetime:
        """When it appeared, aware of its zone."""

    @property
    def is_debate(self) -> bool:
        """Whether it is a report of a debate in parliament."""

    @property
    def is_uncorrected(self) -> bool:
        """Whether its speakers may still correct it."""

    @property
    def is_paywalled(self) -> bool:
        """Whether only the part of it before a paywall was read."""

    @property
    def wording(self) -> str | None:
        """How it words the statement by now, where that is not how it was worded first."""


class Quote(Protocol):
    """A statement with its speaker, date, office and outlets."""

    @property
    def id(self) -> int:
        """The permanent number."""

    @property
    def person_id(self) -> str:
        """The speaker's id in the roster."""

    @property
    def person_name(self) -> str:
        """The speaker's full name."""

    @property
    def surname(self) -> str:
        """How a text names the speaker after the first time; empty if unknown."""

    @property
    def content(self) -> str:
        """The words, without marks around them."""

    @property
    def kind(self) -> str:
        """``direct``, ``partial`` or ``indirect``."""

    @property
    def cue(self) -> str | None:
        """The reporting verb."""

    @property
    def said_from(self) -> date | None:
        """First day on which it can have been said."""

    @property
    def said_to(self) -> date | None:
        """Last day on which it can have been said; None where the text does not date it."""

    @property
    def said_on(self) -> date:
        """The day it counts under."""

    @property
    def capacity(self) -> str | None:
        """The office in which it was said."""

    @property
    def party(self) -> str | None:
        """The party on whose behalf that office was held."""

    @property
    def context(self) -> str:
        """The paragraph around it."""

    @property
    def outlets(self) -> Sequence[Outlet]:
        """The articles that carry it, oldest first."""

    @property
    def reversal_label(self) -> str | None:
        """``reversal`` or ``shift`` where it turned from an earlier statement."""

    @property
    def reversal_is_confirmed(self) -> bool:
        """Whether a reviewer confirmed that."""

    @property
    def pledge(self) -> str | None:
        """``promise`` or ``exclusion`` where it promises or rules out something."""

    @property
    def pledged_for(self) -> date | None:
        """The last day by which it is to be kept."""


class Judged(Protocol):
    """A model's word on a pair that decided something."""

    @property
    def model(self) -> str:
        """The model's name."""

    @property
    def label(self) -> str:
        """``reversal``, ``shift``, or what else it takes the pair for."""

    @property
    def reason(self) -> str:
        """One line in Dutch; may be empty."""

    @property
    def ruling(self) -> str:
        """``confirmed``, ``vetoed`` or ``proposed``."""


class Reversal(Protocol):
    """A pair of statements of which the later turns from the earlier."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def label(self) -> str:
        """``reversal`` or ``shift``."""

    @property
    def state(self) -> str:
        """``possible``, ``confirmed`` or ``rejected``."""

    @property
    def evidence(self) -> Sequence[Mapping[str, Any]]:
        """Mappings with ``weight``, ``earlier`` and ``later`` (code point spans into the contents) and ``reason``."""

    @property
    def doubts(self) -> Sequence[str]:
        """What speaks against it, in Dutch."""

    @property
    def judged(self) -> Judged | None:
        """A model's word on it; None where there is none."""

    @property
    def earlier(self) -> Quote:
        """What was said first."""

    @property
    def later(self) -> Quote:
        """What was said last."""

    @property
    def kind(self) -> str:
        """The kind of evidence whose record decides whether such pairs are pushed."""

    @property
    def is_from_source(self) -> bool:
        """Whether an article itself sets the two against each other."""

    @property
    def other_days(self) -> int:
        """On how many other earlier days something was said that the later words turn from too."""

    @property
    def reason(self) -> str | None:
        """Why a reviewer rejected it: one of ``reviewing.REASONS``; None where none did."""


class Alert(Protocol):
    """What one message tells of a story."""

    @property
    def article(self) -> Outlet:
        """The article that brought it first."""

    @property
    def quotes(self) -> Sequence[Quote]:
        """Its statements, in the order in which they came."""

    @property
    def reversals(self) -> Sequence[Reversal]:
        """The pairs of which statements of it are the later side; at most one."""

    @property
    def is_addition(self) -> bool:
        """Whether a later version of the article brought the first of it."""


class Person(Protocol):
    """Someone of the roster."""

    @property
    def id(self) -> str:
        """The roster's id."""

    @property
    def name(self) -> str:
        """The full name."""


class Slice(Protocol[Item_co]):
    """A part of a longer list."""

    @property
    def items(self) -> Sequence[Item_co]:
        """What is in the part."""

    @property
    def total(self) -> int:
        """How many there are in all."""

    @property
    def offset(self) -> int:
        """How many come before the part."""

    @property
    def has_more(self) -> bool:
        """Whether there are more than ``total``, which were not counted."""
