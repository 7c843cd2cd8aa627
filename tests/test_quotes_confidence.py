"""How sure statements are: the calibration, which kinds stay doubtful, and the fit."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quotes.confidence import STEEPNESS, calibrated
from bot.quotes.extract import Extractor
from bot.quotes.roster import Roster
from bot.settings import Settings
from training.confidence import Outcome, fit, outcomes_of, report

LEAST: float = Settings.model_fields["min_confidence"].default
AFTER_THE_CHANGE = date(2026, 9, 1)
"""Van 't Spijker left office in May."""

CHANCES = st.floats(0, 1)


@cache
def extractor() -> Extractor:
    roster = json.loads((Path(__file__).parent / "passages" / "roster.json").read_text(encoding="utf-8"))
    return Extractor(Roster.from_popolo(roster))


def confidences(text: str) -> list[float]:
    return [one.confidence for one in extractor().extract(text, AFTER_THE_CHANGE)]


@given(CHANCES, CHANCES)
def test_what_is_estimated_surer_is_never_less_sure(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= calibrated(low, STEEPNESS) <= calibrated(high, STEEPNESS) <= 1


@given(CHANCES)
def test_doubt_stays_doubt(estimate: float) -> None:
    assert (calibrated(estimate, STEEPNESS) < 0.5) <= (estimate < 0.5)
    assert (estimate < 0.499) <= (calibrated(estimate, STEEPNESS) < 0.5)


@given(st.floats(0.001, 0.999))
def test_the_inverse_undoes_it(estimate: float) -> None:
    assert calibrated(calibrated(estimate, STEEPNESS), 1 / STEEPNESS) == pytest.approx(estimate)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("“Het gaat niet door”, zei Van 't Spijker.", id="a bare surname of somebody out of office"),
        pytest.param("“Het gaat niet door”, zei De Zwaluw. “Nooit”, zei hij.", id="a pronoun for a homonym"),
        pytest.param("“Het gaat niet door”, zei hij.", id="a pronoun for nobody"),
        pytest.param("“Het gaat dit jaar niet meer door.”", id="nobody named at all"),
    ],
)
def test_the_doubtful_kinds_stay_below_the_default(text: str) -> None:
    found = confidences(text)
    assert found
    assert max(found) < LEAST


@pytest.mark.parametrize(
    "text",
    [
        "“Het gaat niet door”, zei minister René Dosker.",
        "Minister Dosker zei dat het niet doorgaat.",
        "Volgens minister Dosker gaat het niet door.",
        "Minister Dosker was er. “Het gaat niet door”, zei hij.",
    ],
)
def test_ordinary_statements_stay_well_above_it_and_short_of_certain(text: str) -> None:
    found = confidences(text)
    assert found
    assert all(0.8 < one < 1 for one in found)


def outcomes(right: int, wrong: int, estimate: float) -> list[Outcome]:
    return [Outcome(str(number % 5), estimate, number < right) for number in range(right + wrong)]


def test_the_fit_follows_what_was_right_and_a_few_statements_move_it_little() -> None:
    assert fit([]) == pytest.approx(1, abs=0.001)
    many, few = fit(outcomes(980, 20, 0.9)), fit(outcomes(10, 0, 0.9))
    assert calibrated(0.9, many) == pytest.approx(0.98, abs=0.005)
    assert 1 < few < many
    assert 0 < fit(outcomes(10, 90, 0.9)) < 1


def test_a_statement_is_right_where_span_and_speaker_are() -> None:
    text = "‘Ja, graag’, zei Vos. ‘Nee’, zei Kok. Vos zei dat het ‘heel mooi’ wordt."
    gold = [
        {"quote": "Ja, graag", "start": 1, "kind": "direct", "speaker": "vos"},
        {"quote": "Nee", "start": 23, "kind": "direct", "speaker": "other:Kok"},
        {"quote": "heel mooi", "start": 55, "kind": "partial", "speaker": "vos"},
    ]
    found = [
        {"quote": "‘Ja, graag’", "start": 0, "kind": "partial", "speaker": "vos", "confidence": 0.9},
        {"quote": "Nee", "start": 23, "kind": "direct", "speaker": "vos", "confidence": 0.8},
        {"quote": "mooi", "start": 60, "kind": "partial", "speaker": "vos", "confidence": 0.7},
        {"quote": "dat het ‘heel mooi’ wordt", "start": 46, "kind": "indirect", "speaker": "vos", "confidence": 0.6},
    ]
    assert all(text[one["start"] :].startswith(str(one["quote"])) for one in (*gold, *found))  # type: ignore[misc]
    judged = list(outcomes_of({"id": "1", "text": text, "statements": gold}, found))
    assert [one.is_right for one in judged] == [True, False, False]
    assert [calibrated(one.estimate, STEEPNESS) for one in judged] == pytest.approx([0.9, 0.8, 0.7])


def test_the_report_has_every_statement_in_its_table() -> None:
    told = report([*outcomes(9, 1, 0.85), *outcomes(2, 3, 0.4)])
    assert "| 0.0 to 0.5 | 5 | 0.400 |" in told
    assert "| 0.8 to 0.86 | 10 | 0.850 |" in told
    assert "15 statements of 5 articles, 11 right" in told
