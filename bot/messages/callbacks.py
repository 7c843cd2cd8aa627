"""What a button carries back: a letter for what is to be done, then its fields, in at most 64 bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Literal

LIMIT = 64
"""Bytes of callback data that Telegram takes."""

Days = tuple[date | None, date | None]
"""First and last day, both inclusive; None is open."""

Action = Literal[
    "quotes",
    "reversals",
    "follow",
    "unfollow",
    "language",
    "confirm",
    "ask_why",
    "reject",
    "undo",
    "look",
    "cite",
    "context",
    "person",
    "ministers",
    "begin",
    "admit",
    "refuse",
    "blame",
    "accept",
    "decline",
    "put_back",
    "appoint",
    "unappoint",
    "succeed",
    "help",
    "forget",
    "subscription",
    "settings",
    "digest",
    "overview",
    "mute",
    "silence",
    "sources",
    "more",
    "pick",
    "timeline",
    "export",
]

_LETTERS: dict[str, Action] = {
    "q": "quotes",
    "r": "reversals",
    "f": "follow",
    "u": "unfollow",
    "l": "language",
    "c": "confirm",
    "w": "ask_why",
    "n": "reject",
    "o": "undo",
    "k": "look",
    "t": "cite",
    "v": "context",
    "p": "person",
    "m": "ministers",
    "B": "begin",
    "A": "admit",
    "R": "refuse",
    "S": "blame",
    "J": "accept",
    "N": "decline",
    "Z": "put_back",
    "O": "appoint",
    "U": "unappoint",
    "V": "succeed",
    "H": "help",
    "X": "forget",
    "s": "subscription",
    "i": "settings",
    "d": "digest",
    "y": "overview",
    "z": "mute",
    "h": "silence",
    "b": "sources",
    "e": "more",
    "P": "pick",
    "g": "timeline",
    "j": "export",
}
_LETTER_OF = {action: letter for letter, action in _LETTERS.items()}
_LONGEST_ID = 32
_DATA = re.compile(r"([A-Za-z]):([^:]*):(\d{0,6}):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Callback:
    """A button's meaning.

    Attributes:
        action: ``quotes`` and ``reversals`` show a page; ``follow`` and ``unfollow`` change and say so, for
            what ``words`` add to the person (see ``handlers.subjects``); ``language`` sets the language in ``words``.
            Of the pair whose number is in ``words``: ``confirm`` says that it holds, ``ask_why`` offers the reasons
            why it does not, ``reject`` says so for the reason whose place follows the number ("12.3"), ``undo``
            takes back what one said, and ``look`` shows it again.
            Of the statement whose number is in ``words``: ``cite`` shows it ready to paste, ``context`` with the
            paragraph around it and what its speaker said before.
            Of the alert that it hangs under: ``more`` shows page ``offset`` of all that it holds, in full (0: the
            alert again), and ``pick`` asks which of its statements is to be cited.
            ``person`` shows somebody, ``ministers`` who was in office on the day (ISO 8601), or in the cabinet
            (its token), in ``words``, which ``person`` leads back to where it has one. ``timeline`` draws somebody's
            statements, ``export`` gives them as files.
            ``sources`` shows or changes a source: what to do and which are in ``words`` ("pause nos-politiek").
            ``begin`` offers whom to follow first. ``admit`` and ``refuse`` decide about the chat whose number is in
            ``words``; ``blame`` names the person whose the statement in ``words`` is; ``accept`` and ``decline``
            decide about the objection and ``put_back`` undoes its acceptance, ``appoint`` and ``unappoint`` decide
            about the change of office, whose number is in ``words``; ``succeed`` says whom a chat follows after that
            change ("12.s": the successor).
            ``help`` shows the topic in ``words``; ``forget`` erases the chat, once ``words`` say so.
            ``subscription`` shows or changes the one whose number is in ``words`` ("12.n": level "news");
            ``settings`` shows a page of them, or chooses what ``words`` say ("limit=10"); ``digest`` likewise, and
            ``overview`` shows one now. ``mute`` lets the chat hear nothing for the minutes in ``words`` (or "off");
            ``silence`` does so for the story of the message under which it hangs ("undo.12": ends that of story 12).
        person: Token of a person (see ``token_of``); empty for everyone.
        offset: How many items come before the page.
        words: What is searched (see ``searching.Search``), a language, a day, or the number of a pair or a statement.
    """

    action: Action
    person: str = ""
    offset: int = 0
    words: str = ""


def encode(callback: Callback) -> str | None:
    """Write callback data.

    Returns:
        The data, or None where it would be longer than Telegram takes: then there can be no such button.
    """
    offset = callback.offset or ""
    data = f"{_LETTER_OF[callback.action]}:{callback.person}:{offset}:{callback.words}"
    return data if len(data.encode()) <= LIMIT else None


def decode(data: str) -> Callback | None:
    """Read callback data; anything that we do not write (any more), or that was forged, gives None."""
    match = _DATA.fullmatch(data)
    if match is None or match[1] not in _LETTERS:
        return None
    return Callback(_LETTERS[match[1]], match[2], int(match[3] or 0), match[4])


def token_of(person_id: str) -> str:
    """Give the short form of a person's id that callback data carries: the id, or a hash of a long one."""
    if len(person_id.encode()) <= _LONGEST_ID and ":" not in person_id:
        return person_id
    return "~" + blake2b(person_id.encode(), digest_size=8).hexdigest()
