"""Trains floret vectors (sums of hashed subwords, so that unseen names get one too) on open Dutch text."""

import lzma
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import floret
import spacy
from spacy.language import Language
from spacy.training.initialize import convert_vectors

from training.conllu import Sentence

# Words to take from each text at most: everything of the political and spoken registers, a sample of the normative
# ones, none of the nineteenth-century novel, whose spelling is not today's.
TEXTS: dict[str, int | None] = {
    "belgian_chamber_debates": None,
    "common_voice_sentences": None,
    "handelingen_tk": None,
    "kamervragen_answers": None,
    "rechtspraak": None,
    "laws_nl": 800_000,
    "treaties_nl": 200_000,
}
DIMENSIONS = 64
ROWS = 20_000
WORD = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")


def write_corpus(text_folder: Path, sentences: Iterable[Sentence], target: Path, seed: int) -> int:
    """Write the text that the vectors learn from, one paragraph or sentence a line, words set apart by spaces.

    Args:
        text_folder: holds `NAME.txt.xz` for each name in `TEXTS`.
        sentences: the treebank sentences of the training mix; their words are used as well, three times.
        target: the file to write.
        seed: shuffles the lines.

    Returns:
        The number of words written.
    """
    lines = [" ".join(token.form for token in sentence.tokens) for sentence in sentences] * 3
    shuffler = random.Random(seed)  # noqa: S311
    for name, limit in TEXTS.items():
        lines.extend(_take(text_folder / f"{name}.txt.xz", limit, shuffler))
    shuffler.shuffle(lines)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sum(line.count(" ") + 1 for line in lines)


def train_vectors(corpus: Path, target: Path) -> None:
    """Train vectors on a corpus file and write them as a floret table.

    One thread, because floret's own random numbers are only repeatable so.
    """
    model = floret.train_unsupervised(
        str(corpus),
        model="cbow",
        mode="floret",
        hashCount=2,
        bucket=ROWS,
        minn=4,
        maxn=5,
        minCount=10,
        dim=DIMENSIONS,
        epoch=10,
        lr=0.05,
        neg=6,
        thread=1,
        verbose=0,
    )
    model.save_floret_vectors(str(target))


def blank_pipeline(table: Path | None) -> Language:
    """Return an empty Dutch pipeline, its vocabulary carrying the vectors of a floret table if one is given."""
    nlp = spacy.blank("nl")
    if table is not None:
        convert_vectors(nlp, table, truncate=-1, prune=-1, mode="floret")
    return nlp


def _take(path: Path, limit: int | None, shuffler: random.Random) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        lines = stream.read().split("\n")
    if limit is not None:
        shuffler.shuffle(lines)
    taken = 0
    for line in lines:
        words = WORD.findall(line)
        if not words:
            continue
        yield " ".join(words)
        taken += len(words)
        if limit is not None and taken > limit:
            return
