"""What reviews come to: kinds of evidence that are pushed no longer, and labelled pairs to measure with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.reversals.trust import is_pushed
from storage.reviews import ReviewedPair, ReviewedSide, tallies

_LABELS = {
    "other-subject": "unrelated",
    "other-time-or-place": "unrelated",
    "condition": "elaboration",
    "not-own-view": "unrelated",
    "no-contradiction": "elaboration",
}
"""What a pair is that was rejected, by the reason. One with the wrong speaker says nothing of the comparison."""


async def quiet_kinds(session: AsyncSession, *, reviewers: Collection[int]) -> frozenset[str]:
    """Give the kinds of evidence that the installation's reviewers found wrong too often to be told by alerts.

    Args:
        session: A unit of work.
        reviewers: Ids of the users whose votes count.
    """
    by_kind = await tallies(session, reviewers=reviewers)
    return frozenset(kind for kind, tally in by_kind.items() if not is_pushed(tally.confirmed, tally.rejected))


def labelled(pairs: Sequence[ReviewedPair]) -> list[dict[str, Any]]:
    """Write reviewed pairs as a set of labelled pairs, the form that ``citaatwacht compare`` reads.

    Args:
        pairs: Pairs with the word that counts.

    Returns:
        ``id``, ``speaker``, ``earlier``, ``later``, ``label`` and ``why`` of each; those are left out that were
        rejected because of the wrong speaker.
    """
    return [
        {
            "id": f"V{pair.reversal_id}",
            "speaker": pair.person_id,
            "earlier": _side(pair.earlier),
            "later": _side(pair.later),
            "label": label,
            "why": pair.reason or "",
        }
        for pair in pairs
        if (label := pair.label if pair.verdict == "confirmed" else _LABELS.get(pair.reason or "")) is not None
    ]


def _side(side: ReviewedSide) -> dict[str, Any]:
    written = {"text": side.content, "date": side.said_on, "kind": side.kind}
    return written if side.cue is None else {**written, "cue": side.cue}
