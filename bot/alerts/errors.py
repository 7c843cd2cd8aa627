"""What Telegram can answer instead of taking a message; the type alone says what becomes of it."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import CitaatwachtError


class DeliveryError(CitaatwachtError):
    """A message was not accepted.

    Attributes:
        permanent: Whether the same message to the same place would be refused again.
    """

    permanent = False


class TelegramUnreachable(DeliveryError):
    """No answer, or one that says that Telegram itself is in trouble."""


class Flooded(DeliveryError):
    """Too many messages; the lane stays closed for as long as Telegram says.

    Attributes:
        retry_after: How long.
    """

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"flood control, again in {retry_after.total_seconds():.0f} s")
        self.retry_after = retry_after


class ChatMoved(DeliveryError):
    """The group became a supergroup.

    Attributes:
        new_chat_id: Its id from now on.
    """

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(f"the chat is now {new_chat_id}")
        self.new_chat_id = new_chat_id


class ChatClosed(DeliveryError):
    """The bot was blocked or removed, or may not write; nothing can be sent until it is let in again."""

    permanent = True


class TopicClosed(DeliveryError):
    """The topic was closed or deleted; the chat itself may still be open."""

    permanent = True


class MessageRefused(DeliveryError):
    """Telegram cannot read this one message."""

    permanent = True
