"""The commands: their names in both languages, what they do, and how a line is taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from bot.messages.reader import noted

_LINE = re.compile(r"/([A-Za-z0-9_]+)(?:@([A-Za-z0-9_]+))?(?:\s+|$)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes:
        name: Its English name.
        alias: Its Dutch name; the same where there is none.
        usage: What comes after it, a text of the catalogue; empty for nothing.
        description: What it does, a text of the catalogue.
        changes: Whether it changes what a chat follows or how it is set, which in groups only administrators may.
        is_operators: Whether it is for the administrators of the installation alone.
    """

    name: str
    alias: str
    usage: str
    description: str
    changes: bool = False
    is_operators: bool = False

    def name_in(self, language: str) -> str:
        """The name in a language."""
        return self.name if language == "en" else self.alias


@dataclass(frozen=True, slots=True)
class Line:
    """A line that begins with a command.

    Attributes:
        word: The command as typed, lower case, without slash.
        command: The command of ours that it is; None if it is none.
        addressed_to: The bot that it names ("/help@some_bot"), lower case; None where it names none.
        arguments: What comes after it.
    """

    word: str
    command: Command | None
    addressed_to: str | None
    arguments: str


COMMANDS = (
    Command("quotes", "citaten", noted("NAME [words] [period]"), noted("what someone said, newest first")),
    Command("search", "zoek", noted("WORDS [period]"), noted("what anyone said with these words")),
    Command("reversals", "ommekeer", noted("[NAME]"), noted("where someone turned from earlier words")),
    Command("context", "context", noted("[#NUMBER]"), noted("the paragraph around a statement, and earlier words")),
    Command("cite", "citeer", noted("[#NUMBER]"), noted("a statement ready to paste; also as a reply")),
    Command("timeline", "tijdlijn", noted("NAME [words]"), noted("someone's statements over time, as a picture")),
    Command("export", "export", noted("NAME [period]"), noted("someone's statements as CSV and JSON")),
    Command(
        "correction",
        "correctie",
        noted("[#NUMBER] name | date | wording …"),
        noted("report a wrong name, date or wording; also as a reply"),
    ),
    Command("person", "wie", noted("NAME"), noted("someone's offices, party and last statement")),
    Command("ministers", "kabinet", noted("[DAY | CABINET]"), noted("who is in office, now or on a day")),
    Command("follow", "volg", noted("WHO or WHAT"), noted("be told here of new statements"), changes=True),
    Command("unfollow", "ontvolg", noted("[WHO or WHAT]"), noted("stop being told"), changes=True),
    Command("following", "volgend", "", noted("who is followed here")),
    Command("mute", "stil", noted("[HOURS]"), noted("hear nothing for some hours"), changes=True),
    Command("digest", "overzicht", noted("[now]"), noted("what was said, by story, at an hour of your choice")),
    Command("settings", "instellingen", "", noted("quiet hours, sound, messages a day and more")),
    Command("here", "hier", "", noted("let alerts come to this topic"), changes=True),
    Command("language", "taal", noted("nl | en"), noted("Dutch or English"), changes=True),
    Command("sources", "bronnen", noted("[NAME]"), noted("what is read, and how that goes")),
    Command(
        "office",
        "ambt",
        noted("NAME, minister of PORTFOLIO, from DAY"),
        noted("the cabinet changes"),
        is_operators=True,
    ),
    Command("status", "status", "", noted("when was read and told last, and what waits")),
    Command("privacy", "privacy", "", noted("what is kept of this chat")),
    Command("forget", "vergeet", "", noted("erase what is kept of this chat"), changes=True),
    Command("start", "start", "", noted("what this bot is for")),
    Command("help", "help", "", noted("all commands")),
)
"""All commands, in the order of help and menu."""

_BY_NAME = {name: command for command in COMMANDS for name in (command.name, command.alias)}


def command_named(name: str) -> Command:
    """Give a command by one of its names.

    Raises:
        KeyError: There is none.
    """
    return _BY_NAME[name]


def likest_name(word: str) -> str | None:
    """Give the name of a command for everyone that a word is a misspelling of; None where it is like none."""
    names = [name for name, command in _BY_NAME.items() if not command.is_operators]
    return next(iter(get_close_matches(word, names, n=1, cutoff=0.7)), None)


def parse_line(text: str) -> Line | None:
    """Take a line apart, or give None where it does not begin with a command."""
    match = _LINE.match(text.strip())
    if match is None:
        return None
    word = match[1].lower()
    return Line(word, _BY_NAME.get(word), match[2].lower() if match[2] else None, " ".join(match[3].split()))
