"""The heavy part in a process of its own, so that an answer in Telegram never waits for it.

One process (`spawn`) loads the models once and serves one call after another over a pipe. A call that
takes too long, or that takes the process down with it, ends in an error of ours; the next call starts
a new process. When the parent is gone the pipe closes, and the process ends by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import signal
import threading
import traceback
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bot.comparing import Comparison, Finding, Told, all_told, analysed
from bot.errors import CitaatwachtError

if TYPE_CHECKING:
    from bot.ingest.files import FileContents, Lines, Portion
    from bot.ingest.parliament.accounts import Account
    from bot.ingest.values import Feed, PageText, Signature
    from bot.quotes.turns import SpokenTurn

REPORT_SUFFIX = ".xml"
"""The files that are reports of the Tweede Kamer."""

FEED_TIMEOUT = 30.0
"""Seconds that reading a feed may take; one of 10,000 entries takes five to eight."""

START_TIMEOUT = 120.0
"""Seconds that loading the models may take; 2 to 3 are usual, on a busy machine ten times that."""


class WorkerError(CitaatwachtError):
    """The worker process could not do what it was asked."""


class WorkerTimeout(WorkerError):
    """A call took longer than it may, and the process was ended."""


class WorkerCrash(WorkerError):
    """The process ended in the middle of a call."""


class Worker:
    """A handle on the worker process; safe to use from many tasks of one event loop."""

    def __init__(self, popolo: Mapping[str, Any], *, spacy_model: str | None, timeout: float) -> None:
        """Describe the process; it is started by the first call.

        Args:
            popolo: The roster that statements are attributed from.
            spacy_model: Name or folder of a pipeline to use instead of our own.
            timeout: Seconds that one call may take.
        """
        self._setup = (dict(popolo), spacy_model)
        self._timeout = timeout
        self._lock = asyncio.Lock()
        # A task that is cancelled lets go of its lock while its thread still waits for the answer.
        self._guard = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    async def extract(self, text: str, published_on: date) -> list[Finding]:
        """Find the statements of an article's text, each with its analysis.

        Args:
            text: The text.
            published_on: The day on which it was published, where its source is.

        Raises:
            WorkerError: The text could not be read.
        """
        return cast("list[Finding]", await self._call("extract", text, published_on))

    async def sign(self, text: str) -> Signature:
        """Give an article's signature, by which copies of its text are found.

        Raises:
            WorkerError: It could not be made.
        """
        return cast("Signature", await self._call("sign", text))

    async def read_turns(self, text: str, turns: Sequence[SpokenTurn], said_on: date) -> list[Finding]:
        """Make statements of the sentences of a report or transcript, each with its analysis.

        Raises:
            WorkerError: The text could not be read.
        """
        return cast("list[Finding]", await self._call("read_turns", text, tuple(turns), said_on))

    async def compare(self, comparisons: Sequence[Comparison], close: int = 0) -> list[Told]:
        """Compare new statements with earlier ones, and give the pairs that are told.

        Args:
            comparisons: The statements, each with the earlier ones.
            close: How many pairs to give, for a judge to look at, of a statement of which none is told.

        Raises:
            WorkerError: The comparison failed.
        """
        return cast("list[Told]", await self._call("compare", tuple(comparisons), close))

    async def read_page(self, html: bytes, url: str, timezone: str) -> PageText:
        """Read a page's article out of its HTML.

        Raises:
            CitaatwachtError: The page holds no article that could be read.
        """
        return cast("PageText", await self._call("read_page", html, url, timezone))

    async def read_feed(self, body: bytes, url: str, charset: str | None, timezone: str, now: datetime) -> Feed:
        """Read the entries of a feed out of its bytes.

        Raises:
            CitaatwachtError: The bytes are no feed, or take too long to read.
        """
        arguments = (body, url, charset, timezone, now)
        return cast("Feed", await self._call("read_feed", *arguments, timeout=min(FEED_TIMEOUT, self._timeout)))

    async def read_report(self, body: bytes) -> list[Account]:
        """Read what people of the roster said out of a report of the Tweede Kamer.

        Raises:
            CitaatwachtError: The bytes are no report that we can read.
        """
        return cast("list[Account]", await self._call("read_report", body))

    async def read_file(self, path: Path, now: datetime) -> FileContents:
        """Read the articles of a file, or the debates of a report.

        Raises:
            CitaatwachtError: It cannot be read, or holds neither.
        """
        return cast("FileContents", await self._call("read_file", path, now))

    async def read_portion(self, portion: Portion, now: datetime) -> Lines:
        """Read the articles of some lines of a file.

        Raises:
            CitaatwachtError: The file cannot be read.
        """
        return cast("Lines", await self._call("read_portion", portion, now))

    async def read_transcript(self, text: str, identity: str, title: str, held_at: datetime) -> Account:
        """Read what people of the roster said out of a transcript with the speakers' names above their words.

        Raises:
            WorkerError: The text could not be read.
        """
        return cast("Account", await self._call("read_transcript", text, identity, title, held_at))

    async def renew(self, popolo: Mapping[str, Any]) -> None:
        """Attribute statements from another roster from the next call on, which starts a new process."""
        async with self._lock:
            self._setup = (dict(popolo), self._setup[1])
            await asyncio.to_thread(self._finish)

    async def close(self) -> None:
        """End the process, once the call in hand is done; one whose task was cancelled is broken off."""
        async with self._lock:
            if self._process is not None:
                with contextlib.suppress(ValueError):  # its thread ended it in this very moment
                    self._process.kill()
            await asyncio.to_thread(self._finish)

    async def _call(self, task: str, *arguments: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        async with self._lock:
            return await asyncio.to_thread(self._exchange, task, arguments, timeout or self._timeout)

    def _exchange(self, task: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        with self._guard:
            return self._ask(task, arguments, timeout)

    def _finish(self) -> None:
        with self._guard:
            self._end()

    def _ask(self, task: str, arguments: tuple[Any, ...], timeout: float) -> Any:
        pipe = self._pipe if self._process is not None and self._process.is_alive() else None
        if pipe is None:
            pipe = self._start()
        try:
            pipe.send((task, arguments))
            return self._receive(pipe, timeout)
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            self._end()
            message = f"the worker process ended while it was busy with {task}"
            raise WorkerCrash(message) from error

    def _start(self) -> Connection:
        self._end()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, *self._setup), daemon=True, name="worker")
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        self._receive(ours, START_TIMEOUT)
        return ours

    def _receive(self, pipe: Connection, timeout: float) -> Any:
        if not pipe.poll(timeout):
            self._end()
            message = f"the worker process gave no answer within {timeout:.0f} seconds"
            raise WorkerTimeout(message)
        succeeded, answer = pipe.recv()
        if succeeded:
            return answer
        raise answer

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None


class WorkerPool(Worker):
    """Several worker processes behind one handle: each call goes to one that is free."""

    def __init__(self, popolo: Mapping[str, Any], *, spacy_model: str | None, timeout: float, size: int) -> None:
        """Describe the processes; each is started by its first call.

        Args:
            popolo: The roster that statements are attributed from.
            spacy_model: Name or folder of a pipeline to use instead of our own.
            timeout: Seconds that one call may take.
            size: How many processes there are.
        """
        super().__init__(popolo, spacy_model=spacy_model, timeout=timeout)
        self._workers = [Worker(popolo, spacy_model=spacy_model, timeout=timeout) for _ in range(size)]
        self._free: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def renew(self, popolo: Mapping[str, Any]) -> None:
        """Attribute statements from another roster from the next call on."""
        for worker in self._workers:
            await worker.renew(popolo)

    async def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            await worker.close()

    async def _call(self, task: str, *arguments: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        worker = await self._free.get()
        try:
            return await worker._call(task, *arguments, timeout=timeout)
        finally:
            self._free.put_nowait(worker)


def _serve(pipe: Connection, popolo: dict[str, Any], spacy_model: str | None) -> None:
    """Answer calls until the pipe closes; runs in the worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: it lets the article finish
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        tools = _Tools(popolo, spacy_model)
    except Exception as error:
        _answer(pipe, succeeded=False, value=_portable(error))
        return
    _answer(pipe, succeeded=True, value=None)
    while True:
        try:
            task, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            value = getattr(tools, task)(*arguments)
        except Exception as error:
            _answer(pipe, succeeded=False, value=_portable(error))
        else:
            _answer(pipe, succeeded=True, value=value)


def _answer(pipe: Connection, *, succeeded: bool, value: Any) -> None:
    pipe.send((succeeded, value))


def _portable(error: Exception) -> CitaatwachtError:
    """Our own errors as they are; others as text, since not every exception survives the pipe."""
    if isinstance(error, CitaatwachtError):
        return error
    return WorkerError("".join(traceback.format_exception(error)).strip())


class _Tools:
    """What the worker process holds: the extractor with its models, and the pure functions."""

    def __init__(self, popolo: dict[str, Any], spacy_model: str | None) -> None:
        from bot.quotes.extract import Extractor
        from bot.quotes.nlp import load_nlp
        from bot.quotes.roster import Roster

        self._roster = Roster.from_popolo(popolo)
        self._extractor = Extractor(self._roster, load_nlp(spacy_model))

    def extract(self, text: str, published_on: date) -> list[Finding]:
        found = self._extractor.extract(text, published_on, only_roster=True)
        return [analysed(statement, published_on) for statement in found]

    def sign(self, text: str) -> Signature:
        from bot.ingest.signature import signature_of

        return signature_of(text)

    def read_turns(self, text: str, turns: Sequence[SpokenTurn], said_on: date) -> list[Finding]:
        from bot.quotes.turns import statements_of_turns

        findings = [analysed(one, said_on) for one in statements_of_turns(text, turns, said_on, self._roster)]
        return [finding for finding in findings if finding.terms]

    def read_report(self, body: bytes) -> list[Account]:
        from bot.ingest.parliament.accounts import accounts_of_meeting
        from bot.ingest.parliament.report import read_report
        from bot.speaking import Speakers

        return accounts_of_meeting(read_report(body), Speakers(self._roster).person_of)

    def read_file(self, path: Path, now: datetime) -> FileContents:
        from bot.ingest.files import FileContents, read_bytes, read_file

        if path.suffix.lower() == REPORT_SUFFIX:
            return FileContents((), tuple(self.read_report(read_bytes(path))))
        return FileContents(tuple(read_file(path, now=now)), ())

    def read_portion(self, portion: Portion, now: datetime) -> Lines:
        from bot.ingest.files import read_portion

        return read_portion(portion, now=now)

    def read_transcript(self, text: str, identity: str, title: str, held_at: datetime) -> Account:
        from bot.ingest.parliament.accounts import account_of_transcript
        from bot.ingest.parliament.transcript import read_transcript
        from bot.speaking import Speakers

        turns, person_of = read_transcript(text, topic=title), Speakers(self._roster).person_of
        return account_of_transcript(turns, person_of, identity=identity, title=title, held_at=held_at)

    def compare(self, comparisons: Sequence[Comparison], close: int) -> list[Told]:
        return all_told(comparisons, close)

    def read_page(self, html: bytes, url: str, timezone: str) -> PageText:
        from bot.ingest.page import read_page

        return read_page(html, url, timezone)

    def read_feed(self, body: bytes, url: str, charset: str | None, timezone: str, now: datetime) -> Feed:
        from bot.ingest.feed import read_feed

        return read_feed(body, url=url, charset=charset, zone=timezone, now=now)
