"""The catalogues of the languages: they hold every text that is shown, no other, and each in the same form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as CatalogueRow
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.messages import LANGUAGES, Reader
from bot.messages.markup import Html

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_every_text_and_no_other(language: str) -> None:
    wanted = {text if isinstance(text, str) else text[0] for text in _extracted()}
    rows = {row.id if isinstance(row.id, str) else row.id[0]: row for row in _catalogue(language) if row.id}

    assert set(rows) == wanted
    for row in rows.values():
        assert all(_forms(row)), row.id
        assert not row.fuzzy


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_takes_the_same_values_and_tags(language: str) -> None:
    def marks(text: str) -> list[str]:
        return sorted(re.findall(r"\{\w+\}|</?\w+>", text))

    for row in _catalogue(language):
        if row.id:
            sources = [row.id] if isinstance(row.id, str) else list(row.id)
            for source, form in zip(sources, _forms(row), strict=True):
                assert marks(source) == marks(form)


def test_an_unknown_language_is_read_as_dutch() -> None:
    assert Reader("xx").say("Now") == Reader("nl").say("Now") == "Nu"


def test_values_are_escaped_and_markup_is_not() -> None:
    say = Reader().say
    assert say("<b>{name}</b> was not followed here.", name="<i>") == "<b>&lt;i&gt;</b> werd hier niet gevolgd."
    assert say("<b>{name}</b> was not followed here.", name=Html("<i>x</i>")).startswith("<b><i>x</i></b>")


def _extracted() -> Iterator[str | tuple[str, ...]]:
    keywords = {"say": None, "label": None, "noted": None, "count": (1, 2)}
    for folder in ("bot/messages", "handlers"):
        for _, _, text, _, _ in extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=keywords):
            yield text


def _catalogue(language: str) -> Catalog:
    with (ROOT / "bot/messages/locale" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def _forms(row: CatalogueRow) -> list[str]:
    return [row.string] if isinstance(row.string, str) else list(row.string or ())
