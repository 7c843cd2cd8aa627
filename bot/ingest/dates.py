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

_ZONE_THAT_COUNTS = re.compile(r"(?:[+-]\d{2}:?\d{2}|\b(?:GMT|UTC?|Z|[ECMP][SD]T))(?:\s*\([^)]*\))?$", re.IGNORECASE)
_DAY_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
# Noon keeps a day the same day in every zone of Europe, and is wrong by half a day at most.
_NOON = time(12)


def moment_of(written: str | None, *, zone: str) -> datetime | None:
    """Give the moment that is written, in UTC.

    A time without an offset, or with the name of a zone (which feeds get wrong twice a year), is a time
    on the clocks of the source. A day without a time is noon there.

    Args:
        written: ISO 8601 (JSON-LD, Atom, files) or RFC 822 (RSS); None or empty where nothing is written.
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
        return _from_iso(stripped, local) or _from_mail(stripped, local)
    except (ValueError, OverflowError):
        return None


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


def _from_mail(written: str, local: tzinfo) -> datetime | None:
    fields = parsedate_tz(written)
    if fields is None:
        return None
    # parsedate_tz gives 0 for every zone that it does not know, CET among them.
    zone = timezone(timedelta(seconds=fields[9] or 0)) if _ZONE_THAT_COUNTS.search(written) else local
    return datetime(*fields[:6], tzinfo=zone).astimezone(UTC)
