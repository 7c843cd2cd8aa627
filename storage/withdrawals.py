"""Withdrawals: chats that were told of a statement are told that its article no longer carries it, or words it anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, union
from sqlalchemy import select as sa_select
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Delivery, Reversal, Rewording, SentMessage, Statement
from storage.upserts import add_if_new, add_many_if_new, add_or_update

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
class ToldIn:
    """A message that carried a statement.

    Attributes:
        sent_id: Its row.
        chat_id: Its chat; another than the delivery's where a group became a supergroup, and then it is out of reach.
        message_id: Telegram's number of it there.
    """

    sent_id: int
    chat_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class WithdrawalRecord:
    """What became of a statement that a chat was told of.

    Attributes:
        statement_id: The statement.
        article_id: The article whose version changed it.
        is_withdrawn: Whether no article carries it any more.
        new_id: The statement that stands in its place, corrected; None where there is none.
        told_in: The messages that carried it, by itself or in a pair, oldest first.
        was_answered: Whether the chat was told of a withdrawal or correction of it before.
    """

    statement_id: int
    article_id: int
    is_withdrawn: bool
    new_id: int | None
    told_in: tuple[ToldIn, ...]
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
    carried = _carrying(statement_ids)
    wanted = select(Delivery.chat_id, Delivery.topic_id, carried.c.statement_id).join(
        carried, col(Delivery.id) == carried.c.delivery_id
    )
    # What is being sent at this moment may have been read before the version.
    told = set((await session.exec(wanted.where(col(Delivery.state).in_(("sent", "claimed"))))).all())
    for chat_id, topic_id, statement_id in sorted(told):
        row = Delivery(
            chat_id=chat_id,
            topic_id=topic_id,
            what="withdrawal",
            what_id=statement_id,
            article_id=article_id,
            due_at=moment,
        )
        changes = {**_DUE_AGAIN, "due_at": moment, "article_id": article_id}
        await add_or_update(session, row, key=("chat_id", "topic_id", "what", "what_id"), changes=changes)
    return len(told)


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
    wanted = (
        select(Delivery, Statement.withdrawn_at)
        .join(Statement, col(Statement.id) == col(Delivery.what_id))
        .where(col(Delivery.id).in_(sorted(delivery_ids)))
        .order_by(col(Delivery.id))
    )
    rows = list(await session.exec(wanted))
    statement_ids = [delivery.what_id for delivery, _ in rows]
    new_ids = await corrected_to(session, statement_ids)
    return [
        WithdrawalRecord(
            statement_id=delivery.what_id,
            article_id=delivery.article_id,
            is_withdrawn=withdrawn_at is not None,
            new_id=new_ids.get(delivery.what_id),
            told_in=await _told_in(session, delivery),
            was_answered=delivery.sent_message_id is not None,
        )
        for delivery, withdrawn_at in rows
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


def _carrying(statement_ids: Collection[int]) -> Subquery:
    """Give which deliveries carry which of some statements, by themselves or as a side of a pair."""
    numbers = sorted(statement_ids)
    columns: list[Any] = [col(Delivery.id).label("delivery_id"), col(Delivery.what_id).label("statement_id")]
    alone = sa_select(*columns).where(col(Delivery.what) == "statement", col(Delivery.what_id).in_(numbers))
    sides = [
        sa_select(col(Delivery.id), side)
        .join(Reversal, col(Reversal.id) == col(Delivery.what_id))
        .where(col(Delivery.what) == "reversal", side.in_(numbers))
        for side in (col(Reversal.later_id), col(Reversal.earlier_id))
    ]
    return union(alone, *sides).subquery()


async def _told_in(session: AsyncSession, withdrawal: Delivery) -> tuple[ToldIn, ...]:
    carried = _carrying([withdrawal.what_id])
    wanted = (
        select(SentMessage.id, SentMessage.chat_id, SentMessage.message_id)
        .join(Delivery, col(Delivery.sent_message_id) == col(SentMessage.id))
        .join(carried, carried.c.delivery_id == col(Delivery.id))
        .where(
            col(Delivery.chat_id) == withdrawal.chat_id,
            col(Delivery.topic_id) == withdrawal.topic_id,
        )
        .order_by(col(SentMessage.id))
        .distinct()
    )
    return tuple(ToldIn(*row) for row in await session.exec(wanted))


async def _tell_the_new(session: AsyncSession, delivery_ids: Collection[int], reply_id: int, moment: datetime) -> None:
    """Keep that a correction carries the new words, so that what becomes of those is told in their turn."""
    wanted = (
        select(Delivery, Rewording.new_id)
        .join(Rewording, col(Rewording.old_id) == col(Delivery.what_id))
        .where(col(Delivery.id).in_(sorted(delivery_ids)))
    )
    told: dict[str, Any] = {"state": "sent", "sent_at": moment, "sent_message_id": reply_id, "last_error": None}
    for withdrawal, new_id in (await session.exec(wanted)).all():
        place: dict[str, Any] = {
            "chat_id": withdrawal.chat_id,
            "topic_id": withdrawal.topic_id,
            "what": "statement",
            "what_id": new_id,
        }
        row = Delivery(**place, **told, article_id=withdrawal.article_id, due_at=moment)
        await add_if_new(session, row, key=tuple(place))
        await session.exec(
            update(Delivery)
            .where(
                *(getattr(Delivery, name) == value for name, value in place.items()),
                col(Delivery.state).in_(("due", "dropped", "set_aside")),
            )
            .values(told)
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
