"""The command line as its users meet it: answers, bad input, exit statuses, and no secret anywhere."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli import main
from tests.fictional import EARLIER, LATER, ROSTER

TOKEN = "123456789:AAH-not-a-real-token-but-long-enough-00"


@dataclass(frozen=True)
class Outcome:
    """What a command wrote, and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command in an empty folder; its logging is undone afterwards."""
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE", "DATABASE_URL", "DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def call(*arguments: str) -> Outcome:
        monkeypatch.setattr("sys.argv", ["citaatwacht", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        written = capfd.readouterr()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, written.out, written.err)

    yield call
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _file(name: str, content: object) -> str:
    Path(name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return name


def _article(text: str, day: str, url: str) -> dict[str, str]:
    return {
        "id": url.rsplit("/", 1)[-1],
        "url": url,
        "source": "De Proefkrant",
        "published_at": f"{day}T16:00:00+01:00",
        "title": text.split(".")[0],
        "text": text,
    }


def test_extract_gives_a_line_for_each_article_with_offsets_that_hold(run: Run) -> None:
    roster = _file("roster.json", ROSTER)
    article = _file("een.json", _article(EARLIER, "2026-03-02", "https://krant.test/1"))
    outcome = run("extract", "--roster", roster, article, "--highlight", "page.html")
    assert outcome.status == 0
    [line] = outcome.out.splitlines()
    found = json.loads(line)
    assert found["id"] == "1"
    for statement in found["statements"]:
        assert EARLIER[statement["start"] : statement["end"]] == statement["quote"]
    direct = [statement for statement in found["statements"] if statement["kind"] == "direct"]
    assert [statement["speaker"] for statement in direct] == ["wouter-zandstra"]
    assert "<html" in Path("page.html").read_text(encoding="utf-8")


def test_extract_counts_days_from_the_date_of_an_article_that_is_still_to_come(run: Run) -> None:
    roster = _file("roster.json", ROSTER)
    text = "Vorig jaar zei minister Wouter Zandstra dat de brug opengaat."
    outcome = run(
        "extract", "--roster", roster, _file("later.json", _article(text, "2091-03-02", "https://krant.test/2"))
    )
    [statement] = json.loads(outcome.out)["statements"]
    assert (statement["said_from"], statement["said_to"]) == ("2090-01-01", "2090-12-31")


def test_compare_and_replay_tell_the_same_turn(run: Run) -> None:
    earlier = {"id": "a", "text": "De btw gaat niet omhoog.", "date": "2026-03-02", "kind": "direct"}
    later = {"id": "b", "text": "De btw gaat omhoog.", "date": "2026-03-06", "kind": "direct"}
    pairs = _file("pairs.json", [{"id": "p1", "earlier": earlier, "later": later}])
    compared = json.loads(run("compare", pairs).out)
    assert compared["id"] == "p1"
    assert compared["label"] == "reversal"
    assert 0.5 < compared["score"] <= 1
    replayed = run("replay", _file("history.json", [later, earlier]))
    assert json.loads(replayed.out) == {
        "later_id": "b",
        "earlier_id": "a",
        "label": "reversal",
        "score": pytest.approx(compared["score"], abs=0.05),
    }
    explained = run("explain", earlier["text"], later["text"])
    assert explained.status == 0
    assert "niet omhoog" in explained.out


def test_ingest_then_ask_shows_the_turn_and_a_second_ingest_changes_nothing(run: Run) -> None:
    roster = _file("roster.json", ROSTER)
    assert run("roster", "import", roster).status == 0
    Path("articles").mkdir()
    _file("articles/1.json", _article(EARLIER, "2026-03-02", "https://krant.test/1"))
    _file("articles/2.json", _article(LATER, "2026-03-06", "https://krant.test/2"))
    assert run("ingest", "articles").status == 0
    first = run("ask", "/reversals Zandstra")
    assert "De btw gaat" in first.out.replace("_", "")  # changed words stand between lines
    assert "De Proefkrant" in first.out
    again = run("ingest", "articles")
    assert again.status == 0
    assert again.err.startswith("0 new, 2 known, 0 statements, 0 reversals")
    assert run("ask", "/reversals Zandstra").out == first.out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["extract", "--roster", "absent.json", "een.json"], "absent.json: cannot be read"),
        (["extract", "--roster", "list.json", "een.json"], "roster"),
        (["extract", "--roster", "roster.json", "empty.json"], "the article has no text"),
        (["extract", "--roster", "roster.json", "absent.txt"], "absent.txt: no such file or folder"),
        (["compare", "roster.json"], "roster.json: is not a list of pairs"),
        (["compare", "broken.json"], "broken.json: is not JSON"),
        (["replay", "roster.json"], "is not a list of statements"),
        (["roster", "import", "list.json"], "roster"),
        (["ask", "/quotes Rutte", "--database", "mysql://x"], "sqlite:/// or postgresql://"),
        (["sources", "on", "nobody"], "there is no source 'nobody'"),
    ],
)
def test_bad_input_is_told_in_one_clear_line_with_status_1(run: Run, arguments: list[str], reason: str) -> None:
    _file("roster.json", ROSTER)
    _file("list.json", [1, 2])
    _file("broken.json", "{")
    _file("een.json", _article(EARLIER, "2026-03-02", "https://krant.test/1"))
    _file("empty.json", {"id": "x", "published_at": "2026-03-02T16:00:00+01:00", "text": " "})
    outcome = run(*arguments)
    assert outcome.status == 1
    assert outcome.out == ""
    assert reason in outcome.err
    assert outcome.err.startswith("citaatwacht: ")
    assert "Traceback" not in outcome.err


def test_wrong_usage_has_status_2(run: Run) -> None:
    assert run("extract").status == 2
    assert run("nonsense").status == 2


def test_an_ingest_says_which_file_was_bad_and_takes_the_rest(run: Run) -> None:
    run("roster", "import", _file("roster.json", ROSTER))
    Path("articles").mkdir()
    _file("articles/1.json", _article(EARLIER, "2026-03-02", "https://krant.test/1"))
    _file("articles/2.json", {"id": "x", "published_at": "2026-03-02", "text": ""})
    outcome = run("ingest", "articles")
    assert outcome.status == 1
    assert "2.json" in outcome.err
    assert "1 new" in outcome.err


def test_an_unknown_name_and_an_empty_command_are_answered_in_dutch_with_status_0(run: Run) -> None:
    unknown = run("ask", "/quotes Xyzzy")
    assert unknown.status == 0
    assert "Xyzzy" in unknown.out
    empty = run("ask", "/quotes")
    assert empty.status == 0
    assert "Bijvoorbeeld" in empty.out


def test_the_console_chat_reads_what_is_typed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("/wie Rutte\nstop\n"))
    outcome = run("chat")
    assert outcome.status == 0
    assert "Mark Rutte" in outcome.out


def test_a_database_of_a_newer_version_is_left_alone(run: Run) -> None:
    assert run("db", "upgrade").status == 0
    file = Path("data/citaatwacht.db")
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    outcome = run("ask", "/quotes Rutte")
    assert outcome.status == 1
    assert "newer version" in outcome.err
    assert run("doctor").status == 1


def test_a_backup_is_restored_whole_and_only_into_an_empty_place(run: Run) -> None:
    run("roster", "import", _file("roster.json", ROSTER))
    assert run("db", "check").status == 0
    assert run("db", "backup", "all.backup").status == 0
    restored = run("db", "restore", "all.backup", "--database", "sqlite:///other.db")
    assert restored.status == 0
    assert run("db", "check", "--database", "sqlite:///other.db").status == 0
    assert run("db", "restore", "all.backup", "--database", "sqlite:///other.db").status == 1


def test_doctor_tells_what_is_missing_and_prints_no_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:9/bot")
    outcome = run("doctor")
    assert outcome.status == 1
    assert "telegram" in outcome.out
    assert TOKEN not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("MIN_CONFIDENCE", "2", "MIN_CONFIDENCE"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL"),
        ("DATABASE_URL", "nonsense", "not an address of a database"),
        ("TELEGRAM_BOT_TOKEN_FILE", "absent", "TELEGRAM_BOT_TOKEN_FILE cannot be read"),
        ("WEBHOOK_URL", "https://bot.test/telegram", "WEBHOOK_SECRET"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    outcome = run("run")
    assert outcome.status == 1
    assert reason in outcome.err


def test_a_setting_that_is_empty_is_as_good_as_not_set(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert run("ask", "/help").status == 0
