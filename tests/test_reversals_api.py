"""The public interface of the reversals room."""

import json
import pickle
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reversals import (
    ANALYSIS_VERSION,
    Analysis,
    Utterance,
    analyse,
    compare,
    compare_analyses,
    explain,
    flagged,
    least_shared,
    replay,
    sharing_enough,
    shortlist,
    terms,
    weigh,
)
from bot.reversals.data_files import read_json, read_toml

WORDS = st.sampled_from(
    ["ik", "wij", "niet", "geen", "de", "het", "een", "btw", "gaat", "omhoog", "omlaag", "komt", "er", "stopt", "in",
     "uit", "voor", "1", "juli", "2030", "10.000", "woningen", "volgens", "als", "maar", "dat", "zei", "niemand", "?",
     "Waelhaven", "bespreekbaar", ".", ",", ":", "miljoen", "euro", "procent", "op", "tafel", "van", "februari", "29"]
)  # fmt: skip
# The word lists are read on first use, which takes longer than the deadline of one example.
settings.register_profile("reversals", deadline=None)
settings.load_profile("reversals")
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=30).map(" ".join))


@given(TEXTS, TEXTS)
def test_any_two_texts_compare_and_every_span_lies_in_its_text(earlier: str, later: str) -> None:
    verdict = compare(Utterance("then", earlier), Utterance("now", later))
    assert (verdict.earlier_id, verdict.later_id) == ("then", "now")
    assert 0 <= verdict.score <= 1
    for item in verdict.evidence:
        for text, spans in ((earlier, item.earlier), (later, item.later)):
            assert all(0 <= start < end <= len(text) for start, end in spans)


@given(TEXTS)
def test_an_analysis_survives_storage(text: str) -> None:
    analysis = analyse(Utterance("one", text))
    assert Analysis.from_json(json.dumps(analysis.to_json())) == analysis
    assert pickle.loads(pickle.dumps(analysis)) == analysis
    assert analysis.version == ANALYSIS_VERSION


@given(TEXTS, TEXTS)
def test_stored_analyses_give_the_same_verdict(earlier: str, later: str) -> None:
    one, other = Utterance("then", earlier), Utterance("now", later)
    stored = [Analysis.from_json(json.dumps(analyse(utterance).to_json())) for utterance in (one, other)]
    assert compare_analyses(one, stored[0], other, stored[1]) == compare(one, other)


@given(TEXTS)
def test_terms_are_distinct_and_always_the_same(text: str) -> None:
    found = terms(text)
    assert len(found) == len(set(found))
    assert found == terms(text)


def test_a_compound_is_filed_under_its_halves_too() -> None:
    assert {"asielwet", "asiel", "wet"} <= set(terms("De asielwet gaat door."))


def test_terms_hold_no_negation_and_no_reporting_verb() -> None:
    assert terms("dat er geen tolpoort komt", cue="zei") == terms("dat er een tolpoort komt")
    assert terms("Ik beweer dat de tolpoort komt", cue="beweer") == terms("dat de tolpoort komt")


def test_the_shortlist_puts_a_denial_beside_what_it_denies() -> None:
    later = Utterance("now", "Er komt geen tolpoort bij Waelhaven.")
    same = Utterance("same", "De tolpoort bij Waelhaven komt er.")
    others = [Utterance(str(number), f"De dijk van dorp {number} wordt verhoogd.") for number in range(80)]
    found = shortlist(later, [*others, same])
    assert found[0] is same
    assert len(found) == 50


def test_replay_compares_each_statement_with_all_before_it_in_order_of_time() -> None:
    history = [
        Utterance("now", "Er komt een tolpoort bij Waelhaven.", said=date(2027, 5, 1)),
        Utterance("aside", "De dijk bij Elzemeer wordt verhoogd.", said=date(2026, 6, 1)),
        Utterance("then", "Er komt geen tolpoort bij Waelhaven.", said=date(2026, 5, 1)),
    ]
    assert [(verdict.earlier_id, verdict.later_id) for verdict in replay(history)] == [("then", "now")]


def test_an_explanation_shows_what_was_read_and_what_it_weighs() -> None:
    told = explain(Utterance("then", "De heffing stijgt niet."), Utterance("now", "De heffing stijgt."))
    assert told.startswith("reversal")
    assert "heff" in told
    assert "negation" in told


def test_the_word_lists_hold_antonyms_and_idioms_by_the_hundred() -> None:
    predicates = read_toml("predicates.toml")
    assert sum(len(axis.get("pairs", ())) for axis in predicates.values()) >= 150
    assert len(read_toml("idioms.toml")["expressions"]) >= 150


def test_every_finding_that_is_fitted_has_a_weight_for_each_label() -> None:
    weights = read_json("weights.json")
    names = set(weights["reversal"]["reversal"])
    assert {"negation", "antonym", "number", "question", "bias"} <= names
    assert all(set(column) == names for column in weights["other"].values())


@pytest.mark.parametrize(
    ("earlier", "later", "is_told"),
    [
        ("De tolpoort bij Waelhaven gaat niet open.", "De tolpoort bij Waelhaven gaat open.", True),
        # They share no more than a name.
        ("Dit hoeft niet met Waelhaven.", "Zoals gemeld heeft Waelhaven de pacht van zijn loodsen verlengd.", False),
        # Each gives a number for something of its own.
        ("De tolpoort bij Waelhaven kost 125 miljoen.", "De vuurtoren bij Waelhaven kost 130 miljoen.", False),
    ],
)
def test_in_a_long_history_a_flag_needs_a_point_about_the_same_thing(earlier: str, later: str, is_told: bool) -> None:
    said = (Utterance("then", earlier, said=date(2024, 5, 1)), Utterance("now", later, said=date(2026, 5, 1)))
    assert flagged(compare(*said, history=150)) is is_told


def test_the_threshold_rises_with_the_history() -> None:
    said = (Utterance("then", "Wij bouwen 10.000 woningen."), Utterance("now", "Wij bouwen 6.000 woningen."))
    assert [flagged(compare(*said, history=size)) for size in (0, 50_000)] == [True, False]


def test_what_shares_too_little_is_passed_over_in_a_long_history_only() -> None:
    later = weigh(terms("De tolpoort bij Waelhaven gaat open."))
    near = terms("De tolpoort bij Waelhaven blijft dicht.")
    far = terms("De burgemeester van Waelhaven opende een tentoonstelling over visserij en scheepvaart in het museum.")
    assert sharing_enough(later, [near, far], 50) == [0, 1]
    assert sharing_enough(later, [near, far], 5_000) == [0]
    assert least_shared(later, 50) == 0
    assert 0 < least_shared(later, 100) < least_shared(later, 50_000) < sum(later.values())


def test_replay_sets_no_words_of_one_day_against_each_other() -> None:
    day = date(2026, 5, 1)
    said = [
        Utterance("a", "Er komt geen tolpoort bij Waelhaven.", said=day),
        Utterance("b", "Er komt een tolpoort bij Waelhaven.", said=day),
    ]
    assert replay(said) == []


def test_a_report_without_a_word_before_it_is_nobody_elses_view() -> None:
    assert analyse(Utterance("now", "Of het helpt; “ zeggen dat de sluis open gaat")).claims
