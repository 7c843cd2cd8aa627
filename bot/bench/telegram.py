"""A small Bot API server for benchmarks: it takes messages, refuses a share of them, dies on demand, and measures."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

TOKEN = "7000000001:benchmark"  # noqa: S105 - nobody's
ME = {"id": 7000000001, "is_bot": True, "first_name": "Citaatwacht", "username": "citaatwacht_bot"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that was taken: where, at which monotonic time, and what it says.

    ``reply_to`` is the number of the message that it answers; None where it answers none.
    """

    chat_id: int
    moment: float
    text: str
    message_id: int
    is_silent: bool
    reply_to: int | None


class BenchServer:
    """Telegram as the sender sees it on a bad day.

    Attributes:
        accepted: The messages that were taken, in order.
        refused: How often it answered with which status.
        edits: How many edits were taken, by chat.
    """

    def __init__(self, *, flooded: float = 0.0, failing: float = 0.0, retry_after: int = 1) -> None:
        """Describe the server.

        Args:
            flooded: The share of messages that it answers with 429.
            failing: The share that it answers with 502.
            retry_after: Seconds that a 429 tells to wait.
        """
        self.accepted: list[Accepted] = []
        self.refused: Counter[int] = Counter()
        self.edits: Counter[int] = Counter()
        self._reads: dict[int, str] = {}
        self._flooded, self._failing, self._retry_after = flooded, failing, retry_after
        self._chance = random.Random(1)  # noqa: S311 - the same in every run
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def base_url(self) -> str:
        """What python-telegram-bot takes as ``base_url``."""
        return f"http://127.0.0.1:{self._port}/bot"

    async def start(self) -> None:
        """Listen on loopback; after a death on the same port again."""
        application = web.Application()
        application.router.add_post("/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Die: connections are cut, and nothing answers any more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def as_it_reads(self, message: Accepted) -> Accepted:
        """Give a message with its text after its edits."""
        return replace(message, text=self._reads[message.message_id])

    def busiest(self, seconds: float, *, of_each_chat: bool, only_groups: bool = False) -> int:
        """Give the most messages that were taken within any such stretch, of one chat or of all together."""
        moments: dict[int, list[float]] = {}
        for message in self.accepted:
            if not only_groups or message.chat_id < 0:
                moments.setdefault(message.chat_id if of_each_chat else 0, []).append(message.moment)
        return max((_most_within(lane, seconds) for lane in moments.values()), default=0)

    async def _serve(self, request: web.Request) -> web.Response:
        parameters = await request.post()
        if request.match_info["method"] == "getMe":
            return web.json_response({"ok": True, "result": ME})
        lot = self._chance.random()
        if lot < self._flooded:
            return self._refuse(429, "Too Many Requests", {"retry_after": self._retry_after})
        if lot < self._flooded + self._failing:
            return self._refuse(502, "Bad Gateway")
        chat_id, text = int(str(parameters["chat_id"])), str(parameters["text"])
        if request.match_info["method"] == "editMessageText":
            message_id = int(str(parameters["message_id"]))
            self.edits[chat_id] += 1
        else:
            message_id = next(self._numbers)
            reply = json.loads(str(parameters.get("reply_parameters", "{}")))
            is_silent = parameters.get("disable_notification") == "true"
            self.accepted.append(
                Accepted(chat_id, time.monotonic(), text, message_id, is_silent, reply.get("message_id"))
            )
        self._reads[message_id] = text
        chat = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup", "title": "x", "first_name": "x"}
        message = {"message_id": message_id, "date": int(time.time()), "chat": chat, "from": ME}
        return web.json_response({"ok": True, "result": message})

    def _refuse(self, status: int, description: str, parameters: dict[str, int] | None = None) -> web.Response:
        self.refused[status] += 1
        body = {"ok": False, "error_code": status, "description": description, "parameters": parameters or {}}
        return web.json_response(body, status=status)


def _most_within(moments: Sequence[float], seconds: float) -> int:
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most
