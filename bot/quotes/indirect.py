"""Rules for reported speech without quotation marks; specific ones first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.quotes.asides import QUESTION_WORDS, parts_around_aside, what_goes_on
from bot.quotes.clauses import (
    after_relative,
    comma_before,
    end_of_clause,
    end_within_subject,
    opens_clause,
    start_of_main_clause,
)
from bot.quotes.cues import Cue
from bot.quotes.found import Found
from bot.quotes.frames import UNSAID, Frame, Subject
from bot.quotes.infinitives import COORDINATORS, NO_INFINITIVE_AFTER, REACH, infinitive_marker, start_of_infinitive
from bot.quotes.lexicon import Verb, lexicon
from bot.quotes.onlymarked import names_a_thing
from bot.quotes.owners import is_speech_noun, nouns_with_clause
from bot.quotes.quoted import backward_cue, is_pronoun_dat
from bot.quotes.subjects import main_subject, subject_of

_WORDS_TO_VERB = 6
"""Words of a main clause among which its finite verb stands."""
_SHORTEST_CLAUSE = 4
_LONGEST_JUDGEMENT = 5
_DASH = re.compile(r"\s[–—-]\s")
_RELATIVE = re.compile(r"[,(] (?:die|dat|waar\w*|wie) [^,]*,$")


@dataclass(slots=True)
class Reported:
    """What a rule may use: the sentence, its neighbours and what has been taken already."""

    frame: Frame
    frames: Sequence[Frame]
    quoted: Sequence[Found]
    found: list[Found] = field(default_factory=list)
    blocked: list[tuple[int, int]] = field(default_factory=list)

    def is_blocked(self, offset: int) -> bool:
        """Whether an offset lies in a clause that is reported, asked or refused already."""
        return any(start <= offset < end for start, end in self.blocked)


Rule = Callable[[Reported, Cue], list[Found]]


def find_indirect(frame: Frame, frames: Sequence[Frame], quoted: Sequence[Found]) -> list[Found]:
    """Find the reported clauses that a sentence tells of.

    Args:
        frame: The sentence.
        frames: All sentences of the text.
        quoted: The statements between marks that were found in this sentence and the one before it.

    Returns:
        The reported clauses. One that holds a marked fragment of its speaker is left out, but for a part before a
        comma that is complete by itself.
    """
    state = Reported(frame, frames, quoted)
    used = {found.cue for found in quoted if found.frame is frame and found.cue and _is_spent(found)}
    _take(state, known_by_hearsay(state))
    _take(state, owned_clauses(state))
    for cue in frame.cues:
        if state.is_blocked(frame.words[cue.at].start) or any(found.cue is cue for found in state.found):
            continue
        if cue.refused:
            _block(state, cue)
            continue
        if cue.tier == "naming" or cue in used:
            continue
        for rule in RULES:
            found = rule(state, cue)
            if found:
                _take(state, found)
                break
        else:
            if _asks(frame, cue):
                _block(state, cue)
    once = _each_once(state.found)
    return [kept for found in once if (kept := _without_fragments(found, quoted)) is not None]


def _take(state: Reported, found: Sequence[Found]) -> None:
    state.found.extend(found)
    state.blocked.extend((one.start, one.end) for one in found if one.frame is state.frame)


def known_by_hearsay(state: Reported) -> list[Found]:
    """Whatever a sentence tells is its unnamed source's: "Vos beloofde beterschap, zo vertellen ingewijden."."""
    for cue in reversed(state.frame.cues):
        if comma_before(state.frame, cue) is None:
            continue
        titles = [title for mention in subject_of(state.frame, cue).mentions for title in mention.titles]
        if any(title in lexicon().unnamed_sources for title in titles):
            return clause_with_aside(state, cue)
    return []


def owned_clauses(state: Reported) -> list[Found]:
    """A noun for words has a dat clause: "Het verwijt van Vos dat ...", "Zijn standpunt is dat ..."."""
    frame = state.frame
    found: list[Found] = []
    nouns = [one for one in nouns_with_clause(frame) if not is_pronoun_dat(frame, one[1])]
    if nouns and any(comma_before(frame, cue) is not None and clause_with_aside(state, cue) for cue in frame.cues):
        return found
    for noun, dat, owner in nouns:
        word = frame.words[noun]
        verb = Verb(word.lower, "always", "noun", (), is_particle_verb=False)
        cue = Cue(verb, noun, noun, (noun,), word.text, refused=False)
        start = frame.words[dat].start
        end = end_within_subject(frame, dat) or end_of_clause(frame, start, cue)
        if frame.has_any_verb(frame.words[dat].end, end):
            found.append(_found(frame, start, end, cue, Subject((owner,)), "owned_clause"))
    return found


def said_before(state: Reported, cue: Cue) -> list[Found]:
    """The sentence before is what was said: "De brug gaat dicht. Dat meldt wethouder Vos."."""
    frame = state.frame
    if backward_cue(frame) is not cue or frame.index == 0:
        return []
    previous = state.frames[frame.index - 1]
    is_marked = any(one.frame in (previous, frame) and one.start < frame.sentence.start for one in state.quoted)
    is_named = all(names_a_thing(previous, quotation) for quotation in previous.sentence.quotations)
    if previous.sentence.paragraph != frame.sentence.paragraph or is_marked or not is_named:
        return []
    subject = subject_of(frame, cue)
    if subject.is_generic or not subject.mentions:
        return []
    if cue.tier == "stance" and subject.mentions[0].kind == "pronoun":
        return []
    return [_found(frame, previous.sentence.start, previous.content_end, cue, subject, "said_before")]


def fronted_clause(state: Reported, cue: Cue) -> list[Found]:
    """The dat clause comes first: "Dat de brug dichtgaat, ontkent Vos."."""
    frame = state.frame
    if frame.words[0].lower != "dat" or cue.finite == 0:
        return []
    comma = comma_before(frame, cue)
    if comma is None or frame.is_verb(min(1, len(frame.words) - 1)):
        return []
    if frame.sentence.word_at_or_after(comma) < _SHORTEST_CLAUSE - 1:
        return []
    subject = subject_of(frame, cue)
    if not subject.mentions:
        return []
    if _judges_fact(frame, cue, subject):
        return []
    return [_found(frame, frame.sentence.start, comma, cue, subject, "fronted_clause")]


def _judges_fact(frame: Frame, cue: Cue, subject: Subject) -> bool:
    """Whether a clause that opens the sentence is a fact that is judged ("Dat hij belde, vond Vos aardig")."""
    judged = frame.between(subject.mentions[-1].end, frame.content_end).strip()
    return cue.verb.lemma == "vinden" and frame.words[0].lower == "dat" and bool(judged)


def according_to_first(state: Reported, cue: Cue) -> list[Found]:
    """The speaker opens the sentence: "Volgens Vos is het geld op."."""
    frame = state.frame
    is_concern = cue.verb.lemma == "wat betreft"
    if not (_leads_in(cue) or is_concern) or not opens_clause(frame, cue):
        return []
    subject = subject_of(frame, cue)
    if not subject.mentions:
        return []
    end_of_phrase = max(subject.mentions[-1].end, frame.words[cue.words[-1]].end if is_concern else 0)
    start = after_relative(frame, end_of_phrase)
    end = end_of_clause(frame, start, cue)
    if not frame.has_verb(start, end):
        return []
    return [_found(frame, start, end, cue, subject, "according_to_first")]


def according_to_amid(state: Reported, cue: Cue) -> list[Found]:
    """The speaker stands amid the sentence: "Er is volgens Vos geen geld.", "Het mag wat hem betreft weg."."""
    frame = state.frame
    if not _takes_whole_sentence(cue):
        return []
    subject = subject_of(frame, cue)
    if not subject.mentions:
        return []
    start = start_of_main_clause(frame, cue)
    last = max(frame.words[cue.words[-1]].end, subject.mentions[-1].end if _leads_in(cue) else 0)
    at = frame.words[cue.at].start
    if frame.between(last, frame.content_end).strip():
        end = frame.content_end
    else:
        end = at - (len(frame.between(start, at)) - len(frame.between(start, at).rstrip(" ,")))
    return [_found(frame, start, end, cue, subject, "according_to_amid")] if end > start else []


def dat_clause(state: Reported, cue: Cue) -> list[Found]:
    """A dat clause follows the cue: "Vos benadrukt dat de brug openblijft."."""
    frame = state.frame
    dat = _complementizer(state, cue) if cue.tier != "prepositional" else None
    if dat is None:
        return []
    subject = _subject_or_elided(state, cue)
    if subject is None:
        return []
    if frame.words[0].lower in ("dat", "dit") and cue.finite == 1 and not _follows_comma(frame, dat):
        # "Dat zei hij na het overleg dat daar plaatsvond": what was said stands before.
        return []
    start = _start_with_judgement(frame, cue, subject, dat)
    end = end_of_clause(frame, frame.words[dat].start, cue)
    if not frame.has_any_verb(frame.words[dat].end, end) and not _has_subject_after(frame, dat, end):
        # "vindt dat flauw", "zei dat al drie keer": a pronoun, no clause.
        return []
    return [_found(frame, start, end, cue, subject, "dat_clause")]


def _follows_comma(frame: Frame, position: int) -> bool:
    return "," in frame.between(frame.words[position - 1].end, frame.words[position].start)


def _start_with_judgement(frame: Frame, cue: Cue, subject: Subject, dat: int) -> int:
    """Give where a dat clause begins, with what its speaker thinks of it ("het jammer dat", "blij te zijn dat")."""
    last = max(cue.words[-1], cue.finite, *(mention.last for mention in subject.mentions if mention.last < dat), 0)
    between = [word.lower for word in frame.words[last + 1 : dat]]
    if cue.verb.lemma == "vinden" and between[:1] == ["het"] and 1 < len(between) <= _LONGEST_JUDGEMENT:
        return frame.words[last + 1].start
    te = infinitive_marker(frame, cue) if cue.tier in ("always", "stance", "commitment") else None
    if te is not None and te == dat - 2 and cue.verb.form != "infinitive":
        return start_of_infinitive(frame, cue, subject, te)
    return frame.words[dat].start


def _has_subject_after(frame: Frame, dat: int, end: int) -> bool:
    """Whether a conjunction is followed by a subject and more ("dat Vos bluft"), be the verb tagged as one or not."""
    if frame.syntax is None or not frame.syntax.is_conjunction(frame.words[dat].start):
        return False
    last = frame.sentence.word_at_or_after(end) - 1
    following = frame.words[dat + 1] if dat + 1 < len(frame.words) else None
    if following is None or last < dat + 2 or frame.words[last].lower in lexicon().adverbs:
        return False
    return following.lower in ("het", "hij", "ze", "zij", "ik", "we") or frame.mention_starting(dat + 1) is not None


def infinitive_clause(state: Reported, cue: Cue) -> list[Found]:
    """An infinitive follows the cue: "Vos belooft de brug te openen."."""
    frame = state.frame
    if cue.tier not in ("always", "stance", "commitment") or cue.verb.form == "infinitive":
        return []
    te = infinitive_marker(frame, cue)
    if te is None:
        return []
    subject = _subject_or_elided(state, cue)
    if subject is None:
        return []
    start = start_of_infinitive(frame, cue, subject, te)
    marked = [q.opening for q in frame.sentence.quotations if frame.words[cue.at].start < q.opening]
    start = min([start, *marked])
    end = end_of_clause(frame, start, cue, at_least=frame.words[min(te + 1, len(frame.words) - 1)].end)
    return [_found(frame, start, end, cue, subject, "infinitive_clause")]


def clause_with_aside(state: Reported, cue: Cue) -> list[Found]:
    """The cue is an aside: "Dat kan, zegt Vos, maar pas in mei.", "De brug is oud, aldus de wethouder."."""
    frame = state.frame
    # "De brug is veilig, had Vos beloofd", "De brug is oud, moest Vos toegeven": the auxiliary opens the aside.
    is_aside = cue.verb.form in ("finite", "preposition") or cue.finite < cue.at
    if not is_aside or _takes_whole_sentence(cue):
        return []
    comma = comma_before(frame, cue)
    if comma is None or any(q.opening < comma for q in frame.sentence.quotations):
        return []
    subject = subject_of(frame, cue)
    if not subject.mentions or subject.mentions[0].start < frame.words[cue.finite].start:
        return []
    if _judges_fact(frame, cue, subject):
        return []
    start = max(frame.sentence.start, frame.text.rfind(";", frame.sentence.start, comma) + 1)
    opening = frame.words[frame.sentence.word_at_or_after(start)]
    after = max(subject.mentions[-1].end, frame.words[cue.words[-1]].end)
    rest = what_goes_on(frame, after)
    spans = parts_around_aside(frame, opening.start, comma, rest)
    return [_found(frame, first, last, cue, subject, "clause_with_aside") for first, last in spans]


def unmarked_after_colon(state: Reported, cue: Cue) -> list[Found]:
    """A clause without marks follows a colon: "Vos reageerde per brief: de brug blijft open."."""
    frame = state.frame
    last = frame.words[max(cue.words[-1], cue.finite)]
    colon = frame.text.find(":", last.end, frame.content_end)
    first = frame.sentence.word_at_or_after(colon)
    is_told = cue.tier in ("always", "marked", "commitment") and cue.verb.form == "finite"
    if not is_told or frame.sentence.quotations or colon < 0:
        return []
    following = frame.words[first : first + _WORDS_TO_VERB]
    lead = [word.lower for word in frame.words[frame.sentence.word_at_or_after(last.end) : first]]
    if (
        len(following) < _SHORTEST_CLAUSE - 1
        or NO_INFINITIVE_AFTER.intersection(lead)
        or "te" in lead
        or _is_question(frame)
    ):
        return []
    if following[0].lower in QUESTION_WORDS or not frame.has_verb(following[0].start, following[-1].end):
        return []
    subject = subject_of(frame, cue)
    if not subject.mentions or subject.mentions[-1].end > colon:
        return []
    return [_found(frame, following[0].start, frame.content_end, cue, subject, "unmarked_after_colon")]


RULES: tuple[Rule, ...] = (
    said_before,
    fronted_clause,
    dat_clause,
    infinitive_clause,
    according_to_first,
    according_to_amid,
    clause_with_aside,
    unmarked_after_colon,
)


def _takes_whole_sentence(cue: Cue) -> bool:
    """Whether a cue is a phrase in what is said ("volgens Vos", "in zijn ogen"), not one behind it ("aldus Vos")."""
    return cue.tier == "prepositional" and cue.verb.lemma not in ("aldus", "zo")


def _leads_in(cue: Cue) -> bool:
    """Whether the speaker follows in a phrase that may open the sentence ("volgens Vos", "in de ogen van Vos")."""
    return _takes_whole_sentence(cue) and cue.verb.lemma not in ("wat betreft", "naar eigen zeggen")


def _found(frame: Frame, start: int, end: int, cue: Cue, subject: Subject, rule: str) -> Found:
    return Found(start, end, "indirect", frame, cue, subject, rule)


def _subject_or_elided(state: Reported, cue: Cue) -> Subject | None:
    """Give the subject of a cue; one left out after "en" or "maar" is that of the cue or sentence before."""
    frame = state.frame
    subject = subject_of(frame, cue)
    if subject.is_generic:
        return None
    before = frame.words[cue.finite - 1].lower if cue.finite else ""
    if before in COORDINATORS or (cue.verb.form == "infinitive" and not subject.mentions):
        earlier = [found for found in state.found if found.subject.mentions]
        if earlier:
            return earlier[-1].subject
        mention = main_subject(frame)
        return Subject((mention,)) if mention else UNSAID
    return subject if subject.mentions else None


def _complementizer(state: Reported, cue: Cue) -> int | None:
    """Find the "dat" that opens what is reported; a title in marks may stand before it, but no words of the speaker."""
    frame = state.frame
    last = max(cue.words[-1], cue.at)
    for position in range(last + 1, min(len(frame.words), last + REACH)):
        word = frame.words[position]
        gap = frame.between(frame.words[position - 1].end, word.start)
        if any(mark in gap for mark in ":;") or any(
            frame.words[position - 1].end < one.start < word.start for one in state.quoted if one.frame is frame
        ):
            return None
        if word.lower == "dat" and (state.is_blocked(word.start) or _has_nearer_cue(frame, last, position)):
            return None
        if word.lower == "dat":
            return position if _opens_content(frame, last, position) else None
        if "," in gap and frame.is_verb(position):
            # "Hoewel Vos zegt te wachten, blijkt uit de stukken dat ...": another verb's clause has begun.
            return None
        if word.lower in ("of", "hoe", "waarom", "omdat") or (word.lower in COORDINATORS and "," in gap):
            return None
    return None


def _has_nearer_cue(frame: Frame, last: int, dat: int) -> bool:
    """Whether another verb before a "dat" reports it ("Vos vroeg om geld, waarop Mulder opmerkte dat ...")."""
    nearer = [cue for cue in frame.cues if last < cue.at < dat and cue.verb.form == "finite" and cue.tier != "naming"]
    return any(not _DASH.search(frame.text, frame.words[cue.at].end, frame.words[dat].start) for cue in nearer)


def _opens_content(frame: Frame, last: int, dat: int) -> bool:
    """Whether the "dat" after a cue whose last word is given opens what is reported.

    It does not across the end of an aside ("– anders dan hij zei – dat ..."), as a pronoun after "en" ("en dat is
    ..."), or as part of a phrase ("boos over het feit dat ...").
    """
    between = frame.between(frame.words[last].end, frame.words[dat].start)
    if len(_DASH.findall(between)) % 2 or between.count(")") > between.count("("):
        return False
    before = [word.lower for word in frame.words[max(0, dat - 3) : dat]]
    if before[-1:] in (["en"], ["maar"], ["want"]) and dat + 1 < len(frame.words) and frame.is_verb(dat + 1):
        return False
    in_phrase = before[-2:] == ["het", "feit"] and before[0] in lexicon().prepositions
    return not in_phrase and not is_pronoun_dat(frame, dat)


def _asks(frame: Frame, cue: Cue) -> bool:
    following = [word.lower for word in frame.words[cue.at + 1 : cue.at + 10]]
    return any(word in ("of", "hoe", "waarom", "wie", "wat", "hoeveel", "welke") for word in following)


def _block(state: Reported, cue: Cue) -> None:
    """Nothing in the clause that was refused or asked is said."""
    frame = state.frame
    start = frame.words[cue.at].end
    state.blocked.append((start, end_of_clause(frame, start, cue)))


def _each_once(found: Sequence[Found]) -> list[Found]:
    """One of each clause: of two verbs that could both report it, the nearer one does."""
    nearest: dict[tuple[int, int], Found] = {}
    for one in found:
        other = nearest.get((one.start, one.end))
        if other is None or _distance(one) < _distance(other):
            nearest[one.start, one.end] = one
    return list(nearest.values())


def _distance(found: Found) -> int:
    at = found.frame.words[found.cue.at].start if found.cue else found.start
    return min(abs(found.start - at), abs(at - found.end))


def _without_fragments(found: Found, quoted: Sequence[Found]) -> Found | None:
    """Leave out a clause around a marked fragment, but keep its complete part before a comma."""
    inside = [one for one in quoted if found.start <= one.start and one.end <= found.end]
    if not inside:
        return found
    frame = found.frame
    opening = min(one.start for one in inside) - 1
    lead = frame.text[found.start : opening].rstrip()
    if not lead.endswith((",", ":")) or not frame.has_verb(found.start, opening) or len(lead.split()) < 2:
        return None
    if lead.endswith(":") and (is_speech_noun(lead[:-1].split()[-1].lower()) or not _begins_high(frame, opening)):
        return None
    if _RELATIVE.search(lead):
        return None
    end = found.start + len(lead.rstrip(" ,:"))
    return Found(found.start, end, "indirect", frame, found.cue, found.subject, found.rule)


def _is_question(frame: Frame) -> bool:
    return frame.between(frame.content_end, frame.sentence.end).startswith("?")


def _begins_high(frame: Frame, opening: int) -> bool:
    """Whether the words in marks that open at an offset begin with a capital."""
    return frame.text[opening + 1 : opening + 4].lstrip("'’‘,„ ")[:1].isupper()


def _is_spent(found: Found) -> bool:
    """Whether a quotation took all that its cue reports; "Dat klopt, zegt Vos, ‘maar niet hier’" leaves a clause."""
    assert found.cue is not None  # noqa: S101
    frame = found.frame
    explains = found.rule == "after_colon" and _leads_in(found.cue)
    leads_in = explains or (found.rule == "amid" and frame.words[found.cue.at].start < found.start)
    only = len(frame.sentence.quotations) == 1
    return found.kind == "direct" and not (leads_in and only)
