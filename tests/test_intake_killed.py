"""An ingest that is killed in the middle of its work is finished by the next one, which doubles and loses nothing."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console
from sqlmodel import col, func, select

from bot.installation import open_installation
from bot.intake import ingest_places
from bot.settings import Settings
from storage.database import Database
from storage.people import import_roster
from storage.tables import Article, Intake, Mention, Statement
from tests.fictional import ROSTER

ARTICLES = 20
PATIENCE = 120.0
ROOT = Path(__file__).parents[1]


async def test_an_ingest_that_is_killed_is_finished_by_the_next_with_nothing_doubled_or_lost(tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path}/citaatwacht.db"), data_dir=tmp_path)
    database = await open_installation(settings.database_url.get_secret_value(), tmp_path)
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
    _write_articles(tmp_path / "archief")
    try:
        await _kill_when_some_are_taken(tmp_path, database)
        cut_off = await _taken(database)

        done = await ingest_places(
            settings, [str(tmp_path / "archief")], announce=False, console=Console(file=io.StringIO())
        )

        async with database.reading() as session:
            states = Counter((await session.exec(select(Article.state))).all())
            said = Counter((await session.exec(select(Statement.content))).all())
            mentions = Counter((await session.exec(select(Mention.article_id))).all())
            read = (await session.exec(select(func.count()).select_from(Intake))).one()
    finally:
        await database.close()
    assert 0 < cut_off < ARTICLES
    assert (done.problems, done.known, read) == ([], ARTICLES, ARTICLES)
    assert states == {"taken": ARTICLES}
    assert set(said.values()) == {1}
    assert len(said) == ARTICLES
    assert sorted(mentions.values()) == [1] * ARTICLES


def _write_articles(folder: Path) -> None:
    """Write articles with one quote each, on days so far apart that none is another's."""
    folder.mkdir()
    first = datetime(2024, 9, 1, 12, tzinfo=UTC)
    for number in range(ARTICLES):
        article = {
            "id": f"a{number}",
            "published_at": (first + timedelta(days=7 * number)).isoformat(),
            "text": f"“Er komen {1000 + number} woningen bij in Waterstad”, zei premier Wouter Zandstra na het beraad.",
        }
        (folder / f"{number:03}.json").write_text(json.dumps(article), encoding="utf-8")


async def _kill_when_some_are_taken(data_dir: Path, database: Database) -> None:
    environment = {**os.environ, "DATABASE_URL": database.url, "DATA_DIR": str(data_dir), "COLUMNS": "80"}
    command = (
        sys.executable,
        "-c",
        "from bot.cli import main; main()",
        "ingest",
        "--workers",
        "1",
        str(data_dir / "archief"),
    )
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
    try:
        async with asyncio.timeout(PATIENCE):
            while process.returncode is None and await _taken(database) < 2:  # noqa: ASYNC110 - another process works
                await asyncio.sleep(0.02)
    finally:
        if process.returncode is None:
            process.kill()
    assert await process.wait() == -signal.SIGKILL


async def _taken(database: Database) -> int:
    async with database.reading() as session:
        wanted = select(func.count()).select_from(Article).where(col(Article.state) == "taken")
        return (await session.exec(wanted)).one()
