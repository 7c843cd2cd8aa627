"""The HTTP side: requests in, methods called, faults struck; and updates out, by long polling or webhook."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.botapi.faults import Fault, Faults
from tests.botapi.methods import METHODS, Refusal, World
from tests.botapi.world import Call, Chat

TOKEN = "7000000001:AAtesttesttesttesttesttesttesttest00"
"""The token that the server takes; every other one is answered with 401."""

_STATUS_WORDS = {
    400: "Bad Request: refused on demand",
    403: "Forbidden: bot was blocked by the user",
    429: "Too Many Requests: retry later",
    500: "Internal Server Error",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}


class HttpServer:
    """Serves the Bot API on loopback; ``stop`` and ``start`` again keep port, world and waiting updates."""

    def __init__(self) -> None:
        self.world = World()
        self.faults = Faults()
        self.calls: list[Call] = []
        self.token = TOKEN
        self._updates: deque[dict[str, Any]] = deque()
        self._changed = asyncio.Condition()
        self._stopping = asyncio.Event()
        self._released = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._webhook_task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def base_url(self) -> str:
        """What python-telegram-bot takes as ``base_url``."""
        return f"http://127.0.0.1:{self._port}/bot"

    async def start(self) -> None:
        """Listen, on the port of the last time if there was one."""
        self._stopping.clear()
        self._released.clear()
        application = web.Application(client_max_size=60 * 1024**2)
        application.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._webhook_task = asyncio.create_task(self._push_updates())

    async def stop(self) -> None:
        """Die: whatever hangs is cut off."""
        self._stopping.set()
        self._released.set()
        async with self._changed:
            self._changed.notify_all()
        if self._webhook_task:
            self._webhook_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._webhook_task
        if self._runner:
            await self._runner.cleanup()

    def fail(
        self,
        status: int,
        *,
        method: str | None = None,
        chat: Chat | None = None,
        times: int | None = 1,
        share: float = 1.0,
        retry_after: int | None = None,
        migrate_to: int | None = None,
        description: str | None = None,
        takes_effect: bool = False,
    ) -> Fault:
        """Let requests fail with a status, of a method and chat, ``times`` (None: without end) times.

        With 429 name ``retry_after`` (seconds). With ``takes_effect`` the method is carried out and only the answer
        is bad.
        """
        parameters = {"retry_after": retry_after, "migrate_to_chat_id": migrate_to}
        return self.faults.add(
            Fault(
                status,
                description or _STATUS_WORDS.get(status, "Error"),
                {key: value for key, value in parameters.items() if value is not None},
                method,
                chat.id if chat else None,
                times,
                share,
                takes_effect=takes_effect,
            )
        )

    def hang(
        self,
        seconds: float,
        *,
        method: str | None = None,
        chat: Chat | None = None,
        times: int | None = 1,
        share: float = 1.0,
        takes_effect: bool = False,
    ) -> Fault:
        """Let requests wait for an answer, and then drop the connection."""
        chat_id = chat.id if chat else None
        return self.faults.add(
            Fault(0, "", {}, method, chat_id, times, share, hangs_for=seconds, takes_effect=takes_effect)
        )

    def heal(self) -> None:
        """Let everything go well again; what hangs is dropped now."""
        self.faults.clear()
        self._released.set()
        self._released = asyncio.Event()

    def calls_of(self, method: str, chat: Chat | None = None) -> list[Call]:
        """The requests of a method (about a chat), oldest first."""
        return [call for call in self.calls if call.method == method and chat in (None, self._chat_of(call))]

    def busiest(self, seconds: float, chat: Chat | None = None) -> int:
        """The most messages that were accepted in any stretch of so many seconds (in a chat)."""
        moments = sorted(call.received_at for call in self.calls_of("sendMessage", chat) if call.is_accepted)
        most, first = 0, 0
        for last, moment in enumerate(moments):
            while moment - moments[first] >= seconds:
                first += 1
            most = max(most, last - first + 1)
        return most

    async def until(self, wanted: Callable[[], Any], within: float = 5.0, what: str = "it") -> Any:
        """Wait until ``wanted()`` gives something true, and give that.

        Raises:
            AssertionError: It did not happen within ``within`` seconds.
        """
        deadline = time.monotonic() + within
        async with self._changed:
            while not (found := wanted()):
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise AssertionError(f"{what} did not happen within {within} s; calls: {self._recent()}")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), remaining)
        return found

    async def put_update(self, kind: str, value: dict[str, Any]) -> int:
        """Queue an update for the bot; gives its id."""
        update_id = self.world.number()
        async with self._changed:
            self._updates.append({"update_id": update_id, kind: value})
            self._changed.notify_all()
        return update_id

    @property
    def waiting_updates(self) -> int:
        """How many updates the bot has not taken yet."""
        return len(self._updates)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        received_at = time.monotonic()
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _answer(401, description="Unauthorized")
        parameters = await _parameters(request)
        fault = self.faults.strike(method, parameters.get("chat_id"))
        status, result = 0, None
        is_accepted = False
        response: web.StreamResponse | None = None
        if fault is None or fault.takes_effect:
            try:
                result = await self._carry_out(method, parameters)
                is_accepted, response = True, _answer(200, result=result)
            except Refusal as refusal:
                response = _answer(refusal.status, description=refusal.description, parameters=refusal.parameters)
        if fault is not None:
            response = await self._go_wrong(fault, request)
        status = response.status if response is not None else 0
        await self._record(Call(method, parameters, received_at, status, is_accepted))
        if response is None:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        return response

    async def _go_wrong(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        if fault.hangs_for:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._released.wait(), fault.hangs_for)
        if not fault.status:
            return None
        return _answer(fault.status, description=fault.description, parameters=fault.parameters)

    async def _carry_out(self, method: str, parameters: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return await self._get_updates(parameters)
        if method not in METHODS:
            raise Refusal(404, "Not Found")
        return METHODS[method](self.world, parameters)

    async def _get_updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Give what is new after ``offset``, waiting up to ``timeout`` seconds; a second poller ends the first."""
        if self.world.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        poller = self._poller = asyncio.get_running_loop().create_future()
        self._forget_taken(parameters.get("offset", 0))
        allowed = parameters.get("allowed_updates") or []
        async with self._changed:
            self._changed.notify_all()
            deadline = time.monotonic() + parameters.get("timeout", 0)
            while not self._take_in(allowed) and not self._stopping.is_set() and not poller.done():
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    break
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), remaining)
        if poller.done():
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        poller.set_result(None)
        return list(self._updates)[: parameters.get("limit", 100)]

    def _take_in(self, allowed: list[str]) -> bool:
        """Drop the updates that the bot did not ask for; tell whether any are left."""
        kept = [update for update in self._updates if not allowed or _kind(update) in allowed]
        self._updates = deque(kept)
        return bool(kept)

    def _forget_taken(self, offset: int) -> None:
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()

    async def _push_updates(self) -> None:
        """Deliver updates to the webhook while there is one, in order, each until it is taken."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while True:
                async with self._changed:
                    await self._changed.wait_for(lambda: self._updates and self.world.webhook)
                    update, webhook = self._updates[0], dict(self.world.webhook)
                headers = {"X-Telegram-Bot-Api-Secret-Token": str(webhook.get("secret_token", ""))}
                taken = False
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(webhook["url"], json=update, headers=headers) as answer:
                        taken = answer.ok
                if taken:
                    self._forget_taken(update["update_id"] + 1)
                else:
                    await asyncio.sleep(0.05)

    async def _record(self, call: Call) -> None:
        async with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    def _chat_of(self, call: Call) -> Chat | None:
        return self.world.chats.get(call.chat_id or 0)

    def _recent(self) -> list[str]:
        return [f"{call.method} {call.status}" for call in self.calls if call.method != "getUpdates"][-8:]


def _kind(update: dict[str, Any]) -> str:
    return next(key for key in update if key != "update_id")


async def _parameters(request: web.Request) -> dict[str, Any]:
    """Read a request's parameters, from the query, a form or JSON, as python-telegram-bot sends them."""
    if request.content_type == "application/json":
        return dict(await request.json())
    out: dict[str, Any] = {key: _value(value) for key, value in request.query.items()}
    form = await request.post()
    for key, value in form.items():
        out[key] = (value.filename, value.file.read()) if isinstance(value, web.FileField) else _value(str(value), key)
    # A file is announced as attach://NAME and stands under NAME.
    for key, value in list(out.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            out[key] = out.pop(value.removeprefix("attach://"), value)
    return out


def _value(text: str, key: str = "") -> Any:
    if key in ("text", "caption", "message_text", "url", "secret_token", "callback_query_id", "inline_query_id"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _answer(
    status: int, *, result: Any = None, description: str = "", parameters: dict[str, Any] | None = None
) -> web.Response:
    if status == 200:
        return web.json_response({"ok": True, "result": result})
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)
