"""What becomes due to which chat: the rules of what is told at all, and the rows that say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.hours import told_at
from bot.watchwords import holds
from storage.articles import ArticleText
from storage.outbox import BELOW_LEVEL, SILENCED, NewDelivery, queue_all
from storage.silences import silent_places
from storage.subscriptions import Listener, Standing, listeners, standings

OLDEST_WORDS = timedelta(days=7)
"""Words that were said longer before their article than this enter silently: they are no news."""


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement that the article brought, or one of before that is news only now.

    Attributes:
        statement_id: Its number.
        person_id: The speaker.
        said_from: First day on which it can have been said; None where the text does not date it, or only
            says that it was before some day.
        said_to: Last day on which it can have been said; None where the text does not date it, which
            means that it was said at the article's own moment.
        content: The words.
        is_new: Whether nobody had it before.
        is_news: Whether it is news, whoever said it: a promise, an exclusion, or what two independent outlets
            carry within an hour.
    """

    statement_id: int
    person_id: str
    said_from: date | None
    said_to: date | None
    content: str = ""
    is_new: bool = True
    is_news: bool = False


@dataclass(frozen=True, slots=True)
class NewReversal:
    """A pair that was flagged with the article.

    Attributes:
        reversal_id: Its number.
        person_id: The speaker.
        later_said_to: Last day on which the later words can have been said; None as for a statement.
        content: The later words.
    """

    reversal_id: int
    person_id: str
    later_said_to: date | None
    content: str = ""


async def queue_alerts(
    session: AsyncSession,
    *,
    article: ArticleText,
    statements: Sequence[NewStatement],
    reversals: Sequence[NewReversal],
    moment: datetime,
    max_age: timedelta,
    hold: timedelta = timedelta(),
    story_id: int | None = None,
) -> int:
    """Make due what an article brought, to the chats that follow it now.

    Runs in the transaction that stores the statements, so that both are there or neither. A chat that
    follows later gets nothing of it. Nothing is told of a backfill, of an article older than
    ``max_age``, or of words said more than a week before their article. Each thing is due once to a chat or topic,
    however many of its subscriptions it matches; in its quiet hours, and while it is muted, at their end. What a
    chat follows at a level that leaves it out, and what belongs to a story that it silenced, is set aside for its
    digest.

    Args:
        session: The unit of work that stores the article's statements.
        article: The article.
        statements: Its new statements, and those that became news with it, in the order of the text.
        reversals: The new pairs.
        moment: Now.
        max_age: How long after its publication an article is still announced.
        hold: How long the pairs wait for a second opinion.
        story_id: The article's story; None where it has none.

    Returns:
        How many deliveries became due; the same article twice makes none the second time.
    """
    if not is_announced(article, moment, max_age):
        return 0
    news = list(_news(statements, reversals, article.published_on))
    if not news:
        return 0
    known = await standings(session, people={(item.person_id, item.day) for item in news})
    told = await listeners(session, person_ids={item.person_id for item in news}, standings=known.values())
    silent = set()
    if story_id is not None and told:
        chat_ids = {listener.chat_id for listener in told}
        silent = await silent_places(session, story_id=story_id, chat_ids=chat_ids, moment=moment)
    places: dict[tuple[int, int], list[Listener]] = {}
    for listener in told:
        places.setdefault((listener.chat_id, listener.topic_id), []).append(listener)
    deliveries = [
        delivery
        for item in news
        for place, theirs in places.items()
        if (about := [one for one in theirs if _is_about(one, item, known)])
        and (
            delivery := _delivery(
                item,
                about,
                article_id=article.article_id,
                moment=moment + hold if item.what == "reversal" else moment,
                is_silent=place in silent,
            )
        )
    ]
    return await queue_all(session, deliveries=deliveries)


def is_announced(article: ArticleText, moment: datetime, max_age: timedelta) -> bool:
    """Whether an article is told of at all: it is no backfill, and no older than ``max_age``."""
    return article.announce and moment - article.published_at <= max_age


@dataclass(frozen=True, slots=True)
class _Item:
    """Something that may be told, with the levels at which it is."""

    what: str
    what_id: int
    person_id: str
    day: date
    content: str
    levels: frozenset[str]
    is_new: bool = True


def _news(statements: Sequence[NewStatement], reversals: Sequence[NewReversal], published_on: date) -> Iterator[_Item]:
    for item in statements:
        if _is_open_to_the_past(item) or not _is_recent(item.said_to, published_on):
            continue
        levels = frozenset({"all", "news"} if item.is_news else {"all"})
        day = item.said_to or published_on
        yield _Item("statement", item.statement_id, item.person_id, day, item.content, levels, item.is_new)
    for pair in reversals:
        if _is_recent(pair.later_said_to, published_on):
            levels, day = frozenset({"all", "news", "turns"}), pair.later_said_to or published_on
            yield _Item("reversal", pair.reversal_id, pair.person_id, day, pair.content, levels)


def _delivery(
    item: _Item, about: Sequence[Listener], *, article_id: int, moment: datetime, is_silent: bool
) -> NewDelivery | None:
    """Give what is due to one place by its subscriptions that are about an item; None where nothing is to be kept."""
    wanting = [listener for listener in about if listener.level in item.levels]
    if not wanting and not (item.is_new and about[0].rules.has_digest):
        return None
    first = about[0]
    rules = first.rules
    passes_quiet = any(listener.passes_quiet for listener in wanting)
    due_at = told_at(
        moment,
        timezone=rules.timezone,
        quiet_from=rules.quiet_from,
        quiet_until=rules.quiet_until,
        muted_until=rules.muted_until,
        passes_quiet=passes_quiet,
    )
    return NewDelivery(
        chat_id=first.chat_id,
        topic_id=first.topic_id,
        what=item.what,
        what_id=item.what_id,
        article_id=article_id,
        due_at=due_at,
        set_aside=BELOW_LEVEL if not wanting else SILENCED if is_silent else None,
        passes_quiet=passes_quiet,
    )


def _is_about(listener: Listener, item: _Item, known: Mapping[tuple[str, date], Standing]) -> bool:
    subject, standing = listener.subject, known[item.person_id, item.day]
    match subject.kind:
        case "person":
            return subject.target == item.person_id
        case "person_word":
            return subject.target == item.person_id and holds(item.content, subject.words)
        case "word":
            return holds(item.content, subject.words)
        case "party":
            return subject.target in standing.parties
        case "role":
            return subject.target in standing.roles
        case _:
            return standing.is_in_government


def _is_open_to_the_past(statement: NewStatement) -> bool:
    """Whether nobody can tell how old the words are ("had eerder gezegd"): old words as news are the worst mistake."""
    return statement.said_to is not None and statement.said_from is None


def _is_recent(said_to: date | None, published_on: date) -> bool:
    return said_to is None or published_on - said_to <= OLDEST_WORDS
