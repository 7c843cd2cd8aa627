"""What the words before and after an aside ("..., zegt Vos, ...") have of a reported clause."""

from __future__ import annotations

import re

from bot.quotes.clauses import has_main_clause
from bot.quotes.frames import Frame
from bot.quotes.lexicon import lexicon

QUESTION_WORDS = frozenset(
    {"of", "hoe", "waarom", "wie", "wat", "waar", "wanneer", "welke", "hoeveel", "waarover", "aan", "over"}
)
_ASKED_AFTER_PREPOSITION = frozenset({"hoeverre", "wie", "wat", "welke", "wanneer", "hoeveel", "waar", "hoelang"})
"""After a preposition these open a question: "In hoeverre dat kan, wil Vos weten"."""
_BETWEEN_CLAUSES = frozenset({"en", "maar", "omdat", "want", "al", "als", "zodat", "mits", "dus", "tenzij", "zolang"})
"""With these a clause begins: what stands before the aside is complete."""
_ELLIPTIC = frozenset({"geen", "niet", "nooit", "niemand", "niets"})
"""With these a clause may do without a verb: "Geen sprake van, zegt Vos"."""
_ABOUT_THE_SPEAKER = frozenset({"die", "dat", "wie", "waar", "wiens", "toen", "terwijl", "nadat", "waarna", "waarmee"})
"""With these the teller goes on about the speaker, or with his story."""
_MODALS = frozenset(
    {"kan", "kunnen", "kon", "konden", "moet", "moeten", "moest", "moesten", "mag", "mogen", "mocht", "mochten"}
    | {"zal", "zullen", "zou", "zouden", "wil", "willen", "wilde", "wilden"}
)
_LIGHT = frozenset({"er", "het", "dat", "dit", "hij", "zij", "ze", "we", "wij", "ik", "je", "u", "men"})
"""Words that do not complete a form of "zijn" or "hebben"."""
_REST = re.compile(r"[^,;.]{0,40},\s+")
_SHORTEST_REST = 8


def what_goes_on(frame: Frame, after: int) -> int | None:
    """Give where the sentence goes on after an aside whose own words end at an offset; None where it does not."""
    match = _REST.match(frame.text, after, frame.content_end)
    if match is None or frame.content_end - match.end() <= _SHORTEST_REST:
        return None
    return match.end()


def parts_around_aside(frame: Frame, start: int, comma: int, rest: int | None) -> list[tuple[int, int]]:
    """Give the spans of what is reported around an aside.

    Where the aside stands between two clauses, both are reported: "Dat kan, zegt Vos, maar pas in mei". Where it
    parts one clause, what follows it completes it: "Hij had er, zegt hij, nooit in geloofd".

    Args:
        frame: The sentence.
        start: Where the words before the aside begin.
        comma: Where they end.
        rest: Where the sentence goes on after it; None where it does not.

    Returns:
        No, one or two spans.
    """
    first = frame.sentence.word_at_or_after(start)
    last = frame.sentence.word_at_or_after(comma)
    if _asks(frame, first):
        return []
    is_clause = has_main_clause(frame, comma, first) or frame.words[first].lower in _ELLIPTIC
    # "Nee, denkt ze": a whole answer in a word.
    is_answer = last - first == 1 and frame.words[first].lower in ("nee", "ja")
    whole = [(start, comma)] if (last - first > 1 and is_clause) or is_answer else []
    if rest is None:
        return whole
    position = frame.sentence.word_at_or_after(rest)
    semicolon = frame.text.find(";", rest, frame.content_end)
    end = frame.content_end if semicolon < 0 else semicolon
    marked = [quotation for quotation in frame.sentence.quotations if quotation.opening >= comma]
    is_marked = any(quotation.opening <= rest < quotation.after for quotation in marked)
    if is_marked:
        following = frame.text[rest : rest + 40].strip("'\"‘“„,«» ").split(" ", 1)[0].lower()
    else:
        following = frame.words[position].lower if position < len(frame.words) else ""
    if following == "dat" and any(cue.at == last - 1 for cue in frame.cues):
        # "Mulder komt en belooft, zegt hij, dat ...": the verb before the aside has its clause after it.
        return []
    if following in _BETWEEN_CLAUSES:
        return whole if is_marked or marked or not whole else [*whole, (rest, end)]
    is_apposition = frame.mention_starting(position) is not None and not frame.has_any_verb(rest, frame.content_end)
    if following in _ABOUT_THE_SPEAKER or is_apposition or not _is_unfinished(frame, first, last, rest):
        return whole
    has_verb = frame.has_verb(frame.words[first].start, comma) or frame.has_verb(rest, frame.content_end)
    return [] if is_marked or not has_verb else [(rest, end)]


def _asks(frame: Frame, first: int) -> bool:
    opening = frame.words[first].lower
    second = frame.words[first + 1].lower if first + 1 < len(frame.words) else ""
    if opening in lexicon().prepositions and second in _ASKED_AFTER_PREPOSITION:
        return True
    return opening in QUESTION_WORDS and not (opening in ("aan", "over") and second not in ("wie", "wat", "welke"))


def _is_unfinished(frame: Frame, first: int, last: int, rest: int) -> bool:
    """Whether some words want more to be a clause: a verb, or what their verb asks for."""
    verbs = [position for position in range(first, last) if frame.is_verb(position)]
    if not verbs:
        return True
    openers = [position for position in range(first, last) if _opens_subordinate(frame, position)]
    if openers and openers[-1] > verbs[-1]:
        return True
    verb, following = frame.words[verbs[-1]].lower, frame.words[verbs[-1] + 1 : last]
    if verb not in lexicon().auxiliaries:
        return False
    if all(word.lower in _LIGHT or word.lower in lexicon().adverbs for word in following):
        # "Bij die belofte blijft hij" is a clause, "hij was daar" may want a predicate.
        return frame.words[first].lower not in lexicon().prepositions
    has_infinitive = any(frame.has_any_verb(word.start, word.end) for word in following)
    return verb in _MODALS and not has_infinitive and frame.has_any_verb(rest, frame.content_end)


def _opens_subordinate(frame: Frame, position: int) -> bool:
    word = frame.words[position]
    follows = position > 0 and not frame.between(frame.words[position - 1].end, word.start).strip()
    return word.lower in ("omdat", "als", "of") or (follows and word.lower.startswith(("waar", "die")))
