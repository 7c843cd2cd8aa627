"""How far a kind of evidence is trusted: the posterior against values that are known otherwise."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reversals import Evidence
from bot.reversals.trust import FROM_SOURCE, beta_quantile, incomplete_beta, is_pushed, kind_of, lower_bound

counts = st.integers(1, 60)
shares = st.floats(0.001, 0.999)


@given(counts, counts, shares)
def test_the_chance_is_that_of_the_binomial_sum_which_it_equals_for_whole_numbers(
    alpha: int, beta: int, value: float
) -> None:
    tries = alpha + beta - 1
    total = sum(comb(tries, hits) * value**hits * (1 - value) ** (tries - hits) for hits in range(alpha, tries + 1))
    assert incomplete_beta(value, alpha, beta) == pytest.approx(total, rel=1e-9, abs=1e-12)


@given(counts, shares)
def test_with_one_parameter_one_the_chance_is_a_power(alpha: int, value: float) -> None:
    assert incomplete_beta(value, alpha, 1) == pytest.approx(value**alpha, rel=1e-10)
    assert incomplete_beta(value, 1, alpha) == pytest.approx(1 - (1 - value) ** alpha, rel=1e-10)


@given(st.floats(0.5, 5000), st.floats(0.5, 5000), shares)
def test_the_quantile_turns_the_chance_around(alpha: float, beta: float, chance: float) -> None:
    assert incomplete_beta(beta_quantile(chance, alpha, beta), alpha, beta) == pytest.approx(chance, abs=1e-6)


def test_the_ends_of_the_scale_are_certain() -> None:
    assert incomplete_beta(0.0, 9, 1) == 0.0
    assert incomplete_beta(1.0, 9, 1) == 1.0


def test_a_kind_that_nobody_reviewed_is_pushed() -> None:
    # Beta(9, 1): the tenth part lies below the ninth root of 0.1.
    assert lower_bound(0, 0) == pytest.approx(0.1 ** (1 / 9), abs=1e-12)
    assert is_pushed(0, 0)


def test_a_kind_that_errs_is_no_longer_pushed_and_comes_back_when_it_holds() -> None:
    rejected = next(number for number in range(50) if not is_pushed(0, number))
    assert rejected == 4
    assert is_pushed(0, rejected - 1)
    confirmed = next(number for number in range(50) if is_pushed(number, rejected))
    assert confirmed == 1


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_vote_for_it_raises_the_bound_and_one_against_it_lowers_it(confirmed: int, rejected: int) -> None:
    bound = lower_bound(confirmed, rejected)
    assert lower_bound(confirmed + 1, rejected) > bound > lower_bound(confirmed, rejected + 1)


def test_the_kind_is_the_name_of_the_strongest_evidence() -> None:
    evidence = [
        Evidence("number", 0.4, (), (), ""),
        Evidence("negation", 2.0, (), (), ""),
        Evidence("past", -3, (), (), ""),
    ]
    assert kind_of(evidence) == "negation"
    assert kind_of(evidence[2:]) == kind_of([]) == ""
    assert kind_of(evidence, is_from_source=True) == FROM_SOURCE
