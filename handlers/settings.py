"""How a chat is set: /settings and /here, and the buttons that choose."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.hours import next_digest, told_at
from bot.messages import LANGUAGES, Message, Reader, talk
from bot.messages.callbacks import Callback
from bot.messages.markup import Html, joined
from bot.messages.settings import (
    LANGUAGE_NAMES,
    LIMITS,
    TIMEZONES,
    alerts_come_here,
    changed,
    digest_text,
    limit_text,
    quiet_text,
    settings_message,
    settings_page,
)
from handlers.services import Answer, Request, Services
from storage import chats, subscriptions
from storage.holding import bring_forward
from storage.settings import SettingsRecord
from storage.settings import choose as keep
from storage.settings import settings as stored

_CHOICE = re.compile(r"([a-z]+)=(.+)")
_QUIET = re.compile(r"(\d{1,4})-(\d{1,4})")
_MINUTES_A_DAY = 24 * 60


async def settings(services: Services, reader: Reader, request: Request) -> Message:
    """Answer ``/settings``."""
    async with services.database.reading() as session:
        chosen = await stored(session, chat_id=request.chat_id)
    return settings_message(reader, chosen, topic_id=request.topic_id)


async def here(services: Services, reader: Reader, request: Request) -> Message:
    """Answer ``/here``: all alerts of the chat come to the topic in which it was said."""
    async with services.database.writing() as session:
        await _ensure(session, request)
        await _gather(session, request)
    return alerts_come_here(reader, request.user_name, is_topic=request.topic_id != 0)


def is_for_administrators(callback: Callback) -> bool:
    """Tell whether a button opens a group to its members, or closes it again: only its administrators may."""
    return callback.action == "settings" and callback.words.startswith("members=")


async def pressed(services: Services, reader: Reader, request: Request, callback: Callback) -> Answer:
    """Answer a button of the settings: show a page, or choose what it says and show the settings again."""
    match = _CHOICE.fullmatch(callback.words)
    if match is None:
        return await _page(services, reader, request, callback.words)
    choices = _choices(match[1], match[2], request)
    if choices is None:
        return Answer(notice=talk.out_of_date(reader))
    async with services.database.writing() as session:
        await _ensure(session, request)
        if choices.get("alert_topic") is not None:
            await _gather(session, request)
        chosen = await chosen_by(session, request, choices)
    reader = Reader(chosen.language, chosen.timezone, reader.is_group)
    change = changed(reader, _change(reader, chosen, match[1]), request.user_name)
    return Answer((settings_message(reader, chosen, topic_id=request.topic_id, change=change),))


async def chosen_by(session: AsyncSession, request: Request, choices: dict[str, Any]) -> SettingsRecord:
    """Keep what a chat chose, with what follows from it: its next digest, and what need not wait any longer.

    Args:
        session: A unit of work that writes.
        request: Whose choice it is.
        choices: Columns of ``tables.Chat`` with their new values.
    """
    now = datetime.now(UTC)
    chosen = await keep(session, chat_id=request.chat_id, **choices)
    # Otherwise one whose hour came, and that was not made yet, would be passed over.
    if choices.keys() & {"digest", "digest_hour", "digest_day", "timezone"}:
        due_at = next_digest(
            now, timezone=chosen.timezone, digest=chosen.digest, hour=chosen.digest_hour, weekday=chosen.digest_day
        )
        chosen = await keep(session, chat_id=request.chat_id, digest_due_at=due_at)
    if choices.keys() & {"quiet_from", "muted_until", "timezone"}:
        await bring_forward(session, chat_id=request.chat_id, due_at=opens_at(chosen, now))
    return chosen


def opens_at(chosen: SettingsRecord, moment: datetime) -> datetime:
    """Give the first moment from which a chat may be told, by its quiet hours and its mute."""
    return told_at(
        moment,
        timezone=chosen.timezone,
        quiet_from=chosen.quiet_from,
        quiet_until=chosen.quiet_until,
        muted_until=chosen.muted_until,
    )


def digest_change(reader: Reader, chosen: SettingsRecord, name: str) -> Html:
    """Write that the digest comes at another time, and who chose so."""
    return changed(reader, _change(reader, chosen, "digest"), name)


async def _page(services: Services, reader: Reader, request: Request, page: str) -> Answer:
    async with services.database.reading() as session:
        chosen = await stored(session, chat_id=request.chat_id)
    if not page:
        return Answer((settings_message(reader, chosen, topic_id=request.topic_id),))
    message = settings_page(reader, chosen, page)
    return Answer((message,)) if message else Answer(notice=talk.out_of_date(reader))


def _choices(name: str, value: str, request: Request) -> dict[str, Any] | None:
    """Give the columns that a button sets; None where it is none of ours (any more)."""
    match name, value:
        case "language", _ if value in LANGUAGES:
            return {"language": value}
        case "timezone", _ if value in TIMEZONES:
            return {"timezone": value}
        case "limit", "none":
            return {"messages_a_day": None}
        case "limit", _ if value in map(str, LIMITS):
            return {"messages_a_day": int(value)}
        case "quiet", "off":
            return {"quiet_from": None, "quiet_until": None}
        case "quiet", _:
            return _quiet(value)
        case "silent", "0" | "1":
            return {"is_silent": value == "1"}
        case "previews", "0" | "1":
            return {"shows_previews": value == "1"}
        case "members", "0" | "1" if request.is_group:
            return {"members_may_change": value == "1"}
        case "topic", "each":
            return {"alert_topic": None}
        case "topic", "here":
            return {"alert_topic": request.topic_id}
        case _:
            return None


def _quiet(value: str) -> dict[str, Any] | None:
    match = _QUIET.fullmatch(value)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2])
    if first == last or max(first, last) >= _MINUTES_A_DAY:
        return None
    return {"quiet_from": first, "quiet_until": last}


def _change(reader: Reader, chosen: SettingsRecord, name: str) -> Html:
    """Write what was chosen, as the settings name it."""
    match name:
        case "language":
            return _named(reader.say("language"), LANGUAGE_NAMES[chosen.language])
        case "timezone":
            return _named(reader.say("time zone"), chosen.timezone)
        case "limit":
            return _named(reader.say("messages a day"), limit_text(reader, chosen.messages_a_day))
        case "quiet":
            return _named(reader.say("quiet hours"), quiet_text(reader, chosen))
        case "silent":
            return _named(reader.say("sound"), reader.say("off") if chosen.is_silent else reader.say("on"))
        case "previews":
            return _named(reader.say("link previews"), reader.say("on") if chosen.shows_previews else reader.say("off"))
        case "members":
            who = reader.say("all members") if chosen.members_may_change else reader.say("administrators only")
            return _named(reader.say("who may change this"), who)
        case "digest":
            return _named(reader.say("digest"), digest_text(reader, chosen))
        case _:
            return reader.say("topic")


def _named(name: Html, value: str | Html) -> Html:
    return joined(" ", [name, value])


async def _ensure(session: AsyncSession, request: Request) -> None:
    await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)


async def _gather(session: AsyncSession, request: Request) -> None:
    """Let all that the chat follows be told in the topic of the request."""
    await keep(session, chat_id=request.chat_id, alert_topic=request.topic_id)
    await subscriptions.gather(session, chat_id=request.chat_id, topic_id=request.topic_id)
