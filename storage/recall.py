"""A speaker's earlier statements that a new one should be compared with, found by the stems they share.

These reads block, and belong into ``Database.look``: an article of a debate needs hundreds of them, and each would
take four times as long in the event loop.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Text, TextClause, bindparam, cast, func, select, text
from sqlmodel import col

from storage.tables import Statement

RECALL_TERMS = 8
"""How many of a statement's terms recall looks up: its speaker's rarest ones."""
RECALL_POSTINGS = 1000
"""Terms are looked up while those looked up are in no more statements than this; one is always."""
RECALL_LIMIT = 100
"""How many statements recall gives."""

_IS_WANTED = col(Statement.id).in_(bindparam("numbers", expanding=True))
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


class Recalled(NamedTuple):
    """A statement that shares terms, with what decides whether it is looked at closer.

    Attributes:
        id: Its number.
        terms: The stems it is filed under, with spaces between.
        confidence: How sure it is that they are the speaker's words.
    """

    id: int
    terms: str
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


def recall(
    connection: Connection, *, person_id: str, terms: Mapping[str, float], history: int, least: float = 0.0
) -> list[Recalled]:
    """Give a speaker's statements that share the most telling terms.

    The terms that the speaker uses least are looked up (``RECALL_TERMS``, ``RECALL_POSTINGS``); a statement scores
    the summed inverse document frequencies, ``ln(1 + history / df)`` over the speaker's own statements, of those it
    holds.

    Args:
        connection: What ``Database.look`` gives.
        person_id: The speaker.
        terms: Stems, as the statements were kept with, and what sharing each counts for.
        history: How many statements the speaker made, about; counting them takes longer than all the rest.
        least: What the shared stems must come to; common ones that are not looked up are taken to be shared.

    Returns:
        The ``RECALL_LIMIT`` best of them, but for those that were withdrawn: best first, the newest number first
        among equals.
    """
    frequencies = _counted(connection, person_id, terms)
    weights = _weights(frequencies, history)
    if not weights:
        return []
    values: dict[str, str | float] = {"person_id": person_id}
    for position, (term, weight) in enumerate(weights.items()):
        values |= {f"term_{position}": term, f"weight_{position}": weight, f"share_{position}": terms[term]}
    if len(weights) > 1:
        values["least"] = least - sum(terms[term] for term in frequencies if term not in weights)
    return [Recalled._make(row) for row in connection.execute(_best(len(weights)), values).all()]


def compared(connection: Connection, *, statement_ids: Sequence[int]) -> dict[int, Compared]:
    """Give statements, by number, with what a comparison needs.

    Args:
        connection: What ``Database.look`` gives.
        statement_ids: Their numbers.
    """
    if not statement_ids:
        return {}
    return {row[0]: Compared(*row) for row in connection.execute(_NOTES, {"numbers": list(statement_ids)}).all()}


def history_of(connection: Connection, *, person_id: str) -> int:
    """Count a person's statements that were not withdrawn.

    Args:
        connection: What ``Database.look`` gives.
        person_id: The person.
    """
    return int(connection.execute(_MADE, {"person_id": person_id}).scalar_one())


def _counted(connection: Connection, person_id: str, terms: Collection[str]) -> dict[str, int]:
    """Give the terms that the speaker used, the rarest first, with the number of statements they are in."""
    if not terms:
        return {}
    wanted = {f"term_{position}": term for position, term in enumerate(terms)}
    counted = connection.execute(_frequencies(len(terms)), {"person_id": person_id, **wanted}).all()
    return {term: frequency for frequency, term in sorted((row[1], row[0]) for row in counted if row[1])}


def _weights(frequencies: Mapping[str, int], history: int) -> dict[str, float]:
    """Give the terms that are looked up with their inverse document frequencies."""
    weights: dict[str, float] = {}
    postings = 0
    for term, frequency in list(frequencies.items())[:RECALL_TERMS]:
        postings += frequency
        if weights and postings > RECALL_POSTINGS:
            break
        weights[term] = math.log1p(max(history, 1) / frequency)
    return weights


# These are text, made once for each number of terms: to put them together anew would take longer than the database
# takes to answer. CROSS JOIN tells SQLite which table comes first; to PostgreSQL it is a join like others.


@cache
def _frequencies(count: int) -> TextClause:
    """Per term, in how many of the speaker's statements it is; what is too common to be used is not counted on."""
    terms = ", ".join(f"(:term_{position})" for position in range(count))
    return text(
        f"""
        WITH wanted(term) AS (VALUES {terms})
        SELECT term, (
            SELECT count(*) FROM (
                SELECT 1 FROM posting WHERE person_id = :person_id AND posting.term = wanted.term
                LIMIT {RECALL_POSTINGS + 1}
            ) AS few
        ) FROM wanted
        """  # noqa: S608 - no more than the names of parameters and a number of ours
    )


@cache
def _best(count: int) -> TextClause:
    """The statements that share the weightiest terms, with what decides whether they are looked at closer."""
    terms = ", ".join(f"(:term_{position}, :weight_{position}, :share_{position})" for position in range(count))
    # Of one term alone, which may be a common one, the newest can be read off the index.
    score, grouped, order = (
        ("sum(weight)", "GROUP BY statement_id HAVING sum(share) >= :least", "score DESC, statement_id DESC")
        if count > 1
        else ("weight", "", "statement_id DESC")
    )
    return text(
        f"""
        WITH wanted(term, weight, share) AS (VALUES {terms}), best AS (
            SELECT statement_id, {score} AS score FROM wanted CROSS JOIN posting
            WHERE person_id = :person_id AND posting.term = wanted.term
            {grouped} ORDER BY {order} LIMIT {RECALL_LIMIT}
        )
        SELECT id, terms, confidence FROM best CROSS JOIN statement
        WHERE id = statement_id AND withdrawn_at IS NULL ORDER BY score DESC, id DESC
        """  # noqa: S608 - no more than the names of parameters and numbers of ours
    )
