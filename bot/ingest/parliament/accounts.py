"""A meeting or a transcript -> one account for each debate in it: the turns of people in the roster. Pure.

An interim publication may hold only a part of a meeting, and publications may arrive in any order. So versions are
kept for each turn: of a turn that two publications hold the later one counts, and only a final publication that could
be read in full takes away turns that it does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.ingest.parliament.report import ZONE
from bot.ingest.parliament.values import Meeting, Turn
from bot.ingest.parliament.versions import precedence

GAP = "\n\n"
"""What parts two turns in the text of an account."""

PersonOf = Callable[[Turn, date], str | None]
"""Who of the roster speaks a turn on a day, such as ``speaking.Speakers.person_of``."""

Rank = tuple[int, int, str]
"""Which publication a turn is from: a later one has the higher rank (see ``versions.precedence``)."""

FINAL = 2
"""The first number of a final publication's rank."""


@dataclass(frozen=True, slots=True)
class AccountTurn:
    """A turn of somebody in the roster.

    Attributes:
        id: The source's own id, the same in all versions.
        person_id: Who speaks.
        surface: How the source names the speaker.
        text: What was said, paragraphs split by an empty line.
        began: When it began, ISO 8601 in UTC; empty where the source does not say.
        as_member: Whether it was said as a member of parliament.
        is_uncorrected: Whether the speaker may still correct it.
        rank: The publication that it is from.
    """

    id: str
    person_id: str
    surface: str
    text: str
    began: str
    as_member: bool
    is_uncorrected: bool
    rank: Rank


@dataclass(frozen=True, slots=True)
class Account:
    """What a publication holds of one debate.

    Attributes:
        identity: What tells the debate apart, whatever its versions say.
        title: What it was about.
        held_on: The day, in the Netherlands.
        began: When it began, in UTC.
        turns: The turns of people in the roster, in order; it may have none any more.
        rank: The publication.
        faults: What of the publication could not be read, in sentences for the log.
    """

    identity: str
    title: str
    held_on: date
    began: datetime
    turns: tuple[AccountTurn, ...]
    rank: Rank
    faults: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether what it does not hold was not said."""
        return self.rank[0] == FINAL and not self.faults


def accounts_of_meeting(meeting: Meeting, person_of: PersonOf) -> list[Account]:
    """Read a report: one account for each activity in which somebody of the roster speaks.

    An activity that is taken up again later in the meeting is one still; one without an id goes by its topic.

    Args:
        meeting: A version of its report.
        person_of: Who speaks a turn.

    Returns:
        The accounts in the order of the meeting; of a final report also those without such turns, since an earlier
        version may have had some. A report without its text yet gives none.
    """
    if meeting.status == "outline":
        return []
    rank = _rank(meeting)
    spoken: dict[str, list[Turn]] = {}
    for turn in meeting.turns:
        spoken.setdefault(turn.activity_id or turn.topic, []).append(turn)
    accounts = []
    for activity, turns in spoken.items():
        known = tuple(_known(turns, person_of, meeting.held_on, rank, meeting.status != "corrected"))
        if known or rank[0] == FINAL:
            began = min((turn.began for turn in turns if turn.began), default=_noon(meeting.held_on))
            title = turns[0].topic or meeting.title
            identity = f"tweedekamer:{meeting.id}:{activity}"
            accounts.append(Account(identity, title, meeting.held_on, began, known, rank, meeting.faults))
    return accounts


def account_of_transcript(
    turns: Sequence[Turn], person_of: PersonOf, *, identity: str, title: str, held_at: datetime
) -> Account:
    """Read a transcript: one account, and always the whole of it.

    Args:
        turns: What ``transcript.read_transcript`` gave.
        person_of: Who speaks a turn.
        identity: What tells it apart.
        title: Its title.
        held_at: When it was spoken, in UTC.
    """
    held_on = held_at.astimezone(ZoneInfo(ZONE)).date()
    rank = (FINAL, 0, "")
    return Account(identity, title, held_on, held_at, tuple(_known(turns, person_of, held_on, rank, False)), rank)


def merged(kept: Sequence[AccountTurn], account: Account) -> tuple[AccountTurn, ...]:
    """Bring what is kept of a debate up to date with one more publication, whichever came out first.

    Args:
        kept: The turns that are kept.
        account: The publication.

    Returns:
        The turns in the order in which they were spoken.
    """
    newest = {turn.id: turn for turn in kept}
    final = max((turn.rank for turn in kept if turn.rank[0] == FINAL), default=None)
    for turn in account.turns:
        earlier = newest.get(turn.id)
        if (earlier is None and (final is None or final < turn.rank)) or (earlier and earlier.rank <= turn.rank):
            newest[turn.id] = turn
    if account.is_whole:
        held = {turn.id for turn in account.turns}
        newest = {name: turn for name, turn in newest.items() if name in held or turn.rank > account.rank}
    order = {turn.id: number for number, turn in enumerate(account.turns)}
    return tuple(sorted(newest.values(), key=lambda turn: (turn.began, order.get(turn.id, -1))))


def text_of(turns: Iterable[AccountTurn]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Give the text of turns, and where each of them stands in it: code points, end exclusive."""
    spans, position, texts = [], 0, []
    for turn in turns:
        spans.append((position, position + len(turn.text)))
        position += len(turn.text) + len(GAP)
        texts.append(turn.text)
    return GAP.join(texts), tuple(spans)


def _known(
    turns: Iterable[Turn], person_of: PersonOf, held_on: date, rank: Rank, is_uncorrected: bool
) -> Iterable[AccountTurn]:
    for turn in turns:
        person_id = person_of(turn, held_on)
        if person_id is not None:
            yield AccountTurn(
                id=turn.id,
                person_id=person_id,
                surface=turn.name,
                text=turn.text,
                began=turn.began.astimezone(UTC).isoformat() if turn.began else "",
                as_member=turn.role == "member",
                is_uncorrected=is_uncorrected,
                rank=rank,
            )


def _rank(meeting: Meeting) -> Rank:
    publication, status, made = precedence(meeting)
    return publication, status, made.astimezone(UTC).isoformat()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(ZONE)).astimezone(UTC)
