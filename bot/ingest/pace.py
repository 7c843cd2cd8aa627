"""How long to wait before a source is asked again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

LONGEST_WAIT = timedelta(days=1)
"""The longest wait, whatever a server asks and however often it failed: no source is ever dropped silently."""

QUICKEN, SLACKEN = 0.5, 1.25
"""What the interval is multiplied by after news and after none.

With these it settles where one poll in four brings news, a bit over a quarter of the time between two articles.
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """Between which bounds intervals adapt to how often a source has news.

    Attributes:
        least: The shortest interval, and the first.
        most: The longest that an interval grows to by itself; one under ``least`` counts as that.
    """

    least: timedelta
    most: timedelta

    def after_success(self, last: timedelta | None, *, has_news: bool, has_more: bool) -> timedelta:
        """Give the next interval.

        Args:
            last: The interval before this poll; None for a first poll.
            has_news: Whether this poll brought articles.
            has_more: Whether it left articles for the next.

        Returns:
            The interval, within the bounds.
        """
        if last is None or has_more:
            return self.least
        return max(self.least, min(last * (QUICKEN if has_news else SLACKEN), self.most))

    def after_failures(self, failures: int) -> timedelta:
        """Give the wait after so many failures in a row: doubled with each, up to a day."""
        # Twenty doublings of a second are twelve days; more would only overflow.
        return min(self.least * 2.0 ** min(failures, 20), LONGEST_WAIT)


def at_least(interval: timedelta, *asked: timedelta | None) -> timedelta:
    """Give the interval, or the longest that the other side asked for, but never more than a day."""
    return min(max(interval, *(span for span in asked if span is not None), timedelta()), LONGEST_WAIT)
