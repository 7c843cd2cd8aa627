"""The spaCy pipeline: loading it, and reading off a parse what the rules ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token

from bot.errors import CitaatwachtError
from bot.quotes.marks import plain_marks
from bot.quotes.segments import Sentence

SHIPPED_MODEL = Path(__file__).parent / "model"
"""Where the pipeline that comes with the project is."""

_LONGEST_SENTENCE = 160
"""Longer sentences (in tokens) are lists or broken text: a parse of them would cost much and tell little."""
_TOKENS_PER_DOC = 600
_INNER_END = re.compile(r"[.!?…]\s+")
_UNUSED = ["lemmatizer", "ner"]
"""Components that cost time and tell the rules nothing."""
_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "csubj"})


class ModelError(CitaatwachtError):
    """The pipeline that was asked for cannot be loaded."""


def load_nlp(model: str | None = None) -> Language:
    """Load the Dutch pipeline.

    Args:
        model: Name or path of a pipeline (``SPACY_MODEL``); None or empty for the shipped one.

    Returns:
        The pipeline; a blank Dutch one where none is shipped, with which extraction is shallower.

    Raises:
        ModelError: If the named pipeline cannot be loaded.
    """
    if model:
        try:
            return spacy.load(model)
        except (OSError, ValueError) as error:
            raise ModelError(f"the spaCy pipeline {model!r} cannot be loaded: {error}") from error
    if (SHIPPED_MODEL / "meta.json").exists():
        return spacy.load(SHIPPED_MODEL)
    return spacy.blank("nl")


class Syntax:
    """The parse of one sentence, asked by offset into the text.

    Args:
        tokens: The sentence's tokens.
        offsets: Where each of them starts in the text.
    """

    def __init__(self, tokens: Sequence[Token], offsets: Sequence[int]) -> None:
        self._by_start = dict(zip(offsets, tokens, strict=True))
        self._start = {token.i: offset for token, offset in zip(tokens, offsets, strict=True)}

    def token_at(self, offset: int) -> Token | None:
        """Give the token that starts at an offset, or None."""
        return self._by_start.get(offset)

    def span_of(self, token: Token) -> tuple[int, int]:
        """Give the offsets of a token in the text."""
        start = self._start[token.i]
        return start, start + len(token)

    def phrase_of(self, token: Token) -> tuple[int, int]:
        """Give the offsets of a noun with what stands directly before it and belongs to it, and its "van ..."."""
        left = token
        for child in token.lefts:
            if (
                child.dep_ in ("det", "amod", "nmod:poss", "nummod", "compound")
                and child.i < left.i
                and child.i in self._start
            ):
                left = child
        right = token
        for child in token.rights:
            if child.dep_ in ("flat", "flat:name", "appos") and child.i == right.i + 1 and child.i in self._start:
                right = child
        return self.span_of(left)[0], self.span_of(right)[1]

    def subject_of(self, offset: int) -> Token | None:
        """Give the subject of the verb that starts at an offset, through its auxiliary or governing verb, or None."""
        token = self._by_start.get(offset)
        for _ in range(4):
            if token is None:
                return None
            for child in token.children:
                if child.dep_ in _SUBJECTS and child.i in self._start:
                    return child
            if token.dep_ not in (
                "aux",
                "aux:pass",
                "cop",
                "xcomp",
                "conj",
                "advcl",
                "compound:prt",
                "ccomp",
                "parataxis",
            ):
                return None
            if token.dep_ in ("advcl", "ccomp", "parataxis") and not _is_infinitive(token):
                return None
            token = token.head if token.head != token else None
        return None

    def root_subject(self) -> Token | None:
        """Give the subject of the sentence's main verb, or None."""
        for token in self._by_start.values():
            if token.head == token:
                for child in token.children:
                    if child.dep_ in _SUBJECTS and child.i in self._start:
                        return child
        return None

    def has_finite(self, start: int, end: int) -> bool:
        """Whether a finite verb stands between two offsets."""
        return any(start <= offset < end and self.is_finite(offset) for offset in self._by_start)

    def is_conjunction(self, offset: int) -> bool:
        """Whether the word at an offset is a subordinating conjunction."""
        token = self._by_start.get(offset)
        return token is not None and token.pos_ == "SCONJ"

    def is_noun(self, offset: int) -> bool:
        """Whether the word at an offset is a noun."""
        token = self._by_start.get(offset)
        return token is not None and token.pos_ == "NOUN"

    def is_verb(self, offset: int) -> bool:
        """Whether the word at an offset is a verb in any form."""
        token = self._by_start.get(offset)
        return token is not None and token.pos_ in ("VERB", "AUX")

    def is_finite(self, offset: int) -> bool | None:
        """Whether the word at an offset is a finite verb; None where the parse has no such word."""
        token = self._by_start.get(offset)
        if token is None or not token.pos_:
            return None
        form = token.morph.get("VerbForm", ["Fin"])
        return token.pos_ in ("VERB", "AUX") and "Fin" in form


def parse(nlp: Language, text: str, sentences: Sequence[Sentence]) -> list[Syntax | None]:
    """Parse some sentences of a text, with our sentence boundaries.

    Args:
        nlp: A pipeline; without a parser in it nothing is parsed.
        text: Clean text.
        sentences: The sentences, in order.

    Returns:
        One parse per sentence; None where there is none.
    """
    if not nlp.has_pipe("parser"):
        return [None] * len(sentences)
    results: list[Syntax | None] = [None] * len(sentences)
    batches = list(_batches(nlp, text, sentences))
    for doc, batch in zip(
        nlp.pipe((batch.doc(nlp) for batch in batches), batch_size=16, disable=_UNUSED), batches, strict=True
    ):
        for index, first, last in batch.places:
            results[index] = Syntax(list(doc[first:last]), batch.offsets[first:last])
    return results


@dataclass(slots=True)
class _Batch:
    """Sentences that are parsed as one document."""

    words: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    places: list[tuple[int, int, int]] = field(default_factory=list)

    def doc(self, nlp: Language) -> Doc:
        starts = {first for _, first, _ in self.places}
        sent_starts: list[bool | int | None] = [position in starts for position in range(len(self.words))]
        return Doc(nlp.vocab, self.words, self.spaces, sent_starts=sent_starts)


def _batches(nlp: Language, text: str, sentences: Sequence[Sentence]) -> Iterator[_Batch]:
    batch = _Batch()
    for index, sentence in enumerate(sentences):
        if sentence.end - sentence.start > _LONGEST_SENTENCE * 12:
            continue
        first = len(batch.words)
        for start, end in _kept(text, sentence):
            for token in nlp.tokenizer(plain_marks(text[start:end])):
                if not token.is_space:
                    batch.words.append(token.text)
                    batch.spaces.append(bool(token.whitespace_))
                    batch.offsets.append(start + token.idx)
        if len(batch.words) - first > _LONGEST_SENTENCE or len(batch.words) == first:
            for column in (batch.words, batch.spaces, batch.offsets):
                del column[first:]
            continue
        batch.places.append((index, first, len(batch.words)))
        if len(batch.words) > _TOKENS_PER_DOC:
            yield batch
            batch = _Batch()
    if batch.places:
        yield batch


def _kept(text: str, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Leave out all but the last sentence of each quotation: what goes before does not bear on the frame."""
    position = sentence.start
    for quotation in sentence.quotations:
        yield position, quotation.start
        position = quotation.start
        for match in _INNER_END.finditer(text, quotation.start, max(quotation.start, quotation.end - 1)):
            position = match.end()
    yield position, sentence.end


def _is_infinitive(token: Token) -> bool:
    return "Inf" in token.morph.get("VerbForm", [])
