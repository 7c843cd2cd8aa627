"""Moments as feeds, pages and files write them, made UTC in the zone of their source. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing that we read is older; what says so is a default that a machine filled in (1970)."""

LARGEST_LEAD = timedelta(days=1)
"""How far ahead of now a date can be by a wrong clock or zone; beyond it is absurd."""

# A time with whatever follows it: the half of the day, the name of a zone, an offset, a remark.
_TIMED = re.compile(
    r"(?P<day>[^:]*?)[T,\s]*(?P<hour>\d{1,2}):(?P<rest>\d{2}(?::\d{2})?)(?:[.,]\d+)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?\s*(?P<name>[a-z][a-z/_]*)?"
    r"\s*(?:(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?)?\s*(?:\([^)]*\))?",
    re.IGNORECASE,
)
# The names that mean one offset wherever they stand; those of Europe are used in summer and winter alike.
_OFFSETS = {"z": 0, "ut": 0, "utc": 0, "gmt": 0} | {
    f"{zone}{season}t": hours + (season == "d")
    for zone, hours in (("e", -5), ("c", -6), ("m", -7), ("p", -8))
    for season in "sd"
}
_DAY_NAME = re.compile(
    r"(?:ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)\b[.,]?\s*", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_DUTCH_MONTHS = {
    "januari": "jan",
    "februari": "feb",
    "maart": "mar",
    "mrt": "mar",
    "mei": "may",
    "juni": "jun",
    "juli": "jul",
    "augustus": "aug",
    "sept": "sep",
    "oktober": "oct",
    "okt": "oct",
}
_DUTCH_MONTH = re.compile(rf"\b({'|'.join(_DUTCH_MONTHS)})\b", re.IGNORECASE)
_DAY_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
# Noon keeps a day the same day in every zone of Europe, and is wrong by half a day at most.
_NOON = time(12)


def moment_of(written: str | None, *, zone: str) -> datetime | None:
    """Give the moment that is written, in UTC.

    A time without an offset, or with the name of a zone (which feeds get wrong twice a year), is a time
    on the clocks of the source. A day without a time is noon there.

    Args:
        written: ISO 8601 (JSON-LD, Atom, files) or RFC 822 (RSS), also with the names of Dutch days and months, the
            day before the month ("24-11-2026 09:00") or the half of the day; None or empty where nothing is written.
        zone: IANA name of the source's time zone.

    Returns:
        The moment, or None where nothing can be made of it.
    """
    stripped = (written or "").strip()
    if not stripped:
        return None
    local = ZoneInfo(zone)
    try:
        if _DAY_ONLY.fullmatch(stripped):
            return datetime.combine(date.fromisoformat(stripped), _NOON, tzinfo=local).astimezone(UTC)
        return _from_iso(stripped, local) or _from_words(stripped, local)
    except (ValueError, OverflowError):
        return None


def noon_of_day(moment: datetime, *, zone: str) -> datetime | None:
    """Give noon of a day where a moment says no more than the day, in UTC; None where it says a time.

    Args:
        moment: A moment in UTC: noon, as ``moment_of`` gives a day without a time, or midnight, as machines fill it in.
        zone: IANA name of the source's time zone.
    """
    local = moment.astimezone(ZoneInfo(zone))
    if local.time() not in (_NOON, time()) and moment.time() != time():
        return None
    day = moment.date() if moment.time() == time() else local.date()
    return datetime.combine(day, _NOON, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def is_of_day(moment: datetime | None, noon: datetime) -> bool:
    """Tell whether a moment is of the day with that noon."""
    return moment is not None and abs(moment - noon) <= timedelta(hours=12)


def plausible(moment: datetime | None, *, now: datetime) -> datetime | None:
    """Give the moment back, unless it is absurd: before 1990, or more than a day ahead.

    Args:
        moment: A moment in UTC; None where there is none.
        now: The present moment.

    Returns:
        ``moment``, or None.
    """
    if moment is None or not EARLIEST <= moment <= now + LARGEST_LEAD:
        return None
    return moment


def dated(*said: datetime | None, moment: datetime) -> tuple[datetime, bool]:
    """Date an article by the first of what is said of it that is not ahead of its reading, and else by that.

    Args:
        said: Moments in UTC, the one that is believed most first; None where nothing is said.
        moment: When it was read.

    Returns:
        When it was published, and whether that is the moment of reading for want of a better one.
    """
    believed = next((one for one in said if one is not None and one <= moment), None)
    return (moment, True) if believed is None else (believed, False)


def _from_iso(written: str, local: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=local)).astimezone(UTC)


def _from_words(written: str, local: tzinfo) -> datetime | None:
    """Read what is no ISO 8601, or is so but for its zone."""
    timed = _TIMED.fullmatch(written)
    if timed is None:
        return _from_mail(_in_english(written), local)
    hour = int(timed["hour"])
    if timed["half"]:
        hour = hour % 12 + (12 if timed["half"] in "pP" else 0)
    zone = _zone_of(timed, local)
    plain = f"{_in_english(timed['day'])} {hour:02}:{timed['rest']}"
    return _from_iso(plain, zone) or _from_mail(plain, zone)


def _zone_of(timed: re.Match[str], local: tzinfo) -> tzinfo:
    """Give the offset that stands behind a time, that of its zone's name if that has one, else the zone of its source.

    ``parsedate_tz`` gives 0 for every name that it does not know, CET among them, and for "GMT+0100".
    """
    if timed["sign"]:
        offset = timedelta(hours=int(timed["hours"]), minutes=int(timed["minutes"] or 0))
        return timezone(-offset if timed["sign"] == "-" else offset)
    hours = _OFFSETS.get((timed["name"] or "").lower())
    return local if hours is None else timezone(timedelta(hours=hours))


def _in_english(written: str) -> str:
    """Give a day as the readers of dates know it: without a Dutch name of the day, and with an English month."""
    day = _DAY_NAME.sub("", written.strip().replace(".", ""), count=1)
    named = _DUTCH_MONTH.sub(lambda month: _DUTCH_MONTHS[month[1].lower()], day)
    return _DAY_FIRST.sub(lambda found: f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}", named, count=1)


def _from_mail(written: str, zone: tzinfo) -> datetime | None:
    fields = parsedate_tz(written)
    return None if fields is None else datetime(*fields[:6], tzinfo=zone).astimezone(UTC)
