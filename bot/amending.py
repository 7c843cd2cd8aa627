"""Carries out what administrators accepted: a statement that was reported wrong is put right, and stays so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.comparing import Finding, analysed
from bot.ingest.copies import content_key
from bot.quotes.roster import Roster
from bot.reversals import ANALYSIS_VERSION, Utterance, analyse, terms
from storage import amendments, objections
from storage.amendments import Change, Key
from storage.articles import ArticleText
from storage.database import Database
from storage.locks import lock_speakers
from storage.operator_notices import queue_notice
from storage.people import export_roster, person
from storage.statements import NewStatement
from storage.tables import Objection, Statement

log = structlog.get_logger(__name__)

_MOST_AMENDMENTS = 5
"""How often in a row a statement may have been amended."""


async def amend_accepted(database: Database) -> int:
    """Carry out the objections that were accepted since; give how many statements were amended by it.

    Raises:
        StorageError: The database does not answer.
    """
    async with database.reading() as session:
        waiting = await objections.accepted_objections(session)
    amended = 0
    for number in waiting:
        async with database.writing() as session:
            amended += await _carry_out(session, number, datetime.now(UTC))
    return amended


async def as_amended(session: AsyncSession, article: ArticleText, findings: Sequence[Finding]) -> list[Finding]:
    """Read what an article says as it was amended, whichever outlet brings it and however often.

    After an amendment only later ones are followed: what was put back as it was would go round in a circle.

    Args:
        session: A unit of work.
        article: The article.
        findings: What was found in it.
    """
    read, followed = list(findings), [0] * len(findings)
    for _ in range(_MOST_AMENDMENTS):
        keys = [_key(finding, article) for finding in read]
        changes = await amendments.changes_by_key(session, keys=set(keys))
        found = [changes.get(key) for key in keys]
        later = [one if one and one.number > last else None for one, last in zip(found, followed, strict=True)]
        if not any(later):
            break
        # Seldom enough to be read each time: amendments are few.
        roster = Roster.from_popolo(await export_roster(session))
        read = [
            _amended(finding, change, article, roster) if change else finding
            for finding, change in zip(read, later, strict=True)
        ]
        followed = [change.number if change else last for change, last in zip(later, followed, strict=True)]
    return read


async def _carry_out(session: AsyncSession, objection_id: int, moment: datetime) -> bool:
    """Amend a statement, and tell who reported it; one that is gone meanwhile cannot be."""
    objection = await objections.objection(session, objection_id=objection_id, is_locked=True)
    if objection is None:
        return False
    await _lock(session, objection)
    if objection_id not in await objections.accepted_objections(session):
        return False  # another process carried it out meanwhile
    old = await amendments.current(session, statement_id=objection.statement_id)
    if old is None:
        objection.state = "rejected"
        session.add(objection)
        log.info("a statement was gone before it was amended", objection=objection_id)
        return False
    change = _change(objection.value)
    new = _changed(old, change, Roster.from_popolo(await export_roster(session)))
    before = {name: _written(getattr(old, name)) for name in objection.value}
    number = await amendments.amend(
        session, objection=objection, old=old, new=new, before=before, after=objection.value, moment=moment
    )
    log.info("a statement was amended", statement=old.id, now=number, field=objection.field)
    if objection.chat_id is not None:
        speaker = await person(session, person_id=new.person_id)
        detail = {
            "is_accepted": True,
            "number": old.id,
            "new_number": number,
            "speaker": speaker.name if speaker else "",
            "reply_to": objection.message_id or None,
        }
        queue_notice(
            session,
            chat_ids=[objection.chat_id],
            what="objection_decided",
            detail=detail,
            moment=moment,
            topic_id=objection.topic_id,
        )
    return True


async def _lock(session: AsyncSession, objection: Objection) -> None:
    """Let nobody store words of the speakers whom it is about: who found the old ones before would bring them back."""
    old = await amendments.current(session, statement_id=objection.statement_id)
    speakers = {old.person_id if old else None, _change(objection.value).person_id}
    await lock_speakers(session, person_ids={speaker for speaker in speakers if speaker is not None})


def _changed(old: Statement, change: Change, roster: Roster) -> NewStatement:
    """Give a statement as it is to be: with the office of its speaker on its day, and analysed anew."""
    person_id, said_on, content = change.person_id or old.person_id, change.said_on or old.said_on, change.content
    content = content or old.content
    capacity = roster.capacity(person_id, said_on)
    return NewStatement(
        person_id=person_id,
        membership_id=capacity.id if capacity else None,
        kind=old.kind,
        content=content,
        content_key=content_key(old.kind, content, old.cue),
        cue=old.cue,
        attribution=old.attribution,
        speaker_surface=old.speaker_surface,
        said_from=change.said_on or old.said_from,
        said_to=change.said_on or old.said_to,
        said_on=said_on,
        confidence=old.confidence,
        rule=old.rule,
        context=old.context,
        analysis_version=ANALYSIS_VERSION,
        analysis=analyse(Utterance("", content, old.kind, old.cue, said_on)).to_json(),
        terms=terms(content, old.cue),
        pledge=old.pledge,
        pledged_for=old.pledged_for,
    )


def _amended(finding: Finding, change: Change, article: ArticleText, roster: Roster) -> Finding:
    said_on = change.said_on or finding.said_on(article.published_on)
    speaker = change.person_id or finding.statement.speaker
    capacity = roster.capacity(speaker or "", said_on)
    statement = replace(
        finding.statement,
        speaker=speaker,
        content=change.content or finding.statement.content,
        said_from=change.said_on or finding.statement.said_from,
        said_to=change.said_on or finding.statement.said_to,
        capacity=capacity.id if capacity else None,
    )
    return analysed(statement, said_on)


def _key(finding: Finding, article: ArticleText) -> Key:
    statement = finding.statement
    key = content_key(statement.kind, statement.content, statement.cue)
    return finding.speaker, finding.said_on(article.published_on), key


def _change(value: dict[str, Any]) -> Change:
    said_on = value.get("said_on")
    return Change(value.get("person_id"), date.fromisoformat(said_on) if said_on else None, value.get("content"))


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
