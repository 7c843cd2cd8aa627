"""Paragraphs, sentences and words; a sentence never ends inside a quotation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bot.quotes.lexicon import lexicon
from bot.quotes.marks import MARKS, Quotation, Span

_DATELINE = re.compile(
    # "DEN HAAG (VPB) - ", behind what a site puts before it; "DEN HAAG (VPB). "; "DOORN Door de regen"; and the time
    # of a message in a live blog: "19.31 - ".
    r"(?:[^.!?\n]{0,40}?(?<![A-Z])(?:[A-Z][A-Z'’./-]{1,24} ?){1,4}\([^)\n]{1,30}\) ?[–—.-] |"
    r"(?:[A-Z][A-Z'’./-]{1,24} ?){1,4}[–—-] |[A-Z]{5,24} (?=[A-Z][a-z])|"
    r"\d{1,2}[.:]\d{2}(?: uur)? ?[–—-] )"
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_ANY_LINE_END = re.compile(r"[ \t]*\n\s*")
_LINE_END = re.compile(r"(?<=[.!?…:;”\"’»)])[ \t]*\n\s*")
_SENTENCE_END = re.compile(rf"[.!?…]+[)\]]?[{re.escape(MARKS)}]*[)\]]?(?=\s)|(?<=[{re.escape(MARKS)}])\.(?=[A-Z])")
_QUOTATION_END = re.compile(r"[.!?…][)\]]?$")
_NEXT_START = re.compile(rf"(?:\s+|(?<=\.)(?=[A-Z]))(?:[–—-]\s+)?[({re.escape(MARKS)}]*['’]?[^\W_a-zß-öø-ÿ]")
_LAST_WORD = re.compile(r"[^\s(\[]+$")
_WORD = re.compile(r"[^\W_]+(?:(?:['’&/.+]|-)[^\W_]+)*|['’][^\W_]+(?:-[^\W_]+)*")
_INITIALS = re.compile(r"(?:[A-Z][a-z]?\.)+$")
_CLITIC_START = re.compile(r"\s+['’](?:s|t|n|k)\s+[A-Z]")


_LONGEST_WRAPPED_LINE = 200
"""A text with a line longer than this was not broken to a width: its line ends are those of its paragraphs."""
_MOST_WORDS = 150
_MOST_QUOTATIONS = 24


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the frame, with its offsets and its lower-case form."""

    start: int
    end: int
    text: str
    lower: str

    @property
    def is_capitalised(self) -> bool:
        """Whether the word begins with a capital (after an apostrophe too)."""
        return self.text.lstrip("'’")[:1].isupper()


@dataclass(slots=True)
class Sentence:
    """A sentence with the quotations in it.

    Attributes:
        start: Offset of the first code point.
        end: Offset after the last one.
        paragraph: Index of its paragraph.
        quotations: The outer quotations in it, in order.
        words: The words outside those quotations, in order.
    """

    start: int
    end: int
    paragraph: int
    quotations: list[Quotation]
    words: list[Word]

    def word_at_or_after(self, offset: int) -> int:
        """Give the index of the first frame word that starts at or after an offset."""
        return bisect_right(self.words, offset - 1, key=lambda word: word.start)


def find_paragraphs(text: str) -> list[Span]:
    """Split at blank lines; where there are none, at line ends after the end of a sentence.

    Args:
        text: Clean text. One with lines that nobody wraps so long is split at each of its line ends, so that a heading
            is no part of the sentence below it.

    Returns:
        The spans of the paragraphs in order, none of them empty.
    """
    if any(len(line) > _LONGEST_WRAPPED_LINE for line in text.split("\n")):
        breaks = list(_ANY_LINE_END.finditer(text))
    else:
        breaks = list(_BLANK_LINE.finditer(text)) or list(_LINE_END.finditer(text))
    starts = [0, *(gap.end() for gap in breaks)]
    ends = [*(gap.start() for gap in breaks), len(text)]
    return [trimmed for span in zip(starts, ends, strict=True) if (trimmed := _trim(text, *span))[0] < trimmed[1]]


def find_sentences(text: str, paragraphs: Sequence[Span], quotations: Sequence[Quotation]) -> list[Sentence]:
    """Split paragraphs into sentences.

    Args:
        text: Clean text.
        paragraphs: Its paragraphs.
        quotations: Its quotations in order; those of depth 0 are never cut, and join the paragraphs they run across.

    Returns:
        The sentences in order, with their quotations and frame words.
    """
    outer = [quotation for quotation in quotations if quotation.depth == 0]
    sentences: list[Sentence] = []
    cursor = 0
    for index, (start, end) in _joined(paragraphs, outer):
        inside: list[Quotation] = []
        while cursor < len(outer) and outer[cursor].opening < end:
            inside.append(outer[cursor])
            cursor += 1
        sentences.extend(_split(text, start, end, index, inside))
    return sentences


def _joined(paragraphs: Sequence[Span], outer: Sequence[Quotation]) -> list[tuple[int, Span]]:
    spans: list[tuple[int, Span]] = []
    cursor = 0
    for index, (start, end) in enumerate(paragraphs):
        while cursor < len(outer) and outer[cursor].after <= start:
            cursor += 1
        if spans and cursor < len(outer) and outer[cursor].opening < start:
            spans[-1] = (spans[-1][0], (spans[-1][1][0], end))
        else:
            spans.append((index, (start, end)))
    return spans


def _split(text: str, start: int, end: int, paragraph: int, quotations: list[Quotation]) -> list[Sentence]:
    """Split one paragraph; a dateline ("DEN HAAG (VPB) -") before it belongs to no sentence."""
    cuts: list[int] = []
    if dateline := _DATELINE.match(text, start, end):
        start = dateline.end()
    position = start
    for quotation in quotations:
        cuts.extend(_cuts(text, position, quotation.opening, end))
        position = quotation.after
        if _QUOTATION_END.search(text, max(quotation.start, quotation.end - 3), quotation.end) and _starts(
            text, position
        ):
            cuts.append(position)
    cuts.extend(_cuts(text, position, end, end))
    sentences: list[Sentence] = []
    cursor = 0
    for left, right in zip([start, *cuts], [*cuts, end], strict=True):
        left, right = _trim(text, left, right)
        if left >= right:
            continue
        first = cursor
        while cursor < len(quotations) and quotations[cursor].opening < right:
            cursor += 1
        inside = quotations[first:cursor]
        sentences.extend(_pieces(text, left, right, paragraph, inside))
    return sentences


def _pieces(text: str, start: int, end: int, paragraph: int, quotations: list[Quotation]) -> list[Sentence]:
    """Make a sentence; one of monstrous length is cut, so that what rules do within a sentence stays bounded."""
    words = _frame_words(text, start, end, quotations)
    if len(words) <= _MOST_WORDS and len(quotations) <= _MOST_QUOTATIONS:
        return [Sentence(start, end, paragraph, quotations, words)]
    cuts = [word.start for word in words[_MOST_WORDS::_MOST_WORDS]]
    cuts += [quotation.opening for quotation in quotations[_MOST_QUOTATIONS::_MOST_QUOTATIONS]]
    cuts = sorted(cut for cut in set(cuts) if start < cut < end)
    pieces: list[Sentence] = []
    word, quotation = 0, 0
    for left, right in zip([start, *cuts], [*cuts, end], strict=True):
        first_word, first_quotation = word, quotation
        while word < len(words) and words[word].start < right:
            word += 1
        while quotation < len(quotations) and quotations[quotation].opening < right:
            quotation += 1
        left, right = _trim(text, left, right)
        inside = quotations[first_quotation:quotation]
        pieces.append(Sentence(left, right, paragraph, inside, words[first_word:word]))
    return pieces


def _cuts(text: str, start: int, end: int, limit: int) -> list[int]:
    """Find where sentences end between two quotations."""
    cuts = []
    for match in _SENTENCE_END.finditer(text, start, min(end + 1, limit)):
        if match.end() > end or not _starts(text, match.end()):
            continue
        before = _LAST_WORD.search(text, max(start, match.start() - 30), match.start() + 1)
        word = before.group() if before else ""
        if match.group() == "." and word.lower() in lexicon().abbreviations:
            continue
        if match.group() == "." and _INITIALS.match(word) and _is_followed_by_a_name(text, match.end()):
            continue
        cuts.append(match.end())
    return cuts


def _is_followed_by_a_name(text: str, position: int) -> bool:
    """Tell "M. Rozema" from "in vak K. De minister": an initial stands before a name, not before a function word."""
    following = _WORD.search(text, position, position + 40)
    return following is not None and following.group().lower() not in lexicon().not_names


def _starts(text: str, position: int) -> bool:
    return bool(_NEXT_START.match(text, position) or _CLITIC_START.match(text, position))


def _frame_words(text: str, start: int, end: int, quotations: list[Quotation]) -> list[Word]:
    words: list[Word] = []
    position = start
    for stop, resume in [*((q.opening, q.after) for q in quotations), (end, end)]:
        for match in _WORD.finditer(text, position, max(position, stop)):
            words.append(Word(match.start(), match.end(), match.group(), match.group().lower()))
        position = resume
    return words


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
