"""The reason that a reporter reads, and the words that are underlined: what changed, and not what it is about."""

from datetime import date

import pytest

from bot.reversals import Utterance, compare

THEN, NOW = date(2027, 2, 1), date(2027, 6, 1)

REASONS = [
    (
        "dat ze het wetsvoorstel voor de tolbevriezing doorzet",
        "dat zij het wetsvoorstel voor de tolbevriezing intrekt",
        "“doorzet” ↔ “intrekt”",
    ),
    (
        "dat hij zich niet kandidaat stelt voor het voorzitterschap van de Bloesempartij",
        "dat hij zich kandidaat stelt voor het voorzitterschap van de Bloesempartij",
        "“niet kandidaat stelt” ↔ “kandidaat stelt”",
    ),
    (
        "dat hij opnieuw lijsttrekker wil worden",
        "Ik heb besloten dat ik niet beschikbaar ben als lijsttrekker bij de komende verkiezingen.",
        "“lijsttrekker wil worden” ↔ “niet beschikbaar ben”",
    ),
    ("De havengrens gaat niet dicht.", "We sluiten de havengrens.", "“gaat niet dicht” ↔ “sluiten”"),
    ("Er komt geen tolpoort.", "Er komt een tolpoort.", "“komt geen tolpoort” ↔ “komt een tolpoort”"),
    ("Er is een loodsencrisis.", "Er is geen loodsencrisis.", "“is een loodsencrisis” ↔ “is geen loodsencrisis”"),
    ("Wij steunen de kermisheffing.", "Wij steunen de kermisheffing niet.", "“steunen” ↔ “steunen … niet”"),
    ("De loodsen worden niet gekort.", "De loodsen worden gekort.", "“worden niet gekort” ↔ “worden gekort”"),
    ("Ik trek de havenwet niet in.", "Ik trek de havenwet in.", "“trek … niet in” ↔ “trek … in”"),
    (
        "De rekening komt niet bij de loodsen te liggen.",
        "De rekening komt bij de loodsen te liggen.",
        "“komt niet … te liggen” ↔ “komt … te liggen”",
    ),
    (
        "sluit uit dat er extra ponten gaan varen naar Elzemeer",
        "Vanaf maandag varen er vier extra ponten naar Elzemeer.",
        "“sluit uit” ↔ “varen”",
    ),
    (
        "dat de gaskraan bij Elzemeer uiterlijk in 2034 helemaal dicht moet zijn",
        "De gaswinning bij Elzemeer kan halverwege 2030 helemaal worden stopgezet.",
        "uiterlijk in 2034 ↔ halverwege 2030",
    ),
]


@pytest.mark.parametrize(("earlier", "later", "reason"), REASONS)
def test_the_first_reason_sets_the_predicates_or_the_dates_against_each_other(
    earlier: str, later: str, reason: str
) -> None:
    verdict = compare(Utterance("then", earlier, said=THEN), Utterance("now", later, said=NOW))
    strongest = verdict.evidence[0]
    assert strongest.weight > 0
    assert strongest.reason == reason


@pytest.mark.parametrize(("earlier", "later", "reason"), REASONS)
def test_the_words_of_the_reason_are_those_that_are_underlined(earlier: str, later: str, reason: str) -> None:
    strongest = compare(Utterance("then", earlier, said=THEN), Utterance("now", later, said=NOW)).evidence[0]
    shown = [
        " … ".join(text[start:end] for start, end in spans)
        for text, spans in ((earlier, strongest.earlier), (later, strongest.later))
    ]
    assert shown == [side.strip("“”") for side in reason.split(" ↔ ")]


def test_words_set_against_words_come_before_how_firmly_they_were_said() -> None:
    earlier, later = "Ik zal nooit met de Bloesempartij regeren.", "Ik ga met de Bloesempartij regeren."
    reasons = [item.reason for item in compare(Utterance("then", earlier), Utterance("now", later)).evidence]
    assert "↔" in reasons[0]
    assert "toen stellig gezegd" in reasons[1:]


def test_no_reason_is_told_twice() -> None:
    earlier, later, _ = REASONS[-1]
    reasons = [item.reason for item in compare(Utterance("then", earlier), Utterance("now", later)).evidence]
    assert len(reasons) == len(set(reasons))
