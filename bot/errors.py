"""The root of our exceptions: one family per room hangs below it."""

from __future__ import annotations


class CitaatwachtError(Exception):
    """Something failed for a reason that a person can read and act on."""
