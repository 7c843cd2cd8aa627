"""The extractor on whole texts: offsets, robustness, cost, and who is who."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.quotes import nlp as pipeline
from bot.quotes.extract import Extractor
from bot.quotes.nlp import ModelError, load_nlp
from bot.quotes.roster import Roster
from bot.quotes.values import Statement
from tests.fictional import ROSTER

DAY = date(2026, 3, 10)


@cache
def extractor() -> Extractor:
    return Extractor(Roster.from_popolo(ROSTER))


@cache
def blank_extractor() -> Extractor:
    return Extractor(Roster.from_popolo(ROSTER), pipeline.spacy.blank("nl"))


def extract(text: str, day: Any = DAY) -> list[Statement]:
    statements = extractor().extract(text, day)
    assert all(text[one.start : one.end] == one.content for one in statements)
    assert [one.start for one in statements] == sorted(one.start for one in statements)
    assert all(0 <= one.confidence <= 1 for one in statements)
    assert len({(one.start, one.end, one.speaker) for one in statements}) == len(statements)
    return statements


def test_offsets_hold_in_the_text_as_it_came() -> None:
    text = (
        "\ufeff,,Het cafe\u0301 gaat\u00a0open\u200b'', zei minister\x00Van den Elzen.\r\n\r\n"
        "«Echt\u00ad waar», voegde ze eraan toe."
    )
    contents = [one.content for one in extract(text)]
    assert contents == ["Het cafe\u0301 gaat\u00a0open\u200b", "Echt\u00ad waar"]


def test_a_statement_tells_all_that_is_known_of_it() -> None:
    [one] = extract("“Er komt geen nieuwe belasting”, zei minister Mirthe van den Elzen maandag in de Kamer.")
    assert (one.kind, one.cue, one.attribution, one.rule) == ("direct", "zei", "named", "cue_after")
    assert (one.speaker, one.speaker_surface) == ("mirthe-van-den-elzen", "Mirthe van den Elzen")
    assert (one.said_from, one.said_to) == (date(2026, 3, 9), date(2026, 3, 9))
    assert one.capacity == "van-den-elzen-financien"
    assert one.confidence > 0.9


def test_a_capacity_is_that_of_the_day_of_the_words() -> None:
    [one] = extract("Van den Elzen is minister. In 2019 zei Van den Elzen nog dat de belasting omlaag kon.")
    assert one.said_to == date(2019, 12, 31)
    assert one.capacity is None


def test_joint_speakers_each_get_the_statement() -> None:
    found = extract("Premier Zandstra en minister Van den Elzen zeiden dat er geen nieuwe belasting komt.")
    assert {one.speaker for one in found} == {"wouter-zandstra", "mirthe-van-den-elzen"}
    assert len({(one.start, one.end) for one in found}) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Premier Zandstra is terug. Als bevestigen eiste Zandstra dat de belasting van tafel ging.",
        "Premier Zandstra is terug. Als premier eiste Zandstra nog dat de belasting van tafel ging.",
        "Premier Zandstra en de premier zeiden dat er geen nieuwe belasting komt.",
    ],
)
def test_who_is_named_twice_says_it_once(text: str) -> None:
    assert [one.speaker for one in extract(text)] == ["wouter-zandstra"]


def test_others_keep_their_words() -> None:
    text = "Premier Zandstra sprak met wethouder Karin Zandstra. “Ik ben geen familie”, zei de wethouder."
    assert [one.speaker for one in extract(text)] == ["other:Karin Zandstra"]


def test_nobody_speaks_of_himself_by_name() -> None:
    text = "Zandstra gaf Van den Elzen een hand. “Wouter kan goed luisteren.”"
    assert [one.speaker for one in extract(text)] != ["wouter-zandstra"]


@pytest.mark.parametrize(
    "published",
    [None, DAY, datetime(2026, 3, 10, 12, 0), datetime(2026, 3, 9, 23, 30, tzinfo=UTC)],  # noqa: DTZ001
)
def test_a_date_of_any_kind_or_none_will_do(published: Any) -> None:
    [one] = extract("“Nee”, zei Zandstra vandaag.", published)
    assert one.speaker == "wouter-zandstra"
    assert one.said_to == (None if published is None else DAY)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\x00", "”", "„", "''", "Niets gezegd.", "\u202e", "\ud800"])
def test_a_text_without_words_has_no_statements(text: str) -> None:
    assert extract(text) == []


def test_without_a_parser_it_still_finds_the_plain_cases() -> None:
    found = blank_extractor().extract("“Nee”, zei Zandstra. Volgens Van den Elzen is het geld op.", DAY)
    assert [one.speaker for one in found] == ["wouter-zandstra", "mirthe-van-den-elzen"]


def test_a_model_that_is_not_there_is_refused_with_a_reason() -> None:
    with pytest.raises(ModelError, match="no_such_pipeline"):
        load_nlp("no_such_pipeline")


PIECES = st.sampled_from(
    [
        "“", "”", '"', "'", "‘", "’", "„", ",,", "''", "«", "»", ":", ",", ".", "?", " ", "\n\n", "(", ")", "-", "…",
        " zei ", " zegt ", " dat ", " volgens ", " aldus ", " te ", " niet ", " liet ", " weten ", " noemt ", " die ",
        "Zandstra", "Van den Elzen", "premier", "De minister", "hij", "ze", "beiden", "Karin", "het plan", "vorig jaar",
        "\x00", "\u0301", "\u200f", "\u202e", "\u00ad", "\ud83d\ude00", "\ud800", "שלום",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=200)))
@example(" zei \ud83d\ude00\u0301")
def test_no_text_breaks_it_and_offsets_hold(text: str) -> None:
    extract(text)


@pytest.mark.parametrize(
    "piece",
    [
        "“Nee”, zei Zandstra, ",
        "zegt Zandstra dat ",
        '"',
        " “",
        "'a ",
        "volgens Zandstra en ",
        "Van den ",
        "a.\n\n",
        "(",
        ",,",
        "“Nee, zei hij.\n\n",
    ],
)
def test_time_grows_linearly_with_length(piece: str) -> None:
    """The blank pipeline leaves our own work, which is what could grow faster than the text."""

    def cost(times: int) -> float:
        costs = []
        for _ in range(2):
            started = time.process_time()
            blank_extractor().extract(piece * times, DAY)
            costs.append(time.process_time() - started)
        return min(costs)

    small, large = cost(250), cost(2000)
    # Eight times the text; quadratic work would take sixty-four times as long.
    assert large < 24 * max(small, 0.02)


def test_ten_thousand_marks_and_a_million_letters_pass() -> None:
    assert blank_extractor().extract("“”" * 5_000, DAY) == []
    assert blank_extractor().extract("x" * 1_000_000, DAY) == []


def test_a_text_without_marks_cues_or_people_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = pipeline.parse
    monkeypatch.setattr(
        "bot.quotes.extract.parse", lambda nlp, text, rows: (seen.append(len(rows)), real(nlp, text, rows))[1]
    )
    extract("Het regende in Delft. De kinderen speelden binnen met hun blokken.\n\nLater werd het droog.")
    assert sum(seen) == 0
