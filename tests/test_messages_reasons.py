"""The lines of the comparison in a reader's language, and every fixed one of them known."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.comparing import CONTRAST
from bot.messages import Reader
from bot.messages.reasons import in_words

FINDINGS = Path(__file__).parent.parent / "bot" / "reversals" / "findings.py"
TOLD = ("doubts", "_meaning", "_leave")
"""Functions that give lines which a message shows; the other ones speak against a pair that is then not told."""


def _lines() -> list[str]:
    """Give the Dutch lines in the source of the comparison: the texts with a space in them."""
    functions = [
        node for node in ast.parse(FINDINGS.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)
    ]
    texts = [
        node.value
        for function in functions
        if function.name in TOLD
        for node in ast.walk(ast.Module(function.body[1:] if ast.get_docstring(function) else function.body, []))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [text for text in texts if " " in text]


@pytest.mark.parametrize("line", [*dict.fromkeys(_lines()), CONTRAST])
def test_a_fixed_line_has_its_english(line: str) -> None:
    assert in_words(Reader("nl"), line) == line
    assert in_words(Reader("en"), line) != line


def test_the_statements_own_words_stay_as_they_are() -> None:
    assert in_words(Reader("en"), "“niet omhoog” ↔ “omhoog”") == "“niet omhoog” ↔ “omhoog”"
    assert in_words(Reader("en"), "zou zo blijven: 5 ↔ 6") == "was to stay so: 5 ↔ 6"
