"""From what is due of a story to the messages that tell it, and that correct it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.stories import News, Step, plan
from bot.messages.alerts import alert
from bot.messages.reader import Reader
from bot.messages.reviewing import correction
from bot.messages.values import Message
from storage.alerting import alert_record, sent_alert
from storage.corrections import ToldWhere, told_where
from storage.quotes import quote_records, reversal_records
from storage.records import ClaimRecord, DueRecord
from storage.stories import STORY_REACH, ArticlePlace, TellingMessage, places_of, speakers_of, telling_messages
from storage.versions import added_later


@dataclass(frozen=True, slots=True)
class Telling:
    """A message of a story that is sent or edited now.

    Attributes:
        told: The message that is edited; None for a new one.
        message: How it reads from now on.
        anew: What is sent instead where it can no longer be edited; None where nothing would be lost.
        carried: The deliveries that it newly carries.
        thread: See ``stories.Step``.
    """

    told: TellingMessage | None
    message: Message
    anew: Message | None
    carried: tuple[DueRecord, ...]
    thread: str


@dataclass(frozen=True, slots=True)
class RenderedStory:
    """What is due to one chat of one story.

    Attributes:
        story_id: The story; None for an article that belongs to none.
        tellings: The messages, in the order in which they go.
        roots: Telegram's number of the message that a new one answers, by thread.
        stale: The deliveries of what was withdrawn or rejected since it became due.
        growth: The delivery by which all of its messages are brought up to date; None where that is not due.
    """

    story_id: int | None
    tellings: tuple[Telling, ...]
    roots: dict[str, int]
    stale: tuple[DueRecord, ...]
    growth: DueRecord | None


async def grouped(session: AsyncSession, claim: ClaimRecord) -> list[list[DueRecord]]:
    """Bring together what goes together: all that is due of a story, and anything else by itself.

    In the order in which it was queued: what was put back must not come behind what is younger.
    """
    deliveries = sorted(claim.deliveries, key=lambda delivery: delivery.id)
    places = await places_of(session, article_ids={delivery.article_id for delivery in deliveries})
    groups: dict[tuple[str, int], list[DueRecord]] = {}
    for delivery in deliveries:
        groups.setdefault(_group_of(delivery, places), []).append(delivery)
    return list(groups.values())


async def render_story(
    session: AsyncSession, claim: ClaimRecord, deliveries: Sequence[DueRecord], moment: datetime
) -> RenderedStory:
    """Write what is due to a chat of one story.

    Args:
        session: A unit of work.
        claim: The chat, as a reader.
        deliveries: What is due of the story, in the order in which it was queued.
        moment: Now.
    """
    places = await places_of(session, article_ids={delivery.article_id for delivery in deliveries})
    story_id = next((due.what_id for due in deliveries if due.what == "story"), None)
    story_id = story_id or places[deliveries[0].article_id].story_id
    news, stale = await _news(session, claim, deliveries, places)
    telling: list[TellingMessage] = []
    if story_id is not None:
        telling = await telling_messages(
            session,
            chat_id=claim.chat_id,
            topic_id=claim.topic_id,
            story_id=story_id,
            since=moment - STORY_REACH,
        )
    carried = {number for message in telling for number in message.statement_ids}
    speakers = await speakers_of(session, statement_ids=carried)
    growth = next((delivery for delivery in deliveries if delivery.what == "story"), None)
    steps = plan(telling, speakers, news)
    if growth is not None:
        edited = {step.told.sent_id for step in steps if step.told is not None}
        steps = [Step(message, ()) for message in telling if message.sent_id not in edited] + steps
    tellings = [await _telling(session, claim, step) for step in steps]
    roots = {speakers[number]: message.message_id for message in telling for number in message.statement_ids}
    if telling:
        roots[""] = telling[0].message_id
    return RenderedStory(story_id, _only_the_first_sounds(claim, tellings), roots, tuple(stale), growth)


@dataclass(frozen=True, slots=True)
class RenderedCorrection:
    """What brings a flag that was sent up to date with its review.

    Attributes:
        told: Where the chat was told of the pair, and of its correction.
        flag: The message that carried the pair, as it reads now; None where it cannot be written any more.
        reply: What answers it: that the pair is none, or that this was taken back.
        is_none: Whether the pair is none, as the chat sees it.
    """

    told: ToldWhere
    flag: Message | None
    reply: Message
    is_none: bool


async def render_correction(
    session: AsyncSession, claim: ClaimRecord, delivery: DueRecord
) -> RenderedCorrection | None:
    """Write what is due to a chat because a pair was reviewed; None where it was never told of the pair.

    Args:
        session: A unit of work.
        claim: The chat, as a reader.
        delivery: The correction.
    """
    told = await told_where(session, delivery_id=delivery.id)
    pairs = await reversal_records(session, reversal_ids=[delivery.what_id], chat_id=claim.chat_id)
    if told is None or not pairs:
        return None
    reader = reader_of(claim)
    found = await sent_alert(session, chat_id=told.flag_chat_id, message_id=told.flag_message_id)
    flag = alert(reader, found) if found else None
    return RenderedCorrection(told, flag, correction(reader, pairs[0]), pairs[0].state == "rejected")


def reader_of(claim: ClaimRecord) -> Reader:
    """Give the chat of a claim as a reader."""
    # Groups and channels have negative ids.
    return Reader(claim.language, claim.timezone, is_group=claim.chat_id < 0)


def hash_of(message: Message) -> str:
    """Give a hash of what a message shows, buttons included."""
    return sha256(repr((message.text, message.buttons)).encode()).hexdigest()


async def _news(
    session: AsyncSession, claim: ClaimRecord, deliveries: Sequence[DueRecord], places: dict[int, ArticlePlace]
) -> tuple[list[News], list[DueRecord]]:
    """Give what can be told of what is due, and what was withdrawn or rejected since."""
    statement_ids, reversal_ids = _numbers(deliveries, "statement"), _numbers(deliveries, "reversal")
    quotes = await quote_records(session, statement_ids=statement_ids, chat_id=claim.chat_id)
    pairs = await reversal_records(session, reversal_ids=reversal_ids, chat_id=claim.chat_id)
    later = {("statement", quote.id): quote for quote in quotes if quote.outlets}
    later |= {("reversal", pair.id): pair.later for pair in pairs if pair.stands}
    articles = {due.what_id: due.article_id for due in deliveries if due.what == "statement"}
    added = await added_later(session, article_by_statement=articles)
    news, stale = [], []
    for delivery in deliveries:
        quote = later.get((delivery.what, delivery.what_id))
        if quote is not None:
            is_debate = places[delivery.article_id].is_debate
            is_addition = quote.id in added and not is_debate
            news.append(News(delivery, quote.id, quote.person_id, is_debate, is_addition))
        elif delivery.what != "story":
            stale.append(delivery)
    return news, stale


async def _telling(session: AsyncSession, claim: ClaimRecord, step: Step) -> Telling:
    """Write a message with what it carries already and what it newly carries."""
    new = await _message(session, claim, step.deliveries) if step.deliveries else None
    if step.told is None:
        if new is None:
            raise ValueError(step)
        return Telling(None, new, None, step.deliveries, step.thread)
    grown = await alert_record(
        session,
        chat_id=claim.chat_id,
        article_id=step.told.article_id,
        statement_ids=[*step.told.statement_ids, *_numbers(step.deliveries, "statement")],
        reversal_ids=step.told.reversal_ids,
    )
    message = _as_wanted(claim, alert(reader_of(claim), grown))
    return Telling(step.told, message, new, step.deliveries, step.thread)


async def _message(session: AsyncSession, claim: ClaimRecord, deliveries: Sequence[DueRecord]) -> Message:
    found = await alert_record(
        session,
        chat_id=claim.chat_id,
        article_id=deliveries[0].article_id,
        statement_ids=_numbers(deliveries, "statement"),
        reversal_ids=_numbers(deliveries, "reversal"),
    )
    message = _as_wanted(claim, alert(reader_of(claim), found))
    return replace(message, is_silent=message.is_silent or found.is_addition)


def _as_wanted(claim: ClaimRecord, message: Message) -> Message:
    return replace(message, is_silent=claim.is_silent, shows_preview=claim.shows_previews)


def _only_the_first_sounds(claim: ClaimRecord, tellings: Sequence[Telling]) -> tuple[Telling, ...]:
    """Let the first new message sound, if the chat wants any sound; what only adds to one that did is silent."""
    heard: list[Telling] = []
    is_first = True
    for telling in tellings:
        if telling.told is not None:
            anew = telling.anew and replace(telling.anew, is_silent=True)
            heard.append(replace(telling, anew=anew))
            continue
        is_silent = telling.message.is_silent or not is_first
        heard.append(replace(telling, message=replace(telling.message, is_silent=is_silent)))
        is_first = False
    return tuple(heard)


def _group_of(delivery: DueRecord, places: dict[int, ArticlePlace]) -> tuple[str, int]:
    if delivery.what == "story":
        return "story", delivery.what_id
    if delivery.what == "withdrawal":
        return delivery.what, delivery.article_id
    if delivery.what not in ("statement", "reversal"):
        return delivery.what, delivery.id
    story_id = places[delivery.article_id].story_id
    return ("story", story_id) if story_id is not None else ("article", delivery.article_id)


def _numbers(deliveries: Sequence[DueRecord], what: str) -> list[int]:
    return [delivery.what_id for delivery in deliveries if delivery.what == what]
