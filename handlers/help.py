"""/help: a short first screen, and the commands by topic."""

from __future__ import annotations

from bot.messages import Message, Reader
from bot.messages.help import TITLES, Topic, first_screen, topic_page
from handlers.commands import COMMANDS, Command
from handlers.people import example_name, example_person
from handlers.services import Services

_TOPICS: dict[Topic, tuple[str, ...]] = {
    "follow": ("follow", "unfollow", "following", "mute", "digest"),
    "turns": ("reversals",),
    "group": ("settings", "here", "language", "start", "help"),
    "administration": ("office", "sources", "status"),
    "privacy": ("correction", "privacy", "forget"),
}
"""What each topic is about; looking up is about everything else."""


def help_page(services: Services, reader: Reader, topic: str) -> Message:
    """Answer ``/help`` and its buttons.

    Args:
        services: Where the roster is, for examples.
        reader: For whom.
        topic: The topic, by its key or as it is headed in any language; anything else shows the first screen.
    """
    chosen = _topic(reader, topic)
    if chosen is None:
        return first_screen(reader, example_name(services.roster))
    return topic_page(reader, chosen, commands_of(chosen), example_person(services.roster))


def commands_of(topic: Topic) -> list[Command]:
    """Give the commands of a topic, in the order of the menu."""
    elsewhere = {name for names in _TOPICS.values() for name in names}
    if topic == "search":
        return [command for command in COMMANDS if command.name not in elsewhere]
    return [command for command in COMMANDS if command.name in _TOPICS[topic]]


def _topic(reader: Reader, typed: str) -> Topic | None:
    wanted = typed.casefold()
    for topic, title in TITLES.items():
        if wanted in (topic, title.casefold(), reader.label(title).casefold()):
            return topic
    return None
