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
from datetime import datetime, timedelta

import structlog
import telegram

from bot.alerts.courier import Courier
from bot.alerts.errors import ChatClosed, Flooded, TelegramUnreachable
from bot.alerts.pace import Clock, Lanes, Pace, utc_now
from bot.alerts.rendering import grouped, reader_of
from bot.alerts.telling import Errand, SendReport, Teller, ids_of
from storage import chats, outbox
from storage.alerting import sent_since
from storage.database import Database
from storage.errors import StorageError
from storage.floods import floods, note_flood
from storage.records import ClaimRecord, DueRecord

__all__ = ["Pace", "SendReport", "Sender"]

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=2)
"""How long a claim is kept waiting for its lane; what must wait longer is put back."""

LEAST_LEASE = timedelta(minutes=2)
"""What must be left of a claim's lease for another message: more than all time limits of one together."""

MOST_IN_A_CLAIM = 200


class Sender:
    """Sends what is due. One at work serves a whole installation; a second one takes no chat of the first's."""

    def __init__(
        self,
        database: Database,
        bot: telegram.Bot,
        pace: Pace,
        worker: str,
        max_age: timedelta = timedelta(hours=24),
        clock: Clock = utc_now,
    ) -> None:
        """Describe the sender.

        Args:
            database: Where the outbox is.
            bot: An initialised bot.
            pace: How fast messages may go.
            worker: Name of this sender, for its claims.
            max_age: How long after it became due something is still told by a message of its own: a chat that
                comes back after a block is not flooded with old news.
            clock: The present moment.
        """
        self._database, self._bot, self._pace, self._worker = database, bot, pace, worker
        self._clock = clock
        self._teller = Teller(database, worker, max_age, clock)
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
        working: dict[asyncio.Task[None], int] = {}
        try:
            await self._dispatch(lanes, report, stopping, working)
        except Exception:
            # What is on its way is still to be written down: broken off now, it would be sent a second time.
            await asyncio.gather(*working, return_exceptions=True)
            raise
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
        return report

    async def _remembered_lanes(self) -> Lanes:
        lanes = Lanes(self._pace)
        async with self._database.reading() as session:
            for chat_id, moment in await sent_since(session, moment=self._clock() - timedelta(minutes=1)):
                lanes.note(chat_id, moment)
            for chat_id, until in await floods(session, moment=self._clock()):
                lanes.close(chat_id, until)
        return lanes

    async def _dispatch(
        self, lanes: Lanes, report: SendReport, stopping: asyncio.Event, working: dict[asyncio.Task[None], int]
    ) -> None:
        """Hand out one claim after another, until none can be had and all were worked on.

        A chat in hand is left alone, also where what is being told became due once more meanwhile: the two would
        overtake each other.
        """
        while True:
            claim = None
            expires_at = self._clock() + self._pace.lease
            if len(working) < self._pace.lanes and not stopping.is_set():
                claim = await self._claim(lanes, frozenset(working.values()))
            if claim is not None:
                task = asyncio.create_task(self._work(claim, expires_at, lanes, report, stopping))
                working[task] = claim.chat_id
                continue
            if not working:
                return
            finished, _ = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                del working[task]
            for task in finished:
                task.result()

    async def _claim(self, lanes: Lanes, in_hand: frozenset[int]) -> ClaimRecord | None:
        now = self._clock()
        async with self._database.writing() as session:
            return await outbox.claim(
                session,
                worker=self._worker,
                moment=now,
                lease=self._pace.lease,
                limit=MOST_IN_A_CLAIM,
                skip_chats=lanes.closed(now, beyond=PATIENCE) | in_hand,
            )

    async def _begun(self, claim: ClaimRecord, expires_at: datetime, lanes: Lanes) -> Errand:
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
            clock=self._clock,
        )
        return Errand(claim, groups, expires_at, courier)

    async def _work(
        self, claim: ClaimRecord, expires_at: datetime, lanes: Lanes, report: SendReport, stopping: asyncio.Event
    ) -> None:
        """Send a claim group by group; whatever happens to it, happens to this chat alone."""
        current = await self._begun(claim, expires_at, lanes)
        while current.groups:
            try:
                if not await self._may_go_on(current, lanes, report, stopping):
                    return
                await self._teller.tell(current, report)
                current.groups.pop(0)
            except Flooded as error:
                await self._note_flood(current, error.retry_after)
                await self._put_back(current, lanes, report, error.retry_after, str(error), is_failure=False)
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
                log.exception("alert failed", chat=current.chat_id, deliveries=ids_of(current.groups[0]))
                await self._skip(current, report, f"{type(error).__name__}: {error}")

    async def _may_go_on(self, current: Errand, lanes: Lanes, report: SendReport, stopping: asyncio.Event) -> bool:
        """Put the claim back where its lane opens too late, or its lease or the process ends too soon."""
        now = self._clock()
        opens_at = lanes.opens_at(current.chat_id, now)
        if not stopping.is_set() and current.expires_at - now >= LEAST_LEASE and opens_at - now <= PATIENCE:
            return True
        lanes.close(current.chat_id, opens_at)
        report.released += len(current.left)
        await self._release(current.left, opens_at, "put back until its lane opens", is_failure=False)
        return False

    async def _put_back(
        self,
        current: Errand,
        lanes: Lanes,
        report: SendReport,
        pause: timedelta,
        reason: str,
        *,
        is_failure: bool = True,
    ) -> None:
        """Put back all that is left, and close the lane for as long, so that the order is kept.

        Only what was in hand counts as tried: the others would else wait longer for what never was about them.
        """
        until = self._clock() + pause
        lanes.close(current.chat_id, until)
        log.warning("put back", chat=current.chat_id, deliveries=ids_of(current.left), until=until, reason=reason)
        report.released += len(current.left)
        in_hand, *others = current.groups
        await self._release(in_hand, until, reason, is_failure=is_failure)
        await self._release([due for group in others for due in group], until, reason, is_failure=False)

    async def _note_flood(self, current: Errand, pause: timedelta) -> None:
        """Let a successor of this process keep to the pause as well; it closes the lane for what is not put back."""
        async with self._database.writing() as session:
            await note_flood(session, chat_id=current.chat_id, until=self._clock() + pause)

    async def _skip(self, current: Errand, report: SendReport, reason: str) -> None:
        """Put back one group; the rest goes on."""
        until = self._clock() + self._backoff(current)
        deliveries = current.groups.pop(0)
        report.released += len(deliveries)
        await self._release(deliveries, until, reason)

    async def _disable(self, current: Errand, report: SendReport, reason: str) -> None:
        """Leave everything due, for the day that the chat lets us in again."""
        log.warning("chat disabled", chat=current.chat_id, deliveries=ids_of(current.left), reason=reason)
        report.disabled += len(current.left)
        async with self._database.writing() as session:
            await chats.disable_chat(session, chat_id=current.chat_id, reason=reason)
        await self._release(current.left, self._clock(), reason, is_failure=False)

    async def _release(
        self, deliveries: Sequence[DueRecord], due_at: datetime, reason: str, *, is_failure: bool = True
    ) -> None:
        if not deliveries:
            return
        async with self._database.writing() as session:
            await outbox.release(
                session,
                delivery_ids=ids_of(deliveries),
                due_at=due_at,
                error=reason,
                worker=self._worker,
                is_failure=is_failure,
            )

    def _backoff(self, current: Errand) -> timedelta:
        """Give a pause that doubles with each failure, spread so that chats do not all come back at once."""
        attempts = min(max((delivery.attempts for delivery in current.groups[0]), default=0), 20)
        pause = min(self._pace.first_pause * 2.0**attempts, self._pace.longest_pause)
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - a spread, no secret
