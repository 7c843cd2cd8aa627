"""What contradicts, what only shifts and what is neither: one table of made-up sentences."""

from datetime import date

import pytest

from bot.reversals import Utterance, compare, flagged

SAID = date(2027, 2, 1)

REVERSALS = [
    ("Er is geen crisis.", "Er is een crisis."),
    ("Wij sluiten samenwerking met de Bloesempartij uit.", "Samenwerking met de Bloesempartij is bespreekbaar."),
    ("De btw gaat niet omhoog.", "De btw stijgt."),
    ("Er komt geen tolpoort bij Waelhaven.", "Bij Waelhaven komt een tolpoort."),
    ("De havenbelasting wordt verlaagd.", "De havenbelasting wordt verhoogd."),
    ("De vuurtoren van Elzemeer blijft open.", "De vuurtoren van Elzemeer gaat dicht."),
    ("Het plan voor de stuwdam is van tafel.", "Het plan voor de stuwdam gaat gewoon door."),
    ("De stuwdam is veilig.", "De stuwdam is onveilig."),
    ("Ik ben voorstander van een suikertaks.", "Ik ben tegenstander van een suikertaks."),
    ("Wij voeren de kermisheffing in.", "Wij schaffen de kermisheffing af."),
    ("Van een tekort aan loodsen is geen sprake.", "Er is een tekort aan loodsen."),
    ("Ik treed niet af.", "Ik leg mijn functie neer."),
    ("Wij nemen maximaal 300 vluchtelingen op.", "Wij nemen 1.200 vluchtelingen op."),
]

SHIFTS = [
    ("De nota komt vóór 1 juli.", "De nota komt niet voor het einde van het jaar."),
    ("Wij bouwen 10.000 woningen.", "Wij bouwen 6.000 woningen."),
    ("De kabelbaan is klaar in 2031.", "De kabelbaan is klaar in 2036."),
    ("De loodswet is er vóór 1 juli.", "De loodswet komt niet voor het einde van het jaar."),
    ("De loodswet komt er vóór 1 juli.", "De loodswet komt er niet voor het einde van het jaar."),
    ("De loodswet gaat in vóór 1 juli.", "De loodswet gaat niet in voor het einde van het jaar."),
    ("Voor de zomer ligt het havenplan er.", "Het havenplan ligt er pas in het najaar."),
    ("In 2028 is het klaar.", "Het is in 2029 klaar."),
]

OTHERWISE_DATED = [
    ("De loodswet is er vóór 1 juli.", "De loodswet ligt er op 15 juni."),
    ("De loodswet komt er vóór 1 juli.", "De loodswet komt er uiterlijk 30 juni."),
    ("De loodswet komt er vóór 1 juli.", "De vuurtoren komt er niet voor het einde van het jaar."),
    ("Voor de zomer ligt het havenplan er.", "De begroting ligt er pas in het najaar."),
    ("Voor de zomer ligt het havenplan er.", "Het havenplan ligt er in het voorjaar."),
    ("In 2029 is het klaar.", "Het is in 2028 klaar."),
    ("In 2028 is het klaar.", "Het is volgend jaar klaar."),
    ("In 2028 is de brug klaar.", "De tunnel is in 2029 klaar."),
    ("De loodswet komt er niet voor 1 juli.", "De loodswet komt er pas na 30 juni."),
]

BROKEN_PROMISES_WITH_A_DATE = [
    (
        "De loodswet is er vóór 1 juli, daar kunt u mij aan houden.",
        "De loodswet komt niet voor het einde van het jaar.",
    ),
    ("Ik beloof dat de loodswet er vóór 1 juli komt.", "De loodswet komt er pas in het najaar."),
]

NEITHER = [
    ("Zijn de loodscijfers beschikbaar, ja of nee?", "De loodscijfers zijn nog niet beschikbaar."),
    ("Er is geen crisis in de visserij.", "Is er een crisis in de visserij?"),
    ("Er komt geen tolpoort.", "Als het verkeer vastloopt, komt er een tolpoort."),
    ("De loodsen worden niet gekort.", "De oppositie zegt dat de loodsen worden gekort."),
    ("De suikertaks gaat niet omhoog.", "De suikertaks wordt niet verhoogd."),
    ("Het plan is niet onhaalbaar.", "Het plan is haalbaar."),
    ("De heffing op kermissen gaat omhoog.", "De heffing op markten gaat niet omhoog."),
    ("In 2030 bouwen we 4.000 woningen.", "In 2031 bouwen we 3.000 woningen."),
    ("Er komt 500 miljoen euro bij voor de havens.", "Er gaat een half miljard extra naar de havens."),
    ("De nota komt vóór 1 juli.", "De nota komt niet later dan 30 juni."),
    ("Wij kijken naar de kosten.", "Wij kijken niet alleen naar de kosten."),
    ("Een hogere heffing is niet uitgesloten.", "Een hogere heffing is mogelijk."),
    ("Ik ken het bericht niet.", "Ik ken de zorgen in de haven."),
]


@pytest.mark.parametrize(("earlier", "later"), REVERSALS)
def test_a_contradiction_that_can_be_pointed_at_is_a_reversal(earlier: str, later: str) -> None:
    verdict = compare(Utterance("then", earlier), Utterance("now", later))
    assert verdict.label == "reversal", verdict
    assert verdict.score > 0.5
    assert any(item.weight > 0 and (item.earlier or item.later) for item in verdict.evidence)


@pytest.mark.parametrize(("earlier", "later"), SHIFTS)
def test_another_number_or_a_later_date_is_a_shift(earlier: str, later: str) -> None:
    verdict = compare(Utterance("then", earlier, said=SAID), Utterance("now", later, said=SAID))
    assert verdict.label == "shift", verdict


@pytest.mark.parametrize(("earlier", "later"), OTHERWISE_DATED)
def test_an_earlier_date_the_same_date_and_another_project_are_no_shift(earlier: str, later: str) -> None:
    verdict = compare(Utterance("then", earlier, said=SAID), Utterance("now", later, said=SAID))
    assert not flagged(verdict), verdict


@pytest.mark.parametrize(("earlier", "later"), BROKEN_PROMISES_WITH_A_DATE)
def test_a_date_that_was_guaranteed_and_is_missed_is_a_reversal(earlier: str, later: str) -> None:
    verdict = compare(Utterance("then", earlier, said=SAID), Utterance("now", later, said=SAID))
    assert verdict.label == "reversal", verdict


def test_a_date_that_is_denied_dates_the_claim_and_turns_nothing() -> None:
    later = "De loodswet komt niet voor het einde van het jaar."
    verdict = compare(Utterance("then", "De loodswet is er vóór 1 juli."), Utterance("now", later))
    strongest = verdict.evidence[0]
    assert strongest.reason == "vóór 1 juli ↔ niet voor het einde van het jaar"
    assert [later[start:end] for start, end in strongest.later] == ["niet voor het einde van het jaar"]


@pytest.mark.parametrize(("earlier", "later"), NEITHER)
def test_look_alikes_are_not_flagged(earlier: str, later: str) -> None:
    verdict = compare(Utterance("then", earlier), Utterance("now", later))
    assert not flagged(verdict), verdict


def test_polarity_in_the_cue_counts() -> None:
    earlier = Utterance("then", "dat er een tolpoort komt", "indirect", cue="sluit uit")
    assert compare(earlier, Utterance("now", "Er komt een tolpoort bij Waelhaven.")).label == "reversal"


def test_the_threshold_rises_with_the_history_of_the_speaker() -> None:
    earlier, later = Utterance("then", "De loodsen steunen we."), Utterance("now", "De loodsen steunen we niet.")
    assert flagged(compare(earlier, later))
    assert not flagged(compare(earlier, later, history=1_000_000))
    assert compare(earlier, later).score == compare(earlier, later, history=1_000_000).score
