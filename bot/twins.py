"""The same words of one person, known already from another article, another version or a line above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from bot.ingest.copies import Wording, same_words

SAME_MOMENT = timedelta(days=3)
"""The same words of one person within so many days are one statement, carried by more than one article."""


class StoredWords(Wording, Protocol):
    """A statement as storage gives it."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def person_id(self) -> str:
        """The speaker."""
        ...

    @property
    def said_on(self) -> date:
        """The day it counts under."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of an article.

    Attributes:
        key: Its name within the article.
        person_id: The speaker.
        said_on: The day it counts under.
        words: The words.
    """

    key: str
    person_id: str
    said_on: date
    words: Wording


class Twins:
    """Which statements of an article are known.

    Attributes:
        stored: Numbers of stored statements by the keys of those that are the same words.
        repeated: The key of an earlier statement of the article, by the key of one that only repeats it.
    """

    def __init__(self, said: Sequence[Said]) -> None:
        """Look for words that the article carries twice.

        Args:
            said: Its statements, in the order of the text.
        """
        self.stored: dict[str, int] = {}
        self.repeated: dict[str, str] = {}
        self._met: set[tuple[int, bool]] = set()
        self._of: Mapping[str, list[Said]] = defaultdict(list)
        for item in said:
            earlier = next((other for other in self._of[item.person_id] if _are_same(item, other)), None)
            if earlier is None:
                self._of[item.person_id].append(item)
            else:
                self.repeated[item.key] = earlier.key

    def spans(self) -> list[tuple[str, date, date]]:
        """Whose stored statements of which days have to be met: speaker, first day, last day."""
        days = {(item.person_id, item.said_on) for items in self._of.values() for item in items}
        return [(person, day - SAME_MOMENT, day + SAME_MOMENT) for person, day in sorted(days)]

    def meet(self, rows: Iterable[StoredWords], *, on_any_day: bool = False) -> None:
        """Compare with stored statements; those that were met before are passed over.

        Args:
            rows: The statements.
            on_any_day: Whether the day does not tell them apart: they are of the same text, however it is dated.
        """
        for row in rows:
            if (row.id, on_any_day) in self._met:
                continue
            self._met.add((row.id, on_any_day))
            for item in self._of[row.person_id]:
                near = on_any_day or abs(item.said_on - row.said_on) <= SAME_MOMENT
                if near and item.key not in self.stored and same_words(row, item.words):
                    self.stored[item.key] = row.id

    def original(self, key: str) -> str:
        """The key of the statement that one of the article's repeats; its own where it repeats none."""
        return self.repeated.get(key, key)

    def is_known(self, key: str) -> bool:
        """Whether a statement of the article is stored, or repeats one above it."""
        return key in self.repeated or key in self.stored


def _are_same(one: Said, other: Said) -> bool:
    return abs(one.said_on - other.said_on) <= SAME_MOMENT and same_words(other.words, one.words)
