"""The texts that an article has had, as far as a later one is held against them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.tables import Article, ArticleVersion


@dataclass(frozen=True, slots=True)
class WholeVersion:
    """The last version of an article that was not cut short.

    Attributes:
        content_hash: The hash of its text, which is kept for good.
        text: Its text; empty once it was kept long enough.
    """

    content_hash: str
    text: str

    def has_text(self, text: str) -> bool:
        """Whether a text is this version's, which can be told of one that was emptied too."""
        return self.content_hash == hash_of_text(text)


async def whole_version(session: AsyncSession, *, identity: str) -> WholeVersion | None:
    """Give the last version of an article that was not cut short; None where there is none."""
    wanted = (
        select(ArticleVersion.content_hash, ArticleVersion.text)
        .join(Article, col(Article.id) == col(ArticleVersion.article_id))
        .where(col(Article.identity) == identity, ~col(ArticleVersion.is_cut_short))
        .order_by(col(ArticleVersion.number).desc())
        .limit(1)
    )
    found = (await session.exec(wanted)).first()
    return None if found is None else WholeVersion(*found)


def hash_of_text(text: str) -> str:
    """Give the hash under which a version's text is known; a page laid out anew is another text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
