"""The values of the reversals room: utterances go in, verdicts with their evidence come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Label = Literal["reversal", "shift", "restatement", "elaboration", "unrelated"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """A statement as the comparison sees it.

    Attributes:
        id: The caller's own key; never looked into.
        text: The words said, without quotation marks around them.
        kind: ``direct``, ``partial`` or ``indirect``.
        cue: The reporting verb, since polarity may sit in it ("sluit uit"); None without one.
        said: The day on which it was said (its last possible day, where an interval is known).
        capacity: The membership in which it was said; None where unknown.
    """

    id: str
    text: str
    kind: str = "direct"
    cue: str | None = None
    said: date | None = None
    capacity: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a verdict, that can be pointed at.

    Attributes:
        name: The kind of evidence, one word or hyphenated words (``negation``, ``antonym``, ``number`` ...).
        weight: Its part of the score in log-odds; negative for a veto.
        earlier: Code point spans (start, end exclusive) into the earlier text that carry it.
        later: Code point spans into the later text that carry it.
        reason: One line in Dutch for the reader: "niet omhoog ↔ omhoog".
    """

    name: str
    weight: float
    earlier: tuple[tuple[int, int], ...]
    later: tuple[tuple[int, int], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is made of a pair of utterances by one speaker.

    Attributes:
        earlier_id: Id of the utterance that was said first.
        later_id: Id of the utterance that was said last.
        label: The five-way label.
        score: How sure it is that the pair is a reversal, 0 to 1.
        evidence: What speaks for and against it, words set against words first, then the strongest first.
        doubts: Lines in Dutch that a reporter should know before believing it ("andere functie").
    """

    earlier_id: str
    later_id: str
    label: Label
    score: float
    evidence: tuple[Evidence, ...] = ()
    doubts: tuple[str, ...] = ()
