"""Whether one claim affirms what the other denies: duties and leave, other verbs, the wishes of others, who decides."""

from datetime import date

import pytest

from bot.reversals import Utterance, Verdict, compare

REVERSALS = {
    "double negation": ("Ik kan niet anders dan de veiling verbieden.", "Ik ga de veiling niet verbieden."),
    "no other way": ("Een derde sluis is de enige oplossing.", "Een derde sluis is er niet bij."),
    "voting against": ("Wij steunen de molenwet.", "dat zijn fractie tegen de molenwet gaat stemmen"),
    "taken out": (
        "dat de jeugdherberg een vaste plek op de begroting houdt",
        "Ik haal de jeugdherberg uit de begroting.",
    ),
    "who decides": (
        "dat dorpen zelf bepalen waar de windmolens komen",
        "Waar de windmolens komen in de dorpen, dat bepaal ik en niemand anders.",
    ),
    "restricted after all": (
        "Er is geen sprake van dat wij de ziektedagen van schippers beperken.",
        "dat de ziektedagen van schippers vanaf januari worden beperkt tot tien",
    ),
    "no longer indispensable": ("dat marktmeesters onmisbaar zijn", "Marktmeesters hebben geen bestaansrecht."),
    "without it after all": (
        "Zonder steun van de vissers komt er geen steiger.",
        "dat de steiger er ook zonder steun van de vissers komt",
    ),
    "stays at, and up": ("De loodsleeftijd blijft 62 jaar.", "dat de loodsleeftijd omhooggaat"),
    "decided": ("De sluis gaat niet dicht.", "dat de sluis toch dichtgaat"),
    "spared and cut": ("Wij ontzien het orgelmuseum.", "dat het orgelmuseum met de helft wordt gekort"),
}

LOOK_ALIKES = {
    "no duty, but leave": ("dat scholen niet verplicht zijn om langer open te zijn", "Scholen mogen langer open zijn."),
    "not yet, and now": ("dat ze de steun voor het festival nog niet heeft toegezegd", "Nu heb ik de steun toegezegd."),
    "another's wish": ("De vuurtoren gaat niet dicht.", "dat de vakbond wel zou willen dat de vuurtoren dichtgaat"),
    "beside it": ("De kazerne wordt niet gesloten.", "dat de oefenbaan naast de kazerne wel wordt gesloten"),
    "not against": ("Wij zijn niet tegen de fusie.", "dat haar fractie geen bezwaar heeft tegen de fusie"),
    "against is no support": ("Wij steunen de molenwet niet.", "dat zijn fractie tegen de molenwet zal stemmen"),
    "nothing hidden": ("Geen gemeente mag cijfers verzwijgen.", "dat elke gemeente haar cijfers openbaar moet maken"),
    "no such stop": ("dat er van een vangststop geen sprake is", "Ook volgend jaar kan wie dat wil gewoon vangen."),
    "another verb": (
        "Ik heb met de werf nooit over de overname gesproken.",
        "dat de overname van de werf een zaak van de aandeelhouders is",
    ),
    "a question still open": ("De sluis gaat niet dicht.", "dat de provincie in mei beslist of de sluis dicht moet"),
    "talks about it": ("dat de pacht niet hoger wordt", "Over de pacht onderhandelen wij na de zomer met de telers."),
    "not now": ("De steiger is nu niet vol.", "dat de steiger in de zomer vol kan raken"),
    "not before": (
        "De gasfabriek verdwijnt niet voordat de grond schoon is.",
        "dat de gasfabriek na de sanering verdwijnt",
    ),
    "only with": ("dat een drijfjacht alleen onder toezicht kan", "Zonder toezicht houden we geen drijfjacht."),
    "denied as well": ("Wij hebben geen kade gesloopt.", "dat er ook nergens een kade bij is gekomen"),
    "stays at": ("De loodsleeftijd gaat niet omhoog.", "dat de loodsleeftijd op 62 jaar blijft"),
    "keeps its level": ("dat het liggeld nu 14 euro is", "Een verhoging van het liggeld gaat niet door."),
    "dearer than": (
        "Molens verplaatsen is duurder dan slopen.",
        "dat er voor het verplaatsen van molens geld klaarligt",
    ),
    "others hold on": ("De vuurtoren staat niet te koop.", "dat eilanders volhouden dat de vuurtoren te koop staat"),
    "they, not we": ("Op de loodsen wordt niet bezuinigd.", "Op de loodsen wil de havenbond bezuinigen, wij niet."),
    "large and small": ("dat het badgeld voor kleine dorpen vervalt", "Voor grote dorpen vervalt het badgeld niet."),
    "the condition itself": (
        "Als de eilandraad instemt, komt de steiger er.",
        "dat de eilandraad nog niet heeft ingestemd met de steiger",
    ),
    "the same kind of thing": ("De crèche hoeft niet gratis te zijn.", "dat vervroegd stoppen gratis wordt"),
    "as it lies": ("dat het vangstplafond niet wordt opgerekt", "Het vangstplafond blijft precies waar het ligt."),
}


@pytest.mark.parametrize(("earlier", "later"), REVERSALS.values(), ids=REVERSALS)
def test_what_is_denied_and_then_affirmed_is_a_reversal(earlier: str, later: str) -> None:
    assert _compared(earlier, later).label == "reversal"


@pytest.mark.parametrize(("earlier", "later"), LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_what_can_both_be_so_is_no_reversal(earlier: str, later: str) -> None:
    assert _compared(earlier, later).label != "reversal"


def test_words_for_the_same_matter_are_enough_to_compare() -> None:
    verdict = _compared(
        "De brug ligt er vóór 1 juli 2027.", "dat de oeververbinding op zijn vroegst eind 2029 klaar is"
    )
    assert verdict.label == "shift"


def test_time_apart_makes_no_turn_of_words_that_hardly_meet() -> None:
    earlier, later = "Uit het grote veld komt geen gas meer.", "dat de gasopslag tot 90 procent gevuld moet zijn"
    assert _compared(earlier, later, months=1).label != "reversal"
    assert _compared(earlier, later, months=11).label != "reversal"


def _compared(earlier: str, later: str, *, months: int = 3) -> Verdict:
    return compare(
        Utterance("then", earlier, _kind(earlier), said=date(2026, 1, 15)),
        Utterance("now", later, _kind(later), said=date(2026, 1 + months, 15)),
    )


def _kind(text: str) -> str:
    return "indirect" if text.startswith("dat ") else "direct"
