"""What a chat chooses: which module answers the commands and buttons by which it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.messages import Message, Reader
from bot.messages.callbacks import Action, Callback
from handlers import digest, mute, settings, subscriptions
from handlers.services import Answer, Request, Services

COMMANDS = frozenset({"follow", "unfollow", "following", "settings", "here", "mute", "digest"})
"""The commands that are answered here."""

CHANGING = frozenset({"follow", "unfollow", "subscription", "settings", "digest", "mute"})
"""Actions of buttons that only those may do who may change the chat's settings."""


async def asked(
    services: Services, reader: Reader, request: Request, name: str, arguments: str
) -> Message | tuple[Message, ...]:
    """Answer one of ``COMMANDS``, by its English name."""
    match name:
        case "follow":
            return await subscriptions.follow(services, reader, request, arguments)
        case "unfollow":
            return await subscriptions.unfollow(services, reader, request, arguments)
        case "following":
            return await subscriptions.following(services, reader, request)
        case "here":
            return await settings.here(services, reader, request)
        case "mute":
            return await mute.mute(services, reader, request, arguments)
        case "digest":
            return await digest.digest(services, reader, request, arguments)
        case _:
            return await settings.settings(services, reader, request)


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer | None:
    """Answer a button; None for one that is not answered here."""
    answers = _BUTTONS.get(callback.action)
    return await answers(services, reader, request, callback) if answers else None


async def _overview(services: Services, reader: Reader, request: Request, _callback: Callback) -> Answer:
    return Answer(posts=await digest.overview(services, reader, request))


_BUTTONS: dict[Action, Callable[[Services, Reader, Request, Callback], Awaitable[Answer]]] = {
    "follow": subscriptions.pressed,
    "unfollow": subscriptions.pressed,
    "subscription": subscriptions.pressed,
    "settings": settings.pressed,
    "digest": digest.pressed,
    "overview": _overview,
    "mute": mute.mute_pressed,
    "silence": mute.silence_pressed,
}
