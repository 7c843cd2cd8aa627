"""What of an article is known: from its own earlier versions, from articles of the same text, and from any other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.comparing import Comparison
from bot.ingest.values import Signature
from bot.ingest.wire import copies_among
from bot.twins import Said, Twins
from bot.versions import Found, Span, corrected
from storage import articles, statements, wire
from storage.articles import ArticleText
from storage.statements import CarriedWords, SaidWords

COPIES_REACH = timedelta(days=7)
"""How far apart copies of one text are dated at most: agencies' texts live for days, and outlets date them anew."""


NO_SIGNATURE = Signature("", 0, ())
"""That of an article without statements: nothing of it can be a copy."""


class Recognition:
    """What is known of an article; ``look`` may be called again for what others stored since.

    Attributes:
        twins: Which of its statements are known.
        own: What its earlier versions carried and was not withdrawn.
        copies: Articles that carry the same text.
    """

    def __init__(self, article: ArticleText, signature: Signature, said: Sequence[Said]) -> None:
        """Describe the article.

        Args:
            article: The article, with its current text.
            signature: Of that text.
            said: Its statements, in the order of the text.
        """
        self.twins = Twins(said)
        self.own: list[CarriedWords] = []
        self.copies: set[int] = set()
        self._article, self._signature, self._said = article, signature, said
        self._weighed: set[int] = set()

    async def look(self, session: AsyncSession) -> None:
        """Meet what is stored.

        What a copy carries is the same words on the same occasion, however the two are dated; so is what an earlier
        version carried. Other articles must be near in time.
        """
        if not self._said and self._article.version_number == 1:
            return
        await self._find_copies(session)
        carried = await statements.carried(session, article_ids=[self._article.article_id, *sorted(self.copies)])
        self.own = [row for row in carried if row.article_id == self._article.article_id]
        near = await statements.around(session, spans=self.twins.spans())
        await asyncio.to_thread(self._meet, carried, near)

    def _meet(self, carried: Sequence[CarriedWords], near: Sequence[SaidWords]) -> None:
        """Hold the article's words against others; a debate's against a debate's take a while."""
        self.twins.meet(self.own, on_any_day=True)
        self.twins.meet(carried, on_any_day=True)
        self.twins.meet(near)

    async def corrected(self, session: AsyncSession, places: Mapping[str, Span]) -> dict[str, int]:
        """Tell which unknown statements are those of an earlier version, corrected where they stand.

        Args:
            session: A unit of work.
            places: Where each statement stands, by its key: code points, end exclusive.

        Returns:
            The number of the old statement by the key of the new one.
        """
        known = set(self.twins.stored.values())
        gone = [row for row in self.own if row.id not in known]
        found = [
            Found(said.key, said.person_id, said.words, *places[said.key])
            for said in self._said
            if not self.twins.is_known(said.key)
        ]
        if not gone or not found:
            return {}
        result: dict[str, int] = {}
        for number in sorted({row.version_number for row in gone}):
            before = await articles.text_of_version(session, article_id=self._article.article_id, number=number)
            carried = [row for row in gone if row.version_number == number and row.id not in result.values()]
            left = [new for new in found if new.key not in result]
            result |= await asyncio.to_thread(corrected, before, self._article.text, carried, left)
        return result

    def without_own(self, comparison: Comparison) -> Comparison:
        """Leave out what an earlier version carried: that is no earlier word of the speaker's, but this article's."""
        own = {str(row.id) for row in self.own}
        others = tuple(noted for noted in comparison.others if noted.utterance.id not in own)
        return replace(comparison, others=others)

    async def keep_signature(self, session: AsyncSession) -> None:
        """Keep the article's bands, for its copies to come."""
        await wire.keep_bands(
            session,
            article_id=self._article.article_id,
            scheme=self._signature.scheme,
            seed=self._signature.seed,
            bands=self._signature.bands,
        )

    async def _find_copies(self, session: AsyncSession) -> None:
        candidates = await wire.sharing_bands(
            session,
            article_id=self._article.article_id,
            scheme=self._signature.scheme,
            seed=self._signature.seed,
            bands=self._signature.bands,
            first=self._article.published_at - COPIES_REACH,
            last=self._article.published_at + COPIES_REACH,
        )
        unweighed = [number for number in candidates if number not in self._weighed]
        if not unweighed:
            return
        texts = await wire.texts_of(session, article_ids=unweighed)
        self._weighed.update(unweighed)
        self.copies |= await asyncio.to_thread(copies_among, self._article.text, texts)
