"""Reviews: the last word counts, a reviewer's everywhere and anybody else's in their chat; corrections become due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import outbox, schema
from storage.alerting import sent_alert
from storage.chats import ensure_chat
from storage.connections import changing, looking
from storage.corrections import confirm_correction, queue_corrections, told_where
from storage.database import Database, normalise_url
from storage.quotes import quotes, reversal_records, reversals
from storage.reviews import Tally, keep_review, reviewed_pairs, settle, take_back_review, tallies
from storage.revisions import migrate
from storage.tables import Delivery, Review, SentMessage
from tests.storage_examples import NOON, TODAY, keep_people, keep_text, keep_turn

ANNA, VERA, GROUP, OTHER = 7, 8, -100, -200


@pytest.fixture
async def pair(database: Database) -> int:
    """A pair in an archive that two groups look at; give its number."""
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "sluis")
        for chat_id in (GROUP, OTHER):
            await ensure_chat(session, chat_id=chat_id, kind="supergroup", title="Redactie")
        return (await keep_turn(session, article_id))[2]


async def say(
    session: AsyncSession,
    pair: int,
    verdict: str,
    *,
    user: int = ANNA,
    chat: int = GROUP,
    minutes: int = 0,
    reason: str | None = None,
) -> None:
    await keep_review(
        session,
        reversal_id=pair,
        chat_id=chat,
        user_id=user,
        verdict=verdict,
        reason=reason,
        moment=NOON + timedelta(minutes=minutes),
    )


async def seen(session: AsyncSession, pair: int, chat: int | None) -> tuple[str, str | None]:
    (record,) = await reversal_records(session, reversal_ids=[pair], chat_id=chat)
    return record.state, record.reason


async def marks(session: AsyncSession, chat: int | None) -> set[tuple[str | None, bool]]:
    page = await quotes(session, chat_id=chat)
    return {(item.reversal_label, item.reversal_is_confirmed) for item in page.items} - {(None, False)}


async def test_a_word_counts_in_its_own_chat(database: Database, pair: int) -> None:
    async with database.writing() as session:
        await say(session, pair, "rejected", reason="condition")
        assert [await seen(session, pair, chat) for chat in (GROUP, OTHER, None)] == [
            ("rejected", "condition"),
            ("possible", None),
            ("possible", None),
        ]
        assert [(await reversals(session, chat_id=chat)).total for chat in (GROUP, OTHER, None)] == [0, 1, 1]
        assert [await marks(session, chat) for chat in (GROUP, OTHER)] == [set(), {("reversal", False)}]
        await say(session, pair, "confirmed", user=VERA, minutes=1)
        assert await seen(session, pair, GROUP) == ("confirmed", None)
        assert await marks(session, GROUP) == {("reversal", True)}


async def test_a_persons_last_word_replaces_the_one_before(database: Database, pair: int) -> None:
    async with database.writing() as session:
        await say(session, pair, "rejected", reason="condition")
        await say(session, pair, "confirmed", chat=OTHER, minutes=1)
        (row,) = (await session.exec(select(Review))).all()
        assert (row.verdict, row.reason, row.chat_id) == ("confirmed", None, OTHER)
        assert row.created_at == NOON + timedelta(minutes=1)
        assert await take_back_review(session, reversal_id=pair, user_id=ANNA)
        assert not await take_back_review(session, reversal_id=pair, user_id=ANNA)
        assert await seen(session, pair, OTHER) == ("possible", None)


async def test_the_reviewers_last_word_holds_everywhere(database: Database, pair: int) -> None:
    async with database.writing() as session:
        await say(session, pair, "rejected", user=VERA, reason="other-subject")
        await say(session, pair, "confirmed", user=ANNA, chat=OTHER, minutes=5)
        assert await settle(session, reversal_id=pair, reviewers={VERA}) == "rejected"
        assert await seen(session, pair, OTHER) == await seen(session, pair, None) == ("rejected", "other-subject")
        assert await settle(session, reversal_id=pair, reviewers={VERA, ANNA}) == "confirmed"
        await take_back_review(session, reversal_id=pair, user_id=VERA)
        assert await settle(session, reversal_id=pair, reviewers={VERA}) == "possible"
        assert await seen(session, pair, OTHER) == ("confirmed", None)


async def test_votes_are_counted_by_kind_for_each_pair_and_reviewer(database: Database, pair: int) -> None:
    async with database.writing() as session:
        assert await tallies(session, reviewers={VERA}) == {}
        await say(session, pair, "rejected", user=VERA, reason="condition")
        await say(session, pair, "rejected", user=VERA, reason="other-subject", minutes=1)
        await say(session, pair, "confirmed", user=ANNA)
        assert await tallies(session, reviewers={VERA}) == {"antonym": Tally(0, 1)}
        assert await tallies(session, reviewers={VERA, ANNA}) == {"antonym": Tally(1, 1)}
        assert await tallies(session, reviewers=()) == {}


async def test_the_reviewed_pairs_have_the_word_that_counts(database: Database, pair: int) -> None:
    async with database.writing() as session:
        assert await reviewed_pairs(session, reviewers=()) == []
        await say(session, pair, "rejected", user=VERA, reason="condition")
        await say(session, pair, "confirmed", minutes=1)
        (by_anyone,) = await reviewed_pairs(session, reviewers=())
        (by_reviewer,) = await reviewed_pairs(session, reviewers={VERA})
    assert (by_anyone.verdict, by_reviewer.verdict, by_reviewer.reason) == ("confirmed", "rejected", "condition")
    assert by_reviewer.later.said_on == TODAY.isoformat()
    assert by_reviewer.earlier.content.startswith("De sluis blijft dicht")


async def tell(session: AsyncSession, pair: int, chat: int, message_id: int) -> None:
    """Let a chat have been told of a pair by a message."""
    await outbox.queue(session, chat_id=chat, topic_id=0, what="reversal", what_id=pair, article_id=1, due_at=NOON)
    rows = (await session.exec(select(Delivery).where(Delivery.chat_id == chat))).all()
    await outbox.confirm(
        session,
        delivery_ids=[row.id for row in rows if row.what == "reversal"],
        chat_id=chat,
        topic_id=0,
        message_id=message_id,
        text_hash="h",
        moment=NOON,
    )


async def test_a_correction_is_due_where_the_pair_was_told_and_again_with_each_change(
    database: Database, pair: int
) -> None:
    async with database.writing() as session:
        await tell(session, pair, GROUP, 31)
        assert await queue_corrections(session, reversal_id=pair, moment=NOON, chat_id=OTHER) == 0
        assert await queue_corrections(session, reversal_id=pair, moment=NOON) == 1
    async with database.writing() as session:
        claim = await outbox.claim(session, worker="w", moment=NOON, lease=timedelta(minutes=1))
        assert claim is not None
        ((what, what_id, delivery_id),) = [(due.what, due.what_id, due.id) for due in claim.deliveries]
        assert (what, what_id) == ("correction", pair)
        told = await told_where(session, delivery_id=delivery_id)
        assert told is not None
        assert (told.flag_chat_id, told.flag_message_id, told.reply_message_id) == (GROUP, 31, None)
        # Somebody changes their mind while the sender is at it: the correction stays due.
        await queue_corrections(session, reversal_id=pair, moment=NOON)
        reply = SentMessage(chat_id=GROUP, message_id=32, text_hash="h")
        await confirm_correction(session, delivery_id=delivery_id, worker="w", reply=reply, moment=NOON)
        told = await told_where(session, delivery_id=delivery_id)
        assert told is not None
        assert told.reply_message_id == 32
        assert (await outbox.outbox_state(session)).due == 1


async def test_a_message_is_read_back_with_what_it_carries(database: Database, pair: int) -> None:
    async with database.writing() as session:
        await tell(session, pair, GROUP, 31)
        await say(session, pair, "confirmed")
        alert = await sent_alert(session, chat_id=GROUP, message_id=31)
        assert alert is not None
        assert [item.state for item in alert.reversals] == ["confirmed"]
        assert alert.article.title == "Kop van sluis"
        assert await sent_alert(session, chat_id=GROUP, message_id=99) is None


FIRST_RELEASE = (
    "INSERT INTO source (id, name, kind, timezone, terms, enabled, failures, created_at) "
    "VALUES ('bode', 'Bode', 'manual', 'Europe/Amsterdam', 'x', true, 0, '2024-03-01')",
    "INSERT INTO article (id, identity, source_id, title, published_at, published_is_estimated, announce, state, "
    "attempts, fetched_at) VALUES (1, 'a', 'bode', '', '2024-03-01', false, true, 'taken', 0, '2024-03-01')",
    "INSERT INTO person (id, name, family_name, popolo) VALUES ('z', 'Z', 'Z', '{}')",
    "INSERT INTO statement (id, person_id, kind, content, content_key, attribution, said_on, confidence, rule, "
    "context, analysis_version, analysis, created_at) VALUES "
    "(1, 'z', 'direct', 'a', 'a', 'named', '2024-03-01', 1, 'r', '', 1, '{}', '2024-03-01'), "
    "(2, 'z', 'direct', 'b', 'b', 'named', '2024-03-02', 1, 'r', '', 1, '{}', '2024-03-01')",
    "INSERT INTO reversal (id, person_id, earlier_id, later_id, label, score, evidence, doubts, state, created_at) "
    "VALUES (1, 'z', 1, 2, 'reversal', 0.9, "
    '\'[{"name": "past", "weight": -3}, {"name": "negation", "weight": 2.5}]\', \'[]\', \'confirmed\', '
    "'2024-03-01')",
    "INSERT INTO chat (id, kind, title, language, timezone, state, created_at) "
    "VALUES (-100, 'group', 'Redactie', 'nl', 'Europe/Amsterdam', 'active', '2024-03-01')",
    "INSERT INTO delivery (id, chat_id, topic_id, what, what_id, article_id, state, due_at, attempts, created_at) "
    "VALUES (1, -100, 0, 'reversal', 1, 1, 'sent', '2024-03-01', 0, '2024-03-01')",
)
"""Rows as the first release kept them: a pair that was told."""


def test_pairs_of_the_first_release_get_their_kind_and_can_be_corrected(empty_url: str, tmp_path: Path) -> None:
    url = normalise_url(empty_url)
    with changing(url) as connection:
        migrate(connection, "0001")
        for statement in FIRST_RELEASE:
            connection.exec_driver_sql(statement)
    schema.upgrade(empty_url, tmp_path)
    with looking(url) as connection:
        row = connection.execute(text("SELECT kind, is_from_source, other_days, state, reason FROM reversal")).one()
        told = connection.execute(text("SELECT what, state FROM delivery")).one()
    assert tuple(row) == ("negation", False, 0, "confirmed", None)
    assert tuple(told) == ("reversal", "sent")
    assert schema.check(empty_url) == []
    with changing(url) as connection:
        connection.execute(text("UPDATE delivery SET what = 'correction'"))
