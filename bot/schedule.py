"""The schedule: which rounds the process makes, how often, and how it stops."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import aiohttp
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.alerts.digest import make_digests
from bot.alerts.sender import Sender
from bot.amending import amend_accepted
from bot.health import Metrics, Pulse, examine, notify_systemd
from bot.ingest.revisit import RevisitReport
from bot.ingest.values import PollReport
from bot.pipeline import Pipeline
from bot.settings import Settings
from storage.database import Database
from storage.retention import BATCH, empty_texts
from storage.sources import polled_sources

log = structlog.get_logger(__name__)

TICK_INTERVAL = 10
VISIT_INTERVAL = 30
"""Seconds between two looks for pages that are due for another visit."""

TAKE_INTERVAL = 15
"""Seconds between two looks for articles to take, besides the one after each poll."""

BACKLOG_TURN = 5
"""Every how many articles the oldest is taken, whatever news there is."""

EMPTYING_INTERVAL = 86_400
"""Seconds between two rounds that empty the texts of articles that were kept long enough."""

DIGEST_INTERVAL = 30
"""Seconds between two looks for digests whose hour has come."""

JITTER_SHARE = 0.1
"""Polls are spread by a tenth of the shortest interval, so that sources do not all come at once."""

ROSTER_INTERVAL = 5
"""Seconds after which a change of the roster is known everywhere."""

LONGEST_UNASKED = timedelta(hours=1)
"""A source that is not due for longer is looked up all the same, should the clock have jumped."""

# A job that is to run again while it still counts as running would be skipped.
_BREATH = timedelta(seconds=0.1)

Poll = Callable[[str], Awaitable[PollReport]]


class Judging(Protocol):
    """Asks a judge about what waits; nothing of it is imported where none is set."""

    async def round(self, stopping: asyncio.Event) -> object:
        """Ask about all that waits."""


class Watch(Protocol):
    """Keeps something that is held in memory up to date with the tables."""

    async def renew(self) -> object:
        """Look, and renew it where it is out of date."""


class Rounds:
    """What the jobs do. Each round finds its work in the tables, so that it can be broken off anywhere."""

    def __init__(
        self,
        database: Database,
        pipeline: Pipeline,
        poll: Poll,
        *,
        settings: Settings,
        pulse: Pulse,
        metrics: Metrics,
        judging: Judging | None = None,
    ) -> None:
        self._database, self._pipeline, self._poll = database, pipeline, poll
        self._settings, self._pulse, self._metrics = settings, pulse, metrics
        self._polls: set[asyncio.Task[object]] = set()
        self._in_hand: set[asyncio.Task[object]] = set()
        self._taking = asyncio.Lock()
        self._emptying = asyncio.Lock()
        self.judging = judging
        self.stopping = asyncio.Event()
        self.sender: Sender | None = None
        self.roster: Watch | None = None
        self.serve_sources: Callable[[], Awaitable[object]] | None = None
        self.tell_operators: Callable[[], Awaitable[object]] | None = None
        self.revisit: Callable[[], Awaitable[RevisitReport]] | None = None

    async def poll(self, source_id: str) -> datetime | None:
        """Poll a source if it is due, take what it brought, and send what is due of it.

        Returns:
            From when on it is due again; None if that is not known.
        """
        async with self._tracked(self._polls):
            report = await self._poll(source_id)
        if report.is_skipped:
            return report.next_poll_at
        self._metrics.polls.labels("failed" if report.error else "ok").inc()
        log.log(
            logging.DEBUG if report.is_unchanged else logging.INFO,
            "polled",
            source=source_id,
            new=report.new,
            changed=report.changed,
            unreadable=report.unreadable,
            error=report.error,
        )
        if report.new or report.changed:
            await self.take_waiting()
            await self.empty_outbox()
        return report.next_poll_at

    async def visit_pages(self) -> None:
        """Look again at pages that were read before, take what changed, and send what is due of it."""
        if self.revisit is None or self.stopping.is_set():
            return
        async with self._tracked(self._polls):
            report = await self.revisit()
        if report.changed:
            await self.take_waiting()
            await self.empty_outbox()

    async def sources_to_poll(self) -> dict[str, bool]:
        """Give the sources that are on, and whether each is to be polled at once."""
        async with self._tracked(self._in_hand), self._database.reading() as session:
            return await polled_sources(session)

    async def serve_requests(self) -> None:
        """Look at the addresses that somebody wants as sources."""
        if self.serve_sources is not None and not self.stopping.is_set():
            async with self._tracked(self._polls):
                await self.serve_sources()

    async def send_notices(self) -> None:
        """Tell those who run the bot what they are due to know, where Telegram is connected."""
        if self.tell_operators is not None and not self.stopping.is_set():
            async with self._tracked(self._in_hand):
                await self.tell_operators()

    async def take_waiting(self) -> None:
        """Take the articles that wait, one by one, until none is left or the process stops.

        What may be told comes first; one of ``BACKLOG_TURN`` is the oldest all the same, so that no flood of news keeps
        a backfill waiting for good. Where that is going on already it takes these too: a poll must not wait until a
        whole backfill is taken.
        """
        if self._taking.locked():
            return
        async with self._tracked(self._in_hand), self._taking:
            for turn in itertools.count(1):
                if self.stopping.is_set():
                    return
                is_fresh_first = turn % BACKLOG_TURN != 0
                taken = await self._pipeline.take_next(datetime.now(UTC), is_fresh_first=is_fresh_first)
                if taken is None:
                    return
                if taken.reason is not None:
                    self._metrics.unreadable.inc()
                    continue
                self._metrics.articles.inc()
                self._metrics.statements.inc(taken.new_statements)
                self._metrics.reversals.inc(len(taken.new_reversals))

    async def make_digests(self) -> None:
        """Make due the digests whose hour has come."""
        if self.stopping.is_set():
            return
        async with self._tracked(self._in_hand):
            await make_digests(self._database, datetime.now(UTC))

    async def empty_outbox(self) -> None:
        """Send what is due, where Telegram is connected."""
        if self.sender is None or self.stopping.is_set():
            return
        async with self._tracked(self._in_hand), self._emptying:
            report = await self.sender.empty(self.stopping)
        for outcome, count in report.counts().items():
            self._metrics.deliveries.labels(outcome).inc(count)

    async def judge_waiting(self) -> None:
        """Ask the judge about the pairs that wait for its word, where there is a judge."""
        if self.judging is None or self.stopping.is_set():
            return
        async with self._tracked(self._in_hand):
            await self.judging.round(self.stopping)

    async def renew_roster(self) -> None:
        """Hand out the roster where it was changed."""
        if self.roster is not None and not self.stopping.is_set():
            await self.roster.renew()

    async def empty_texts(self) -> None:
        """Empty the texts of articles that were kept long enough."""
        if self._settings.keep_text_days == 0:
            return
        before = datetime.now(UTC) - timedelta(days=self._settings.keep_text_days)
        async with self._tracked(self._in_hand):
            while not self.stopping.is_set():
                async with self._database.writing() as session:
                    emptied = await empty_texts(session, before=before)
                if emptied < BATCH:
                    return

    async def amend(self) -> None:
        """Carry out the corrections that administrators accepted."""
        if not self.stopping.is_set():
            async with self._tracked(self._in_hand):
                await amend_accepted(self._database)

    async def tick(self) -> None:
        """Give a sign of life, here, to systemd and to whoever watches the heartbeat."""
        self._pulse.beat("tick")
        health = await examine(self._database, self._pulse)
        if health.troubles:
            log.error("ailing", troubles=health.troubles)
            return
        notify_systemd("WATCHDOG=1")
        if self._settings.heartbeat_url:
            await _call(self._settings.heartbeat_url)

    async def finish(self, grace: float) -> None:
        """Break off the polls, and let the article and the send in hand finish.

        Args:
            grace: Seconds they get; what is not done by then is taken up after the next start.
        """
        self.stopping.set()
        polls = set(self._polls)
        for task in polls:
            task.cancel()
        if polls:
            await asyncio.wait(polls, timeout=grace)
        if self._in_hand:
            _, left = await asyncio.wait(set(self._in_hand), timeout=grace)
            for task in left:
                log.warning("broken off after the grace period", seconds=grace)
                task.cancel()

    @asynccontextmanager
    async def _tracked(self, group: set[asyncio.Task[object]]) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task is None:
            yield
            return
        group.add(task)
        try:
            yield
        finally:
            group.discard(task)


class PollJobs:
    """The jobs that poll, one for each source that is on; sources come and go while the process runs."""

    def __init__(self, scheduler: AsyncIOScheduler, rounds: Rounds, poll_interval: float) -> None:
        self._scheduler, self._rounds, self._interval = scheduler, rounds, poll_interval
        self._spread = poll_interval * JITTER_SHARE
        self._jobs: set[str] = set()
        self._polled: set[str] = set()
        """The sources of which a poll is going on."""

    async def follow_sources(self) -> None:
        """Give each source that is on its job, and no other; one that was switched on anew is polled at once."""
        if self._rounds.stopping.is_set():
            return
        wanted = await self._rounds.sources_to_poll()
        for source_id in self._jobs - wanted.keys():
            self._scheduler.remove_job(_job_of(source_id))
            self._jobs.discard(source_id)
        soon = datetime.now(UTC)
        for source_id, is_at_once in wanted.items():
            if source_id not in self._jobs:
                self._add(source_id, soon + _jitter(self._spread))
            elif is_at_once and source_id not in self._polled:
                job = self._scheduler.get_job(_job_of(source_id))
                if job.next_run_time > soon + timedelta(seconds=self._spread):
                    job.modify(next_run_time=soon)

    def _add(self, source_id: str, when: datetime) -> None:
        self._scheduler.add_job(
            self._poll_when_due,
            IntervalTrigger(seconds=self._interval, jitter=self._spread, timezone=UTC),
            args=[source_id],
            id=_job_of(source_id),
            next_run_time=when,
        )
        self._jobs.add(source_id)

    async def _poll_when_due(self, source_id: str) -> None:
        """Poll a source, and come again when it is due; the trigger's interval holds where nobody knows when."""
        self._polled.add(source_id)
        try:
            next_poll_at = await self._rounds.poll(source_id)
        finally:
            self._polled.discard(source_id)
        if next_poll_at is None or self._rounds.stopping.is_set() or source_id not in self._jobs:
            return
        now = datetime.now(UTC)
        when = min(max(next_poll_at, now), now + LONGEST_UNASKED) + _BREATH + _jitter(self._spread)
        self._scheduler.modify_job(_job_of(source_id), next_run_time=when)


def start_schedule(rounds: Rounds, settings: Settings) -> AsyncIOScheduler:
    """Start the one scheduler of the process: a job for each source, and those for the tables.

    Jobs never overlap, missed runs coalesce, and a late run is run all the same (the library's default
    grace of one second skips a run when the loop was busy for two).
    """
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    soon = datetime.now(UTC)
    poll_jobs = PollJobs(scheduler, rounds, settings.poll_interval)
    jobs = [
        (rounds.tick, TICK_INTERVAL),
        (rounds.take_waiting, TAKE_INTERVAL),
        (rounds.make_digests, DIGEST_INTERVAL),
        (rounds.empty_outbox, settings.outbox_interval),
        (rounds.renew_roster, ROSTER_INTERVAL),
        (rounds.amend, ROSTER_INTERVAL),
        (poll_jobs.follow_sources, settings.outbox_interval),
        (rounds.serve_requests, settings.outbox_interval),
        (rounds.visit_pages, VISIT_INTERVAL),
        (rounds.send_notices, settings.outbox_interval),
        (rounds.empty_texts, EMPTYING_INTERVAL),
    ]
    if rounds.judging is not None:
        jobs.append((rounds.judge_waiting, settings.outbox_interval))
    for job, seconds in jobs:
        trigger = IntervalTrigger(seconds=seconds, timezone=UTC)
        scheduler.add_job(job, trigger, id=job.__name__, next_run_time=soon)
    scheduler.start()
    log.info("schedule started", poll_interval=settings.poll_interval)
    return scheduler


async def stop_schedule(scheduler: AsyncIOScheduler, rounds: Rounds, grace: float) -> None:
    """Start no more rounds, let those in hand finish, then stop the scheduler.

    ``shutdown(wait=True)`` would cancel running coroutines, so it comes last.
    """
    scheduler.pause()
    await rounds.finish(grace)
    scheduler.shutdown(wait=False)
    log.info("schedule stopped")


def _job_of(source_id: str) -> str:
    return f"poll:{source_id}"


def _jitter(seconds: float) -> timedelta:
    return timedelta(seconds=random.uniform(0, seconds))  # noqa: S311 - nothing secret hangs on it


async def _call(url: str) -> None:
    try:
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            response.raise_for_status()
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("heartbeat address could not be called", reason=type(error).__name__)
