"""The extraction: how fast, how large and how good it is on this machine; ratios within one run."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import spacy.about

import seeds
from bot.extraction import extract_paths
from bot.offline import read_json
from bot.quotes.extract import Extractor
from bot.quotes.nlp import load_nlp
from bot.quotes.roster import Roster
from bot.settings import Settings

ROUNDS = 3
"""Each figure is the best of so many rounds, taken in turn, so that a busy moment does not decide."""

LEAST_CONFIDENCE: float = Settings.model_fields["min_confidence"].default
"""The confidence from which on statements are compared and announced."""

SHARED = Path("..") / "shared"
"""Where the development set and the scorer are, if they are there at all."""

QUIET = (
    "Het weer blijft de komende dagen zacht en wisselvallig. Op de meeste plaatsen valt af en toe regen, met in het "
    "oosten langere droge perioden. De temperatuur loopt op tot een graad of twaalf, de wind is matig en komt uit het "
    "zuidwesten.\n\n"
) * 6
"""An article that holds no mark, no reporting verb and nobody of the roster."""


def bench_extract() -> dict[str, Any]:
    """Measure extraction beside a bare parse and beside tokenising the same texts.

    Returns:
        Figures by name: seconds, articles and words a second on one core, ratios, mebibytes, and the scores on
        the development set where it is at hand.
    """
    base = _peak_memory()
    nlp = load_nlp(None)
    extractor = Extractor(Roster.from_popolo(_roster()), nlp)
    texts = _texts()
    words = sum(len(text.split()) for text in texts)
    today = date.today()  # noqa: DTZ011 - any day does
    extractor.extract(texts[0], today)
    seconds = _best(
        {
            "tokenise": lambda: [nlp.make_doc(text) for text in texts],
            "parse": lambda: [nlp(text) for text in texts],
            "extract": lambda: [extractor.extract(text, today) for text in texts],
            "quiet": lambda: [extractor.extract(QUIET, today) for _ in texts],
        }
    )
    quiet_share = (seconds["quiet"] / len(QUIET)) / (seconds["extract"] / (sum(map(len, texts)) / len(texts)))
    figures: dict[str, Any] = {
        "spacy": spacy.about.__version__,
        "articles": len(texts),
        "words": words,
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "articles_per_second": round(len(texts) / seconds["extract"], 1),
        "words_per_second": round(words / seconds["extract"]),
        "ratio_to_parse": round(seconds["extract"] / seconds["parse"], 2),
        "ratio_to_tokenise": round(seconds["extract"] / seconds["tokenise"], 1),
        "quiet_article_share": round(quiet_share, 3),
        "memory_mib_beyond_spacy": round(_peak_memory() - base),
        "growth_seconds_by_characters": _growth(extractor, texts, today),
    }
    scores = _scores()
    if scores:
        figures["development_set"] = scores
    return figures


def _roster() -> dict[str, Any]:
    file = SHARED / "gold" / "roster.json"
    roster: dict[str, Any] = read_json(file) if file.exists() else seeds.roster()
    return roster


def _texts() -> list[str]:
    """The development articles where they are at hand, else those of the demonstration."""
    files = sorted((SHARED / "gold" / "articles").glob("*.json"))
    return [str(read_json(file)["text"]) for file in files] or [str(article["text"]) for article in seeds.articles()]


def _best(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            start = time.process_time()
            task()
            spent = time.process_time() - start
            best[name] = min(spent, best.get(name, spent))
    return best


def _growth(extractor: Extractor, texts: Sequence[str], today: date) -> dict[str, float]:
    whole = "\n\n".join(texts)
    seconds = {}
    for size in (20_000, 40_000, 80_000, 160_000):
        text = (whole * (size // len(whole) + 1))[:size]
        start = time.process_time()
        extractor.extract(text, today)
        seconds[str(size)] = round(time.process_time() - start, 2)
    return seconds


def _scores() -> dict[str, Any] | None:
    """The development set's scores, and how often a wrong minister is named at the default confidence."""
    scorer, gold = SHARED / "tools" / "score_quotes.py", SHARED / "gold"
    if not scorer.exists():
        return None
    lines = list(extract_paths([gold / "articles"], gold / "roster.json", spacy_model=None, highlight_to=None))
    scores = _scored(scorer, gold / "articles", lines)
    for line in lines:
        line["statements"] = [s for s in line["statements"] if s["confidence"] >= LEAST_CONFIDENCE]
    sure = _scored(scorer, gold / "articles", lines)
    families = [sure[family] for family in ("quoted", "indirect")]
    wrong = sum(family["minister"]["predicted"] * (1 - family["minister"]["p"]) for family in families)
    predicted = sum(family["predicted"] for family in families)
    scores["wrong_minister_share"] = {
        "at_confidence": LEAST_CONFIDENCE,
        "of_statements": predicted,
        "share": round(wrong / predicted, 3),
        "note": "wrong speaker or no statement at all, though a minister was named",
    }
    return scores


def _scored(scorer: Path, articles: Path, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as predictions:
        predictions.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        predictions.flush()
        command = [sys.executable, str(scorer), str(articles), predictions.name, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own arguments
    scores: dict[str, Any] = json.loads(done.stdout)
    return scores


def _peak_memory() -> float:
    """The most memory that this process has held so far, in mebibytes (Linux counts in kibibytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
