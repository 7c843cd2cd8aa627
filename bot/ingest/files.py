"""Files on disk -> articles: JSON, JSON lines, HTML, plain text, and folders of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.ingest.dates import moment_of
from bot.ingest.encoding import as_utf8, writable
from bot.ingest.errors import ArticleFileError, PageError
from bot.ingest.identity import identity_of, slug_of
from bot.ingest.page import read_page
from bot.ingest.parliament.accounts import Account
from bot.ingest.values import IncomingArticle

MANUAL_NAME = "Eigen invoer"
"""The outlet of what names none."""

_DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class FileContents:
    """What a file holds: articles, or the debates of a report."""

    articles: tuple[IncomingArticle, ...]
    accounts: tuple[Account, ...]


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
        now: The present moment, which stands in for the date of an HTML or text file without one.

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
    return [_from_json(_decoded(path.read_text("utf-8-sig"), str(path)), path.stem, zone, str(path))]


def _read_json_lines(path: Path, zone: str, now: datetime) -> list[IncomingArticle]:
    # Not splitlines(): a text may hold U+2028, which is a line to Python and a character to JSON.
    lines = enumerate(path.read_text("utf-8-sig").split("\n"), start=1)
    articles = []
    for number, line in lines:
        if line.strip():
            place = f"{path}, line {number}"
            articles.append(_from_json(_decoded(line, place), f"{path.stem}:{number}", zone, place))
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
    ".jsonl": _read_json_lines,
    ".html": _read_html,
    ".htm": _read_html,
    ".txt": _read_text,
}


def _day_in(path: Path) -> str | None:
    found = _DAY_IN_NAME.search(path.stem)
    return found[1] if found else None


def _decoded(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        message = f"{place}: this is not JSON: {error}"
        raise ArticleFileError(message) from error


def _from_json(data: Any, name: str, zone: str, place: str) -> IncomingArticle:
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
        now=moment,
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
    return IncomingArticle(
        id=name,
        identity=identity_of(canonical=None, url=url, text=text),
        source_id=source_id_of(source),
        source_name=source,
        url=url,
        title=title,
        text=text,
        published_at=moment or now.astimezone(UTC),
        published_is_estimated=moment is None,
    )
