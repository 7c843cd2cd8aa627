"""The sources as readers see them: the list, one of them, what was changed, and what operators are told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.messages.callbacks import Callback, encode, token_of
from bot.messages.markup import Html, bold, html, joined, link, packed, shortened, tagged
from bot.messages.reader import Reader, noted
from bot.messages.values import Button, Message

PAGE_LENGTH = 10

Verb = Literal["list", "show", "pause", "resume", "remove", "restore", "choose"]
"""What a button does: the first of its words; a source's token, or a request's number and place, follows."""

Change = Literal["paused", "resumed", "removed", "restored"]

_LONGEST_NAME = 40
_LONGEST_REASON = 300

_TROUBLES = {
    "unreachable": noted("no answer"),
    "address": noted("an address that is not visited"),
    "robots": noted("robots.txt keeps us away"),
    "status": noted("the server refuses"),
    "redirects": noted("redirects without end"),
    "large": noted("too large"),
    "type": noted("not a feed"),
    "no_feed": noted("not a feed"),
    "time": noted("reading it took too long"),
}
_OTHER_TROUBLE = noted("it cannot be read")
_TERMS = {
    "unknown: ask": noted("terms unknown: ask"),
    "personal use": noted("terms: personal use only"),
}
_DONE: dict[Change, tuple[str, Verb]] = {
    "paused": (noted("<b>{name}</b> is not read any more."), "resume"),
    "resumed": (noted("<b>{name}</b> is read again, from now on."), "pause"),
    "removed": (noted("<b>{name}</b> is out of the list. What was read of it stays."), "restore"),
    "restored": (noted("<b>{name}</b> is back in the list."), "remove"),
}
_TOLD = {
    "source_ended": noted("<b>{name}</b> is gone for good (410) and is not read any more."),
    "source_ailing": noted("<b>{name}</b> keeps failing ({trouble}), and is now tried once a day."),
    "source_recovered": noted("<b>{name}</b> can be read again."),
}


class Source(Protocol):
    """A source; storage's rows have it all."""

    @property
    def id(self) -> str:
        """Its key."""

    @property
    def name(self) -> str:
        """The outlet."""

    @property
    def url(self) -> str | None:
        """What is polled."""

    @property
    def home(self) -> str | None:
        """The page that a person opens."""

    @property
    def terms(self) -> str:
        """What the publisher allows."""

    @property
    def enabled(self) -> bool:
        """Whether it is read."""

    @property
    def succeeded_at(self) -> datetime | None:
        """When it was read last."""

    @property
    def news_at(self) -> datetime | None:
        """When it brought an article last."""

    @property
    def created_at(self) -> datetime:
        """When it came into the list."""

    @property
    def next_poll_at(self) -> datetime | None:
        """From when on it is read again."""

    @property
    def last_error(self) -> str | None:
        """Why the last try failed; None where it did not."""

    @property
    def trouble(self) -> str | None:
        """The kind of that error."""

    @property
    def failures(self) -> int:
        """Failures in a row."""

    @property
    def ailing_since(self) -> datetime | None:
        """From when on it is tried once a day; None where it is not ailing."""


def sources_page(reader: Reader, sources: Sequence[Source], *, offset: int, may_change: bool, now: datetime) -> Message:
    """List the sources: when each was read, how long it has been silent, what ails it, and its terms.

    Args:
        reader: For whom.
        sources: All of them, in the order of the list.
        offset: How many come before the page; one past the end shows the last page.
        may_change: Whether the reader gets a button for each, to change it.
        now: The present moment.
    """
    if not sources:
        return Message(reader.say("There are no sources yet."))
    last = (len(sources) - 1) // PAGE_LENGTH * PAGE_LENGTH
    offset = min(offset // PAGE_LENGTH * PAGE_LENGTH, last)
    shown = sources[offset : offset + PAGE_LENGTH]
    title = reader.count("{number} source", "{number} sources", len(sources))
    text = packed([bold(title), *(_line(reader, source, now) for source in shown)])[0]
    names = [Button(shortened(source.name, _LONGEST_NAME), data=_data("show", token_of(source.id))) for source in shown]
    rows = [tuple(names[place : place + 2]) for place in range(0, len(names), 2)] if may_change else []
    turns = []
    if offset:
        turns.append(Button("‹", data=_data("list", offset=offset - PAGE_LENGTH)))
    if offset < last:
        turns.append(Button("›", data=_data("list", offset=offset + PAGE_LENGTH)))
    return Message(text, (*rows, tuple(turns)) if turns else tuple(rows))


def source_card(reader: Reader, source: Source, *, may_change: bool, now: datetime) -> Message:
    """Show one source in full, with what can be done with it.

    Args:
        reader: For whom.
        source: The source.
        may_change: Whether the reader gets the buttons.
        now: The present moment.
    """
    error = shortened(source.last_error, _LONGEST_REASON) if source.last_error else ""
    text = joined(
        "\n",
        [
            _line(reader, source, now),
            tagged("code", source.url) if source.url else None,
            tagged("code", error) if error else None,
            reader.say("Next try: {moment}", moment=reader.moment(source.next_poll_at))
            if source.enabled and source.next_poll_at
            else None,
        ],
    )
    token = token_of(source.id)
    switch = (
        Button(reader.label("Pause"), data=_data("pause", token))
        if source.enabled
        else Button(reader.label("Resume"), data=_data("resume", token))
    )
    changes = (switch, Button(reader.label("Remove"), data=_data("remove", token)))
    return Message(text, (changes, (_all_sources(reader),)) if may_change else ())


def source_changed(reader: Reader, source: Source, change: Change) -> Message:
    """Confirm what was done with a source, and offer to undo it."""
    text, undo = _DONE[change]
    buttons = (Button(reader.label("Undo"), data=_data(undo, token_of(source.id))), _all_sources(reader))
    return Message(reader.say(text, name=source.name), (buttons,))


def which_source(reader: Reader, typed: str, sources: Sequence[Source], verb: Verb) -> Message:
    """Ask which source is meant, or say that none has such a name.

    Args:
        reader: For whom.
        typed: What was typed.
        sources: Which it may be; none for no such source.
        verb: What a choice does.
    """
    shown = shortened(typed, _LONGEST_NAME)
    if not sources:
        return Message(reader.say("No source is called “{typed}”.", typed=shown), ((_all_sources(reader),),))
    rows = tuple(
        (Button(shortened(source.name, _LONGEST_NAME), data=_data(verb, token_of(source.id))),)
        for source in sources[:PAGE_LENGTH]
    )
    return Message(reader.say("Which source do you mean by “{typed}”?", typed=shown), rows)


def looking_at(reader: Reader, url: str) -> Message:
    """Say that an address is looked at, and that the outcome is told here."""
    return Message(
        reader.say("I am looking at {url}. What comes of it is told here.", url=tagged("code", shortened(url, 200)))
    )


def how_to_change_sources(reader: Reader, command: str) -> Message:
    """Tell how sources are changed by words.

    Args:
        reader: For whom.
        command: The name of the command in the reader's language.
    """
    lines = [
        reader.say("<code>/{command} add ADDRESS</code> – a feed, or a page that names its feeds", command=command),
        reader.say(
            "<code>/{command} pause NAME</code>, <code>resume NAME</code>, <code>remove NAME</code>", command=command
        ),
    ]
    return Message(joined("\n", lines))


def only_operators(reader: Reader) -> str:
    """Tell, in plain text, that only those who run the bot change its sources."""
    return reader.label("Only those who run this bot (ADMIN_USERS) can change its sources.")


def add_by_command_line(reader: Reader) -> Message:
    """Tell, in the console, how a source is added there, where nobody can be told later."""
    return Message(reader.say("Here a source is added by <code>citaatwacht sources add ADDRESS</code>."))


def operator_notice(reader: Reader, what: str, detail: Mapping[str, Any]) -> Message | None:
    """Tell those who run the bot what came of a request, or of a source.

    Args:
        reader: For whom.
        what: The kind of notice, as the ingest room queued it.
        detail: What it tells of.

    Returns:
        The message; None for a kind that this version does not know.
    """
    name = str(detail.get("name", ""))
    show = Button(reader.label("Show"), data=_data("show", token_of(str(detail.get("id", "")))))
    if what in _TOLD:
        text = reader.say(_TOLD[what], name=name, trouble=trouble(reader, detail.get("trouble")))
        return Message(joined("\n", [text, _reason(detail)]), ((show,),))
    match what:
        case "request_added":
            text = reader.say(
                "<b>{name}</b> is a source from now on ({address}). Its terms are not known: please read them.",
                name=name,
                address=tagged("code", shortened(str(detail["url"]), 200)),
            )
            undo = Button(reader.label("Undo"), data=_data("remove", token_of(str(detail["id"]))))
            return Message(text, ((undo, show),))
        case "request_known":
            return Message(reader.say("<b>{name}</b> is a source already.", name=name), ((show,),))
        case "request_offered":
            rows = tuple(
                (Button(shortened(str(title), 60), data=_data("choose", f"{detail['request']}.{place}")),)
                for place, title in enumerate(detail["titles"])
            )
            text = reader.say(
                "{url} names more than one feed. Which one?", url=html(shortened(str(detail["url"]), 200))
            )
            return Message(text, rows)
        case "request_refused":
            text = reader.say(
                "{url} did not become a source: {trouble}.",
                url=html(shortened(str(detail["url"]), 200)),
                trouble=trouble(reader, detail.get("trouble")),
            )
            return Message(joined("\n", [text, _reason(detail)]))
    return None


def trouble(reader: Reader, kind: str | None) -> Html:
    """Name a kind of trouble in the reader's language."""
    return reader.say(_TROUBLES.get(kind or "", _OTHER_TROUBLE))


def silence(reader: Reader, source: Source, now: datetime) -> Html:
    """Say when a source was read last, and when it last brought news."""
    if source.succeeded_at is None:
        return reader.say("not read yet")
    read = reader.say("read {ago}", ago=reader.ago(source.succeeded_at, now))
    if source.news_at is None:
        return joined(", ", [read, reader.say("no news yet")])
    return joined(", ", [read, reader.say("last news {ago}", ago=reader.ago(source.news_at, now))])


def is_ended(source: Source) -> bool:
    """Whether a source is gone for good, by the word of its server."""
    return not source.enabled and source.last_error is not None and source.next_poll_at is None


def _line(reader: Reader, source: Source, now: datetime) -> Html:
    """Tell of one source: its name, how it does, and its terms."""
    terms = reader.say(_TERMS[source.terms]) if source.terms in _TERMS else html(source.terms)
    return joined(" · ", [bold(link(source.name, source.home)), _state(reader, source, now), terms])


def _state(reader: Reader, source: Source, now: datetime) -> Html:
    if is_ended(source):
        return reader.say("✕ gone for good")
    if not source.enabled:
        return reader.say("switched off")
    if source.last_error is None:
        return silence(reader, source, now)
    what = trouble(reader, source.trouble)
    if source.ailing_since is not None:
        ailing = reader.say(
            "⚠ ailing since {day}: {trouble}", day=reader.day(reader.local_day(source.ailing_since)), trouble=what
        )
        return joined("; ", [ailing, silence(reader, source, now)])
    failing = reader.count(
        "⚠ failed once: {trouble}", "⚠ failed {number} times: {trouble}", source.failures, trouble=what
    )
    return joined("; ", [failing, silence(reader, source, now)])


def _reason(detail: Mapping[str, Any]) -> Html | None:
    reason = str(detail.get("reason") or "")
    return tagged("code", shortened(reason, _LONGEST_REASON)) if reason else None


def _all_sources(reader: Reader) -> Button:
    return Button(reader.label("All sources"), data=_data("list"))


def _data(verb: Verb, rest: str = "", *, offset: int = 0) -> str | None:
    return encode(Callback("sources", offset=offset, words=f"{verb} {rest}".rstrip()))
