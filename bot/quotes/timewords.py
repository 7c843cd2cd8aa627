"""The word lists of Dutch time expressions, read once from the data file, and the words beside an expression."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any


class Words:
    """The lists of the data file, under their names there."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._sets = {key: frozenset(text.split()) for key, text in data.items() if isinstance(text, str)}
        self.months = {word: number for number, word in enumerate(data["months"].split(), 1)}
        self.all_months = self.months | data["abbreviated_months"]
        self.weekdays = {word: number for number, word in enumerate(data["weekdays"].split())}
        self.numbers: dict[str, float] = data["numbers"]
        self.units: dict[str, float] = data["units"]
        self.seasons: dict[str, list[str]] = data["seasons"]
        self.feasts: dict[str, list[str]] = data["feasts"]
        self.vague: dict[str, list[int]] = data["vague"]

    def __getitem__(self, name: str) -> frozenset[str]:
        return self._sets[name]


@cache
def words() -> Words:
    """Give the word lists; they are read on the first call."""
    with (Path(__file__).parent / "data" / "when.toml").open("rb") as file:
        return Words(tomllib.load(file))


def first_word(text: str) -> str:
    """Give the word that some text begins with after one blank; empty if none does."""
    found = _FIRST_WORD.match(text)
    return found.group(1) if found else ""


def last_word(text: str) -> str:
    """Give the word before the blanks that some text ends in, in lower case; empty without one."""
    found = _LAST_WORD.search(text[-30:])
    return found.group(1).lower() if found else ""


_FIRST_WORD = re.compile(r" ([\w-]+)")
_LAST_WORD = re.compile(r"([\w'’-]+)\s+$")
