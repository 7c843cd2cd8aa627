"""Fixtures of the handlers' tests; a module takes them with ``pytest_plugins = ("tests.telegram_fixtures",)``."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.quotes.roster import Roster
from handlers import Services
from storage.database import Database
from tests.botapi import BotApiServer, User
from tests.telegram_bot import AnyApplication, fill_archive, roster, running_bot


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotApiServer]:
    """A Bot API server with nobody on it."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with BotApiServer() as server:
        yield server


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, which is not written."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A SQLite database with the fictional archive in it, to be copied."""
    file = tmp_path_factory.mktemp("archive") / "archive.db"
    shutil.copy(sqlite_template, file)

    async def fill() -> None:
        database = await Database.open(f"sqlite:///{file}")
        await fill_archive(database)
        await database.close()

    # A thread of its own, since the tests' event loop is none of ours.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, fill()).result()
    return file


@pytest.fixture
async def services(archive: Path, tmp_path: Path) -> AsyncIterator[Services]:
    """What answers are made from, over the fictional archive."""
    shutil.copy(archive, tmp_path / "citaatwacht.db")
    database = await Database.open(f"sqlite:///{tmp_path / 'citaatwacht.db'}")
    yield Services(database, Roster.from_popolo(roster()))
    await database.close()


@pytest.fixture
async def bot(
    server: BotApiServer, services: Services, logs: list[MutableMapping[str, Any]]
) -> AsyncIterator[AnyApplication]:
    """The application, running."""
    async with running_bot(server, services) as application:
        yield application


@pytest.fixture
def anna(server: BotApiServer) -> User:
    """A person who has written to the bot before."""
    return server.user("Anna")


@pytest.fixture
def bram(server: BotApiServer) -> User:
    """Another one."""
    return server.user("Bram")
