"""Two versions of the report of a meeting -> what changed, turn by turn. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher

from bot.ingest.errors import IngestError
from bot.ingest.parliament.values import Meeting, Turn

_PUBLICATIONS = ("early", "interim", "final")
_STATUSES = ("outline", "uncorrected", "corrected")


class OtherMeeting(IngestError):
    """Two reports are not versions of one, since they are of different meetings."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Words in a row that took the place of others; ``before`` is empty for an insertion, ``after`` for a cut."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TurnChange:
    """What a later version did to one turn.

    Attributes:
        before: The turn as it was; None if it is new.
        after: The turn as it is; None if it is gone.
        edits: Where the words differ, in order; empty for a turn that is new or gone.
    """

    before: Turn | None
    after: Turn | None
    edits: tuple[Edit, ...] = ()

    @property
    def is_reattributed(self) -> bool:
        """Whether its words are now somebody else's."""
        return self.before is not None and self.after is not None and _speaker(self.before) != _speaker(self.after)


def precedence(meeting: Meeting) -> tuple[int, int, datetime]:
    """Give the key by which versions of a report are put in order, whichever arrived first.

    A final publication comes after all interim ones, a corrected text after an uncorrected one, and among equals the
    time at which a version was made decides.
    """
    made = meeting.published_at or datetime.min.replace(tzinfo=UTC)
    return _PUBLICATIONS.index(meeting.publication), _STATUSES.index(meeting.status), made


def compare_versions(before: Meeting, after: Meeting) -> tuple[TurnChange, ...]:
    """Say what a later version of a report changed.

    Turns are known by their ids, which stay the same through all versions. Where paragraphs are cut counts for nothing.

    Args:
        before: The earlier version, by ``precedence``.
        after: The later version.

    Returns:
        The turns that are new, have other words or another speaker, in the order of ``after``; then those that are
        gone. A turn that is missing from a version that does not hold the whole meeting is not gone.

    Raises:
        OtherMeeting: They are of different meetings.
    """
    if before.id != after.id:
        message = f"these are reports of different meetings: {before.id} and {after.id}"
        raise OtherMeeting(message)
    earlier = {turn.id: turn for turn in before.turns}
    changes = [change for turn in after.turns if (change := _change(earlier.get(turn.id), turn)) is not None]
    if after.publication == "final" and after.status != "outline":
        present = {turn.id for turn in after.turns}
        changes += [TurnChange(turn, None) for turn in before.turns if turn.id not in present]
    return tuple(changes)


def _change(before: Turn | None, after: Turn) -> TurnChange | None:
    if before is None:
        return TurnChange(None, after)
    change = TurnChange(before, after, tuple(_edits(before, after)))
    return change if change.edits or change.is_reattributed else None


def _edits(before: Turn, after: Turn) -> Iterator[Edit]:
    old, new = before.text.split(), after.text.split()
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Edit(" ".join(old[old_start:old_end]), " ".join(new[new_start:new_end]))


def _speaker(turn: Turn) -> str:
    return turn.speaker_id or turn.name
