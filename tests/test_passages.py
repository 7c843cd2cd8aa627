"""Short passages of Dutch news, each with a phenomenon of quotation, and the statements that a reader finds in them."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.quotes.extract import Extractor
from bot.quotes.roster import Roster
from bot.quotes.values import Statement

PASSAGES = Path(__file__).parent / "passages"
KEYS = {"name", "text", "date", "statements", "known_gap"}
STATEMENT_KEYS = {"content", "kind", "speaker", "cue", "attribution", "said"}


def read_passages() -> list[Any]:
    parameters = []
    for file in sorted(PASSAGES.glob("*.toml")):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for passage in table["passage"]:
            assert passage.keys() <= KEYS, passage
            assert all(row.keys() <= STATEMENT_KEYS for row in passage["statements"]), passage["name"]
            passage.setdefault("date", table["date"])
            gap = passage.get("known_gap")
            marks = [pytest.mark.xfail(reason=gap, strict=True)] if gap else []
            parameters.append(pytest.param(passage, id=f"{file.stem}: {passage['name']}", marks=marks))
    return parameters


@cache
def extractor() -> Extractor:
    roster = json.loads((PASSAGES / "roster.json").read_text(encoding="utf-8"))
    return Extractor(Roster.from_popolo(roster))


@pytest.mark.parametrize("passage", read_passages())
def test_a_reader_and_the_extractor_find_the_same_statements(passage: dict[str, Any]) -> None:
    statements = extractor().extract(passage["text"], passage["date"])
    for statement in statements:
        assert passage["text"][statement.start : statement.end] == statement.content
    expected = [{"said": None, "cue": None, "speaker": None, **row} for row in passage["statements"]]
    found = [
        told(statement, wants_date="said" in row)
        for statement, row in zip(statements, [*passage["statements"], *[{}] * len(statements)], strict=False)
    ]
    assert found == expected


def test_there_are_passages_for_every_room_of_the_house() -> None:
    names = [parameter.id for parameter in read_passages()]
    assert len(names) >= 150
    assert len(set(names)) == len(names)


def told(statement: Statement, *, wants_date: bool) -> dict[str, Any]:
    """Write a statement as the tables do; who is neither in the roster nor named is simply ``other``."""
    speaker = statement.speaker
    is_described = speaker is not None and speaker.startswith("other:") and statement.attribution != "named"
    return {
        "content": statement.content,
        "kind": statement.kind,
        "speaker": "other" if is_described else speaker,
        "cue": statement.cue,
        "attribution": statement.attribution,
        "said": interval(statement.said_from, statement.said_to) if wants_date else None,
    }


def interval(start: date | None, end: date | None) -> list[str]:
    """Write an interval as the tables do: two ISO dates, the first empty for open; nothing where undated."""
    return [start.isoformat() if start else "", end.isoformat()] if end else []
