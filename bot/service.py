"""The bot as a service: everything is started, kept going, and stopped in the right order."""

from __future__ import annotations

import asyncio
import signal
import socket
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

import handlers
from bot.alerts.notices import tell_operators
from bot.alerts.sender import Pace, Sender
from bot.app import LONG_POLL, build_application
from bot.configured import make_worker, rules_of
from bot.errors import CitaatwachtError
from bot.health import Listener, Metrics, Pulse, notify_systemd
from bot.ingest.fetch import Fetcher
from bot.ingest.leases import free_leases_of_the_dead
from bot.ingest.poll import poll
from bot.ingest.requests import serve_requests
from bot.ingest.revisit import revisit
from bot.ingest.values import PollReport
from bot.installation import open_installation
from bot.pipeline import Pipeline, SecondOpinion
from bot.quotes.roster import Roster
from bot.rosters import RosterWatch
from bot.schedule import Rounds, start_schedule, stop_schedule
from bot.settings import Settings
from handlers.services import Services
from storage import access
from storage.database import Database
from storage.outbox import take_back
from storage.people import export_roster, roster_version

if TYPE_CHECKING:
    from bot.judging import Judging

log = structlog.get_logger(__name__)

AnyApplication = Application[Any, Any, Any, Any, Any, Any]

LONGEST_PAUSE = 60.0
"""Seconds between two attempts to reach Telegram, at most."""


class TokenRefused(CitaatwachtError):
    """Telegram does not know the token."""


def make_services(database: Database, popolo: dict[str, Any], settings: Settings) -> Services:
    """What the handlers answer from, as the settings describe it."""
    return Services(
        database, Roster.from_popolo(popolo), reviewers=settings.admin_users, allowed_chats=settings.allowed_chats
    )


async def serve(settings: Settings, token: str) -> None:
    """Run until SIGTERM or SIGINT.

    Args:
        settings: The installation's settings.
        token: The bot's token.

    Raises:
        TokenRefused: Telegram does not know the token.
        CitaatwachtError: Something else that the operator has to mend.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    database = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
    try:
        await Service(settings, token, database).run(stop)
    finally:
        await database.close()


class Service:
    """One running bot: the worker, the schedule, the listener and Telegram."""

    def __init__(self, settings: Settings, token: str, database: Database) -> None:
        self._settings, self._token, self._database = settings, token, database
        self._pulse, self._metrics = Pulse(), Metrics()
        self._application: AnyApplication | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop`` is set, then stop in order: polls, what is in hand, Telegram, the worker."""
        async with self._database.reading() as session:
            popolo, version = await export_roster(session), await roster_version(session)
        worker = make_worker(popolo, self._settings)
        fetcher = Fetcher(contact=self._settings.contact, allow_hosts=self._settings.fetch_allow_hosts)
        judging, second_opinion = await self._open_judge()
        pipeline = Pipeline(self._database, worker, rules_of(self._settings, second_opinion))

        async def poll_source(source_id: str) -> PollReport:
            return await poll(
                source_id,
                self._database,
                fetcher,
                worker.read_page,
                read_feed=worker.read_feed,
                pace=self._settings.pace,
                moment=datetime.now(UTC),
                if_due=True,
                operators=self._settings.admin_users,
                accounts=worker,
            )

        rounds = Rounds(
            self._database,
            pipeline,
            poll_source,
            settings=self._settings,
            pulse=self._pulse,
            metrics=self._metrics,
            judging=judging,
        )
        services = make_services(self._database, popolo, self._settings)
        rounds.serve_sources = lambda: serve_requests(
            self._database, fetcher, worker.read_feed, moment=datetime.now(UTC)
        )
        rounds.revisit = lambda: revisit(self._database, fetcher, worker.read_page, stopping=rounds.stopping)
        rounds.roster = RosterWatch(self._database, services, worker, version)
        await self._let_in(services)
        self._application = build_application(
            self._token,
            self._settings,
            services,
            on_updates=lambda: self._pulse.beat("updates"),
        )
        listener = await self._listen()
        await free_leases_of_the_dead(self._database)
        scheduler = start_schedule(rounds, self._settings)
        notify_systemd("READY=1")  # the news is read from here on, whether or not Telegram can be reached
        connecting = asyncio.create_task(self._connect(self._application, rounds), name="connect")
        stopped = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait({connecting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if connecting.done():
                connecting.result()
            await stopped
        finally:
            notify_systemd("STOPPING=1")
            log.info("stopping")
            stopped.cancel()
            connecting.cancel()
            await stop_schedule(scheduler, rounds, self._settings.stop_grace)
            await self._disconnect(self._application)
            await worker.close()
            await fetcher.close()
            if judging is not None:
                await judging.close()
            if listener is not None:
                await listener.stop()
            log.info("stopped")

    async def _let_in(self, services: Services) -> None:
        """Tell no news to chats that may not use the installation (any more)."""
        async with self._database.writing() as session:
            closed = await access.enforce(session, allowed=services.allowed)
        if closed:
            log.warning("chats are closed to us by ALLOWED_CHATS", chats=closed)

    async def _open_judge(self) -> tuple[Judging | None, SecondOpinion | None]:
        """Open the judge that is set; without one nothing of it is imported."""
        if not self._settings.has_judge:
            return None, None
        from bot.judging import make_judging

        judging = await asyncio.to_thread(make_judging, self._database, self._settings)
        log.info("a judge is asked", kind=judging.name.judge, model=judging.name.model)
        return judging, SecondOpinion(judging.name, timedelta(seconds=self._settings.judge_wait))

    async def _listen(self) -> Listener | None:
        if not self._settings.http_host:
            return None
        secret = self._settings.webhook_secret
        listener = Listener(
            self._database,
            self._pulse,
            self._metrics,
            on_update=self._take_update if self._settings.webhook_url else None,
            secret=secret.get_secret_value() if secret else None,
        )
        try:
            await listener.start(self._settings.http_host, self._settings.http_port)
        except OSError as error:
            message = f"HTTP_HOST and HTTP_PORT cannot be listened on: {error}"
            raise CitaatwachtError(message) from error
        return listener

    async def _take_update(self, data: dict[str, Any]) -> None:
        if self._application is not None:
            update = Update.de_json(data, self._application.bot)
            await self._application.update_queue.put(update)

    async def _connect(self, application: AnyApplication, rounds: Rounds) -> None:
        """Reach Telegram, however long it takes; the news goes on being read in the meantime."""
        pause = 1.0
        while True:
            try:
                await application.initialize()
                break
            except InvalidToken as error:
                message = "Telegram does not know this token: check TELEGRAM_BOT_TOKEN, or ask @BotFather for a new one"
                raise TokenRefused(message) from error
            except TelegramError as error:
                log.warning("Telegram cannot be reached", reason=type(error).__name__, next_attempt_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        await application.start()
        await self._receive_updates(application)
        await handlers.publish_commands(application.bot, self._settings.admin_users)
        worker = socket.gethostname()
        async with self._database.writing() as session:
            taken_back = await take_back(session, worker=worker)
        rounds.tell_operators = partial(tell_operators, self._database, application.bot, rounds.stopping)
        rounds.sender = Sender(self._database, application.bot, Pace(), worker=worker, max_age=self._settings.alert_age)
        log.info("connected", bot=application.bot.username, deliveries_taken_back=taken_back)

    async def _receive_updates(self, application: AnyApplication) -> None:
        if self._settings.webhook_url and self._settings.webhook_secret:
            await application.bot.set_webhook(
                self._settings.webhook_url,
                secret_token=self._settings.webhook_secret.get_secret_value(),
                allowed_updates=Update.ALL_TYPES,
            )
        elif application.updater is not None:
            self._pulse.beat("updates")
            await application.updater.start_polling(
                timeout=timedelta(seconds=LONG_POLL),
                bootstrap_retries=-1,
                allowed_updates=Update.ALL_TYPES,
                error_callback=_report_polling,
            )

    async def _disconnect(self, application: AnyApplication) -> None:
        try:
            if application.updater is not None and application.updater.running:
                await application.updater.stop()
            if application.running:
                await application.stop()
            await application.shutdown()
        except TelegramError as error:
            log.warning("Telegram was left untidily", reason=type(error).__name__)


def _report_polling(error: TelegramError) -> None:
    """A second process on the same token shows here as ``Conflict``."""
    log.warning("updates could not be fetched", reason=type(error).__name__, detail=str(error))
