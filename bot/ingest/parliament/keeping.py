"""An account of a debate -> an article with a version for each change, whichever publication came first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.ingest.parliament.accounts import Account, AccountTurn, merged, text_of
from storage.articles import KeptArticle, keep_article
from storage.turns import KeptTurns, keep_turns, kept_turns


async def keep_account(
    session: AsyncSession, account: Account, *, source_id: str, url: str | None, announce: bool = True
) -> KeptArticle | None:
    """Keep what a publication brings of a debate.

    Args:
        session: A unit of work that writes.
        account: The debate as the publication has it.
        source_id: The source.
        url: Where a reader finds it.
        announce: Whether its statements may be pushed to chats.

    Returns:
        What came of it; None where nobody of the roster speaks, and nobody did before.
    """
    kept = await kept_turns(session, identity=account.identity)
    if kept is None and not account.turns:
        return None
    is_emptied = kept is not None and not kept.text and bool(kept.turns)
    turns = merged(_turns(kept) if kept is not None and not is_emptied else (), account)
    text, spans = text_of(turns)
    article = await keep_article(
        session,
        identity=account.identity,
        source_id=source_id,
        url=url,
        title=account.title,
        text=text,
        published_at=account.began,
        announce=announce,
        is_cut_short=is_emptied and not account.is_whole,
    )
    rows = [_row(turn, span) for turn, span in zip(turns, spans, strict=True)]
    is_uncorrected = any(turn.is_uncorrected for turn in turns)
    has_others = await keep_turns(
        session, article_id=article.article_id, turns=rows, is_uncorrected=is_uncorrected, announce=announce
    )
    return replace(article, is_changed=article.is_changed or has_others)


def _turns(kept: KeptTurns) -> list[AccountTurn]:
    return [_turn(row, kept.text[row["start"] : row["end"]]) for row in kept.turns]


def _turn(row: dict[str, Any], text: str) -> AccountTurn:
    publication, status, made = row["rank"]
    return AccountTurn(
        id=row["id"],
        person_id=row["person_id"],
        surface=row["surface"],
        text=text,
        began=row["began"],
        as_member=row["as_member"],
        is_uncorrected=row["is_uncorrected"],
        rank=(publication, status, made),
    )


def _row(turn: AccountTurn, span: tuple[int, int]) -> dict[str, Any]:
    start, end = span
    return {
        "id": turn.id,
        "person_id": turn.person_id,
        "surface": turn.surface,
        "start": start,
        "end": end,
        "began": turn.began,
        "as_member": turn.as_member,
        "is_uncorrected": turn.is_uncorrected,
        "rank": list(turn.rank),
    }
