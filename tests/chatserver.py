"""A chat endpoint for tests, over HTTP on loopback: it answers well, badly, slowly, with an error or not at all.

::

    async with ChatServer() as chat:
        chat.say("unrelated", 0.9, "gaat over iets anders")
        judge = ChatJudge(chat.url, model="proefmodel", ...)

Each answer is used once, in order; the last one again and again. ``asked`` remembers what was sent.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        """The standing part."""
        assert [message["role"] for message in self.body["messages"]] == ["system", "user"]
        return str(self.body["messages"][0]["content"])

    @property
    def data(self) -> Any:
        """The user's message, which must be JSON."""
        return json.loads(self.body["messages"][1]["content"])


class ChatServer:
    """Answers what a test sets."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: list[Respond] = []
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    def say(self, label: str, confidence: float, reason: str) -> None:
        """Answer as agreed."""
        self.write(json.dumps({"label": label, "confidence": confidence, "reason": reason}))

    def write(self, content: str) -> None:
        """Answer with these words of the model's."""
        self.respond(json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}))

    def respond(self, text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Answer with this document."""

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(text=text, status=status, headers=headers, content_type="application/json")

        self._answers.append(answer)

    def dawdle(self, seconds: float) -> None:
        """Answer too late."""

        async def answer(_: web.Request) -> web.StreamResponse:
            await asyncio.sleep(seconds)
            return web.Response(text="{}")

        self._answers.append(answer)

    def hang_up(self) -> None:
        """Break the connection instead of answering."""

        async def answer(request: web.Request) -> web.StreamResponse:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        self._answers.append(answer)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.path, dict(request.headers), await request.json()))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return await answer(request)
