"""`citaatwacht extract`: files, folders and standard input to statements, without a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.ingest.files import find_files, read_file
from bot.offline import extracted, read_json
from bot.quotes.extract import Extractor
from bot.quotes.nlp import load_nlp
from bot.quotes.roster import Roster

STANDARD_INPUT = Path("-")
ZONE = "Europe/Amsterdam"
"""The zone of an article's day, where its file does not say."""
_AHEAD_OF_ALL = datetime(9000, 1, 1, tzinfo=UTC)
"""What counts as the present: a file's date is taken at its word, also one to come, for nothing is stored or told."""


@dataclass(frozen=True, slots=True)
class _Input:
    id: str
    text: str
    title: str
    published_at: datetime | None
    file: Path | None = None


def extract_paths(
    paths: Sequence[Path], roster_file: Path, *, spacy_model: str | None, highlight_to: Path | None
) -> Iterator[dict[str, Any]]:
    """Extract the statements of every article at the given places.

    Args:
        paths: Article JSON, JSON lines, HTML, plain text, folders of them, or ``-`` for text on standard input.
        roster_file: The roster in Popolo JSON.
        spacy_model: A pipeline to use instead of our own.
        highlight_to: Where to write the page with the statements marked; None for no page.

    Yields:
        One object for each article, as the contract of ``extract`` has it.

    Raises:
        CitaatwachtError: A file cannot be read.
    """
    extractor = Extractor(Roster.from_popolo(read_json(roster_file)), load_nlp(spacy_model))
    pages = []
    for article in _inputs(paths):
        statements = extractor.extract(article.text, article.published_at)
        if highlight_to is not None:
            from bot.quotes.highlight import highlight

            pages.append(highlight(article.text, article.title, statements, gold=_gold(article.file)))
        yield extracted(article.id, statements)
    if highlight_to is not None:
        highlight_to.write_text("\n".join(pages), encoding="utf-8")


def _inputs(paths: Sequence[Path]) -> Iterator[_Input]:
    if STANDARD_INPUT in paths:
        yield _Input("-", sys.stdin.read(), "", None)
    for file in find_files(path for path in paths if path != STANDARD_INPUT):
        for article in read_file(file, now=_AHEAD_OF_ALL):
            published_at = None if article.published_is_estimated else article.published_at.astimezone(ZoneInfo(ZONE))
            yield _Input(article.id, article.text, article.title, published_at, file)


def _gold(file: Path | None) -> list[dict[str, Any]] | None:
    """The right answers that a file of the gold set carries beside its text."""
    if file is None or file.suffix != ".json":
        return None
    value = read_json(file)
    statements = value.get("statements") if isinstance(value, dict) else None
    return statements if isinstance(statements, list) else None
