"""A request in, an answer out: which command or button it is, and whether it is allowed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.messages import LANGUAGES, Message, Reader, talk
from bot.messages.callbacks import Callback, decode
from bot.messages.markup import html
from bot.quotes.roster import Person
from handlers import (
    access,
    alerts,
    beginning,
    cabinet,
    choosing,
    corrections,
    export,
    lookup,
    offices,
    privacy,
    reviews,
    sources,
    statements,
    timeline,
)
from handlers.commands import likest_name, parse_line
from handlers.help import help_page
from handlers.language import language, set_language
from handlers.officeholders import with_holder
from handlers.people import person_by_token
from handlers.replies import completed
from handlers.services import Answer, Request, Services, reader_of
from handlers.settings import is_for_administrators
from handlers.status import status

_CHANGING = choosing.CHANGING | {"language", "succeed", "forget"}
"""Actions of buttons that only those may do who may change the chat's settings."""

_STRICT = frozenset({"forget"})
"""Commands and actions that stay with the administrators of a group that is open to its members."""

_REVIEWING = frozenset({"confirm", "ask_why", "reject", "undo", "look"})
"""Actions of buttons that only they may do, and whose word on a pair holds for everyone."""

_ANSWERS: Mapping[str, Callable[[Services, Reader, Request, str], Awaitable[Message | tuple[Message, ...]]]] = {
    "quotes": lookup.quotes,
    "search": lookup.search,
    "reversals": lookup.reversals,
    "context": statements.context,
    "cite": statements.cite,
    "timeline": timeline.timeline,
    "export": export.export,
    "office": offices.office,
    "correction": corrections.report,
    "person": cabinet.person,
    "language": language,
    "sources": sources.answer,
    "start": beginning.start,
}
"""Who answers the commands that read what is written behind them."""


async def answer(services: Services, request: Request) -> Answer:
    """Answer a command or a button.

    Args:
        services: What answers are made from.
        request: A command in ``text``, or a button's ``data``.

    Returns:
        The answer; nothing for a text that is no command.
    """
    turned_away = await access.barred(services, request)
    if turned_away is not None:
        return turned_away
    reader = await reader_of(services, request)
    if request.data is not None:
        return await _pressed(services, reader, request, request.data)
    answered = await _asked(services, reader, request)
    if answered is None:
        return Answer()
    return Answer(answered if isinstance(answered, tuple) else (answered,))


def changes_something(request: Request) -> bool:
    """Tell whether a request would change what the chat follows or how it is set."""
    if request.data is not None:
        callback = decode(request.data)
        return callback is not None and callback.action in _CHANGING | _REVIEWING
    line = parse_line(request.text or "")
    return line is not None and line.command is not None and line.command.changes


def needs_administrator(request: Request) -> bool:
    """Tell whether a request that changes something is for administrators, whatever their group opened."""
    if request.data is not None:
        callback = decode(request.data)
        return callback is not None and (callback.action in _STRICT or is_for_administrators(callback))
    line = parse_line(request.text or "")
    return line is not None and line.command is not None and line.command.name in _STRICT


async def _asked(services: Services, reader: Reader, request: Request) -> Message | tuple[Message, ...] | None:
    line = parse_line(request.text or "")
    if line is None:
        return None
    if line.command is None:
        return talk.unknown_command(reader, likest_name(line.word))
    if line.command.changes and not request.may_change:
        return Message(html(talk.only_administrators(reader)))
    name, line = line.command.name, with_holder(services.roster, reader, await completed(services, request, line))
    answered_by = _ANSWERS.get(name)
    if answered_by is not None:
        return await answered_by(services, reader, request, line.arguments)
    if name in choosing.COMMANDS:
        return await choosing.asked(services, reader, request, name, line.arguments)
    match name:
        case "privacy":
            return await privacy.privacy(services, reader, request)
        case "forget":
            return privacy.forget(reader)
        case "ministers":
            return cabinet.ministers(services, reader, line.arguments)
        case "status":
            return await status(services, reader, request)
        case _:
            return help_page(services, reader, line.arguments)


async def _pressed(services: Services, reader: Reader, request: Request, data: str) -> Answer:
    """Answer a button; what does not come from a button of ours is treated as out of date."""
    callback = decode(data)
    if callback is None:
        return Answer(notice=talk.out_of_date(reader))
    if callback.action in offices.ACTIONS:
        return await offices.pressed(services, reader, request, callback)
    if callback.action in corrections.ACTIONS:
        return await corrections.pressed(services, reader, request, callback)
    if callback.action in access.ACTIONS:
        return await access.pressed(services, reader, request, callback)
    if callback.action in _CHANGING and not request.may_change:
        return Answer(notice=talk.only_administrators(reader))
    if callback.action == "succeed":
        return await offices.succeed(services, reader, request, callback)
    chosen = await choosing.pressed(services, reader, request, callback)
    if chosen is not None:
        return chosen
    person = person_by_token(services.roster, callback.person)
    if callback.person and person is None:
        return Answer(notice=talk.out_of_date(reader))
    if callback.action in _REVIEWING:
        if not request.may_change and request.user_id not in services.reviewers:
            return Answer(notice=talk.only_administrators(reader))
        return await reviews.review(services, reader, request, callback, person)
    if callback.action in alerts.ACTIONS:
        return await alerts.pressed(services, reader, request, callback)
    if callback.action == "sources":
        return await sources.pressed(services, reader, request, callback)
    if callback.action == "export" and person is not None:
        files = await export.pressed(services, reader, request, person, callback)
        return Answer(posts=files, notice=None if files else talk.out_of_date(reader))
    if callback.action in statements.ACTIONS:
        return await statements.pressed(services, reader, request, callback)
    message = await _carried_out(services, reader, request, callback, person)
    return Answer((message,)) if message else Answer(notice=talk.out_of_date(reader))


async def _carried_out(
    services: Services, reader: Reader, request: Request, callback: Callback, person: Person | None
) -> Message | None:
    """Do what a button says; None where it lacks what its action needs."""
    match callback.action, person:
        case "quotes", _:
            return await lookup.turn_page(services, reader, request, person, callback)
        case "reversals", _:
            return await lookup.show_reversals(services, reader, request, person, callback.offset)
        case "language", _ if callback.words in LANGUAGES:
            return await set_language(services, reader, request, callback.words)
        case "timeline", Person():
            return await timeline.pressed(services, reader, request, person, callback)
        case "person", Person():
            return await cabinet.show_person(services, reader, request, person, callback.words)
        case "ministers", _:
            return cabinet.ministers(services, reader, callback.words)
        case "blame", Person():
            return await corrections.blame(services, reader, request, callback, person)
        case "forget", _:
            return await privacy.pressed(services, reader, request, callback)
        case "help", _:
            return help_page(services, reader, callback.words)
        case "begin", _:
            return beginning.choose(services, reader)
    return None
