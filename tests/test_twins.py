"""Words that are known already: stored, or a line above."""

from __future__ import annotations

from datetime import date, timedelta

from bot.twins import SAME_MOMENT, Said, Twins
from storage.statements import SaidWords

DAY = date(2026, 3, 2)
WORDS = "De sluis bij Waterhoven gaat volgend jaar open."


def _said(key: str, content: str = WORDS, *, person: str = "zandstra", day: date = DAY) -> Said:
    return Said(key, person, day, _words(0, content, person=person, day=day))


def _words(number: int, content: str = WORDS, *, person: str = "zandstra", day: date = DAY) -> SaidWords:
    return SaidWords(number, person, day, "direct", content, None)


def test_the_same_words_of_the_same_days_are_known() -> None:
    twins = Twins([_said("a")])
    twins.meet([_words(7, WORDS.upper(), day=DAY - SAME_MOMENT)])
    assert twins.stored == {"a": 7}
    assert twins.is_known("a")


def test_the_first_that_is_met_counts() -> None:
    twins = Twins([_said("a")])
    twins.meet([_words(7), _words(8)])
    twins.meet([_words(6)])
    assert twins.stored == {"a": 7}


def test_other_days_other_people_and_other_words_are_not_known() -> None:
    twins = Twins([_said("a")])
    twins.meet(
        [
            _words(1, day=DAY + SAME_MOMENT + timedelta(days=1)),
            _words(2, person="van-den-elzen"),
            _words(3, WORDS.replace("gaat", "gaat niet")),
        ]
    )
    assert twins.stored == {}
    assert not twins.is_known("a")


def test_what_an_article_says_twice_goes_with_the_first_time() -> None:
    twins = Twins([_said("a"), _said("b"), _said("c", person="van-den-elzen")])
    assert twins.repeated == {"b": "a"}
    assert [twins.original(key) for key in "abc"] == ["a", "a", "c"]
    twins.meet([_words(7)])
    assert twins.stored == {"a": 7}


def test_the_days_to_be_met_reach_around_each_day_of_each_speaker() -> None:
    twins = Twins([_said("a"), _said("b", "Iets anders dan dat."), _said("c", person="van-den-elzen")])
    assert twins.spans() == [
        ("van-den-elzen", DAY - SAME_MOMENT, DAY + SAME_MOMENT),
        ("zandstra", DAY - SAME_MOMENT, DAY + SAME_MOMENT),
    ]
