"""Reads dependency treebanks in the CoNLL-U format."""

import lzma
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from training.errors import TreebankError


class Token(NamedTuple):
    """One word of a sentence.

    Attributes:
        form: the word as written, without white space.
        lemma: its lemma; empty where it is unknown and must not be learned.
        upos: the universal part of speech.
        xpos: the part of speech of the treebank's own tag set; empty for composed words.
        feats: morphological features, `Name=Value` joined by `|`; empty if none.
        head: index of the head in the sentence, from 0; the root is its own head.
        dep: the dependency label, `root` for the root.
        space_after: white space follows the word in the text.
    """

    form: str
    lemma: str
    upos: str
    xpos: str
    feats: str
    head: int
    dep: str
    space_after: bool


class Sentence(NamedTuple):
    """A sentence and the file its treebank took it from (empty if the treebank does not say)."""

    tokens: tuple[Token, ...]
    origin: str

    @property
    def key(self) -> tuple[str, ...]:
        """The words in lower case: what makes two sentences the same."""
        return tuple(token.form.lower() for token in self.tokens)


def read_treebank(path: Path) -> list[Sentence]:
    """Read a file of sentences.

    Args:
        path: a `.conllu` file, or an xz-compressed one (`.conllu.xz`), in UTF-8.

    Raises:
        TreebankError: the file is missing, or a line in it is malformed.
    """
    opener = lzma.open if path.suffix == ".xz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            return list(parse_conllu(lines))
    except FileNotFoundError as error:
        raise TreebankError(f"no such treebank: {path}") from error
    except (ValueError, IndexError) as error:
        raise TreebankError(f"{path}: {error}") from error


def parse_conllu(lines: Iterable[str]) -> Iterator[Sentence]:
    """Parse the lines of a CoNLL-U file into sentences.

    Multiword ranges (`1-2`) and empty nodes (`1.1`) are left out: spaCy has neither.

    Raises:
        ValueError: a line has too few columns, a head outside its sentence, or a sentence has not one root.
    """
    rows: list[list[str]] = []
    origin = ""
    for line in lines:
        text = line.rstrip("\n")
        if not text:
            if rows:
                yield _sentence(rows, origin)
            rows, origin = [], ""
        elif text.startswith("#"):
            name, _, value = text[1:].partition("=")
            if name.strip() in ("file", "source"):
                origin = value.strip()
        else:
            columns = text.split("\t")
            if len(columns) != 10:
                raise ValueError(f"{len(columns)} columns instead of 10: {text!r}")
            if columns[0].isdigit():
                rows.append(columns)
    if rows:
        yield _sentence(rows, origin)


def _sentence(rows: list[list[str]], origin: str) -> Sentence:
    tokens = []
    for index, (_, form, lemma, upos, xpos, feats, head, dep, _, misc) in enumerate(rows):
        governor = int(head)
        if governor > len(rows):
            raise ValueError(f"head {governor} outside a sentence of {len(rows)} words")
        tokens.append(
            Token(
                form="".join(form.split()),
                lemma="".join(lemma.split()),
                upos=upos,
                xpos=xpos,
                feats="" if feats == "_" else feats,
                head=governor - 1 if governor else index,
                dep=dep,
                space_after="SpaceAfter=No" not in misc,
            )
        )
    roots = sum(token.head == index for index, token in enumerate(tokens))
    if roots != 1:
        raise ValueError(f"{roots} roots in {' '.join(token.form for token in tokens)!r}")
    return Sentence(tuple(tokens), origin)
