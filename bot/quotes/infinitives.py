"""Infinitives that are reported ("belooft de brug te openen"): where the clause of one is, and where it begins."""

from __future__ import annotations

from datetime import date

from bot.quotes.cues import Cue
from bot.quotes.frames import Frame, Subject
from bot.quotes.timeexpressions import find_time_expressions

COORDINATORS = frozenset({"en", "maar", "terwijl", "want", "dus", "al"})
"""Conjunctions with which after a comma another clause begins."""
NO_INFINITIVE_AFTER = frozenset({"dat", "of", "door", "hoe", "die", "zonder", "alvorens", "teneinde", "wie", "wat"})
"""Words that open a clause of their own, whose infinitive is not the verb's."""
REACH = 30
"""Words after a cue among which its clause begins."""
_SKIPPED_AFTER_CUE = frozenset(
    {"wel", "ook", "er", "erop", "eraan", "ervan", "ervoor", "zich", "daarom", "daarbij", "daarop", "toen", "nog"}
)
_ADDRESSED = frozenset({"oproepen", "vragen", "verzoeken", "adviseren", "aanraden", "afraden", "smeken", "waarschuwen"})
_OPEN_CLAUSES = frozenset({"als", "omdat", "indien", "tenzij", "mits", "zodra", "zolang", "zodat", "hoewel", "toen"})
_LONGEST_DATE = 3
_PREPOSITION = 3
"""Code points before a date that its preposition takes ("in 2021")."""


def infinitive_marker(frame: Frame, cue: Cue) -> int | None:
    """Find the infinitive that a cue governs.

    Args:
        frame: The sentence.
        cue: One of its cues.

    Returns:
        The position of its "te" among the frame words; None without one.
    """
    last = cue.words[-1]
    is_after = False
    for position in range(last + 1, min(len(frame.words) - 1, last + REACH)):
        word = frame.words[position]
        gap = frame.between(frame.words[position - 1].end, word.start)
        opens = word.lower in NO_INFINITIVE_AFTER and not _is_anyhow(frame, position)
        if opens or any(mark in gap for mark in ":;"):
            return None
        is_after = is_after or word.lower == "na"
        if "," in gap and frame.is_verb(position):
            # "De cijfers die hij aanvoerde, bleken niet te kloppen": another verb's clause has begun.
            return None
        if word.lower == "om" and cue.tier != "commitment" and cue.verb.lemma not in _ADDRESSED:
            return None
        if (word.lower in COORDINATORS or word.lower in _OPEN_CLAUSES) and "," in gap:
            return None
        is_infinitive = frame.words[position + 1].lower.endswith(("n", "gaan", "doen", "zien"))
        if word.lower == "te" and is_infinitive and frame.words[position + 1].text.islower():
            # "na overleg te hebben gevoerd" tells when; "na de zomer te komen" is promised.
            return None if is_after and frame.words[position + 1].lower in ("hebben", "zijn") else position
    return None


def start_of_infinitive(frame: Frame, cue: Cue, subject: Subject, te: int) -> int:
    """Find where the clause of an infinitive begins: past the cue, its subject, adverbs and whom it addresses.

    Args:
        frame: The sentence.
        cue: The cue that governs it.
        subject: The cue's subject.
        te: The position of its "te" among the frame words.

    Returns:
        The offset of its first code point.
    """
    position = max(cue.words[-1], cue.finite) + 1
    for mention in subject.mentions:
        if position <= mention.last < te:
            position = mention.last + 1
    position = _past_dated(frame, position, te)
    while position < te and frame.words[position].lower in _SKIPPED_AFTER_CUE:
        position += 1
    position += 3 * _is_anyhow(frame, position)
    if cue.verb.lemma in _ADDRESSED:
        addressee = frame.mention_starting(position)
        if addressee is not None and addressee.last + 1 < te:
            position = addressee.last + 1
    return frame.words[min(position, te)].start


def _is_anyhow(frame: Frame, position: int) -> bool:
    return [word.lower for word in frame.words[position : position + 3]] == ["hoe", "dan", "ook"]


def _past_dated(frame: Frame, position: int, te: int) -> int:
    """Skip a date that "nog" or "al" makes the verb's own: "beloofde in mei nog de brug te openen"."""
    for later in range(position + 1, min(position + _LONGEST_DATE + 1, te)):
        if frame.words[later].lower in ("nog", "al"):
            phrase = frame.between(frame.words[position].start, frame.words[later - 1].end)
            dates = find_time_expressions(phrase, date.max)  # only whether it is one counts
            return later + 1 if any(one.start <= _PREPOSITION and one.end == len(phrase) for one in dates) else position
    return position
