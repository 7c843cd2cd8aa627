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
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
import telegram

from bot.alerts.courier import Courier
from bot.alerts.digest import is_used_up, leave_to_digest, render_digest, render_limit
from bot.alerts.errors import ChatClosed, Flooded, MessageRefused, TelegramUnreachable
from bot.alerts.pace import Lanes, Pace
from bot.alerts.rendering import (
    RenderedCorrection,
    RenderedStory,
    Telling,
    grouped,
    hash_of,
    reader_of,
    render_correction,
    render_story,
)
from bot.alerts.withdrawing import render_withdrawal
from bot.messages.values import Message
from storage import chats, outbox, stories
from storage.alerting import sent_since
from storage.corrections import confirm_correction
from storage.database import Database
from storage.errors import StorageError
from storage.records import ClaimRecord, DueRecord
from storage.tables import SentMessage
from storage.withdrawals import confirm_withdrawals

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
        set_aside: Left to the digest, with the reason.
        disabled: Left due in a chat that does not let us in.
    """

    sent: int = 0
    released: int = 0
    dropped: int = 0
    set_aside: int = 0
    disabled: int = 0

    def counts(self) -> dict[str, int]:
        """Give the numbers by name, for metrics."""
        return asdict(self)


@dataclass(slots=True)
class _Round:
    """A claim while it is worked on: what is left of it, in groups that go together, and who takes it there."""

    claim: ClaimRecord
    groups: list[list[DueRecord]]
    expires_at: datetime
    courier: Courier

    @property
    def chat_id(self) -> int:
        return self.courier.chat_id

    @property
    def left(self) -> list[DueRecord]:
        return [delivery for group in self.groups for delivery in group]

    def reader(self) -> ClaimRecord:
        """Give the claim as that of the chat that it is by now."""
        return replace(self.claim, chat_id=self.courier.chat_id)

    def is_done(self, deliveries: Sequence[DueRecord]) -> None:
        """Take out what needs no more work."""
        done = {delivery.id for delivery in deliveries}
        self.groups[0] = [delivery for delivery in self.groups[0] if delivery.id not in done]


class Sender:
    """Sends what is due. One at work serves a whole installation; a second one takes no chat of the first's."""

    def __init__(
        self,
        database: Database,
        bot: telegram.Bot,
        pace: Pace,
        worker: str,
        max_age: timedelta = timedelta(hours=24),
    ) -> None:
        """Describe the sender.

        Args:
            database: Where the outbox is.
            bot: An initialised bot.
            pace: How fast messages may go.
            worker: Name of this sender, for its claims.
            max_age: How long after it became due something is still told by a message of its own: a chat that
                comes back after a block is not flooded with old news.
        """
        self._database, self._bot, self._pace, self._worker = database, bot, pace, worker
        self._max_age = max_age
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
            await self._work(await self._begun(claim, now + self._pace.lease, lanes), lanes, report, stopping)

    async def _begun(self, claim: ClaimRecord, expires_at: datetime, lanes: Lanes) -> _Round:
        async with self._database.reading() as session:
            groups = await grouped(session, claim)
        courier = Courier(
            self._database,
            self._bot,
            self._pace,
            lanes,
            chat_id=claim.chat_id,
            topic_id=claim.topic_id,
            reader=reader_of(claim),
        )
        return _Round(claim, groups, expires_at, courier)

    async def _work(self, current: _Round, lanes: Lanes, report: SendReport, stopping: asyncio.Event) -> None:
        """Send a claim group by group; whatever happens to it, happens to this chat alone."""
        while current.groups:
            try:
                if not await self._may_go_on(current, lanes, report, stopping):
                    return
                await self._tell(current, report)
                current.groups.pop(0)
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
                log.exception("alert failed", chat=current.chat_id, deliveries=_ids(current.groups[0]))
                await self._skip(current, report, f"{type(error).__name__}: {error}")

    async def _tell(self, current: _Round, report: SendReport) -> None:
        """Send one group: what is due of a story, or one thing that goes by itself."""
        await self._set_aside_old(current, report)
        if not current.groups[0]:
            return
        match current.groups[0][0].what:
            case "correction":
                await self._correct(current, report)
            case "withdrawal":
                await self._withdraw(current, report)
            case "digest" | "limit":
                await self._tell_alone(current, report)
            case _:
                await self._tell_story(current, report)

    async def _may_go_on(self, current: _Round, lanes: Lanes, report: SendReport, stopping: asyncio.Event) -> bool:
        """Put the claim back where its lane opens too late, or its lease or the process ends too soon."""
        now = _now()
        opens_at = lanes.opens_at(current.chat_id, now)
        if not stopping.is_set() and current.expires_at - now >= LEAST_LEASE and opens_at - now <= PATIENCE:
            return True
        lanes.close(current.chat_id, opens_at)
        report.released += len(current.left)
        await self._release(current.left, opens_at, "put back until its lane opens", is_failure=False)
        return False

    async def _set_aside_old(self, current: _Round, report: SendReport) -> None:
        """Leave to the digest what became due too long ago; corrections of what was told are never too old."""
        before = _now() - self._max_age
        old = [due for due in current.groups[0] if due.what in ("statement", "reversal") and due.created_at < before]
        if not old:
            return
        async with self._database.writing() as session:
            await outbox.set_aside(
                session, delivery_ids=_ids(old), error="too old when it could be sent", worker=self._worker
            )
        log.info("too old, left to the digest", chat=current.chat_id, deliveries=_ids(old))
        report.set_aside += len(old)
        current.is_done(old)

    async def _tell_story(self, current: _Round, report: SendReport) -> None:
        """Let the messages of a story grow, answer them with what is new in kind, and write down what went."""
        async with self._database.reading() as session:
            story = await render_story(session, current.reader(), current.groups[0], _now())
        if story.stale:
            await self._drop(story.stale, "withdrawn or rejected before it was sent", report)
            current.is_done(story.stale)
        for telling in story.tellings:
            try:
                if not await self._grown(current, story, telling):
                    if await self._is_left_to_the_digest(current, telling, report):
                        continue
                    await self._told_anew(current, story, telling)
            except MessageRefused as error:
                log.error("alert dropped", chat=current.chat_id, deliveries=_ids(telling.carried), reason=str(error))
                await self._drop(telling.carried, str(error), report)
            else:
                report.sent += len(telling.carried)
            current.is_done(telling.carried)
        if story.growth is not None:
            async with self._database.writing() as session:
                await confirm_correction(
                    session, delivery_id=story.growth.id, worker=self._worker, reply=None, moment=_now()
                )
            report.sent += 1

    async def _is_left_to_the_digest(self, current: _Round, telling: Telling, report: SendReport) -> bool:
        """Leave to the digest what goes beyond the messages that the chat wants in a day."""
        if not telling.carried:
            return False
        claim, now = current.reader(), _now()
        async with self._database.reading() as session:
            if not await is_used_up(session, claim, now):
                return False
        async with self._database.writing() as session:
            await leave_to_digest(session, claim, telling.carried, worker=self._worker, moment=now)
        log.info(
            "beyond the messages of the day, left to the digest", chat=current.chat_id, deliveries=_ids(telling.carried)
        )
        report.set_aside += len(telling.carried)
        current.is_done(telling.carried)
        return True

    async def _tell_alone(self, current: _Round, report: SendReport) -> None:
        """Send what is no alert: a digest, or that the messages of the day are used up."""
        (delivery,) = current.groups[0]
        if delivery.what == "limit":
            messages = render_limit(current.reader())
        else:
            async with self._database.reading() as session:
                messages = await render_digest(session, current.reader(), delivery)
        try:
            sent = [await current.courier.send(message) for message in messages]
        except MessageRefused as error:
            await self._drop([delivery], str(error), report)
            return
        if not sent:
            await self._drop([delivery], "nothing is left to tell", report)
            return
        await self._confirm(current, [delivery], sent[0], messages[0], None)
        report.sent += 1

    async def _grown(self, current: _Round, story: RenderedStory, telling: Telling) -> bool:
        """Edit the message that tells it already; False where there is none, or where it is out of reach."""
        told = telling.told
        if told is None:
            return False
        if told.text_hash != hash_of(telling.message):
            if not await current.courier.edit(telling.message, told.message_id):
                async with self._database.writing() as session:
                    await stories.leave_story(session, sent_id=told.sent_id)
                return telling.anew is None
            if not telling.carried:
                async with self._database.writing() as session:
                    await stories.note_edit(
                        session, sent_id=told.sent_id, text_hash=hash_of(telling.message), moment=_now()
                    )
        await self._confirm(current, telling.carried, told.message_id, telling.message, story.story_id)
        return True

    async def _told_anew(self, current: _Round, story: RenderedStory, telling: Telling) -> None:
        """Send a message, in answer to the first one of its thread."""
        message = telling.anew or telling.message
        reply_to = telling.told.message_id if telling.told else story.roots.get(telling.thread)
        message_id = await current.courier.send(message, reply_to=None if current.courier.was_moved else reply_to)
        story.roots.setdefault(telling.thread, message_id)
        await self._confirm(current, telling.carried, message_id, message, story.story_id)

    async def _correct(self, current: _Round, report: SendReport) -> None:
        """Bring a flag up to date with its review; that it is none is said aloud, in answer to it."""
        (delivery,) = current.groups[0]
        async with self._database.reading() as session:
            rendered = await render_correction(session, current.reader(), delivery)
        try:
            reply = await self._corrected(current, rendered) if rendered else None
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

    async def _withdraw(self, current: _Round, report: SendReport) -> None:
        """Say aloud what an article no longer carries, or words otherwise, and strike it where it was told."""
        deliveries = current.groups[0]
        async with self._database.reading() as session:
            rendered = await render_withdrawal(session, current.reader(), deliveries)
        for struck in rendered.struck:
            if await current.courier.edit(struck.message, struck.message_id):
                async with self._database.writing() as session:
                    await stories.note_edit(session, sent_id=struck.sent_id, text_hash=struck.text_hash, moment=_now())
        reply = None
        if rendered.reply is not None:
            reply_to = None if current.courier.was_moved else rendered.reply_to
            try:
                message_id = await current.courier.send(rendered.reply, reply_to=reply_to)
            except MessageRefused as error:
                log.error("withdrawal dropped", chat=current.chat_id, deliveries=_ids(deliveries), reason=str(error))
                await self._drop(deliveries, str(error), report)
                return
            reply = SentMessage(
                chat_id=current.chat_id,
                topic_id=current.courier.topic_id,
                message_id=message_id,
                text_hash=hash_of(rendered.reply),
            )
        async with self._database.writing() as session:
            await confirm_withdrawals(
                session, delivery_ids=_ids(deliveries), worker=self._worker, reply=reply, moment=_now()
            )
        log.info("withdrawal told", chat=current.chat_id, deliveries=_ids(deliveries))
        report.sent += len(deliveries)

    async def _corrected(self, current: _Round, rendered: RenderedCorrection) -> SentMessage | None:
        """Edit the flag and its reply, or write the reply; give the reply that now says "no reversal"."""
        told, courier = rendered.told, current.courier
        # The messages of a group that became a supergroup are out of reach there.
        is_reachable = told.flag_chat_id == current.chat_id
        if rendered.flag is not None and is_reachable:
            await courier.edit(rendered.flag, told.flag_message_id)
        reply_id = told.reply_message_id
        if reply_id is not None:
            await courier.edit(rendered.reply, reply_id)
        elif rendered.is_none:
            reply_id = await courier.send(rendered.reply, reply_to=told.flag_message_id if is_reachable else None)
        if reply_id is None or not rendered.is_none:
            return None
        return SentMessage(
            chat_id=current.chat_id,
            topic_id=courier.topic_id,
            message_id=reply_id,
            text_hash=hash_of(rendered.reply),
        )

    async def _confirm(
        self,
        current: _Round,
        deliveries: Sequence[DueRecord],
        message_id: int,
        message: Message,
        story_id: int | None,
    ) -> None:
        """Write down which message carries what."""
        if not deliveries:
            return
        for pause in (*CONFIRM_PAUSES, None):
            try:
                async with self._database.writing() as session:
                    await outbox.confirm(
                        session,
                        delivery_ids=_ids(deliveries),
                        chat_id=current.chat_id,
                        topic_id=current.courier.topic_id,
                        message_id=message_id,
                        text_hash=hash_of(message),
                        moment=_now(),
                        story_id=story_id,
                    )
                break
            except StorageError:
                if pause is None:
                    log.error("sent and not written down", chat=current.chat_id, deliveries=_ids(deliveries))
                    raise
                await asyncio.sleep(pause)
        log.info("alert sent", chat=current.chat_id, topic=current.courier.topic_id, deliveries=_ids(deliveries))

    async def _put_back(self, current: _Round, lanes: Lanes, report: SendReport, pause: timedelta, reason: str) -> None:
        """Put back all that is left, and close the lane for as long, so that the order is kept."""
        until = _now() + pause
        lanes.close(current.chat_id, until)
        log.warning("put back", chat=current.chat_id, deliveries=_ids(current.left), until=until, reason=reason)
        report.released += len(current.left)
        await self._release(current.left, until, reason)

    async def _skip(self, current: _Round, report: SendReport, reason: str) -> None:
        """Put back one group; the rest goes on."""
        until = _now() + self._backoff(current)
        deliveries = current.groups.pop(0)
        report.released += len(deliveries)
        await self._release(deliveries, until, reason)

    async def _disable(self, current: _Round, report: SendReport, reason: str) -> None:
        """Leave everything due, for the day that the chat lets us in again."""
        log.warning("chat disabled", chat=current.chat_id, deliveries=_ids(current.left), reason=reason)
        report.disabled += len(current.left)
        async with self._database.writing() as session:
            await chats.disable_chat(session, chat_id=current.chat_id, reason=reason)
        await self._release(current.left, _now(), reason, is_failure=False)

    async def _release(
        self, deliveries: Sequence[DueRecord], due_at: datetime, reason: str, *, is_failure: bool = True
    ) -> None:
        async with self._database.writing() as session:
            await outbox.release(
                session,
                delivery_ids=_ids(deliveries),
                due_at=due_at,
                error=reason,
                worker=self._worker,
                is_failure=is_failure,
            )

    async def _drop(self, deliveries: Sequence[DueRecord], reason: str, report: SendReport) -> None:
        async with self._database.writing() as session:
            await outbox.drop(session, delivery_ids=_ids(deliveries), error=reason, worker=self._worker)
        report.dropped += len(deliveries)

    def _backoff(self, current: _Round) -> timedelta:
        """Give a pause that doubles with each failure, spread so that chats do not all come back at once."""
        attempts = min(max((delivery.attempts for delivery in current.groups[0]), default=0), 20)
        pause = min(self._pace.first_pause * 2.0**attempts, self._pace.longest_pause)
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - a spread, no secret


def _ids(deliveries: Sequence[DueRecord]) -> list[int]:
    return [delivery.id for delivery in deliveries]


def _now() -> datetime:
    return datetime.now(UTC)
