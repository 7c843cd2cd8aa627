"""A worker for the tests that take articles; a module takes it with ``pytest_plugins = ("tests.worker_fixtures",)``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.worker import Worker
from tests.fictional import ROSTER


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    """One worker process for all tests, with the fictional cabinet: it loads the Dutch pipeline once."""
    worker = Worker(ROSTER, spacy_model=None, timeout=60)
    yield worker
    asyncio.run(worker.close())
