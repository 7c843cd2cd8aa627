"""Tells a chat what is due to it beside its alerts: few messages, outside the outbox and its digests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
import telegram

from bot.alerts.errors import (
    ChatClosed,
    ChatMoved,
    DeliveryError,
    Flooded,
    MessageRefused,
    TelegramUnreachable,
    TopicClosed,
)
from bot.alerts.post import post
from bot.messages import notices
from bot.messages.reader import Reader
from storage.database import Database
from storage.operator_notices import NoticeRecord, claim_notices, is_notice_due, settle_notice

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""How long a claimed notice is left to its sender: more than all time limits of a batch together."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
CLOSED_PAUSE, MOST_CLOSED = timedelta(minutes=10), 1000
"""How long a chat that does not let us in is left alone, and how often it is tried: a week in all."""

_ANSWER_WITHIN = timedelta(seconds=10)


async def tell_operators(database: Database, bot: telegram.Bot, stopping: asyncio.Event) -> int:
    """Send the notices that are due; what fails for now is tried again, what is refused is dropped with the reason.

    Args:
        database: Where the notices are.
        bot: An initialised bot.
        stopping: Once set, no further notice is sent; its claim runs out by itself.

    Returns:
        How many were sent.

    Raises:
        StorageError: The notices cannot be read or written.
    """
    async with database.reading() as session:
        if not await is_notice_due(session, moment=_now()):
            return 0
    async with database.writing() as session:
        claimed = await claim_notices(session, moment=_now(), lease=LEASE)
    sent = 0
    for notice in claimed:
        if stopping.is_set():
            break
        sent += await _tell(database, bot, notice)
    return sent


async def _tell(database: Database, bot: telegram.Bot, notice: NoticeRecord) -> bool:
    # Groups and channels have negative ids.
    reader = Reader(is_group=notice.chat_id < 0)
    if notice.language and notice.timezone:
        reader = Reader(notice.language, notice.timezone, reader.is_group)
    message = notices.notice(reader, notice.what, notice.detail)
    try:
        if message is None:
            refusal = f"unknown notice {notice.what!r}"
            raise MessageRefused(refusal)
        await post(
            bot,
            message,
            chat_id=notice.chat_id,
            topic_id=notice.topic_id,
            answer_within=_ANSWER_WITHIN,
            reply_to=notice.detail.get("reply_to"),
        )
    except ChatMoved as error:
        await _settle(database, notice, "due", str(error), chat_id=error.new_chat_id)
    except TopicClosed as error:
        is_in_topic = notice.topic_id != 0
        await _settle(database, notice, "due" if is_in_topic else "dropped", str(error), topic_id=0)
    except Flooded as error:
        await _settle(database, notice, "due", str(error), pause=error.retry_after)
    except ChatClosed as error:
        # An administrator may not have written to the bot yet: a question to one is not lost by that.
        is_kept = notice.attempts < MOST_CLOSED
        log.warning("notice not told", chat=notice.chat_id, notice=notice.id, reason=str(error))
        await _settle(database, notice, "due" if is_kept else "dropped", str(error), pause=CLOSED_PAUSE)
    except TelegramUnreachable as error:
        pause = min(FIRST_PAUSE * 2.0 ** min(notice.attempts, 20), LONGEST_PAUSE)
        await _settle(database, notice, "due", str(error), pause=pause)
    except DeliveryError as error:
        log.warning("notice dropped", chat=notice.chat_id, notice=notice.id, reason=str(error))
        await _settle(database, notice, "dropped", str(error))
    else:
        await _settle(database, notice, "sent", None)
        return True
    return False


async def _settle(
    database: Database,
    notice: NoticeRecord,
    state: str,
    error: str | None,
    *,
    pause: timedelta = timedelta(),
    chat_id: int | None = None,
    topic_id: int | None = None,
) -> None:
    async with database.writing() as session:
        await settle_notice(
            session,
            notice_id=notice.id,
            state=state,
            moment=_now() + pause,
            error=error,
            chat_id=chat_id,
            topic_id=topic_id,
        )


def _now() -> datetime:
    return datetime.now(UTC)
