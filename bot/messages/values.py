"""A message as a value: what Telegram and the console both show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message.

    Attributes:
        label: What it says.
        data: Callback data, at most 64 bytes of UTF-8; None for a link.
        url: Where it leads; None for a callback.
        copy: What it puts into the clipboard, at most 256 characters; None where it does something else.
        start: What it hands over where it opens the reader's own chat with the bot (see ``deeplinks``); None where
            it does something else.
    """

    label: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None
    start: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a message.

    Attributes:
        kind: ``picture`` is shown, ``document`` can be saved.
        name: Its file name.
        content: Its bytes.
    """

    kind: Literal["picture", "document"]
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What a chat is shown.

    Attributes:
        text: HTML as Telegram's parse mode takes it; everything foreign in it is escaped, and after
            parsing it is at most 4,096 UTF-16 code units; 1,024 beside an attachment.
        buttons: Rows of buttons.
        is_silent: Whether it comes without a sound.
        pair: Number of the pair of statements that it flags; None where it flags none.
        shows_preview: Whether its first link is shown with a preview.
        attachment: A file that it comes with, whose caption the text is; None for none.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    is_silent: bool = False
    pair: int | None = None
    shows_preview: bool = False
    attachment: Attachment | None = None
