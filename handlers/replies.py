"""Commands in answer to a message: whom they mean is who speaks in it."""

from __future__ import annotations

from dataclasses import replace

from handlers.commands import Line
from handlers.services import Request, Services
from handlers.statements import numbers_meant, quotes_of

_ABOUT_SOMEBODY = frozenset({"quotes", "reversals", "timeline", "export", "person", "follow", "unfollow"})


async def completed(services: Services, request: Request, line: Line) -> Line:
    """Give a command that names nobody the one person who speaks in the message that it answers.

    Args:
        services: Where statements are kept.
        request: What was asked.
        line: The command.

    Returns:
        The command with that person's name; as it is where it says more, or nobody or several people speak there.
    """
    if line.arguments or line.command is None or line.command.name not in _ABOUT_SOMEBODY:
        return line
    # What the console showed last is always there: it is no answer to that.
    if request.chat_kind == "console":
        return line
    quotes = await quotes_of(services, request, await numbers_meant(services, request))
    speakers = {quote.person_name for quote in quotes}
    return replace(line, arguments=speakers.pop()) if len(speakers) == 1 else line
