"""Cues: the reporting verbs and prepositions of a sentence, with the words that belong to them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.quotes.lexicon import Lexicon, Phrase, Verb, lexicon
from bot.quotes.segments import Sentence, Word

_REACH = 14
_REACH_OF_PHRASE = 7
"""The words of a fixed phrase ("spreekt van", "laat weten") stand nearer than a verb's particle."""
"""A particle or auxiliary stands at most so many words from its verb."""
_ENDS_SEARCH = frozenset({"dat", "of", "omdat", "die"})
_PREPOSITION_LIKE = frozenset(
    {"aan", "in", "op", "uit", "voor", "af", "over", "bij", "na", "mee", "door", "tegen", "toe"}
)
_CONTENT_OPENS = frozenset({"te", "dat", "of", "hoe", "waarom", "wie", "wat"})
_LATER_OK = frozenset({"te", "als", "dat", "of", "hoe", "waarom", "wie", "wat"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A reporting verb or preposition in a sentence.

    Attributes:
        verb: What the lexicon knows of it.
        at: Index of its main word among the frame words.
        finite: Index of the finite verb of its clause: itself, its auxiliary or its modal.
        words: Indices of its own words in order (particle and companions included).
        surface: Its words as the text has them, with "niet" where it turns the meaning ("sluit niet uit").
        refused: Whether the words are not said ("wilde niet zeggen").
    """

    verb: Verb
    at: int
    finite: int
    words: tuple[int, ...]
    surface: str
    refused: bool

    @property
    def tier(self) -> str:
        """The tier of its verb."""
        return self.verb.tier


def find_cues(text: str, sentence: Sentence) -> list[Cue]:
    """Find the cues in the frame of a sentence, in order.

    Args:
        text: Clean text.
        sentence: The sentence.

    Returns:
        The cues; refused ones are among them, since what follows them is no statement either.
    """
    finder = _Finder(text, sentence.words, lexicon())
    return [cue for position in range(len(sentence.words)) if (cue := finder.cue_at(position)) is not None]


class _Finder:
    def __init__(self, text: str, words: list[Word], words_known: Lexicon) -> None:
        self.text = text
        self.words = words
        self.lexicon = words_known

    def cue_at(self, position: int) -> Cue | None:
        phrase = self._phrase_at(position) or self._takes_up(position)
        if phrase is not None:
            return phrase
        verbs = self.lexicon.verbs.get(self.words[position].lower)
        if verbs is None:
            return None
        for verb in verbs:
            companions = self._companions(position, verb)
            if companions is None or self._is_excluded(position, verb):
                continue
            finite = self._finite_of(position, verb)
            if finite is None:
                continue
            return self._cue(position, verb, companions, finite)
        return None

    def _phrase_at(self, position: int) -> Cue | None:
        """Read "wat hem betreft", "in de ogen van" and the like, which name a speaker without a reporting verb."""
        lower = self.words[position].lower
        following = [word.lower for word in self.words[position + 1 : position + 8]]
        indices: tuple[int, ...]
        if lower == "wat" and "betreft" in following:
            verb, indices = _WAT_BETREFT, (position, position + 1 + following.index("betreft"))
        elif lower == "zo" and self._leads_to_name(position):
            verb, indices = _ZO, (position,)
        else:
            phrase = next((one for one in self.lexicon.phrases.get(lower, ()) if self._stands_at(position, one)), None)
            if phrase is None:
                return None
            verb, indices = phrase.verb, tuple(range(position, position + len(phrase.words)))
        surface = " ".join(self.words[index].text for index in indices)
        return Cue(verb, position, position, indices, surface, refused=False)

    def _takes_up(self, position: int) -> Cue | None:
        """Read "Die belofte deed Vos dinsdag": a noun for the words before, and the verb with which one speaks them."""
        words = [word.lower for word in self.words[:_REACH_OF_PHRASE]]
        if position == 1 and words[0] in ("dat", "dit", "zo") and words[1] in ("is", "was", "luidt", "luidde"):
            # "Dat is de boodschap van Vos", "Zo luidt zijn standpunt"
            named = any(word in self.lexicon.speech_nouns for word in words[2:])
            is_turned = any(word in ("niet", "geen", "nooit", "dat") for word in words[2:])
            verb = Verb(TAKES_UP, "always", "finite", (), is_particle_verb=False)
            return Cue(verb, 1, 1, (1,), self.words[1].text, refused=False) if named and not is_turned else None
        if position != 2 or words[0] not in ("die", "dat", "deze", "dit"):
            return None
        if words[1] not in self.lexicon.speech_nouns or words[2] not in self.lexicon.speaking_verbs:
            return None
        verb = Verb(TAKES_UP, "always", "finite", (), is_particle_verb=False)
        return Cue(verb, position, position, (position,), self.words[position].text, refused=False)

    def _stands_at(self, position: int, phrase: Phrase) -> bool:
        found = [word.lower for word in self.words[position : position + len(phrase.words)]]
        return len(found) == len(phrase.words) and all(
            word == wanted or (wanted == "*" and word in self.lexicon.possessives)
            for word, wanted in zip(found, phrase.words, strict=True)
        )

    def _leads_to_name(self, position: int) -> bool:
        """See "..., zo Vos" and "..., zo de minister": no verb, a comma or mark before, somebody after."""
        if position + 1 >= len(self.words):
            return False
        before = self.text[max(0, self.words[position].start - 2) : self.words[position].start]
        follower = self.words[position + 1]
        gap = self.text[self.words[position].end : follower.start]
        names = follower.is_capitalised or follower.lower in ("de", "het", "een", "minister", "premier")
        return before == ", " and gap == " " and names and follower.lower not in self.lexicon.verbs

    def _cue(self, position: int, verb: Verb, companions: tuple[int, ...], finite: int) -> Cue:
        own = tuple(sorted({position, *companions}))
        shown = list(own)
        if verb.form == "finite":
            shown += self._negation(position, own[-1])
        elif verb.form == "participle" and finite < position and self.words[position - 1].lower in ("niet", "nooit"):
            shown.append(position - 1)
        if self.words[position - 1].lower in ("eraan", "erop") and position:
            shown.append(position - 1)
        surface = " ".join(self.words[i].text for i in sorted(set(shown)))
        return Cue(verb, position, finite, own, surface, self._is_refused(position, verb, finite))

    def _negation(self, position: int, last: int) -> list[int]:
        """Find the "niet" that turns what the verb reports ("sluit niet langer uit", "verwacht niet dat")."""
        for index in range(position + 1, min(len(self.words), position + _REACH)):
            word = self.words[index].lower
            gap = self.text[self.words[index - 1].end : self.words[index].start]
            if word in _CONTENT_OPENS or any(mark in gap for mark in ",:;"):
                return []
            if word in ("niet", "nooit", "geenszins"):
                following = [other.lower for other in self.words[index + 1 : index + 3]]
                extent = 2 if following[:1] and following[0] in ("langer", "meer") else 1
                turned = index < last or following[extent - 1 : extent] == ["dat"]
                return list(range(index, index + extent)) if turned else []
        return []

    def _is_excluded(self, position: int, verb: Verb) -> bool:
        if not verb.excluded:
            return False
        near = self.words[max(0, position - 6) : position + 7]
        return any(word.lower in verb.excluded for word in near)

    def _companions(self, position: int, verb: Verb) -> tuple[int, ...] | None:
        """Find the words that must accompany the verb; None where one is missing."""
        if verb.form == "infinitive" and verb.companions[1:] == ("te",):
            before = [word.lower for word in self.words[max(0, position - 2) : position]]
            return (position - 2, position - 1) if before == [verb.companions[0], "te"] else None
        found: list[int] = []
        for rank, companion in enumerate(verb.companions):
            is_particle = verb.is_particle_verb and rank == 0
            is_naming = verb.tier == "naming"
            index = self._look_for(companion, position, is_particle=is_particle, is_naming=is_naming)
            if index is None:
                return None
            found.append(index)
        if verb.is_particle_verb and verb.form == "finite" and found[0] - 1 > position:
            extra = found[0] - 1
            if self.words[extra].lower in ("eraan", "erop", "ervan", "daaraan"):
                found.append(extra)
        return tuple(found)

    def _look_for(self, companion: str, position: int, *, is_particle: bool, is_naming: bool) -> int | None:
        reach = _REACH if is_particle or companion == "weten" else _REACH_OF_PHRASE
        for index in range(position + 1, min(len(self.words), position + reach + 1)):
            word = self.words[index]
            gap = self.text[self.words[index - 1].end : word.start]
            if ":" in gap or ";" in gap:
                return None
            if word.lower == companion and (not is_particle or self._is_particle(index, companion)):
                return index
            if word.lower in _ENDS_SEARCH:
                return None
        return None if is_particle or is_naming else self._look_before(companion, position)

    def _look_before(self, companion: str, position: int) -> int | None:
        """In a clause with the verb at its end the companion comes first: "kwijt wilde", "ervan overtuigd is"."""
        if companion not in ("weten", "kwijt", "zich", "horen", "lezen") and not self._ends_clause(position):
            return None
        for index in range(position - 1, max(-1, position - _REACH_OF_PHRASE), -1):
            if self.words[index].lower == companion:
                return index
            if self.words[index].lower in _ENDS_SEARCH:
                return None
        return None

    def _ends_clause(self, position: int) -> bool:
        if position + 1 >= len(self.words):
            return True
        follower = self.words[position + 1]
        return follower.lower in _CONTENT_OPENS or bool(self.text[self.words[position].end : follower.start].strip())

    def _is_particle(self, index: int, particle: str) -> bool:
        """Tell "sluit het uit." from "sluit uit voorzorg": no noun phrase hangs on a particle."""
        if particle not in _PREPOSITION_LIKE:
            return True
        if index + 1 >= len(self.words):
            return True
        follower = self.words[index + 1]
        gap = self.text[self.words[index].end : follower.start]
        if gap.strip():
            return True
        if follower.lower in _LATER_OK or follower.lower in self.lexicon.adverbs:
            return True
        later = self.words[index + 1 : index + 1 + _REACH]
        return any(word.lower == "te" for word in later) and particle in ("op", "voor", "aan", "af", "toe")

    def _finite_of(self, position: int, verb: Verb) -> int | None:
        """Give the finite verb of the clause; None where the word cannot be that form here."""
        if verb.form == "preposition":
            return position
        if verb.form == "finite":
            lower = self.words[position].lower
            if verb.lemma.startswith("laten ") and lower == "laten" and self._perfect(position) is not None:
                # "heeft de Kamer laten weten": the infinitive stands for the participle.
                return self._perfect(position)
            is_infinitive_too = lower.endswith("en") and (
                self._governor(position) is not None or self._last_before(position, PERCEPTION) is not None
            )
            readings = self.lexicon.verbs[lower]
            is_participle_too = any(one.form == "participle" for one in readings) and lower.endswith("en")
            is_other_form = is_infinitive_too or (is_participle_too and self._auxiliary(position) is not None)
            # "wordt verzocht": beside its auxiliary it is no past tense.
            is_other_form = is_other_form or (self._has_participle(readings) and self._is_beside_passive(position))
            return None if is_other_form else position
        if verb.form == "participle":
            return self._auxiliary(position)
        before = self.words[position - 1].lower if position else ""
        if before == "te":
            nearest, alone = self._last_before(position, _BEFORE_TE), position
        else:
            nearest, alone = self._last_before(position, PERCEPTION), None
        governor = self._governor(position)
        return governor if governor is not None else nearest if nearest is not None else alone

    def _has_participle(self, readings: tuple[Verb, ...]) -> bool:
        return any(one.form == "participle" for one in readings)

    def _is_beside_passive(self, position: int) -> bool:
        near = (self.words[i].lower for i in (position - 1, position + 1) if 0 <= i < len(self.words))
        return not _PASSIVE.isdisjoint(near)

    def _last_before(self, position: int, verbs: frozenset[str]) -> int | None:
        """Find the last of some verbs before an infinitive in the same clause."""
        for index in range(position - 1, max(-1, position - _REACH), -1):
            if self.words[index].lower in verbs:
                return index
            gap = self.text[self.words[index - 1].end : self.words[index].start] if index else ""
            if self.words[index].lower in _ENDS_SEARCH or "," in gap:
                return None
        return None

    def _perfect(self, position: int) -> int | None:
        for index in range(position - 1, max(-1, position - _REACH), -1):
            if self.words[index].lower in ("heeft", "hebben", "had", "hadden"):
                return index
        return None

    def _auxiliary(self, position: int) -> int | None:
        """Find the auxiliary of a participle, before it or right after it."""
        auxiliaries = (
            "heeft",
            "hebben",
            "had",
            "hadden",
            "werd",
            "werden",
            "wordt",
            "worden",
            "is",
            "zijn",
            "was",
            "waren",
        )
        if position + 1 < len(self.words) and self.words[position + 1].lower in auxiliaries:
            return position + 1
        before = range(position - 1, max(-1, position - _REACH - 6), -1)
        found = [index for index in before if self.words[index].lower in auxiliaries]
        # "Vos heeft zijn minister gewaarschuwd": "zijn" is a verb only where no other one is there.
        return next((index for index in found if self.words[index].lower != "zijn"), found[0] if found else None)

    def _governor(self, position: int) -> int | None:
        """Find the modal or other verb that an infinitive hangs on, before it or right before the end."""
        modals = self.lexicon.refusing_modals | self.lexicon.hypothetical_modals | _OTHER_MODALS
        first = position - 1 if position > 1 and self.words[position - 1].lower == "zo" else position
        opens_aside = first > 0 and "," in self.text[self.words[first - 1].end : self.words[first].start]
        for index in () if opens_aside else range(position - 1, max(-1, position - _REACH), -1):
            word = self.words[index].lower
            if word in modals:
                return index
            if word in ("dat", "of", "omdat"):
                break
        follower = self.words[position + 1].lower if position + 1 < len(self.words) else ""
        return position + 1 if follower in modals else None

    def _is_refused(self, position: int, verb: Verb, finite: int) -> bool:
        """See "wilde daar niets over zeggen" and "kun je zeggen": nobody says anything there."""
        if verb.form == "participle" and finite > 0 and finite != position:
            # "zou hebben gezegd" is hearsay.
            return any(word.lower in ("zou", "zouden") for word in self.words[max(0, finite - 6) : finite + 1])
        if verb.form != "infinitive" or finite == position:
            return False
        modal = self.words[finite].lower
        low, high = min(finite, position), max(finite, position)
        between = {word.lower for word in self.words[max(0, low - 3) : high]}
        if modal in self.lexicon.refusing_modals and between & self.lexicon.refusing_words:
            return True
        if modal in ("wil", "wilde") and ("wel" in between or verb.lemma in _PERFORMED):
            return False
        if modal in ("wil", "wilde", "wilden", "willen", "zal", "zullen", "gaat", "gaan"):
            # A plan to say something is no saying yet.
            return True
        generic = between & self.lexicon.generic_subjects
        return modal in self.lexicon.hypothetical_modals and bool(generic)


TAKES_UP = "een uitspraak doen"
"""The verb of a sentence that only tells who spoke the words before it, by a noun for them."""
_WAT_BETREFT = Verb("wat betreft", "prepositional", "preposition", (), is_particle_verb=False)
_ZO = Verb("zo", "prepositional", "preposition", (), is_particle_verb=False)
_OTHER_MODALS = frozenset(
    {"moet", "moeten", "moest", "moesten", "zal", "zullen", "zou", "zouden", "gaat", "gaan", "laat", "liet"}
)
_PASSIVE = frozenset({"wordt", "worden", "werd", "werden"})
_PERFORMED = frozenset({"benadrukken", "onderstrepen", "opmerken", "toevoegen"})
"""Who says that he wants to do this does it by saying so: "Ik wil benadrukken dat ..."."""
PERCEPTION = frozenset({"hoor", "hoort", "horen", "hoorde", "hoorden", "zie", "ziet", "zien", "zag", "zagen"})
"""Verbs whose object does what the infinitive says: "Ik hoorde Vos zeggen dat ..."."""
_BEFORE_TE = frozenset(
    {"haast", "haasten", "haastte", "haastten", "weet", "weten", "wist", "wisten", "begint", "begon", "begonnen"}
    | {"blijkt", "bleek", "schijnt", "durft", "durfde", "durfden", "staat", "stond", "stonden", "zit", "zat", "zaten"}
    | {"probeert", "proberen", "probeerde", "probeerden", "kwam", "kwamen", "komt", "placht", "hoeft", "hoefde"}
)
"""Verbs that an infinitive with "te" hangs on without a will of its own: "haastte zich toe te voegen"."""
