"""The earlier statements that a new one is compared with: many are looked at by their terms, few in full."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.comparing import Noted
from bot.reversals import Utterance, least_shared, sharing_enough, shortlist, weigh
from storage.recall import Compared, compared, recall


def worth_comparing(
    connection: Connection,
    *,
    subject: Noted,
    terms: Sequence[str],
    person_id: str,
    history: int,
    min_confidence: float,
    for_judge: bool = False,
) -> list[Noted]:
    """Find a speaker's stored statements on the matter of a new one.

    Args:
        connection: What ``Database.look`` gives.
        subject: The new statement.
        terms: Its terms.
        person_id: Its speaker.
        history: How many statements the speaker made, about.
        min_confidence: Stored statements below it are left out.
        for_judge: Whether a judge is to see what comes near as well: it can tell what the rules cannot, so
            those are kept too that share too little to be flagged by them.

    Returns:
        The statements that are most like it, best first, each with its analysis as JSON text.
    """
    takes_all = for_judge or subject.read().speaks_of_office
    weighed, within = weigh(terms), 0 if takes_all else history
    recalled = recall(
        connection, person_id=person_id, terms=weighed, history=history, least=least_shared(weighed, within)
    )
    sure = [row for row in recalled if row.confidence >= min_confidence]
    sure = [sure[place] for place in sharing_enough(weighed, [row.terms.split() for row in sure], within)]
    rows = compared(connection, statement_ids=[row.id for row in sure])
    noted = {number: _noted(row) for number, row in rows.items()}
    chosen = shortlist(subject.utterance, [noted[row.id].utterance for row in sure])
    return [noted[int(utterance.id)] for utterance in chosen]


def _noted(row: Compared) -> Noted:
    utterance = Utterance(str(row.id), row.content, row.kind, row.cue, row.said_on, row.membership_id)
    return Noted(utterance, row.analysis, row.analysis_version)
