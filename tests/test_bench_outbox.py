"""The benchmark of the outbox, on a short bad day: nothing is lost, and the lanes hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.alerts.pace import Pace
from bot.bench import outbox
from bot.bench.outbox import BadDay, bench_outbox


def test_a_bad_day_with_a_killed_bot_and_a_dead_server_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "WINDOW_MESSAGES", 20)
    pause = timedelta(milliseconds=200)
    day = BadDay(chats=12, deliveries=36, kills=1, deaths=1, death_seconds=0.5, first_pause=pause)
    lines: list[str] = []

    figures = bench_outbox(day, None, lines.append)

    assert (figures["delivered"], figures["lost"], figures["out_of_order"]) == (36, 0, 0)
    assert figures["doubled"] <= figures["doubled_at_most"]
    assert figures["busiest_chat_in_a_second"] == 1
    assert figures["busiest_group_in_a_minute"] <= Pace().group_per_minute
    assert figures["busiest_second"] <= Pace().overall_per_second
    assert figures["window_ms"]["p50"] <= figures["window_ms"]["p99"]
    assert [line.split(": ")[1] for line in lines] == ["kill", "die"]
