"""The Telegram application: one bot, its requests watched, its updates in lanes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import structlog
from telegram.ext import Application, ApplicationBuilder, Defaults
from telegram.request import HTTPXRequest

import handlers
from bot.settings import Settings
from handlers.lanes import ChatLanes
from handlers.services import Services

log = structlog.get_logger(__name__)

CONCURRENT_CHATS = 32
"""So many chats are answered at once; within a chat updates stay in order."""

LONG_POLL = 10.0
"""Seconds that Telegram keeps a getUpdates open when there is nothing."""


class WatchedRequest(HTTPXRequest):
    """The request that getUpdates uses: each answer is a sign of life."""

    def __init__(self, on_answer: Callable[[], None], **options: Any) -> None:
        super().__init__(**options)
        self._on_answer = on_answer

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Pass the request on, and note that it was answered."""
        status, body = await super().do_request(*args, **kwargs)
        if status == 200:
            self._on_answer()
        return status, body


def build_application(
    token: str, settings: Settings, services: Services, *, on_updates: Callable[[], None]
) -> Application[Any, Any, Any, Any, Any, Any]:
    """Make the application with all its handlers; nothing is sent yet.

    Args:
        token: The bot's token.
        settings: Where the Bot API is, and whether updates come by webhook.
        services: What the handlers ask.
        on_updates: Called with each answered getUpdates.
    """
    # Without it, python-telegram-bot warns of a deprecation with each RetryAfter that it makes.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    builder = (
        ApplicationBuilder()
        .token(token)
        .base_url(settings.telegram_api_url)
        .request(HTTPXRequest(connection_pool_size=64, pool_timeout=10.0))
        .get_updates_request(WatchedRequest(on_updates, connection_pool_size=2, read_timeout=LONG_POLL + 10))
        .concurrent_updates(ChatLanes(CONCURRENT_CHATS))
        .job_queue(None)  # one scheduler in the process, ours: docs/decisions/0003
        .defaults(Defaults(block=True))
    )
    if settings.webhook_url:
        builder = builder.updater(None)
    application = builder.build()
    handlers.register(application, services)
    return application
