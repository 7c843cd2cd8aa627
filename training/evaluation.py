"""Measures a pipeline: accuracy on treebank sentences, subjects of cue verbs in articles, speed and size."""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from spacy.language import Language

from training.conllu import Sentence
from training.examples import UNCHANGED, make_example

SUBJECT_LABELS = frozenset({"nsubj", "nsubj:pass"})


class Accuracy(NamedTuple):
    """Shares from 0 to 100, all on gold tokens, each sentence a document of its own.

    Attributes:
        upos: part of speech right.
        uas: head right, punctuation left out.
        las: head and label right, punctuation left out.
        lemma: lemma right, in the form of `training.treebanks.plain_lemma`; words without one are left out.
        subject_precision: of the subjects found, those with the right head.
        subject_recall: of the gold subjects, those found with the right head.
    """

    upos: float
    uas: float
    las: float
    lemma: float
    subject_precision: float
    subject_recall: float


def measure_accuracy(nlp: Language, sentences: Sequence[Sentence]) -> Accuracy:
    """Score a pipeline on treebank sentences."""
    unchanging = random.Random(0)  # noqa: S311
    examples = [make_example([sentence], nlp.vocab, UNCHANGED, unchanging) for sentence in sentences]
    words = scored = tags = heads = labels = lemmas = lemmatised = found = gold = both = 0
    for example, doc in zip(examples, nlp.pipe([example.predicted for example in examples]), strict=True):
        for ours, theirs in zip(doc, example.reference, strict=True):
            words += 1
            tags += ours.pos_ == theirs.pos_
            if theirs.lemma:
                lemmatised += 1
                lemmas += ours.lemma_ == theirs.lemma_
            same_head = ours.head.i == theirs.head.i
            if theirs.dep_ != "punct":
                scored += 1
                heads += same_head
                labels += same_head and ours.dep_ == theirs.dep_
            is_subject, was_subject = ours.dep_ in SUBJECT_LABELS, theirs.dep_ in SUBJECT_LABELS
            found += is_subject
            gold += was_subject
            both += is_subject and was_subject and same_head
    return Accuracy(
        upos=100 * tags / words,
        uas=100 * heads / scored,
        las=100 * labels / scored,
        lemma=100 * lemmas / max(1, lemmatised),
        subject_precision=100 * both / max(1, found),
        subject_recall=100 * both / max(1, gold),
    )


def measure_speed(nlp: Language, texts: Sequence[str]) -> float:
    """Return how many words (runs of non-space characters) the pipeline parses in a second of processor time."""
    list(nlp.pipe(texts[:5]))
    start = time.process_time()
    for _ in nlp.pipe(texts):
        pass
    return sum(len(text.split()) for text in texts) / (time.process_time() - start)


def size_in_bytes(folder: Path) -> int:
    """Return the sum of the sizes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
