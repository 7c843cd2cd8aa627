"""Fit how sure statements are (``STEEPNESS`` in ``bot/quotes/confidence.py``) on annotated articles.

Usage: ``python -m training.confidence [--gold ../shared/gold] [--from 031]``. Articles before ``--from`` are left out:
the rules were developed on them and make no errors there any more, so they say nothing about other articles.

One number is fitted, as there are few articles and far fewer errors: the factor on the log odds of the estimate by
hand (Platt scaling without its constant, so that one half stays one half), with a prior that draws it towards 1. The
figures are cross-validated, each article in turn judged by what was fitted on the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from bot.extraction import extract_paths
from bot.offline import read_json
from bot.quotes.confidence import STEEPNESS, calibrated

FAMILIES = ((("direct", "partial"), 0.8), (("indirect",), 0.6))
"""Kinds that are matched with each other, and the overlap (intersection over union) that makes a match."""

EDGE = " \t\n\r.,;:!?…-–—\"'“”„‘’‚«»()"
SPREAD = 0.5
"""Standard deviation of the logarithm of the steepness: about as likely 0.6 as 1.65, and seldom beyond 0.4 or 2.7."""

BINS = (0.0, 0.5, 0.8, 0.86, 0.9, 1.0)
"""Limits of the estimates by hand that the reliability table puts together."""

Numbers = NDArray[np.float64]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One statement as it was found.

    Attributes:
        article: The id of its article.
        estimate: How sure it was by hand, 0 to 1.
        is_right: Whether both its span and its speaker are those of the annotation.
    """

    article: str
    estimate: float
    is_right: bool


def main() -> None:
    """Run the fit and print the steepness and the reliability table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m training.confidence", description=__doc__)
    parser.add_argument("--gold", type=Path, default=Path("..", "shared", "gold"), help="folder of the annotated set")
    parser.add_argument("--from", dest="first", default="031", help="id of the first article to fit on")
    options = parser.parse_args()
    articles = options.gold / "articles"
    lines = extract_paths([articles], options.gold / "roster.json", spacy_model=None, highlight_to=None)
    outcomes = [
        outcome
        for line in lines
        if line["id"] >= options.first
        for outcome in outcomes_of(read_json(articles / f"{line['id']}.json"), line["statements"])
    ]
    print(report(outcomes))  # noqa: T201


def outcomes_of(article: dict[str, Any], statements: Sequence[dict[str, Any]]) -> Iterator[Outcome]:
    """Compare what was found in an article with its annotation, in the way of the scorer of the gold set.

    Args:
        article: Its ``id``, ``text`` and annotated ``statements``.
        statements: Those found, as the contract of ``extract`` has them.

    Yields:
        One outcome for each statement found, except for reported words around an annotated fragment in marks.
    """
    text = article["text"]
    fragments = [_span(one) for one in article["statements"] if one["kind"] == "partial"]
    for kinds, overlap in FAMILIES:
        gold = [one for one in article["statements"] if one["kind"] in kinds]
        found = [one for one in statements if one["kind"] in kinds]
        matched = _matched(text, gold, found, overlap)
        for number, one in enumerate(found):
            start, end = _span(one)
            around = any(start <= left and right <= end for left, right in fragments)
            if number not in matched and one["kind"] == "indirect" and around:
                continue
            is_right = number in matched and _same_speaker(gold[matched[number]], one)
            yield Outcome(article["id"], calibrated(one["confidence"], 1 / STEEPNESS), is_right)


def fit(outcomes: Sequence[Outcome]) -> float:
    """Fit the steepness: the maximum of the likelihood of the outcomes times the prior.

    Args:
        outcomes: Statements; 1 comes out where there are none.

    Returns:
        The steepness, always above 0.
    """
    estimates = np.array([one.estimate for one in outcomes])
    right = np.array([one.is_right for one in outcomes], dtype=bool)

    def loss(logarithm: float) -> float:
        chances = calibrated_all(estimates, float(np.exp(logarithm)))
        of_outcome = np.where(right, chances, 1 - chances)
        return float(-np.log(of_outcome + 1e-12).sum() + 0.5 * (logarithm / SPREAD) ** 2)

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def calibrated_all(estimates: Numbers, steepness: float) -> Numbers:
    """Calibrate many estimates with one steepness."""
    return np.array([calibrated(float(one), steepness) for one in estimates])


def report(outcomes: Sequence[Outcome]) -> str:
    """Tell the steepness, the reliability table and the Brier scores, in Markdown.

    Args:
        outcomes: Statements of at least two articles.
    """
    articles = np.array([one.article for one in outcomes])
    before = np.array([one.estimate for one in outcomes])
    right = np.array([one.is_right for one in outcomes], dtype=float)
    after, constant, fitted = np.zeros(len(outcomes)), np.zeros(len(outcomes)), []
    for article in sorted(set(articles)):
        inside = articles == article
        fitted.append(fit([one for one in outcomes if one.article != article]))
        after[inside] = calibrated_all(before[inside], fitted[-1])
        constant[inside] = right[~inside].mean()
    lines = [
        f"Steepness {fit(outcomes):.2f} ({min(fitted):.2f} to {max(fitted):.2f} with one article left out), "
        f"{len(outcomes)} statements of {len(set(articles))} articles, {round(right.sum())} right.",
        "",
        "| estimate by hand | n | mean by hand | mean calibrated | right |",
        "|---|---|---|---|---|",
    ]
    for low, high in pairwise(BINS):
        inside = (before >= low) & (before < high)
        if inside.any():
            means = " | ".join(f"{values[inside].mean():.3f}" for values in (before, after, right))
            lines.append(f"| {low} to {high} | {inside.sum()} | {means} |")
    scores = [float(((chances - right) ** 2).mean()) for chances in (before, after, constant)]
    brier = "Brier score by hand {:.4f}, calibrated {:.4f}, the share of the other articles for each {:.4f}."
    return "\n".join([*lines, "", brier.format(*scores)])


def _matched(
    text: str, gold: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]], least: float
) -> dict[int, int]:
    """Pair statements one to one, best overlap first, then the right speaker; gold index by index of the found."""
    candidates = []
    for i, theirs in enumerate(gold):
        for j, ours in enumerate(found):
            overlap = _overlap(_trimmed(text, _span(theirs)), _trimmed(text, _span(ours)))
            if overlap >= least:
                candidates.append((-round(overlap, 3), not _same_speaker(theirs, ours), i, j))
    matched: dict[int, int] = {}
    for _, _, i, j in sorted(candidates):
        if j not in matched and i not in matched.values():
            matched[j] = i
    return matched


def _same_speaker(gold: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether both are the same person of the roster, or both are none of it."""
    theirs, ours = (
        None if one["speaker"] is None or one["speaker"].startswith("other:") else one["speaker"]
        for one in (gold, found)
    )
    return bool(theirs == ours)


def _span(statement: dict[str, Any]) -> Span:
    return statement["start"], statement["start"] + len(statement["quote"])


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in EDGE:
        start += 1
    while end > start and text[end - 1] in EDGE:
        end -= 1
    return start, end


def _overlap(one: Span, other: Span) -> float:
    both = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    either = one[1] - one[0] + other[1] - other[0] - both
    return both / either if either else 0.0


if __name__ == "__main__":
    main()
