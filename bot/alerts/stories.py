"""Which messages tell what is new of a story: one that is there grows, and what is new in kind answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.records import DueRecord
from storage.stories import TellingMessage


@dataclass(frozen=True, slots=True)
class News:
    """A delivery of a story, with what decides where it is told.

    Attributes:
        delivery: What is due.
        statement_id: The statement, or the later one of the pair.
        person_id: Whose it is.
        is_debate: Whether a debate of parliament brought it.
        is_addition: Whether a later version of its article brought it, which a message of its own tells.
    """

    delivery: DueRecord
    statement_id: int
    person_id: str
    is_debate: bool
    is_addition: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One message that is edited or sent.

    Attributes:
        told: The message that grows; None for a new one.
        deliveries: What it newly carries, in the order in which it became due.
        thread: Which messages belong together: all of a story (""), or those of one person in a debate. A new
            message answers the first of its thread.
    """

    told: TellingMessage | None
    deliveries: tuple[DueRecord, ...]
    thread: str = ""


def plan(telling: Sequence[TellingMessage], speakers: dict[int, str], news: Sequence[News]) -> list[Step]:
    """Decide which messages tell what is new of a story.

    More by somebody who has a message already makes that message grow. Somebody else, and each pair, is new in kind
    and gets a message that answers the first one; so does what a later version of an article added. Of a debate each
    speaker has a message of their own. A statement that is the later side of a pair goes with the pair; a pair that
    is the only one goes with the statements that are new beside it.

    Args:
        telling: The messages that tell the story already, oldest first.
        speakers: Whose the statements are that they carry, by number.
        news: What is due of the story, in the order in which it became due.

    Returns:
        The messages to edit, then those to send.
    """
    homes = {speakers[number]: message for message in telling for number in message.statement_ids if number in speakers}
    pairs = [item for item in news if item.delivery.what == "reversal"]
    in_pairs = {item.statement_id for item in pairs}
    grown: dict[int, list[DueRecord]] = {}
    fresh: dict[str, list[DueRecord]] = {}
    for item in news:
        if item.delivery.what != "statement" or item.statement_id in in_pairs:
            continue
        home = homes.get(item.person_id)
        if home is not None and not item.is_addition:
            grown.setdefault(home.sent_id, []).append(item.delivery)
        else:
            fresh.setdefault(_thread(item), []).append(item.delivery)
    edits = [Step(message, tuple(grown[message.sent_id])) for message in telling if message.sent_id in grown]
    return edits + _new_messages(fresh, pairs, news)


def _new_messages(fresh: dict[str, list[DueRecord]], pairs: Sequence[News], news: Sequence[News]) -> list[Step]:
    steps = []
    for thread in dict.fromkeys(_thread(item) for item in news):
        statements = fresh.get(thread, [])
        flags = _flags([pair for pair in pairs if _thread(pair) == thread], news)
        if len(flags) == 1:
            statements, flags = [*statements, *flags[0]], []
        parts = ([statements] if statements else []) + flags
        steps += [Step(None, tuple(sorted(part, key=lambda due: due.id)), thread) for part in parts]
    return steps


def _flags(pairs: Sequence[News], news: Sequence[News]) -> list[list[DueRecord]]:
    """Give each pair's delivery with that of its later statement, where that is due and in no pair before."""
    due = {item.statement_id: item.delivery for item in news if item.delivery.what == "statement"}
    return [[pair.delivery, *([due.pop(pair.statement_id)] if pair.statement_id in due else [])] for pair in pairs]


def _thread(item: News) -> str:
    return item.person_id if item.is_debate else ""
