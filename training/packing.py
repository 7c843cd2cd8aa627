"""Packs a trained pipeline for shipping: trimmed, measured, with its card, its licence and its origins beside it."""

import json
import platform
import shutil
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language

from training.card import write_card
from training.errors import PackingError
from training.evaluation import measure_accuracy, measure_speed, size_in_bytes
from training.pipeline import Plan
from training.subjects import measure_subjects
from training.treebanks import Treebanks
from training.trimming import first_difference, trim_strings

PACKAGES = ("spacy", "thinc", "numpy", "floret")
PARAGRAPH = 5


def pack(nlp: Language, target: Path, treebanks: Treebanks, plan: Plan, articles: Path | None) -> dict[str, Any]:
    """Write a trained pipeline to the folder it is loaded from, in place of what was there.

    Args:
        nlp: the pipeline.
        target: the folder; it is replaced in one step, when everything is measured and written.
        treebanks: what the pipeline learned from and is measured on.
        plan: how it was trained.
        articles: annotated articles to measure the subjects of reporting verbs on, if there are any.

    Returns:
        The figures that stand in the card.

    Raises:
        PackingError: without the strings of its training texts, the pipeline annotates a text differently.
    """
    draft = target.with_name(f".{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    nlp.to_disk(draft)
    trim_strings(draft, nlp)
    start = time.process_time()
    shipped = spacy.load(draft)
    loading = time.process_time() - start
    texts = _test_texts(treebanks)
    different = first_difference(nlp, shipped, texts)
    if different is not None:
        raise PackingError(f"trimming changed the annotation of {different[:80]!r}")

    figures: dict[str, Any] = {
        "test": measure_accuracy(shipped, treebanks.test)._asdict(),
        "held_out": measure_accuracy(shipped, treebanks.held_out)._asdict(),
        "words_per_second": round(measure_speed(shipped, texts)),
        "loading_seconds": round(loading, 2),
        "megabytes": size_in_bytes(draft) // 100_000 / 10,
    }
    if articles is not None:
        for name, held_out in (("subjects", False), ("subjects_held_out", True)):
            score, _ = measure_subjects(shipped, articles, held_out=held_out)
            figures[name] = {"right": dict(score.right), "cases": dict(score.cases), "share": round(score.share, 3)}
    _write_beside(draft, treebanks, plan, figures)
    _replace(target, draft)
    return figures


def _test_texts(treebanks: Treebanks) -> list[str]:
    """Return the test sentences as paragraphs of running text."""
    sentences = [
        "".join(token.form + " " * token.space_after for token in sentence.tokens).strip()
        for sentence in treebanks.test
    ]
    return [" ".join(sentences[start : start + PARAGRAPH]) for start in range(0, len(sentences), PARAGRAPH)]


def _write_beside(folder: Path, treebanks: Treebanks, plan: Plan, figures: dict[str, Any]) -> None:
    path = folder / "meta.json"
    meta = json.loads(path.read_text(encoding="utf-8"))
    meta.update(
        name="quotes_news",
        version="1.0.0",
        description="Dutch news: part of speech, morphology, lemma and dependencies, trained for reported speech",
        author="Citaatwacht",
        license="CC BY-SA 4.0",
        performance=figures,
        training={
            "plan": asdict(plan),
            "treebanks": treebanks.digests,
            "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        },
    )
    path.write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    write_card(folder, meta)


def _replace(target: Path, draft: Path) -> None:
    former = target.with_name(f".{target.name}.old")
    shutil.rmtree(former, ignore_errors=True)
    if target.exists():
        target.rename(former)
    draft.rename(target)
    shutil.rmtree(former, ignore_errors=True)
