"""Fixtures of the tests that read sources; a module takes them with ``pytest_plugins = ("tests.source_fixtures",)``."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.ingest.fetch import Fetcher
from tests.feedserver import FeedServer


@pytest.fixture
async def site() -> AsyncIterator[FeedServer]:
    """A site on loopback with nothing on it."""
    async with FeedServer() as server:
        yield server


@pytest.fixture
async def fetcher(site: FeedServer) -> AsyncIterator[Fetcher]:
    """A fetcher that may reach the site, though it is on loopback."""
    fetcher = Fetcher(contact="redactie@krant.example", allow_hosts=[site.host])
    yield fetcher
    await fetcher.close()
