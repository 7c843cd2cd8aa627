"""Commands in answer to a message: whom they mean is who speaks in it."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.commands import Line
from handlers.services import Request, Services
from storage import quotes as stored

_ABOUT_SOMEBODY = frozenset({"quotes", "reversals", "timeline", "export", "person", "follow", "unfollow"})
_SHOWN = re.compile(r"(?<!\w)#(\d{1,18})\b")
_MOST_NUMBERS = 50


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
    numbers = [int(number) for number in dict.fromkeys(_SHOWN.findall(request.replied_text))]
    # What the console showed last is always there: it is no answer to that.
    if not numbers or request.chat_kind == "console":
        return line
    async with services.database.reading() as session:
        quotes = await stored.quote_records(session, statement_ids=numbers[:_MOST_NUMBERS])
    speakers = {quote.person_name for quote in quotes}
    return replace(line, arguments=speakers.pop()) if len(speakers) == 1 else line
