"""Corrections: what was told of a pair is brought up to date wherever it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Delivery, SentMessage
from storage.upserts import add_or_update


@dataclass(frozen=True, slots=True)
class ToldWhere:
    """Where a chat was told of a pair, and where it was told that it is none.

    Attributes:
        flag_chat_id: The chat of the message that carried the pair; another than the delivery's where a group
            became a supergroup, and then the message is out of reach.
        flag_message_id: Telegram's number of that message.
        reply_message_id: Telegram's number of the reply that says "no reversal"; None while there is none in reach.
    """

    flag_chat_id: int
    flag_message_id: int
    reply_message_id: int | None


async def queue_corrections(
    session: AsyncSession, *, reversal_id: int, moment: datetime, chat_id: int | None = None
) -> int:
    """Make due that what was told of a pair is brought up to date.

    Args:
        session: A unit of work that writes.
        reversal_id: The pair.
        moment: Now.
        chat_id: Only in this chat; None for everywhere.

    Returns:
        To how many chats and topics it is due: those that were told.
    """
    # What is being sent at this moment may have been read before the review.
    told = select(Delivery).where(
        col(Delivery.what) == "reversal",
        col(Delivery.what_id) == reversal_id,
        col(Delivery.state).in_(("sent", "claimed")),
    )
    if chat_id is not None:
        told = told.where(col(Delivery.chat_id) == chat_id)
    deliveries = (await session.exec(told)).all()
    due_again = {
        "state": "due",
        "due_at": moment,
        "attempts": 0,
        "last_error": None,
        "claimed_by": None,
        "claim_expires_at": None,
    }
    for delivery in deliveries:
        row = Delivery(
            chat_id=delivery.chat_id,
            topic_id=delivery.topic_id,
            what="correction",
            what_id=reversal_id,
            article_id=delivery.article_id,
            due_at=moment,
        )
        await add_or_update(session, row, key=("chat_id", "topic_id", "what", "what_id"), changes=due_again)
    return len(deliveries)


async def told_where(session: AsyncSession, *, delivery_id: int) -> ToldWhere | None:
    """Give the messages that a correction is about; None where the pair was never told there.

    Args:
        session: A unit of work.
        delivery_id: The correction.
    """
    flag, flag_message, reply_message = aliased(Delivery), aliased(SentMessage), aliased(SentMessage)
    wanted = (
        select(flag_message.chat_id, flag_message.message_id, reply_message.message_id)
        .select_from(Delivery)
        .join(
            flag,
            (col(flag.chat_id) == col(Delivery.chat_id))
            & (col(flag.topic_id) == col(Delivery.topic_id))
            & (col(flag.what_id) == col(Delivery.what_id))
            & (col(flag.what) == "reversal"),
        )
        .join(flag_message, col(flag_message.id) == col(flag.sent_message_id))
        .outerjoin(
            reply_message,
            (col(reply_message.id) == col(Delivery.sent_message_id))
            & (col(reply_message.chat_id) == col(Delivery.chat_id)),
        )
        .where(col(Delivery.id) == delivery_id)
    )
    row = (await session.exec(wanted)).first()
    return None if row is None else ToldWhere(*row)


async def confirm_correction(
    session: AsyncSession, *, delivery_id: int, worker: str, reply: SentMessage | None, moment: datetime
) -> None:
    """Keep that a correction was carried out; one that is due again by now, for a newer word, stays due.

    Args:
        session: A unit of work that writes.
        delivery_id: The correction.
        worker: Who claimed it.
        reply: The reply that now says "no reversal", new or edited; None where there is none any more.
        moment: Now.
    """
    reply_id = None
    if reply is not None:
        changes = {"text_hash": reply.text_hash}
        reply_id = await add_or_update(session, reply, key=("chat_id", "message_id"), changes=changes)
    await session.exec(update(Delivery).where(col(Delivery.id) == delivery_id).values(sent_message_id=reply_id))
    await session.exec(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == "claimed", col(Delivery.claimed_by) == worker)
        .values(state="sent", sent_at=moment, last_error=None, claimed_by=None, claim_expires_at=None)
    )


async def carried_by(session: AsyncSession, *, chat_id: int, message_id: int) -> Sequence[Delivery]:
    """Give what a message of ours carries, in the order in which it was queued; nothing for any other message."""
    wanted = (
        select(Delivery)
        .join(SentMessage, col(SentMessage.id) == col(Delivery.sent_message_id))
        .where(
            col(SentMessage.chat_id) == chat_id,
            col(SentMessage.message_id) == message_id,
            col(Delivery.what).in_(("statement", "reversal")),
        )
        .order_by(col(Delivery.id))
    )
    return (await session.exec(wanted)).all()
