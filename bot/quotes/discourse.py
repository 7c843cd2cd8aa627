"""Who has been mentioned so far, and whom a name, a role or a pronoun therefore means."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from math import log2

from rapidfuzz import fuzz

from bot.quotes.folding import core_of, fold
from bot.quotes.lexicon import lexicon
from bot.quotes.mentions import Mention
from bot.quotes.roster import Gender, Membership, Person
from bot.quotes.rosterindex import RosterIndex, is_about

_REMEMBERED = 150
"""So many mentions back, someone is forgotten; it also bounds the work per pronoun."""
_SAME_GIVEN_NAME = 84.0

# Weights of what makes somebody the likelier antecedent of a pronoun; set on the development articles.
_SUBJECT, _OBLIQUE, _UNKNOWN_GENDER, _ONLY_DESCRIBED = 0.95, 0.5, 0.6, 0.4
_PER_DOUBLED_DISTANCE, _PER_PARAGRAPH, _SPOKE, _OFTEN, _CENTRE = 1.1, 0.15, 0.3, 0.05, 0.4

_CLEAR = 0.8
"""A lead over the next candidate that leaves little doubt."""

_ROLES_OF_TITLE: dict[str, tuple[str, ...]] = {
    "minister": ("minister",),
    "vakminister": ("minister",),
    "excellentie": ("minister", "staatssecretaris"),
    "staatssecretaris": ("staatssecretaris",),
    "bewindsman": ("minister", "staatssecretaris"),
    "bewindsvrouw": ("minister", "staatssecretaris"),
    "bewindspersoon": ("minister", "staatssecretaris"),
    "collega": ("minister", "staatssecretaris"),
    "premier": ("minister-president",),
    "minister-president": ("minister-president",),
    "regeringsleider": ("minister-president",),
    "regeringschef": ("minister-president",),
    "vicepremier": ("vicepremier",),
    "viceminister-president": ("vicepremier",),
    "partijleider": ("partijleider",),
    "leider": ("partijleider",),
    "leidster": ("partijleider",),
    "voorman": ("partijleider",),
    "voorvrouw": ("partijleider",),
    "leidsman": ("partijleider",),
    "fractievoorzitter": ("fractievoorzitter",),
    "fractieleider": ("fractievoorzitter",),
    "lijsttrekker": ("lijsttrekker", "partijleider"),
    "oud-minister": ("minister",),
    "oud-premier": ("minister-president",),
    "oud-staatssecretaris": ("staatssecretaris",),
}
_TITLES_OF_POLITICIANS = frozenset(
    {*_ROLES_OF_TITLE, "kamerlid", "oud-kamerlid", "politicus", "politica", "oud", "partijgenoot", "partijgenote"}
    | {"ministers", "staatssecretarissen", "vicepremiers", "opvolger", "voorganger", "coalitiegenoot", "naamgenoot"}
    | {"demonym", "informateur", "opvolgster", "voorgangster", "ambtgenoot", "ambtgenote", "kandidaat", "kamerleden"}
)


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


class Discourse:
    """The people of one article in the order of their mentions.

    Args:
        index: The roster's index.
        published: The day of the article; None where it is unknown, then roles are read without a date.
    """

    def __init__(self, index: RosterIndex, published: date | None) -> None:
        self.index = index
        self.published = published or date.today()  # noqa: DTZ011
        self.entities: dict[str, Entity] = {}
        self.recent: deque[Occurrence] = deque(maxlen=_REMEMBERED)
        self.spoke: set[str] = set()
        self.introduced: set[str] = set()
        self._misspellings: dict[str, frozenset[str]] = {}
        self.times: Counter[str] = Counter()
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
            entity.is_human = len(words) > 1 and not any(word in self.lexicon.organisation_words for word in words)

    def resolve(
        self, mention: Mention, sentence: int, paragraph: int, on: date | None = None, words: str = ""
    ) -> Resolution:
        """Say whom a mention means.

        Args:
            mention: The mention.
            sentence: Index of its sentence.
            paragraph: Index of its paragraph.
            on: The day at which its role counts; the article's own where None.
            words: What the one who is meant says, if anything: nobody speaks of himself by name.

        Returns:
            The entities (several for "beiden") and how sure it is.
        """
        day = on or self.published
        if mention.kind == "name":
            return self._resolve_name(mention, day)
        if mention.kind == "role":
            return self._resolve_role(mention, day, sentence, paragraph)
        return self._resolve_pronoun(mention, sentence, paragraph, words)

    # Names

    def _resolve_name(self, mention: Mention, day: date) -> Resolution:
        folded = fold(" ".join(mention.name))
        ids = self.index.full_name(folded) or self._by_initials(mention)
        if ids:
            return self._choose(ids, mention, day, 0.99)
        known_others = [e for e in self._around() if e.person is None and folded in e.names]
        ids = self.index.surname(folded)
        if ids and not self._is_at_hand(ids, mention, day):
            ids = frozenset()
        if ids and self._may_be_politician(mention, ids):
            return self._choose_namesake(ids, known_others, mention, day)
        if known_others:
            return Resolution((self._latest(known_others),), 0.95)
        similar = self._misspelt(mention, folded)
        if similar:
            return self._choose(similar, mention, day, 0.85)
        return Resolution((self._other_by_name(mention, folded),), 0.9)

    def _by_initials(self, mention: Mention) -> frozenset[str]:
        """Read "M. Rozema", or a given name spelt another way, before a surname of the roster."""
        for cut in range(1, len(mention.name)):
            surname_ids = self.index.surname(fold(" ".join(mention.name[cut:])))
            given = fold(" ".join(mention.name[:cut]))
            matching = set()
            for person_id in surname_ids:
                person = self.index.roster.person(person_id)
                roster_given = fold(person.given_name) if person else ""
                initial = len(given) <= 2 and roster_given.startswith(given[:1])
                if (
                    given in ("mevrouw", "meneer", "heer")
                    or initial
                    or fuzz.ratio(given, roster_given) >= _SAME_GIVEN_NAME
                ):
                    matching.add(person_id)
            if matching:
                return frozenset(matching)
        return frozenset()

    def _is_at_hand(self, ids: Iterable[str], mention: Mention, day: date) -> bool:
        """A bare surname means somebody out of office only where the text has introduced or titled him."""
        if mention.titles or mention.party or mention.portfolio:
            return True
        days = {day, self.published}
        return any(
            person_id in self.entities or any(self.index.roster.capacity(person_id, one) for one in days)
            for person_id in ids
        )

    def _may_be_politician(self, mention: Mention, ids: Iterable[str]) -> bool:
        """Keep "brandweercommandant De Wit" from the minister of that name, unless the text has called her so."""
        if not mention.titles or any(title in _TITLES_OF_POLITICIANS for title in mention.titles):
            return True
        known = [self.entities[person_id] for person_id in ids if person_id in self.entities]
        return any(set(mention.titles) & entity.titles for entity in known)

    def _choose_namesake(self, ids: frozenset[str], others: list[Entity], mention: Mention, day: date) -> Resolution:
        """A bare surname means who bore it last in the text, be it the roster's person or another."""
        chosen = self._choose(ids, mention, day, 0.97)
        same_title = [entity for entity in others if set(mention.titles) & entity.titles]
        if same_title and not any(set(mention.titles) & entity.titles for entity in chosen.entities):
            return Resolution((self._latest(same_title),), 0.9)
        if not others or mention.party or mention.portfolio or mention.titles:
            return chosen
        latest = self._latest([*others, *chosen.entities])
        return Resolution((latest,), 0.85)

    def _choose(self, ids: Iterable[str], mention: Mention, day: date, certainty: float) -> Resolution:
        """Choose among homonyms of the roster: by party, portfolio, title, gender, then by who was named last."""
        left = sorted(ids)
        tests: list[Callable[[str], bool]] = [
            lambda person_id: not mention.party or self._party_of(person_id, day) == mention.party,
            lambda person_id: not mention.portfolio or self._is_about(person_id, mention.portfolio, day),
            lambda person_id: not mention.titles or self._holds_title(person_id, mention.titles, day),
            lambda person_id: mention.gender is None or self._gender(person_id) == mention.gender,
        ]
        for test in tests:
            if len(left) > 1:
                left = [person_id for person_id in left if test(person_id)] or left
        if len(left) > 1:
            named = [person_id for person_id in left if person_id in self.entities]
            if named:
                latest = self._latest([self.entities[person_id] for person_id in named])
                return Resolution((latest,), 0.8 if len(named) > 1 else 0.9)
            introduced = [person_id for person_id in left if person_id in self.introduced]
            if len(introduced) == 1:
                return Resolution((self._entity(introduced[0]),), 0.85)
            in_office = [person_id for person_id in left if self.index.roster.capacity(person_id, day)]
            if len(in_office) == 1:
                return Resolution((self._entity(in_office[0]),), 0.85)
            return Resolution((self._entity((in_office or left)[0]),), 0.4)
        return Resolution((self._entity(left[0]),), certainty)

    def _misspelt(self, mention: Mention, folded: str) -> frozenset[str]:
        """Give the person whose name was misspelt so; a bare surname must have a title, or be known in the text."""
        if folded in self._misspellings:
            return self._misspellings[folded]
        similar = self.index.similar(folded)
        introduced = any(title in _ROLES_OF_TITLE for title in mention.titles) or " " in folded
        if not similar or not (introduced or similar & self.entities.keys()):
            return frozenset()
        self._misspellings[folded] = similar
        self._misspellings[folded.split(" ", 1)[-1]] = similar
        return similar

    def _other_by_name(self, mention: Mention, folded: str) -> Entity:
        name = " ".join(mention.name)
        key = f"other:{name}"
        entity = self.entities.get(key)
        if entity is None:
            given = mention.name[0]
            organisation = any(word.lower() in self.lexicon.organisation_words for word in mention.name)
            aged = any(bracket.strip().isdigit() for bracket in mention.brackets)
            introduced = bool(mention.titles) or aged or mention.party is not None or mention.gender is not None
            introduced = introduced or self._looks_like_a_person(mention)
            human = not organisation and (introduced or self.lexicon.is_given_name(given))
            gender = mention.gender
            if gender is None and human and len(mention.name) > 1:
                gender = self.lexicon.gender_of_ending(given)
            entity = Entity(key, gender=gender, is_human=human)
            entity.names = {
                folded,
                fold(given),
                fold(" ".join(mention.name[1:])),
                core_of(fold(" ".join(mention.name[1:]))),
            }
            entity.names.discard("")
            self.entities[key] = entity
        self._learn(entity, mention)
        return entity

    def _looks_like_a_person(self, mention: Mention) -> bool:
        """See two or more capitalised words that are no place ("in Den Haag") and start with no adjective."""
        given = mention.name[0]
        if len(mention.name) < 2 or mention.after_preposition or not given[1:].islower():
            return False
        return not fold(given).endswith(("e", "s")) and given.lower() not in (
            "den",
            "sint",
            "nieuw",
            "noord",
            "zuid",
            "west",
        )

    def _entity(self, person_id: str) -> Entity:
        entity = self.entities.get(person_id)
        if entity is None:
            person = self.index.roster.person(person_id)
            entity = Entity(person_id, person, person.gender if person else None)
            self.entities[person_id] = entity
        return entity

    def _learn(self, entity: Entity, mention: Mention) -> None:
        entity.titles.update(mention.titles)
        entity.party = entity.party or mention.party
        entity.gender = entity.gender or mention.gender

    # Roles

    def _resolve_role(self, mention: Mention, day: date, sentence: int, paragraph: int) -> Resolution:
        title = mention.titles[0] if mention.titles else ""
        if mention.indefinite or title in self.lexicon.bodies:
            return Resolution((self._described(mention),), 0.9)
        if title in ("voorganger", "voorgangster", "opvolger", "opvolgster"):
            return self._successor(mention, day, sentence, paragraph, before=title.startswith("voor"))
        if title in ("politica", "politicus", "demonym") or (mention.party and title not in _ROLES_OF_TITLE):
            return self._by_party(mention, day)
        if title in _ROLES_OF_TITLE:
            return self._by_office(mention, title, day)
        if title.startswith("oud-"):
            # "De oud-wethouder" tells more of whom the text was about just now.
            subject = self._last_subject()
            if subject is not None and self._fits_gender(subject, mention):
                return Resolution((subject,), 0.75)
        return self._by_title(mention, title)

    def _by_office(self, mention: Mention, title: str, day: date) -> Resolution:
        roles = _ROLES_OF_TITLE[title]
        if "oud" in mention.titles or title.startswith("oud-"):
            return self._former(mention, roles, day)
        holders = self.index.holders(day, roles=roles, portfolio=mention.portfolio, party=mention.party)
        if not holders and mention.party and "partijleider" in roles:
            holders = self.index.holders(day, roles=("fractievoorzitter",), party=mention.party)
        if mention.gender:
            holders = {person_id for person_id in holders if self._gender(person_id) in (mention.gender, None)}
        others = [e for e in self._around() if e.person is None and title in e.titles and not mention.portfolio]
        named = [self.entities[person_id] for person_id in holders if person_id in self.entities]
        if mention.possessive:
            # "zijn minister" is not the one who was just the subject.
            subject = self._last_subject()
            named = [entity for entity in named if entity is not subject] or named
        if len(holders) == 1 and not others:
            return Resolution((self._entity(next(iter(holders))),), 0.95)
        if named or others:
            return Resolution((self._latest([*named, *others]),), 0.92 if len(named) + len(others) == 1 else 0.8)
        if title == "collega" or mention.possessive:
            return Resolution((self._described(mention),), 0.6)
        return NOBODY

    def _former(self, mention: Mention, roles: tuple[str, ...], day: date) -> Resolution:
        """Resolve "de oud-minister": someone in the text who held the office before."""

        def was(entity: Entity) -> bool:
            rows = self.index.roster.memberships_of(entity.key)
            return any(row.role in roles and row.end is not None and row.end <= day for row in rows)

        named = [entity for entity in self._around() if was(entity) and self._fits_gender(entity, mention)]
        titled = [e for e in self._around() if e.person is None and set(e.titles) & set(mention.titles)]
        if named or titled:
            return Resolution((self._latest([*named, *titled]),), 0.85)
        return Resolution((self._described(mention),), 0.6)

    def _by_party(self, mention: Mention, day: date) -> Resolution:
        """Resolve "de PV'er" or "de CSA-politica" to the member of that party who was named last."""

        def belongs(entity: Entity) -> bool:
            party = self._party_of(entity.key, day) if entity.person else entity.party
            return party is not None and (party == mention.party or mention.party is None)

        title = mention.titles[0] if mention.titles else ""
        named = [e for e in self._around() if e.is_human and belongs(e) and self._fits_gender(e, mention)]
        titled = [e for e in named if title in e.titles]
        if title not in ("politica", "politicus", "demonym") and titled:
            return Resolution((self._latest(titled),), 0.9)
        if named and title in ("politica", "politicus", "demonym", "partijgenoot"):
            return Resolution((self._latest(named),), 0.92)
        return Resolution((self._described(mention),), 0.7)

    def _by_title(self, mention: Mention, title: str) -> Resolution:
        """Resolve "de burgemeester" to who bore that title in the text."""
        matching = [e for e in self._around() if title in e.titles and self._fits_gender(e, mention)]
        if matching and not mention.complement and not mention.possessive:
            return Resolution((self._latest(matching),), 0.9)
        return Resolution((self._described(mention),), 0.85)

    def _successor(self, mention: Mention, day: date, sentence: int, paragraph: int, *, before: bool) -> Resolution:
        """Resolve "haar voorganger" through the office of whom "haar" means."""
        owner = self._last_subject()
        if owner is not None and owner.person is not None:
            found = self._neighbour_in_office(owner.key, day, before=before)
            if found:
                return Resolution((self._entity(found),), 0.85)
        humans = [o.entity for o in self.recent if o.entity.is_human and o.entity is not owner]
        return Resolution((humans[-1],), 0.6) if humans else Resolution((self._described(mention),), 0.6)

    def _neighbour_in_office(self, person_id: str, day: date, *, before: bool) -> str | None:
        best: Membership | None = None
        for own in self.index.roster.memberships_of(person_id):
            for row in self.index.roster.memberships:
                if row.person_id == person_id or row.acting or row.role != own.role:
                    continue
                same = row.portfolio == own.portfolio and (
                    row.portfolio is not None or row.organization_id == own.organization_id
                )
                if not same or own.start is None or row.start is None:
                    continue
                fits = row.start < own.start if before else own.start < row.start
                if fits and (best is None or best.start is None or (row.start > best.start) == before):
                    best = row
            if best is not None:
                break
        return best.person_id if best else None

    def _described(self, mention: Mention) -> Entity:
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
        self._learn(entity, mention)
        return entity

    # Pronouns

    def _resolve_pronoun(self, mention: Mention, sentence: int, paragraph: int, words: str) -> Resolution:
        if mention.plural or mention.surface.lower().endswith(" twee"):
            return self._the_two()
        if mention.demonstrative:
            return self._resolve_demonstrative(sentence)
        scores: dict[str, float] = {}
        candidates = [o for o in self.recent if self._may_mean(mention, o.entity) and o.entity.is_human]
        # Where no person is known, a name may turn out to be one's.
        candidates = candidates or [o for o in self.recent if self._may_mean(mention, o.entity) and o.entity.names]
        candidates = [o for o in candidates if not self.names_himself(o.entity, words)] or candidates
        for occurrence in candidates:
            entity = occurrence.entity
            distance = sentence - occurrence.sentence
            score = _SUBJECT * occurrence.is_subject - _OBLIQUE * occurrence.is_oblique
            if occurrence.is_subject and distance == 1:
                score += _CENTRE
            else:
                score -= _UNKNOWN_GENDER * (entity.gender is None)
                score -= _ONLY_DESCRIBED * (not entity.names and not entity.person)
            score -= _PER_DOUBLED_DISTANCE * log2(1 + distance)
            score -= _PER_PARAGRAPH * (paragraph - occurrence.paragraph)
            score += _SPOKE * (entity.key in self.spoke) + _OFTEN * min(6, self.times[entity.key])
            scores[entity.key] = max(score, scores.get(entity.key, -99.0))
        if not scores:
            return NOBODY
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        margin = ranked[0][1] - ranked[1][1] if len(ranked) > 1 else 3.0
        chosen = self.entities[ranked[0][0]]
        if chosen.gender is None and margin >= _CLEAR:
            chosen.gender = mention.gender
        return Resolution((chosen,), 0.93 if margin >= _CLEAR else 0.85 if margin >= 0.4 else 0.7)

    def _resolve_demonstrative(self, sentence: int) -> Resolution:
        """Resolve "die" and "laatstgenoemde": rather whom the sentence before told of than its subject."""
        humans = [o for o in self.recent if o.entity.is_human and not o.entity.is_plural]
        if not humans:
            return NOBODY
        near = [o.entity for o in humans if o.sentence == sentence - 1]
        subjects = {o.entity.key for o in humans if o.sentence == sentence - 1 and o.is_subject}
        others = [entity for entity in near if entity.key not in subjects]
        return Resolution((others[-1] if others else humans[-1].entity,), 0.8)

    def _may_mean(self, mention: Mention, entity: Entity) -> bool:
        return not entity.is_plural and entity.gender in (mention.gender, None)

    def _the_two(self) -> Resolution:
        """Resolve "beiden": the two people who were mentioned last, or the group."""
        found: list[Entity] = []
        for occurrence in reversed(self.recent):
            entity = occurrence.entity
            if entity.is_plural:
                return Resolution((entity,), 0.7)
            if entity.is_human and entity not in found:
                found.append(entity)
            if len(found) == 2:
                return Resolution(tuple(reversed(found)), 0.7)
        return NOBODY

    # Common to all

    def _around(self) -> list[Entity]:
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
        names = {name for name in names if name[:1].isupper() and not self._is_shared(name, entity)}
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) for name in names if len(name) > 2)

    def _is_shared(self, name: str, entity: Entity) -> bool:
        """Whether somebody else in the text bears a name too, so that it need not be his own."""
        tail = " " + fold(name)
        others = (other for other in self._around() if other is not entity)
        return any(
            (" " + fold(other.person.name if other.person else other.key.removeprefix("other:"))).endswith(tail)
            for other in others
        )

    def last_human(self, words: str = "") -> Entity | None:
        """Give the person who was mentioned last and does not name himself in some words."""
        humans = (o.entity for o in reversed(self.recent) if o.entity.is_human and not o.entity.is_plural)
        return next((entity for entity in humans if not self.names_himself(entity, words)), None)

    def _last_subject(self) -> Entity | None:
        for occurrence in reversed(self.recent):
            if occurrence.is_subject and occurrence.entity.is_human:
                return occurrence.entity
        return None

    def _latest(self, entities: list[Entity]) -> Entity:
        """Give the one of the entities that was mentioned last."""
        keys = {entity.key for entity in entities}
        for occurrence in reversed(self.recent):
            if occurrence.entity.key in keys:
                return occurrence.entity
        return entities[0]

    def _party_of(self, person_id: str, day: date) -> str | None:
        party = self.index.roster.party_of(person_id, day)
        return party.id if party else None

    def _gender(self, person_id: str) -> Gender | None:
        person = self.index.roster.person(person_id)
        return person.gender if person else None

    def _fits_gender(self, entity: Entity, mention: Mention) -> bool:
        return mention.gender is None or entity.gender in (mention.gender, None)

    def _is_about(self, person_id: str, portfolio: str, day: date) -> bool:
        return any(is_about(row, portfolio) for row in self.index.roster.memberships_of(person_id, day))

    def _holds_title(self, person_id: str, titles: tuple[str, ...], day: date) -> bool:
        roles = {role for title in titles for role in _ROLES_OF_TITLE.get(title, ())}
        return any(row.role in roles for row in self.index.roster.memberships_of(person_id, day))
