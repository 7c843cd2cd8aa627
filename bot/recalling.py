"""The earlier statements that a new one is compared with: many are looked at by their words, few in full."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.comparing import Noted
from bot.reversals import Utterance, shortlist
from storage.recall import Compared, compared, recall


def worth_comparing(
    connection: Connection,
    *,
    subject: Utterance,
    person_id: str,
    terms: Sequence[str],
    history: int,
    min_confidence: float,
) -> list[Noted]:
    """Find a speaker's stored statements on the matter of a new one.

    Args:
        connection: What ``Database.look`` gives.
        subject: The new statement.
        person_id: Its speaker.
        terms: Its terms.
        history: How many statements the speaker made, about.
        min_confidence: Stored statements below it are left out.

    Returns:
        The statements that are most like it, best first, each with its analysis as JSON text.
    """
    recalled = recall(connection, person_id=person_id, terms=terms, history=history)
    sure = [Utterance(str(row.id), row.content) for row in recalled if row.confidence >= min_confidence]
    chosen = [int(utterance.id) for utterance in shortlist(subject, sure)]
    rows = compared(connection, statement_ids=chosen)
    return [_noted(rows[number]) for number in chosen]


def _noted(row: Compared) -> Noted:
    utterance = Utterance(str(row.id), row.content, row.kind, row.cue, row.said_on, row.membership_id)
    return Noted(utterance, row.analysis, row.analysis_version)
