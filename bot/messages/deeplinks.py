"""Links that lead into the reader's own chat with the bot, and what they carry there.

A link ends in ``?start=PAYLOAD``; Telegram hands the payload over as ``/start PAYLOAD``. It takes up to 64 letters,
digits, ``_`` and ``-`` (Bot API, deep linking).
"""

from __future__ import annotations

import re
from hashlib import blake2b

from bot.messages.reader import Reader
from bot.messages.values import Button

_FOLLOW = "volg_"
_FOLLOW_BY_HASH = "volgh_"
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,59}")


def follow_payload(person_id: str) -> str:
    """Give the payload that follows a person: with the id where Telegram takes it, else with a hash of it."""
    return f"{_FOLLOW}{person_id}" if _PLAIN_ID.fullmatch(person_id) else f"{_FOLLOW_BY_HASH}{_hash(person_id)}"


def is_follow_payload(payload: str) -> bool:
    """Tell whether a payload is one that follows somebody, of the roster or not (any more)."""
    return payload.startswith((_FOLLOW, _FOLLOW_BY_HASH))


def follow_privately(reader: Reader, person_id: str) -> Button:
    """Make the button that leads from a group to the reader's own chat, and follows a person there."""
    return Button(reader.label("Follow privately"), start=follow_payload(person_id))


def _hash(person_id: str) -> str:
    return blake2b(person_id.encode(), digest_size=16).hexdigest()
