"""Who and what there is: users, chats, topics and messages, as the server remembers them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.markup import Entity

ANONYMOUS_ADMINISTRATOR = 1087968824
"""The id under which anonymous administrators write (GroupAnonymousBot)."""

GENERAL_TOPIC = 1
"""The thread id that General's messages carry, and that must not be sent."""

ADMINISTRATORS = ("creator", "administrator")


@dataclass(eq=False)
class User:
    """A person with a Telegram account; ``chat`` is the private chat with the bot."""

    id: int
    first_name: str
    username: str | None
    language_code: str
    chat: Chat = field(init=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The User object of an update."""
        out: dict[str, Any] = {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
        }
        return out | ({"username": self.username} if self.username else {})


@dataclass(eq=False)
class Chat:
    """A private chat, group, supergroup or channel.

    Attributes:
        id: Telegram's id: the user's in private, negative elsewhere.
        kind: ``private``, ``group``, ``supergroup`` or ``channel``.
        title: The group's title, or the person's name.
        members: The status of each user in it.
        topics: Names of the forum topics by thread id; None where the chat is no forum.
        closed_topics: Topics that nobody may write in.
        bot_status: ``member``, ``administrator``, ``kicked`` (also: blocked), ``left``; ``unmet`` where a
            person never wrote to the bot.
        migrated_to: Id of the supergroup that this group became.
        messages: All messages of bot and users, by message id.
    """

    id: int
    kind: str
    title: str
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, str] | None = None
    closed_topics: set[int] = field(default_factory=set)
    bot_status: str = "member"
    migrated_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    told: int = 0

    @property
    def from_bot(self) -> list[Message]:
        """What the bot has written here and not deleted, oldest first."""
        return [message for message in self.messages.values() if message.is_from_bot and not message.is_deleted]

    def as_json(self) -> dict[str, Any]:
        """The Chat object of an update."""
        out: dict[str, Any] = {"id": self.id, "type": self.kind}
        out |= {"first_name": self.title} if self.kind == "private" else {"title": self.title}
        return out | ({"is_forum": True} if self.topics is not None else {})


@dataclass(eq=False)
class Message:
    """A message and all that became of it.

    Attributes:
        chat: Where it stands.
        id: Its number in the chat.
        text: The plain text, or the caption, as it reads now.
        html: The text as the bot sent it, tags included.
        entities: Its formatting.
        sender: Who wrote it; None for the bot.
        topic_id: Its forum topic, None for none.
        keyboard: Rows of InlineKeyboardButton objects.
        is_silent: Whether it came without a sound.
        reply_to: Id of the message that it answers.
        file: Name and content of a document or picture.
        edits: How often it was edited.
        sent_at: Monotonic time at which the server accepted it.
        is_deleted: Whether it is gone.
    """

    chat: Chat = field(repr=False)
    id: int
    text: str
    html: str = ""
    entities: list[Entity] = field(default_factory=list)
    sender: User | None = None
    topic_id: int | None = None
    keyboard: list[list[dict[str, Any]]] = field(default_factory=list)
    is_silent: bool = False
    reply_to: int | None = None
    file: tuple[str, bytes] | None = None
    edits: int = 0
    sent_at: float = field(default_factory=time.monotonic)
    is_deleted: bool = False
    told_edits: int = 0
    header: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.sender is None and not self.header.get("sender_chat") and not self.header.get("service")

    @property
    def labels(self) -> list[str]:
        """What stands on its buttons, row after row."""
        return [button["text"] for row in self.keyboard for button in row]

    def button(self, label: str) -> dict[str, Any]:
        """The first button whose label holds these words.

        Raises:
            LookupError: There is none.
        """
        for row in self.keyboard:
            for button in row:
                if label in button["text"]:
                    return button
        raise LookupError(f"no button {label!r} among {self.labels}")


@dataclass(eq=False)
class Press:
    """A button that somebody pressed; ``answer`` is what answerCallbackQuery said, None until then."""

    id: str
    message: Message
    user: User
    answer: dict[str, Any] | None = None


@dataclass(eq=False)
class InlineQuery:
    """What somebody typed after the bot's name; ``answer`` is what answerInlineQuery gave, None until then."""

    id: str
    user: User
    query: str
    answer: dict[str, Any] | None = None


@dataclass(frozen=True)
class Call:
    """One request that the bot made.

    Attributes:
        method: The Bot API method.
        parameters: Its parameters; JSON ones decoded, files as (name, content).
        received_at: Monotonic time at which it came in.
        status: The HTTP status that it was answered with; 0 where the connection was dropped or left hanging.
        is_accepted: Whether it took effect (which it may have even where the answer never arrived).
    """

    method: str
    parameters: dict[str, Any]
    received_at: float
    status: int
    is_accepted: bool

    @property
    def chat_id(self) -> int | None:
        """The chat that it is about."""
        value = self.parameters.get("chat_id")
        return value if isinstance(value, int) else None
