"""The public interface of the reversals room."""

from bot.reversals import Utterance, compare, flagged, terms


def test_a_denied_claim_that_is_made_later_is_a_reversal() -> None:
    verdict = compare(
        Utterance("then", "Er komt geen tolpoort bij Waelhaven."),
        Utterance("now", "Er komt een tolpoort bij Waelhaven."),
    )
    assert verdict.label == "reversal"
    assert flagged(verdict)
    assert (verdict.earlier_id, verdict.later_id) == ("then", "now")


def test_a_compound_is_filed_under_its_halves_too() -> None:
    assert {"asielwet", "asiel", "wet"} <= set(terms("De asielwet gaat door."))
