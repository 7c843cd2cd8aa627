"""The word lists of Dutch time expressions, read once from the data file."""

from __future__ import annotations

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
