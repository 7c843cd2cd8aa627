"""What came of an article, written down: its statements, what it withdraws, and the pairs that are told."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.due import NewReversal, NewStatement
from bot.comparing import Finding, Told
from bot.corroboration import corroborated
from bot.ingest.copies import content_key
from bot.recognition import Recognition
from bot.reversals import Verdict
from bot.reversals.trust import kind_of
from storage import statements, withdrawals
from storage.articles import ArticleText
from storage.statements import Place
from storage.turns import keep_wordings

LONGEST_TURN = 2000
"""Characters of a turn that are kept beside each of its statements; of a longer one it is the paragraph."""


@dataclass(frozen=True, slots=True)
class ToldPair:
    """A pair that is told, or that a judge may look at, with its speaker and the day of its later words."""

    pair: Told
    person_id: str
    later_said_on: date | None
    later_words: str

    @property
    def verdict(self) -> Verdict:
        """What is made of the two."""
        return self.pair.verdict


@dataclass(frozen=True, slots=True)
class Flag:
    """A pair that was flagged for the first time, and its kind of evidence."""

    queued: NewReversal
    kind: str


@dataclass(slots=True)
class Kept:
    """The numbers of an article's statements by their keys.

    ``new`` were not known before, ``again`` were withdrawn and count again; ``corrected`` stand in the place of
    others, whose numbers it holds.
    """

    ids: dict[str, int] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    corrected: dict[int, int] = field(default_factory=dict)


async def keep_statements(
    session: AsyncSession, article: ArticleText, findings: Sequence[Finding], recognition: Recognition
) -> Kept:
    """Keep what an article carries: statements that nobody knew, and where each stands in this version.

    Args:
        session: The transaction that keeps the article; its speakers are locked in it.
        article: The article, in the version that was read.
        findings: What was found in it.
        recognition: What is known of it, looked at in the same transaction.

    Returns:
        The numbers that the statements have now.
    """
    twins = recognition.twins
    corrected = await recognition.corrected(session, {f.key: (f.statement.start, f.statement.end) for f in findings})
    unknown = [finding for finding in findings if not twins.is_known(finding.key)]
    rows = await statements.keep_statements(session, statements=[_row(finding, article) for finding in unknown])
    kept = Kept(
        new={row.statement_id for row in rows if row.is_new}, again={row.statement_id for row in rows if not row.is_new}
    )
    kept.ids = {finding.key: row.statement_id for finding, row in zip(unknown, rows, strict=True)}
    kept.corrected = {kept.ids[key]: old_id for key, old_id in corrected.items()}
    for finding in findings:
        key = finding.key
        kept.ids[key] = twins.stored.get(twins.original(key)) or kept.ids[twins.original(key)]
    await statements.keep_mentions(
        session,
        article_id=article.article_id,
        version_number=article.version_number,
        places=[Place(kept.ids[f.key], f.statement.start, f.statement.end) for f in findings],
    )
    if article.turns is not None:
        await keep_wordings(
            session, article_id=article.article_id, version_number=article.version_number, text=article.text
        )
    return kept


async def withdraw(session: AsyncSession, article: ArticleText, kept: Kept) -> set[int]:
    """Withdraw what the version no longer carries; give the statements that are told to be gone, or corrected."""
    old = sorted(kept.corrected.values())
    withdrawn = await statements.withdraw_missing_mentions(
        session,
        article_id=article.article_id,
        version_number=article.version_number,
        # What is cut short withdraws nothing but the words that it shows to be others now.
        statement_ids=old if article.is_cut_short else None,
    )
    return {*withdrawn, *old}


async def tell_changes(
    session: AsyncSession, article: ArticleText, kept: Kept, gone: AbstractSet[int], moment: datetime
) -> None:
    """Queue what became of statements that chats were told of; corrected words are told as that alone.

    A backfill tells nobody: it may hold an older version than the one that was told of.
    """
    if gone:
        await withdrawals.keep_rewordings(
            session,
            article_id=article.article_id,
            version_number=article.version_number,
            old_by_new=kept.corrected,
        )
    if not article.announce:
        return
    if gone:
        await withdrawals.queue_withdrawals(session, statement_ids=gone, article_id=article.article_id, moment=moment)
        await withdrawals.spare_the_told(session, old_by_new=kept.corrected)
    again = kept.again - kept.corrected.keys()
    if again:
        await withdrawals.take_back_withdrawals(session, statement_ids=again, moment=moment)


async def keep_reversal(session: AsyncSession, told: ToldPair, kept: Kept) -> Flag | None:
    """Keep a pair that was flagged; give it where it is to be told.

    Args:
        session: The transaction that keeps the article.
        told: The pair.
        kept: What ``keep_statements`` gave.

    Returns:
        None where the pair was flagged before, also with words that are only corrected now, or where its two sides
        turn out to be one statement.
    """
    verdict = told.verdict
    kind = kind_of(verdict.evidence, is_from_source=told.pair.is_from_source)
    earlier_id, later_id = numbers_of(verdict, kept)
    if earlier_id == later_id:
        return None
    was_told = later_id in kept.corrected and await statements.is_pair(
        session, earlier_id=earlier_id, later_id=kept.corrected[later_id]
    )
    row = await statements.keep_reversal(
        session,
        person_id=told.person_id,
        earlier_id=earlier_id,
        later_id=later_id,
        label=verdict.label,
        score=verdict.score,
        evidence=[asdict(item) for item in verdict.evidence],
        doubts=list(verdict.doubts),
        kind=kind,
        is_from_source=told.pair.is_from_source,
        other_days=told.pair.other_days,
    )
    return (
        Flag(NewReversal(row.reversal_id, told.person_id, told.later_said_on, told.later_words), kind)
        if row.is_new and not was_told
        else None
    )


async def announced(
    session: AsyncSession, article: ArticleText, findings: Sequence[Finding], kept: Kept, *, min_confidence: float
) -> list[NewStatement]:
    """Tell what of an article chats may hear of.

    Args:
        session: The transaction that keeps the article.
        article: The article.
        findings: What was found in it.
        kept: What ``keep_statements`` gave.
        min_confidence: Less sure ones are told to nobody.

    Returns:
        What the article brought, and what others brought before and is news now that it carries it too.
    """
    sure: dict[int, Finding] = {}
    for finding in findings:
        if finding.statement.confidence >= min_confidence:
            sure.setdefault(kept.ids[finding.key], finding)
    shared = await corroborated(session, article_id=article.article_id, statement_ids=sure.keys() - kept.new)
    return [
        NewStatement(
            statement_id=statement_id,
            person_id=finding.speaker,
            said_from=finding.statement.said_from,
            said_to=finding.statement.said_to,
            content=finding.statement.content,
            is_new=statement_id in kept.new,
            is_news=statement_id in shared or finding.pledge is not None,
        )
        for statement_id, finding in sure.items()
        if statement_id in kept.new or statement_id in shared
    ]


def numbers_of(verdict: Verdict, kept: Kept) -> tuple[int, int]:
    """The numbers of a pair's statements, which those of this article have only now."""
    return (
        kept.ids.get(verdict.earlier_id) or int(verdict.earlier_id),
        kept.ids.get(verdict.later_id) or int(verdict.later_id),
    )


def _row(finding: Finding, article: ArticleText) -> statements.NewStatement:
    statement = finding.statement
    return statements.NewStatement(
        person_id=finding.speaker,
        membership_id=statement.capacity,
        kind=statement.kind,
        content=statement.content,
        content_key=content_key(statement.kind, statement.content, statement.cue),
        cue=statement.cue,
        attribution=statement.attribution,
        speaker_surface=statement.speaker_surface,
        said_from=statement.said_from,
        said_to=statement.said_to,
        said_on=finding.said_on(article.published_on),
        confidence=statement.confidence,
        rule=statement.rule,
        context=_context(article, statement.start, statement.end),
        analysis_version=finding.analysis_version,
        analysis=finding.analysis,
        terms=finding.terms,
        pledge=finding.pledge.kind if finding.pledge else None,
        pledged_for=finding.pledge.due if finding.pledge else None,
    )


def _context(article: ArticleText, start: int, end: int) -> str:
    """What a reader is shown around a statement: the paragraph, or the whole turn of a debate unless it is long."""
    for turn in article.turns or ():
        if turn["start"] <= start and end <= turn["end"] <= turn["start"] + LONGEST_TURN:
            return article.text[turn["start"] : turn["end"]]
    return _paragraph(article.text, start, end)


def _paragraph(text: str, start: int, end: int) -> str:
    """The paragraph, or paragraphs, that a span stands in."""
    first = text.rfind("\n\n", 0, start)
    last = text.find("\n\n", end)
    return text[first + 2 if first >= 0 else 0 : last if last >= 0 else len(text)].strip()
