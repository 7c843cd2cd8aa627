"""Updates in lanes: those of one chat in order, different chats side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

MOST_WAITING = 10_000
"""Updates that may wait in lanes; python-telegram-bot holds back what comes after them."""


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    updates: int = 0


class ChatLanes(BaseUpdateProcessor):
    """Handles a chat's updates one after another, and at most so many chats at once.

    The limit of the base class counts updates that only wait for their lane as well: one busy chat would hold up
    all others. So that limit is set out of the way, and the places are given out behind the lanes.
    """

    def __init__(self, chats_at_once: int) -> None:
        """Make the lanes.

        Args:
            chats_at_once: How many chats are handled at the same time.
        """
        super().__init__(MOST_WAITING)
        self._places = asyncio.Semaphore(chats_at_once)
        self._lanes: dict[int, _Lane] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle an update when its chat's lane is free."""
        key = _lane_of(update)
        if key is None:
            async with self._places:
                await coroutine
            return
        lane = self._lanes.setdefault(key, _Lane())
        lane.updates += 1
        try:
            async with lane.lock, self._places:
                await coroutine
        finally:
            lane.updates -= 1
            if not lane.updates:
                del self._lanes[key]

    async def initialize(self) -> None:
        """Nothing is needed."""

    async def shutdown(self) -> None:
        """Nothing is left behind: the application waits for its updates before."""


def _lane_of(update: object) -> int | None:
    if not isinstance(update, Update):
        return None
    if update.message is not None and update.message.migrate_to_chat_id is not None:
        # What comes from the new supergroup waits until the group has moved.
        return update.message.migrate_to_chat_id
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else None
