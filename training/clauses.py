"""Finds in the treebanks what reported speech reports: sentences, subordinate clauses, infinitives, noun phrases."""

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from training.conllu import Sentence, Token
from training.errors import TrainingError
from training.phrases import Phrase, Word

MARKS = frozenset("\"'():;«»") | {"''", ",,", "``", "-", "--"}


class Clauses:
    """Pools of clauses that are free of quotation marks, brackets and colons.

    Args:
        sentences: treebank sentences.

    Raises:
        TrainingError: there is no clause of one of the kinds.
    """

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self.main: list[Sentence] = []
        self.short: list[Sentence] = []
        self._invertible: list[tuple[Sentence, int]] = []
        self._subordinate: list[_Part] = []
        self._infinitives: list[_Part] = []
        self._nouns: list[_Part] = []
        for sentence in sentences:
            if not any(token.form in MARKS or token.upos == "X" for token in sentence.tokens):
                self._sort(sentence)
        pools = {
            "main clauses": self.main,
            "short answers": self.short,
            "main clauses that begin with their subject": self._invertible,
            "subordinate clauses": self._subordinate,
            "infinitive groups": self._infinitives,
            "noun phrases": self._nouns,
        }
        for name, pool in pools.items():
            if not pool:
                raise TrainingError(f"the treebanks have no {name} to compose reported speech of")

    def subordinate(self, chance: random.Random) -> Phrase:
        """Return a clause with its "dat" or "of"."""
        return _cut(chance.choice(self._subordinate))

    def infinitive(self, chance: random.Random) -> Phrase:
        """Return an infinitive group with "te"."""
        return _cut(chance.choice(self._infinitives))

    def noun(self, chance: random.Random) -> Phrase:
        """Return a noun phrase of two to seven words."""
        return _cut(chance.choice(self._nouns))

    def inverted(self, chance: random.Random) -> tuple[list[Word], Word, int]:
        """Return a main clause from its finite verb on, the subject second, as it stands behind an adverbial.

        Returns:
            Its words with the final stop, the root among them, and the number of words up to the subject's end.
        """
        sentence, length = chance.choice(self._invertible)
        words = to_words(sentence.tokens)
        root = next(word for word in words if word.head is None)
        first = words[0]
        if first.upos != "PROPN":
            first.form = first.form[:1].lower() + first.form[1:]
        return [words[length], *words[:length], *words[length + 1 :]], root, length + 1

    def _sort(self, sentence: Sentence) -> None:
        tokens = sentence.tokens
        last = tokens[-1]
        ends = last.form in (".", "?", "!") and last.head != len(tokens) - 1
        ends = ends and all(token.head != len(tokens) - 1 for token in tokens)
        if ends and 4 <= len(tokens) <= 26:
            self.main.append(sentence)
            length = _subject_length(tokens)
            if length:
                self._invertible.append((sentence, length))
        elif len(tokens) <= 4 and last.upos != "PUNCT":
            self.short.append(sentence)
        for index, token in enumerate(tokens):
            if token.dep not in ("ccomp", "xcomp", "obj", "obl", "nmod", "obl:arg"):
                continue
            span = _span(tokens, index)
            if span is None:
                continue
            first = tokens[span.start]
            if token.dep == "ccomp" and first.form in ("dat", "of") and 4 < len(span) < 26:
                self._subordinate.append(_Part(tokens, span, index))
            elif token.dep in ("xcomp", "ccomp") and 3 <= len(span) < 16 and _is_infinitive(tokens, span, index):
                self._infinitives.append(_Part(tokens, span, index))
            elif token.upos == "NOUN" and 2 <= len(span) <= 7 and first.upos in ("DET", "ADJ"):
                self._nouns.append(_Part(tokens, span, index))


class _Part(NamedTuple):
    tokens: Sequence[Token]
    span: range
    top: int


def to_words(tokens: Sequence[Token]) -> list[Word]:
    """Copy a treebank sentence into words that can be hung elsewhere."""
    words = [
        Word(token.form, token.upos, token.lemma, token.feats, token.dep, space_after=token.space_after)
        for token in tokens
    ]
    for index, token in enumerate(tokens):
        words[index].head = None if token.head == index else words[token.head]
    return words


def _cut(part: _Part) -> Phrase:
    words = to_words(part.tokens)
    top = words[part.top]
    top.head = None
    words = words[part.span.start : part.span.stop]
    words[-1].space_after = True
    return Phrase(words, top)


def _span(tokens: Sequence[Token], top: int) -> range | None:
    """Return the place of a word's subtree, or None if words from elsewhere stand within."""
    members = {top}
    grows = True
    while grows:
        found = {index for index, token in enumerate(tokens) if token.head in members} - members
        members |= found
        grows = bool(found)
    start, stop = min(members), max(members) + 1
    if stop - start != len(members) or tokens[stop - 1].form in ".?!":
        return None
    return range(start, stop)


def _subject_length(tokens: Sequence[Token]) -> int:
    """Return how many words the subject has, if the sentence is subject, finite verb, rest; otherwise 0."""
    root = next(index for index, token in enumerate(tokens) if token.head == index)
    for index, token in enumerate(tokens):
        if token.head == root and token.dep in ("nsubj", "nsubj:pass"):
            span = _span(tokens, index)
            if span is None or span.start != 0 or span.stop >= len(tokens) or span.stop > 9:
                return 0
            verb = tokens[span.stop]
            is_finite = "VerbForm=Fin" in verb.feats
            follows = span.stop == root or (verb.head == root and verb.upos == "AUX")
            return span.stop if is_finite and follows else 0
    return 0


def _is_infinitive(tokens: Sequence[Token], span: range, top: int) -> bool:
    is_marked = any(token.form == "te" and token.head == top for token in tokens[span.start : span.stop])
    return is_marked and "VerbForm=Inf" in tokens[top].feats
