"""What the handlers are given and what they give: no Telegram in it, so that the console asks the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.reader import Reader
from bot.messages.values import Message
from bot.quotes.roster import Roster
from storage import chats
from storage.database import Database


@dataclass(slots=True)
class Services:
    """What answers are made from.

    Attributes:
        database: Where everything is kept.
        roster: The people who can be asked for; another one takes its place when the roster changes.
        reviewers: Ids of the installation's administrators, whose word on a pair holds for everyone.
        allowed_chats: Ids of the chats and users to which the installation is closed; empty where it is open.
    """

    database: Database
    roster: Roster
    reviewers: frozenset[int] = frozenset()
    allowed_chats: frozenset[int] = frozenset()

    @property
    def allowed(self) -> frozenset[int]:
        """Ids of the chats and users whom the settings let in; empty where the installation is open."""
        return self.allowed_chats | self.reviewers if self.allowed_chats else frozenset()

    def is_administrator(self, request: Request) -> bool:
        """Whether an administrator of the installation asks; whoever sits at its console is one."""
        return request.user_id in self.reviewers or request.chat_kind == "console"


@dataclass(frozen=True, slots=True)
class Request:
    """Something that somebody asked, by a command or a button.

    Attributes:
        chat_id: The chat in which it was asked.
        chat_kind: ``private``, ``group``, ``supergroup``, ``channel`` or ``console``.
        chat_title: The group's title or the person's name, as it is kept.
        topic_id: The forum topic, 0 for none.
        user_id: Who asked; 0 where Telegram does not say.
        user_name: Their name, as others see it; empty where Telegram does not say.
        may_change: Whether they may change what the chat follows and how it is set.
        text: The command as it was typed; None for a button.
        data: The button's callback data; None for a command.
        message_id: The message under which the button hung, or that is the command; 0 in the console.
        replied_text: The text of the message that the command answers; empty for none.
        replied_id: That message; 0 for none, and in the console.
        shown_text: The text of the message under which the button hung; empty for a command.
    """

    chat_id: int
    chat_kind: str
    chat_title: str
    topic_id: int = 0
    user_id: int = 0
    may_change: bool = True
    text: str | None = None
    data: str | None = None
    message_id: int = 0
    replied_text: str = ""
    replied_id: int = 0
    shown_text: str = ""
    user_name: str = ""

    @property
    def is_group(self) -> bool:
        """Whether more than one person reads the answer."""
        return self.chat_kind in ("group", "supergroup", "channel")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered.

    Attributes:
        messages: What is shown; the answer to a button takes the place of the message that it hung under.
        notice: What only the person who pressed a button sees, in plain text.
        posts: What a button brings beside the message that it hung under, which stays as it is.
    """

    messages: tuple[Message, ...] = ()
    notice: str | None = None
    posts: tuple[Message, ...] = ()


async def reader_of(services: Services, request: Request) -> Reader:
    """Give the language and time zone of the chat that asks; a chat that is silent for us speaks again.

    Reading makes no row: a chat is kept from the first thing that it sets.
    """
    async with services.database.reading() as session:
        chat = await chats.chat(session, chat_id=request.chat_id)
    if chat is None:
        return Reader(is_group=request.is_group)
    if chat.state == "disabled" and request.chat_kind != "console":
        async with services.database.writing() as session:
            await chats.ensure_chat(session, chat_id=request.chat_id, kind=request.chat_kind, title=request.chat_title)
    return Reader(chat.language, chat.timezone, request.is_group)
