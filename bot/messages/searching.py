"""What is asked of the archive, as a button carries it from page to page, and as a page says it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bot.messages.callbacks import Action, Callback, Days, encode
from bot.messages.reader import Reader, noted

Capacity = Literal[
    "government", "minister", "premier", "secretary", "member", "group_leader", "party_leader", "candidate"
]

CAPACITIES: dict[Capacity, str] = {
    "government": noted("as a member of the cabinet"),
    "minister": noted("as a minister"),
    "premier": noted("as prime minister"),
    "secretary": noted("as a state secretary"),
    "member": noted("as a member of parliament"),
    "group_leader": noted("as leader of a parliamentary group"),
    "party_leader": noted("as leader of a party"),
    "candidate": noted("as a lead candidate"),
}
"""What somebody may be asked about as, and how a page says it."""

LONGEST_WORDS = 200
"""Code points of the words that are searched; a page shows all of them."""

ELSEWHERE = "…"
"""Stands in a button for words that are too long for it: they are read from the message under which it hangs."""

_LETTERS: dict[Capacity, str] = dict(zip(CAPACITIES, "gmpskflt", strict=True))
_CAPACITY_OF = {letter: capacity for capacity, letter in _LETTERS.items()}
_PACKED = re.compile(r"(?:@(\d{8})?-(\d{8})?)?(?:=([a-z]))?(\^)?(?: (.*)|$)", re.DOTALL)
_SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class Search:
    """What statements must be like, beside being a person's.

    Attributes:
        words: Words that they hold, exact phrases in quotation marks; empty for any.
        days: First and last day; None for no limit.
        capacity: As what they were said; None for anything.
        oldest_first: Whether the oldest come first.
    """

    words: str = ""
    days: Days | None = None
    capacity: Capacity | None = None
    oldest_first: bool = False

    def packed(self) -> str:
        """Write it as a button carries it."""
        first, last = (day.isoformat().replace("-", "") if day else "" for day in self.days or (None, None))
        limits = "".join(
            [
                f"@{first}-{last}" if self.days else "",
                f"={_LETTERS[self.capacity]}" if self.capacity else "",
                "^" if self.oldest_first else "",
            ]
        )
        if not self.words:
            return limits
        # Words that begin like a limit stand behind a space, as if there were one before them.
        return f"{limits} {self.words}" if limits or self.words[0] in "@=^ " else self.words


def unpacked(packed: str) -> Search:
    """Read what ``Search.packed`` wrote; what is no limit is words."""
    match = _PACKED.fullmatch(packed)
    if match is None:
        return Search(packed)
    try:
        first, last = (date.fromisoformat(written) if written else None for written in match.groups()[:2])
    except ValueError:
        return Search(packed)
    capacity = _CAPACITY_OF.get(match[3] or "")
    if match[3] and capacity is None:
        return Search(packed)
    has_days = packed.startswith("@")
    return Search(match[5] or "", (first, last) if has_days else None, capacity, match[4] is not None)


def search_data(action: Action, person: str, offset: int, search: Search) -> str | None:
    """Write the callback data of a button that searches; words that are too long for it are left to the message.

    Args:
        action: What the button does.
        person: Token of a person; empty for everyone.
        offset: How many items come before the page.
        search: What is searched.
    """
    data = encode(Callback(action, person, offset, search.packed()))
    if data is None and search.words:
        data = encode(Callback(action, person, offset, replace(search, words=ELSEWHERE).packed()))
    return data


def searched(callback: Callback, shown: str) -> Search | None:
    """Read what a button searches.

    Args:
        callback: The button.
        shown: The text of the message under which it hung.

    Returns:
        The search; None where its words stand in the message, and the message does not hold them.
    """
    search = unpacked(callback.words)
    if search.words != ELSEWHERE:
        return search
    parts = shown.partition("\n")[0].split(_SEPARATOR)
    if len(parts) < 2:
        return None
    return replace(search, words=parts[1].removeprefix("“").removesuffix("”"))


def words_shown(words: str) -> str:
    """Write what is searched in quotation marks, once where it has its own already; ``searched`` reads it back."""
    phrase = words.strip('"')
    return words if '"' in phrase else f"“{phrase}”"


def period_shown(reader: Reader, days: Days) -> str:
    """Write the days to which something is limited."""
    first, last = days
    if first and last:
        return reader.days(first, last)
    if first:
        return str(reader.say("since {day}", day=reader.day(first)))
    return str(reader.say("until {day}", day=reader.day(last))) if last else ""
