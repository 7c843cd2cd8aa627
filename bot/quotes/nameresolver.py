"""Whom a name means: somebody of the roster, told from homonyms, or somebody else of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from rapidfuzz import fuzz

from bot.quotes.cast import GUESS, Cast, Entity, Resolution
from bot.quotes.folding import core_of, fold
from bot.quotes.mention import Mention
from bot.quotes.roles import ROLES_OF_TITLE, TITLES_OF_POLITICIANS
from bot.quotes.rosterindex import is_about

_SAME_GIVEN_NAME = 84.0
_SURNAME_PARTICLES = frozenset({"van", "von", "ten", "ter"})
"""Particles with which no place or paper begins ("De Peel", "In Limburg")."""


class NameResolver:
    """Resolves names.

    Args:
        cast: The people of the text.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self._misspellings: dict[str, frozenset[str]] = {}

    def resolve(self, mention: Mention, day: date) -> Resolution:
        """Say whom a name means on a day."""
        folded = fold(" ".join(mention.name))
        ids = self.cast.index.full_name(folded)
        if not ids and _is_private(mention):
            return Resolution((self._other_by_name(mention, folded),), 0.9)
        ids = ids or self._by_initials(mention)
        if ids:
            return self._choose(ids, mention, day, 0.99)
        known_others = [e for e in self.cast.around() if e.person is None and folded in e.names]
        ids = self.cast.index.surname(folded)
        if ids and not self._is_at_hand(ids, mention, day):
            # Out of office, untitled and never named in full: perhaps a namesake.
            if known_others:
                return Resolution((self.cast.latest(known_others),), 0.9)
            self.cast.guessed.update(ids)
        if ids and self._may_be_politician(mention, ids):
            return self._choose_namesake(ids, known_others, mention, day)
        if known_others:
            return Resolution((self.cast.latest(known_others),), 0.95)
        similar = self._misspelt(mention, folded)
        if similar:
            return self._choose(similar, mention, day, 0.85)
        return Resolution((self._other_by_name(mention, folded),), 0.9)

    def _by_initials(self, mention: Mention) -> frozenset[str]:
        """Read "M. Rozema", or a given name spelt another way, before a surname of the roster."""
        for cut in range(1, len(mention.name)):
            surname_ids = self.cast.index.surname(fold(" ".join(mention.name[cut:])))
            given = fold(" ".join(mention.name[:cut]))
            matching = set()
            for person_id in surname_ids:
                person = self.cast.index.roster.person(person_id)
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
        days = {day, self.cast.published}
        return any(
            person_id in self.cast.entities or any(self.cast.index.roster.capacity(person_id, one) for one in days)
            for person_id in ids
        )

    def _may_be_politician(self, mention: Mention, ids: Iterable[str]) -> bool:
        """Keep "brandweercommandant De Wit" from the minister of that name, unless the text has called her so."""
        if not mention.titles or any(title in TITLES_OF_POLITICIANS for title in mention.titles):
            return True
        known = [self.cast.entities[person_id] for person_id in ids if person_id in self.cast.entities]
        return any(set(mention.titles) & entity.titles for entity in known)

    def _choose_namesake(self, ids: frozenset[str], others: list[Entity], mention: Mention, day: date) -> Resolution:
        """A bare surname means who bore it last in the text, be it the roster's person or another."""
        chosen = self._choose(ids, mention, day, 0.97)
        same_title = [entity for entity in others if set(mention.titles) & entity.titles]
        if same_title and not any(set(mention.titles) & entity.titles for entity in chosen.entities):
            return Resolution((self.cast.latest(same_title),), 0.9)
        if not others or mention.party or mention.portfolio or mention.titles:
            return chosen
        latest = self.cast.latest([*others, *chosen.entities])
        return Resolution((latest,), 0.85)

    def _choose(self, ids: Iterable[str], mention: Mention, day: date, certainty: float) -> Resolution:
        """Choose among homonyms of the roster: by party, portfolio, title, gender, then by who was named last."""
        left = sorted(ids)
        tests: list[Callable[[str], bool]] = [
            lambda person_id: not mention.party or self.cast.party_of(person_id, day) == mention.party,
            lambda person_id: not mention.portfolio or self._is_about(person_id, mention.portfolio, day),
            lambda person_id: not mention.titles or self._holds_title(person_id, mention.titles, day),
            lambda person_id: mention.gender is None or self.cast.gender_of(person_id) == mention.gender,
        ]
        for test in tests:
            if len(left) > 1:
                left = [person_id for person_id in left if test(person_id)] or left
        if len(left) > 1:
            named = [person_id for person_id in left if person_id in self.cast.entities]
            if named:
                latest = self.cast.latest([self.cast.entities[person_id] for person_id in named])
                certainty = 0.8 if len(named) > 1 else 0.9
                return Resolution((latest,), GUESS if latest.key in self.cast.guessed else certainty)
            introduced = [person_id for person_id in left if person_id in self.cast.introduced]
            if len(introduced) == 1:
                return Resolution((self.cast.entity(introduced[0]),), 0.85)
            in_office = [person_id for person_id in left if self.cast.index.roster.capacity(person_id, day)]
            if len(in_office) == 1:
                return Resolution((self.cast.entity(in_office[0]),), 0.85)
            self.cast.guessed.add((in_office or left)[0])
            return Resolution((self.cast.entity((in_office or left)[0]),), GUESS)
        if (
            left[0] in self.cast.guessed
            and len(mention.name) > 1
            and self.cast.index.knows_full_name(fold(" ".join(mention.name)))
        ):
            self.cast.guessed.discard(left[0])
        return Resolution((self.cast.entity(left[0]),), GUESS if left[0] in self.cast.guessed else certainty)

    def _misspelt(self, mention: Mention, folded: str) -> frozenset[str]:
        """Give the person whose name was misspelt so; a bare surname must have a title, or be known in the text."""
        if folded in self._misspellings:
            return self._misspellings[folded]
        similar = self.cast.index.similar(folded)
        introduced = any(title in ROLES_OF_TITLE for title in mention.titles) or " " in folded
        if not similar or not (introduced or similar & self.cast.entities.keys()):
            return frozenset()
        self._misspellings[folded] = similar
        self._misspellings[folded.split(" ", 1)[-1]] = similar
        return similar

    def _other_by_name(self, mention: Mention, folded: str) -> Entity:
        name = " ".join(mention.name)
        key = f"other:{name}"
        entity = self.cast.entities.get(key)
        if entity is None:
            given = mention.name[0]
            organisation = any(word.lower() in self.cast.lexicon.organisation_words for word in mention.name)
            organisation = organisation or "&" in mention.name
            aged = any(bracket.strip().isdigit() for bracket in mention.brackets)
            introduced = bool(mention.titles) or aged or mention.party is not None or mention.gender is not None
            introduced = introduced or self._looks_like_a_person(mention)
            human = not organisation and (introduced or self.cast.lexicon.is_given_name(given))
            gender = mention.gender
            if gender is None and human and len(mention.name) > 1:
                gender = self.cast.lexicon.gender_of_ending(given)
            entity = Entity(key, gender=gender, is_human=human)
            entity.names = {
                folded,
                fold(given),
                fold(" ".join(mention.name[1:])),
                core_of(fold(" ".join(mention.name[1:]))),
            }
            entity.names.discard("")
            self.cast.entities[key] = entity
        self.cast.learn(entity, mention)
        return entity

    def _looks_like_a_person(self, mention: Mention) -> bool:
        """See two or more capitalised words that are no place ("in Den Haag") and start with no adjective."""
        given = mention.name[0]
        if len(mention.name) > 1 and fold(given) in _SURNAME_PARTICLES:
            return True
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

    def _is_about(self, person_id: str, portfolio: str, day: date) -> bool:
        return any(is_about(row, portfolio) for row in self.cast.index.roster.memberships_of(person_id, day))

    def _holds_title(self, person_id: str, titles: tuple[str, ...], day: date) -> bool:
        roles = {role for title in titles for role in ROLES_OF_TITLE.get(title, ())}
        return any(row.role in roles for row in self.cast.index.roster.memberships_of(person_id, day))


def _is_private(mention: Mention) -> bool:
    """Whether a name is told as that of somebody who is no family of a namesake."""
    return "geen familie" in mention.brackets and not any(title in ROLES_OF_TITLE for title in mention.titles)
