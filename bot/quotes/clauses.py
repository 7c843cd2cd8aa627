"""Where a reported clause begins and ends in its sentence, and where its teller goes on."""

from __future__ import annotations

from bot.quotes.cues import Cue
from bot.quotes.frames import Frame
from bot.quotes.lexicon import lexicon
from bot.quotes.quoted import starts_own_clause
from bot.quotes.subjects import subject_of

_SUBORDINATORS = frozenset(
    {"toen", "als", "omdat", "nadat", "hoewel", "terwijl", "zodra", "voordat", "doordat", "indien", "sinds", "zoals"}
    | {"gevraagd"}
)
_LONGEST_COMPLEMENT = 8
_REACH = 6
_MOST_TO_END = 1200
"""Code points that a reported clause may be long; it bounds the work in text without sentence ends."""


def end_of_clause(frame: Frame, start: int, cue: Cue, at_least: int = 0) -> int:
    """Find where a reported clause ends: at the end of the sentence, or where its teller goes on."""
    limit = min(frame.content_end, start + _MOST_TO_END)
    first = frame.sentence.word_at_or_after(max(start + 1, at_least))
    last = frame.sentence.word_at_or_after(limit)
    for position in range(first, last):
        word = frame.words[position]
        gap = frame.between(frame.words[position - 1].end, word.start) if position else ""
        if (
            _coordinates_cue(frame, position, cue)
            or _coordinates_deed(frame, position)
            or _leaves_infinitive(frame, at_least, position)
            or _main_clause_begins(frame, start, position)
        ):
            return frame.words[position - 1].end
        if "," not in gap and ";" not in gap:
            continue
        if _teller_goes_on(frame, position, cue):
            return frame.words[position - 1].end
    return limit


def end_within_subject(frame: Frame, dat: int) -> int | None:
    """Give where a clause ends in "Het verwijt dat hij draait, raakt Vos": where the main verb follows a comma."""
    for position in range(dat + 2, len(frame.words)):
        gap = frame.between(frame.words[position - 1].end, frame.words[position].start)
        if "," in gap and frame.is_verb(position):
            return frame.words[position - 1].end
    return None


def comma_before(frame: Frame, cue: Cue) -> int | None:
    """Give the offset of the comma right before a cue's clause ("..., zegt Vos"), or None."""
    first = min(cue.finite, cue.words[0])
    if first == 0:
        return None
    if first >= 2 and frame.words[first - 1].lower == "zo":
        # "..., zo zegt Vos", not "dat blijft niet zo, zegt Vos".
        first -= not frame.between(frame.words[first - 1].end, frame.words[first].start).strip()
    start = frame.words[first - 1].end
    gap = frame.between(start, frame.words[first].start)
    return start + gap.index(",") if gap.strip() == "," else None


def has_main_clause(frame: Frame, end: int, first: int = 0) -> bool:
    """Whether a finite verb before an offset is a main clause's: no subordinator before it, or a comma after that."""
    subordinate = False
    for position in range(first, frame.sentence.word_at_or_after(end)):
        word = frame.words[position]
        gap = frame.between(frame.words[position - 1].end, word.start) if position else ""
        if frame.is_verb(position) and (not subordinate or "," in gap):
            return True
        opens = word.lower in _SUBORDINATORS or word.lower in ("of", "wie") or word.lower.startswith("waar")
        # "Het beeld dat hij liegt, ...": a noun that opens the sentence has a clause of its own.
        opens = opens or (position in (2, 3) and word.lower == "dat" and frame.words[0].lower in ("het", "de", "een"))
        # "Nee, dat gaat niet": after a word that answers "dat" is a pronoun.
        answers = position == 1 and frame.words[0].lower in ("nee", "ja")
        is_relative = position > 0 and word.lower in ("dat", "die") and "," in gap and not answers
        subordinate = subordinate or opens or is_relative
    return False


def opens_clause(frame: Frame, cue: Cue) -> bool:
    """Whether a preposition such as "volgens" opens its clause."""
    if cue.at == 0:
        return True
    before = frame.words[: cue.at]
    lead = frame.between(frame.sentence.start, frame.words[cue.at].start).rstrip()
    return (len(before) == 1 and before[0].lower in ("maar", "en", "want", "ook", "alleen")) or lead.endswith(
        (";", "–", ", maar", ", en")
    )


def after_relative(frame: Frame, offset: int) -> int:
    """Skip a relative clause or apposition after the one who speaks ("Volgens Vos, die later kwam, ...")."""
    position = frame.sentence.word_at_or_after(offset)
    if position >= len(frame.words):
        return offset
    gap = frame.between(offset, frame.words[position].start)
    if gap.strip() == "," or frame.words[position].lower == "die":
        closing = frame.text.find(",", frame.words[position].end, min(frame.content_end, offset + 200))
        if closing >= 0:
            after = frame.sentence.word_at_or_after(closing)
            return frame.words[after].start if after < len(frame.words) else closing
    # The finite verb comes next: what stands before it still belongs to the speaker ("een woordvoerder van de bond").
    for later in range(position, min(position + _LONGEST_COMPLEMENT, len(frame.words))):
        if later > position and "," in frame.between(frame.words[later - 1].end, frame.words[later].start):
            break
        if frame.is_verb(later):
            return frame.words[later].start
    return frame.words[position].start


def start_of_main_clause(frame: Frame, cue: Cue) -> int:
    """Give where the clause with "volgens" in it starts, past a subordinate clause before it."""
    at = frame.words[cue.at].start
    semicolon = frame.text.rfind(";", frame.sentence.start, at)
    if semicolon >= 0:
        return frame.words[frame.sentence.word_at_or_after(semicolon)].start
    start = frame.sentence.start
    first, second = frame.words[0].lower, frame.words[1].lower if len(frame.words) > 1 else ""
    if "zoals" in (first, second) or first in _SUBORDINATORS:
        comma = frame.text.rfind(",", start, at)
        if comma > 0:
            position = frame.sentence.word_at_or_after(comma)
            return frame.words[position].start
    return start


def _coordinates_cue(frame: Frame, position: int, cue: Cue) -> bool:
    """Whether "en" or "maar" is followed by the verb of another cue ("belooft te komen en hoopt dat ...")."""
    if frame.words[position].lower not in ("en", "maar", "terwijl"):
        return False
    for other in frame.cues:
        adverbs = frame.words[position + 1 : other.finite]
        near = position < other.finite <= position + 3 and all(word.lower in lexicon().adverbs for word in adverbs)
        if near and other.finite == other.at and other.verb.form == "finite" and other is not cue:
            return True
    return False


def _coordinates_deed(frame: Frame, position: int) -> bool:
    """Whether "en" joins a deed of the teller to what he says ("zei dat het dicht moet en vertrok naar huis")."""
    if frame.words[position].lower not in ("en", "maar") or position == 0 or position + 3 >= len(frame.words):
        return False
    closes = frame.has_any_verb(frame.words[position - 1].start, frame.words[position - 1].end)
    follower = frame.words[position + 1]
    finite = frame.syntax.is_finite(follower.start) if frame.syntax else None
    # "... en betuigde hij spijt": with its subject behind it a verb begins a main clause.
    inverts = frame.words[position + 2].lower in ("hij", "ze", "zij")
    return (closes or inverts) and bool(finite) and follower.text.islower()


def _main_clause_begins(frame: Frame, start: int, position: int) -> bool:
    """Whether a clause opened the sentence and the main verb now comes ("Terwijl hij zei dat het kan ging Vos weg")."""
    return (
        frame.words[0].lower in _SUBORDINATORS
        and frame.is_verb(position)
        and frame.mention_starting(position + 1) is not None
        and frame.has_verb(start, frame.words[position].start)
    )


def _leaves_infinitive(frame: Frame, at_least: int, position: int) -> bool:
    """Whether "en" joins a finite verb to an infinitive, which is the teller's ("belooft te komen en blijft aan")."""
    if not at_least or frame.words[position].lower not in ("en", "maar") or position + 1 >= len(frame.words):
        return False
    inside = frame.words[frame.sentence.word_at_or_after(at_least) : position]
    opened = any(word.lower in ("dat", "die", "of", "als", "omdat") for word in inside)
    return not opened and frame.words[position + 1].text.islower() and frame.is_verb(position + 1)


def _teller_goes_on(frame: Frame, position: int, cue: Cue) -> bool:
    """Whether after a comma the teller's own clause continues (", maar wil ...", ", aldus Vos", ", Vos vindt dat")."""
    word = frame.words[position]
    following = frame.words[position + 1] if position + 1 < len(frame.words) else None
    if word.lower == "aldus":
        return True
    if word.lower == "zoals":
        # "..., zoals diplomaten eerder zeiden": the teller compares.
        return any(position < other.finite <= position + _REACH and other is not cue for other in frame.cues)
    if frame.words[0].lower in _SUBORDINATORS and frame.is_verb(position):
        # "Hoewel Vos zegt te wachten, blijkt ...": the main clause begins with its verb.
        return True
    if word.lower in ("maar", "en") and following is not None:
        return _is_main_verb(frame, position + 1)
    if _is_in_relative_clause(frame, cue) and frame.is_verb(position):
        return True
    for other in frame.cues:
        if other is cue or other.at <= cue.at or other.refused:
            continue
        if other.finite == position and other.verb.form == "finite":
            subject = subject_of(frame, other)
            return bool(subject.mentions) and subject.mentions[0].start > word.start
        if other.finite > position and frame.words[other.finite].start - word.start < 120:
            subject = subject_of(frame, other)
            begins = (
                subject.mentions and subject.mentions[0].first <= position + 1 and subject.mentions[0].first >= position
            )
            if begins and starts_own_clause(frame, other, subject) and other.finite == subject.mentions[-1].last + 1:
                return True
    return False


def _is_in_relative_clause(frame: Frame, cue: Cue) -> bool:
    """Whether a cue stands in a clause such as ", die zegt dat ...,", after which the main clause goes on."""
    for index in range(cue.finite - 1, max(0, cue.finite - _LONGEST_COMPLEMENT), -1):
        if "," in frame.between(frame.words[index - 1].end, frame.words[index].start):
            return frame.words[index].lower == "die"
    return False


def _is_main_verb(frame: Frame, position: int) -> bool:
    word = frame.words[position]
    if not frame.is_verb(position):
        return False
    # In "dat hij komt en blijft" the verb closes its clause; a main verb has something after it.
    following = frame.between(word.end, frame.content_end)
    return len(following.split(",")[0].split()) >= 2
