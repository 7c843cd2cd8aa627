"""From a text whose speakers are known to statements: each sentence of a turn is one. No model is needed for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.quotes.clean import clean
from bot.quotes.marks import pair_marks
from bot.quotes.roster import Roster
from bot.quotes.segments import Sentence, find_paragraphs, find_sentences
from bot.quotes.values import Statement

RULE = "turn"
MEMBERS_RULE = "turn_as_member"
"""The rule of words that somebody of the roster spoke as a member of parliament."""

SURE = 0.97
DOUBTFUL = 0.3
"""How sure it is that a sentence is its speaker's own, and that is where it holds another's words between marks."""

_LEAST_WORDS = 4
_QUOTED_WORDS = 4
"""From so many words between marks on, a sentence may be told as what somebody else said."""


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """What one person of the roster says in a text without another taking over.

    Attributes:
        person_id: Who.
        surface: How the source names the speaker.
        start: Where the turn begins, in code points into the text.
        end: Where it ends, exclusive.
        as_member: Whether it was said as a member of parliament, whatever office the roster knows.
    """

    person_id: str
    surface: str
    start: int
    end: int
    as_member: bool = False


def statements_of_turns(text: str, turns: Sequence[SpokenTurn], said_on: date, roster: Roster) -> list[Statement]:
    """Give the sentences of turns as statements.

    Args:
        text: The text.
        turns: Who speaks where in it.
        said_on: The day it was said.
        roster: For the office in which it was said.

    Returns:
        The statements in the order of the turns. Sentences of fewer than four words ("Dank u wel.") and questions
        state nothing, and are left out.
    """
    return [
        _statement(text, span, is_doubtful, turn, said_on, roster)
        for turn in turns
        for span, is_doubtful in _sentences(text[turn.start : turn.end], turn.start)
    ]


def _sentences(said: str, offset: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """The spans of a turn's sentences in the text, and whether they hold another's words."""
    cleaned = clean(said)
    paragraphs = find_paragraphs(cleaned.text)
    quotations = pair_marks(cleaned.text, paragraphs)
    for sentence in find_sentences(cleaned.text, paragraphs, quotations):
        words = cleaned.text[sentence.start : sentence.end]
        if len(words.split()) >= _LEAST_WORDS and not words.rstrip("”\"’') ").endswith("?"):
            start, end = cleaned.origin(sentence.start), cleaned.origin(sentence.end)
            yield (offset + start, offset + end), _holds_anothers_words(cleaned.text, sentence)


def _holds_anothers_words(text: str, sentence: Sentence) -> bool:
    return any(len(text[one.start : one.end].split()) >= _QUOTED_WORDS for one in sentence.quotations)


def _statement(
    text: str, span: tuple[int, int], is_doubtful: bool, turn: SpokenTurn, said_on: date, roster: Roster
) -> Statement:
    membership = None if turn.as_member else roster.capacity(turn.person_id, said_on)
    start, end = span
    return Statement(
        content=text[start:end],
        start=start,
        end=end,
        kind="direct",
        cue=None,
        speaker=turn.person_id,
        speaker_surface=turn.surface,
        attribution="named",
        said_from=said_on,
        said_to=said_on,
        capacity=membership.id if membership else None,
        confidence=DOUBTFUL if is_doubtful else SURE,
        rule=MEMBERS_RULE if turn.as_member else RULE,
    )
