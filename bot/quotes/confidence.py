"""How sure a statement is: of its span by the rule that found it, and of its speaker."""

from __future__ import annotations

from bot.quotes.speakers import Spoken

STEEPNESS = 1.41
"""Factor on the log odds of the estimate by hand, fitted by ``training/confidence.py`` (docs/extraction.md)."""

_RULE = {
    "cue_after": 0.98,
    "amid": 0.97,
    "after_colon": 0.95,
    "name_and_colon": 0.96,
    "free_standing": 0.95,
    "taken_up_again": 0.95,
    "possessed_words": 0.93,
    "within_clause": 0.93,
    "any_verb_after": 0.9,
    "with_these_words": 0.85,
    "told_in_next_sentence": 0.85,
    "dat_clause": 0.92,
    "infinitive_clause": 0.85,
    "said_before": 0.9,
    "fronted_clause": 0.9,
    "according_to_first": 0.92,
    "according_to_amid": 0.85,
    "clause_with_aside": 0.85,
    "owned_clause": 0.8,
    "marked_clause": 0.85,
    "unmarked_after_colon": 0.8,
}


def confidence_of(spoken: Spoken) -> float:
    """Give the confidence in a statement, 0 to 1: the estimated chance that span and speaker are both right."""
    by_hand = _RULE.get(spoken.found.rule, 0.7) * spoken.certainty
    return round(calibrated(by_hand, STEEPNESS), 3)


def calibrated(estimate: float, steepness: float) -> float:
    """Turn an estimate into the share that is right: its log odds times the steepness.

    What is as likely wrong as right stays so, hence whatever the rules doubt stays below one half, however many sure
    statements the steepness was fitted on.

    Args:
        estimate: A chance, 0 to 1.
        steepness: Above 0; above 1 it moves estimates away from one half. Its inverse undoes it.

    Returns:
        A chance, 0 to 1, rising with the estimate.
    """
    right: float = estimate**steepness
    wrong: float = (1 - estimate) ** steepness
    return right / (right + wrong)
