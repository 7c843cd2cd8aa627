"""Names as users type them, found in the roster: "Yesilgoz", "vd Burg", "ruttte"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from bot.quotes.folding import PARTICLES, core_of, fold
from bot.quotes.roster import Person, Roster

LEAST_SCORE = 70.0
"""Below this score a name is not offered at all."""

CERTAIN_SCORE = 84.0
"""From this score on a name may be taken without asking, if no other comes near."""

CLEAR_MARGIN = 8.0
"""How far the second-best must stay behind for the best to be taken without asking."""

_VAN_DER = re.compile(r"\bv(?:/|\.\s?|)d(?:\.|\b|(?=[a-z]))\s*")
_NOT_IN_NAMES = re.compile(r"[^\w' \-]+")
_EXACT, _WITHOUT_PARTICLE, _HALF_OF_DOUBLE, _GIVEN_NAME = 100.0, 96.0, 92.0, 86.0
_SHORT = 4


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A person whose name resembles what was typed.

    Attributes:
        person: The person.
        score: How near the names are, 0 to 100.
        certain: Whether it is the one match that may be taken without asking.
    """

    person: Person
    score: float
    certain: bool = False


def find_people(query: str, roster: Roster, limit: int = 6) -> list[NameMatch]:
    """Find the people of a roster whom a user may mean.

    Args:
        query: A name as typed: full, a surname with or without its particle, misspelt, without diacritics.
        roster: Where to look.
        limit: At most so many.

    Returns:
        Matches, best first; the first one is ``certain`` where nobody else comes near. Homonyms are certain only
        where exactly one of them has led a government. Empty where nothing resembles the query.
    """
    wanted = _typed(query)
    if all(word in PARTICLES for word in wanted.split()):
        return []
    scored = [NameMatch(person, _score(wanted, person)) for person in roster.persons]
    matches = [match for match in scored if match.score >= LEAST_SCORE]
    matches.sort(key=lambda match: (-match.score, not _has_led(match.person, roster), match.person.name))
    if matches and matches[0].score >= CERTAIN_SCORE and _stands_alone(matches, roster):
        matches[0] = replace(matches[0], certain=True)
    return matches[:limit]


def resolve(query: str, roster: Roster) -> Person | None:
    """Give the one person whom a query surely means, or None where it is open."""
    matches = find_people(query, roster, limit=1)
    return matches[0].person if matches and matches[0].certain else None


def _typed(query: str) -> str:
    """Fold a query; "vd", "v.d." and "v/d" are written out, other signs are dropped."""
    return " ".join(_NOT_IN_NAMES.sub(" ", _VAN_DER.sub("van der ", fold(query[:200]))).split())


def _score(wanted: str, person: Person) -> float:
    best = 0.0
    for form in person.forms:
        folded = fold(form)
        if wanted == folded:
            return _EXACT
        best = max(best, _likeness(wanted, folded))
    core, wanted_core = core_of(fold(person.family_name)), core_of(wanted)
    if wanted_core == core:
        best = max(best, _WITHOUT_PARTICLE)
    elif wanted_core in core.split("-"):
        best = max(best, _HALF_OF_DOUBLE)
    elif len(wanted_core) >= _SHORT:
        best = max(best, _likeness(wanted_core, core))
    if wanted == fold(person.given_name):
        best = max(best, _GIVEN_NAME)
    return best


def _likeness(wanted: str, form: str) -> float:
    """Compare two folded names; a beginning of the name counts too, as people stop typing."""
    if len(wanted) < _SHORT:
        return 0.0
    whole = max(fuzz.ratio(wanted, form), fuzz.token_sort_ratio(wanted, form))
    core, wanted_core = core_of(form), core_of(wanted)
    if (core, wanted_core) != (form, wanted):
        # A shared "van der" is no likeness.
        whole = (whole + 2 * fuzz.ratio(wanted_core, core)) / 3
    if form.startswith(wanted):
        whole = max(whole, 75.0 + 20.0 * len(wanted) / len(form))
    return min(whole, 99.0)


def _stands_alone(matches: list[NameMatch], roster: Roster) -> bool:
    best = matches[0]
    rivals = [match for match in matches[1:] if best.score - match.score < CLEAR_MARGIN]
    if not rivals:
        return True
    surname = core_of(fold(best.person.family_name))
    namesakes = all(core_of(fold(rival.person.family_name)) == surname for rival in rivals)
    return namesakes and _has_led(best.person, roster) and not any(_has_led(rival.person, roster) for rival in rivals)


def _has_led(person: Person, roster: Roster) -> bool:
    return any(row.role == "minister-president" for row in roster.memberships_of(person.id))
