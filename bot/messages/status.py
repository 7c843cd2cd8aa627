"""How the bot does, for everyone in a few lines and for those who run it in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.messages.markup import Html, bold, html, joined
from bot.messages.reader import Reader
from bot.messages.sources import Source, silence, trouble
from bot.messages.values import Message

SILENT_AFTER = timedelta(days=3)
"""A source that has been without news for longer is named: news sites that publish daily do not rest so long."""

_MOST_NAMED = 8
_MOST_LISTED = 20


class Status(Protocol):
    """How the installation does; storage's record has it all."""

    @property
    def sources(self) -> Sequence[Source]:
        """The sources in the list."""

    @property
    def told_here_at(self) -> datetime | None:
        """When the last message was sent here."""

    @property
    def due_here(self) -> int:
        """What is due here."""

    @property
    def articles_waiting(self) -> int:
        """Articles to be read."""

    @property
    def articles_failed(self) -> int:
        """Articles that are given up."""

    @property
    def deliveries_due(self) -> int:
        """What is due to all chats."""

    @property
    def oldest_due_at(self) -> datetime | None:
        """Since when the first of it is due."""

    @property
    def requests_waiting(self) -> int:
        """Requests for sources and notices that wait."""


def status_message(reader: Reader, status: Status, *, in_full: bool, now: datetime) -> Message:
    """Tell how the bot does.

    Args:
        reader: For whom.
        status: How it does.
        in_full: Whether each source, and what went wrong, is told as well.
        now: The present moment.
    """
    read = [source for source in status.sources if source.enabled]
    lines = [
        _sources(reader, read, now),
        _silent(reader, read, now),
        _told(reader, status, now),
        _waiting(reader, status),
    ]
    if not in_full:
        return Message(joined("\n", lines))
    lines.append(_operation(reader, status, now))
    worst_first = sorted(read, key=lambda source: (source.last_error is None, source.name.casefold()))
    each = [
        joined(" · ", [bold(source.name), silence(reader, source, now), _failing(reader, source)])
        for source in worst_first[:_MOST_LISTED]
    ]
    if len(read) > _MOST_LISTED:
        each.append(html("… /bronnen" if reader.language != "en" else "… /sources"))
    return Message(joined("\n\n", [joined("\n", lines), joined("\n", each)]))


def _sources(reader: Reader, read: Sequence[Source], now: datetime) -> Html:
    if not read:
        return reader.say("No source is read: all of them are off.")
    last = max((source.succeeded_at for source in read if source.succeeded_at), default=None)
    text = reader.count("{number} source is read", "{number} sources are read", len(read))
    if last is None:
        return joined(", ", [text, reader.say("nothing was fetched yet")])
    return joined(", ", [text, reader.say("the last time {ago}", ago=reader.ago(last, now))])


def _silent(reader: Reader, read: Sequence[Source], now: datetime) -> Html | None:
    """Name the sources that fail or have been silent for long; None if there is none."""
    named = []
    failing = reader.label("failing")
    for source in read:
        if source.last_error:
            named.append(html(f"{source.name} ({failing})"))
        elif now - (source.news_at or source.created_at) > SILENT_AFTER:
            since = reader.ago(source.news_at, now) if source.news_at else reader.label("no news yet")
            named.append(html(f"{source.name} ({since})"))
    if not named:
        return None
    more = [html("…")] if len(named) > _MOST_NAMED else []
    return reader.say("Silent or failing: {names}", names=joined(", ", [*named[:_MOST_NAMED], *more]))


def _told(reader: Reader, status: Status, now: datetime) -> Html:
    if status.told_here_at is None:
        return reader.say("Nothing was sent here yet")
    return reader.say("Last message sent here: {ago}", ago=reader.ago(status.told_here_at, now))


def _waiting(reader: Reader, status: Status) -> Html:
    articles, messages = status.articles_waiting, status.due_here
    if not articles and not messages:
        return reader.say("Nothing waits")
    return joined(
        ", ",
        [
            reader.count("{number} article is to be read", "{number} articles are to be read", articles)
            if articles
            else None,
            reader.count("{number} message is due here", "{number} messages are due here", messages)
            if messages
            else None,
        ],
    )


def _operation(reader: Reader, status: Status, now: datetime) -> Html:
    """Tell what concerns those who run the bot."""
    due = reader.say("Due in all chats: {number}", number=status.deliveries_due)
    since = (
        reader.say("the first since {ago}", ago=reader.ago(status.oldest_due_at, now))
        if status.oldest_due_at and status.oldest_due_at < now
        else None
    )
    failed = reader.say("Articles that could not be read: {number}", number=status.articles_failed)
    requests = reader.say("Requests and notices that wait: {number}", number=status.requests_waiting)
    return joined("\n", [joined(", ", [due, since]), failed, requests])


def _failing(reader: Reader, source: Source) -> Html | None:
    return reader.say("⚠ {trouble}", trouble=trouble(reader, source.trouble)) if source.last_error else None
