"""Fixtures of the tests of alerts; a module takes them with ``pytest_plugins = ("tests.desk_fixtures",)``."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.botapi import BotApiServer, Chat, User
from tests.desk import Desk, a_desk


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotApiServer]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    async with BotApiServer() as server:
        yield server


@pytest.fixture
async def desk(server: BotApiServer, sqlite_database: Database) -> AsyncIterator[Desk]:
    async with a_desk(server, sqlite_database) as desk:
        yield desk


@pytest.fixture
def group(server: BotApiServer) -> Chat:
    """A forum group."""
    return server.group("Redactie", topics={7: "Kabinet"})


@pytest.fixture
def anna(server: BotApiServer) -> User:
    """A person who has written to the bot before."""
    return server.user("Anna")
