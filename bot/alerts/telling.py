"""What one claim of the outbox comes to: its groups told one by one, and written down as soon as they went."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.courier import Courier
from bot.alerts.digest import is_used_up, leave_to_digest, render_digest, render_limit
from bot.alerts.errors import MessageRefused
from bot.alerts.pace import Clock
from bot.alerts.quiet import hushed, waits_until
from bot.alerts.rendering import (
    RenderedCorrection,
    RenderedStory,
    Telling,
    hash_of,
    render_correction,
    render_story,
)
from bot.alerts.withdrawing import render_withdrawal
from bot.messages.values import Message
from storage import outbox, stories
from storage.alerting import messages_since, note_message
from storage.corrections import confirm_correction
from storage.database import Database
from storage.digests import queue_missed
from storage.errors import StorageError
from storage.records import ClaimRecord, DueRecord
from storage.tables import SentMessage
from storage.withdrawals import confirm_withdrawals

log = structlog.get_logger(__name__)

ALERTS = ("statement", "reversal")
"""What waits for the end of quiet hours, and is told too late by a digest."""

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
class Errand:
    """A claim while it is worked on.

    Attributes:
        claim: The claim.
        groups: What is left of it, in groups that go together.
        expires_at: When somebody else may take it up.
        courier: Who takes it there.
    """

    claim: ClaimRecord
    groups: list[list[DueRecord]]
    expires_at: datetime
    courier: Courier

    @property
    def chat_id(self) -> int:
        """The chat, as it is by now."""
        return self.courier.chat_id

    @property
    def left(self) -> list[DueRecord]:
        """What was not told yet."""
        return [delivery for group in self.groups for delivery in group]

    def reader(self) -> ClaimRecord:
        """Give the claim as that of the chat that it is by now."""
        return replace(self.claim, chat_id=self.courier.chat_id)

    def is_done(self, deliveries: Sequence[DueRecord]) -> None:
        """Take out of the first group what needs no more work."""
        done = {delivery.id for delivery in deliveries}
        self.groups[0] = [delivery for delivery in self.groups[0] if delivery.id not in done]

    def leave_out(self, delivery_ids: Collection[int]) -> None:
        """Take out of all groups what needs no more work; a group may become empty by it."""
        self.groups = [[due for due in group if due.id not in delivery_ids] for group in self.groups]


class Teller:
    """Tells what is due, group by group."""

    def __init__(self, database: Database, worker: str, max_age: timedelta, clock: Clock) -> None:
        """Describe the teller.

        Args:
            database: Where the outbox is.
            worker: Whose claims it works on.
            max_age: How long after it became due something is still told by a message of its own.
            clock: The present moment.
        """
        self._database, self._worker, self._max_age, self._clock = database, worker, max_age, clock

    async def tell(self, current: Errand, report: SendReport) -> None:
        """Send the first group of an errand: what is due of a story, or one thing that goes by itself.

        Args:
            current: The errand; what was told, dropped or left to the digest is taken out of its first group.
            report: Where it is counted.

        Raises:
            DeliveryError: Nothing can be sent there now; what is left in the group was not.
            StorageError: It could not be written down.
        """
        await self._keep_waiting(current, report)
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

    async def _keep_waiting(self, current: Errand, report: SendReport) -> None:
        """Put back the alerts that were delayed into quiet hours or a mute, until these end."""
        claim, now = current.reader(), self._clock()
        waiting: dict[datetime, list[DueRecord]] = {}
        for due in current.groups[0]:
            until = waits_until(claim, due, now) if due.what in ALERTS else now
            if until > now:
                waiting.setdefault(until, []).append(due)
        for until, deliveries in waiting.items():
            async with self._database.writing() as session:
                await outbox.release(
                    session,
                    delivery_ids=ids_of(deliveries),
                    due_at=until,
                    error="put back until the quiet hours end",
                    worker=self._worker,
                    is_failure=False,
                )
            report.released += len(deliveries)
            current.is_done(deliveries)

    async def _set_aside_old(self, current: Errand, report: SendReport) -> None:
        """Leave to a digest all that became due too long ago; corrections of what was told are never too old."""
        now = self._clock()
        if not any(due.what in ALERTS and now - due.created_at > self._max_age for due in current.groups[0]):
            return
        before = now - self._max_age
        place = {"chat_id": current.chat_id, "topic_id": current.claim.topic_id}
        async with self._database.writing() as session:
            old = await outbox.set_aside_old(session, **place, before=before, worker=self._worker, moment=now)
            if old:
                await queue_missed(session, **place, delivery_ids=old, moment=now)
        log.info("too old, left to the digest", chat=current.chat_id, deliveries=old)
        report.set_aside += len(old)
        current.leave_out(old)

    async def _tell_story(self, current: Errand, report: SendReport) -> None:
        """Let the messages of a story grow, answer them with what is new in kind, and write down what went."""
        async with self._database.reading() as session:
            story = await render_story(session, current.reader(), current.groups[0], self._clock())
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
                log.error("alert dropped", chat=current.chat_id, deliveries=ids_of(telling.carried), reason=str(error))
                await self._drop(telling.carried, str(error), report)
            else:
                report.sent += len(telling.carried)
            current.is_done(telling.carried)
        if story.growth is not None:
            async with self._database.writing() as session:
                await confirm_correction(
                    session, delivery_id=story.growth.id, worker=self._worker, reply=None, moment=self._clock()
                )
            report.sent += 1

    async def _is_left_to_the_digest(self, current: Errand, telling: Telling, report: SendReport) -> bool:
        """Leave to the digest what goes beyond the messages that the chat wants in a day."""
        if not telling.carried:
            return False
        claim, now = current.reader(), self._clock()
        async with self._database.reading() as session:
            if not await is_used_up(session, claim, now):
                return False
        async with self._database.writing() as session:
            await leave_to_digest(session, claim, telling.carried, worker=self._worker, moment=now)
        log.info(
            "beyond the messages of the day, left to the digest",
            chat=current.chat_id,
            deliveries=ids_of(telling.carried),
        )
        report.set_aside += len(telling.carried)
        current.is_done(telling.carried)
        return True

    async def _grown(self, current: Errand, story: RenderedStory, telling: Telling) -> bool:
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
                        session, sent_id=told.sent_id, text_hash=hash_of(telling.message), moment=self._clock()
                    )
        await self._confirm(current, telling.carried, told.message_id, telling.message, story.story_id)
        return True

    async def _told_anew(self, current: Errand, story: RenderedStory, telling: Telling) -> None:
        """Send a message, in answer to the first one of its thread."""
        message = telling.anew or telling.message
        reply_to = telling.told.message_id if telling.told else story.roots.get(telling.thread)
        message_id = await current.courier.send(message, reply_to=None if current.courier.was_moved else reply_to)
        story.roots.setdefault(telling.thread, message_id)
        await self._confirm(current, telling.carried, message_id, message, story.story_id)

    async def _tell_alone(self, current: Errand, report: SendReport) -> None:
        """Send what is no alert: a digest, or that the messages of the day are used up."""
        (delivery,) = current.groups[0]
        if delivery.what == "limit":
            messages = render_limit(current.reader(), delivery, self._clock())
        else:
            async with self._database.reading() as session:
                rendered = await render_digest(session, current.reader(), delivery)
            messages = [hushed(current.reader(), message, self._clock()) for message in rendered]
        try:
            sent = await self._parts(current, delivery, messages)
        except MessageRefused as error:
            await self._drop([delivery], str(error), report)
            return
        if not sent:
            await self._drop([delivery], "nothing is left to tell", report)
            return
        await self._confirm(current, [delivery], sent[0], messages[0], None)
        report.sent += 1

    async def _parts(self, current: Errand, delivery: DueRecord, messages: Sequence[Message]) -> list[int]:
        """Send what goes in several messages, and give their numbers; what went in an earlier try does not again."""
        place = {"chat_id": current.chat_id, "topic_id": current.courier.topic_id}
        async with self._database.reading() as session:
            gone = await messages_since(session, **place, moment=delivery.created_at)
        sent = []
        for message in messages:
            text_hash = hash_of(message)
            message_id = gone.get(text_hash)
            if message_id is None:
                message_id = await current.courier.send(message)
                part = SentMessage(
                    chat_id=current.chat_id,
                    topic_id=current.courier.topic_id,
                    message_id=message_id,
                    text_hash=text_hash,
                    created_at=self._clock(),
                )
                await self._write_down(current, [delivery], partial(note_message, message=part))
            sent.append(message_id)
        return sent

    async def _correct(self, current: Errand, report: SendReport) -> None:
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
            confirmed = partial(
                confirm_correction, delivery_id=delivery.id, worker=self._worker, reply=reply, moment=self._clock()
            )
            await self._write_down(current, [delivery], confirmed)
            log.info("flag brought up to date", chat=current.chat_id, reversal=delivery.what_id)
            report.sent += 1

    async def _corrected(self, current: Errand, rendered: RenderedCorrection) -> SentMessage | None:
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
            reply = hushed(current.reader(), rendered.reply, self._clock())
            reply_id = await courier.send(reply, reply_to=told.flag_message_id if is_reachable else None)
        if reply_id is None or not rendered.is_none:
            return None
        return SentMessage(
            chat_id=current.chat_id,
            topic_id=courier.topic_id,
            message_id=reply_id,
            text_hash=hash_of(rendered.reply),
        )

    async def _withdraw(self, current: Errand, report: SendReport) -> None:
        """Say aloud what an article no longer carries, or words otherwise, and strike it where it was told."""
        deliveries = current.groups[0]
        async with self._database.reading() as session:
            rendered = await render_withdrawal(session, current.reader(), deliveries)
        for struck in rendered.struck:
            if await current.courier.edit(struck.message, struck.message_id):
                async with self._database.writing() as session:
                    await stories.note_edit(
                        session, sent_id=struck.sent_id, text_hash=struck.text_hash, moment=self._clock()
                    )
        reply = None
        if rendered.reply is not None:
            reply_to = None if current.courier.was_moved else rendered.reply_to
            try:
                message = hushed(current.reader(), rendered.reply, self._clock())
                message_id = await current.courier.send(message, reply_to=reply_to)
            except MessageRefused as error:
                log.error("withdrawal dropped", chat=current.chat_id, deliveries=ids_of(deliveries), reason=str(error))
                await self._drop(deliveries, str(error), report)
                return
            reply = SentMessage(
                chat_id=current.chat_id,
                topic_id=current.courier.topic_id,
                message_id=message_id,
                text_hash=hash_of(rendered.reply),
            )
        confirmed = partial(
            confirm_withdrawals,
            delivery_ids=ids_of(deliveries),
            worker=self._worker,
            reply=reply,
            moment=self._clock(),
        )
        await self._write_down(current, deliveries, confirmed)
        log.info("withdrawal told", chat=current.chat_id, deliveries=ids_of(deliveries))
        report.sent += len(deliveries)

    async def _confirm(
        self,
        current: Errand,
        deliveries: Sequence[DueRecord],
        message_id: int,
        message: Message,
        story_id: int | None,
    ) -> None:
        """Write down which message carries what."""
        if not deliveries:
            return
        confirmed = partial(
            outbox.confirm,
            delivery_ids=ids_of(deliveries),
            chat_id=current.chat_id,
            topic_id=current.courier.topic_id,
            message_id=message_id,
            text_hash=hash_of(message),
            moment=self._clock(),
            story_id=story_id,
        )
        await self._write_down(current, deliveries, confirmed)
        log.info("alert sent", chat=current.chat_id, topic=current.courier.topic_id, deliveries=ids_of(deliveries))

    async def _write_down(
        self, current: Errand, deliveries: Sequence[DueRecord], write: Callable[[AsyncSession], Awaitable[None]]
    ) -> None:
        """Keep what Telegram accepted, trying again where the database does not answer."""
        for pause in (*CONFIRM_PAUSES, None):
            try:
                async with self._database.writing() as session:
                    await write(session)
                return
            except StorageError:
                if pause is None:
                    log.error("sent and not written down", chat=current.chat_id, deliveries=ids_of(deliveries))
                    raise
                await asyncio.sleep(pause)

    async def _drop(self, deliveries: Sequence[DueRecord], reason: str, report: SendReport) -> None:
        async with self._database.writing() as session:
            await outbox.drop(session, delivery_ids=ids_of(deliveries), error=reason, worker=self._worker)
        report.dropped += len(deliveries)


def ids_of(deliveries: Sequence[DueRecord]) -> list[int]:
    """Give the numbers of deliveries."""
    return [delivery.id for delivery in deliveries]
