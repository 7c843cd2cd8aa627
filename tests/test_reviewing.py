"""Reviews as a labelled set: what the command writes, and what a pair becomes by its reason."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.offline import compared
from bot.reviewing import labelled
from storage.chats import ensure_chat
from storage.database import Database
from storage.reviews import ReviewedPair, ReviewedSide, keep_review
from tests.storage_examples import NOON, keep_people, keep_text, keep_turn

SIDE = ReviewedSide("Er komt niets.", "direct", None, "2024-03-01")


@pytest.mark.parametrize(
    ("verdict", "reason", "label"),
    [
        ("confirmed", None, "shift"),
        ("rejected", "other-subject", "unrelated"),
        ("rejected", "other-time-or-place", "unrelated"),
        ("rejected", "not-own-view", "unrelated"),
        ("rejected", "condition", "elaboration"),
        ("rejected", "no-contradiction", "elaboration"),
    ],
)
def test_the_label_is_the_flags_own_or_comes_from_the_reason(verdict: str, reason: str | None, label: str) -> None:
    (pair,) = labelled([ReviewedPair(7, "zandstra", "shift", verdict, reason, SIDE, SIDE)])
    assert (pair["id"], pair["label"], pair["why"]) == ("V7", label, reason or "")


def test_a_pair_with_the_wrong_speaker_says_nothing_of_the_comparison() -> None:
    assert labelled([ReviewedPair(7, "zandstra", "shift", "rejected", "wrong-speaker", SIDE, SIDE)]) == []


def test_the_export_has_the_form_that_compare_reads(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def fill() -> None:
        database = await Database.open(sqlite_url)
        async with database.writing() as session:
            await keep_people(session)
            article_id = await keep_text(session, "sluis")
            await ensure_chat(session, chat_id=1, kind="private", title="Vera")
            for year, reason in ((2020, None), (2022, "condition"), (2024, "wrong-speaker")):
                _, _, number = await keep_turn(session, article_id, said_on=date(year, 3, 1))
                await keep_review(
                    session,
                    reversal_id=number,
                    chat_id=1,
                    user_id=1,
                    verdict="rejected" if reason else "confirmed",
                    reason=reason,
                    moment=NOON,
                )
        await database.close()

    asyncio.run(fill())
    result = CliRunner().invoke(app, ["reviews", "export", "--database", sqlite_url])
    assert result.exit_code == 0
    pairs = json.loads(result.stdout)
    assert [pair["label"] for pair in pairs] == ["reversal", "elaboration"]
    assert pairs[0]["earlier"] == {
        "text": "De sluis blijft dicht (2019-03-02).",
        "date": "2019-03-02",
        "kind": "direct",
        "cue": "zei",
    }
    file = tmp_path / "pairs.json"
    file.write_text(result.stdout, encoding="utf-8")
    assert [line["id"] for line in compared(file)] == ["V1", "V2"]
