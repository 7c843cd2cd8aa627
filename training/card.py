"""Writes what is told about the pipeline beside it: its card, its licence and where it comes from."""

import shutil
from pathlib import Path
from string import Template
from typing import Any

from training.treebanks import HELD_OUT

TEXTS = Path(__file__).with_name("beside")
ACCURACIES = {
    "part of speech (UPOS)": "upos",
    "lemma": "lemma",
    "head (UAS, without punctuation)": "uas",
    "head and label (LAS, without punctuation)": "las",
    "subjects: precision": "subject_precision",
    "subjects: recall": "subject_recall",
}
SUBJECTS = """\
Subjects of reporting verbs in the project's development articles (fictional news, parsed by paragraph): right if the
subject's phrase names the annotated speaker. The composed sentences follow a grammar and an earlier trial's list of
the kinds of sentence it failed at (part of which it had met in these articles); none was written after an article.

| | right | named | role | pronoun |
|---|---|---|---|---|
"""


def write_card(folder: Path, meta: dict[str, Any]) -> None:
    """Write `README.md`, `LICENSE` and `ATTRIBUTION` into a pipeline's folder.

    Args:
        folder: the folder.
        meta: the pipeline's `meta.json`, with the figures and the training in it.
    """
    figures, training = meta["performance"], meta["training"]
    rows = (
        f"| {label} | {figures['test'][key]:.1f} | {figures['held_out'][key]:.1f} |"
        for label, key in ACCURACIES.items()
    )
    card = Template((TEXTS / "README.md").read_text(encoding="utf-8")).substitute(
        training["plan"] | training["versions"],
        name=meta["name"],
        version=meta["version"],
        held_out=HELD_OUT,
        rows="\n".join(rows),
        subjects=_subjects(figures),
        words_per_second=figures["words_per_second"],
        megabytes=figures["megabytes"],
        loading_seconds=figures["loading_seconds"],
        files="\n".join(f"- `{name}` sha256 `{digest}`" for name, digest in training["treebanks"].items()),
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
    for name in ("LICENSE", "ATTRIBUTION"):
        shutil.copyfile(TEXTS / name, folder / name)


def _subjects(figures: dict[str, Any]) -> str:
    if "subjects" not in figures:
        return ""
    lines = []
    for name, label in (("subjects", "30 articles"), ("subjects_held_out", "15 articles not looked at")):
        score = figures[name]
        right, cases = score["right"], score["cases"]
        kinds = " | ".join(f"{right.get(kind, 0)}/{cases.get(kind, 0)}" for kind in ("named", "role", "pronoun"))
        total = f"{sum(right.values())}/{sum(cases.values())} ({100 * score['share']:.1f}%)"
        lines.append(f"| {label} | {total} | {kinds} |\n")
    return SUBJECTS + "".join(lines)
