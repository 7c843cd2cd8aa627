"""What became of statements that a chat was told of: gone from their article, worded otherwise there, or back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages.markup import Html, bold, fits, joined, link, shortened, tagged
from bot.messages.reader import Reader
from bot.messages.shown import Outlet, Quote
from bot.messages.values import Message
from bot.messages.wording import words

_LIMITS = (600, 300, 150, 80)
"""Code points of each statement to show, until all of it fits."""

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Changed:
    """A statement that was told, with what stands in its place; ``new`` is None where nothing does.

    ``is_back`` where the article carries it again, after the chat was told that it does not.
    """

    old: Quote
    new: Quote | None = None
    is_back: bool = False


def withdrawal(reader: Reader, article: Outlet, changes: Sequence[Changed]) -> Message:
    """Tell what a version of an article changed in what was told of it.

    Args:
        reader: For whom.
        article: The article.
        changes: The statements, at least one.

    Returns:
        A message that sounds: a correction must not be missed.
    """
    shown, text = list(changes), Html("")
    for limit in _LIMITS:
        text = _text(reader, article, shown, limit, 0)
        if fits(text):
            return Message(text)
    while len(shown) > 1 and not fits(text):
        shown.pop()
        text = _text(reader, article, shown, _LIMITS[-1], len(changes) - len(shown))
    return Message(text)


def _text(reader: Reader, article: Outlet, changes: Sequence[Changed], limit: int, left_out: int) -> Html:
    blocks = [_heading(reader, article, changes), *(_block(reader, change, limit) for change in changes)]
    if left_out:
        blocks.append(reader.count("And {number} more statement.", "And {number} more statements.", left_out))
    return joined("\n\n", blocks)


def _heading(reader: Reader, article: Outlet, changes: Sequence[Changed]) -> Html:
    outlet = link(shortened(article.source_name, _LONGEST_NAME), article.url)
    if all(change.is_back for change in changes):
        return reader.say("<b>Back again</b>: {outlet} carries this once more.", outlet=outlet)
    if any(change.new for change in changes):
        return reader.say("<b>Correction</b> by {outlet}.", outlet=outlet)
    return reader.say("<b>Withdrawn</b>: {outlet} no longer carries this.", outlet=outlet)


def _block(reader: Reader, change: Changed, limit: int) -> Html:
    old, new = words(change.old, limit=limit), change.new
    if change.is_back:
        return joined(" ", [bold(change.old.person_name), old])
    if new is None:
        return joined(" ", [bold(change.old.person_name), tagged("s", old)])
    if new.person_id != change.old.person_id:
        said = reader.say(
            "said by {name}, not by {other}:", name=bold(new.person_name), other=bold(change.old.person_name)
        )
        return joined("\n", [said, words(new, limit=limit)])
    was = reader.say("Was: {words}", words=tagged("s", old))
    now = reader.say("Now: {words}", words=words(new, limit=limit))
    return joined("\n", [bold(change.old.person_name), was, now])
