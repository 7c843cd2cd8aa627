"""What a rule finds: a span with its cue and subject, before it is settled who that is."""

from __future__ import annotations

from dataclasses import dataclass

from bot.quotes.cues import Cue
from bot.quotes.frames import Frame, Subject
from bot.quotes.values import Kind


@dataclass(frozen=True, slots=True)
class Found:
    """A statement whose speaker is not yet resolved.

    Attributes:
        start: Offset of its first code point in the clean text.
        end: Offset after its last one.
        kind: What kind of statement it is.
        frame: The sentence that tells of it; for "X. Dat zegt Y" the second one.
        cue: Its cue; None without one.
        subject: Who says it, as the clause puts it; without mentions where it does not.
        rule: Name of the rule that found it.
        is_anonymous: Whether the clause itself leaves open who spoke ("klonk het").
    """

    start: int
    end: int
    kind: Kind
    frame: Frame
    cue: Cue | None
    subject: Subject
    rule: str
    is_anonymous: bool = False


IMPERSONAL = frozenset({"klinken", "heten", "luiden", "te horen zijn", "te lezen zijn", "geschreven staan", "staan er"})
"""Cues whose subject is the words, not who speaks them."""

ANONYMOUS = frozenset({"klinken", "te horen zijn"})
"""Cues with which news leaves the speaker open."""
