"""A speaker's earlier statements that a new one should be compared with, found by the stems they share.

These reads block, and belong into ``Database.look``: an article of a debate needs hundreds of them, and each would
take four times as long in the event loop.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

from sqlalchemy import Connection, Text, bindparam, cast, func, select
from sqlmodel import col

from storage.tables import Posting, Statement

RECALL_TERMS = 8
"""How many of a statement's terms recall looks up: its speaker's rarest ones."""
RECALL_POSTINGS = 1000
"""Terms are looked up while those looked up are in no more statements than this; one is always."""
RECALL_LIMIT = 100
"""How many statements recall gives."""

_IS_THEIRS = col(Posting.person_id) == bindparam("person_id")
_IS_TERM = col(Posting.term).in_(bindparam("terms", expanding=True))
_FREQUENCIES = select(col(Posting.term), func.count()).where(_IS_THEIRS, _IS_TERM).group_by(col(Posting.term))
_POSTINGS = select(col(Posting.term), col(Posting.statement_id)).where(_IS_THEIRS, _IS_TERM)
_IS_WANTED = col(Statement.id).in_(bindparam("numbers", expanding=True))
_WORDS = select(col(Statement.id), col(Statement.content), col(Statement.confidence)).where(
    _IS_WANTED, col(Statement.withdrawn_at).is_(None)
)
_NOTES = select(
    col(Statement.id),
    col(Statement.content),
    col(Statement.kind),
    col(Statement.cue),
    col(Statement.said_on),
    col(Statement.membership_id),
    col(Statement.analysis_version),
    cast(col(Statement.analysis), Text),
).where(_IS_WANTED)
_MADE = (
    select(func.count())
    .select_from(Statement)
    .where(col(Statement.person_id) == bindparam("person_id"), col(Statement.withdrawn_at).is_(None))
)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A statement that shares terms, with what decides whether it is looked at closer."""

    id: int
    content: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement with what a comparison needs; ``analysis`` is JSON text (see ``tables.Statement``)."""

    id: int
    content: str
    kind: str
    cue: str | None
    said_on: date
    membership_id: str | None
    analysis_version: int
    analysis: str


def recall(connection: Connection, *, person_id: str, terms: Sequence[str], history: int) -> list[Recalled]:
    """Give a speaker's statements that share the most telling terms.

    The terms that the speaker uses least are looked up (``RECALL_TERMS``, ``RECALL_POSTINGS``); a statement scores
    the summed inverse document frequencies, ``ln(1 + history / df)`` over the speaker's own statements, of those it
    holds.

    Args:
        connection: What ``Database.look`` gives.
        person_id: The speaker.
        terms: Stems, as the statements were kept with.
        history: How many statements the speaker made, about; counting them takes longer than all the rest.

    Returns:
        The ``RECALL_LIMIT`` best of them, but for those that were withdrawn: best first, the newest number first
        among equals.
    """
    weights = _weights(connection, person_id, terms, history)
    if not weights:
        return []
    scores: dict[int, float] = defaultdict(float)
    for term, number in connection.execute(_POSTINGS, {"person_id": person_id, "terms": list(weights)}):
        scores[number] += weights[term]
    best = nlargest(RECALL_LIMIT, scores, key=lambda number: (scores[number], number))
    words = {row[0]: Recalled(*row) for row in connection.execute(_WORDS, {"numbers": best})}
    return [words[number] for number in best if number in words]


def compared(connection: Connection, *, statement_ids: Sequence[int]) -> dict[int, Compared]:
    """Give statements, by number, with what a comparison needs.

    Args:
        connection: What ``Database.look`` gives.
        statement_ids: Their numbers.
    """
    return {row[0]: Compared(*row) for row in connection.execute(_NOTES, {"numbers": list(statement_ids)})}


def history_of(connection: Connection, *, person_id: str) -> int:
    """Count a person's statements that were not withdrawn.

    Args:
        connection: What ``Database.look`` gives.
        person_id: The person.
    """
    return int(connection.execute(_MADE, {"person_id": person_id}).scalar_one())


def _weights(connection: Connection, person_id: str, terms: Sequence[str], history: int) -> dict[str, float]:
    """Give the terms that are looked up with their inverse document frequencies."""
    wanted = {"person_id": person_id, "terms": list(dict.fromkeys(terms))}
    rarest = sorted((frequency, term) for term, frequency in connection.execute(_FREQUENCIES, wanted))
    weights: dict[str, float] = {}
    postings = 0
    for frequency, term in rarest[:RECALL_TERMS]:
        postings += frequency
        if weights and postings > RECALL_POSTINGS:
            break
        weights[term] = math.log1p(max(history, 1) / frequency)
    return weights
