"""Whom a name, a role or a pronoun means at its place in the text."""

from __future__ import annotations

from datetime import date

from bot.quotes.cast import Cast, Resolution
from bot.quotes.mention import Mention
from bot.quotes.nameresolver import NameResolver
from bot.quotes.pronouns import PronounResolver
from bot.quotes.roles import RoleResolver
from bot.quotes.rosterindex import RosterIndex


class Discourse(Cast):
    """The people of one article, with the question whom a mention means.

    Args:
        index: The roster's index.
        published: The day of the article; None where it is unknown, then roles are read as of today.
    """

    def __init__(self, index: RosterIndex, published: date | None) -> None:
        super().__init__(index, published)
        self._names = NameResolver(self)
        self._roles = RoleResolver(self)
        self._pronouns = PronounResolver(self)

    def resolve(
        self,
        mention: Mention,
        sentence: int,
        paragraph: int,
        on: date | None = None,
        words: str = "",
        others: frozenset[str] = frozenset(),
    ) -> Resolution:
        """Say whom a mention means.

        Args:
            mention: The mention.
            sentence: Index of its sentence.
            paragraph: Index of its paragraph.
            on: The day at which its role counts; the article's own where None.
            words: What the one who is meant says, if anything: nobody speaks of himself by name.
            others: Keys of entities that a pronoun does not mean.

        Returns:
            The entities (several for "beiden") and how sure it is.
        """
        day = on or self.published
        if mention.kind == "name":
            return self._names.resolve(mention, day)
        if mention.kind == "role":
            return self._roles.resolve(mention, day)
        return self._pronouns.resolve(mention, sentence, paragraph, words, others)
