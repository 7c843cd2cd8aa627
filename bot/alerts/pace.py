"""How fast messages may go: a lane for each chat, and one limit over all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Gives the present moment; another one than the real one where a past is replayed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Telegram's limits for bots, and ours for one claim.

    Attributes:
        chat_pause: Least time between two messages to one chat.
        group_per_minute: Most messages to one group or channel within a minute.
        overall_per_second: Most messages to all chats together within a second.
        lanes: How many chats are served at the same time, so that the pause within each does not slow down all,
            and one that hangs does not stop the rest.
        answer_timeout: How long Telegram gets to answer; what takes longer may come twice. Less than the
            grace that the process has for stopping.
        first_pause: Pause after a first failure; doubled with each further one.
        longest_pause: Longest pause between two attempts.
        lease: How long a claim holds. It is longer than sending one message can take with every time
            limit reached, so that no other sender takes up what is still in hand.
    """

    chat_pause: timedelta = timedelta(seconds=1)
    group_per_minute: int = 20
    overall_per_second: int = 30
    lanes: int = 30
    answer_timeout: timedelta = timedelta(seconds=15)
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(minutes=15)
    lease: timedelta = timedelta(minutes=5)


class Lanes:
    """Knows from the messages of the last minute, and those on their way, when the next one may go.

    A message counts from the moment that Telegram answered, and until then as one on its way: its
    arrival lies between, so that the limits hold where Telegram measures them. What storage remembers
    of the last minute is noted first, so that a restart does not break them.
    """

    def __init__(self, pace: Pace) -> None:
        """Start with every lane open.

        Args:
            pace: The limits.
        """
        self._pace = pace
        self._by_chat: dict[int, deque[datetime]] = {}
        self._closed: dict[int, datetime] = {}
        self._overall: deque[datetime] = deque()
        self._on_their_way = 0

    def opens_at(self, chat_id: int, now: datetime) -> datetime:
        """Give the moment from which a message may go to a chat; not before ``now``."""
        self._forget(now)
        return max(now, self._lane_opens_at(chat_id, now), self._all_open_at(now))

    def pause(self, chat_id: int, now: datetime) -> timedelta:
        """Give how long a message to a chat must wait; nothing if it may go."""
        return self.opens_at(chat_id, now) - now

    def start(self) -> None:
        """Count a message that goes now."""
        self._on_their_way += 1

    def finish(self, chat_id: int, moment: datetime) -> None:
        """Count a message that was answered, whatever the answer: Telegram counts refused ones too."""
        self._on_their_way -= 1
        self.note(chat_id, moment)

    def note(self, chat_id: int, moment: datetime) -> None:
        """Write down that a message went to a chat; in order of time."""
        self._by_chat.setdefault(chat_id, deque()).append(moment)
        self._overall.append(moment)

    def close(self, chat_id: int, until: datetime) -> None:
        """Let nothing go to a chat until then, because Telegram said so or did not answer."""
        self._closed[chat_id] = until

    def closed(self, now: datetime, *, beyond: timedelta) -> frozenset[int]:
        """Give the chats that were closed, and those whose lanes stay so for longer than ``beyond``.

        A closed chat is left alone to the last moment: what was put back comes due at that moment, and
        younger deliveries must not overtake it.
        """
        self._forget(now)
        full = (chat_id for chat_id in self._by_chat if self._lane_opens_at(chat_id, now) > now + beyond)
        return frozenset((*self._closed, *full))

    def _lane_opens_at(self, chat_id: int, now: datetime) -> datetime:
        moments = [now, self._closed.get(chat_id, now)]
        lane = self._by_chat.get(chat_id)
        if lane:
            moments.append(lane[-1] + self._pace.chat_pause)
            # Groups and channels have negative ids.
            if chat_id < 0 and len(lane) >= self._pace.group_per_minute:
                moments.append(lane[-self._pace.group_per_minute] + _MINUTE)
        return max(moments)

    def _all_open_at(self, now: datetime) -> datetime:
        room = self._pace.overall_per_second - self._on_their_way
        if room <= 0:
            return now + _GLANCE
        return self._overall[-room] + _SECOND if len(self._overall) >= room else now

    def _forget(self, now: datetime) -> None:
        while self._overall and self._overall[0] <= now - _SECOND:
            self._overall.popleft()
        for chat_id, lane in list(self._by_chat.items()):
            while lane and lane[0] <= now - _MINUTE:
                lane.popleft()
            if not lane:
                del self._by_chat[chat_id]
        self._closed = {chat_id: until for chat_id, until in self._closed.items() if until > now}


def utc_now() -> datetime:
    """Give the real present moment."""
    return datetime.now(UTC)


_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_GLANCE = timedelta(milliseconds=20)
