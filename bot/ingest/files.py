"""Files on disk -> articles: JSON, JSON lines, HTML, plain text, and folders of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.ingest.dates import dated, moment_of, plausible
from bot.ingest.encoding import as_utf8, writable
from bot.ingest.errors import ArticleFileError, PageError
from bot.ingest.identity import identity_of, slug_of
from bot.ingest.page import read_page
from bot.ingest.parliament.accounts import Account
from bot.ingest.values import IncomingArticle

LINES = ".jsonl"
"""The files that hold an article a line."""

PORTION = 256 * 1024
"""Bytes from which lines are a portion that is read at once; one line is never cut."""

MANUAL_NAME = "Eigen invoer"
"""The outlet of what names none."""

_DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class FileContents:
    """What a file holds: articles, or the debates of a report."""

    articles: tuple[IncomingArticle, ...]
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """Some lines of a file, in a row.

    Attributes:
        path: The file.
        start: Where they begin, in bytes.
        end: Where they end, exclusive.
        first_line: The number of the first one, from 1.
        next_line: The number after that of the last one.
    """

    path: Path
    start: int
    end: int
    first_line: int
    next_line: int


@dataclass(frozen=True, slots=True)
class Lines:
    """What a portion holds: articles, and why a line gives none by its number."""

    articles: tuple[IncomingArticle, ...]
    faults: Mapping[int, str]


def find_files(paths: Iterable[Path], *, also: Collection[str] = ()) -> list[Path]:
    """Give the files to read: those named, and those of a known kind in the folders named, in order of name.

    Args:
        paths: Files and folders.
        also: Endings of other files that the caller reads itself (".xml").

    Returns:
        The files; each once.

    Raises:
        ArticleFileError: A path does not exist, a folder holds nothing that can be read, or a file is of
            another kind.
    """
    found: dict[Path, None] = {}
    kinds = (*_READERS, *also)
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if file.is_file() and file.suffix.lower() in kinds]
            if not inside:
                message = f"{path}: no articles in this folder ({', '.join(kinds)})"
                raise ArticleFileError(message)
            found |= dict.fromkeys(inside)
        elif not path.is_file():
            message = f"{path}: no such file or folder"
            raise ArticleFileError(message)
        elif path.suffix.lower() not in kinds:
            message = f"{path}: not one of {', '.join(kinds)}"
            raise ArticleFileError(message)
        else:
            found[path] = None
    return list(found)


def read_file(path: Path, *, zone: str = "Europe/Amsterdam", now: datetime) -> list[IncomingArticle]:
    """Read the articles of one file, all or none.

    Args:
        path: A file that ``find_files`` gave.
        zone: IANA name of the zone for times that have none.
        now: The present moment, which stands in for the date of an HTML or text file without one, and for one that
            lies ahead or before 1990.

    Returns:
        Its articles: one, or any number from JSON lines.

    Raises:
        ArticleFileError: It cannot be read, or is no article; the message names the file and says why.
    """
    try:
        return _READERS[path.suffix.lower()](path, zone, now)
    except (OSError, UnicodeDecodeError, PageError) as error:
        message = f"{path}: {error}"
        raise ArticleFileError(message) from error


def portions_of(path: Path) -> list[Portion]:
    """Cut a file of lines into portions, without keeping it in memory.

    Args:
        path: A file of JSON lines.

    Returns:
        The portions, in order; one without lines for an empty file.

    Raises:
        ArticleFileError: It cannot be read.
    """
    cuts = [(0, 1)]
    position = line = 0
    try:
        with path.open("rb") as file:
            for written in file:
                position, line = position + len(written), line + 1
                if position - cuts[-1][0] >= PORTION:
                    cuts.append((position, line + 1))
    except OSError as error:
        message = f"{path}: {error}"
        raise ArticleFileError(message) from error
    if len(cuts) == 1 or cuts[-1][0] < position:
        cuts.append((position, line + 1))
    return [Portion(path, start, end, first, after) for (start, first), (end, after) in pairwise(cuts)]


def read_portion(portion: Portion, *, zone: str = "Europe/Amsterdam", now: datetime) -> Lines:
    """Read the articles of some lines; one that holds none costs no other.

    Args:
        portion: One that ``portions_of`` gave.
        zone: IANA name of the zone for times that have none.
        now: The present moment.

    Returns:
        The articles, and for each line without one the reason; empty lines are passed over.

    Raises:
        ArticleFileError: The file cannot be read any more.
    """
    try:
        with portion.path.open("rb") as file:
            file.seek(portion.start)
            lines = file.read(portion.end - portion.start).split(b"\n")
    except OSError as error:
        message = f"{portion.path}: {error}"
        raise ArticleFileError(message) from error
    articles, faults = [], {}
    for number, line in enumerate(lines, start=portion.first_line):
        place = f"{portion.path}, line {number}"
        try:
            if text := _line(line, place).strip():
                articles.append(_from_json(_decoded(text, place), f"{portion.path.stem}:{number}", zone, place, now))
        except ArticleFileError as error:
            faults[number] = str(error)
    return Lines(tuple(articles), faults)


def read_bytes(path: Path) -> bytes:
    """Give the bytes of a file.

    Raises:
        ArticleFileError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path}: {error}"
        raise ArticleFileError(message) from error


def source_id_of(name: str) -> str:
    """Give the id under which articles from files are filed for an outlet ("De Krant" -> "manual-de-krant")."""
    return f"manual-{slug_of(name)}"


def _read_json(path: Path, zone: str, now: datetime) -> list[IncomingArticle]:
    return [_from_json(_decoded(path.read_text("utf-8-sig"), str(path)), path.stem, zone, str(path), now)]


def _read_json_lines(path: Path, zone: str, now: datetime) -> list[IncomingArticle]:
    articles: list[IncomingArticle] = []
    for portion in portions_of(path):
        lines = read_portion(portion, zone=zone, now=now)
        for reason in lines.faults.values():
            raise ArticleFileError(reason)
        articles += lines.articles
    return articles


def _read_html(path: Path, zone: str, now: datetime) -> list[IncomingArticle]:
    page = read_page(path.read_bytes(), "", zone)
    moment = page.published_at or moment_of(_day_in(path), zone=zone)
    return [_article(path.stem, page.canonical_url, page.title, page.text, moment, now=now)]


def _read_text(path: Path, zone: str, now: datetime) -> list[IncomingArticle]:
    text = as_utf8(path.read_bytes(), None).decode().replace("\r\n", "\n").strip()
    if not text:
        message = f"{path}: there is no text in it"
        raise ArticleFileError(message)
    return [_article(path.stem, None, "", text, moment_of(_day_in(path), zone=zone), now=now)]


_READERS: Mapping[str, Callable[[Path, str, datetime], list[IncomingArticle]]] = {
    ".json": _read_json,
    LINES: _read_json_lines,
    ".html": _read_html,
    ".htm": _read_html,
    ".txt": _read_text,
}


def _day_in(path: Path) -> str | None:
    found = _DAY_IN_NAME.search(path.stem)
    return found[1] if found else None


def _line(line: bytes, place: str) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{place}: this is not UTF-8: {error}"
        raise ArticleFileError(message) from error


def _decoded(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"{place}: this is not JSON: {error}"
        raise ArticleFileError(message) from error


def _from_json(data: Any, name: str, zone: str, place: str, now: datetime) -> IncomingArticle:
    if not isinstance(data, dict):
        message = f"{place}: an article is an object with id, published_at and text"
        raise ArticleFileError(message)
    text = _string(data, "text", place)
    if not text.strip():
        message = f"{place}: the article has no text"
        raise ArticleFileError(message)
    moment = moment_of(_string(data, "published_at", place), zone=zone)
    if moment is None:
        message = f"{place}: published_at is missing or no date ({data.get('published_at')!r})"
        raise ArticleFileError(message)
    return _article(
        str(data.get("id") or name),
        _string(data, "url", place) or None,
        _string(data, "title", place),
        text,
        moment,
        now=now,
        source_name=_string(data, "source", place),
    )


def _string(data: Mapping[str, Any], name: str, place: str) -> str:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        message = f"{place}: {name} is not a string"
        raise ArticleFileError(message)
    return writable(value or "")


def _article(
    name: str, url: str | None, title: str, text: str, moment: datetime | None, *, now: datetime, source_name: str = ""
) -> IncomingArticle:
    source = source_name or MANUAL_NAME
    published_at, is_estimated = dated(plausible(moment, now=now), moment=now.astimezone(UTC))
    return IncomingArticle(
        id=name,
        identity=identity_of(canonical=None, url=url, text=text),
        source_id=source_id_of(source),
        source_name=source,
        url=url,
        title=title,
        text=text,
        published_at=published_at,
        published_is_estimated=is_estimated,
    )
