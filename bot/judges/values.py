"""What a judge is asked and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.reversals.values import Label, Utterance


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judge's word on a pair.

    Attributes:
        label: What it takes the later statement for, beside the earlier one.
        confidence: How sure it says it is, 0 to 1; of no meaning beside another judge's.
        reason: One line in Dutch; may be empty.
        judge: The kind of judge, ``chat`` or ``nli``.
        model: The model's name, as its word is shown under.
        prompt: What the model was sent, in full; empty for a model that takes no prompt.
    """

    label: Label
    confidence: float
    reason: str
    judge: str
    model: str
    prompt: str = ""


class Judge(Protocol):
    """Somebody who may be asked about a pair."""

    @property
    def kind(self) -> str:
        """``chat`` or ``nli``."""

    @property
    def model(self) -> str:
        """The model's name."""

    @property
    def version(self) -> str:
        """The version of the question put to it: another version is another answer."""

    async def judge(self, earlier: Utterance, later: Utterance) -> Judgement:
        """Give a word on a pair.

        Args:
            earlier: What was said first.
            later: What was said last, by the same speaker.

        Raises:
            JudgeError: There is no word.
        """

    async def close(self) -> None:
        """Let go of connections and models."""
