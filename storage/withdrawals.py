"""Withdrawals: chats that were told of a statement are told that its article no longer carries it, or words it anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Delivery, Rewording, SentMessage, Statement
from storage.upserts import add_many_if_new, add_or_update

TOLD_AS_CORRECTION = "told as a correction"
"""Why a chat is not told of corrected words as of new ones."""

_DUE_AGAIN: dict[str, Any] = {
    "state": "due",
    "attempts": 0,
    "last_error": None,
    "claimed_by": None,
    "claim_expires_at": None,
}


@dataclass(frozen=True, slots=True)
class WithdrawalRecord:
    """What became of a statement that a chat was told of.

    Attributes:
        statement_id: The statement.
        article_id: The article whose version changed it.
        is_withdrawn: Whether no article carries it any more.
        new_id: The statement that stands in its place, corrected; None where there is none.
        told_chat_id: The chat of the message that carried it; another than the delivery's where a group became a
            supergroup, and then that message is out of reach. None where it was never told.
        told_message_id: Telegram's number of that message.
        told_sent_id: That message's row.
        was_answered: Whether the chat was told of a withdrawal or correction of it before.
    """

    statement_id: int
    article_id: int
    is_withdrawn: bool
    new_id: int | None
    told_chat_id: int | None
    told_message_id: int | None
    told_sent_id: int | None
    was_answered: bool


async def keep_rewordings(
    session: AsyncSession, *, article_id: int, version_number: int, old_by_new: Mapping[int, int]
) -> None:
    """Keep which statements of a version stand, corrected, in the place of others.

    Args:
        session: A unit of work that writes.
        article_id: The article.
        version_number: Its version.
        old_by_new: The number of the old statement by that of the new one.
    """
    rows = [
        {"old_id": old_id, "new_id": new_id, "article_id": article_id, "version_number": version_number}
        for new_id, old_id in old_by_new.items()
    ]
    await add_many_if_new(session, Rewording, rows, key=("old_id", "new_id"))


async def queue_withdrawals(
    session: AsyncSession, *, statement_ids: Collection[int], article_id: int, moment: datetime
) -> int:
    """Make due that chats are told what became of statements that they were told of.

    Args:
        session: A unit of work that writes.
        statement_ids: Statements that were withdrawn, or corrected, by a version of an article.
        article_id: The article.
        moment: Now.

    Returns:
        How many are due, each statement in each chat and topic that was told of it.
    """
    # What is being sent at this moment may have been read before the version.
    told = select(Delivery).where(
        col(Delivery.what) == "statement",
        col(Delivery.what_id).in_(sorted(statement_ids)),
        col(Delivery.state).in_(("sent", "claimed")),
    )
    deliveries = (await session.exec(told)).all()
    for delivery in deliveries:
        row = Delivery(
            chat_id=delivery.chat_id,
            topic_id=delivery.topic_id,
            what="withdrawal",
            what_id=delivery.what_id,
            article_id=article_id,
            due_at=moment,
        )
        changes = {**_DUE_AGAIN, "due_at": moment, "article_id": article_id}
        await add_or_update(session, row, key=("chat_id", "topic_id", "what", "what_id"), changes=changes)
    return len(deliveries)


async def take_back_withdrawals(session: AsyncSession, *, statement_ids: Collection[int], moment: datetime) -> None:
    """Make due that chats which were told of a withdrawal are told that the statement is carried again.

    Args:
        session: A unit of work that writes.
        statement_ids: Statements that an article carries.
        moment: Now.
    """
    await session.exec(
        update(Delivery)
        .where(
            col(Delivery.what) == "withdrawal",
            col(Delivery.what_id).in_(sorted(statement_ids)),
            col(Delivery.state).in_(("sent", "claimed", "due")),
        )
        .values(due_at=moment, **_DUE_AGAIN)
    )


async def spare_the_told(session: AsyncSession, *, old_by_new: Mapping[int, int]) -> None:
    """See to it that a chat which is told of a correction is not told of the new words besides.

    Args:
        session: A unit of work that writes, in which the new statements were queued.
        old_by_new: The number of the old statement by that of the new one.
    """
    withdrawal = aliased(Delivery)
    for new_id, old_id in old_by_new.items():
        is_told = (
            select(withdrawal.id)
            .where(
                col(withdrawal.what) == "withdrawal",
                col(withdrawal.what_id) == old_id,
                col(withdrawal.chat_id) == col(Delivery.chat_id),
                col(withdrawal.topic_id) == col(Delivery.topic_id),
            )
            .exists()
        )
        await session.exec(
            update(Delivery)
            .where(
                col(Delivery.what) == "statement",
                col(Delivery.what_id) == new_id,
                col(Delivery.state) == "due",
                is_told,
            )
            .values(state="dropped", last_error=TOLD_AS_CORRECTION)
            .execution_options(synchronize_session=False)
        )


async def withdrawals(session: AsyncSession, *, delivery_ids: Collection[int]) -> list[WithdrawalRecord]:
    """Give what became of the statements that withdrawals are about.

    Args:
        session: A unit of work.
        delivery_ids: Withdrawals of one chat and topic.

    Returns:
        One for each, in the order in which they became due.
    """
    told, told_message = aliased(Delivery), aliased(SentMessage)
    wanted = (
        select(  # type: ignore[call-overload]  # SQLModel's select is typed for four columns
            Statement.id,
            Delivery.article_id,
            Statement.withdrawn_at,
            told_message.chat_id,
            told_message.message_id,
            told_message.id,
            col(Delivery.sent_message_id).is_not(None),
        )
        .select_from(Delivery)
        .join(Statement, col(Statement.id) == col(Delivery.what_id))
        .outerjoin(
            told,
            and_(
                col(told.chat_id) == col(Delivery.chat_id),
                col(told.topic_id) == col(Delivery.topic_id),
                col(told.what_id) == col(Delivery.what_id),
                col(told.what) == "statement",
            ),
        )
        .outerjoin(told_message, col(told_message.id) == col(told.sent_message_id))
        .where(col(Delivery.id).in_(sorted(delivery_ids)))
        .order_by(col(Delivery.id))
    )
    rows = list(await session.exec(wanted))
    new_ids = await corrected_to(session, [row[0] for row in rows])
    return [
        WithdrawalRecord(statement_id, article_id, withdrawn_at is not None, new_ids.get(statement_id), *told_where)
        for statement_id, article_id, withdrawn_at, *told_where in rows
    ]


async def confirm_withdrawals(
    session: AsyncSession, *, delivery_ids: Collection[int], worker: str, reply: SentMessage | None, moment: datetime
) -> None:
    """Keep that withdrawals were told; those that are due again by now, for a newer version, stay due.

    Args:
        session: A unit of work that writes.
        delivery_ids: The withdrawals.
        worker: Who claimed them.
        reply: The message that tells them; None where there was nothing to tell.
        moment: Now.
    """
    concerned = [col(Delivery.id).in_(sorted(delivery_ids))]
    if reply is not None:
        changes = {"text_hash": reply.text_hash}
        reply_id = await add_or_update(session, reply, key=("chat_id", "message_id"), changes=changes)
        await session.exec(update(Delivery).where(*concerned).values(sent_message_id=reply_id))
        await _tell_the_new(session, delivery_ids, reply_id, moment)
    await session.exec(
        update(Delivery)
        .where(*concerned, col(Delivery.state) == "claimed", col(Delivery.claimed_by) == worker)
        .values(state="sent", sent_at=moment, last_error=None, claimed_by=None, claim_expires_at=None)
    )


async def _tell_the_new(session: AsyncSession, delivery_ids: Collection[int], reply_id: int, moment: datetime) -> None:
    """Keep that a correction carries the new words, so that what becomes of those is told in their turn."""
    wanted = (
        select(col(Delivery.chat_id), col(Delivery.topic_id), col(Rewording.new_id))
        .join(Rewording, col(Rewording.old_id) == col(Delivery.what_id))
        .where(col(Delivery.id).in_(sorted(delivery_ids)))
    )
    for chat_id, topic_id, new_id in (await session.exec(wanted)).all():
        await session.exec(
            update(Delivery)
            .where(
                col(Delivery.chat_id) == chat_id,
                col(Delivery.topic_id) == topic_id,
                col(Delivery.what) == "statement",
                col(Delivery.what_id) == new_id,
                col(Delivery.state) == "dropped",
                col(Delivery.last_error) == TOLD_AS_CORRECTION,
            )
            .values(state="sent", sent_at=moment, sent_message_id=reply_id, last_error=None)
        )


async def corrected_to(session: AsyncSession, statement_ids: Collection[int]) -> dict[int, int]:
    """Give the statement that stands in the place of each of some others, where it was not withdrawn itself."""
    wanted = (
        select(col(Rewording.old_id), col(Rewording.new_id))
        .join(Statement, col(Statement.id) == col(Rewording.new_id))
        .where(col(Rewording.old_id).in_(statement_ids), col(Statement.withdrawn_at).is_(None))
        .order_by(col(Rewording.id))
    )
    return dict((await session.exec(wanted)).all())
