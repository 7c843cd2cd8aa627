"""What can go wrong with a judge; whichever it is, the rules alone decide."""

from __future__ import annotations

from bot.errors import CitaatwachtError


class JudgeError(CitaatwachtError):
    """A judge gave no word that can be used."""


class JudgeMissing(JudgeError):
    """A judge is set that cannot be opened: a file, a package or a part of its settings is missing."""


class JudgeTooSlow(JudgeError):
    """There was no word within the time that a flag waits."""


class JudgeUnreachable(JudgeError):
    """No answer came: no connection, too busy, or out of order. Another attempt may succeed."""


class JudgeRefused(JudgeError):
    """The endpoint will not answer this request, however often it is asked."""


class BadAnswer(JudgeError):
    """An answer came that is not of the agreed form, so that nothing in it counts."""


class BudgetSpent(JudgeError):
    """The day's calls are used up."""
