"""A timeline: a picture of what somebody said when and as what, and the same in words below it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from babel.dates import format_date

from bot.messages.callbacks import Callback, encode, token_of
from bot.messages.drawing import Band, Kind, Picture, Turn, drawn
from bot.messages.markup import Html, bold, joined, shortened, visible_length
from bot.messages.officenames import office_label
from bot.messages.offices import Office, term
from bot.messages.quotes import archive_note, limits_shown, nothing_found
from bot.messages.reader import Reader
from bot.messages.searching import Search, search_data
from bot.messages.shown import Person
from bot.messages.values import Attachment, Button, Message

CAPTION_LIMIT = 1024
"""UTF-16 code units below a picture (Bot API, sendPhoto)."""

_BANDS_SHOWN = 8
_TURNS_TOLD = 8
_LONGEST_WORDS = 60
_KINDS: tuple[Kind, ...] = ("direct", "partial", "indirect")


class DayCount(Protocol):
    """How many statements of a kind count under a day."""

    @property
    def day(self) -> date:
        """The day."""

    @property
    def kind(self) -> str:
        """``direct``, ``partial`` or ``indirect``."""

    @property
    def count(self) -> int:
        """How many."""


class Turned(Protocol):
    """Where somebody turned."""

    @property
    def day(self) -> date:
        """The day of the later words."""

    @property
    def label(self) -> str:
        """``reversal`` or ``shift``."""

    @property
    def is_confirmed(self) -> bool:
        """Whether a reviewer confirmed it."""

    @property
    def statement_id(self) -> int:
        """The later statement."""


class Times(Protocol):
    """Days with statements, and turns, both oldest first."""

    @property
    def days(self) -> Sequence[DayCount]:
        """Counts by day and kind."""

    @property
    def turns(self) -> Sequence[Turned]:
        """The turns."""


def timeline_message(
    reader: Reader, person: Person, times: Times, offices: Sequence[Office], search: Search, archive_since: date | None
) -> Message:
    """Draw somebody's statements; this takes a moment, and belongs into a thread.

    Args:
        reader: For whom.
        person: Whose they are.
        times: What was said when.
        offices: The person's offices, newest first; those outside the days of the statements are left out.
        search: What the statements are limited to.
        archive_since: The day from which the archive reaches; None while it is empty.

    Returns:
        The picture with its caption; words alone where there is nothing to draw.
    """
    if not times.days:
        return Message(joined("\n\n", [nothing_found(reader, person, search), archive_note(reader, archive_since)]))
    first, last = times.days[0].day, times.days[-1].day
    held = [row for row in _joined(reader, offices) if (row.first or first) <= last and first <= (row.last or last)]
    picture = Picture(
        title=person.name,
        lines=_lines(reader, times, search),
        counts=[(row.day, _kind(row.kind), row.count) for row in times.days],
        turns=[(row.day, _turn(row.label), _short_day(reader, row.day)) for row in times.turns],
        bands=held[:_BANDS_SHOWN],
        kinds={kind: reader.label(name) for kind, name in _kind_names(reader).items()},
        turn_names={"reversal": reader.label("reversal"), "shift": reader.label("shift")},
        offices_name=reader.label("Offices"),
        language=reader.language,
    )
    attachment = Attachment("picture", f"{_file_name(reader, person)}.png", drawn(picture))
    caption = _caption(reader, person, times, held, search, archive_since)
    return Message(caption, (_buttons(reader, person, times, search),), attachment=attachment)


def _caption(
    reader: Reader,
    person: Person,
    times: Times,
    held: Sequence[Band],
    search: Search,
    archive_since: date | None,
) -> Html:
    """Write in words what the picture shows; what does not fit of turns and offices is counted."""
    first, last = times.days[0].day, times.days[-1].day
    head = joined(" · ", [bold(person.name), *_limits(reader, search), _counted(reader, times)])
    kinds = Counter[str]()
    months = Counter[date]()
    for row in times.days:
        kinds[row.kind] += row.count
        months[row.day.replace(day=1)] += row.count
    by_kind = joined(", ", [_of_kind(reader, kind, kinds[kind]) for kind in _KINDS if kinds[kind]])
    fullest = max(months, key=lambda month: (months[month], month))
    lines = [
        joined(" · ", [reader.days(first, last), by_kind]),
        reader.say(
            "Most in {month} ({number}).",
            month=format_date(fullest, "MMMM y", locale=reader.language),
            number=months[fullest],
        )
        if len(months) > 1
        else None,
    ]
    for told in range(_TURNS_TOLD, -1, -1):
        blocks = [
            joined("\n", [head, *lines]),
            _turns_told(reader, times.turns, told),
            _offices_told(reader, held, told),
            archive_note(reader, archive_since),
        ]
        text = joined("\n\n", blocks)
        if visible_length(text) <= CAPTION_LIMIT:
            return text
    return joined("\n\n", [head, archive_note(reader, archive_since)])


def _turns_told(reader: Reader, turns: Sequence[Turned], told: int) -> Html | None:
    lines: list[Html] = []
    for row in turns[len(turns) - told if told < len(turns) else 0 :]:
        name = reader.say("reversal") if row.label == "reversal" else reader.say("shift")
        unsure = None if row.is_confirmed else reader.say("not reviewed")
        lines.append(joined(" · ", [f"↺ {reader.day(row.day)}", name, unsure, f"#{row.statement_id}"]))
    return _listed(reader, lines, len(turns) - len(lines))


def _offices_told(reader: Reader, held: Sequence[Band], told: int) -> Html | None:
    lines = [joined(" · ", [f"• {row.name}", term(reader, row.first, row.last)]) for row in held[:told]]
    return _listed(reader, lines, len(held) - len(lines))


def _listed(reader: Reader, lines: list[Html], more: int) -> Html | None:
    if more > 0 and lines:
        lines = [*lines, reader.count("and {number} more", "and {number} more", more)]
    return joined("\n", lines) if lines else None


def _lines(reader: Reader, times: Times, search: Search) -> list[str]:
    limits = " · ".join(limit for limit in _limits(reader, search) if limit)
    counted = f"{_counted(reader, times)} · {reader.days(times.days[0].day, times.days[-1].day)}"
    return [limits, counted] if limits else [counted]


def _of_kind(reader: Reader, kind: str, number: int) -> Html:
    if kind == "direct":
        return reader.count("{number} quote", "{number} quotes", number)
    if kind == "partial":
        return reader.count("{number} fragment", "{number} fragments", number)
    return reader.count("{number} paraphrase", "{number} paraphrases", number)


def _joined(reader: Reader, offices: Sequence[Office]) -> list[Band]:
    """Give the offices as bands, those that went on in another cabinet as one; newest first."""
    bands: list[Band] = []
    for row in offices:
        name = office_label(row.label, reader.language)
        place = next((at for at in reversed(range(len(bands))) if bands[at].name == name), None)
        if place is not None and _go_on(row.last, bands[place].first):
            bands[place] = Band(name, row.first, bands[place].last)
        else:
            bands.append(Band(name, row.first, row.last))
    return bands


def _go_on(last: date | None, first: date | None) -> bool:
    """Tell whether a term that began on one day follows one that ended on another."""
    return last is not None and first is not None and first <= last + timedelta(days=1)


def _counted(reader: Reader, times: Times) -> str:
    return str(reader.count("{number} statement", "{number} statements", sum(row.count for row in times.days)))


def _limits(reader: Reader, search: Search) -> list[str | None]:
    return [shortened(limit, _LONGEST_WORDS) if limit else None for limit in limits_shown(reader, search)]


def _kind_names(reader: Reader) -> dict[Kind, str]:
    return {
        "direct": reader.label("quotes"),
        "partial": reader.label("fragments"),
        "indirect": reader.label("paraphrases"),
    }


def _kind(kind: str) -> Kind:
    return next(known for known in _KINDS if known == kind)


def _turn(label: str) -> Turn:
    return "reversal" if label == "reversal" else "shift"


def _short_day(reader: Reader, day: date) -> str:
    return format_date(day, "d MMM y", locale=reader.language)


def _file_name(reader: Reader, person: Person) -> str:
    plain = unicodedata.normalize("NFKD", person.name).encode("ascii", "ignore").decode().lower()
    name = reader.label("timeline")
    return f"{name}-{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}"


def _buttons(reader: Reader, person: Person, times: Times, search: Search) -> tuple[Button, ...]:
    token = token_of(person.id)
    statements = search_data("quotes", token, 0, search)
    turned = encode(Callback("reversals", token)) if times.turns else None
    labelled = ((reader.label("Statements"), statements), (reader.label("Reversals"), turned))
    return tuple(Button(label, data=data) for label, data in labelled if data)
