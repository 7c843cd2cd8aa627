"""Periods as people write them, in both languages, seen from one Wednesday."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.periods import Period, read_day, read_period

TODAY = date(2024, 7, 10)


def days(first: str | None, last: str | None) -> Period:
    return Period(date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("vandaag", "2024-07-10", "2024-07-10"),
        ("yesterday", "2024-07-09", "2024-07-09"),
        ("deze week", "2024-07-08", "2024-07-14"),
        ("vorige week", "2024-07-01", "2024-07-07"),
        ("last month", "2024-06-01", "2024-06-30"),
        ("vorig jaar", "2023-01-01", "2023-12-31"),
        ("dit jaar", "2024-01-01", "2024-12-31"),
        ("de afgelopen 3 maanden", "2024-04-10", "2024-07-10"),
        ("past 10 days", "2024-06-30", "2024-07-10"),
        ("2 weken geleden", "2024-06-26", "2024-06-26"),
        ("juli 2023", "2023-07-01", "2023-07-31"),
        ("in March 2023", "2023-03-01", "2023-03-31"),
        ("mrt 2023", "2023-03-01", "2023-03-31"),
        ("juli", "2024-07-01", "2024-07-31"),
        ("augustus", "2023-08-01", "2023-08-31"),
        ("2022", "2022-01-01", "2022-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-07-02", "2024-07-02", "2024-07-02"),
        ("2-7-2024", "2024-07-02", "2024-07-02"),
        ("2 juli 2023", "2023-07-02", "2023-07-02"),
        ("July 2nd, 2023", "2023-07-02", "2023-07-02"),
        ("20 juli", "2023-07-20", "2023-07-20"),
        ("since 2024-07-02", "2024-07-02", None),
        ("sinds juli 2023", "2023-07-01", None),
        ("na 2 juli 2023", "2023-07-03", None),
        ("vóór 2 juli 2023", None, "2023-07-01"),
        ("before 2023", None, "2022-12-31"),
        ("tot en met 2 juli 2023", None, "2023-07-02"),
        ("tussen 1 en 7 juli", "2024-07-01", "2024-07-07"),
        ("between 1 and 7 July 2023", "2023-07-01", "2023-07-07"),
        ("tussen 28 juni en 7 juli 2023", "2023-06-28", "2023-07-07"),
        ("van 1 maart 2023 t/m 4 april 2024", "2023-03-01", "2024-04-04"),
        ("2021 t/m 2023", "2021-01-01", "2023-12-31"),
        ("1 december 2023 - 7 januari 2024", "2023-12-01", "2024-01-07"),
        ("tussen 20 december en 7 januari 2024", "2023-12-20", "2024-01-07"),
    ],
)
def test_a_period_is_read_as_it_is_written(written: str, first: str | None, last: str | None) -> None:
    assert read_period(written, TODAY) == days(first, last)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "stikstof",
        "31 februari 2024",
        "7",
        "2024-13",
        "tussen jij en ik",
        "tussen 7 en 1 juli",
        "voor wie",
        "na 9999-12-31",
        "voor 0001-01-01",
    ],
)
def test_what_is_no_period_is_none(written: str) -> None:
    assert read_period(written, TODAY) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2 juli 2023", "2023-07-02"),
        ("juli 2023", "2023-07-31"),
        ("dit jaar", "2024-07-10"),
        ("op 1 mei", "2024-05-01"),
    ],
)
def test_of_a_longer_period_the_last_day_until_today_is_meant(written: str, day: str) -> None:
    assert read_day(written, TODAY) == date.fromisoformat(day)


def test_an_open_period_means_no_day() -> None:
    assert read_day("sinds 2023", TODAY) is None


@given(st.text() | st.from_regex(r"(?:tussen|sinds|op) \d{1,4}[ -](?:en |juli |\d\d)?\d{0,4}", fullmatch=True))
def test_whatever_is_written_an_answer_is_given(written: str) -> None:
    period = read_period(written, TODAY)
    assert period is None or period.first is None or period.last is None or period.first <= period.last
