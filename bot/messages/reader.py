"""Who reads: the language and time zone of a chat, and the texts of that language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from bot.messages.markup import Html, html

LANGUAGES = ("nl", "en")
"""The languages that are complete; the first one is the default."""

CATALOGUES = Path(__file__).parent / "locale"

Value = str | int | Html


@dataclass(frozen=True, slots=True)
class Reader:
    """A chat as a reader.

    Attributes:
        language: ``nl`` or ``en``; any other is read as ``nl``.
        timezone: An IANA time zone.
        is_group: Whether more than one person reads along, who are addressed as a group.
    """

    language: str = LANGUAGES[0]
    timezone: str = "Europe/Amsterdam"
    is_group: bool = False

    def say(self, text: str, **values: Value) -> Html:
        """Give a text of the catalogue in the reader's language.

        Args:
            text: The English text, with ``{name}`` where a value comes; tags in it are markup.
            values: The values; strings are escaped unless they are HTML.

        Returns:
            The text as HTML.
        """
        return _filled(_translations(self._language).gettext(text), values)

    def label(self, text: str, **values: Value) -> str:
        """Give a text of the catalogue as plain text, for a button or a menu."""
        return unescape(self.say(text, **values))

    def count(self, one: str, many: str, number: int, **values: Value) -> Html:
        """Give a text that depends on a number, which stands in it as ``{number}``."""
        return _filled(_translations(self._language).ngettext(one, many, number), {"number": number, **values})

    def day(self, day: date) -> str:
        """Write a day: "6 juli 2023"."""
        return format_date(day, "d MMMM y", locale=self._language)

    def short_day(self, day: date) -> str:
        """Write a day short: "6 jul 2023"."""
        return format_date(day, "d MMM y", locale=self._language)

    def short_moment(self, moment: datetime) -> str:
        """Write a moment of these days as the clock shows it where the reader is: "6 jul 09:20"."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        return (
            f"{format_date(local, 'd MMM', locale=self._language)} {format_time(local, 'HH:mm', locale=self._language)}"
        )

    def ago(self, moment: datetime, now: datetime) -> str:
        """Write how long ago a moment was, in one unit: "3 minuten geleden"; one ahead of now is taken for now."""
        return format_timedelta(min(moment - now, timedelta()), add_direction=True, locale=self._language)

    def days(self, first: date, last: date) -> str:
        """Write an interval of days as short as it can be said: "2022", "juli 2023", "1–7 juli 2023"."""
        if first == last:
            return self.day(first)
        follows = last + timedelta(days=1)
        if (first.day, first.month, follows.day, follows.month) == (1, 1, 1, 1) and first.year == last.year:
            return str(first.year)
        if first.day == follows.day == 1 and (first.year, first.month) == (last.year, last.month):
            return format_date(first, "MMMM y", locale=self._language)
        if first.year != last.year:
            return f"{self.day(first)} – {self.day(last)}"
        if first.month != last.month:
            return f"{format_date(first, 'd MMMM', locale=self._language)} – {self.day(last)}"
        return f"{first.day}–{self.day(last)}"

    def local_day(self, moment: datetime) -> date:
        """Give the day that a moment falls on where the reader is."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def moment(self, moment: datetime) -> str:
        """Write a moment as the clock shows it where the reader is: "6 juli 2023, 09:20"."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        return f"{self.day(local.date())}, {format_time(local, 'HH:mm', locale=self._language)}"

    @property
    def _language(self) -> str:
        return self.language if self.language in LANGUAGES else LANGUAGES[0]


def noted(text: str) -> str:
    """Mark a text for the catalogues that ``say`` is given later."""
    return text


@cache
def _translations(language: str) -> Translations:
    """Read a language's catalogue, once and when it is first spoken."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _filled(text: str, values: dict[str, Value]) -> Html:
    return Html(
        text.format(**{name: html(str(value) if isinstance(value, int) else value) for name, value in values.items()})
    )
