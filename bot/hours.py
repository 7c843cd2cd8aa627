"""The hours of a chat: when it may be told, when its day begins, and when its next digest is due. Pure.

Hours and minutes are those of the chat's own clock, which summer time moves; moments are UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60


def told_at(
    moment: datetime,
    *,
    timezone: str,
    quiet_from: int | None,
    quiet_until: int | None,
    muted_until: datetime | None,
    passes_quiet: bool = False,
) -> datetime:
    """Give the first moment from which a chat may be told of something.

    Args:
        moment: When it became due.
        timezone: The chat's IANA time zone.
        quiet_from: Minute of the local day at which its quiet hours begin; None where it has none.
        quiet_until: Minute at which they end; before ``quiet_from`` where they pass midnight.
        muted_until: Until when it wants to hear nothing at all; None for no such moment.
        passes_quiet: Whether quiet hours do not count.

    Returns:
        ``moment``, or the end of what keeps it from being told.
    """
    if muted_until is not None and muted_until > moment:
        moment = muted_until
    if passes_quiet or quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return moment
    local = moment.astimezone(ZoneInfo(timezone))
    minute = local.hour * 60 + local.minute
    if (minute - quiet_from) % MINUTES_A_DAY >= (quiet_until - quiet_from) % MINUTES_A_DAY:
        return moment
    ends_tomorrow = minute >= quiet_until
    day = local.date() + timedelta(days=ends_tomorrow)
    # Where the clock is put back the hour comes twice, and is quiet both times.
    return max(_at(day, quiet_until, timezone, fold=fold) for fold in (0, 1))


def day_of(moment: datetime, timezone: str) -> date:
    """Give the day that a moment falls on where the chat is."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def start_of(day: date, timezone: str) -> datetime:
    """Give the moment at which a day begins where the chat is."""
    return _at(day, 0, timezone)


def next_digest(moment: datetime, *, timezone: str, digest: str, hour: int, weekday: int) -> datetime | None:
    """Give when the next digest is due.

    Args:
        moment: After which moment.
        timezone: The chat's IANA time zone.
        digest: ``off``, ``daily`` or ``weekly``.
        hour: The local hour.
        weekday: The day of a weekly one, Monday being 0.

    Returns:
        The moment; None where there is none to come.
    """
    if digest == "off":
        return None
    day = day_of(moment, timezone)
    while True:
        due_at = _at(day, hour * 60, timezone)
        if due_at > moment and (digest == "daily" or day.weekday() == weekday):
            return due_at
        day += timedelta(days=1)


def _at(day: date, minute: int, timezone: str, *, fold: int = 0) -> datetime:
    local = datetime.combine(day, time(minute // 60, minute % 60, fold=fold), tzinfo=ZoneInfo(timezone))
    return local.astimezone(UTC)
