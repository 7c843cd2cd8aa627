"""What is told to one chat beside its alerts: a question to administrators, or what came of something it asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.messages import admission, appointing, correcting
from bot.messages.beginning import joined_group
from bot.messages.reader import Reader
from bot.messages.sources import operator_notice
from bot.messages.values import Message


def notice(reader: Reader, what: str, detail: Mapping[str, Any]) -> Message | None:
    """Write a notice.

    Args:
        reader: For whom.
        what: Its kind, as it was queued.
        detail: What it tells of.

    Returns:
        The message; None for a kind that this version does not know.
    """
    match what:
        case "admission":
            return admission.question(
                reader,
                int(detail["chat_id"]),
                str(detail["title"]),
                is_group=bool(detail["is_group"]),
                asked_by=str(detail["asked_by"]),
            )
        case "admission_decided":
            outcome = admission.outcome(reader, is_admitted=bool(detail["is_admitted"]))
            # A group that was just let in is greeted as any other.
            first_steps = joined_group(reader).buttons if detail["is_admitted"] and reader.is_group else ()
            return Message(outcome, first_steps)
        case "succession":
            return appointing.succession(reader, detail)
        case "objection":
            return correcting.question(reader, detail)
        case "objection_decided":
            return correcting.outcome(reader, detail)
    return operator_notice(reader, what, detail)
