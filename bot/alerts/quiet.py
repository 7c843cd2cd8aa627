"""What quiet hours and a mute mean when something is sent: alerts wait for their end, and the rest wakes nobody.

Both counted already when an alert became due. It may have been put back since, into hours that are quiet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.hours import told_at
from bot.messages.values import Message
from storage.records import ClaimRecord, DueRecord


def waits_until(claim: ClaimRecord, delivery: DueRecord, moment: datetime) -> datetime:
    """Give the moment from which an alert may be sent; ``moment`` where that is now.

    Args:
        claim: The chat.
        delivery: A statement or a reversal that is due to it.
        moment: Now.
    """
    return _told_at(claim, moment, passes_quiet=delivery.passes_quiet)


def hushed(claim: ClaimRecord, message: Message, moment: datetime) -> Message:
    """Give a message without its sound where the chat wants none, is muted, or is in its quiet hours.

    Args:
        claim: The chat.
        message: What is sent.
        moment: Now.
    """
    return replace(message, is_silent=message.is_silent or claim.is_silent or _told_at(claim, moment) > moment)


def _told_at(claim: ClaimRecord, moment: datetime, *, passes_quiet: bool = False) -> datetime:
    return told_at(
        moment,
        timezone=claim.timezone,
        quiet_from=claim.quiet_from,
        quiet_until=claim.quiet_until,
        muted_until=claim.muted_until,
        passes_quiet=passes_quiet,
    )
