"""After the commit: pairs that wait for a judge get its word, and what becomes of their alerts is decided by it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts.due import NewReversal, queue_alerts
from bot.judges.errors import JudgeError, JudgeTooSlow
from bot.judges.opening import open_judge
from bot.judges.values import Judge
from bot.reversals import Utterance
from bot.reviewing import quiet_kinds
from bot.settings import Settings
from storage import articles, judgements, statements
from storage.database import Database
from storage.errors import StorageError
from storage.judgements import AskedSide, JudgeName, JudgeRequest, KeptWord

log = structlog.get_logger(__name__)

Ruling = Literal["confirmed", "vetoed", "proposed", "none"]

PROPOSAL_KIND = "judge"
"""The kind of evidence of a pair that a judge proposed: its reviews have a record of their own."""

SIDE_BY_SIDE = 4
"""How many pairs are asked about at a time."""

LEAST_FOR_A_VETO = 0.7
LEAST_FOR_A_PROPOSAL = 0.8
"""How sure a judge must say it is; below it, its word changes nothing. A proposal has no rule to support it."""

_TURNS = ("reversal", "shift")


@dataclass(frozen=True, slots=True)
class JudgingReport:
    """How many pairs came to what; ``failed`` are those on which there was no word."""

    confirmed: int = 0
    vetoed: int = 0
    proposed: int = 0
    none: int = 0
    failed: int = 0


class Judging:
    """Asks the judge about what waits in the tables, and does what its word comes to."""

    def __init__(
        self,
        database: Database,
        judge: Judge,
        *,
        wait: float,
        max_age: timedelta,
        reviewers: frozenset[int] = frozenset(),
    ) -> None:
        """Describe the judging.

        Args:
            database: Where the pairs wait.
            judge: Who is asked.
            wait: Seconds for one pair, at most.
            max_age: How long after its publication an article is still announced.
            reviewers: Ids of the users whose reviews decide whether proposals are told by alerts.
        """
        self._database, self._judge = database, judge
        self._wait, self._max_age, self._reviewers = wait, max_age, reviewers

    @property
    def name(self) -> JudgeName:
        """Who is asked what, as it is kept with each word."""
        return JudgeName(self._judge.kind, self._judge.model, self._judge.version)

    async def round(self, stopping: asyncio.Event) -> JudgingReport:
        """Ask about all that waits, flags first.

        A judge that fails is logged and changes nothing: the alert goes out as the rules have it.

        Args:
            stopping: Once set, the questions in hand are finished and no more are put.

        Returns:
            What came of it.

        Raises:
            StorageError: The database cannot be read or written.
        """
        counts = dict.fromkeys((*get_args(Ruling), "failed"), 0)
        while not stopping.is_set():
            async with self._database.writing() as session:
                late = await judgements.give_up_late(session, moment=_now())
            if late:
                log.warning("no word in time, the rules alone decide", model=self._judge.model, pairs=late)
                counts["failed"] += late
            async with self._database.reading() as session:
                waiting = await judgements.waiting(session, name=self.name, limit=SIDE_BY_SIDE)
            if not waiting:
                break
            for outcome in await asyncio.gather(*(self._take(request) for request in waiting)):
                counts[outcome] += 1
        return JudgingReport(**counts)

    async def close(self) -> None:
        """Let go of the judge."""
        await self._judge.close()

    async def _take(self, request: JudgeRequest) -> str:
        try:
            word = request.word or await self._ask(request)
        except JudgeError as error:
            await self._give_up(request, str(error))
            return "failed"
        ruling = await self._settle(request, word)
        log.info(
            "judge gave its word",
            model=self._judge.model,
            earlier=request.earlier.statement_id,
            later=request.later.statement_id,
            flagged=request.is_flagged,
            label=word.label,
            confidence=word.confidence,
            ruling=ruling,
        )
        return ruling

    async def _ask(self, request: JudgeRequest) -> KeptWord:
        left = min(self._wait, (request.wait_until - _now()).total_seconds())
        try:
            async with asyncio.timeout(left):
                word = await self._judge.judge(_utterance(request.earlier), _utterance(request.later))
        except TimeoutError as error:
            message = "there was no word in time"
            raise JudgeTooSlow(message) from error
        except (JudgeError, StorageError):
            raise
        # Whatever happens inside a judge, the other pairs go on.
        except Exception as error:
            message = f"it failed: {type(error).__name__}: {error}"
            raise JudgeError(message) from error
        return KeptWord(word.label, word.confidence, word.reason, word.prompt)

    async def _give_up(self, request: JudgeRequest, reason: str) -> None:
        log.warning(
            "no word of the judge, the rules alone decide",
            model=self._judge.model,
            earlier=request.earlier.statement_id,
            later=request.later.statement_id,
            flagged=request.is_flagged,
            reason=reason,
        )
        async with self._database.writing() as session:
            await judgements.give_up(session, request_id=request.id, error=reason, moment=_now())
            if request.is_flagged:
                await judgements.bring_forward(session, **_pair(request), moment=_now())

    async def _settle(self, request: JudgeRequest, word: KeptWord) -> Ruling:
        ruling = _ruling(request, word)
        async with self._database.writing() as session:
            if ruling == "proposed" and await judgements.has_pair(session, later_id=request.later.statement_id):
                ruling = "none"  # one turn is told once
            await judgements.keep_word(session, request_id=request.id, word=word, ruling=ruling, moment=_now())
            if ruling == "vetoed":
                reason = f"vetoed by the model {self._judge.model}: {word.reason}"
                await judgements.withhold(session, **_pair(request), reason=reason)
            elif request.is_flagged:
                await judgements.bring_forward(session, **_pair(request), moment=_now())
            elif ruling == "proposed":
                await self._propose(session, request, word)
        return ruling

    async def _propose(self, session: AsyncSession, request: JudgeRequest, word: KeptWord) -> None:
        """Keep a pair that the rules did not flag, and tell it as the judge's."""
        evidence = {"name": PROPOSAL_KIND, "weight": word.confidence, "earlier": [], "later": [], "reason": ""}
        kept = await statements.keep_reversal(
            session,
            person_id=request.person_id,
            **_pair(request),
            label=word.label,
            score=word.confidence,
            evidence=[evidence],
            doubts=[],
            kind=PROPOSAL_KIND,
        )
        article = await articles.article_text(session, article_id=request.article_id)
        if article is None or not kept.is_new:
            return
        if PROPOSAL_KIND in await quiet_kinds(session, reviewers=self._reviewers):
            return
        await queue_alerts(
            session,
            article=article,
            statements=(),
            reversals=[NewReversal(kept.reversal_id, request.person_id, request.later.said_to, request.later.content)],
            moment=_now(),
            max_age=self._max_age,
        )


def make_judging(database: Database, settings: Settings) -> Judging:
    """Open the judge that the settings name; not in the event loop, since a model may be loaded.

    Args:
        database: Where the pairs wait, and the calls are counted.
        settings: They name a judge.

    Raises:
        JudgeMissing: It cannot be opened.
    """

    async def spend_call() -> bool:
        async with database.writing() as session:
            return await judgements.spend_call(session, day=_now().date(), budget=settings.judge_daily_budget)

    judge = open_judge(
        nli_model=settings.nli_model,
        url=settings.judge_url,
        model=settings.judge_model,
        key=settings.judge_key.get_secret_value() if settings.judge_key else None,
        wait=settings.judge_wait,
        spend_call=spend_call,
    )
    return Judging(
        database,
        judge,
        wait=settings.judge_wait,
        max_age=settings.alert_age,
        reviewers=settings.admin_users,
    )


def _ruling(request: JudgeRequest, word: KeptWord) -> Ruling:
    sees_a_turn = word.label in _TURNS
    if request.is_flagged and sees_a_turn:
        return "confirmed"
    if request.is_flagged and word.confidence >= LEAST_FOR_A_VETO:
        return "vetoed"
    if not request.is_flagged and sees_a_turn and word.confidence >= LEAST_FOR_A_PROPOSAL:
        return "proposed"
    return "none"


def _utterance(side: AskedSide) -> Utterance:
    return Utterance(str(side.statement_id), side.content, side.kind, side.cue, side.said_on, side.membership_id)


def _pair(request: JudgeRequest) -> dict[str, Any]:
    return {"earlier_id": request.earlier.statement_id, "later_id": request.later.statement_id}


def _now() -> datetime:
    return datetime.now(UTC)
