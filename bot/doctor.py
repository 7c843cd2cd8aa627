"""`citaatwacht doctor`: what is configured, reachable and missing; no secret is ever printed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.errors import CitaatwachtError
from bot.messages.status import SILENT_AFTER
from bot.quotes.nlp import load_nlp
from bot.reversals import ANALYSIS_VERSION
from bot.settings import Settings
from bot.sourcing import silent_for
from storage import articles, schema
from storage.addresses import display_url
from storage.database import Database
from storage.errors import StorageError
from storage.outbox import outbox_state
from storage.people import count_people
from storage.reanalysis import outdated_by_person
from storage.sources import all_sources
from storage.tables import Source


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination."""

    state: Literal["ok", "note", "wrong"]
    subject: str
    detail: str


async def examine_installation(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything a running bot needs, one finding at a time."""
    yield Finding("ok", "version", f"citaatwacht {version('citaatwacht')}, Python {sys.version.split()[0]}")
    yield _model(settings)
    if writable(settings.data_dir):
        yield Finding("ok", "data", str(settings.data_dir.absolute()))
    else:
        yield Finding("wrong", "data", f"{settings.data_dir.absolute()} cannot be written to")
    async for finding in _database(settings):
        yield finding
    yield await _telegram(settings)
    if settings.webhook_url:
        yield Finding("ok", "webhook", settings.webhook_url)
    if settings.has_judge:
        yield await _judge(settings)
    if settings.contact == type(settings).model_fields["contact"].default:
        yield Finding("note", "contact", "CONTACT is not set: sources cannot reach whoever polls them")


def _model(settings: Settings) -> Finding:
    try:
        nlp = load_nlp(settings.spacy_model)
    except CitaatwachtError as error:
        return Finding("wrong", "model", str(error))
    name = f"{nlp.meta.get('lang', 'nl')}_{nlp.meta.get('name', 'pipeline')} {nlp.meta.get('version', '')}"
    return Finding("ok" if nlp.has_pipe("parser") else "note", "model", f"{name}: {', '.join(nlp.pipe_names)}")


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    url = settings.database_url.get_secret_value()
    try:
        state = await asyncio.to_thread(schema.state, url)
        if not state.exists:
            yield Finding("note", "database", f"{display_url(url)}: not there yet; `citaatwacht run` makes it")
            return
        if state.is_newer:
            yield Finding("wrong", "database", f"is from a newer version ({state.current}); upgrade citaatwacht")
            return
        if not state.is_current:
            yield Finding(
                "note", "database", f"is at {state.current}, `citaatwacht db upgrade` brings it to {state.head}"
            )
            return
        database = await Database.open(url)
    except StorageError as error:
        yield Finding("wrong", "database", str(error))
        return
    try:
        yield Finding("ok", "database", f"{database.display_url} at {state.current}")
        async with database.reading() as session:
            counts = await articles.counts(session)
            people = await count_people(session)
            sources = await all_sources(session)
            outbox = await outbox_state(session)
            old = sum((await outdated_by_person(session, version=ANALYSIS_VERSION)).values())
    finally:
        await database.close()
    yield Finding("ok" if people else "wrong", "roster", f"{people} people")
    yield Finding(
        "ok",
        "articles",
        f"{counts.articles} articles, {counts.statements} statements, {counts.reversals} reversals, "
        f"{counts.waiting} waiting, {counts.failed} unreadable",
    )
    if old:
        detail = f"{old} statements were analysed by another version; `citaatwacht reanalyse` does them anew"
        yield Finding("note", "analysis", detail)
    yield Finding(
        "ok", "outbox", f"{outbox.due} due, {outbox.claimed} being sent, oldest {outbox.oldest_due_at or '-'}"
    )
    for source in sources:
        yield examine_source(source)


async def _judge(settings: Settings) -> Finding:
    """The judge; a local model is loaded, an endpoint is not called, since a call may cost money."""
    if settings.nli_model is None:
        host = urlsplit(settings.judge_url or "").hostname
        return Finding("ok", "judge", f"{settings.judge_model} at {host}, not called here")
    from bot.judges.nli import NliJudge

    try:
        judge = await asyncio.to_thread(NliJudge, settings.nli_model)
    except CitaatwachtError as error:
        return Finding("wrong", "judge", str(error))
    return Finding("ok", "judge", f"{judge.model}, a local model")


def examine_source(source: Source) -> Finding:
    """Say how a source does: off, read (and silent for how long), failing, ailing or ended."""
    subject = f"source {source.id}"
    if source.last_error and source.next_poll_at is None:
        return Finding(
            "wrong", subject, f"ended: {source.last_error}; `citaatwacht sources off {source.id}` takes note"
        )
    if not source.enabled:
        return Finding("note", subject, "off")
    if source.last_error:
        return Finding("wrong", subject, _failing(source, source.last_error))
    if source.succeeded_at is None:
        return Finding("note", subject, "not polled yet")
    now = datetime.now(UTC)
    is_silent = now - (source.news_at or source.created_at) > SILENT_AFTER
    hint = ": has its address changed?" if is_silent else ""
    return Finding("note" if is_silent else "ok", subject, silent_for(source, now) + hint)


def _failing(source: Source, error: str) -> str:
    """Tell how a source fails; it is ailing once it is asked no more than daily."""
    read = f"last read {source.succeeded_at:%d-%m-%Y %H:%M} UTC" if source.succeeded_at else "never read"
    again = f"next try {source.next_poll_at:%d-%m-%Y %H:%M} UTC"
    return f"{'ailing: ' if source.ailing_since else ''}{error} ({source.failures} times in a row, {read}, {again})"


async def _telegram(settings: Settings) -> Finding:
    try:
        token = settings.token()
    except CitaatwachtError as error:
        return Finding("wrong", "telegram", str(error))
    if token is None:
        return Finding("note", "telegram", "no TELEGRAM_BOT_TOKEN: only the console chat is there")
    try:
        async with Bot(token, base_url=settings.telegram_api_url) as bot:
            return Finding("ok", "telegram", f"@{bot.username}")
    except InvalidToken:
        return Finding("wrong", "telegram", "the token is refused: check TELEGRAM_BOT_TOKEN")
    except TelegramError as error:
        return Finding("wrong", "telegram", f"cannot be reached ({type(error).__name__})")


def writable(folder: Path) -> bool:
    """Whether files can be made in a folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True
