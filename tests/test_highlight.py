"""The page that shows an article with its statements marked."""

from __future__ import annotations

import html
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.quotes.highlight import highlight
from bot.quotes.values import Statement

TEXT = "„Wij bouwen <door>”, zei minister Dösker. Volgens Krol is dat onzin."


def statement(content: str, text: str = TEXT, **values: Any) -> Statement:
    start = text.index(content)
    defaults: dict[str, Any] = {
        "kind": "direct",
        "cue": "zei",
        "speaker": "rene-dosker",
        "speaker_surface": "Dösker",
        "attribution": "named",
        "said_from": None,
        "said_to": None,
        "capacity": None,
        "confidence": 0.875,
        "rule": "cue_after",
    }
    return Statement(content=content, start=start, end=start + len(content), **{**defaults, **values})


def shown_text(page: str, column: int = 0) -> str:
    inner = re.findall(r'<div class="text">(.*?)</div>', page, re.DOTALL)[column]
    return html.unescape(re.sub(r"</?mark[^>]*>", "", inner))


def test_a_statement_is_marked_with_all_that_is_known_of_it() -> None:
    page = highlight(TEXT, "Titel", [statement("Wij bouwen <door>")])
    assert '<mark class="s0 direct" title="rene-dosker · direct · zei · cue_after · zekerheid 0.88">' in page
    assert ">Wij bouwen &lt;door&gt;</mark>" in page
    assert shown_text(page) == TEXT


def test_everything_is_escaped_and_nothing_is_loaded() -> None:
    page = highlight(
        "<script>x</script>", "</title><img src=//x>", [], gold=[{"quote": "x", "start": 8, "speaker": '"><b>'}]
    )
    assert "<script>x" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert "http:" not in page
    assert "default-src 'none'" in page


def test_speakers_have_colours_of_their_own_and_the_unknown_speaker_has_none() -> None:
    found = [statement("Wij bouwen"), statement("is dat onzin", speaker="krol"), statement("Volgens", speaker=None)]
    page = highlight(TEXT, "", found)
    assert ".s0 { --hue: 0; }" in page
    assert ".s1 { --hue: 138; }" in page
    assert 'class="unknown direct"' in page


def test_a_statement_within_another_is_shown_in_it() -> None:
    page = highlight(
        TEXT, "", [statement("Volgens Krol is dat onzin", kind="indirect"), statement("onzin", kind="partial")]
    )
    assert shown_text(page) == TEXT
    assert re.search(r'<mark class="s0 partial" title="[^"]*indirect[^"]*\n[^"]*partial[^"]*">onzin</mark>', page)


def test_gold_stands_beside_with_a_verdict_on_each_statement() -> None:
    gold = [
        {"quote": "Wij bouwen <door>", "start": 1, "kind": "direct", "speaker": "rene-dosker", "cue": "zei"},
        {
            "quote": "is dat onzin",
            "start": TEXT.index("is dat"),
            "speaker": "krol",
            "said": {"from": None, "to": "2026-03-09"},
        },
        {"quote": "onzin", "start": 0},
        {"quote": "minister", "start": TEXT.index("minister"), "speaker": None},
    ]
    found = [statement("Wij bouwen <door>"), statement("is dat onzin"), statement("Volgens Krol")]
    page = highlight(TEXT, "Titel", found, gold=gold)
    assert shown_text(page, column=1) == TEXT
    assert re.findall(r'<tr class="([\w-]+)">', page) == ["goed", "gemist", "te-veel", "andere-spreker"]
    assert "… – 2026-03-09" in page


@given(st.text(max_size=200), st.lists(st.tuples(st.integers(0, 210), st.integers(0, 60)), max_size=12))
def test_any_text_with_any_spans_is_shown_whole(text: str, spans: list[tuple[int, int]]) -> None:
    found = [
        Statement(text[a : a + n], a, a + n, "direct", None, None, None, "implicit", None, None, None, 0.5, "rule")
        for a, n in spans
    ]
    page = highlight(text, text, found)
    page.encode("utf-8")
    assert len(shown_text(page)) == len(text)
