"""The worker process reads feeds within a time limit, and is there again after one that took too long."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.ingest.errors import FeedError
from bot.worker import Worker, WorkerTimeout
from tests.feedserver import item, rss
from tests.fictional import ROSTER

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LINK = "https://bode.example/a/"


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker(ROSTER, spacy_model=None, timeout=1)
    yield worker
    await worker.close()


async def test_a_feed_that_takes_too_long_ends_the_process_and_the_next_one_is_read(worker: Worker) -> None:
    endless = rss(*(item(f"Bericht {n}", f"{LINK}{n}", NOW, text="<p>Tekst</p>" * 20) for n in range(9_000))).encode()
    with pytest.raises(WorkerTimeout):
        await worker.read_feed(endless, LINK, None, "Europe/Amsterdam", NOW)

    feed = await worker.read_feed(rss(item("Een", LINK, NOW)).encode(), LINK, None, "Europe/Amsterdam", NOW)
    assert [entry.title for entry in feed.entries] == ["Een"]
    with pytest.raises(FeedError, match="not a feed"):
        await worker.read_feed(b"<html><body>Nee</body></html>", LINK, None, "Europe/Amsterdam", NOW)
