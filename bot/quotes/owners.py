"""Nouns for words that somebody speaks ("het verwijt van Vos", "haar antwoord"), and whose words they are."""

from __future__ import annotations

from bot.quotes.frames import Frame
from bot.quotes.lexicon import lexicon
from bot.quotes.mention import Mention

_MOST_ADJECTIVES = 2
_WORDS_TO_LETTER = 4
_WORDS_BEFORE_CLAUSE = 3
"""Words from an owner to the clause: a year may stand between them ("uit 2024")."""
_EQUATING = frozenset({"is", "was", "blijft", "bleef", "luidt", "luidde"})


def is_speech_noun(lower: str) -> bool:
    """Whether a noun means words that somebody speaks, also as the last part of a compound ("slotverklaring")."""
    nouns = lexicon().speech_nouns
    return lower in nouns or lower.endswith(lexicon().speech_noun_endings)


def owned_nouns(frame: Frame) -> list[tuple[int, int, Mention]]:
    """Find the nouns for words with whose they are.

    Args:
        frame: A sentence.

    Returns:
        For each noun with an owner its position among the frame words, that of the last word of the two, and the owner.
    """
    found = []
    for position, word in enumerate(frame.words):
        if is_speech_noun(word.lower) and (owner := owner_of(frame, position)) is not None:
            found.append((position, max(position, owner.last), owner))
    return found


def nouns_with_clause(frame: Frame) -> list[tuple[int, int, Mention]]:
    """Find the nouns for words that really were spoken, with what they said in a dat clause.

    Args:
        frame: A sentence.

    Returns:
        For each noun its position among the frame words, that of "dat", and whose words they are.
    """
    found = []
    for noun, last, owner in owned_nouns(frame):
        dat = _clause_after(frame, last)
        if dat is not None and _is_definite(frame, noun, owner):
            found.append((noun, dat, owner))
    return [*found, *_written_clauses(frame)]


def _written_clauses(frame: Frame) -> list[tuple[int, int, Mention]]:
    """Find what stands in somebody's letter: "In haar brief staat dat ...", "In de brief van Vos staat dat ..."."""
    found = []
    for noun, word in enumerate(frame.words[:_WORDS_TO_LETTER]):
        owner = owner_of(frame, noun) if frame.words[0].lower == "in" and word.lower in lexicon().letters else None
        verb = None if owner is None else max(noun, owner.last) + 1
        if owner is None or verb is None or verb + 1 >= len(frame.words):
            continue
        if frame.words[verb].lower in ("staat", "stond") and frame.words[verb + 1].lower == "dat":
            found.append((noun, verb + 1, owner))
    return found


def owner_of(frame: Frame, position: int) -> Mention | None:
    """Give whose words a noun means: "de reactie van Vos", "Vos' korte reactie", "haar reactie"; None if nobody's."""
    words = frame.words
    if position + 1 < len(words) and words[position + 1].lower == "van":
        mention = frame.mention_starting(position + 2)
        if mention is not None and not frame.between(words[position].end, words[position + 1].start).strip():
            return mention
    first = position - 1
    while first >= 0 and position - first <= _MOST_ADJECTIVES and _is_adjective(words[first].lower):
        first -= 1
    if first < 0 or any(mark in frame.between(words[first].end, words[position].start) for mark in ",;:()–"):
        return None
    if words[first].lower in lexicon().possessives:
        return possessive(frame, first)
    return next((one for one in frame.mentions if one.last == first and one.genitive), None)


def possessive(frame: Frame, position: int) -> Mention:
    """Make a mention of the one whose something is ("zijn" of "in zijn ogen")."""
    word = frame.words[position]
    mention = Mention(word.start, word.end, "pronoun", word.text, position, position)
    mention.gender = "male" if word.lower == "zijn" else "female" if word.lower == "haar" else None
    mention.plural = word.lower == "hun"
    return mention


def _clause_after(frame: Frame, last: int) -> int | None:
    """Find the "dat" behind a noun and its owner: right there, behind a year, or after "is"."""
    words = frame.words
    first = last + 1
    if first < len(words) and words[first].lower in _EQUATING:
        first += 1
        while first < len(words) and words[first].lower in lexicon().adverbs:
            first += 1
    for position in range(first, min(first + _WORDS_BEFORE_CLAUSE, len(words))):
        if words[position].lower == "dat":
            return position
        if frame.has_any_verb(words[position].start, words[position].end):
            return None
    return None


def _is_definite(frame: Frame, noun: int, owner: Mention) -> bool:
    """Tell words that were spoken from "een belofte van Vos dat", which may be wished for."""
    if owner.first < noun:
        return not any(cue.finite < noun and cue.tier != "prepositional" for cue in frame.cues)
    before = [word.lower for word in frame.words[max(0, noun - 2) : noun]]
    return any(word in ("de", "het", "die", "dat", "deze", "dit") for word in before)


def _is_adjective(lower: str) -> bool:
    return lower.endswith(("e", "eigen")) and lower not in lexicon().determiners
