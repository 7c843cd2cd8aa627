"""From a text to its claims: clauses, verbs with their particles, idioms, negation, topics."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from bot.reversals.amounts import amounts, number_word
from bot.reversals.analysis import ANALYSIS_VERSION, Analysis, Claim, Mark, Predicate, Sign
from bot.reversals.data_files import read_toml
from bot.reversals.lexicon import NEGATIONS, find_idioms, find_marks, sign_of
from bot.reversals.morphology import PARTICLES, infinitive, separable_infinitive
from bot.reversals.periods import Period, periods
from bot.reversals.predicates import AUXILIARIES, PREPOSITIONS, predicate
from bot.reversals.text import Token, compound_parts, is_content, is_vague, key_of, stem, tokens
from bot.reversals.topics import Topic
from bot.reversals.values import Utterance

_STRONG_MARKS = frozenset(".!?;:…")
_JOINERS = frozenset(["maar", "want", "omdat", "doordat", "terwijl", "hoewel", "zodat", "waardoor", "waarna", "dus"])
_CONDITIONS = frozenset(["als", "indien", "mits", "tenzij", "zolang", "mocht", "mochten", "zodra", "wanneer"])
_PRONOUNS = frozenset(
    ["ik", "we", "wij", "ze", "zij", "hij", "het", "er", "dat", "die", "daar", "dan", "u", "je", "dit", "men", "ook"]
)
_SUBJECT_STARTS = _PRONOUNS | {"de", "een", "niemand", "iemand", "iedereen", "alle", "deze"}
_SPEAKER = frozenset(["ik", "we", "wij", "mij", "ons", "onze", "mijn", "kabinet", "regering", "me"])
_FIRST_PERSON = frozenset(["ik", "we", "wij"])
_REPORTS = frozenset(
    ["zeggen", "vinden", "eisen", "vragen", "beweren", "noemen", "vrezen", "roepen", "claimen", "menen", "willen",
     "stellen", "denken", "geloven", "suggereren", "verwijten", "opmerken", "concluderen", "oproepen", "hopen",
     "volhouden", "betogen", "waarschuwen", "klagen", "verwachten", "voorspellen", "aanvoeren", "benadrukken"]
)  # fmt: skip
_WISHES = frozenset(
    ["willen", "pleiten", "aandringen", "verlangen", "wensen", "vrezen", "hopen", "vinden", "eisen", "vragen"]
)
_SIGNED_CUES = frozenset(
    ["ontkennen", "uitsluiten", "weigeren", "afraden", "tegenspreken", "betwisten", "verwerpen", "afwijzen"]
)
_OWN_SUBJECTS = frozenset(["hij", "ze", "zij", "haar", "zijn", "fractie", "partij"])
_STANDARDS_OF_THEN = frozenset(
    ["nu", "toen", "vandaag", "voorheen", "vroeger", "eerder", "vorig", "gepland", "beloofd", "afgesproken", "verwacht",
     "gedacht", "voorzien", "ooit", "tot", "in", "het"]
)  # fmt: skip
_PLACES = frozenset(["in", "bij", "aan", "uit", "op"])
_PLURAL_SUBJECTS = frozenset(["we", "wij", "ze", "zij", "jullie"])
_QUESTION_WORDS = frozenset(["wie", "wat", "waar", "waarom", "hoe", "wanneer", "welke", "welk", "hoeveel"])
_BEFORE_NOUNS = PREPOSITIONS | frozenset(
    ["het", "een", "geen", "alle", "deze", "dit", "dat", "die", "hun", "haar", "zijn", "mijn", "uw", "jullie", "veel",
     "meer", "minder", "weinig", "genoeg", "extra", "twee", "drie", "vier", "vijf", "tien", "honderd", "duizend", "en"]
)  # fmt: skip
_UNREAL = frozenset(["zou", "zouden"])
_TAG_WORDS = frozenset(["ja", "nee", "of", "toch", "niet", "wel", "dan", "hè"])
_PAST_TENSE = frozenset(["was", "waren", "werd", "werden", "had", "hadden"])
_FARTHEST_PARTICLE = 14


def analyse(utterance: Utterance) -> Analysis:
    """Read a statement.

    Args:
        utterance: The statement; its cue counts, as polarity may sit in it, and its day, as dates hang on it.

    Returns:
        Its analysis; offsets are code points into ``utterance.text``.
    """
    reading = _Reading.of(utterance)
    found = [
        _claim_of(reading, segment, conditional)
        for sentence in _sentences(reading)
        for conditional in [_has_condition(reading, sentence)]
        for segment in sentence
    ]
    claims = _join([claim for claim in found if claim.topics or claim.signs or claim.marks])
    cued = _cue_signs(utterance.cue)
    if cued and claims:
        stated = (Mark("guarantee", 0, 0), *claims[0].marks)
        claims[0] = replace(claims[0], signs=(*cued, *claims[0].signs), marks=stated)
    return Analysis(ANALYSIS_VERSION, tuple(claims))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text with all that is found in it before it is cut into claims."""

    words: tuple[Token, ...]
    lower: tuple[str, ...]
    verbs: tuple[str | None, ...]
    particles: dict[int, int]
    kind: str
    claim: Claim
    dated: frozenset[int]
    idiomatic: frozenset[int]

    @classmethod
    def of(cls, utterance: Utterance) -> _Reading:
        words = tokens(utterance.text)
        lower = tuple(token.lower for token in words)
        verbs, particles = _verbs(words, lower)
        times, dated = periods(words, utterance.said)
        free = tuple("" if index in dated else word for index, word in enumerate(lower))
        idioms = list(find_idioms(free, verbs))
        marks = tuple(
            Mark(one.name, words[one.indices[0]].start, words[one.indices[-1]].end) for one in find_marks(lower, verbs)
        )
        signs = tuple(Sign(one.name, one.sign, _spans(words, one.indices)) for one in idioms if one.sign)
        idiomatic = frozenset(index for one in idioms for index in one.indices)
        counted = tuple(amounts(words, dated))
        found = Claim((), signs, counted, tuple(times), marks)
        return cls(words, lower, verbs, particles, utterance.kind, found, dated, idiomatic)


def _verbs(words: Sequence[Token], lower: Sequence[str]) -> tuple[tuple[str | None, ...], dict[int, int]]:
    """Per token the infinitive, particles joined, and for a particle the index of its verb."""
    verbs = [infinitive(word) if token.is_word else None for token, word in zip(words, lower, strict=True)]
    particles: dict[int, int] = {}
    for at, word in enumerate(lower):
        if word not in PARTICLES:
            continue
        joined = (
            separable_infinitive(lower[at + 2], word)
            if lower[at + 1 : at + 2] == ("te",) and at + 2 < len(words)
            else None
        )
        if joined:
            verbs[at + 2], particles[at] = joined, at + 2
            continue
        if not _ends_clause(words, lower, at):
            continue
        for index in range(at - 1, max(-1, at - _FARTHEST_PARTICLE), -1):
            if words[index].text in _STRONG_MARKS or lower[index] == "dat":
                break
            joined = separable_infinitive(lower[index], word) if words[index].is_word else None
            if joined and (not joined.endswith(lower[index]) or _is_beside_plural_subject(lower, index)):
                verbs[index], particles[at] = joined, index
                break
    return tuple(verbs), particles


def _is_beside_plural_subject(lower: Sequence[str], index: int) -> bool:
    """Whether what looks like an infinitive is a finite plural ("wij schaffen") or a verb in second place."""
    return index <= 2 or bool(set(lower[index - 1 : index + 2]) & _PLURAL_SUBJECTS)


def _ends_clause(words: Sequence[Token], lower: Sequence[str], at: int) -> bool:
    if at + 1 >= len(words) or words[at + 1].is_mark:
        return True
    return lower[at + 1] in _JOINERS | PREPOSITIONS | {"en", "dat", "om", "als", "tijdens", "vanaf", "per"}


def _segments(reading: _Reading) -> list[range]:
    """The clauses of the text as ranges of tokens."""
    cuts = [0]
    for at, word in enumerate(reading.lower):
        following = reading.lower[at + 1] if at + 1 < len(reading.lower) else ""
        if reading.words[at].is_mark and word not in '"“”„‘’()':
            cuts.append(at + 1)
        elif (
            word in _JOINERS
            or (word == "en" and following in _PRONOUNS)
            or (word in _CONDITIONS and _opens_condition(reading, at, following))
            or _opens_relative(reading, at)
        ):
            cuts.append(at)
    cuts.append(len(reading.words))
    return [range(start, end) for start, end in itertools.pairwise(cuts) if end > start]


def _sentences(reading: _Reading) -> list[list[range]]:
    """The clauses of each sentence."""
    sentences: list[list[range]] = [[]]
    for segment in _segments(reading):
        sentences[-1].append(segment)
        if reading.lower[segment.stop - 1] in _STRONG_MARKS:
            sentences.append([])
    return sentences


def _has_condition(reading: _Reading, sentence: Sequence[range]) -> bool:
    """Whether a sentence holds only under a condition; "zolang ik hier zit" promises, it limits nothing."""
    openings = [
        (reading.lower[segment.start], reading.lower[segment.start + 1 : segment.start + 2]) for segment in sentence
    ]
    return any(
        (word in _CONDITIONS and (word, following) not in (("zolang", ("ik",)), ("zolang", ("wij",))))
        or (word == "zonder" and segment.start == sentence[0].start)
        for (word, following), segment in zip(openings, sentence, strict=True)
    )


def _opens_relative(reading: _Reading, at: int) -> bool:
    """Whether "die" right after a noun opens a relative clause ("gezinnen *die het niet redden*")."""
    if reading.lower[at] != "die" or at == 0 or not reading.words[at - 1].is_word:
        return False
    return is_content(reading.lower[at - 1]) or is_vague(reading.lower[at - 1])


def _opens_condition(reading: _Reading, at: int, following: str) -> bool:
    if reading.lower[at] != "als":
        return True
    next_word = reading.words[at + 1].text if at + 1 < len(reading.words) else ""
    return following in _SUBJECT_STARTS or next_word[:1].isupper()


def _claim_of(reading: _Reading, segment: range, conditional: bool) -> Claim:
    start, end = reading.words[segment.start].start, reading.words[segment.stop - 1].end
    found = reading.claim
    signs = [one for one in found.signs if start <= one.spans[0][0] < end]
    signs += _word_signs(reading, _without_standard(reading, segment))
    signs = [_kept(one, found, reading) for one in signs]
    if _opens_relative(reading, segment.start):
        signs = []
    marks = [mark for mark in found.marks if start <= mark.start < end and mark.kind != "condition"]
    marks += _clause_marks(reading, segment)
    # In front it supposes; at the end it often names what is judged ("gaat te ver *als hij ons dwingt*").
    is_in_front = not segment.start or reading.lower[segment.start - 1] in _STRONG_MARKS
    if conditional and is_in_front and reading.lower[segment.start] in _CONDITIONS:
        marks.append(Mark("supposed", start, end))
    if conditional:
        marks.append(Mark("condition", start, end))
        if _UNREAL & set(reading.lower):
            marks.append(Mark("narrated", start, end))
    times, signs = _not_until([one for one in found.periods if start <= one.start < end], signs)
    return Claim(
        topics=tuple(_topics(reading, segment)),
        signs=tuple(signs),
        amounts=tuple(one for one in found.amounts if start <= one.start < end),
        periods=tuple(times),
        marks=tuple(marks),
        predicates=tuple(_predicates(reading, segment)),
    )


def _predicates(reading: _Reading, segment: range) -> Iterable[Predicate]:
    """The predicates of a clause and of the clauses with "dat" that hang on it."""
    words, found = reading.words, reading.claim.amounts
    counted = frozenset(at for at in segment if any(one.start <= words[at].start < one.end for one in found))
    openings = [at for at in segment if at > segment.start and _opens_complement(reading, at)]
    for first, stop in itertools.pairwise([segment.start, *openings, segment.stop]):
        undated = [at for at in range(first, stop) if at not in reading.dated]
        spans = _spans(words, predicate(words, reading.verbs, reading.particles, undated, counted)) if undated else ()
        yield Predicate(words[first].start, words[stop - 1].end, spans)


def _opens_complement(reading: _Reading, at: int) -> bool:
    """Whether "dat" opens a clause that a verb asks for ("heb besloten *dat ik* …"), and is no pronoun or article."""
    if reading.lower[at] != "dat" or at + 1 >= len(reading.words):
        return False
    is_asked_for = reading.verbs[at - 1] is not None or at - 1 in reading.particles
    return is_asked_for and (reading.lower[at + 1] in _SUBJECT_STARTS or reading.words[at + 1].text[0].isupper())


def _not_until(times: list[Period], signs: list[Sign]) -> tuple[list[Period], list[Sign]]:
    """Read "tot 2032 niet" as "vanaf 2032": the negation only dates the claim."""
    denials = [sign for sign in signs if sign.axis == "negation"]
    if len(denials) != 1 or len(times) != 1 or times[0].relation != "until":
        return times, signs
    return [times[0]._replace(relation="from", first=times[0].first)], [
        sign for sign in signs if sign is not denials[0]
    ]


def _without_standard(reading: _Reading, segment: range) -> range:
    """A clause up to where it compares two things ("duurder *dan slopen*"), which says of neither that it changes."""
    for at in segment[:-2]:
        is_limit = at > 0 and reading.lower[at - 1] in NEGATIONS  # "niet harder dan 100" forbids, it compares nothing
        if reading.lower[at + 1] == "dan" and reading.lower[at + 2] not in _STANDARDS_OF_THEN and not is_limit:
            found = sign_of(reading.lower[at], reading.verbs[at])
            if found and found[0] == "direction":
                return range(segment.start, at)
    return segment


def _kept(sign: Sign, found: Claim, reading: _Reading) -> Sign:
    """What stays at a quantity ("blijft op 67 jaar") does not change; it is no question of its being there."""
    if sign.axis != "existence" or sign.value < 0 or len(sign.spans) != 1:
        return sign
    at = next((index for index, word in enumerate(reading.words) if word.start == sign.spans[0][0]), -1)
    if at < 0 or reading.verbs[at] != "blijven":
        return sign
    starts = {one.start for one in found.amounts}
    is_at_quantity = any(
        word.start in starts and (index - 1 == at or reading.lower[index - 1] == "op")
        for index, word in enumerate(reading.words)
    )
    return sign._replace(axis="change", value=-1) if is_at_quantity else sign


def _word_signs(reading: _Reading, segment: range) -> Iterable[Sign]:
    for at in segment:
        if at in reading.idiomatic or at in reading.dated or at in reading.particles:
            continue
        token, word = reading.words[at], reading.lower[at]
        if word in NEGATIONS:
            yield Sign("negation", -1, ((token.start, token.end),), _target(reading, segment, at))
            continue
        if word.endswith("ere") and at and reading.lower[at - 1] in _PLACES:
            continue  # "in kleinere gemeenten" tells which, not that they shrink
        found = sign_of(word, reading.verbs[at]) if token.is_word else None
        is_read = any(verb == at and particle in reading.idiomatic for particle, verb in reading.particles.items())
        if found and not is_read:
            parts = [at, *(particle for particle, verb in reading.particles.items() if verb == at)]
            yield Sign(found[0], found[1], _spans(reading.words, sorted(parts)))


def _target(reading: _Reading, segment: range, at: int) -> int:
    """The offset of the word that a negation denies: the noun after "geen", the next content word after "niet"."""
    if reading.lower[at] not in ("geen", "niet"):
        return -1
    content = [index for index in range(at + 1, segment.stop) if _is_topical(reading, index)]
    if not content:
        return -1
    first = content[0]
    is_adjective = reading.lower[first].endswith("e") and first + 1 in content
    return reading.words[first + 1 if is_adjective and reading.lower[at] != "niet" else first].start


def _is_topical(reading: _Reading, at: int) -> bool:
    word = reading.lower[at]
    is_free = at not in reading.dated and at not in reading.particles
    return reading.words[at].is_word and is_free and (is_content(word) or is_vague(word))


def _topics(reading: _Reading, segment: range) -> Iterable[Topic]:
    preposition, since = "", 0
    start, end = reading.words[segment.start].start, reading.words[segment.stop - 1].end
    for amount in reading.claim.amounts:
        if amount.unit == "euro" and start <= amount.start < end:
            yield Topic.of(("geld",), "vague", "", "", amount.start, amount.end)
    for at in segment:
        token, word = reading.words[at], reading.lower[at]
        if word in PREPOSITIONS and at not in reading.particles:
            preposition, since = word, at
        if token.is_mark or not token.is_word or at in reading.dated or at in reading.particles:
            continue
        verb = reading.verbs[at]
        is_joined = bool(verb and verb != infinitive(word))
        if number_word(word) is not None or not (is_content(word) or is_joined or is_vague(word)):
            continue
        is_name = token.text[0].isupper() and at > 0 and not reading.words[at - 1].is_mark
        kind = "name" if is_name else _kind(reading, at)
        stands_in = preposition if preposition and at - since <= 3 and kind in ("noun", "name") else ""
        main = stem(verb) if verb else key_of(word)
        keys = (main, *(part for part in compound_parts(word) if part != main)) if not verb or verb == word else (main,)
        yield Topic.of(
            keys, kind, stands_in, reading.lower[at - 1] if at > segment.start else "", token.start, token.end
        )


def _kind(reading: _Reading, at: int) -> str:
    if at in reading.idiomatic:
        return "sign"
    word, verb = reading.lower[at], reading.verbs[at]
    if sign_of(word, verb):
        return "sign"
    if is_vague(word):
        return "vague"
    if not verb or word.endswith("ing"):
        return "noun"
    if not word.endswith("en") or word != verb:
        return "verb"
    before = reading.lower[at - 1] if at else ""
    return "noun" if not at or before in _BEFORE_NOUNS or before.endswith("e") or before[:1].isdigit() else "verb"


def _clause_marks(reading: _Reading, segment: range) -> Iterable[Mark]:
    first, last = reading.words[segment.start], reading.words[segment.stop - 1]
    if _PAST_TENSE & {reading.lower[at] for at in segment} and reading.dated & set(segment):
        yield Mark("past", first.start, first.end)
    if last.text == "?" or _has_tag_question(reading, segment):
        yield Mark("question" if _asks(reading, segment) else "posed", last.start, last.end)
    if {"noemde", "zei", "vond", "dacht", "noemden", "vonden", "dachten", "zeiden"} & {
        reading.lower[at] for at in segment
    }:
        yield Mark("former-view", first.start, first.end)
    speaker = _other_view(reading, segment)
    if speaker:
        yield Mark("other-view", reading.words[speaker[0]].start, reading.words[speaker[1]].end)


def _has_tag_question(reading: _Reading, segment: range) -> bool:
    """Whether only a tag stands between a clause and its question mark: "Is het geld er, ja of nee?"."""
    for token in reading.words[segment.stop :]:
        if token.text == "?":
            return True
        if token.is_word and token.lower not in _TAG_WORDS:
            return False
        if token.text in ".!;:":
            return False
    return False


def _asks(reading: _Reading, segment: range) -> bool:
    """Whether a clause with a question mark asks: it opens with a verb or question word, or has a subject pronoun."""
    words = [reading.lower[at] for at in segment]
    is_verb_first = reading.verbs[segment.start] is not None or words[0] in AUXILIARIES
    return is_verb_first or words[0] in _QUESTION_WORDS or bool(set(words) & _PRONOUNS)


def _other_view(reading: _Reading, segment: range) -> tuple[int, int] | None:
    """The tokens by which the clause is put in somebody else's mouth."""
    lower = reading.lower
    for at in segment:
        if lower[at] == "volgens" and at + 1 < segment.stop and lower[at + 1] not in ("mij", "ons"):
            return at, at + 1
        verb = reading.verbs[at]
        prefers = verb == "zien" and "liever" in lower[segment.start : segment.stop]
        if (verb not in _REPORTS and verb not in _WISHES and not prefers) or at == segment.start:
            continue
        subject = [index for index in range(segment.start, at) if reading.words[index].is_word]
        if (verb in _WISHES or prefers) and _is_of_others(lower, subject):
            return subject[0], at
        if verb not in _REPORTS:
            continue
        if not subject:
            continue
        after = lower[at + 1 : at + 4]
        if {lower[index] for index in subject} & _SPEAKER or set(after[:1]) & _FIRST_PERSON:
            continue
        if verb not in ("eisen", "vragen", "noemen", "claimen", "beweren") and "dat" not in lower[at : segment.stop]:
            continue
        words = {lower[index] for index in subject}
        is_own = reading.kind == "indirect" and (words & _OWN_SUBJECTS or words == {"dat"})
        if not is_own:
            return subject[0], at
    return None


def _is_of_others(lower: Sequence[str], subject: Sequence[int]) -> bool:
    """Whether the words before a verb name somebody who is not the speaker, outside prepositional phrases."""
    if {lower[at] for at in subject} & (_SPEAKER | {"hij", "ze", "zij"}):
        return False
    bare = [at for at in subject if at == 0 or lower[at - 1] not in PREPOSITIONS - {"van"}]
    return any({stem(lower[at]), *compound_parts(lower[at])[-1:]} & _other_people() for at in bare)


@cache
def _other_people() -> frozenset[str]:
    return frozenset(stem(word) for word in read_toml("other_people.toml")["people"])


def _join(claims: list[Claim]) -> list[Claim]:
    """Clauses without a topic of their own go with the one before them, or with the first that has one."""
    joined: list[Claim] = []
    for claim in claims:
        if joined and not joined[-1].topics:
            joined[-1] = _merged(joined[-1], claim)
        elif joined and not claim.topics:
            joined[-1] = _continued(joined[-1], claim)
        else:
            joined.append(claim)
    return joined


def _continued(claim: Claim, fragment: Claim) -> Claim:
    """A claim with a clause without topic, which gives or answers a sign, or ends a former view."""
    if claim.has("former-view") and fragment.signs:
        marks = tuple(mark for mark in claim.marks if mark.kind not in ("former-view", "past"))
        return _merged(replace(claim, signs=(), marks=marks, periods=()), fragment)
    keeps_sign = not claim.signs or claim.has("posed")
    return _merged(claim, fragment if keeps_sign else replace(fragment, signs=()))


def _merged(first: Claim, second: Claim) -> Claim:
    return Claim(
        first.topics + second.topics,
        first.signs + second.signs,
        first.amounts + second.amounts,
        first.periods + second.periods,
        first.marks + second.marks,
        first.predicates + second.predicates,
    )


def _cue_signs(cue: str | None) -> tuple[Sign, ...]:
    words = tokens(cue or "")
    lower = [token.lower for token in words]
    verbs = [infinitive(word) for word in lower]
    joined = {verb for verb in verbs if verb} | {
        particle + verb for particle in lower if particle in PARTICLES for verb in verbs if verb
    }
    signs = [Sign("negation", -1, ())] if joined & _SIGNED_CUES else []
    return (*signs, *(Sign("negation", -1, ()) for word in lower if word in NEGATIONS and signs))


def _spans(words: Sequence[Token], indices: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The code point spans of tokens, neighbours joined."""
    spans: list[tuple[int, int]] = []
    last = -2
    for index in indices:
        if index == last + 1:
            spans[-1] = (spans[-1][0], words[index].end)
        else:
            spans.append((words[index].start, words[index].end))
        last = index
    return tuple(spans)
