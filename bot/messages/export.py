"""Somebody's statements as files: CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

from bot.messages.markup import Html, bold, joined
from bot.messages.quotes import archive_note, limits_shown, nothing_found
from bot.messages.reader import Reader
from bot.messages.searching import Search
from bot.messages.shown import Person, Quote
from bot.messages.values import Attachment, Message
from bot.messages.wording import number

MOST_EXPORTED = 10_000
"""Statements in a file at most: such a file stays far below the 50 MB that a bot may send."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With these a spreadsheet begins a formula (OWASP, CSV injection)."""

_COLUMNS = (
    "number",
    "said_on",
    "said_from",
    "said_to",
    "speaker",
    "capacity",
    "party",
    "kind",
    "cue",
    "words",
    "reversal",
    "outlets",
    "published_at",
    "title",
    "url",
)


def export_messages(
    reader: Reader,
    person: Person,
    quotes: Sequence[Quote],
    search: Search,
    *,
    has_more: bool,
    archive_since: date | None,
    moment: datetime,
) -> tuple[Message, ...]:
    """Give statements as two files; this takes a moment, and belongs into a thread.

    Args:
        reader: For whom.
        person: Whose they are.
        quotes: The statements, newest first, at most ``MOST_EXPORTED``.
        search: What they are limited to.
        has_more: Whether older ones were left out.
        archive_since: The day from which the archive reaches; None while it is empty.
        moment: Now.

    Returns:
        A message with the CSV and one with the JSON; words alone where there are no statements.
    """
    note = archive_note(reader, archive_since)
    if not quotes:
        return (Message(joined("\n\n", [nothing_found(reader, person, search), note])),)
    limits = limits_shown(reader, search)
    name = f"citaatwacht-{_file_name(person)}-{moment:%Y-%m-%d}"
    rows = [_row(quote) for quote in quotes]
    about = {
        "person": {"id": person.id, "name": person.name},
        "search": {"words": search.words or None, "limits": [limit for limit in limits if limit]},
        "is_complete": not has_more,
        "archive_since": archive_since.isoformat() if archive_since else None,
        "exported_at": moment.astimezone(UTC).isoformat(timespec="seconds"),
    }
    caption = joined("\n\n", [_caption(reader, person, len(rows), limits, has_more=has_more), note])
    return (
        Message(caption, attachment=Attachment("document", f"{name}.csv", _csv(rows))),
        Message(reader.say("The same as JSON."), attachment=Attachment("document", f"{name}.json", _json(about, rows))),
    )


def _caption(reader: Reader, person: Person, count: int, limits: Sequence[str | None], *, has_more: bool) -> Html:
    counted = reader.count("{number} statement", "{number} statements", count)
    cut = reader.say("These are the newest {number}; for older ones name a period.", number=count) if has_more else None
    return joined("\n", [joined(" · ", [bold(person.name), *limits, counted]), cut])


def _row(quote: Quote) -> dict[str, Any]:
    outlet = quote.outlets[0] if quote.outlets else None
    return {
        "number": number(quote),
        "said_on": quote.said_on.isoformat(),
        "said_from": quote.said_from.isoformat() if quote.said_from else None,
        "said_to": quote.said_to.isoformat() if quote.said_to else None,
        "speaker": quote.person_name,
        "capacity": quote.capacity,
        "party": quote.party,
        "kind": quote.kind,
        "cue": quote.cue,
        "words": quote.content,
        "reversal": quote.reversal_label,
        "outlets": list(dict.fromkeys(outlet.source_name for outlet in quote.outlets)),
        "published_at": outlet.published_at.astimezone(UTC).isoformat(timespec="seconds") if outlet else None,
        "title": outlet.title if outlet else None,
        "url": outlet.url if outlet else None,
    }


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """Write a table that a spreadsheet opens by a click: with a byte order mark, and no cell a formula."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in _COLUMNS])
    return file.getvalue().encode("utf-8-sig", "replace")


def _cell(value: object) -> str:
    text = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _json(about: dict[str, Any], rows: Sequence[dict[str, Any]]) -> bytes:
    return json.dumps({**about, "statements": rows}, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _file_name(person: Person) -> str:
    plain = unicodedata.normalize("NFKD", person.name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
