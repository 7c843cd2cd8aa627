"""The roster's names, parties and portfolios, folded and indexed for reading a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from rapidfuzz import fuzz, process

from bot.quotes.folding import core_of, fold, sound_of
from bot.quotes.lexicon import lexicon
from bot.quotes.roster import GOVERNMENT_ROLES, Membership, Roster

_LIKE_ENOUGH = 88.0
_LONG_ENOUGH = 6


class NamedMention(Protocol):
    """What the index asks of a mention."""

    name: tuple[str, ...]
    titles: tuple[str, ...]
    party: str | None


class RosterIndex:
    """Looks up what a text may say about the people of a roster.

    Args:
        roster: The roster.
    """

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self._full: defaultdict[str, set[str]] = defaultdict(set)
        self._surnames: defaultdict[str, set[str]] = defaultdict(set)
        for person in roster.persons:
            given = fold(person.given_name)
            self._surnames[fold(person.family_name)].add(person.id)
            for form in map(fold, person.forms):
                if form.startswith(given + " "):
                    self._full[form].add(person.id)
                    self._surnames[form.removeprefix(given + " ")].add(person.id)
                elif "." not in form:
                    self._surnames[form].add(person.id)
            first_half, joined, _ = fold(person.family_name).partition("-")
            if joined:
                self._surnames[first_half].add(person.id)
        self._parties = {fold(form): party.id for party in roster.parties for form in party.forms}
        self._portfolios: set[str] = set(lexicon().portfolio_words)
        for membership in roster.memberships:
            for phrase in portfolio_phrases(membership):
                self._portfolios.update(_beginnings(phrase))

    def full_name(self, folded: str) -> frozenset[str]:
        """Give the ids of the persons with that given name and surname."""
        return frozenset(self._full.get(folded, ()))

    def surname(self, folded: str) -> frozenset[str]:
        """Give the ids of the persons with that surname, particles included."""
        return frozenset(self._surnames.get(folded, ()))

    def knows_full_name(self, folded: str) -> bool:
        """Whether somebody has that full name."""
        return folded in self._full

    def knows_surname(self, folded: str) -> bool:
        """Whether somebody has that surname."""
        return folded in self._surnames

    def may_name(self, mention: NamedMention) -> bool:
        """Whether a mention may mean somebody of the roster: a surname of it, or an office of government or party."""
        if mention.name:
            words = [fold(word) for word in mention.name]
            return any(" ".join(words[start:]) in self._surnames for start in range(len(words)))
        return mention.party is not None or any(title in lexicon().government_titles for title in mention.titles)

    def similar(self, folded: str) -> frozenset[str]:
        """Give the persons whose full name or surname may have been misspelt so; empty where none comes near."""
        if len(folded) < _LONG_ENOUGH:
            return frozenset()
        ids: set[str] = set()
        for names in (self._full, self._surnames):
            near = process.extract(folded, list(names), scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH, limit=3)
            ids.update(person_id for name, _, _ in near if _is_slip(name, folded) for person_id in names[name])
        return frozenset(ids)

    def party(self, phrase: str) -> str | None:
        """Give the id of the party that a phrase names, or None."""
        return self._parties.get(fold(phrase))

    def knows_portfolio(self, folded: str) -> bool:
        """Whether a phrase is a portfolio or its beginning ("infrastructuur")."""
        return folded in self._portfolios

    def portfolio_goes_on(self, folded: str) -> bool:
        """Whether a portfolio has more words after that beginning."""
        return any(phrase.startswith((folded + " en ", folded + ", ")) for phrase in self._portfolios)

    def holders(self, on: date, *, roles: Iterable[str], portfolio: str = "", party: str | None = None) -> set[str]:
        """Give the ids of persons who held one of the roles on a day.

        Args:
            on: The day.
            roles: The roles that count.
            portfolio: Only those about it, folded; a word of it suffices ("asiel"). Empty for all.
            party: Only those of that party.

        Returns:
            Person ids.
        """
        wanted = frozenset(roles)
        return {
            row.person_id
            for row in self.roster.memberships
            if row.role in wanted
            and row.covers(on)
            and (not portfolio or is_about(row, portfolio))
            and (party is None or row.on_behalf_of_id == party)
        }


def _is_slip(name: str, written: str) -> bool:
    """Whether two names with much in common are one by their cores too: "van der" alike is no likeness."""
    core, written_core = core_of(name), core_of(written)
    return fuzz.ratio(core, written_core) >= _LIKE_ENOUGH - 6 or sound_of(core) == sound_of(written_core)


def portfolio_phrases(membership: Membership) -> list[str]:
    """Give the folded phrases for what a member of government is about."""
    if membership.role not in GOVERNMENT_ROLES:
        return []
    phrases = [membership.portfolio or "", *membership.portfolio_aliases]
    label = fold(membership.label)
    for link in (" van ", " voor "):
        _, found, rest = label.partition(link)
        if found:
            phrases.append(rest.removesuffix(" a.i."))
    return [fold(phrase) for phrase in phrases if phrase]


def is_about(membership: Membership, portfolio: str) -> bool:
    """Whether a membership is about a portfolio as a text words it ("justitie", "ov", "asielzaken")."""
    standard = lexicon().portfolio_words.get(portfolio)
    if standard is not None and is_about(membership, standard):
        return True
    for phrase in portfolio_phrases(membership):
        if phrase == portfolio or phrase.startswith(portfolio):
            return True
        words = phrase.replace(",", " ").split()
        if portfolio in words:
            return True
        if len(portfolio) >= 4 and any(
            word.startswith(portfolio) or portfolio.startswith(word) for word in words if len(word) >= 4
        ):
            return True
        asked = [word for word in portfolio.replace(",", " ").split() if word not in ("en", "de", "het")]
        if len(asked) > 1 and all(word in words for word in asked):
            return True
    return False


def _beginnings(phrase: str) -> set[str]:
    """Give a portfolio and the shorter forms that news uses ("sociale zaken" of "sociale zaken en werkgelegenheid")."""
    words = phrase.split()
    shorter = {phrase}
    for length in range(1, len(words)):
        if words[length - 1] not in ("en", "van", "de"):
            shorter.add(" ".join(words[:length]).rstrip(","))
    shorter.update(word.rstrip(",") for word in words if len(word) > 3)
    return shorter
