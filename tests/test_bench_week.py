"""The replayed week, at a size that takes a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bench import week


def test_days_of_articles_and_a_debate_are_few_messages_that_are_written_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(week, "GOLD", tmp_path / "absent")
    monkeypatch.setattr(week, "DAYS", 2)
    monkeypatch.setattr(week, "A_DAY", 8)

    days = week.bench_week()

    counts = week.figures(days)
    assert counts["articles"] == [8, 8]
    assert counts["debates"] == [0, 1]
    assert 3 <= counts["messages_at_news"][1] <= 10
    assert counts["messages_at_all"] >= counts["messages_at_news"]
    written = week.document(days)
    assert "Debat over de dijken van Waterland" in written
    assert "“Ik zeg de Kamer toe dat het herstelplan voor 1 mei komt.” · toezegging, uiterlijk 1 mei 2025" in written
