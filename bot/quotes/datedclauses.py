"""The reporting clause as its dating reads it: where it ends, its tense, and which time expression is its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from bot.quotes.lexicon import lexicon
from bot.quotes.offices import find_offices
from bot.quotes.roster import Membership
from bot.quotes.timeexpressions import TimeExpression, find_time_expressions
from bot.quotes.timewords import words

Tense = Literal["past", "present", "perfect", "according", "none"]

REACH = 500
"""Code points around a cue that may date it; a text without a sentence's end must not cost its length for each cue."""

WORD = re.compile(r"[^\W\d_][\w'’-]*")
_CONTENT = " {3}"  # masked contents are long runs of blanks; nothing else is
_BOUNDARY = re.compile(r"[;:]|,?\s(?:maar|doch)\s|,\s(?:en|want|dus|al)\s")
_KINDS = ("date", "then", "shift", "after", "vague")
_PLUPERFECT = re.compile(r"\b(?:had|hadden)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reporting clause tells of its time.

    Attributes:
        clause: The words of the clause; everything else of its sentence is blanked out.
        tense: Tense of the cue, ``according`` for "volgens", ``none`` without a verb.
        best: The time expression that dates it; None where it has none.
    """

    clause: str
    tense: Tense
    best: TimeExpression | None


def read_clause(text: str, cue: int | None, published: date, memberships: Sequence[Membership]) -> Reading:
    """Read the clause around a cue.

    Args:
        text: A sentence, contents masked.
        cue: Offset of the cue into it; None without one: then the sentence itself must lead the words in.
        published: The day that relative expressions count from.
        memberships: The speaker's.

    Returns:
        The reading.
    """
    if len(text) > 2 * REACH:
        middle = len(text) if cue is None else cue
        first = max(0, middle - REACH)
        text, cue = text[first : middle + REACH], cue if cue is None else cue - first
    if cue is None:
        dating = find_dating(text, published, memberships)
        is_dated = leads_in(text) or reports_in_past(text) or _is_caption(text, dating)
        return Reading(text, "none", _best(dating, 0) if is_dated else None)
    clause = _clause_around(text, cue)
    tense = _tense(clause, cue)
    candidates = find_dating(clause, published, memberships)
    if tense not in {"past", "perfect"}:
        candidates = [item for item in candidates if _is_in_one_breath(clause, item, cue)]
    if tense == "according":
        # "Volgens haar was de dijk in 2019 al lek": the clause is the content, and so are its dates.
        candidates = [item for item in candidates if item.is_office]
    best = _best([item for item in candidates if not _is_in_apposition(clause, item, cue)], cue)
    if best is None and (lead := text[:cue].rpartition(":")[0]) and leads_in(lead):
        # "Een jaar geleden klonk het nog stellig: ‘Nooit’, beloofde Vos."
        clause, best = text, _best(find_dating(lead, published, memberships), cue)
    had = _PLUPERFECT.search(clause)
    if best is None and had and tense == "perfect":
        best = TimeExpression(had.start(), had.end(), None, published - timedelta(days=1), "vague")
    return Reading(clause, tense, best)


def leads_in(text: str) -> bool:
    """Whether a sentence gives its date to the words after it, whoever's: "Vorig jaar klonk het nog anders"."""
    return not words()["lead_in_signs"].isdisjoint(WORD.findall(text.lower()))


def reports_in_past(text: str) -> bool:
    """Whether a sentence tells that something was said, without its words: "In mei beloofde hij beterschap"."""
    verbs = lexicon().verbs
    return any(
        _is_past(word) and any(verb.form == "finite" and not verb.companions for verb in verbs.get(word, ()))
        for word in WORD.findall(text.lower())
    )


def _is_caption(text: str, dating: Sequence[TimeExpression]) -> bool:
    """Whether words beside a quotation are a name and a date alone: "Minister René Dösker vorig jaar:"."""
    in_dates = sum(len(text[item.start : item.end].split()) for item in dating)
    return len(WORD.findall(text)) - in_dates <= _CAPTION


_CAPTION = 5


def had_before(text: str, item: TimeExpression) -> bool:
    """Whether a pluperfect tells of a date: "Krol had daar in februari vragen over gesteld"."""
    return _PLUPERFECT.search(text, 0, item.start) is not None and "," not in text[item.end :]


def find_dating(text: str, published: date, memberships: Sequence[Membership] = ()) -> list[TimeExpression]:
    """Find the time expressions that may date the words of a clause, those of an office first."""
    offices = find_offices(text, published, memberships)
    others = [item for item in find_time_expressions(text, published) if _is_adverbial(text, item)]
    return [*offices, *(item for item in others if all(item.end <= o.start or o.end <= item.start for o in offices))]


def goes_on_in_past(text: str) -> bool:
    """Whether a sentence without a statement stays in the time that the text spoke of."""
    own = set(WORD.findall(text.lower()))
    if text.rstrip().endswith("?") or own & words()["returning"]:
        return False
    verbs, strong = lexicon().verbs, words()["strong_past"]
    return bool(own & words()["then"]) or any(_is_past(word) for word in own if word in verbs or word in strong)


def _best(candidates: Sequence[TimeExpression], cue: int) -> TimeExpression | None:
    """Give the nearest date, narrowed by the others that agree with it ("in mei ... als wethouder")."""
    dates = sorted((item for item in candidates if item.kind == "date"), key=lambda item: _distance(item, cue))
    if not dates:
        return min(candidates, key=lambda item: _KINDS.index(item.kind), default=None)
    best = dates[0]
    for other in dates[1:]:
        first = max((day for day in (best.first, other.first) if day is not None), default=None)
        last = min(best.last, other.last)
        if first is None or first <= last:
            best = replace(best, first=first, last=last)
    return best


def _distance(item: TimeExpression, cue: int) -> int:
    return max(item.start - cue, cue - item.end, 0)


def _clause_around(text: str, cue: int) -> str:
    """Blank out what does not belong to the clause of the cue; offsets hold."""
    left, right = 0, len(text)
    for boundary in _BOUNDARY.finditer(text):
        if boundary.end() <= cue:
            left = boundary.end()
        elif boundary.start() > cue:
            right = boundary.start()
            break
    kept = text[left:right]
    for match in _subordinate().finditer(kept):
        if match.start() <= cue - left < match.end():
            start = match.start()
            if _IN_WHICH.match(kept, start):
                # "in een toespraak uit 2024, waarin hij beloofde": the occasion's date is that of his words.
                nouns = [word.start() for word in WORD.finditer(kept, 0, start) if _is_occasion(word.group().lower())]
                start = nouns[-1] if nouns else start
            return " " * (left + start) + kept[start:]
        kept = _blank(kept, *match.span())
    content_clause = _CONTENT_CLAUSE.search(kept, cue - left)
    if content_clause:
        kept = _blank(kept, *content_clause.span())
    return " " * left + kept


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


_IN_WHICH = re.compile(r",?\s*waar(?:in|bij|mee|op)\b", re.IGNORECASE)
_WORDS_OF_OWNER = 6
"""Words between an occasion and its year: "een toespraak van minister Vos uit 2024"."""
_CONTENT_CLAUSE = re.compile(
    rf"\b(?:dat(?!\s+(?:toen|destijds|indertijd)\b)|of(?!\s+\w+\s+(?:geleden|terug)))\b[^,]*?{_CONTENT}[^,]*"
)
"""A clause with a marked fragment in it: what it says of time is reported too."""


@cache
def _subordinate() -> re.Pattern[str]:
    relative = {"die", "dat", "wie"}
    others = "|".join(words()["subordinators"] - relative)
    condition = r"als(?=\s+(?:de|het|een|er|hij|zij|ze|we|dat|die)\s)"
    clause = rf"(?:,\s*(?:{'|'.join(relative)})|(?:^|,?\s)(?:{others}|{condition}))\b[^,]*"
    purpose = r"\som\s[^,]*?\ste\s+\w+"
    return re.compile(rf"{clause}|{purpose}", re.IGNORECASE)


def _is_adverbial(text: str, item: TimeExpression) -> bool:
    """Whether an expression places the clause in time, and not a thing in it or a limit."""
    lists = words()
    before = WORD.findall(text[max(0, item.start - 40) : item.start].lower())
    last = before[-1] if before else ""
    if (
        last in lists["bounding_prepositions"]
        or before[-2:] == ["en", "met"]
        or lists["coming"].intersection(before[-2:])
    ):
        return False
    phrase = _IN_A_PHRASE.search(text, 0, item.start)
    is_phrase = phrase is not None and lists["strong_past"].isdisjoint(WORD.findall(phrase.group().lower()))
    if is_phrase and not _STILL.match(text, item.end):
        return False
    surface = text[item.start : item.end].lower()
    if last in {"van", "uit"} or surface.startswith(("van ", "uit ")):
        nouns = before[-_WORDS_OF_OWNER:] if surface.startswith("uit ") else ()
        if any(_is_occasion(noun) or noun in lexicon().speech_nouns for noun in nouns):
            return True
        noun = before[-2] if last in {"van", "uit"} and len(before) > 1 else last
        return _is_occasion(noun)
    if last in lists["determiners"]:
        is_object = last == "het" and len(before) > 1 and before[-2] in lists["before_object_het"]
        attribute = _ATTRIBUTE.match(text, item.end)
        return is_object or not attribute or attribute[1] in lists["no_noun"]
    return True


def _is_occasion(noun: str) -> bool:
    """Whether a noun means an occasion of speech."""
    return noun in words()["occasions"] or noun.endswith(_long_occasions())


@cache
def _long_occasions() -> tuple[str, ...]:
    """Give the occasions that are long enough to end a compound with ("radio-uitzending", "kerstinterview")."""
    return tuple(word for word in words()["occasions"] if len(word) > 4)


_IN_A_PHRASE = re.compile(r"\b(?:sinds|vanaf|over)(?:\s+[^\W\d_][\w'’-]*){1,4}\s+$", re.IGNORECASE)
"""A phrase that the date stands in: "sinds haar aantreden vorig jaar", "over de overstroming in 2021"."""

_STILL = re.compile(r"\s+(?:nog|al|ook)\b")

_ATTRIBUTE = re.compile(r"\s+[^\W\d_A-Z]+(?:e|en|d|t)\s+([^\W\d_A-Z]{3,})")
"""After a determiner and a date: a participle and its noun ("het in mei gesloten akkoord")."""


def _is_in_one_breath(clause: str, item: TimeExpression, cue: int) -> bool:
    """Whether a date stands so near to a verb in the present that it can only be the verb's.

    "In juni belooft hij" it does, in "de minister, in 2019 nog wethouder, zegt" and "hij verdedigt het besluit vorig
    jaar" it does not.
    """
    between = clause[min(item.end, cue) : max(item.start, cue)]
    if "," in between:
        return bool(_DATED.search(clause, 0, item.start))
    is_bare = item.start > cue and not _PREPOSITIONAL.match(clause, item.start)
    return not is_bare or words()["determiners"].isdisjoint(WORD.findall(between.lower()))


_DATED = re.compile(r"\b(?:gedateerd|gedagtekend)(?:\s+op)?\s+$")
"""Of a letter, in an apposition to it: "in de brief, gedateerd 3 maart, schrijft hij"."""

_PREPOSITIONAL = re.compile(r"\d|(?:in|op|bij|tijdens|begin|eind|medio|als|toen)\b", re.IGNORECASE)


def _is_in_apposition(clause: str, item: TimeExpression, cue: int) -> bool:
    """Whether a date before the verb stands in an apposition ("Postema, in 2019 nog voorzitter van de bond, zei")."""
    opening = clause.rfind(",", 0, item.start)
    closing = clause.find(",", item.end)
    if opening < 0 or not item.end <= closing < cue or not clause[:opening].strip():
        return False
    around = WORD.findall(clause[opening : item.start] + clause[item.end : closing])
    return len(around) > _ADVERBS_BESIDE_DATE


_ADVERBS_BESIDE_DATE = 2


def _tense(clause: str, cue: int) -> Tense:
    match = WORD.match(clause, cue)
    word = match.group().lower() if match else ""
    verbs = lexicon().verbs.get(word, ())
    if any(verb.form == "preposition" for verb in verbs):
        return "according" if word == "volgens" else "none"
    if word == "wat" or word in lexicon().phrases:
        return "according"
    if _is_past(word):
        return "past"
    if verbs and all(verb.form != "finite" for verb in verbs):
        return "perfect"
    return "present"


def _is_past(word: str) -> bool:
    if word in words()["strong_past"]:
        return True
    if any(verb.bare and _is_past(verb.bare) for verb in lexicon().verbs.get(word, ())):
        return True
    return word.endswith(("de", "te", "den", "ten")) and word not in _infinitives()


@cache
def _infinitives() -> frozenset[str]:
    """Give the infinitives, which are also the plural of the present ("melden")."""
    bare = set()
    for verbs in lexicon().verbs.values():
        for verb in verbs:
            lemma = verb.lemma.partition(" ")[0]
            bare.add(lemma.removeprefix(verb.companions[0]) if verb.is_particle_verb and verb.companions else lemma)
    return frozenset(bare)
