"""Who the speakers are: goes through the sentences in order and settles each mention and each statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.quotes.asides import QUESTION_WORDS
from bot.quotes.cast import GUESS, Entity, Resolution
from bot.quotes.discourse import Discourse
from bot.quotes.found import Found
from bot.quotes.frames import Frame
from bot.quotes.lexicon import lexicon
from bot.quotes.mention import Mention
from bot.quotes.owners import owned_nouns
from bot.quotes.roster import Gender
from bot.quotes.subjects import main_subject, subject_of
from bot.quotes.values import Attribution

_LONGEST_RELATIVE = 8
_OPENING_WORDS = 8
"""So far into a sentence the owner of its first noun for words may stand."""
_ATTRIBUTION: dict[str, Attribution] = {"name": "named", "role": "role", "pronoun": "pronoun"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A found statement with one of its speakers.

    Attributes:
        found: The statement.
        speaker: Who said it; None where it is open.
        surface: The words that name the speaker, None where there are none.
        attribution: How the speaker is given.
        certainty: How sure the speaker is, 0 to 1.
    """

    found: Found
    speaker: Entity | None
    surface: str | None
    attribution: Attribution
    certainty: float


class Narrator:
    """Follows the text sentence by sentence.

    Args:
        discourse: Where the people of the text are kept.
    """

    def __init__(self, discourse: Discourse) -> None:
        self.discourse = discourse
        self._last_speaker: tuple[Entity, int, int] | None = None
        self._subject: tuple[Entity, int, int] | None = None
        self._resolved: dict[int, Resolution] = {}
        self._reported: list[tuple[int, int]] = []
        self._subjects: dict[int, Entity] = {}
        self._met_somebody = False

    def look_ahead(self, spoken: Spoken) -> Spoken:
        """Give words that open a text to who appears right after them ("‘Mooi zo.’ Vos veegt zijn handen af").

        Args:
            spoken: A statement; call it once the whole text has been told.

        Returns:
            The statement, with a speaker where it had none and one of the next two sentences has a person as subject.
        """
        if spoken.speaker is not None or spoken.attribution != "implicit" or spoken.found.is_anonymous:
            return spoken
        index = spoken.found.frame.index
        entity = next((self._subjects[i] for i in (index + 1, index + 2) if i in self._subjects), None)
        return spoken if entity is None else replace(spoken, speaker=entity, certainty=0.6)

    def tell(self, frame: Frame, statements: Sequence[Found], days: dict[int, date]) -> list[Spoken]:
        """Settle the speakers of one sentence's statements, and remember who it mentions.

        Args:
            frame: The sentence.
            statements: What the sentence tells of, in order.
            days: The day of utterance for each statement (by its position), where it is known.

        Returns:
            The statements with their speakers, one for each of joint speakers.
        """
        self._resolved = {}
        spoken: list[Spoken] = []
        subjects = {id(mention) for found in statements for mention in found.subject.mentions}
        main = None if _is_caption(frame) else main_subject(frame)
        # "Vos gaat in beroep, zo maakte hij bekend": the clause before an aside is told as the paper's own.
        asides = [one for one in statements if _tells_of_its_speaker(one)]
        if not statements and main is not None:
            subjects.add(id(main))
        subjects.update(id(mention) for mention in frame.mentions[:1] if asides and mention.first == 0)
        # "Bij een bericht van Vos schreef hij": whose words they are.
        subjects.update(id(owner) for _, last, owner in owned_nouns(frame) if last < _OPENING_WORDS)
        told: set[int] = set()
        self._reported = [
            (one.start, one.end)
            for one in statements
            if one.kind == "indirect" and one not in asides and not _holds_its_speaker(one)
        ]
        for position, found in enumerate(statements):
            self._note_mentions(frame, subjects, told, before=_limit_of(found), day=days.get(position))
            spoken.extend(self._settle(frame, found, days.get(position)))
        self._note_mentions(frame, subjects, told, before=frame.sentence.end + 1, day=None)
        if main is not None and not statements:
            entities = self._resolve(frame, main, None).entities
            if len(entities) == 1 and entities[0].is_human:
                self._subject = (entities[0], frame.index, frame.sentence.paragraph)
                self._subjects[frame.index] = entities[0]
            elif len(entities) == 1 and _has_its_own_voice(entities[0]):
                # "De bond is niet tevreden. ‘...’": not the minister of the paragraph before.
                self._subject = (entities[0], frame.index, frame.sentence.paragraph)
        told_of = self._resolve(frame, main, None).entities if main is not None and spoken else ()
        told_of = tuple(entity for entity in told_of if entity.is_human)
        for one in spoken:
            if one.speaker is not None and any(entity is not one.speaker for entity in told_of) and _is_relative(one):
                # "Zij wees op Vos, die beloofde ...": the story goes on with her.
                self._subject = (told_of[0], frame.index, frame.sentence.paragraph)
                self._subjects.setdefault(frame.index, told_of[0])
            elif one.speaker is not None:
                self.discourse.hear(one.speaker)
                self._last_speaker = (one.speaker, frame.index, frame.sentence.paragraph)
                self._subject = self._last_speaker
                self._subjects.setdefault(frame.index, one.speaker)
                self.discourse.note(one.speaker, frame.index, frame.sentence.paragraph, is_subject=True)
        self._met_somebody = _has_object_pronoun(frame)
        asked = None if statements else _who_is_asked(frame)
        if asked is not None:
            # "Vos vroeg Mulder of het kan. ‘Nee.’": who is asked answers.
            entities = self._resolve(frame, asked, None).entities
            if len(entities) == 1 and entities[0].is_human:
                self._subject = (entities[0], frame.index, frame.sentence.paragraph)
        return spoken

    def _note_mentions(self, frame: Frame, subjects: set[int], told: set[int], before: int, day: date | None) -> None:
        for mention in frame.mentions:
            if mention.start >= before or id(mention) in told:
                continue
            told.add(id(mention))
            resolution = self._resolve(frame, mention, day)
            for entity in resolution.entities:
                self.discourse.note(
                    entity,
                    frame.index,
                    frame.sentence.paragraph,
                    is_subject=id(mention) in subjects,
                    is_oblique=self._is_oblique(frame, mention),
                )

    def _is_oblique(self, frame: Frame, mention: Mention) -> bool:
        """Whether someone stands in the background: in a phrase, as an owner, or in what another says."""
        if any(start <= mention.start < end for start, end in self._reported):
            return True
        return (bool(mention.after_preposition) or mention.genitive) and not _told_of(frame, mention)

    def _subjects_beside(self, frame: Frame, found: Found, pronoun: Mention) -> frozenset[str]:
        """Give the keys of whom a pronoun cannot mean: the subject of its own clause in "Vos had volgens hem gelijk".

        Nor whom the clause names that is judged: "Dat Vos het toegaf, vindt hij veel".
        """
        if found.cue is None or pronoun.kind != "pronoun":
            return frozenset()
        if frame.words[0].lower == "dat" and found.cue.verb.lemma == "vinden" and pronoun.first == found.cue.finite + 1:
            named = [one for one in frame.mentions if one.kind == "name" and one.end <= pronoun.start]
            return frozenset(entity.key for one in named for entity in self._resolve(frame, one, None).entities)
        if found.cue.tier != "prepositional":
            return frozenset()
        told = [
            mention
            for mention in frame.mentions
            if mention.end <= pronoun.start
            and not any(mark in frame.between(mention.end, pronoun.start) for mark in ",:;")
            and not mention.genitive
            and not mention.after_preposition
        ]
        return frozenset(
            entity.key for one in told if id(one) in self._resolved for entity in self._resolved[id(one)].entities
        )

    def _resolve(
        self,
        frame: Frame,
        mention: Mention,
        day: date | None,
        words: str = "",
        others: frozenset[str] = frozenset(),
    ) -> Resolution:
        known = self._resolved.get(id(mention))
        if known is None:
            apposed = _apposition(frame, mention)
            if apposed is not None:
                known = self._resolve(frame, apposed, day)
                for entity in known.entities:
                    entity.titles.update(mention.titles)
                    entity.gender = entity.gender or mention.gender
            else:
                known = self.discourse.resolve(mention, frame.index, frame.sentence.paragraph, day, words, others)
            self._resolved[id(mention)] = known
        return known

    def _settle(self, frame: Frame, found: Found, day: date | None) -> list[Spoken]:
        if not found.subject.mentions:
            return [self._unsaid(frame, found)]
        spoken: dict[str | None, Spoken] = {}
        for mention in found.subject.mentions:
            told = self._subjects_beside(frame, found, mention)
            resolution = self._resolve(frame, mention, day, _own_words(found), told)
            mention = _apposition(frame, mention) or mention
            attribution = _attribution(mention)
            # "Als minister zei Vos": two mentions may be one person, who says it once.
            if not resolution.entities:
                spoken.setdefault(None, Spoken(found, None, mention.surface, attribution, 0.3))
            for entity in resolution.entities:
                certainty = self._doubted(entity, resolution.certainty)
                spoken.setdefault(entity.key, Spoken(found, entity, mention.surface, attribution, certainty))
        return list(spoken.values())

    def _unsaid(self, frame: Frame, found: Found) -> Spoken:
        """Settle the speaker that is not named: the subject of the sentence before, or who spoke last."""
        if found.is_anonymous:
            return Spoken(found, None, None, "implicit", 0.9)
        entity, certainty = self._implied(frame, found)
        return Spoken(found, entity, None, "implicit", self._doubted(entity, certainty))

    def _doubted(self, entity: Entity | None, certainty: float) -> float:
        """Who was but guessed at his name is no surer where a pronoun or nothing stands for it."""
        guessed = entity is not None and entity.key in self.discourse.guessed
        return min(certainty, GUESS) if guessed else certainty

    def _implied(self, frame: Frame, found: Found) -> tuple[Entity | None, float]:
        words = _own_words(found)
        known = [one for one in (self._subject, self._last_speaker) if one is not None]
        candidates = [one for one in known if not self.discourse.names_himself(one[0], words)]
        # "De minister belde haar. ‘Hij was aardig.’": who was just told of is spoken of.
        spoken_of = _gender_spoken_of(words) if self._met_somebody else None
        before = frame.index - 1
        candidates = [
            one for one in candidates if one[1] != before or spoken_of is None or one[0].gender != spoken_of
        ] or candidates
        if not candidates:
            last = self.discourse.last_human(words)
            return last, 0.6 if last is not None else 0.3
        if found.rule == "taken_up_again" and self._last_speaker is not None:
            return self._last_speaker[0], 0.95
        entity, index, paragraph = max(candidates, key=lambda one: one[1])
        if paragraph < frame.sentence.paragraph and any(one[2] == frame.sentence.paragraph for one in known):
            # Its paragraph tells of somebody else, who would name himself in it.
            return entity, GUESS
        if paragraph == frame.sentence.paragraph:
            return entity, 0.92 if frame.index - index <= 1 else 0.85
        return entity, 0.8 if frame.sentence.paragraph - paragraph == 1 else 0.65


def _holds_its_speaker(found: Found) -> bool:
    """Whether a pronoun amid what is reported says whose it is ("Vos wijst op fouten die volgens hem ...")."""
    return found.rule == "according_to_amid" and any(mention.kind == "pronoun" for mention in found.subject.mentions)


def _tells_of_its_speaker(found: Found) -> bool:
    """See "Vos gaat in beroep, zegt hij", "De premier heeft de brief ‘diagonaal gelezen’, zegt hij".

    The clause before the aside is told as the paper's own, and its subject is whom the pronoun means.
    """
    is_pronoun = all(mention.kind == "pronoun" for mention in found.subject.mentions)
    follows = found.cue is not None and found.frame.words[found.cue.at].start > found.end
    return is_pronoun and (found.rule == "clause_with_aside" or (found.kind == "partial" and follows))


def _is_relative(spoken: Spoken) -> bool:
    """Whether the cue stands in a clause that is told by the way (", die zei dat", ", waarin hij beloofde")."""
    frame, cue = spoken.found.frame, spoken.found.cue
    for position in range(cue.finite - 1, max(0, cue.finite - _LONGEST_RELATIVE), -1) if cue else ():
        word, before = frame.words[position], frame.words[position - 1]
        if "," in frame.between(before.end, word.start):
            return word.lower in ("die", "dat", "wie", "waarin", "waarbij", "waarmee")
    return False


def _has_object_pronoun(frame: Frame) -> bool:
    """Whether a sentence tells what somebody does to another ("belde haar"), not to what is hers ("belde haar zus")."""
    for word in frame.words:
        token = frame.syntax.token_at(word.start) if frame.syntax and word.lower in ("hem", "haar") else None
        if token is not None and token.dep_ != "nmod:poss":
            return True
    return False


def _who_is_asked(frame: Frame) -> Mention | None:
    """Give whom a sentence puts a question to ("Vos vroeg Mulder of het kan"), or None."""
    for cue in frame.spoken_cues:
        if cue.verb.lemma != "vragen" or cue.verb.form != "finite":
            continue
        asker = subject_of(frame, cue).mentions
        asks = [i for i in range(cue.finite + 1, len(frame.words)) if frame.words[i].lower in QUESTION_WORDS]
        for mention in frame.mentions if asks else ():
            between = cue.finite < mention.first and mention.last < asks[0]
            if between and not mention.after_preposition and mention not in asker:
                return mention
    return None


def _gender_spoken_of(words: str) -> Gender | None:
    """Give the gender of whom an utterance begins to tell of."""
    match = _SPEAKS_OF.match(words)
    return None if match is None else "male" if match.group().lower().endswith("hij") else "female"


_PLURAL_VERB = r"(?:zijn|waren|hebben|hadden|gaan|gingen|moeten|willen|kunnen)"
_SPEAKS_OF = re.compile(rf"(?:(?:maar|en|want|ja|nee),? )?(?:hij|zij|ze)\b(?! {_PLURAL_VERB}\b)", re.IGNORECASE)


def _own_words(found: Found) -> str:
    """Give the words as they were spoken; in reported speech a name may be the paper's."""
    return "" if found.kind == "indirect" else found.frame.text[found.start : found.end]


def _attribution(mention: Mention) -> Attribution:
    """A body under its full name is named ("het ministerie van Landbouw"), under its kind alone a role."""
    if mention.kind == "role" and mention.titles[0] in lexicon().bodies and (mention.portfolio or mention.complement):
        return "named"
    return _ATTRIBUTION[mention.kind]


def _limit_of(found: Found) -> int:
    """Mentions before this offset were read before the speaker is settled."""
    if found.subject.mentions:
        return found.subject.mentions[0].start
    return found.start


def _is_caption(frame: Frame) -> bool:
    """Whether a sentence is nothing but somebody's name, as below a picture: the story does not go on with him."""
    mention = frame.mention_starting(0)
    return mention is not None and mention.last == len(frame.words) - 1 and not frame.sentence.quotations


def _has_its_own_voice(entity: Entity) -> bool:
    """Whether an entity is a group or an organisation under its name, and no place ("Nederland is klaar")."""
    words = entity.key.removeprefix("other:").split()
    is_organisation = any(
        sum(map(str.isupper, word)) > 1 or word.lower() in lexicon().organisation_words for word in words
    )
    return entity.person is None and (entity.is_plural or (bool(entity.names) and is_organisation))


def _told_of(frame: Frame, mention: Mention) -> bool:
    """Whether a relative clause goes on about someone (", die niet aan tafel zat"), which brings him to the fore."""
    return frame.text.startswith((", die ", " die "), mention.end)


_OF_WHAT = re.compile(r" (?:van|voor|bij|in) (?:de|het|zijn|haar|hun) [a-zà-ÿ-]+, ")
"""Between a role and the name that explains it: "de nieuwe leider van de partij, Anna Vos, "."""


def _apposition(frame: Frame, mention: Mention) -> Mention | None:
    """Give the name that explains a role ("Zijn minister, Anna Vos, zei", "Vos, de leider van GV, zei"), or None."""
    if mention.kind != "role" or mention.plural:
        return None
    closes = frame.text.startswith(",", mention.end)
    for other in frame.mentions:
        if closes and other.kind == "name" and frame.between(other.end, mention.start) == ", ":
            return other
    for other in frame.mentions:
        gap = frame.between(mention.end, other.start)
        if other.kind == "name" and other.start >= mention.end and (gap == ", " or _OF_WHAT.fullmatch(gap)):
            return other
    return None
