"""The people of a text: who they are, and who of them has been mentioned when."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.quotes.folding import fold
from bot.quotes.lexicon import lexicon
from bot.quotes.mention import Mention
from bot.quotes.roster import Gender, Person
from bot.quotes.rosterindex import RosterIndex

_REMEMBERED = 150
"""So many mentions back, someone is forgotten; it also bounds the work per pronoun."""

GUESS = 0.4
"""How sure a homonym is of whom nothing in the text tells which one it is, or a namesake out of office."""
_WORDS_HEARD = 2000
"""Names are looked for in so many code points of what somebody says."""


@dataclass(slots=True)
class Entity:
    """Someone (or some body) in the text.

    Attributes:
        key: Id of the roster, or ``other:NAME``.
        person: The roster's person; None for others.
        gender: As far as known.
        is_human: Whether "hij" or "zij" may mean it.
        is_plural: Whether it is several people.
        titles: Titles under which the text has named it.
        party: Id of its party, as far as the text tells; the roster tells it of its own people.
        names: Folded forms: full name, surname, given name.
    """

    key: str
    person: Person | None = None
    gender: Gender | None = None
    is_human: bool = True
    is_plural: bool = False
    titles: set[str] = field(default_factory=set)
    party: str | None = None
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A mention that has been resolved, as later pronouns see it."""

    entity: Entity
    sentence: int
    paragraph: int
    is_subject: bool
    is_oblique: bool


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whom a mention means, with how sure that is (0 to 1); no entities where it is open."""

    entities: tuple[Entity, ...]
    certainty: float


NOBODY = Resolution((), 0.0)


class Cast:
    """The people of one article in the order of their mentions.

    Args:
        index: The roster's index.
        published: The day of the article; None where it is unknown, then roles are read as of today.
    """

    def __init__(self, index: RosterIndex, published: date | None) -> None:
        self.index = index
        self.published = published or date.today()  # noqa: DTZ011
        self.entities: dict[str, Entity] = {}
        self.recent: deque[Occurrence] = deque(maxlen=_REMEMBERED)
        self.spoke: set[str] = set()
        self.times: Counter[str] = Counter()
        self.introduced: set[str] = set()
        self.guessed: set[str] = set()
        self.lexicon = lexicon()

    def introduce(self, mentions: Iterable[Mention]) -> None:
        """Remember whom a text names in full anywhere, to tell homonyms apart before that."""
        for mention in mentions:
            if len(mention.name) > 1:
                self.introduced |= self.index.full_name(fold(" ".join(mention.name)))

    def note(
        self, entity: Entity, sentence: int, paragraph: int, *, is_subject: bool, is_oblique: bool = False
    ) -> None:
        """Remember that someone was mentioned."""
        self.times[entity.key] += 1
        self.recent.append(Occurrence(entity, sentence, paragraph, is_subject, is_oblique))

    def hear(self, entity: Entity) -> None:
        """Remember that someone spoke; a name that speaks is a person's, unless its words say otherwise."""
        self.spoke.add(entity.key)
        if entity.names and not entity.is_human:
            words = entity.key.removeprefix("other:").lower().split()
            is_body = "&" in words or any(word in self.lexicon.organisation_words for word in words)
            entity.is_human = len(words) > 1 and not is_body

    def entity(self, person_id: str) -> Entity:
        """Give the entity of somebody of the roster."""
        entity = self.entities.get(person_id)
        if entity is None:
            person = self.index.roster.person(person_id)
            entity = Entity(person_id, person, person.gender if person else None)
            self.entities[person_id] = entity
        return entity

    def learn(self, entity: Entity, mention: Mention) -> None:
        """Take over what a mention tells of somebody."""
        entity.titles.update(mention.titles)
        entity.party = entity.party or mention.party
        entity.gender = entity.gender or mention.gender

    def described(self, mention: Mention) -> Entity:
        """Give the entity of somebody outside the roster who is only described ("een woordvoerder")."""
        surface = mention.surface
        if (
            not mention.indefinite
            and " " in surface
            and surface.split(" ", 1)[0].lower() in ("de", "het", "die", "deze")
        ):
            surface = surface.split(" ", 1)[1]
        key = f"other:{surface}"
        entity = self.entities.get(key)
        if entity is None:
            title = mention.titles[0] if mention.titles else ""
            entity = Entity(
                key, gender=mention.gender, is_human=title not in self.lexicon.bodies, is_plural=mention.plural
            )
            self.entities[key] = entity
        self.learn(entity, mention)
        return entity

    def around(self) -> list[Entity]:
        """Give the people who are not forgotten yet, each once."""
        return list({occurrence.entity.key: occurrence.entity for occurrence in self.recent}.values())

    def names_himself(self, entity: Entity, words: str) -> bool:
        """Whether an entity's own name stands in some words, which speaks against his saying them."""
        if not words:
            return False
        person = entity.person
        names = (
            {person.given_name, person.family_name.rsplit(" ", 1)[-1]}
            if person
            else set(entity.key.removeprefix("other:").split())
        )
        words = words[:_WORDS_HEARD]
        return any(
            name in words
            and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None
            and not self._is_shared(name, entity)
            for name in names
            if len(name) > 2 and name[0].isupper()
        )

    def _is_shared(self, name: str, entity: Entity) -> bool:
        """Whether somebody else in the text bears a name too, so that it need not be his own."""
        tail = " " + fold(name)
        others = (other for other in self.around() if other is not entity)
        return any(
            (" " + fold(other.person.name if other.person else other.key.removeprefix("other:"))).endswith(tail)
            for other in others
        )

    def last_human(self, words: str = "") -> Entity | None:
        """Give the person who was mentioned last and does not name himself in some words."""
        humans = (o.entity for o in reversed(self.recent) if o.entity.is_human and not o.entity.is_plural)
        return next((entity for entity in humans if not self.names_himself(entity, words)), None)

    def last_subject(self) -> Entity | None:
        """Give the person who was a subject last."""
        for occurrence in reversed(self.recent):
            if occurrence.is_subject and occurrence.entity.is_human:
                return occurrence.entity
        return None

    def latest(self, entities: list[Entity]) -> Entity:
        """Give the one of the entities that was mentioned last."""
        keys = {entity.key for entity in entities}
        for occurrence in reversed(self.recent):
            if occurrence.entity.key in keys:
                return occurrence.entity
        return entities[0]

    def foremost(self, entities: list[Entity]) -> Entity:
        """Give whom a description means of several: the one told of last, or most where that is long ago."""
        latest = self.latest(entities)
        paragraphs = [occurrence.paragraph for occurrence in self.recent if occurrence.entity is latest]
        if not paragraphs or self.recent[-1].paragraph - paragraphs[-1] <= 1:
            return latest
        return max(entities, key=lambda entity: (self.times[entity.key], entity is latest))

    def party_of(self, person_id: str, day: date) -> str | None:
        """Give the id of the party of somebody of the roster."""
        party = self.index.roster.party_of(person_id, day)
        return party.id if party else None

    def gender_of(self, person_id: str) -> Gender | None:
        """Give the gender of somebody of the roster."""
        person = self.index.roster.person(person_id)
        return person.gender if person else None

    def fits_gender(self, entity: Entity, mention: Mention) -> bool:
        """Whether a mention's gender allows for an entity."""
        return mention.gender is None or entity.gender in (mention.gender, None)
