"""Empties the outbox: each chat in its lane, at a pace that Telegram allows, nothing lost.

What is due to a chat is claimed in the tables, sent, and confirmed in the tables. **A message can come
twice** in two cases, since Telegram takes no key that would tell it so: this process dies, or loses the
database, after Telegram accepted a message and before ``storage.outbox.confirm`` is committed (one message
a lane at most, and the width of one commit); or Telegram accepted it and its answer did not come within
``Pace.answer_timeout``. Everywhere else a death leaves a delivery due or claimed, and it is sent once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import structlog
import telegram

from bot.alerts.errors import (
    ChatClosed,
    ChatMoved,
    Flooded,
    MessageRefused,
    TelegramUnreachable,
    TopicClosed,
)
from bot.alerts.pace import Lanes, Pace
from bot.alerts.post import edit, post, post_plainly
from bot.alerts.rendering import RenderedCorrection, render, render_correction
from bot.messages.values import Message
from storage import chats, outbox
from storage.alerting import sent_since
from storage.corrections import confirm_correction
from storage.database import Database
from storage.errors import StorageError
from storage.records import ClaimRecord, DueRecord
from storage.tables import SentMessage

__all__ = ["Pace", "SendReport", "Sender"]

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=2)
"""How long a claim is kept waiting for its lane; what must wait longer is put back."""

LEAST_LEASE = timedelta(minutes=2)
"""What must be left of a claim's lease for another message: more than all time limits of one together."""

MOST_IN_A_CLAIM = 200
CONFIRM_PAUSES = (0.2, 1.0, 5.0)
"""Seconds between the tries to write down that a message was accepted: not doing so sends it twice."""


@dataclass(slots=True)
class SendReport:
    """What came of the deliveries that were due; each is counted once a try.

    Attributes:
        sent: Accepted by Telegram and confirmed.
        released: Put back for later.
        dropped: Given up, with the reason.
        disabled: Left due in a chat that does not let us in.
    """

    sent: int = 0
    released: int = 0
    dropped: int = 0
    disabled: int = 0

    def counts(self) -> dict[str, int]:
        """Give the numbers by name, for metrics."""
        return {"sent": self.sent, "released": self.released, "dropped": self.dropped, "disabled": self.disabled}


@dataclass(slots=True)
class _Round:
    """A claim while it is worked on: what is left of it, and where it goes."""

    chat_id: int
    topic_id: int
    claim: ClaimRecord
    expires_at: datetime
    articles: list[list[DueRecord]] = field(init=False)

    def __post_init__(self) -> None:
        by_article: dict[tuple[int, int], list[DueRecord]] = {}
        # In the order in which they were queued: one that was put back must not come behind younger ones.
        for delivery in sorted(self.claim.deliveries, key=lambda delivery: delivery.id):
            # What an article brings goes together, and each correction by itself.
            key = (delivery.article_id, delivery.id if delivery.what == "correction" else 0)
            by_article.setdefault(key, []).append(delivery)
        self.articles = list(by_article.values())

    @property
    def left(self) -> list[DueRecord]:
        return [delivery for article in self.articles for delivery in article]


class Sender:
    """Sends what is due. One at work serves a whole installation; a second one takes no chat of the first's."""

    def __init__(self, database: Database, bot: telegram.Bot, pace: Pace, worker: str) -> None:
        """Describe the sender.

        Args:
            database: Where the outbox is.
            bot: An initialised bot.
            pace: How fast messages may go.
            worker: Name of this sender, for its claims.
        """
        self._database, self._bot, self._pace, self._worker = database, bot, pace, worker
        self._lanes: Lanes | None = None

    async def empty(self, stopping: asyncio.Event) -> SendReport:
        """Send all that is due and may go now.

        Several chats are served side by side. One chat's trouble is written down with its deliveries and
        never raised.

        Args:
            stopping: Once set, the send in hand is finished and the rest put back.

        Returns:
            What came of it.

        Raises:
            StorageError: The outbox cannot be read.
        """
        report = SendReport()
        lanes = self._lanes or await self._remembered_lanes()
        self._lanes = lanes
        served = await asyncio.gather(
            *(self._serve(lanes, report, stopping) for _ in range(self._pace.lanes)), return_exceptions=True
        )
        for outcome in served:
            if isinstance(outcome, BaseException):
                raise outcome
        return report

    async def _remembered_lanes(self) -> Lanes:
        lanes = Lanes(self._pace)
        async with self._database.reading() as session:
            for chat_id, moment in await sent_since(session, moment=_now() - timedelta(minutes=1)):
                lanes.note(chat_id, moment)
        return lanes

    async def _serve(self, lanes: Lanes, report: SendReport, stopping: asyncio.Event) -> None:
        """Work on one claim after another until none can be had."""
        while not stopping.is_set():
            now = _now()
            async with self._database.writing() as session:
                claim = await outbox.claim(
                    session,
                    worker=self._worker,
                    moment=now,
                    lease=self._pace.lease,
                    limit=MOST_IN_A_CLAIM,
                    skip_chats=lanes.closed(now, beyond=PATIENCE),
                )
            if claim is None:
                return
            await self._work(
                _Round(claim.chat_id, claim.topic_id, claim, now + self._pace.lease), lanes, report, stopping
            )

    async def _work(self, current: _Round, lanes: Lanes, report: SendReport, stopping: asyncio.Event) -> None:
        """Send a claim article by article; whatever happens to it, happens to this chat alone."""
        while current.articles:
            try:
                if not await self._may_go_on(current, lanes, report, stopping):
                    return
                if current.articles[0][0].what == "correction":
                    await self._correct(current, lanes, report)
                else:
                    await self._send_article(current, lanes, report)
            except Flooded as error:
                await self._put_back(current, lanes, report, error.retry_after, str(error))
                return
            except TelegramUnreachable as error:
                await self._put_back(current, lanes, report, self._backoff(current), str(error))
                return
            except ChatClosed as error:
                await self._disable(current, report, str(error))
                return
            except StorageError as error:
                # The claim expires by itself, and what was in it is taken up again.
                log.error("outbox cannot be written", chat=current.chat_id, reason=str(error))
                return
            except Exception as error:
                log.exception("alert failed", chat=current.chat_id, article=current.articles[0][0].article_id)
                await self._skip(current, report, f"{type(error).__name__}: {error}")

    async def _may_go_on(self, current: _Round, lanes: Lanes, report: SendReport, stopping: asyncio.Event) -> bool:
        """Put the claim back where its lane opens too late, or its lease or the process ends too soon."""
        now = _now()
        opens_at = lanes.opens_at(current.chat_id, now)
        if not stopping.is_set() and current.expires_at - now >= LEAST_LEASE and opens_at - now <= PATIENCE:
            return True
        lanes.close(current.chat_id, opens_at)
        report.released += len(current.left)
        await self._release(current.left, opens_at, "put back until its lane opens")
        return False

    async def _send_article(self, current: _Round, lanes: Lanes, report: SendReport) -> None:
        """Send what one article holds for the chat, and write down that it went."""
        async with self._database.reading() as session:
            rendered = await render(session, current.claim, current.articles[0])
        if rendered.stale:
            await self._drop(rendered.stale, "withdrawn or rejected before it was sent", report)
        if rendered.carried:
            try:
                sent = [(await self._post(current, message, lanes), message) for message in rendered.messages]
            except MessageRefused as error:
                log.error("alert dropped", chat=current.chat_id, deliveries=_ids(rendered.carried), reason=str(error))
                await self._drop(rendered.carried, str(error), report)
            else:
                await self._confirm(current, rendered.carried, sent)
                report.sent += len(rendered.carried)
        current.articles.pop(0)

    async def _correct(self, current: _Round, lanes: Lanes, report: SendReport) -> None:
        """Bring a flag up to date with its review; that it is none is said aloud, in answer to it."""
        (delivery,) = current.articles[0]
        async with self._database.reading() as session:
            rendered = await render_correction(session, current.claim, delivery)
        try:
            reply = await self._corrected(current, rendered, lanes) if rendered else None
        except MessageRefused as error:
            log.error("correction dropped", chat=current.chat_id, reversal=delivery.what_id, reason=str(error))
            await self._drop([delivery], str(error), report)
        else:
            async with self._database.writing() as session:
                await confirm_correction(
                    session, delivery_id=delivery.id, worker=self._worker, reply=reply, moment=_now()
                )
            log.info("flag brought up to date", chat=current.chat_id, reversal=delivery.what_id)
            report.sent += 1
        current.articles.pop(0)

    async def _corrected(self, current: _Round, rendered: RenderedCorrection, lanes: Lanes) -> SentMessage | None:
        """Edit the flag and its reply, or write the reply; give the reply that now says "no reversal"."""
        told = rendered.told
        # The messages of a group that became a supergroup are out of reach there.
        is_reachable = told.flag_chat_id == current.chat_id
        if rendered.flag is not None and is_reachable:
            await self._edit(current, rendered.flag, told.flag_message_id, lanes)
        reply_id = told.reply_message_id
        if reply_id is not None:
            await self._edit(current, rendered.reply, reply_id, lanes)
        elif rendered.is_none:
            reply_to = told.flag_message_id if is_reachable else None
            reply_id = await self._post(current, rendered.reply, lanes, reply_to=reply_to)
        if reply_id is None or not rendered.is_none:
            return None
        return SentMessage(
            chat_id=current.chat_id,
            topic_id=current.topic_id,
            message_id=reply_id,
            text_hash=_hash(rendered.reply),
        )

    async def _edit(self, current: _Round, message: Message, message_id: int, lanes: Lanes) -> None:
        """Let a message read otherwise; one that is gone or too old is left, since its reply says it too."""
        await _enter(lanes, current.chat_id)
        try:
            await edit(
                self._bot,
                message,
                chat_id=current.chat_id,
                message_id=message_id,
                answer_within=self._pace.answer_timeout,
            )
        except MessageRefused as error:
            log.warning("message not edited", chat=current.chat_id, message=message_id, reason=str(error))
        except ChatMoved as error:
            await self._migrate(current, error.new_chat_id)
            raise TelegramUnreachable(str(error)) from error
        finally:
            lanes.finish(current.chat_id, _now())

    async def _post(self, current: _Round, message: Message, lanes: Lanes, *, reply_to: int | None = None) -> int:
        """Send a message to where the chat is by now, and at last without markup, before giving it up."""
        send, was_moved = post, False
        while True:
            await _enter(lanes, current.chat_id)
            try:
                return await send(
                    self._bot,
                    message,
                    chat_id=current.chat_id,
                    topic_id=current.topic_id,
                    answer_within=self._pace.answer_timeout,
                    reply_to=reply_to,
                )
            except ChatMoved as error:
                if was_moved:
                    raise TelegramUnreachable(str(error)) from error
                # Numbers of messages mean nothing in the new chat.
                was_moved, reply_to = True, None
                await self._migrate(current, error.new_chat_id)
            except TopicClosed as error:
                if not current.topic_id:
                    raise MessageRefused(str(error)) from error
                log.warning("topic is closed, sent to the chat", chat=current.chat_id, topic=current.topic_id)
                current.topic_id = 0
            except MessageRefused as error:
                if send is post_plainly:
                    raise
                log.warning("message refused, sent without markup", chat=current.chat_id, reason=str(error))
                send = post_plainly
            finally:
                lanes.finish(current.chat_id, _now())

    async def _migrate(self, current: _Round, new_chat_id: int) -> None:
        async with self._database.writing() as session:
            await chats.migrate_chat(session, old_id=current.chat_id, new_id=new_chat_id)
        log.info("group became a supergroup", chat=current.chat_id, new_chat=new_chat_id)
        current.chat_id = new_chat_id

    async def _confirm(
        self, current: _Round, deliveries: Sequence[DueRecord], sent: Sequence[tuple[int, Message]]
    ) -> None:
        """Write down which message carries what: a pair its own, and everything else the first."""
        carriers = {message.pair: part for part, (_, message) in enumerate(sent) if message.pair is not None}
        by_part: dict[int, list[int]] = {}
        for delivery in deliveries:
            part = carriers.get(delivery.what_id, 0) if delivery.what == "reversal" else 0
            by_part.setdefault(part, []).append(delivery.id)
        for pause in (*CONFIRM_PAUSES, None):
            try:
                async with self._database.writing() as session:
                    for part, (message_id, message) in enumerate(sent):
                        await outbox.confirm(
                            session,
                            delivery_ids=by_part.get(part, []),
                            chat_id=current.chat_id,
                            topic_id=current.topic_id,
                            message_id=message_id,
                            text_hash=_hash(message),
                            moment=_now(),
                        )
                break
            except StorageError:
                if pause is None:
                    log.error("sent and not written down", chat=current.chat_id, deliveries=_ids(deliveries))
                    raise
                await asyncio.sleep(pause)
        log.info("alert sent", chat=current.chat_id, topic=current.topic_id, deliveries=_ids(deliveries))

    async def _put_back(self, current: _Round, lanes: Lanes, report: SendReport, pause: timedelta, reason: str) -> None:
        """Put back all that is left, and close the lane for as long, so that the order is kept."""
        until = _now() + pause
        lanes.close(current.chat_id, until)
        log.warning("put back", chat=current.chat_id, deliveries=_ids(current.left), until=until, reason=reason)
        report.released += len(current.left)
        await self._release(current.left, until, reason)

    async def _skip(self, current: _Round, report: SendReport, reason: str) -> None:
        """Put back one article's deliveries; the rest goes on."""
        until = _now() + self._backoff(current)
        deliveries = current.articles.pop(0)
        report.released += len(deliveries)
        await self._release(deliveries, until, reason)

    async def _disable(self, current: _Round, report: SendReport, reason: str) -> None:
        """Leave everything due, for the day that the chat lets us in again."""
        log.warning("chat disabled", chat=current.chat_id, deliveries=_ids(current.left), reason=reason)
        report.disabled += len(current.left)
        async with self._database.writing() as session:
            await chats.disable_chat(session, chat_id=current.chat_id, reason=reason)
            await outbox.release(
                session, delivery_ids=_ids(current.left), due_at=_now(), error=reason, worker=self._worker
            )

    async def _release(self, deliveries: Sequence[DueRecord], due_at: datetime, reason: str) -> None:
        async with self._database.writing() as session:
            await outbox.release(
                session, delivery_ids=_ids(deliveries), due_at=due_at, error=reason, worker=self._worker
            )

    async def _drop(self, deliveries: Sequence[DueRecord], reason: str, report: SendReport) -> None:
        async with self._database.writing() as session:
            await outbox.drop(session, delivery_ids=_ids(deliveries), error=reason, worker=self._worker)
        report.dropped += len(deliveries)

    def _backoff(self, current: _Round) -> timedelta:
        """Give a pause that doubles with each failure, spread so that chats do not all come back at once."""
        attempts = min(max(delivery.attempts for delivery in current.articles[0]), 20)
        pause = min(self._pace.first_pause * 2.0**attempts, self._pace.longest_pause)
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - a spread, no secret


async def _enter(lanes: Lanes, chat_id: int) -> None:
    """Wait until a message may go to the chat, and count it as on its way."""
    pause = lanes.pause(chat_id, _now())
    while pause:
        await asyncio.sleep(pause.total_seconds())
        pause = lanes.pause(chat_id, _now())
    lanes.start()


def _hash(message: Message) -> str:
    return sha256(message.text.encode()).hexdigest()


def _ids(deliveries: Sequence[DueRecord]) -> list[int]:
    return [delivery.id for delivery in deliveries]


def _now() -> datetime:
    return datetime.now(UTC)
