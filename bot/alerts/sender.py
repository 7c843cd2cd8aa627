"""Empties the outbox: each chat in its lane, at a pace that Telegram allows, nothing lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import telegram

from bot.alerts.pace import Pace
from storage.database import Database

__all__ = ["Pace", "SendReport", "Sender"]


@dataclass(frozen=True, slots=True)
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


class Sender:
    """Sends what is due."""

    def __init__(self, database: Database, bot: telegram.Bot, pace: Pace, worker: str) -> None:
        """Describe the sender.

        Args:
            database: Where the outbox is.
            bot: An initialised bot.
            pace: How fast messages may go.
            worker: Name of this sender, for its claims.
        """
        self._database, self._bot, self._pace, self._worker = database, bot, pace, worker

    async def empty(self, stopping: asyncio.Event) -> SendReport:
        """Send all that is due and may go now.

        Args:
            stopping: Once set, the send in hand is finished and the rest put back.

        Returns:
            What came of it.
        """
        raise NotImplementedError
