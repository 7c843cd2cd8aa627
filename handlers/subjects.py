"""What was typed after /follow: somebody, a party, a role, the cabinet, words, or somebody on words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.messages.callbacks import token_of
from bot.messages.officenames import office_label, portfolio_label
from bot.messages.reader import Reader
from bot.messages.subscriptions import on_words, quoted_words
from bot.quotes.folding import fold
from bot.quotes.names import CERTAIN_SCORE, find_people
from bot.quotes.roster import CANONICAL_ROLES, Membership, Roster
from bot.watchwords import normal_words
from handlers.people import person_by_token, read_name
from storage.subscriptions import Subject, role_target

LONGEST_WORDS = 40
"""Characters of followed words: what is longer fits no button, and is no word to watch for."""

_CABINET = frozenset(
    (
        *("kabinet", "het kabinet", "hele kabinet", "het hele kabinet", "iedereen in het kabinet", "alle ministers"),
        *("alle bewindslieden", "bewindslieden", "alle bewindspersonen", "bewindspersonen", "de regering", "regering"),
        *("cabinet", "the cabinet", "everyone in the cabinet", "the whole cabinet", "all ministers", "government"),
    )
)
_OFFICE = re.compile(
    r"(?:de |the )?(?P<role>minister-president|premier|prime minister|vicepremier|deputy prime minister|minister"
    r"|staatssecretaris|state secretary|partijleider|party leader|fractievoorzitter|fractieleider|lijsttrekker)"
    r"(?: (?:van|voor|of|for) (?:de |het |the )?(?P<of>.+))?"
)
_ROLES = {
    "prime minister": "minister-president",
    "deputy prime minister": "vicepremier",
    "state secretary": "staatssecretaris",
    "party leader": "partijleider",
    **CANONICAL_ROLES,
}
_ALONE = frozenset({"minister-president", "vicepremier"})
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"'})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line was taken for.

    Attributes:
        subject: What is meant; None where that is open.
        choices: What may be meant, likeliest first; empty where nothing is like it.
        role: The role that was asked for, where there is none of that name.
    """

    subject: Subject | None
    choices: tuple[Subject, ...] = ()
    role: str = ""


def read_subject(typed: str, roster: Roster, today: date) -> Reading:
    """Take a line for what it asks to be followed.

    Args:
        typed: What was typed after the command, not empty.
        roster: Who there is.
        today: The day on which it was typed: roles of that day come before older ones.
    """
    folded = fold(typed)
    if folded in _CABINET:
        return Reading(Subject("cabinet"))
    if typed.translate(_STRAIGHT).startswith('"'):
        return _words(typed)
    titled = _titled(folded, roster)
    if titled is not None:
        return Reading(titled)
    office = _OFFICE.fullmatch(folded)
    if office is not None:
        return _role(office, roster, today)
    party = next((row for row in roster.parties if _names(folded) & {fold(form) for form in row.forms}), None)
    whole = find_people(typed, roster)
    if party is not None and not (whole and whole[0].certain and fold(whole[0].person.name) == folded):
        return Reading(Subject("party", party.id))
    if whole and whole[0].certain:
        return Reading(Subject("person", whole[0].person.id))
    return _somebody(typed, roster, [Subject("person", match.person.id) for match in whole])


def follow_code(subject: Subject, level: str, *, passes_quiet: bool = False) -> str:
    """Give what a button's words carry of a subject beside its target, and how it is to be followed."""
    return f"{_LETTERS[subject.kind]}{level[0]}{int(passes_quiet)}{subject.words}"


def read_code(code: str, token: str, roster: Roster) -> tuple[Subject, str, bool] | None:
    """Read what ``follow_code`` wrote: the subject, its level, and whether it passes quiet hours.

    Args:
        code: The button's words; empty for a person at the level that is usual.
        token: The token of the target.
        roster: Who there is.

    Returns:
        None where the roster has no such target (any more), or the words say nothing.
    """
    match = _CODE.fullmatch(code or "pa0")
    if match is None:
        return None
    kind = _KINDS[match[1]]
    target = _target(kind, token, roster)
    words = normal_words(match[4])
    if target is None or bool(words) != (kind in ("word", "person_word")):
        return None
    return Subject(kind, target, words), _LEVELS[match[2]], match[3] == "1"


def usual_level(subject: Subject) -> str:
    """Give the level at which a subject is followed unless somebody says otherwise: one voice is told in full."""
    return "all" if subject.kind in ("person", "word", "person_word") else "news"


def subject_label(reader: Reader, subject: Subject, roster: Roster, today: date) -> str:
    """Name what is followed, in the reader's language."""
    match subject.kind:
        case "person" | "person_word":
            person = roster.person(subject.target)
            name = person.name if person else subject.target
            return on_words(reader, name, subject.words) if subject.words else name
        case "party":
            party = roster.organization(subject.target)
            return party.short_name if party else subject.target
        case "role":
            return _office_label(reader, subject.target, roster, today)
        case "word":
            return quoted_words(reader, subject.words)
        case _:
            return reader.label("everyone in the cabinet")


_LETTERS = {"person": "p", "party": "y", "role": "r", "cabinet": "c", "word": "w", "person_word": "b"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_LEVELS = {"a": "all", "n": "news", "t": "turns"}
_CODE = re.compile(r"([pyrcwb])([ant])([01])(.*)", re.DOTALL)


def _words(typed: str) -> Reading:
    words = normal_words(typed)
    return Reading(Subject("word", words=words) if 0 < len(words) <= LONGEST_WORDS else None)


def _somebody(typed: str, roster: Roster, alike: list[Subject]) -> Reading:
    """Read a name with words beside it, a name that is not certain, or words alone."""
    named = read_name(typed, roster)
    words = normal_words(named.words)
    if words and len(words) <= LONGEST_WORDS and named.candidates:
        first = find_people(named.typed, roster)[0]
        if named.person is not None:
            return Reading(Subject("person_word", named.person.id, words))
        if first.score >= CERTAIN_SCORE:
            return Reading(None, tuple(Subject("person_word", person.id, words) for person in named.candidates))
    as_words = _words(typed)
    if alike:
        offered = [as_words.subject] if as_words.subject else []
        return Reading(None, (*alike, *offered))
    if as_words.subject is not None and any(word[:1].isupper() for word in typed.split()):
        # It reads like a name that nobody has: a word is followed only if that is what was meant.
        return Reading(None, (as_words.subject,))
    return as_words


def _titled(folded: str, roster: Roster) -> Subject | None:
    """Give the office that is called so in either language, as it is shown: "Staatssecretaris Mijnbouw"."""
    wanted = _names(folded)
    offices = [row for row in roster.memberships if row.portfolio and row.role not in _ALONE]
    rows = [row for row in offices if wanted & _titles(row.label)]
    return Subject("role", _target_of(rows[-1])) if rows else None


def _titles(label: str) -> set[str]:
    return {fold(label), fold(office_label(label, "en"))}


def _role(office: re.Match[str], roster: Roster, today: date) -> Reading:
    role = _ROLES.get(office["role"], office["role"])
    wanted = (office["of"] or "").replace(",", "")
    if not wanted or role in _ALONE:
        known = any(row.role == role for row in roster.memberships)
        return Reading(Subject("role", role_target(role)) if known else None, role=office[0])
    rows = [row for row in roster.memberships if row.role == role]
    rows.sort(key=lambda row: (row.covers(today), row.start or date.min), reverse=True)
    exact = [row for row in rows if wanted in _held_for(row, roster)]
    if exact:
        return Reading(Subject("role", _target_of(exact[0])))
    near = [row for row in rows if any(set(wanted.split()) <= set(name.split()) for name in _held_for(row, roster))]
    choices = tuple(dict.fromkeys(Subject("role", _target_of(row)) for row in near))
    if len(choices) == 1:
        return Reading(choices[0])
    return Reading(None, choices[:8], role=office[0])


def _held_for(row: Membership, roster: Roster) -> list[str]:
    """Give what a role is about, folded: its portfolio's names, or its party's."""
    if row.portfolio:
        names = (row.portfolio, portfolio_label(row.portfolio, "en"), *row.portfolio_aliases)
        return [fold(name).removeprefix("the ").replace(",", "") for name in names]
    party = roster.organization(row.on_behalf_of_id or "")
    return [fold(form) for form in party.forms] if party else []


def _target_of(row: Membership) -> str:
    return role_target(row.role, row.portfolio or row.on_behalf_of_id or "")


def _office_label(reader: Reader, target: str, roster: Roster, today: date) -> str:
    role, _, of = target.partition("|")
    label = office_label(_role_label(target, roster, today), reader.language)
    if of or role in _ALONE:
        return reader.label("the {office}", office=label)
    return reader.label("everyone who is {office}", office=label)


def _role_label(target: str, roster: Roster, today: date) -> str:
    role, _, of = target.partition("|")
    if not of or role in _ALONE:
        return role
    rows = [row for row in roster.memberships if _target_of(row) == target]
    rows.sort(key=lambda row: (row.covers(today), row.start or date.min), reverse=True)
    if not rows:
        return f"{role} {of}"
    party = roster.organization(of)
    return f"{role} {party.short_name}" if party else rows[0].label[:1].lower() + rows[0].label[1:]


def _target(kind: str, token: str, roster: Roster) -> str | None:
    match kind:
        case "person" | "person_word":
            person = person_by_token(roster, token)
            return person.id if person else None
        case "party":
            return next((row.id for row in roster.parties if token_of(row.id) == token), None)
        case "role":
            targets = {_target_of(row) for row in roster.memberships}
            targets |= {role_target(row.role) for row in roster.memberships}
            return next((target for target in targets if token_of(target) == token), None)
        case _:
            return "" if not token else None


def _names(folded: str) -> set[str]:
    return {folded, folded.removeprefix("de "), folded.removeprefix("het "), folded.removeprefix("the ")}
