"""What the sender asks besides the outbox: what an alert shows, and what went lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.corrections import carried_by
from storage.quotes import outlet_record, quote_records, reversal_records
from storage.records import AlertRecord, OutletRecord, QuoteRecord, ReversalRecord
from storage.tables import Article, Delivery, SentMessage, Source
from storage.upserts import add_if_new
from storage.versions import added_later


async def article_outlet(session: AsyncSession, *, article_id: int) -> OutletRecord:
    """Give an article as a message names it.

    Args:
        session: The unit of work.
        article_id: An article that is there.

    Returns:
        Its outlet, title, address and moment.
    """
    query = (
        select(Source.name, Source.kind, Article)
        .join(Source, col(Source.id) == col(Article.source_id))
        .where(col(Article.id) == article_id)
    )
    name, kind, article = (await session.exec(query)).one()
    return outlet_record(article, name, kind)


async def alert_record(
    session: AsyncSession,
    *,
    chat_id: int,
    article_id: int,
    statement_ids: Sequence[int],
    reversal_ids: Sequence[int],
) -> AlertRecord:
    """Give what an alert shows, as its chat sees it.

    Args:
        session: The unit of work.
        chat_id: The chat.
        article_id: The article that brought the first of it.
        statement_ids: Its statements, in the order in which they became due.
        reversal_ids: The pairs; only their later statements are marked, so that an alert flags nothing
            without its evidence.
    """
    quotes = await quote_records(session, statement_ids=statement_ids, chat_id=chat_id)
    reversals = await reversal_records(session, reversal_ids=reversal_ids, chat_id=chat_id)
    flagged = {pair.later.id: pair for pair in reversals if pair.state != "rejected"}
    article = await article_outlet(session, article_id=article_id)
    marked = tuple(_marked(quote, flagged.get(quote.id)) for quote in quotes)
    added = await added_later(session, article_by_statement=dict.fromkeys(statement_ids[:1], article_id))
    return AlertRecord(article, marked, tuple(reversals), is_addition=bool(added) and not article.is_debate)


async def sent_alert(session: AsyncSession, *, chat_id: int, message_id: int) -> AlertRecord | None:
    """Give what a message that was sent carries, as it is now; None for a message that carries nothing of ours."""
    deliveries = await carried_by(session, chat_id=chat_id, message_id=message_id)
    if not deliveries:
        return None
    return await alert_record(
        session,
        chat_id=chat_id,
        article_id=deliveries[0].article_id,
        statement_ids=[delivery.what_id for delivery in deliveries if delivery.what == "statement"],
        reversal_ids=[delivery.what_id for delivery in deliveries if delivery.what == "reversal"],
    )


async def statements_told(session: AsyncSession, *, chat_id: int, message_id: int) -> list[int]:
    """Give the numbers of all statements that a message of ours is about; none for any other message.

    Args:
        session: A unit of work.
        chat_id: The chat in which it stands.
        message_id: Telegram's number of it there.

    Returns:
        The statements that it carries, then both sides of its pairs, then what it says of other statements' ends.
    """
    wanted = (
        select(col(Delivery.what), col(Delivery.what_id))
        .join(SentMessage, col(SentMessage.id) == col(Delivery.sent_message_id))
        .where(col(SentMessage.chat_id) == chat_id, col(SentMessage.message_id) == message_id)
        .order_by(col(Delivery.id))
    )
    told: dict[str, list[int]] = {}
    for what, number in await session.exec(wanted):
        told.setdefault(what, []).append(number)
    pairs = await reversal_records(
        session, reversal_ids=[*told.get("reversal", ()), *told.get("correction", ())], chat_id=chat_id
    )
    sides = [side.id for pair in pairs for side in (pair.later, pair.earlier)]
    return list(dict.fromkeys([*told.get("statement", ()), *sides, *told.get("withdrawal", ())]))


async def sent_since(session: AsyncSession, *, moment: datetime) -> list[tuple[int, datetime]]:
    """Give chat and moment of each message that was accepted or edited since ``moment``, oldest first.

    Of a message that was edited more than once the last time counts.
    """
    accepted = select(SentMessage.chat_id, SentMessage.created_at).where(col(SentMessage.created_at) >= moment)
    edited = select(SentMessage.chat_id, SentMessage.edited_at).where(col(SentMessage.edited_at) >= moment)
    rows = [*await session.exec(accepted), *await session.exec(edited)]
    return sorted(((chat_id, when) for chat_id, when in rows if when is not None), key=lambda row: row[1])


async def messages_since(session: AsyncSession, *, chat_id: int, topic_id: int, moment: datetime) -> dict[str, int]:
    """Give Telegram's number of each message that a chat was sent in a topic since ``moment``, by its text's hash."""
    wanted = select(col(SentMessage.text_hash), col(SentMessage.message_id)).where(
        col(SentMessage.chat_id) == chat_id,
        col(SentMessage.topic_id) == topic_id,
        col(SentMessage.created_at) >= moment,
    )
    return dict((await session.exec(wanted)).all())


async def note_message(session: AsyncSession, *, message: SentMessage) -> None:
    """Keep that a message was accepted, before all is there that its delivery takes."""
    await add_if_new(session, message, key=("chat_id", "message_id"))


def _marked(quote: QuoteRecord, pair: ReversalRecord | None) -> QuoteRecord:
    if pair is None:
        return replace(quote, reversal_label=None, reversal_is_confirmed=False)
    return replace(quote, reversal_label=pair.label, reversal_is_confirmed=pair.state == "confirmed")
