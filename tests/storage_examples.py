"""Rows for the storage tests: a fictional outlet, articles and statements of the fictional cabinet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from storage import outbox
from storage.articles import keep_article
from storage.chats import ensure_chat, follow
from storage.people import import_roster
from storage.sources import ensure_manual_source
from storage.statements import (
    KeptStatement,
    NewStatement,
    Place,
    keep_mentions,
    keep_reversal,
    keep_statements,
)
from storage.tables import (
    Admission,
    Amendment,
    ArticleAddress,
    Band,
    ClosedTopic,
    Digest,
    Intake,
    JudgeDay,
    Judgement,
    Objection,
    OfficeChange,
    OperatorNotice,
    Review,
    Rewording,
    SilencedStory,
    SourceRequest,
    Story,
)
from tests.fictional import ROSTER

NOON = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
ZANDSTRA = "wouter-zandstra"
VAN_DEN_ELZEN = "mirthe-van-den-elzen"


async def keep_people(session: AsyncSession) -> None:
    """Import the fictional roster, and make the fictional outlet."""
    await import_roster(session, popolo=ROSTER)
    await ensure_manual_source(session, source_id="bode", name="De Waterlandse Bode")


async def keep_text(
    session: AsyncSession, identity: str, *, text: str = "Een tekst.", published_at: datetime = NOON
) -> int:
    """Keep an article of the fictional outlet; give its id."""
    kept = await keep_article(
        session,
        identity=identity,
        source_id="bode",
        url=f"https://bode.example/{identity}",
        title=f"Kop van {identity}",
        text=text,
        published_at=published_at,
    )
    return kept.article_id


def a_statement(
    content: str = "Er komt geen nieuwe belasting.",
    *,
    person_id: str = ZANDSTRA,
    said_on: date = TODAY,
    terms: tuple[str, ...] = (),
    membership_id: str | None = "zandstra-premier",
    kind: str = "direct",
    attribution: str = "named",
) -> NewStatement:
    """Give a statement that can be kept."""
    return NewStatement(
        person_id=person_id,
        membership_id=membership_id if person_id == ZANDSTRA else None,
        kind=kind,
        content=content,
        content_key=content.casefold(),
        cue="zei",
        attribution=attribution,
        speaker_surface="Zandstra",
        said_from=None,
        said_to=None,
        said_on=said_on,
        confidence=0.9,
        rule="cue-before",
        context=f"De premier zei: ‘{content}’",
        analysis_version=1,
        analysis={"claims": []},
        terms=terms,
    )


async def keep_statement(session: AsyncSession, statement: NewStatement) -> KeptStatement:
    """Keep one statement, mentioned nowhere."""
    [kept] = await keep_statements(session, statements=[statement])
    return kept


async def keep_mention(
    session: AsyncSession, statement_id: int, article_id: int, *, version_number: int = 1, start: int, end: int
) -> None:
    """Keep that an article carries one statement."""
    place = Place(statement_id, start, end)
    await keep_mentions(session, article_id=article_id, version_number=version_number, places=[place])


async def keep(session: AsyncSession, statement: NewStatement, article_id: int, *, start: int = 0) -> int:
    """Keep a statement with its mention in an article; give its number."""
    kept = await keep_statement(session, statement)
    await keep_mention(session, kept.statement_id, article_id, start=start, end=start + len(statement.content))
    return kept.statement_id


async def keep_turn(
    session: AsyncSession,
    article_id: int,
    *,
    said_on: date = TODAY,
    label: str = "reversal",
    kind: str = "antonym",
) -> tuple[int, int, int]:
    """Keep a pair of statements, a year apart, as a turn; give the earlier, the later and the pair's number."""
    before = said_on - timedelta(days=365)
    earlier_id = await keep(session, a_statement(f"De sluis blijft dicht ({before}).", said_on=before), article_id)
    later = a_statement(f"De sluis gaat open ({said_on}).", said_on=said_on)
    later_id = await keep(session, later, article_id, start=100)
    evidence = [
        {"name": "antonym", "weight": 2.0, "earlier": [[16, 21]], "later": [[14, 18]], "reason": "dicht ↔ open"}
    ]
    kept = await keep_reversal(
        session,
        person_id=ZANDSTRA,
        earlier_id=earlier_id,
        later_id=later_id,
        label=label,
        score=0.9,
        evidence=evidence,
        doubts=["andere functie"],
        kind=kind,
    )
    return earlier_id, later_id, kept.reversal_id


async def fill(session: AsyncSession) -> None:
    """Keep something in every table."""
    await keep_people(session)
    article_id = await keep_text(session, "filled", text="De sluis gaat open, zei de premier.")
    earlier_id, later_id, reversal_id = await keep_turn(session, article_id)
    await keep(
        session, a_statement("Een café is geen ministerie.", terms=("cafe", "ministerie")), article_id, start=200
    )
    await ensure_chat(session, chat_id=-100, kind="group", title="Redactie")
    await follow(session, chat_id=-100, topic_id=0, person_id=ZANDSTRA, user_id=7)
    session.add(Band(scheme="proef", seed=1, number=0, hash=7, article_id=article_id))
    session.add(Rewording(old_id=earlier_id, new_id=later_id, article_id=article_id, version_number=1))
    story = Story(title="De sluis")
    session.add(story)
    await session.flush()
    session.add(SilencedStory(chat_id=-100, story_id=story.id, until=NOON, user_id=7, user_name="Jan"))
    session.add(Digest(chat_id=-100, since=NOON - timedelta(days=1), until=NOON))
    session.add(JudgeDay(day=TODAY, calls=3))
    session.add(
        Judgement(
            earlier_id=earlier_id,
            later_id=later_id,
            article_id=article_id,
            judge="chat",
            model="proefmodel",
            version="1",
            is_flagged=True,
            wait_until=NOON,
        )
    )
    session.add(Review(reversal_id=reversal_id, chat_id=-100, user_id=7, verdict="confirmed"))
    session.add(Admission(chat_id=-100, asked_by=7))
    session.add(Intake(place="https://bode.example/archief"))
    session.add(ArticleAddress(url="https://bode.example/delen", article_id=article_id))
    session.add(ClosedTopic(chat_id=-100, topic_id=3))
    session.add(OperatorNotice(chat_id=7, what="x", detail={}))
    session.add(SourceRequest(url="https://bode.example", chat_id=-100))
    session.add(OfficeChange(user_id=7, typed="x", person_id=ZANDSTRA, added={}, ended=[], before=[]))
    session.add(Objection(statement_id=later_id, field="wording", proposal="x", value={}, chat_id=-100, user_id=7))
    session.add(
        Amendment(
            statement_id=later_id,
            field="wording",
            person_id=ZANDSTRA,
            said_on=TODAY,
            content="De sluis gaat open.",
            before={},
            after={},
            user_id=7,
        )
    )
    await session.flush()
    for statement_id in (earlier_id, later_id):
        await outbox.queue(
            session,
            chat_id=-100,
            topic_id=0,
            what="statement",
            what_id=statement_id,
            article_id=article_id,
            due_at=NOON,
        )
    claim = await outbox.claim(session, worker="w", moment=NOON, lease=timedelta(minutes=1), limit=1)
    if claim is not None:
        await outbox.confirm(
            session,
            delivery_ids=[due.id for due in claim.deliveries],
            chat_id=-100,
            topic_id=0,
            message_id=1,
            text_hash="h",
            moment=NOON,
        )
