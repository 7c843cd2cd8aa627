"""How fast messages may go: a lane for each chat, and one limit over all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """Telegram's limits for bots, and ours for one claim.

    Attributes:
        chat_pause: Least time between two messages to one chat.
        group_per_minute: Most messages to one group or channel within a minute.
        overall_per_second: Most messages to all chats together within a second.
        lanes: How many chats are served at the same time, so that one that hangs does not stop the rest.
        first_pause: Pause after a first failure; doubled with each further one.
        longest_pause: Longest pause between two attempts.
        lease: How long a claim holds. It is longer than sending one message can take with every time
            limit reached, so that no other sender takes up what is still in hand.
    """

    chat_pause: timedelta = timedelta(seconds=1)
    group_per_minute: int = 20
    overall_per_second: int = 30
    lanes: int = 4
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(minutes=15)
    lease: timedelta = timedelta(minutes=5)


class Lanes:
    """Knows from the messages of the last minute when the next one may go.

    It starts from what storage remembers of them, so that a restart does not break the limits.
    """

    def __init__(self, pace: Pace, sent: Iterable[tuple[int, datetime]] = ()) -> None:
        """Start with the messages that were sent within the last minute.

        Args:
            pace: The limits.
            sent: Chat and moment of each, oldest first.
        """
        self._pace = pace
        self._by_chat: dict[int, deque[datetime]] = {}
        self._overall: deque[datetime] = deque()
        for chat_id, moment in sent:
            self.note(chat_id, moment)

    def opens_at(self, chat_id: int, now: datetime) -> datetime:
        """Give the moment from which a message may go to a chat; not before ``now``."""
        self._forget(now)
        moments = [now]
        lane = self._by_chat.get(chat_id)
        if lane:
            moments.append(lane[-1] + self._pace.chat_pause)
            if chat_id < 0 and len(lane) >= self._pace.group_per_minute:
                moments.append(lane[-self._pace.group_per_minute] + _MINUTE)
        if len(self._overall) >= self._pace.overall_per_second:
            moments.append(self._overall[-self._pace.overall_per_second] + _SECOND)
        return max(moments)

    def note(self, chat_id: int, moment: datetime) -> None:
        """Write down that a message goes to a chat; failed attempts count too, as they do with Telegram."""
        self._by_chat.setdefault(chat_id, deque()).append(moment)
        self._overall.append(moment)

    def closed(self, now: datetime, *, beyond: timedelta) -> frozenset[int]:
        """Give the chats whose lanes stay closed for longer than ``beyond``."""
        self._forget(now)
        return frozenset(chat_id for chat_id in list(self._by_chat) if self.opens_at(chat_id, now) > now + beyond)

    def _forget(self, now: datetime) -> None:
        while self._overall and self._overall[0] <= now - _SECOND:
            self._overall.popleft()
        for chat_id, lane in list(self._by_chat.items()):
            while lane and lane[0] <= now - _MINUTE:
                lane.popleft()
            if not lane:
                del self._by_chat[chat_id]


_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
