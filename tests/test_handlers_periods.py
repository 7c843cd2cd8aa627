"""Periods as people write them, in both languages, seen from one Wednesday."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import Console, ask
from handlers import Services
from handlers.periods import Period, period_at_end, read_day, read_period

pytest_plugins = ("tests.telegram_fixtures",)

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
        ("Q2 2021", "2021-04-01", "2021-06-30"),
        ("het 2e kwartaal 2021", "2021-04-01", "2021-06-30"),
        ("eerste kwartaal van 2024", "2024-01-01", "2024-03-31"),
        ("fourth quarter of 2023", "2023-10-01", "2023-12-31"),
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


@pytest.mark.parametrize(
    ("written", "rest", "first", "last"),
    [
        ("Zandstra stikstof juli 2023", "Zandstra stikstof", "2023-07-01", "2023-07-31"),
        ("Zandstra tussen 1 en 7 juli", "Zandstra", "2024-07-01", "2024-07-07"),
        ("deze week", "", "2024-07-08", "2024-07-14"),
    ],
)
def test_a_period_is_taken_from_the_end(written: str, rest: str, first: str, last: str) -> None:
    assert period_at_end(written, TODAY) == (rest, days(first, last))


@pytest.mark.parametrize("written", ["Zandstra doelen 2030", "plannen voor 2030", 'Zandstra "deze week"', "Zandstra 7"])
def test_what_is_still_to_come_or_quoted_stays_in_the_words(written: str) -> None:
    assert period_at_end(written, TODAY) == (written, None)


class TestQuotes:
    async def test_quotes_of_a_period_keep_it_from_page_to_page(self, services: Services) -> None:
        console = Console(services)
        shown = await console.enter("/quotes Zandstra tussen 3 en 9 maart 2024")
        assert shown.startswith("Wouter Zandstra · 3–9 maart 2024 · 1–5 van 7 uitspraken\n\n1. 9 maart 2024")
        assert (await console.enter("6")).startswith("Wouter Zandstra · 3–9 maart 2024 · 6–7 van 7 uitspraken")

    async def test_an_open_period_and_words_narrow_it_together(self, services: Services) -> None:
        assert (await ask(services, "quotes zandstra dijk since 2024-03-08")).startswith(
            "Wouter Zandstra · “dijk” · sinds 8 maart 2024 · 3 uitspraken"
        )
        assert "tot en met 31 december 2023 · 2 uitspraken" in await ask(services, "quotes zandstra vóór 2024")

    async def test_a_period_alone_is_everyones(self, services: Services) -> None:
        assert (await ask(services, "quotes 1 maart 2024")).startswith("Iedereen · 1 maart 2024 · ")
        assert (await ask(services, "quotes 1999")).startswith("Er is niets gevonden. Gezocht: 1999.")

    async def test_who_is_asked_about_keeps_the_period(self, services: Services) -> None:
        console = Console(services)
        await console.enter("/quotes Hulshof juli 2023")
        assert "Karin Hulshof is niets gevonden. Gezocht: juli 2023." in await console.enter("2")
