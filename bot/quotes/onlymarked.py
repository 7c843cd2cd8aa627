"""Rules for marked words that only look like a statement: titles, names, words as words, headings."""

from __future__ import annotations

from collections.abc import Sequence

from bot.quotes.frames import Frame
from bot.quotes.lexicon import lexicon
from bot.quotes.marks import Quotation
from bot.quotes.verdicts import NOT_SAID, Context, Verdict

_PLACES = frozenset({"in", "op", "bij", "tijdens", "uit", "naar", "rond"})
"""Prepositions before the name of a programme, a paper or a house."""
_LONGEST_WORD_AS_WORD = 20
_LONGEST_NAMING = 8
_LONGEST_HEADING = 14
"""Words that a heading in marks may have; a longer paragraph without a stop has lost it."""


def title_or_name(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """Titles, names and mottos are no statements: "Het boek ‘Water en wind’ verschijnt morgen, zei Ploeg."."""
    lexicon_ = lexicon()
    if _is_called(frame, quotation):
        return NOT_SAID
    before = frame.word_before(quotation.opening)
    if before is None or frame.between(before.end, quotation.opening).strip() not in ("", ":", ","):
        return None
    directly = not frame.between(before.end, quotation.opening).strip(" :")
    if before.lower in lexicon_.naming_participles:
        return NOT_SAID
    noun = before.lower.rsplit("-", 1)[-1]
    begins_high = frame.text[quotation.start : quotation.start + 2].lstrip("'’")[:1].isupper()
    unfinished = frame.text[quotation.end - 1] not in ".,?!…"
    if (
        begins_high
        and unfinished
        and before.lower in _PLACES
        and not frame.between(before.end, quotation.opening).strip()
    ):
        return NOT_SAID
    with_colon = ":" in frame.between(before.end, quotation.opening)
    if with_colon and _is_written_on_a_thing(frame):
        return NOT_SAID
    if with_colon and any(cue.tier == "naming" and frame.words[cue.words[-1]] is before for cue in frame.spoken_cues):
        # "Vos gebruikte een ander woord: ‘Fors.’"
        return None
    nouns = lexicon_.inscription_nouns if with_colon else lexicon_.naming_nouns
    if not directly or not (noun in nouns or noun.endswith("programma")):
        return None
    names = any(cue.tier in ("naming", "stance") for cue in frame.cues)
    # "dat het rapport ‘rammelt’": the marked words say something of the noun.
    # In "het woord ‘kan’" they are the noun.
    says = noun not in lexicon_.inscription_nouns and frame.syntax is not None
    names = names or (says and frame.syntax is not None and frame.syntax.has_finite(quotation.start, quotation.end))
    return NOT_SAID if begins_high or not names else None


def names_a_thing(frame: Frame, quotation: Quotation) -> bool:
    """Whether marked words are the name of what stands before them: "Het schip ‘De Hoop van Holwerd’ vaart weer."."""
    before = frame.word_before(quotation.opening)
    if before is None or frame.syntax is None or frame.between(before.end, quotation.opening).strip():
        return False
    begins_high = frame.text[quotation.start : quotation.start + 1].isupper()
    is_clause = frame.syntax.has_finite(quotation.start, quotation.end) or frame.text[quotation.end - 1] in ".,?!…"
    return begins_high and not is_clause and frame.syntax.is_noun(before.start)


def word_as_word(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """A word is talked about, not used: "Bij Vos betekent ‘straks’ meestal ‘nooit’, zei Mulder."."""
    if quotation.end - quotation.start > _LONGEST_WORD_AS_WORD:
        return None
    if frame.text[quotation.start : quotation.end].lower() in lexicon().determiners:
        # "‘zijn’ ministerie": a small word is marked for its tone.
        return NOT_SAID
    position = frame.sentence.word_at_or_after(quotation.opening)
    near = frame.words[max(0, position - 4) : position + 6]
    means = any(word.lower in ("betekent", "betekende", "betekenen", "betekenden") for word in near)
    return NOT_SAID if means else None


def heading(frame: Frame, quotation: Quotation, context: Context) -> Verdict:
    """A heading in marks shows what the text will tell ("‘Geen cent meer’"): nobody says it there."""
    return NOT_SAID if not _words_with_letters(frame) and is_heading(frame, quotation, context.frames) else None


def is_heading(frame: Frame, quotation: Quotation, frames: Sequence[Frame]) -> bool:
    """Whether a quotation ends a paragraph of one line without the stop that ends a sentence."""
    if frame.text[quotation.end - 1] in ".,?!…" or frame.between(quotation.after, frame.sentence.end).strip():
        return False
    if len(frame.text[quotation.start : quotation.end].split()) > _LONGEST_HEADING:
        return False
    if next_in_paragraph(frame, frames) is not None:
        return False
    # A number may stand before a heading.
    before = frames[frame.index - 1] if frame.index else None
    begins = before is None or before.sentence.paragraph != frame.sentence.paragraph
    return begins or (before is not None and not _words_with_letters(before) and not before.sentence.quotations)


def _is_called(frame: Frame, quotation: Quotation) -> bool:
    """See "‘De laatste stoel’ heet het boek", "‘Olifantje’ was nog de vriendelijkste bijnaam"."""
    position = frame.sentence.word_at_or_after(quotation.after)
    following = [word.lower for word in frame.words[position : position + _LONGEST_NAMING]]
    if frame.between(frame.sentence.start, quotation.opening).strip() or not following:
        return False
    if following[0] in ("heet", "heette", "heetten"):
        return any(word in lexicon().naming_nouns for word in following[1:4])
    names = following[-1:] if len(frame.words) == len(following) else []
    is_word = any(word in lexicon().inscription_nouns or word == "bijnaam" for word in names)
    return is_word and following[0] in ("is", "was", "zijn", "waren")


def _is_written_on_a_thing(frame: Frame) -> bool:
    """See "Op de achterflap staat het ook: ‘...’": words on a thing that nobody speaks through."""
    words = [word.lower for word in frame.words]
    is_there = words[0] == "op" and any(word in ("staat", "stond", "prijkt", "prijkte") for word in words)
    return is_there and any(word in lexicon().written_on for word in words[1:4])


def _words_with_letters(frame: Frame) -> list[str]:
    return [word.lower for word in frame.words if not word.text.isdigit()]


def next_in_paragraph(frame: Frame, frames: Sequence[Frame]) -> Frame | None:
    """Give the sentence after one in the same paragraph."""
    if frame.index + 1 >= len(frames):
        return None
    following = frames[frame.index + 1]
    return following if following.sentence.paragraph == frame.sentence.paragraph else None
