"""Quiet hours, days and digests by a chat's own clock; and words that are watched for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.hours import next_digest, start_of, told_at
from bot.watchwords import holds, normal_words

AMSTERDAM = "Europe/Amsterdam"
NIGHT = {"timezone": AMSTERDAM, "quiet_from": 22 * 60, "quiet_until": 7 * 60, "muted_until": None}


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (at(1, 12), at(1, 12)),
        (at(1, 20, 59), at(1, 20, 59)),
        (at(1, 21), at(2, 6)),
        (at(2, 0, 30), at(2, 6)),
        (at(2, 5, 59), at(2, 6)),
        (at(2, 6), at(2, 6)),
        # In the night in which summer time begins the morning comes an hour earlier.
        (at(30, 21), at(31, 5)),
    ],
)
def test_what_is_due_in_quiet_hours_is_told_at_their_end(moment: datetime, told: datetime) -> None:
    assert told_at(moment, **NIGHT) == told  # type: ignore[arg-type]


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = {"timezone": AMSTERDAM, "quiet_from": 12 * 60, "quiet_until": 14 * 60, "muted_until": None}
    assert told_at(at(1, 11, 30), **noon) == at(1, 13)  # type: ignore[arg-type]
    assert told_at(at(1, 13, 30), **noon) == at(1, 13, 30)  # type: ignore[arg-type]
    for hours in ({"quiet_from": None, "quiet_until": None}, {"quiet_from": 60, "quiet_until": 60}):
        assert told_at(at(1, 1), **{**noon, **hours}) == at(1, 1)  # type: ignore[arg-type]


def test_a_subscription_passes_through_quiet_hours_and_through_no_mute() -> None:
    assert told_at(at(1, 23), **NIGHT, passes_quiet=True) == at(1, 23)  # type: ignore[arg-type]
    muted = {**NIGHT, "muted_until": at(2, 3)}
    assert told_at(at(1, 23), **muted, passes_quiet=True) == at(2, 3)  # type: ignore[arg-type]
    assert told_at(at(1, 23), **muted) == at(2, 6)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("digest", "moment", "due_at"),
    [
        ("off", at(1, 12), None),
        ("daily", at(1, 6, 59), at(1, 7)),
        ("daily", at(1, 7), at(2, 7)),
        ("daily", at(30, 12), at(31, 6)),
        ("weekly", at(1, 12), at(4, 7)),
        ("weekly", at(4, 7), at(11, 7)),
    ],
)
def test_a_digest_comes_at_its_local_hour(digest: str, moment: datetime, due_at: datetime | None) -> None:
    assert next_digest(moment, timezone=AMSTERDAM, digest=digest, hour=8, weekday=0) == due_at


def test_a_day_begins_at_local_midnight() -> None:
    assert start_of(at(1, 12).date(), AMSTERDAM) == datetime(2024, 2, 29, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "text", "is_held"),
    [
        ("stikstof", "Het stikstofbeleid gaat op de schop.", True),
        ("Stikstof", "STIKSTOF", True),
        ("stikstof", "De ammoniakstikstof daalt.", False),
        ("cafe", "Een café is geen ministerie.", True),
        # Short words stand by themselves.
        ("btw", "De btw gaat omhoog.", True),
        ("btw", "De btwplicht vervalt.", False),
        ("ow", "De overheid betaalt.", False),
        ("stikstof boeren", "De boeren en de stikstof.", True),
        ("stikstof boeren", "De boeren.", False),
        ("“geen cent meer”", "Er komt geen cent meer bij.", True),
        ('"geen cent meer"', "Geen cent, en niets meer.", False),
        ('"geen cent"', "Geen centimeter.", False),
        ("?!", "Wat?!", False),
    ],
)
def test_a_text_holds_words_as_a_search_finds_them(words: str, text: str, is_held: bool) -> None:
    assert holds(text, words) is is_held
    assert holds(text, normal_words(words)) is is_held


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Stikstof ", "stikstof"),
        ("“Geen  cent” Méér", '"geen cent" meer'),
        ("geen-crisis", "geen crisis"),
        ('"" ?', ""),
    ],
)
def test_the_same_words_are_kept_alike(typed: str, kept: str) -> None:
    assert normal_words(typed) == kept
    assert normal_words(kept) == kept


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_in_the_second_one() -> None:
    night = {"timezone": AMSTERDAM, "quiet_from": 22 * 60, "quiet_until": 150, "muted_until": None}
    for minute in (10, 70):
        moment = datetime(2024, 10, 27, 0, tzinfo=UTC) + timedelta(minutes=minute)
        assert told_at(moment, **night) == datetime(2024, 10, 27, 1, 30, tzinfo=UTC)  # type: ignore[arg-type]
