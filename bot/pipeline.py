"""One article's way: its statements found, kept, compared with what was said before, and queued for who should know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.due import is_announced, queue_alerts
from bot.amending import as_amended
from bot.comparing import Comparison, Finding, Noted
from bot.errors import CitaatwachtError
from bot.ingest.keeping import VISITS
from bot.quotes.turns import SpokenTurn
from bot.recalling import worth_comparing
from bot.recognition import NO_SIGNATURE, Recognition
from bot.reversals import Utterance, flagged
from bot.reversals.contrast import sets_against
from bot.reviewing import quiet_kinds
from bot.storing import Kept, ToldPair, announced, keep_reversal, keep_statements, numbers_of, tell_changes, withdraw
from bot.twins import Said
from bot.worker import Worker
from storage import amendments, articles, judgements, stories
from storage.articles import ArticleText
from storage.database import Database
from storage.errors import StorageError, ValueRefused
from storage.judgements import JudgeName
from storage.locks import lock_speakers
from storage.recall import history_of

log = structlog.get_logger(__name__)


CLOSE_PAIRS = 2
"""How many pairs a judge may look at of a statement of which the rules flag none."""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Who is asked about pairs after the commit, and how long a flag waits for it."""

    name: JudgeName
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Rules:
    """What the pipeline is told by the settings.

    Attributes:
        min_confidence: Statements below it are kept, but neither compared nor announced.
        alert_max_age: Articles older than this are stored, not announced.
        attempts: How often an article that cannot be read is tried.
        retry_after: The pause before the second attempt, doubled each time.
        second_opinion: The judge; None where the rules alone decide.
        reviewers: Ids of the users whose reviews decide which kinds of evidence are told by alerts.
    """

    min_confidence: float = 0.5
    alert_max_age: timedelta = timedelta(hours=24)
    attempts: int = 5
    retry_after: timedelta = timedelta(minutes=15)
    second_opinion: SecondOpinion | None = None
    reviewers: frozenset[int] = frozenset()

    def fresh_since(self, moment: datetime) -> datetime:
        """Give since when an article was published of which something may still be told: its words, or a change."""
        return moment - self.alert_max_age - VISITS[-1]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one article.

    Attributes:
        article_id: The article.
        new_statements: How many statements were not known before.
        new_reversals: Ids of the pairs that were flagged.
        queued: How many deliveries became due.
        reason: Why it could not be read; None where it was.
    """

    article_id: int
    new_statements: int = 0
    new_reversals: tuple[int, ...] = ()
    queued: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An article with what it holds.

    Attributes:
        article: The article, in the version that was read.
        findings: The statements in it of people in the roster, as they were amended.
        reason: Why it could not be read; None where it was.
        amendments: How many amendments there were when it was read.
    """

    article: ArticleText
    findings: tuple[Finding, ...]
    reason: str | None = None
    amendments: int = 0


class Pipeline:
    """Takes articles. What it needs is in the tables; what it is in the middle of is nowhere else."""

    def __init__(self, database: Database, worker: Worker, rules: Rules) -> None:
        self._database, self._worker, self._rules = database, worker, rules
        self._histories: dict[str, int] = {}

    async def take_next(self, moment: datetime, *, is_fresh_first: bool = True) -> Taken | None:
        """Take the article whose turn it is; None when none waits.

        Args:
            moment: Now.
            is_fresh_first: Whether what may be told comes before a backfill; otherwise the oldest comes first.
        """
        fresh_since = self._rules.fresh_since(moment) if is_fresh_first else None
        async with self._database.reading() as session:
            waiting = await articles.articles_to_take(session, moment=moment, limit=1, fresh_since=fresh_since)
        return await self.take(waiting[0], moment) if waiting else None

    async def find(self, article_id: int) -> Found | None:
        """Find what one article holds, for ``take`` to go on with; several may be at it, each with another article.

        Args:
            article_id: The article.

        Returns:
            What it holds, or why that cannot be said; None where it does not wait.

        Raises:
            StorageError: The database does not answer.
        """
        async with self._database.reading() as session:
            article = await articles.article_to_take(session, article_id=article_id)
        if article is None:
            return None
        try:
            return await self._find(article)
        except Exception as error:
            return Found(article, (), _reason(error))

    async def take(self, article_id: int, moment: datetime, found: Found | None = None) -> Taken:
        """Take one article: find, compare, then store all that came of it in one transaction.

        Args:
            article_id: The article; taking it twice changes nothing the second time.
            moment: Now.
            found: What ``find`` gave for it, where that was done ahead.

        Returns:
            What came of it. An article that cannot be read, or whose statements cannot be stored, stays with the
            reason for a later attempt, so that those behind it are not held up.

        Raises:
            StorageError: The database does not answer; the article waits as it was.
        """
        found = found or await self.find(article_id)
        if found is None:
            return Taken(article_id)
        article, findings = found.article, found.findings
        if found.reason is not None:
            return await self._put_off(article, found.reason, moment)
        try:
            if not findings and article.version_number == 1 and article.turns is None:
                return await self._pass_over(article, moment)
            recognition = await self._recognise(article, findings)
            told = await self._compare(article, findings, recognition, moment)
            taken = await self._keep(found, recognition, told, moment)
        except Exception as error:
            return await self._put_off(article, _reason(error), moment)
        if taken is None:
            return await self.take(article_id, moment)
        log.info(
            "article taken",
            article=article_id,
            source=article.source_id,
            statements=len(findings),
            new=taken.new_statements,
            reversals=list(taken.new_reversals),
            queued=taken.queued,
        )
        return taken

    async def _find(self, article: ArticleText) -> Found:
        """The statements of people in the roster, as they were amended; others' words are not stored."""
        if article.turns is None:
            findings = await self._worker.extract(article.text, article.published_on)
        else:
            findings = await self._worker.read_turns(article.text, _spoken(article.turns), article.published_on)
        known = [f for f in findings if f.statement.speaker and not f.statement.speaker.startswith("other:")]
        if not known:
            return Found(article, ())
        async with self._database.reading() as session:
            read = await as_amended(session, article, known)
            return Found(article, tuple(read), amendments=await amendments.how_many(session))

    async def _recognise(self, article: ArticleText, findings: Sequence[Finding]) -> Recognition:
        signature = await self._worker.sign(article.text) if findings else NO_SIGNATURE
        said = [Said(f.key, f.speaker, f.said_on(article.published_on), f.statement) for f in findings]
        recognition = await asyncio.to_thread(Recognition, article, signature, said)
        async with self._database.reading() as session:
            await recognition.look(session)
        return recognition

    async def _compare(
        self, article: ArticleText, findings: Sequence[Finding], recognition: Recognition, moment: datetime
    ) -> list[ToldPair]:
        sure = [f for f in findings if f.statement.confidence >= self._rules.min_confidence]
        unknown = [finding for finding in sure if not recognition.twins.is_known(finding.key)]
        close = CLOSE_PAIRS if self._second_opinion(article, moment) else 0
        comparisons = await self._database.look(
            lambda connection: [
                self._comparison(connection, finding, article, sure, for_judge=close > 0) for finding in unknown
            ]
        )
        comparisons = [comparison for comparison in map(recognition.without_own, comparisons) if comparison.others]
        pairs = await self._worker.compare(comparisons, close) if comparisons else []
        speakers = {finding.key: finding.speaker for finding in sure}
        said = {noted.utterance.id: noted.utterance for c in comparisons for noted in (c.subject, *c.others)}
        told = []
        for pair in pairs:
            earlier_id, later_id = pair.verdict.earlier_id, pair.verdict.later_id
            speaker = speakers.get(later_id) or speakers[earlier_id]
            told.append(ToldPair(pair, speaker, said[later_id].said, said[later_id].text))
        return told

    def _comparison(
        self,
        connection: Connection,
        finding: Finding,
        article: ArticleText,
        sure: Sequence[Finding],
        *,
        for_judge: bool,
    ) -> Comparison:
        """A new statement beside the stored ones, and beside older words that its own article recalls."""
        subject, speaker = _noted(finding, article), finding.speaker
        history = self._history(connection, speaker)
        others = worth_comparing(
            connection,
            subject=subject,
            terms=finding.terms,
            person_id=speaker,
            history=history,
            min_confidence=self._rules.min_confidence,
            for_judge=for_judge,
        )
        others += [
            _recalled(other, finding, article)
            for other in sure
            if other.speaker == speaker and other.said_on(article.published_on) < finding.said_on(article.published_on)
        ]
        return Comparison(subject, tuple(others), history)

    def _history(self, connection: Connection, person_id: str) -> int:
        """How many statements somebody made, about: counted once, since that takes longer than recall, then kept up."""
        if person_id not in self._histories:
            self._histories[person_id] = history_of(connection, person_id=person_id)
        return self._histories[person_id]

    async def _keep(
        self, found: Found, recognition: Recognition, told: Sequence[ToldPair], moment: datetime
    ) -> Taken | None:
        """Store what was found; None where some of it was amended since it was read, so that it is to be read again."""
        article, findings = found.article, found.findings
        async with self._database.writing() as session:
            if not await articles.hold_version(
                session, article_id=article.article_id, version_number=article.version_number
            ):
                return Taken(article.article_id)  # somebody else took it meanwhile, or a newer version waits
            speakers = {finding.speaker for finding in findings} | {row.person_id for row in recognition.own}
            await lock_speakers(session, person_ids=speakers)
            if findings and await amendments.how_many(session) != found.amendments:
                return None
            await recognition.look(session)  # another article may have brought some of it since
            kept = await keep_statements(session, article, findings, recognition)
            await recognition.keep_signature(session)
            gone = await withdraw(session, article, kept)
            flags = [item for item in told if flagged(item.verdict)]
            reversals = [new for item in flags if (new := await keep_reversal(session, item, kept)) is not None]
            quiet = await quiet_kinds(session, reviewers=self._rules.reviewers) if reversals else frozenset()
            hold = await self._ask(session, article, told, kept, moment)
            story_id = await articles.join_story(session, article_id=article.article_id, copies=recognition.copies)
            if not kept.new.issuperset(kept.ids.values()):  # what nobody carried before was told nowhere
                await stories.queue_growth(session, article_id=article.article_id, moment=moment)
            queued = await queue_alerts(
                session,
                article=article,
                statements=await announced(session, article, findings, kept, min_confidence=self._rules.min_confidence),
                reversals=[new.queued for new in reversals if new.kind not in quiet],
                moment=moment,
                max_age=self._rules.alert_max_age,
                hold=hold,
                story_id=story_id,
            )
            await tell_changes(session, article, kept, gone, moment)
            await articles.mark_taken(
                session, article_id=article.article_id, version_number=article.version_number, moment=moment
            )
        self._count(findings, kept)
        return Taken(article.article_id, len(kept.new), tuple(new.queued.reversal_id for new in reversals), queued)

    def _count(self, findings: Sequence[Finding], kept: Kept) -> None:
        speakers = {kept.ids[finding.key]: finding.speaker for finding in findings}
        for statement_id in kept.new:
            if speakers[statement_id] in self._histories:
                self._histories[speakers[statement_id]] += 1

    def _second_opinion(self, article: ArticleText, moment: datetime) -> SecondOpinion | None:
        """The judge, where it is asked: a backfill would spend its budget on what is told to nobody."""
        return self._rules.second_opinion if is_announced(article, moment, self._rules.alert_max_age) else None

    async def _ask(
        self, session: AsyncSession, article: ArticleText, pairs: Sequence[ToldPair], kept: Kept, moment: datetime
    ) -> timedelta:
        """Write down what a judge is to look at, for after the commit; give how long the flags wait for it."""
        second_opinion = self._second_opinion(article, moment)
        if second_opinion is None:
            return timedelta()
        for item in pairs:
            earlier_id, later_id = numbers_of(item.verdict, kept)
            is_flagged = flagged(item.verdict)
            if earlier_id != later_id:
                await judgements.ask(
                    session,
                    name=second_opinion.name,
                    earlier_id=earlier_id,
                    later_id=later_id,
                    article_id=article.article_id,
                    is_flagged=is_flagged,
                    wait_until=moment + (second_opinion.wait if is_flagged else self._rules.alert_max_age),
                )
        return second_opinion.wait

    async def _pass_over(self, article: ArticleText, moment: datetime) -> Taken:
        """Take an article in which nobody of the roster speaks, nor ever did: of no story, no copy, told to nobody."""
        async with self._database.writing() as session:
            await articles.mark_taken(
                session, article_id=article.article_id, version_number=article.version_number, moment=moment
            )
        log.debug("article says nothing of anybody", article=article.article_id, source=article.source_id)
        return Taken(article.article_id)

    async def _put_off(self, article: ArticleText, reason: str, moment: datetime) -> Taken:
        attempt = article.attempts + 1
        pause = self._rules.retry_after * 2 ** (attempt - 1)
        retry_at = moment + pause if attempt < self._rules.attempts else None
        async with self._database.writing() as session:
            await articles.mark_failed(
                session,
                article_id=article.article_id,
                version_number=article.version_number,
                reason=reason,
                retry_at=retry_at,
            )
        log.warning("article put off", article=article.article_id, reason=reason, attempt=attempt, retry_at=retry_at)
        return Taken(article.article_id, reason=reason)


def _reason(error: Exception) -> str:
    """Why an article cannot be taken; a database that does not answer is no fault of the article's."""
    if isinstance(error, CitaatwachtError | ValueRefused):
        return str(error)
    if isinstance(error, StorageError):
        raise error
    log.error("article failed", exc_info=error)
    return f"{type(error).__name__}: {error}"


def _noted(finding: Finding, article: ArticleText) -> Noted:
    statement = finding.statement
    utterance = Utterance(
        id=finding.key,
        text=statement.content,
        kind=statement.kind,
        cue=statement.cue,
        said=finding.said_on(article.published_on),
        capacity=statement.capacity,
    )
    return Noted(utterance, finding.analysis, finding.analysis_version)


def _recalled(earlier: Finding, later: Finding, article: ArticleText) -> Noted:
    """Older words beside newer ones of the same article."""
    before, after = earlier.statement, later.statement
    # What merely counts under an earlier day is not recalled: the text must say when it was said.
    is_recalled = before.said_to is not None
    is_set_against = is_recalled and sets_against(article.text, (before.start, before.end), (after.start, after.end))
    return replace(_noted(earlier, article), is_recalled=is_recalled, is_set_against=is_set_against)


def _spoken(turns: Iterable[Mapping[str, Any]]) -> list[SpokenTurn]:
    return [SpokenTurn(**{part.name: turn[part.name] for part in fields(SpokenTurn)}) for turn in turns]
