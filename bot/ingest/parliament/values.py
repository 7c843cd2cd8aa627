"""The plain values that reports and transcripts are read into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Role = Literal["minister", "state_secretary", "member", "other"]
"""In which quality somebody speaks, as the report has it; ``other`` where it names none of these."""

Status = Literal["outline", "uncorrected", "corrected"]
"""How far a report is: without its text yet ("Casco"), as typed, or corrected (or rectified later)."""

Publication = Literal["early", "interim", "final"]
"""What part a report holds: what was before the meeting, what there is so far, or the whole meeting."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person said without another taking over.

    Attributes:
        id: The report's own id, the same in all its versions; for a transcript, the turn's number in it.
        speaker_id: The Chamber's id of the speaker; None in a transcript.
        name: The speaker's name as one would write it ("Tom van der Veen"), the surname alone where that is
            all there is.
        role: In which quality.
        office: The office as the source words it ("minister van Visserij"); empty without one.
        party: The party that the source gives; empty without one.
        is_chair: Whether the speaker presides at that moment.
        is_interruption: Whether it stands inside another's turn.
        activity_id: The debate or other part of the meeting that it belongs to; empty in a transcript.
        topic: What is debated; empty where the source does not say.
        began: When the turn began, in UTC; None where the source does not say.
        ended: When it ended, in UTC; None where the source does not say.
        paragraphs: What was said, without the label that repeats the speaker's name; never empty.
    """

    id: str
    speaker_id: str | None
    name: str
    role: Role
    office: str
    party: str
    is_chair: bool
    is_interruption: bool
    activity_id: str
    topic: str
    began: datetime | None
    ended: datetime | None
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraphs, split by an empty line."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One version of the report of one meeting.

    Attributes:
        id: The Chamber's id of the meeting, the same in all versions of its report.
        title: Its title; empty without one.
        kind: "Plenair", "Commissie" and so on, as the report has it.
        held_on: The day of the meeting, in the Netherlands.
        status: How far the report is.
        publication: What part of the meeting it holds.
        published_at: When this version was made, in UTC; None where it does not say.
        turns: The turns that have text, in the order of the meeting.
        faults: What of the report could not be read, in sentences for the log.
    """

    id: str
    title: str
    kind: str
    held_on: date
    status: Status
    publication: Publication
    published_at: datetime | None
    turns: tuple[Turn, ...]
    faults: tuple[str, ...] = ()
