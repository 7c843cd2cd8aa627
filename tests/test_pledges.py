"""Promises and exclusions are read with the day by which they are to be kept; hopes, questions and denials are none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reversals import Utterance
from bot.reversals.pledges import Pledge, pledge_of

DAY = date(2025, 3, 6)


def pledge(text: str, cue: str | None = None, kind: str = "direct") -> Pledge | None:
    return pledge_of(Utterance("1", text, kind, cue, DAY))


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Dat zeg ik graag toe.", None),
        ("Die toezegging doe ik.", None),
        ("Dat kan ik de heer Van der Veen toezeggen.", None),
        ("Ik kom daar in de tweede termijn op terug.", None),
        ("Uw Kamer krijgt daarover een brief.", None),
        ("Bij dezen toegezegd.", None),
        ("Ik zeg toe dat de dijken voor 1 maart 2026 op hoogte zijn.", date(2026, 3, 1)),
        ("De Kamer ontvangt voor 1 april een brief.", date(2025, 4, 1)),
        ("Daarover zal ik de Kamer vóór de zomer informeren.", date(2025, 7, 1)),
        ("Ik beloof dat we dit oplossen.", None),
        ("Dat beloof ik u.", None),
        ("We gaan dit voor de zomer regelen.", date(2025, 7, 1)),
        ("Wij zullen de havens nog dit jaar openen.", date(2025, 12, 31)),
        ("Het kabinet komt uiterlijk in september met een wet.", date(2025, 9, 30)),
        ("Voor Prinsjesdag ligt er een plan.", date(2025, 9, 21)),
        ("Op 1 juli is het veer gratis, daar kunt u mij aan houden.", date(2025, 7, 1)),
        ("Voor 1 juli is het veer gratis. Daar mag u mij op afrekenen.", date(2025, 7, 1)),
        ("Het is een lastig dossier. De Kamer ontvangt het plan binnen twee weken.", date(2025, 3, 20)),
    ],
)
def test_a_promise_is_read_with_its_day(text: str, due: date | None) -> None:
    assert pledge(text) == Pledge("promise", due)


@pytest.mark.parametrize(
    "text",
    [
        "Dat sluit ik uit.",
        "Wij sluiten een verhoging van de havengelden uit.",
        "Dat is wat mij betreft uitgesloten.",
        "Daar is geen sprake van.",
        "Geen sprake van!",
        "Die tol komt er niet.",
        "Die tol komt er wat mij betreft niet.",
        "De tol gaat er niet komen.",
        "Er komt geen tol op de dijk.",
        "De havengelden gaan volgend jaar niet omhoog.",
        "Wij gaan de havengelden niet verhogen.",
        "Dat gaan we niet doen.",
        "Dat doe ik niet.",
        "Ik zal nooit met die partij regeren.",
        "Nooit zal ik daarmee instemmen.",
        "Er gaat geen cent naar de rederij.",
        "Niet onder mijn verantwoordelijkheid.",
        "Ik beloof dat er geen tol komt.",
        "De havengelden gaan niet omhoog, daar kunt u mij aan houden.",
        "De havengelden blijven gelijk en niemand betaalt meer. Daar kunt u mij aan houden.",
    ],
)
def test_what_is_ruled_out_is_an_exclusion(text: str) -> None:
    assert pledge(text) == Pledge("exclusion")


@pytest.mark.parametrize(
    ("text", "cue", "expected"),
    [
        ("dat het veer voor 1 mei weer vaart", "belooft", Pledge("promise", date(2025, 5, 1))),
        ("het plan nog deze maand te sturen", "zegde toe", Pledge("promise", date(2025, 3, 31))),
        ("dat niemand erop achteruitgaat", "garandeert", Pledge("exclusion")),
        ("dat voor de kerst niemand meer op de kade slaapt", "belooft", Pledge("promise", date(2025, 12, 25))),
        ("dat er tol wordt geheven", "sluit uit", Pledge("exclusion")),
        ("dat er tol wordt geheven", "sluit niet uit", None),
        ("dat het veer voor 1 mei weer vaart", "verwacht", None),
    ],
)
def test_the_reporting_verb_may_make_the_pledge(text: str, cue: str, expected: Pledge | None) -> None:
    assert pledge(text, cue, "indirect") == expected


@pytest.mark.parametrize(
    "text",
    [
        "Dat kan ik niet toezeggen.",
        "Ik zeg helemaal niets toe.",
        "Ik kan niet beloven dat het lukt.",
        "Ik beloof niets.",
        "De Kamer ontvangt daarover geen brief.",
        "Als ik zeg dat ik dat toe kan zeggen, kom ik erop terug.",
        "Kan ik dat toezeggen?",
        "De Kamer hoort zich daarmee te bemoeien.",
        "Ik ga naar het water toe.",
        "Ik ga volgende week naar de haven.",
        "We willen dit voor de zomer regelen.",
        "Ik hoop dat we dit voor de zomer gaan regelen.",
        "We gaan dit regelen.",
        "U belooft van alles.",
        "Dat had ik beloofd.",
        "Ik sluit niets uit.",
        "Dat sluit ik niet uit.",
        "Dat is niet uitgesloten.",
        "Er is geen sprake van fraude.",
        "Hij komt er niet uit.",
        "Dat gaan we nu niet doen.",
        "Dat gaan we niet zonder de Kamer doen.",
        "Dat heb ik nooit gezegd.",
        "Ik zal die dag nooit vergeten.",
        "Ik heb geen cent gekregen.",
        "Er komt geen einde aan de regen.",
        "Dat ga ik niet zeggen.",
        "Er komt geen tol als de bruggen er eerst liggen.",
        "De haven ligt er mooi bij.",
        "",
    ],
)
def test_a_hope_a_question_a_denial_and_plain_talk_commit_to_nothing(text: str) -> None:
    assert pledge(text) is None


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("voor 1 maart", date(2026, 3, 1)),
        ("vóór 6 maart", date(2025, 3, 6)),
        ("uiterlijk op 15 mei 2027", date(2027, 5, 15)),
        ("in april", date(2025, 4, 30)),
        ("voor april", date(2025, 4, 1)),
        ("begin februari", date(2026, 2, 10)),
        ("eind februari 2028", date(2028, 2, 29)),
        ("in het tweede kwartaal", date(2025, 6, 30)),
        ("in het eerste kwartaal van 2026", date(2026, 3, 31)),
        ("voor het einde van het jaar", date(2025, 12, 31)),
        ("voor het zomerreces", date(2025, 7, 7)),
        ("dit najaar", date(2025, 12, 20)),
        ("volgend voorjaar", date(2026, 6, 20)),
        ("voor de kerst", date(2025, 12, 25)),
        ("in 2027", date(2027, 12, 31)),
        ("voor 2027", date(2026, 12, 31)),
        ("uiterlijk in 2027", date(2027, 12, 31)),
        ("binnen twee weken", date(2025, 3, 20)),
        ("binnen 10 dagen", date(2025, 3, 16)),
        ("morgen", date(2025, 3, 7)),
        ("volgende week", date(2025, 3, 16)),
        ("na overleg", None),
        ("voor 0 maart", None),
        ("sinds 1 maart", None),
        ("voor 1 maart 2024", None),
    ],
)
def test_a_promise_is_due_on_the_last_day_that_its_words_can_mean(words: str, due: date | None) -> None:
    assert pledge(f"De Kamer ontvangt de brief {words}.") == Pledge("promise", due)


def test_without_a_day_of_saying_a_date_says_nothing() -> None:
    assert pledge_of(Utterance("1", "Ik zeg toe dat het voor 1 maart klaar is.")) == Pledge("promise", None)


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_is_searched_for_pledges(text: str, cue: str) -> None:
    assert isinstance(pledge(text, cue), Pledge | None)


def test_a_long_stammer_is_searched_in_good_time() -> None:
    assert pledge(("ik kan" + "," * 3000 + " ") * 30) is None
