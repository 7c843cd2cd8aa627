"""One article's way: its statements found, kept, compared with what was said before, and queued for who should know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.due import NewReversal, NewStatement, is_announced, queue_alerts
from bot.amending import as_amended
from bot.comparing import Comparison, Finding, Noted, Told
from bot.corroboration import corroborated
from bot.errors import CitaatwachtError
from bot.ingest.copies import content_key
from bot.quotes.turns import SpokenTurn
from bot.recalling import worth_comparing
from bot.recognition import NO_SIGNATURE, Recognition
from bot.reversals import Utterance, Verdict, flagged
from bot.reversals.contrast import sets_against
from bot.reversals.trust import kind_of
from bot.reviewing import quiet_kinds
from bot.twins import Said
from bot.worker import Worker
from storage import articles, judgements, statements, stories, withdrawals
from storage.articles import ArticleText
from storage.database import Database
from storage.errors import StorageError, ValueRefused
from storage.judgements import JudgeName
from storage.locks import lock_speakers
from storage.recall import history_of
from storage.statements import Place
from storage.turns import keep_wordings

log = structlog.get_logger(__name__)


LONGEST_TURN = 2000
"""Characters of a turn that are kept beside each of its statements; of a longer one it is the paragraph."""

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
class _Told:
    """A pair that is told, or that a judge may look at, with its speaker and the day of its later words."""

    pair: Told
    person_id: str
    later_said_on: date | None
    later_words: str

    @property
    def verdict(self) -> Verdict:
        return self.pair.verdict


@dataclass(frozen=True, slots=True)
class _Flag:
    """A pair that was flagged for the first time, and its kind of evidence."""

    queued: NewReversal
    kind: str


@dataclass(slots=True)
class _Kept:
    """The numbers of an article's statements by their keys.

    ``new`` were not known before, ``again`` were withdrawn and count again; ``corrected`` stand in the place of
    others, whose numbers it holds.
    """

    ids: dict[str, int] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    corrected: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """An article with what it holds.

    Attributes:
        article: The article, in the version that was read.
        findings: The statements in it of people in the roster.
        reason: Why it could not be read; None where it was.
    """

    article: ArticleText
    findings: tuple[Finding, ...]
    reason: str | None = None


class Pipeline:
    """Takes articles. What it needs is in the tables; what it is in the middle of is nowhere else."""

    def __init__(self, database: Database, worker: Worker, rules: Rules) -> None:
        self._database, self._worker, self._rules = database, worker, rules
        self._histories: dict[str, int] = {}

    async def take_next(self, moment: datetime) -> Taken | None:
        """Take the article that has waited longest; None when none waits."""
        async with self._database.reading() as session:
            waiting = await articles.articles_to_take(session, moment=moment, limit=1)
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
            return Found(article, tuple(await self._find(article)))
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
            taken = await self._keep(article, findings, recognition, told, moment)
        except Exception as error:
            return await self._put_off(article, _reason(error), moment)
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

    async def _find(self, article: ArticleText) -> list[Finding]:
        """The statements of people in the roster, as they were amended; others' words are not stored."""
        if article.turns is None:
            findings = await self._worker.extract(article.text, article.published_at)
        else:
            findings = await self._worker.read_turns(article.text, _spoken(article.turns), _published_on(article))
        known = [f for f in findings if f.statement.speaker and not f.statement.speaker.startswith("other:")]
        if not known:
            return []
        async with self._database.reading() as session:
            return await as_amended(session, article, known)

    async def _recognise(self, article: ArticleText, findings: Sequence[Finding]) -> Recognition:
        signature = await self._worker.sign(article.text) if findings else NO_SIGNATURE
        said = [Said(_key(f), _speaker(f), _said_on(f, article), f.statement) for f in findings]
        recognition = await asyncio.to_thread(Recognition, article, signature, said)
        async with self._database.reading() as session:
            await recognition.look(session)
        return recognition

    async def _compare(
        self, article: ArticleText, findings: Sequence[Finding], recognition: Recognition, moment: datetime
    ) -> list[_Told]:
        sure = [f for f in findings if f.statement.confidence >= self._rules.min_confidence]
        unknown = [finding for finding in sure if not recognition.twins.is_known(_key(finding))]
        close = CLOSE_PAIRS if self._second_opinion(article, moment) else 0
        comparisons = await self._database.look(
            lambda connection: [
                self._comparison(connection, finding, article, sure, for_judge=close > 0) for finding in unknown
            ]
        )
        comparisons = [comparison for comparison in map(recognition.without_own, comparisons) if comparison.others]
        pairs = await self._worker.compare(comparisons, close) if comparisons else []
        speakers = {_key(finding): _speaker(finding) for finding in sure}
        said = {noted.utterance.id: noted.utterance for c in comparisons for noted in (c.subject, *c.others)}
        told = []
        for pair in pairs:
            earlier_id, later_id = pair.verdict.earlier_id, pair.verdict.later_id
            speaker = speakers.get(later_id) or speakers[earlier_id]
            told.append(_Told(pair, speaker, said[later_id].said, said[later_id].text))
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
        subject, speaker = _noted(finding, article), _speaker(finding)
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
            if _speaker(other) == speaker and _said_on(other, article) < _said_on(finding, article)
        ]
        return Comparison(subject, tuple(others), history)

    def _history(self, connection: Connection, person_id: str) -> int:
        """How many statements somebody made, about: counted once, since that takes longer than recall, then kept up."""
        if person_id not in self._histories:
            self._histories[person_id] = history_of(connection, person_id=person_id)
        return self._histories[person_id]

    async def _keep(
        self,
        article: ArticleText,
        findings: Sequence[Finding],
        recognition: Recognition,
        told: Sequence[_Told],
        moment: datetime,
    ) -> Taken:
        async with self._database.writing() as session:
            if not await articles.hold_version(
                session, article_id=article.article_id, version_number=article.version_number
            ):
                return Taken(article.article_id)  # a newer version came meanwhile, and waits
            speakers = {_speaker(finding) for finding in findings} | {row.person_id for row in recognition.own}
            await lock_speakers(session, person_ids=speakers)
            await recognition.look(session)  # another article may have brought some of it since
            kept = await _keep_statements(session, article, findings, recognition)
            await recognition.keep_signature(session)
            gone = await _withdraw(session, article, kept)
            flags = [item for item in told if flagged(item.verdict)]
            reversals = [new for item in flags if (new := await _keep_reversal(session, item, kept)) is not None]
            quiet = await quiet_kinds(session, reviewers=self._rules.reviewers) if reversals else frozenset()
            hold = await self._ask(session, article, told, kept, moment)
            story_id = await articles.join_story(session, article_id=article.article_id, copies=recognition.copies)
            if not kept.new.issuperset(kept.ids.values()):  # what nobody carried before was told nowhere
                await stories.queue_growth(session, article_id=article.article_id, moment=moment)
            queued = await queue_alerts(
                session,
                article=article,
                statements=await self._announced(session, article, findings, kept),
                reversals=[new.queued for new in reversals if new.kind not in quiet],
                moment=moment,
                max_age=self._rules.alert_max_age,
                hold=hold,
                story_id=story_id,
            )
            await _tell_changes(session, article, kept, gone, moment)
            await articles.mark_taken(
                session, article_id=article.article_id, version_number=article.version_number, moment=moment
            )
        self._count(findings, kept)
        return Taken(article.article_id, len(kept.new), tuple(new.queued.reversal_id for new in reversals), queued)

    def _count(self, findings: Sequence[Finding], kept: _Kept) -> None:
        speakers = {kept.ids[_key(finding)]: _speaker(finding) for finding in findings}
        for statement_id in kept.new:
            if speakers[statement_id] in self._histories:
                self._histories[speakers[statement_id]] += 1

    def _second_opinion(self, article: ArticleText, moment: datetime) -> SecondOpinion | None:
        """The judge, where it is asked: a backfill would spend its budget on what is told to nobody."""
        return self._rules.second_opinion if is_announced(article, moment, self._rules.alert_max_age) else None

    async def _ask(
        self, session: AsyncSession, article: ArticleText, pairs: Sequence[_Told], kept: _Kept, moment: datetime
    ) -> timedelta:
        """Write down what a judge is to look at, for after the commit; give how long the flags wait for it."""
        second_opinion = self._second_opinion(article, moment)
        if second_opinion is None:
            return timedelta()
        for item in pairs:
            earlier_id, later_id = _numbers(item.verdict, kept)
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

    async def _announced(
        self, session: AsyncSession, article: ArticleText, findings: Sequence[Finding], kept: _Kept
    ) -> list[NewStatement]:
        """What the article brought, and what others brought before and is news now that it carries it too."""
        sure: dict[int, Finding] = {}
        for finding in findings:
            if finding.statement.confidence >= self._rules.min_confidence:
                sure.setdefault(kept.ids[_key(finding)], finding)
        shared = await corroborated(session, article_id=article.article_id, statement_ids=sure.keys() - kept.new)
        return [
            NewStatement(
                statement_id=statement_id,
                person_id=_speaker(finding),
                said_from=finding.statement.said_from,
                said_to=finding.statement.said_to,
                content=finding.statement.content,
                is_new=statement_id in kept.new,
                is_news=statement_id in shared or finding.pledge is not None,
            )
            for statement_id, finding in sure.items()
            if statement_id in kept.new or statement_id in shared
        ]

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


async def _keep_statements(
    session: AsyncSession, article: ArticleText, findings: Sequence[Finding], recognition: Recognition
) -> _Kept:
    twins = recognition.twins
    corrected = await recognition.corrected(session, {_key(f): (f.statement.start, f.statement.end) for f in findings})
    unknown = [finding for finding in findings if not twins.is_known(_key(finding))]
    rows = await statements.keep_statements(session, statements=[_row(finding, article) for finding in unknown])
    kept = _Kept(
        new={row.statement_id for row in rows if row.is_new}, again={row.statement_id for row in rows if not row.is_new}
    )
    kept.ids = {_key(finding): row.statement_id for finding, row in zip(unknown, rows, strict=True)}
    kept.corrected = {kept.ids[key]: old_id for key, old_id in corrected.items()}
    for finding in findings:
        key = _key(finding)
        kept.ids[key] = twins.stored.get(twins.original(key)) or kept.ids[twins.original(key)]
    await statements.keep_mentions(
        session,
        article_id=article.article_id,
        version_number=article.version_number,
        places=[Place(kept.ids[_key(f)], f.statement.start, f.statement.end) for f in findings],
    )
    if article.turns is not None:
        await keep_wordings(
            session, article_id=article.article_id, version_number=article.version_number, text=article.text
        )
    return kept


async def _withdraw(session: AsyncSession, article: ArticleText, kept: _Kept) -> set[int]:
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


async def _tell_changes(
    session: AsyncSession, article: ArticleText, kept: _Kept, gone: AbstractSet[int], moment: datetime
) -> None:
    """Queue what became of statements that chats were told of; corrected words are told as that alone."""
    if gone:
        await withdrawals.keep_rewordings(
            session,
            article_id=article.article_id,
            version_number=article.version_number,
            old_by_new=kept.corrected,
        )
        await withdrawals.queue_withdrawals(session, statement_ids=gone, article_id=article.article_id, moment=moment)
        await withdrawals.spare_the_told(session, old_by_new=kept.corrected)
    again = kept.again - kept.corrected.keys()
    if again:
        await withdrawals.take_back_withdrawals(session, statement_ids=again, moment=moment)


async def _keep_reversal(session: AsyncSession, told: _Told, kept: _Kept) -> _Flag | None:
    verdict = told.verdict
    kind = kind_of(verdict.evidence, is_from_source=told.pair.is_from_source)
    earlier_id, later_id = _numbers(verdict, kept)
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
        _Flag(NewReversal(row.reversal_id, told.person_id, told.later_said_on, told.later_words), kind)
        if row.is_new and not was_told
        else None
    )


def _numbers(verdict: Verdict, kept: _Kept) -> tuple[int, int]:
    """The numbers of a pair's statements, which those of this article have only now."""
    return (
        kept.ids.get(verdict.earlier_id) or int(verdict.earlier_id),
        kept.ids.get(verdict.later_id) or int(verdict.later_id),
    )


def _row(finding: Finding, article: ArticleText) -> statements.NewStatement:
    statement = finding.statement
    return statements.NewStatement(
        person_id=_speaker(finding),
        membership_id=statement.capacity,
        kind=statement.kind,
        content=statement.content,
        content_key=content_key(statement.kind, statement.content, statement.cue),
        cue=statement.cue,
        attribution=statement.attribution,
        speaker_surface=statement.speaker_surface,
        said_from=statement.said_from,
        said_to=statement.said_to,
        said_on=_said_on(finding, article),
        confidence=statement.confidence,
        rule=statement.rule,
        context=_context(article, statement.start, statement.end),
        analysis_version=finding.analysis_version,
        analysis=finding.analysis,
        terms=finding.terms,
        pledge=finding.pledge.kind if finding.pledge else None,
        pledged_for=finding.pledge.due if finding.pledge else None,
    )


def _noted(finding: Finding, article: ArticleText) -> Noted:
    statement = finding.statement
    utterance = Utterance(
        id=_key(finding),
        text=statement.content,
        kind=statement.kind,
        cue=statement.cue,
        said=_said_on(finding, article),
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


def _key(finding: Finding) -> str:
    """A name for a statement that has no number yet; two people may share a span."""
    return f"{finding.statement.start}:{finding.statement.end}:{finding.statement.speaker}"


def _speaker(finding: Finding) -> str:
    return finding.statement.speaker or ""


def _said_on(finding: Finding, article: ArticleText) -> date:
    """The day a statement counts under: the text's own dating, or the day of publication where it was printed."""
    return finding.statement.said_to or _published_on(article)


def _published_on(article: ArticleText) -> date:
    return article.published_at.astimezone(ZoneInfo(article.timezone)).date()


def _spoken(turns: Iterable[Mapping[str, Any]]) -> list[SpokenTurn]:
    return [SpokenTurn(**{part.name: turn[part.name] for part in fields(SpokenTurn)}) for turn in turns]


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
