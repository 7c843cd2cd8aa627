"""Which pair of a new statement is told, and what an article itself sets against each other."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.comparing import CONTRAST, Comparison, Noted, told_pairs
from bot.reversals import ANALYSIS_VERSION, Utterance, analyse
from bot.reversals.contrast import sets_against

PASSAGES = Path(__file__).with_name("contrast_passages.toml")
DAY = date(2026, 3, 6)


def noted(key: str, text: str, said: date = DAY) -> Noted:
    utterance = Utterance(key, text, said=said)
    return Noted(utterance, analyse(utterance).to_json(), ANALYSIS_VERSION)


LATER = noted("later", "De btw gaat omhoog.")


def before(key: str, year: int, text: str = "De btw gaat niet omhoog.") -> Noted:
    return noted(key, text, date(year, 5, 1))


class TestWhichPairIsTold:
    def test_the_earliest_of_the_abandoned_words_with_a_count_of_the_other_days(self) -> None:
        others = (before("b", 2024), before("a", 2022), before("c", 2025), before("same", 2024))
        (told,) = told_pairs(Comparison(LATER, others, 4))
        assert (told.verdict.earlier_id, told.verdict.later_id) == ("a", "later")
        assert told.other_days == 2
        assert not told.is_from_source

    def test_a_much_surer_pair_goes_before_an_older_one(self) -> None:
        vague = before("vague", 2021, "De btw gaat waarschijnlijk niet omhoog, en de accijns op wijn en bier ook niet.")
        assert len(told_pairs(Comparison(LATER, (vague,), 1))) == 1
        (told,) = told_pairs(Comparison(LATER, (vague, before("sure", 2025)), 2))
        assert told.verdict.earlier_id == "sure"
        assert told.other_days == 1

    def test_words_that_arrive_late_are_the_earlier_side_and_count_no_other_days(self) -> None:
        (told,) = told_pairs(Comparison(before("old", 2020), (LATER,), 1))
        assert (told.verdict.earlier_id, told.verdict.later_id) == ("old", "later")
        assert told.other_days == 0

    def test_what_the_article_recalls_goes_before_what_is_stored(self) -> None:
        recalled = replace(before("recalled", 2025), is_recalled=True)
        (told,) = told_pairs(Comparison(LATER, (before("stored", 2022), recalled), 2))
        assert told.verdict.earlier_id == "recalled"
        assert told.is_from_source
        assert told.other_days == 1

    def test_an_articles_own_contrast_is_taken_where_our_rules_see_none(self) -> None:
        later = noted("later", "De havenbelasting komt er.")
        recalled = replace(before("recalled", 2025, "een slecht plan"), is_recalled=True)
        assert told_pairs(Comparison(later, (recalled,), 1)) == []
        (told,) = told_pairs(Comparison(later, (replace(recalled, is_set_against=True),), 1))
        assert told.is_from_source
        assert told.verdict.label == "reversal"
        assert told.verdict.evidence[0].reason == CONTRAST

    def test_the_same_again_is_no_turn_whatever_stands_around_it(self) -> None:
        again = replace(before("recalled", 2025, "De btw gaat omhoog."), is_recalled=True, is_set_against=True)
        assert told_pairs(Comparison(LATER, (again,), 1)) == []

    def test_a_judge_gets_the_pairs_that_come_nearest(self) -> None:
        others = (before("a", 2024, "De btw is een belasting."), before("b", 2023, "De dijk is hoog."))
        assert told_pairs(Comparison(LATER, others, 2)) == []
        assert len(told_pairs(Comparison(LATER, others, 2), close=1)) == 1


class TestContrast:
    @pytest.mark.parametrize(
        ("text", "earlier", "later", "is_joined"),
        [
            (
                "Vorig jaar noemde Zandstra de havenbelasting nog ‘een slecht plan’. Nu zegt hij: “De havenbelasting "
                "komt er.”",
                "een slecht plan",
                "De havenbelasting komt er.",
                True,
            ),
            (
                "“De btw gaat omhoog”, zegt Zandstra nu. In 2024 zei hij nog dat de btw niet omhooggaat.",
                "dat de btw niet omhooggaat",
                "De btw gaat omhoog",
                True,
            ),
            # No word of contrast on one side.
            (
                "In 2024 zei Zandstra dat de btw gelijk blijft. Nu zegt hij: “De btw gaat omhoog.”",
                "dat de btw gelijk blijft",
                "De btw gaat omhoog.",
                False,
            ),
            # Another subject.
            (
                "Vorig jaar noemde Zandstra de dijk nog ‘een slecht plan’. Nu zegt hij: “De havenbelasting komt er.”",
                "een slecht plan",
                "De havenbelasting komt er.",
                False,
            ),
            # The word stands in the quotation, and is not the reporter's.
            (
                "In 2024 zei Zandstra: “De btw gaat nog niet omhoog.” Volgens hem kan het nu: “De btw gaat omhoog.”",
                "De btw gaat nog niet omhoog.",
                "De btw gaat omhoog.",
                False,
            ),
            # Far apart.
            (
                "In 2024 zei Zandstra nog dat de btw gelijk blijft. "
                + "De dijk is hoog. " * 40
                + "Nu zegt hij: “De btw gaat omhoog.”",
                "dat de btw gelijk blijft",
                "De btw gaat omhoog.",
                False,
            ),
        ],
    )
    def test_both_sentences_hold_a_word_of_contrast_and_are_about_the_same(
        self, text: str, earlier: str, later: str, is_joined: bool
    ) -> None:
        spans = [(text.index(said), text.index(said) + len(said)) for said in (earlier, later)]
        assert sets_against(text, spans[0], spans[1]) is is_joined


def test_of_our_own_passages_nearly_all_contrasts_are_seen_and_no_look_alike_is() -> None:
    passages = tomllib.loads(PASSAGES.read_text(encoding="utf-8"))
    seen = {name: [_is_contrast(passage) for passage in found] for name, found in passages.items()}
    assert sum(seen["contrast"]) >= 20
    assert not any(seen["look-alike"])


def _is_contrast(passage: dict[str, str]) -> bool:
    text = passage["text"]
    spans = [(text.index(said), text.index(said) + len(said)) for said in (passage["earlier"], passage["later"])]
    return sets_against(text, spans[0], spans[1])
