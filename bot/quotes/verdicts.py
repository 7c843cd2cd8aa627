"""What a rule on words between marks is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.quotes.found import Found
from bot.quotes.frames import Frame
from bot.quotes.marks import Quotation


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at beside the sentence.

    Attributes:
        frames: All sentences of the text.
        found: What has been found in this sentence so far.
    """

    frames: Sequence[Frame]
    found: Sequence[Found]


class NotSaid:
    """The verdict that marked words are no statement."""


NOT_SAID = NotSaid()
Verdict = Found | NotSaid | None
Rule = Callable[[Frame, Quotation, Context], Verdict]
