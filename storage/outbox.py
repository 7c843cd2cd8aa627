"""What is due to which chat: queued once, claimed by one sender, confirmed or put back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from storage.records import ClaimRecord, DueRecord
from storage.tables import Chat, Delivery, SentMessage
from storage.upserts import add_new, add_or_update

_CLAIM_LOCK = 0x6369_7461_6174_0002
_UNCLAIMED: dict[str, Any] = {"claimed_by": None, "claim_expires_at": None}

_KEY = ("chat_id", "topic_id", "what", "what_id")

BELOW_LEVEL = "followed at a level that leaves it out"
SILENCED = "the story was silenced"
OVER_LIMIT = "beyond the messages of that day"
TOO_OLD = "too old when it could be sent"
"""Why something was set aside for a digest."""


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How full the outbox is.

    Attributes:
        due: Deliveries that are due, now or later, to chats that are active.
        claimed: Deliveries that a sender claimed, whether its claim ran out or not.
        oldest_due_at: When the first delivery that nobody claimed was due; None if there is none.
    """

    due: int
    claimed: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One thing that becomes due to one chat: the columns of ``tables.Delivery``.

    ``set_aside`` says why it is kept for a digest instead; None where it is to be sent. ``passes_quiet``: told in
    quiet hours as well.
    """

    chat_id: int
    topic_id: int
    what: str
    what_id: int
    article_id: int
    due_at: datetime
    set_aside: str | None = None
    passes_quiet: bool = False


async def queue(
    session: AsyncSession,
    *,
    chat_id: int,
    topic_id: int,
    what: str,
    what_id: int,
    article_id: int,
    due_at: datetime,
) -> bool:
    """Make one thing due to one chat, once and for all.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        topic_id: Its topic, 0 for none.
        what: ``statement`` or ``reversal``.
        what_id: Its number.
        article_id: The article that brought it.
        due_at: When it may be sent.

    Returns:
        Whether it was not queued before, sent or not.
    """
    due = NewDelivery(chat_id, topic_id, what, what_id, article_id, due_at)
    return await queue_all(session, deliveries=[due]) == 1


async def queue_all(session: AsyncSession, *, deliveries: Sequence[NewDelivery]) -> int:
    """Make many things due, each once and for all; what was set aside below its level becomes due after all.

    Args:
        session: A unit of work that writes.
        deliveries: What is due to whom, or set aside.

    Returns:
        How many of them are due now and were not before, sent or not.
    """
    rows = [_row(due) for due in deliveries]
    added = await add_new(session, Delivery, rows, key=_KEY)
    count = 0
    for due in deliveries:
        if due.set_aside is None:
            is_new = (due.chat_id, due.topic_id, due.what, due.what_id) in added
            count += is_new or await _promote(session, due)
    return count


async def claim(
    session: AsyncSession,
    *,
    worker: str,
    moment: datetime,
    lease: timedelta,
    limit: int = 50,
    skip_chats: Collection[int] = (),
) -> ClaimRecord | None:
    """Claim what is due to the one chat and topic that waits longest.

    A chat of which another claim lives is left alone, so that a chat never has two. A claim that ran out
    can be claimed again; that counts as an attempt, since its sender may have died of it.

    Args:
        session: A unit of work that writes and does nothing else: claims wait for each other.
        worker: Who claims.
        moment: Now.
        lease: How long the claim lives.
        limit: How many deliveries at most.
        skip_chats: Chats that must wait.

    Returns:
        The claim; None if nothing is due. Disabled chats get nothing.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Only a statement that begins after the claims of others were committed sees them all.
        await session.exec(select(func.pg_advisory_xact_lock(_CLAIM_LOCK)))
    waits_longest = (
        select(Delivery.topic_id, Chat)
        .join(Chat, col(Chat.id) == col(Delivery.chat_id))
        .where(
            _is_claimable(moment),
            col(Chat.state) == "active",
            col(Delivery.chat_id).not_in(list(skip_chats)),
            col(Delivery.chat_id).not_in(_busy_chats(moment)),
        )
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(1)
    )
    lane = (await session.exec(waits_longest)).first()
    if lane is None:
        return None
    topic_id, chat = lane
    is_in_lane = (col(Delivery.chat_id) == chat.id, col(Delivery.topic_id) == topic_id)
    oldest = (
        select(col(Delivery.id))
        .where(*is_in_lane, _is_claimable(moment))
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(limit)
    )
    claimed = await session.exec(
        update(Delivery)
        .where(col(Delivery.id).in_(oldest))
        .values(
            state="claimed",
            claimed_by=worker,
            claim_expires_at=moment + lease,
            attempts=col(Delivery.attempts) + case((col(Delivery.state) == "claimed", 1), else_=0),
        )
        .returning(
            col(Delivery.due_at),
            col(Delivery.id),
            col(Delivery.what),
            col(Delivery.what_id),
            col(Delivery.article_id),
            col(Delivery.attempts),
            col(Delivery.created_at),
            col(Delivery.passes_quiet),
        ),
        execution_options={"synchronize_session": False},
    )
    deliveries = tuple(DueRecord(*row[1:]) for row in sorted(claimed, key=lambda row: (row[0], row[1])))
    return ClaimRecord(
        chat_id=chat.id,
        topic_id=topic_id,
        language=chat.language,
        timezone=chat.timezone,
        is_silent=chat.is_silent,
        shows_previews=chat.shows_previews,
        messages_a_day=chat.messages_a_day,
        quiet_from=chat.quiet_from,
        quiet_until=chat.quiet_until,
        muted_until=chat.muted_until,
        deliveries=deliveries,
    )


async def confirm(
    session: AsyncSession,
    *,
    delivery_ids: Sequence[int],
    chat_id: int,
    topic_id: int,
    message_id: int,
    text_hash: str,
    moment: datetime,
    story_id: int | None = None,
) -> None:
    """Keep that a message was accepted or edited, and what it carries; the claim is over.

    Args:
        session: A unit of work that writes.
        delivery_ids: What the message carries.
        chat_id: Where it stands.
        topic_id: In which topic, 0 for none.
        message_id: Telegram's number of it in that chat.
        text_hash: A hash of what it shows.
        moment: Now.
        story_id: The story that it tells; None where it tells none that can grow.
    """
    message = SentMessage(
        chat_id=chat_id,
        topic_id=topic_id,
        message_id=message_id,
        text_hash=text_hash,
        story_id=story_id,
        created_at=moment,
    )
    changes = {"text_hash": text_hash, "edited_at": moment}
    sent_message_id = await add_or_update(session, message, key=("chat_id", "message_id"), changes=changes)
    await session.exec(
        update(Delivery)
        .where(col(Delivery.id).in_(delivery_ids))
        .values(state="sent", sent_at=moment, sent_message_id=sent_message_id, last_error=None, **_UNCLAIMED)
    )


async def release(
    session: AsyncSession,
    *,
    delivery_ids: Sequence[int],
    due_at: datetime,
    error: str,
    worker: str | None = None,
    is_failure: bool = True,
) -> None:
    """Give up a claim, after a failure that may pass or because it is not yet time; what was sent or dropped stays so.

    Args:
        session: A unit of work that writes.
        delivery_ids: What was claimed.
        due_at: When to try again.
        error: What went wrong.
        worker: Who claimed it: what another worker claimed meanwhile is left to that one. None for whoever did.
        is_failure: Whether it counts as an attempt, after which the next pause is longer.
    """
    attempts = col(Delivery.attempts) + (1 if is_failure else 0)
    await session.exec(
        update(Delivery)
        .where(*_is_held(delivery_ids, worker))
        .values(state="due", due_at=due_at, last_error=error, attempts=attempts, **_UNCLAIMED)
    )


async def take_back(session: AsyncSession, *, worker: str) -> int:
    """Give up what a worker of this name had claimed when it died, so that its successor need not wait.

    Args:
        session: A unit of work that writes.
        worker: The name; whoever calls this is its only bearer now.

    Returns:
        How many deliveries are due again.
    """
    taken_back = await session.exec(
        update(Delivery)
        .where(col(Delivery.state) == "claimed", col(Delivery.claimed_by) == worker)
        .values(state="due", **_UNCLAIMED)
    )
    return int(taken_back.rowcount)


async def drop(session: AsyncSession, *, delivery_ids: Sequence[int], error: str, worker: str | None = None) -> None:
    """Give up deliveries for good; what was sent stays so.

    Args:
        session: A unit of work that writes.
        delivery_ids: What was claimed.
        error: Why it can never be sent.
        worker: Who claimed it: what another worker claimed meanwhile is left to that one. None for whoever did.
    """
    await session.exec(
        update(Delivery).where(*_is_held(delivery_ids, worker)).values(state="dropped", last_error=error, **_UNCLAIMED)
    )


async def set_aside(
    session: AsyncSession, *, delivery_ids: Sequence[int], error: str, worker: str | None = None
) -> None:
    """Leave deliveries to the digest; what was sent stays so.

    Args:
        session: A unit of work that writes.
        delivery_ids: What was claimed.
        error: Why no message of its own tells it.
        worker: Who claimed it: what another worker claimed meanwhile is left to that one. None for whoever did.
    """
    await session.exec(
        update(Delivery)
        .where(*_is_held(delivery_ids, worker))
        .values(state="set_aside", last_error=error, **_UNCLAIMED)
    )


async def set_aside_old(
    session: AsyncSession, *, chat_id: int, topic_id: int, before: datetime, worker: str, moment: datetime
) -> list[int]:
    """Leave to the digest all statements and reversals that became due to a chat and topic too long ago.

    Args:
        session: A unit of work that writes.
        chat_id: The chat.
        topic_id: The topic, 0 for none.
        before: What became due first before this moment is too old.
        worker: Whose claims count as well as what nobody claimed.
        moment: Now; what waits for later is left alone.

    Returns:
        The numbers of the deliveries.
    """
    is_waiting = and_(col(Delivery.state) == "due", col(Delivery.due_at) <= moment)
    old = await session.exec(
        update(Delivery)
        .where(
            col(Delivery.chat_id) == chat_id,
            col(Delivery.topic_id) == topic_id,
            col(Delivery.what).in_(("statement", "reversal")),
            col(Delivery.created_at) < before,
            or_(is_waiting, and_(col(Delivery.state) == "claimed", col(Delivery.claimed_by) == worker)),
        )
        .values(state="set_aside", last_error=TOO_OLD, **_UNCLAIMED)
        .returning(col(Delivery.id)),
        execution_options={"synchronize_session": False},
    )
    return [row[0] for row in old]


async def outbox_state(session: AsyncSession) -> OutboxState:
    """Say how full the outbox is; what is due to disabled chats does not count."""
    due = (
        select(func.count(), func.min(Delivery.due_at))
        .join(Chat, col(Chat.id) == col(Delivery.chat_id))
        .where(col(Delivery.state) == "due", col(Chat.state) == "active")
    )
    claimed = select(func.count()).select_from(Delivery).where(col(Delivery.state) == "claimed")
    count, oldest = (await session.exec(due)).one()
    return OutboxState(due=count, claimed=(await session.exec(claimed)).one(), oldest_due_at=oldest)


def _row(due: NewDelivery) -> dict[str, Any]:
    # asdict would copy each value deeply, which for a debate's thousand deliveries takes longer than the database.
    row = {field.name: getattr(due, field.name) for field in fields(due)}
    reason = row.pop("set_aside")
    return {**row, "state": "set_aside" if reason else "due", "last_error": reason}


async def _promote(session: AsyncSession, due: NewDelivery) -> bool:
    promoted = await session.exec(
        update(Delivery)
        .where(
            col(Delivery.chat_id) == due.chat_id,
            col(Delivery.topic_id) == due.topic_id,
            col(Delivery.what) == due.what,
            col(Delivery.what_id) == due.what_id,
            col(Delivery.state) == "set_aside",
            col(Delivery.last_error) == BELOW_LEVEL,
        )
        .values(
            state="due",
            due_at=due.due_at,
            passes_quiet=due.passes_quiet,
            article_id=due.article_id,
            last_error=None,
        )
    )
    return promoted.rowcount > 0


def _is_claimable(moment: datetime) -> ColumnElement[bool]:
    return or_(
        and_(col(Delivery.state) == "due", col(Delivery.due_at) <= moment),
        and_(col(Delivery.state) == "claimed", col(Delivery.claim_expires_at) <= moment),
    )


def _busy_chats(moment: datetime) -> SelectOfScalar[int]:
    return select(col(Delivery.chat_id)).where(
        col(Delivery.state) == "claimed", col(Delivery.claim_expires_at) > moment
    )


def _is_held(delivery_ids: Sequence[int], worker: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        col(Delivery.id).in_(delivery_ids),
        col(Delivery.state).in_(("due", "claimed")),
    ]
    return conditions if worker is None else [*conditions, col(Delivery.claimed_by) == worker]
