"""The console chat: the bot's own answers without Telegram, buttons as numbered choices."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from bot.messages import Button, Message, Reader, talk
from bot.messages.values import Attachment
from handlers import answer
from handlers.inline import offer
from handlers.services import Request, Services, reader_of
from storage import chats

CHAT_ID = 0
"""The console's chat; Telegram gives no chat this number."""

_BLOCKS = frozenset({"blockquote", "pre"})
_WAYS_OUT = frozenset({"exit", "quit", "stop", "q"})


async def ask(services: Services, line: str) -> str:
    """Answer one command.

    Args:
        services: What answers are made from.
        line: The command, with or without its slash.

    Returns:
        The answer as plain text, with the labels of its buttons.
    """
    return await Console(services).enter(line)


async def chat(services: Services) -> None:
    """Read commands and numbers of buttons from standard input, and write the answers, until it ends."""
    console = Console(services)
    print(await console.enter("/start"))  # noqa: T201
    while True:
        try:
            line = await asyncio.to_thread(input, "\n> ")
        except (EOFError, KeyboardInterrupt):
            sys.stdout.write("\n")
            return
        if line.strip().casefold() in _WAYS_OUT:
            return
        if line.strip():
            print(await console.enter(line))  # noqa: T201


@dataclass
class Console:
    """A conversation: what was shown last says what a number means."""

    services: Services
    _buttons: list[Button] = field(default_factory=list)
    _shown: str = ""

    async def enter(self, line: str) -> str:
        """Take a command, the number of a button of the last answer, or "@" with what inline mode is asked.

        Args:
            line: What was typed.

        Returns:
            The answer as plain text.
        """
        typed = line.strip()
        if typed.isdecimal():
            return await self._press(int(typed))
        if typed.startswith("@"):
            return await self._offered(typed.partition(" ")[2])
        command = typed if typed.startswith("/") else f"/{typed}"
        # There is nothing to reply to but what was shown last.
        return await self._answered(_request(text=command, replied_text=self._shown))

    async def _press(self, number: int) -> str:
        if not 1 <= number <= len(self._buttons):
            return talk.no_such_choice(await self._reader())
        button = self._buttons[number - 1]
        if button.start:
            return await self._answered(_request(text=f"/start {button.start}"))
        return button.url or button.copy or await self._answered(_request(data=button.data, shown_text=self._shown))

    async def _offered(self, typed: str) -> str:
        """Show what inline mode offers; the choices give the text that would be inserted."""
        offered = await offer(self.services, CHAT_ID, typed)
        self._buttons = [Button(result.title, copy=plain(Message(result.text))) for result in offered.results]
        lines = [f"[{number}] {result.title}: {result.description}" for number, result in enumerate(offered.results, 1)]
        return "\n".join([offered.notice, *lines] if offered.notice else lines)

    async def _answered(self, request: Request) -> str:
        answered = await answer(self.services, request)
        messages = (*answered.messages, *answered.posts)
        if not messages:
            return answered.notice or ""
        self._buttons = [button for message in messages for row in message.buttons for button in row]
        parts = [plain(message) for message in messages]
        self._shown = "\n\n".join(parts)
        parts += [str(_saved(message.attachment)) for message in messages if message.attachment]
        if await self._is_to_be_silenced():
            parts.append(talk.no_alerts_in_console(await self._reader()))
        if self._buttons:
            parts.append("\n".join(f"[{number}] {button.label}" for number, button in enumerate(self._buttons, 1)))
        return "\n\n".join(parts)

    async def _reader(self) -> Reader:
        return await reader_of(self.services, _request())

    async def _is_to_be_silenced(self) -> bool:
        """Disable the console's chat where a command made it active: nothing may become due to it."""
        async with self.services.database.reading() as session:
            known = await chats.chat(session, chat_id=CHAT_ID)
        if known is None or known.state == "disabled":
            return False
        async with self.services.database.writing() as session:
            await chats.disable_chat(session, chat_id=CHAT_ID, reason="a console takes no alerts")
        return True


def plain(message: Message) -> str:
    """Write a message as plain text: links with their addresses, blocks indented, underlined words between lines."""
    writer = _PlainText()
    writer.feed(message.text)
    writer.close()
    return "".join(writer.parts)


class _PlainText(HTMLParser):
    """Writes Telegram's HTML as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._addresses: list[str] = []
        self._indent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a link, an indented block or underlined words."""
        if tag == "a":
            self._addresses.append(dict(attrs).get("href") or "")
        elif tag == "u":
            self.parts.append("_")
        elif tag in _BLOCKS:
            self._indent = "    "
            self.parts.append(self._indent)

    def handle_endtag(self, tag: str) -> None:
        """End what was begun."""
        if tag == "a":
            self.parts.append(f" <{self._addresses.pop()}>")
        elif tag == "u":
            self.parts.append("_")
        elif tag in _BLOCKS:
            self._indent = ""

    def handle_data(self, data: str) -> None:
        """Write text, each line of a block indented."""
        self.parts.append(data.replace("\n", f"\n{self._indent}"))


def _saved(file: Attachment) -> Path:
    """Save a file that came with an answer, in a folder of its own so that nothing is overwritten."""
    path = Path(tempfile.mkdtemp(prefix="citaatwacht-")) / file.name
    path.write_bytes(file.content)
    return path


def _request(
    *, text: str | None = None, data: str | None = None, replied_text: str = "", shown_text: str = ""
) -> Request:
    return Request(
        CHAT_ID, "console", "console", text=text, data=data, replied_text=replied_text, shown_text=shown_text
    )
