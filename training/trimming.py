"""Removes from a saved pipeline the strings of its training texts, which it does not need to parse others."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
import srsly  # type: ignore[import-untyped]
from spacy.language import Language
from spacy.pipeline.edit_tree_lemmatizer import EditTreeLemmatizer
from spacy.strings import get_string_id


def trim_strings(folder: Path, nlp: Language) -> None:
    """Rewrite `vocab/strings.json` of a saved pipeline to what its labels and its edit trees name.

    Everything else in the string store comes from the words of the training texts and is looked up again when a text
    is parsed, so that the output stays the same.

    Args:
        folder: a pipeline written by `Language.to_disk`.
        nlp: the same pipeline.
    """
    wanted = set(spacy.blank("nl").vocab.strings) | {"", "ROOT", "dep"}
    for _, component in nlp.pipeline:
        for label in getattr(component, "labels", ()):
            wanted.update(_spellings(str(label)))
    lemmatizer = nlp.get_pipe("lemmatizer")
    if not isinstance(lemmatizer, EditTreeLemmatizer):
        raise TypeError("the lemmatizer has no edit trees")
    hashes = set(_integers(srsly.msgpack_loads(lemmatizer.trees.to_bytes())))
    path = folder / "vocab" / "strings.json"
    strings = json.loads(path.read_text(encoding="utf-8"))
    kept = [string for string in strings if string in wanted or get_string_id(string) in hashes]
    path.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def first_difference(one: Language, other: Language, texts: list[str]) -> str | None:
    """Return a text in which two pipelines annotate a word differently, or None if there is none among the texts."""
    for text in texts:
        words = [
            [(word.pos_, str(word.morph), word.lemma_, word.dep_, word.head.i) for word in nlp(text)]
            for nlp in (one, other)
        ]
        if words[0] != words[1]:
            return text
    return None


def _spellings(label: str) -> set[str]:
    """Return a label and the strings that spaCy makes of it: its features, and those without the part of speech."""
    features = [part for part in label.split("|") if not part.startswith("POS=")]
    parts = {part for feature in label.split("|") for part in feature.split("=")}
    # A transition is written as its move, a hyphen and the dependency.
    return {label, "|".join(features), label.partition("-")[2], *label.split("|"), *parts}


def _integers(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _integers(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _integers(item)
    elif isinstance(value, int):
        yield value
