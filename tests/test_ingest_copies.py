"""The same words in another article are recognised, and nearly the same words are not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.ingest.copies import content_key, same_words


@dataclass(frozen=True)
class Said:
    content: str
    kind: str = "direct"
    cue: str | None = "zei"


def same(first: str, second: str) -> bool:
    return same_words(Said(first), Said(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Punctuation, case, accents and the form of marks are the outlet's.
        ("Er is geen crisis, we zijn in gesprek.", "er is geen crisis; we zijn in gesprek"),
        ("Dat móeten we doen", "Dat moeten we doen"),
        ("We hebben ‘geen’ keus", 'We hebben "geen" keus'),
        # Spoken and written forms.
        ("Wij gaan dat gewoon doen", "We gaan dat gewoon doen"),
        ("'t Is een moeilijk besluit geweest", "Het is een moeilijk besluit geweest"),
        # One outlet smooths what the other prints in full.
        ("Ja, dat is natuurlijk een heel moeilijk besluit geweest", "Dat is een moeilijk besluit geweest"),
        ("We moeten dus de begroting op orde brengen", "We moeten de begroting op orde brengen"),
        # A typing error, or another spelling.
        ("De koopkrachtreparatie komt er volgend jaar", "De koopkrachtreperatie komt er volgend jaar"),
        ("Het stikstofdossier zit helemaal vast", "Het stikstof-dossier zit helemaal vast"),
        ("De kabinetsformatie duurt te lang voor het land", "De kabinetformatie duurt te lang voor het land"),
        # A part of a longer quote is the same moment.
        ("we zijn nog altijd in gesprek", "Er is geen crisis, we zijn nog altijd in gesprek en dat blijft zo."),
    ],
)
def test_one_quote_in_two_outlets_is_one(first: str, second: str) -> None:
    assert same(first, second)
    assert same(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # One word turns the meaning.
        ("De btw gaat volgend jaar niet omhoog", "De btw gaat volgend jaar omhoog"),
        ("De btw gaat volgend jaar omhoog", "De btw gaat volgend jaar omlaag"),
        ("Er komt een hogere belasting op vliegen", "Er komt geen hogere belasting op vliegen"),
        ("Wij gaan de belasting op arbeid verhogen", "Wij gaan de belasting op arbeid verlagen"),
        ("Het is mogelijk om dat voor de zomer te doen", "Het is onmogelijk om dat voor de zomer te doen"),
        ("Dat kan wel voor het einde van het jaar", "Dat kan niet voor het einde van het jaar"),
        ("Dat is onder mij nooit aan de orde geweest", "Dat is onder mij altijd aan de orde geweest"),
        ("Wij gaan de belastingen nog niet verhogen", "Wij gaan de belastingen niet verhogen"),
        # Another number or year.
        ("Het tekort komt uit op 3,5 procent volgend jaar", "Het tekort komt uit op 2,5 procent volgend jaar"),
        ("In 2028 gaat de centrale definitief dicht", "In 2029 gaat de centrale definitief dicht"),
        ("Er komt 100 miljoen euro bij voor de scholen", "Er komt 1.000 miljoen euro bij voor de scholen"),
        # Other words.
        ("Er is geen crisis", "Er is geen geld"),
        ("We gaan door met de gesprekken", "We stoppen met de gesprekken"),
        # Too short to say anything by being part of something.
        ("een blunder", "Dat was een blunder van de eerste orde"),
        ("Nee", "Nee, dat gaan we niet doen"),
        ("", "Er is geen crisis"),
        ("", ""),
    ],
)
def test_words_that_differ_in_what_matters_are_two_quotes(first: str, second: str) -> None:
    assert not same(first, second)
    assert not same(second, first)


def test_a_cue_that_turns_a_paraphrase_makes_another_statement() -> None:
    content = "de btw omhoog gaat"
    says, rules_out = Said(content, "indirect", "zegt"), Said(content, "indirect", "sluit uit")

    assert not same_words(says, rules_out)
    assert same_words(says, Said(content, "indirect", "vertelt"))
    assert same_words(rules_out, Said(content, "indirect", "sloot uit"))
    assert not same_words(rules_out, Said(content, "indirect", "sluit niet uit"))
    assert content_key("indirect", content, "zegt") != content_key("indirect", content, "sluit uit")


def test_the_cue_of_marked_words_does_not_count() -> None:
    assert content_key("direct", "Er is geen crisis", "zei") == content_key("direct", "er is geen crisis!", "zegt")
    assert content_key("direct", "Er is geen crisis", None) == content_key("partial", "Er is geen crisis", "zei")


@settings(deadline=None)
@given(st.text(), st.sampled_from(["direct", "partial", "indirect"]), st.none() | st.text())
def test_a_key_stays_the_same_under_another_layout(content: str, kind: str, cue: str | None) -> None:
    key = content_key(kind, content, cue)

    assert len(key) == 64
    assert key == content_key(kind, f"  {content} ", cue)


words = st.lists(
    st.sampled_from(
        ["de", "btw", "gaat", "niet", "omhoog", "in", "2028", "we", "zijn", "geen", "crisis", "ook", "3", "een"]
    ),
    max_size=12,
)


@settings(deadline=None)
@given(words, words)
@example(["de", "btw", "btw"], ["btw", "de", "btw"])
def test_it_does_not_matter_which_came_first(first: list[str], second: list[str]) -> None:
    assert same(" ".join(first), " ".join(second)) == same(" ".join(second), " ".join(first))


@settings(deadline=None)
@given(words.filter(bool))
def test_words_are_the_same_as_themselves(said: list[str]) -> None:
    assert same(" ".join(said), " ".join(said).upper())
