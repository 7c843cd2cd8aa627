"""How far a kind of evidence is trusted: a Beta posterior over reviewers' votes decides whether it is pushed."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, lgamma, log, log1p

from bot.reversals.values import Evidence

FROM_SOURCE = "from-source"
"""The kind of a pair that an article itself sets against each other, whatever else speaks for it."""

PRIOR_CONFIRMED, PRIOR_REJECTED = 9.0, 1.0
"""What a kind starts with: nine votes in ten for it, and few enough that some ten reviews outweigh them."""

TAIL = 0.1
LEAST_SHARE = 0.5
"""A kind is pushed while at least half of its pairs hold, with a chance of nine in ten."""

_PRECISION = 1e-14
_TINY = 1e-300
_MOST_STEPS = 10_000
_HALVINGS = 60


def kind_of(evidence: Iterable[Evidence], *, is_from_source: bool = False) -> str:
    """Give the kind of evidence that a pair stands on: its strongest.

    Args:
        evidence: What speaks for and against the pair.
        is_from_source: Whether an article itself sets the two statements against each other.

    Returns:
        The evidence's name, ``FROM_SOURCE``, or an empty string where nothing speaks for the pair.
    """
    if is_from_source:
        return FROM_SOURCE
    strongest = max(evidence, key=lambda item: item.weight, default=None)
    return strongest.name if strongest is not None and strongest.weight > 0 else ""


def is_pushed(confirmed: int, rejected: int) -> bool:
    """Whether pairs of a kind are told by alerts, rather than shown to who asks.

    Args:
        confirmed: Votes that its pairs hold.
        rejected: Votes that they do not.
    """
    return lower_bound(confirmed, rejected) >= LEAST_SHARE


def lower_bound(confirmed: int, rejected: int) -> float:
    """Give the share of a kind's pairs that hold at least, with a chance of nine in ten.

    Args:
        confirmed: Votes that its pairs hold.
        rejected: Votes that they do not.
    """
    return beta_quantile(TAIL, PRIOR_CONFIRMED + confirmed, PRIOR_REJECTED + rejected)


def beta_quantile(chance: float, alpha: float, beta: float) -> float:
    """Give the value below which a Beta distribution has a chance, by halving the interval.

    Args:
        chance: Between 0 and 1.
        alpha: The first parameter, above 0.
        beta: The second parameter, above 0.
    """
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if incomplete_beta(middle, alpha, beta) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def incomplete_beta(value: float, alpha: float, beta: float) -> float:
    """Give the chance of a Beta distribution below a value: the regularised incomplete beta function.

    Args:
        value: Between 0 and 1.
        alpha: The first parameter, above 0.
        beta: The second parameter, above 0.

    Raises:
        ArithmeticError: The fraction did not converge, which it does for all parameters below some millions.
    """
    if value <= 0:
        return 0.0
    if value >= 1:
        return 1.0
    # The fraction converges fast below the mean; above it the mirrored one does (DLMF 8.17.4).
    if value > (alpha + 1) / (alpha + beta + 2):
        return 1.0 - incomplete_beta(1.0 - value, beta, alpha)
    log_front = lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta) + alpha * log(value) + beta * log1p(-value)
    return exp(log_front) * _continued_fraction(value, alpha, beta) / alpha


def _continued_fraction(value: float, alpha: float, beta: float) -> float:
    """Evaluate the continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method."""
    numerator, denominator = 1.0, 1.0 / _away_from_zero(1.0 - (alpha + beta) * value / (alpha + 1.0))
    fraction = denominator
    for step in range(1, _MOST_STEPS):
        even = step * (beta - step) * value / ((alpha + 2 * step - 1) * (alpha + 2 * step))
        odd = -(alpha + step) * (alpha + beta + step) * value / ((alpha + 2 * step) * (alpha + 2 * step + 1))
        for term in (even, odd):
            denominator = 1.0 / _away_from_zero(1.0 + term * denominator)
            numerator = _away_from_zero(1.0 + term / numerator)
            fraction *= numerator * denominator
        if abs(numerator * denominator - 1.0) < _PRECISION:
            return fraction
    message = f"the incomplete beta function did not converge at {value}, {alpha}, {beta}"
    raise ArithmeticError(message)


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
