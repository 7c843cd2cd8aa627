"""Quotation marks, apostrophes, paragraphs and sentences."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.quotes.clean import clean
from bot.quotes.marks import pair_marks, plain_marks
from bot.quotes.segments import find_paragraphs, find_sentences


def contents(text: str, depth: int | None = 0) -> list[str]:
    quotations = pair_marks(text, find_paragraphs(text))
    return [text[q.start : q.end] for q in quotations if depth is None or q.depth == depth]


def sentences(text: str) -> list[str]:
    paragraphs = find_paragraphs(text)
    found = find_sentences(text, paragraphs, pair_marks(text, paragraphs))
    return [text[sentence.start : sentence.end] for sentence in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("„Ja”, zei ze.", ["Ja"]),
        ("“Ja”, zei ze. “Nee.”", ["Ja", "Nee."]),
        ('"Ja", zei ze. "Nee."', ["Ja", "Nee."]),
        ("‘Ja’, zei ze.", ["Ja"]),
        ("'Ja', zei ze, 'en nee.'", ["Ja", "en nee."]),
        ("«Ja», zei ze.", ["Ja"]),
        ("„Ja“, zei ze.", ["Ja"]),
        ("”Ja”, zei ze.", ["Ja"]),
        ("(“Ja”) zei ze", ["Ja"]),
        ('Het heet "De Brug".', ["De Brug"]),
    ],
)
def test_each_style_of_marks_is_paired(text: str, expected: list[str]) -> None:
    assert contents(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Om 's avonds foto's te maken heb je zo'n ding nodig.",
        "’s Ochtends in ’s-Hertogenbosch lag ’t stil.",
        "De VVB'er zag auto's uit de jaren '90.",
        "Kamerlid Ellens' plan en Vos' brief liggen er.",
        "Hij was 5' te laat.",
    ],
)
def test_apostrophes_are_no_marks(text: str) -> None:
    assert contents(text, depth=None) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'Zo'n plan is 's nachts bedacht', zei ze.", ["Zo'n plan is 's nachts bedacht"]),
        ("‘’s Avonds is het stil’, zei ze.", ["’s Avonds is het stil"]),
        ("'Kamerlid Ellens' plan deugt niet', zei ze.", ["Kamerlid Ellens' plan deugt niet"]),
        ("'Mijn foto's', zei ze.", ["Mijn foto's"]),
    ],
)
def test_apostrophes_inside_single_marks_do_not_close_them(text: str, expected: list[str]) -> None:
    assert contents(text) == expected


def test_inner_marks_belong_to_the_outer_quotation() -> None:
    text = "“Zij zei ‘nooit’ en “misschien” tegelijk”, zei hij."
    assert contents(text) == ["Zij zei ‘nooit’ en “misschien” tegelijk"]
    assert contents(text, depth=1) == ["nooit", "misschien"]


def test_a_quotation_may_run_across_a_paragraph_without_a_mark() -> None:
    text = '"Het was laat.\n\nEn donker", zei ze.'
    assert contents(text) == ["Het was laat.\n\nEn donker"]


def test_a_repeated_opening_mark_starts_a_new_quotation() -> None:
    text = "„Het was laat.\n\n„En donker”, zei ze."
    quotations = pair_marks(text, find_paragraphs(text))
    assert [text[q.start : q.end] for q in quotations] == ["Het was laat.", "En donker"]
    assert [(q.continued, q.continuation) for q in quotations] == [(True, False), (False, True)]


def test_an_unclosed_mark_after_a_colon_ends_with_its_paragraph() -> None:
    assert contents("Vos: “Het was laat.\n\nDaarna ging ze.") == ["Het was laat."]


def test_an_unclosed_mark_amid_a_sentence_is_ignored() -> None:
    assert contents("De “brug is dicht.\n\nDaarna ging ze.") == []


def test_sentences_never_end_inside_a_quotation() -> None:
    assert sentences("“Ja. Dat kan! Toch?”, vroeg ze. Hij knikte.") == [
        "“Ja. Dat kan! Toch?”, vroeg ze.",
        "Hij knikte.",
    ]


def test_a_quotation_that_closes_its_sentence_ends_it() -> None:
    assert sentences("Ze lachte. “Ja.” Hij niet.") == ["Ze lachte.", "“Ja.”", "Hij niet."]


@pytest.mark.parametrize(
    "text",
    ["De heer J. Vos kwam om ca. 3 uur.", "Dr. Vos is a.i. voorzitter.", "Vos woont o.a. In Delft."],
)
def test_abbreviations_and_initials_do_not_end_a_sentence(text: str) -> None:
    assert sentences(text) == [text]


def test_a_dateline_belongs_to_no_sentence() -> None:
    assert sentences("DEN HELDER (VPB) - De haven is dicht.") == ["De haven is dicht."]


def test_lines_are_paragraphs_where_no_line_is_blank() -> None:
    text = "De haven is dicht.\nDe brug\nis open."
    assert [text[start:end] for start, end in find_paragraphs(text)] == ["De haven is dicht.", "De brug\nis open."]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("gewoon", "gewoon"),
        (",,Ja'', zei ze", "„Ja”, zei ze"),
        ("cafe\u0301", "café"),
        ("a\u00a0b\u200bc\x00d", "a bc d"),
        ("een\r\ntwee", "een \ntwee"),
    ],
)
def test_text_is_cleaned_and_remembers_where_it_came_from(raw: str, expected: str) -> None:
    cleaned = clean(raw)
    assert cleaned.text == expected
    assert cleaned.origin(0) == 0
    assert cleaned.origin(len(cleaned.text)) == len(raw)


ODD = st.text(alphabet=st.sampled_from("„“”\"'’‘«»,.!? \n\u00a0\u0301\x00\u200fabZ(5"), max_size=200)


@given(st.one_of(ODD, st.text(max_size=200)))
def test_offsets_of_a_clean_text_never_go_back(raw: str) -> None:
    cleaned = clean(raw)
    origins = [cleaned.origin(offset) for offset in range(len(cleaned.text) + 1)]
    assert origins == sorted(origins)
    assert origins[-1] == len(raw)
    assert len(plain_marks(cleaned.text)) == len(cleaned.text)


@example('"\n«')
@given(ODD)
def test_quotations_nest_and_sentences_do_not_overlap(raw: str) -> None:
    text = clean(raw).text
    paragraphs = find_paragraphs(text)
    quotations = pair_marks(text, paragraphs)
    outer = [q for q in quotations if q.depth == 0]
    assert all(q.opening < q.start < q.end <= q.after for q in quotations)
    assert all(left.after <= right.opening for left, right in pairwise(outer))
    found = find_sentences(text, paragraphs, quotations)
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert sum(len(sentence.quotations) for sentence in found) == len(outer)
