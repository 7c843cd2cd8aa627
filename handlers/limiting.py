"""How much one user may ask: a burst, and then no more than the bot answers with ease."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

BURST = 20
"""Commands that a user may give at once; so many drain away within a minute."""

PRESS = 1 / 3
"""What a pressed button counts for: pages are leafed through faster than commands are typed."""

_DRAIN = BURST / 60.0
_MOST_KEPT = 10_000

Word = Literal["yes", "say_so", "no"]


@dataclass(slots=True)
class _Bucket:
    level: float
    moment: float
    is_over: bool = False


class Limiter:
    """A bucket for each user, which commands fill and time drains.

    When it runs over, that is said once, and nothing more is answered until it has drained: a program that asks
    without end gets one answer, and a person waits a minute at most. A restart empties the buckets.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with empty buckets.

        Args:
            clock: Gives seconds that only go up.
        """
        self._clock = clock
        self._buckets: dict[int, _Bucket] = {}

    def ask(self, sender_id: int, cost: float = 1.0) -> Word:
        """Take note that somebody asks something.

        Args:
            sender_id: Who: a user, or the chat in whose name somebody writes.
            cost: What it counts for.

        Returns:
            ``yes`` where it is to be answered, ``say_so`` where it was one too many and that is to be said, ``no``
            where it was said already.
        """
        now = self._clock()
        bucket = self._buckets.setdefault(sender_id, _Bucket(0.0, now))
        bucket.level = max(0.0, bucket.level - (now - bucket.moment) * _DRAIN)
        bucket.moment = now
        if bucket.is_over and bucket.level > 0:
            return "no"
        bucket.is_over = bucket.level + cost > BURST
        if bucket.is_over:
            return "say_so"
        bucket.level += cost
        if len(self._buckets) > _MOST_KEPT:
            self._forget(now)
        return "yes"

    def _forget(self, now: float) -> None:
        """Throw the buckets away that have drained."""
        self._buckets = {
            sender_id: bucket
            for sender_id, bucket in self._buckets.items()
            if bucket.level > (now - bucket.moment) * _DRAIN
        }
