"""The small HTTP listener: is it alive, how is it doing, and Telegram's updates where they come by webhook."""

from __future__ import annotations

import hmac
import json
import os
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from storage.database import Database
from storage.outbox import outbox_state

log = structlog.get_logger(__name__)

TICK_LIMIT = 90.0
"""Seconds after which a scheduler that did not tick counts as stuck; it ticks every ten."""

UPDATES_LIMIT = 180.0
"""Seconds without an answered getUpdates; a long poll lasts at most ten, retries back off to thirty."""

DUE_LIMIT = 900.0
"""Seconds that a delivery may be overdue."""

MAX_UPDATE_BYTES = 1_000_000


class Metrics:
    """What Prometheus can ask for; one registry per process, made by the wiring."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        make: dict[str, Any] = {"registry": self.registry, "namespace": "citaatwacht"}
        self.articles = Counter("articles_taken", "Articles taken through the pipeline", **make)
        self.unreadable = Counter("articles_put_off", "Articles that could not be read, each attempt", **make)
        self.statements = Counter("statements_stored", "New statements stored", **make)
        self.reversals = Counter("reversals_flagged", "New reversals and shifts flagged", **make)
        self.polls = Counter("polls", "Polls of sources", ["outcome"], **make)
        self.deliveries = Counter("deliveries", "Deliveries by outcome", ["outcome"], **make)
        self.due = Gauge("deliveries_due", "Deliveries that are due now", **make)
        self.oldest_due = Gauge("oldest_due_seconds", "How long the oldest delivery is overdue", **make)


@dataclass
class Pulse:
    """When each part last gave a sign of life, in seconds of the monotonic clock."""

    beats: dict[str, float] = field(default_factory=dict)

    def beat(self, part: str) -> None:
        """Note a sign of life."""
        self.beats[part] = time.monotonic()

    def age(self, part: str) -> float | None:
        """Seconds since the last one; None where that part was never expected."""
        then = self.beats.get(part)
        return None if then is None else time.monotonic() - then


@dataclass(frozen=True, slots=True)
class Health:
    """What /healthz says.

    Attributes:
        ages: Seconds, by part: ``tick``, ``updates`` (where polled) and ``oldest_due`` (0 with nothing due).
        troubles: What is too old, as sentences; empty when all is well.
    """

    ages: dict[str, float]
    troubles: tuple[str, ...]


async def examine(database: Database, pulse: Pulse) -> Health:
    """Look at the signs of life and at the outbox."""
    async with database.reading() as session:
        state = await outbox_state(session)
    oldest = 0.0
    if state.oldest_due_at is not None:
        oldest = max(0.0, (datetime.now(UTC) - state.oldest_due_at).total_seconds())
    ages = {"oldest_due": oldest}
    troubles = []
    for part, limit in (("tick", TICK_LIMIT), ("updates", UPDATES_LIMIT)):
        age = pulse.age(part)
        if age is not None:
            ages[part] = age
            if age > limit:
                troubles.append(f"no {part} for {age:.0f} seconds")
    if oldest > DUE_LIMIT:
        troubles.append(f"a delivery is {oldest:.0f} seconds overdue")
    return Health(ages, tuple(troubles))


class Listener:
    """Serves /healthz, /metrics and, where updates come by webhook, /telegram."""

    def __init__(
        self,
        database: Database,
        pulse: Pulse,
        metrics: Metrics,
        *,
        on_update: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
        secret: str | None = None,
    ) -> None:
        """Describe the listener.

        Args:
            database: Where the outbox is looked at.
            pulse: The signs of life.
            metrics: What /metrics shows.
            on_update: Takes an update of Telegram's; None where updates are polled.
            secret: What Telegram sends in ``X-Telegram-Bot-Api-Secret-Token``; required with ``on_update``.
        """
        self._database, self._pulse, self._metrics = database, pulse, metrics
        self._on_update, self._secret = on_update, secret
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Listen.

        Raises:
            OSError: The address is taken or not ours.
        """
        app = web.Application(client_max_size=MAX_UPDATE_BYTES)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/metrics", self._show_metrics)
        if self._on_update is not None:
            app.router.add_post("/telegram", self._telegram)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        log.info("listening", host=host, port=self.port)

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, request: web.Request) -> web.Response:
        health = await examine(self._database, self._pulse)
        body = {
            "status": "ailing" if health.troubles else "well",
            "troubles": health.troubles,
            "seconds": {part: round(age, 1) for part, age in health.ages.items()},
        }
        return web.json_response(body, status=503 if health.troubles else 200)

    async def _show_metrics(self, request: web.Request) -> web.Response:
        async with self._database.reading() as session:
            state = await outbox_state(session)
        self._metrics.due.set(state.due)
        overdue = 0.0 if state.oldest_due_at is None else (datetime.now(UTC) - state.oldest_due_at).total_seconds()
        self._metrics.oldest_due.set(max(0.0, overdue))
        return web.Response(body=generate_latest(self._metrics.registry), content_type="text/plain", charset="utf-8")

    async def _telegram(self, request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), (self._secret or "").encode()):
            log.warning("update with a wrong secret refused", peer=request.remote)
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except ValueError:
            return web.Response(status=400)
        if not isinstance(update, dict) or self._on_update is None:
            return web.Response(status=400)
        await self._on_update(update)
        return web.Response(status=200)


def notify_systemd(state: str) -> None:
    """Tell systemd ``READY=1``, ``WATCHDOG=1`` or ``STOPPING=1``; without systemd nothing happens.

    The protocol is sd_notify(3): one datagram to the socket that NOTIFY_SOCKET names.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto(state.encode(), address)
        except OSError as error:
            log.warning("systemd could not be told", state=state, reason=str(error))
