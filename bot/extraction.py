"""`citaatwacht extract`: files, folders and standard input to statements, without a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.ingest.page import read_page
from bot.offline import InputError, extracted, published, read_json
from bot.quotes.extract import Extractor
from bot.quotes.highlight import highlight
from bot.quotes.nlp import load_nlp
from bot.quotes.roster import Roster
from bot.quotes.values import Statement

STANDARD_INPUT = Path("-")
HTML_ENDINGS = {".html", ".htm"}


@dataclass(frozen=True, slots=True)
class _Input:
    id: str
    text: str
    title: str
    published_at: datetime | date | None
    gold: list[dict[str, Any]] | None = None


def extract_paths(
    paths: Sequence[Path], roster_file: Path, *, spacy_model: str | None, highlight_to: Path | None
) -> Iterator[dict[str, Any]]:
    """Extract the statements of every article at the given places.

    Args:
        paths: Article JSON, HTML, plain text, folders of them, or ``-`` for text on standard input.
        roster_file: The roster in Popolo JSON.
        spacy_model: A pipeline to use instead of our own.
        highlight_to: Where to write the page with the statements marked; None for no page.

    Yields:
        One object for each article, as the contract of ``extract`` has it.

    Raises:
        InputError: A file cannot be read.
    """
    extractor = Extractor(Roster.from_popolo(read_json(roster_file)), load_nlp(spacy_model))
    pages = []
    for article in _inputs(paths):
        statements = extractor.extract(article.text, article.published_at)
        if highlight_to is not None:
            pages.append(_highlighted(article, statements))
        yield extracted(article.id, statements)
    if highlight_to is not None:
        highlight_to.write_text("\n".join(pages), encoding="utf-8")


def _highlighted(article: _Input, statements: list[Statement]) -> str:
    return highlight(article.text, article.title, statements, gold=article.gold)


def _inputs(paths: Sequence[Path]) -> Iterator[_Input]:
    for path in paths:
        if path == STANDARD_INPUT:
            yield _Input("-", sys.stdin.read(), "", None)
        elif path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix in {".json", ".txt", *HTML_ENDINGS})
            if not files:
                message = f"{path}: holds no .json, .html or .txt"
                raise InputError(message)
            yield from (_input(file) for file in files)
        else:
            yield _input(path)


def _input(path: Path) -> _Input:
    if path.suffix == ".json":
        return _article(path, read_json(path))
    try:
        body = path.read_bytes()
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror})"
        raise InputError(message) from error
    if path.suffix in HTML_ENDINGS:
        page = read_page(body, path.absolute().as_uri(), "Europe/Amsterdam")
        return _Input(path.stem, page.text, page.title, page.published_at)
    try:
        return _Input(path.stem, body.decode("utf-8-sig"), "", None)
    except UnicodeDecodeError as error:
        message = f"{path}: is not UTF-8 text ({error})"
        raise InputError(message) from error


def _article(path: Path, value: Any) -> _Input:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        message = f"{path}: is no article (an object with id, published_at and text)"
        raise InputError(message)
    try:
        when = published(value.get("published_at"))
    except (TypeError, ValueError) as error:
        message = f"{path}: published_at is no ISO date or time ({error})"
        raise InputError(message) from error
    gold = value.get("statements")
    return _Input(
        str(value.get("id") or path.stem),
        value["text"],
        value.get("title") or "",
        when,
        gold if isinstance(gold, list) else None,
    )
