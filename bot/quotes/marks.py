"""Quotation marks: which of them belong together, and which are apostrophes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.quotes.lexicon import lexicon

Span = tuple[int, int]

DOUBLE = '„“”"«»‟'
SINGLE = "‘’'‚‹›‛`´"
MARKS = DOUBLE + SINGLE

_MARK = re.compile(f"[{re.escape(MARKS)}]")
_ONLY_OPENING = "„‚‟‛"
_CLITIC = re.compile(
    r"['’‘`´](?:s|t|n|m|r|k|ie|em|ns|tis|twas|tzelfde|s-[A-Z]\w+|\d\ds?)(?=[\s\-,.;:!?”\"]|$)", re.IGNORECASE
)
_COMMA_AND_WORD = re.compile(r",\s+([a-zë]+)")
_BEFORE_OPENING = " \n\t([{-–—/:\u00a0"
_AFTER_CLOSING = " \n\t)]}.,;:!?…-–—/"
_MAY_END_A_GENITIVE = "sxzSXZ"
_DEEPEST = 6
"""Quotations nested deeper than this are not told apart."""
_PARAGRAPHS_AHEAD = 3
"""How far an open quotation may run on without its mark being repeated."""


class _Role(Enum):
    OPENING = 1
    CLOSING = 2
    EITHER = 3
    APOSTROPHE = 4


@dataclass(slots=True)
class Quotation:
    """One pair of marks, or an opening mark whose partner is missing.

    Attributes:
        opening: Offset of the opening mark.
        start: Offset of the first code point inside the marks.
        end: Offset after the last code point inside the marks.
        after: Offset after the closing mark; equal to ``end`` where there is none.
        depth: 0 for an outer quotation, 1 for one inside it, and so on.
        continued: Whether the next paragraph takes the quotation up again with an opening mark of its own.
        continuation: Whether this is such a taking up.
    """

    opening: int
    start: int
    end: int
    after: int
    depth: int
    continued: bool = False
    continuation: bool = False


@dataclass(slots=True)
class _Open:
    mark: str
    at: int
    continuation: bool


def pair_marks(text: str, paragraphs: Sequence[Span]) -> list[Quotation]:
    """Pair the quotation marks of a text.

    An unclosed mark counts where it starts its sentence and ", zei Vos" follows, or where it starts its paragraph or
    follows a colon; it then reaches to the end of the paragraph. The time taken grows linearly with the text.

    Args:
        text: Clean text.
        paragraphs: Its paragraphs in order.

    Returns:
        All quotations in the order of their opening marks, inner ones among them.
    """
    found: list[Quotation] = []
    waiting: list[_Open] = []
    marks = [_marks_of(text, start, end) for start, end in paragraphs]
    for index, (start, end) in enumerate(paragraphs):
        waiting = _pair_within(text, marks[index], waiting, found, start)
        waiting = _carry_over(text, waiting, found, paragraphs, marks, index, end)
    found.sort(key=lambda quotation: (quotation.opening, -quotation.end))
    _set_depths(found)
    return found


def plain_marks(text: str) -> str:
    """Replace each mark by its plain one, code point by code point, as the parser was trained on."""
    return text.translate(_PLAIN)


_PLAIN = str.maketrans({**dict.fromkeys(DOUBLE, '"'), **dict.fromkeys(SINGLE, "'")})


def _marks_of(text: str, start: int, end: int) -> list[tuple[int, _Role]]:
    return [(match.start(), _role(text, match.start(), start, end)) for match in _MARK.finditer(text, start, end)]


def _role(text: str, at: int, start: int, end: int) -> _Role:
    mark = text[at]
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    if mark in _ONLY_OPENING:
        return _Role.OPENING
    if mark in SINGLE:
        if before.isalnum() and after.isalnum():
            return _Role.APOSTROPHE
        if not before.isalnum() and _CLITIC.match(text, at, min(end, at + 24)):
            return _Role.APOSTROPHE
    can_open = (before in _BEFORE_OPENING or before in MARKS) and after not in " \n\t"
    can_close = (after in _AFTER_CLOSING or after in MARKS) and before not in " \n\t"
    if mark in "“‘«‹" and can_open:
        return _Role.OPENING
    if mark in "”’»›" and can_close:
        return _Role.CLOSING
    if can_open == can_close:
        if mark in "“‘«‹":
            return _Role.OPENING
        if mark in "”»›":
            return _Role.CLOSING
        return _Role.EITHER if mark in DOUBLE else _Role.APOSTROPHE if not can_open else _Role.EITHER
    return _Role.OPENING if can_open else _Role.CLOSING


def _pair_within(
    text: str, marks: list[tuple[int, _Role]], waiting: list[_Open], found: list[Quotation], start: int
) -> list[_Open]:
    """Pair the marks of one paragraph; give back what is still open at its end."""
    stack = list(waiting)
    for index, (at, role) in enumerate(marks):
        if role is _Role.APOSTROPHE:
            continue
        partner = _partner(text[at], stack)
        if role is _Role.CLOSING or (role is _Role.EITHER and partner is not None):
            if partner is None or (text[at] in SINGLE and _is_genitive(text, marks, index)):
                continue
            _close(stack, partner, at, found)
        elif len(stack) < _DEEPEST and not _would_reopen(text[at], stack):
            stack.append(_Open(text[at], at, _takes_up(text, at, start, found)))
    return stack


def _partner(mark: str, stack: list[_Open]) -> int | None:
    family = DOUBLE if mark in DOUBLE else SINGLE
    guillemet = mark in "«»‹›"
    for index in range(len(stack) - 1, -1, -1):
        if stack[index].mark in family and (stack[index].mark in "«»‹›") == guillemet:
            return index
    return None


def _would_reopen(mark: str, stack: list[_Open]) -> bool:
    """A plain mark cannot open again what it has opened: inside "…" only the other kind may open."""
    return mark in "\"'" and any(entry.mark == mark for entry in stack)


def _is_genitive(text: str, marks: list[tuple[int, _Role]], index: int) -> bool:
    """See "Ellens' plan" inside a quotation: an s before, a word after, and a better closing mark to come."""
    at = marks[index][0]
    if text[at - 1] not in _MAY_END_A_GENITIVE or not text[at + 1 : at + 3].strip().isalpha():
        return False
    for later, role in marks[index + 1 : index + 4]:
        if text[later] in SINGLE and role is not _Role.APOSTROPHE:
            return role is _Role.CLOSING
    return False


def _close(stack: list[_Open], partner: int, at: int, found: list[Quotation]) -> None:
    opened = stack[partner]
    del stack[partner:]
    if at > opened.at + 1:
        found.append(Quotation(opened.at, opened.at + 1, at, at + 1, 0, continuation=opened.continuation))


def _takes_up(text: str, at: int, start: int, found: list[Quotation]) -> bool:
    """Whether an opening mark at the start of a paragraph takes up the quotation left open in the one before."""
    return bool(found) and found[-1].continued and not text[start:at].strip()


def _carry_over(
    text: str,
    waiting: list[_Open],
    found: list[Quotation],
    paragraphs: Sequence[Span],
    marks: list[list[tuple[int, _Role]]],
    index: int,
    end: int,
) -> list[_Open]:
    """Decide at the end of a paragraph what becomes of the outermost quotation that is still open."""
    if not waiting:
        return []
    outer = waiting[0]
    family = DOUBLE if outer.mark in DOUBLE else SINGLE
    begun = sum(1 for start, _ in paragraphs[max(0, index - _PARAGRAPHS_AHEAD) : index + 1] if start > outer.at)
    if begun < _PARAGRAPHS_AHEAD and index + 1 < len(paragraphs):
        following = [(at, role) for at, role in marks[index + 1] if text[at] in family and role is not _Role.APOSTROPHE]
        if following:
            at, role = following[0]
            if role is _Role.CLOSING:
                return [outer]
            takes_up = role is _Role.OPENING and not text[paragraphs[index + 1][0] : at].strip()
            if takes_up and end > outer.at + 1:
                found.append(Quotation(outer.at, outer.at + 1, end, end, 0, True, outer.continuation))
                return []
    found.extend(_unclosed(text, outer, paragraphs[max(0, index - _PARAGRAPHS_AHEAD) : index + 1]))
    return []


def _unclosed(text: str, outer: _Open, paragraphs: Sequence[Span]) -> list[Quotation]:
    """Guess at the end of a quotation whose closing mark is missing: before ", zei Vos", else with its paragraph."""
    if outer.mark not in DOUBLE:
        return []
    end = next(stop for start, stop in paragraphs if start <= outer.at < stop)
    lead = text[max(0, outer.at - 200) : outer.at].rstrip(" \t")
    if lead and lead[-1] not in "\n:.?!…":
        return []
    for match in _COMMA_AND_WORD.finditer(text, outer.at + 1, end):
        if any(verb.form == "finite" for verb in lexicon().verbs.get(match.group(1), ())):
            end = match.start()
            break
    else:
        if lead and lead[-1] not in "\n:":
            return []
    if end <= outer.at + 1:
        return []
    return [Quotation(outer.at, outer.at + 1, end, end, 0, continuation=outer.continuation)]


def _set_depths(found: list[Quotation]) -> None:
    enclosing: list[Quotation] = []
    for quotation in found:
        while enclosing and enclosing[-1].after <= quotation.opening:
            enclosing.pop()
        quotation.depth = len(enclosing)
        enclosing.append(quotation)
