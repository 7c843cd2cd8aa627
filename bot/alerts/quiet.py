"""What comes without a sound: corrections do not wait for the end of quiet hours, and wake nobody either."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.hours import told_at
from bot.messages.values import Message
from storage.records import ClaimRecord


def hushed(claim: ClaimRecord, message: Message, moment: datetime) -> Message:
    """Give a message without its sound where the chat wants none, is muted, or is in its quiet hours.

    Args:
        claim: The chat.
        message: What is sent.
        moment: Now.
    """
    opens_at = told_at(
        moment,
        timezone=claim.timezone,
        quiet_from=claim.quiet_from,
        quiet_until=claim.quiet_until,
        muted_until=claim.muted_until,
    )
    return replace(message, is_silent=message.is_silent or claim.is_silent or opens_at > moment)
