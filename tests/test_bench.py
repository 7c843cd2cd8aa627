"""The benchmarks at size, at sizes that take a moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bench import debate, material, queries, reversals
from bot.bench.filling import PEOPLE, ScratchDatabase, ScratchError
from bot.bench.queries import bench_queries
from bot.bench.reversals import bench_reversals
from storage import schema

SIZE = 600


@pytest.fixture(autouse=True)
def small_material(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the material be made of the words of our own articles, wherever the tests run, and be little."""
    monkeypatch.setattr(material, "DEBATES", tmp_path / "absent")
    monkeypatch.setattr(reversals, "NEW", 20)
    monkeypatch.setattr(debate, "STATEMENTS", 40)
    for name, value in {"POOL": 200, "ASKED": 4, "ARTICLES": 2, "PAUSE": 0.01}.items():
        monkeypatch.setattr(queries, name, value)


def test_it_fills_measures_and_finds_what_was_planted(empty_url: str) -> None:
    lines: list[str] = []
    figures = bench_reversals(SIZE, empty_url, lines.append)
    at_size = figures["by_statements"][str(SIZE)]
    assert figures["database"] == empty_url.partition(":")[0]
    assert at_size["one_speaker"] == SIZE // PEOPLE
    assert at_size["index_entries"] > SIZE
    assert at_size["index_mib"] > 0
    assert at_size["recall_at_50"] >= 0.97
    for step in ("recall_and_comparison", "recall_by_terms", "process_extract_over_speaker"):
        times = at_size[step]
        assert 0 < times["wall_ms_p50"] <= times["wall_ms_p95"]
    assert figures["debate"]["statements"] > 0
    assert figures["debate"]["deliveries"] > 0
    assert lines
    assert schema.check(empty_url) == []


def test_it_asks_a_full_database_and_asks_it_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bench.db'}"
    first, second = (bench_queries(SIZE, url, lambda _: None) for _ in range(2))
    assert first["statements"] == SIZE
    # The statements of the articles that were taken meanwhile have come to it.
    assert second["statements"] > SIZE
    for times in (first["quiet_ms"], first["while_taking_2_articles_ms"]):
        assert set(times) == {"quotes", "quotes_with_words", "search", "inline"}
        assert all(0 < one["p50"] <= one["p95"] <= one["longest"] for one in times.values())


def test_it_asks_no_database_that_it_did_not_fill(sqlite_url: str) -> None:
    with pytest.raises(ScratchError):
        bench_queries(SIZE, sqlite_url, lambda _: None)


def test_it_leaves_a_database_in_use_alone(sqlite_url: str) -> None:
    with pytest.raises(ScratchError):
        ScratchDatabase(sqlite_url, 10)


def test_a_database_grows_to_the_size_asked_for(tmp_path: Path) -> None:
    scratch = ScratchDatabase(f"sqlite:///{tmp_path / 'bench.db'}", 30)
    first = scratch.grow(50)
    second = scratch.grow(110)
    scratch.close()
    assert scratch.filled.statements == 110
    # One of twenty is by the person who is asked about; what is known of the first growth is not told again.
    assert sorted(first) == [20, 40]
    assert sorted(second) == [60, 80, 100]


def test_the_material_is_the_same_each_time() -> None:
    assert material.sentences(20) == material.sentences(20)
    assert len(set(material.sentences(20))) == 20
    assert len(set(material.places())) > 200


@pytest.mark.parametrize("number", range(4))
def test_a_variant_differs_and_shares_words(number: int) -> None:
    text = "De minister wil de nieuwe dijk langs de rivier volgend jaar versterken."
    variant = material.variant_of(text, number)
    assert variant != text
    assert len(set(variant.split()) & set(text.split())) >= 8
