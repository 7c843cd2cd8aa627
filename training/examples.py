"""Turns treebank sentences into what spaCy learns from, varied in the ways in which news text varies."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

from training.conllu import Sentence, Token
from training.treebanks import Part

OPENING_MARKS = frozenset({",,", "``", "„", "“", "«"})
CLOSING_MARKS = frozenset({"''", "”", "»"})
QUOTATION_MARKS = OPENING_MARKS | CLOSING_MARKS | {'"'}
# The straight mark stands for more than its share: the extraction rewrites every style to it before it parses.
MARK_STYLES = (('"', '"'), ('"', '"'), ('"', '"'), ("“", "”"), ("‘", "’"), ("'", "'"), ("„", "”"), ("«", "»"))


class Variation(NamedTuple):
    """How often, from 0 to 1, a document is varied in each way."""

    final_stop_dropped: float = 0.05
    all_capitals: float = 0.015
    ellipsis_as_one_sign: float = 0.4
    long_dash: float = 0.5
    boundaries_given: float = 0.75
    paragraph_break: float = 0.08


UNCHANGED = Variation(0, 0, 0, 0, 1, 0)


def epoch(parts: dict[str, Part], chance: random.Random) -> list[list[Sentence]]:
    """Return one epoch's documents in random order.

    Half of them are single sentences, the others two to five neighbours of one treebank part; a part with weight
    1.5 is seen one and a half times.
    """
    documents = []
    for part in parts.values():
        count = len(part.sentences)
        start = chance.randrange(count)
        total = int(count * part.weight + chance.random())
        position = 0
        while position < total:
            size = 1 if chance.random() < 0.5 else chance.randint(2, 5)
            size = min(size, total - position)
            documents.append([part.sentences[(start + position + k) % count] for k in range(size)])
            position += size
    chance.shuffle(documents)
    return documents


def batches(documents: Iterator[Example], words: int) -> Iterator[list[Example]]:
    """Group examples until each group has at least so many words; what is left over at the end is dropped."""
    batch: list[Example] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.reference)
        if size >= words:
            yield batch
            batch, size = [], 0


def make_example(sentences: Sequence[Sentence], vocab: Vocab, variation: Variation, chance: random.Random) -> Example:
    """Build an example: the document as annotated, and the same words bare, as the pipeline will get them.

    Sentence boundaries are given to the bare document in most cases, because the extraction sets them before the
    parser runs; in the others the parser has to find them, so that the pipeline also serves alone.

    Args:
        sentences: at least one sentence; together they make the document.
        vocab: the pipeline's vocabulary.
        variation: how often to vary what.
        chance: the source of randomness.
    """
    style = chance.choice(MARK_STYLES) if variation is not UNCHANGED else ('"', '"')
    varied = [_vary(_with_marks(sentence.tokens, style), variation, chance) for sentence in sentences]
    varied[:-1] = [
        _with_break(tokens) if chance.random() < variation.paragraph_break else tokens for tokens in varied[:-1]
    ]
    reference = _document(varied, vocab)
    starts: list[bool | int | None] | None = None
    if chance.random() < variation.boundaries_given:
        starts = [token.is_sent_start for token in reference]
    bare = Doc(
        vocab,
        words=[token.text for token in reference],
        spaces=[bool(token.whitespace_) for token in reference],
        sent_starts=starts,
    )
    return Example(bare, reference)


def _with_marks(tokens: Sequence[Token], style: tuple[str, str]) -> list[Token]:
    """Rewrite the quotation marks of a sentence to one style; straight marks open and close in turn."""
    opening, closing = style
    is_open = False
    rewritten = []
    for token in tokens:
        if token.form in QUOTATION_MARKS:
            opens = token.form in OPENING_MARKS or (token.form == '"' and not is_open)
            is_open = opens
            mark = opening if opens else closing
            rewritten.append(token._replace(form=mark, lemma=mark))
        else:
            rewritten.append(token)
    return rewritten


def _vary(tokens: list[Token], variation: Variation, chance: random.Random) -> list[Token]:
    last = len(tokens) - 1
    if (
        last > 2
        and tokens[last].form in ".?!"
        and all(token.head != last for token in tokens)
        and chance.random() < variation.final_stop_dropped
    ):
        tokens = tokens[:last]
    if chance.random() < variation.all_capitals:
        tokens = [token._replace(form=token.form.upper()) for token in tokens]
    varied = []
    for token in tokens:
        form = token.form
        if form == "..." and chance.random() < variation.ellipsis_as_one_sign:
            form = "…"
        elif form in ("-", "--") and chance.random() < variation.long_dash:
            form = "–"
        varied.append(token._replace(form=form))
    return varied


def _with_break(tokens: list[Token]) -> list[Token]:
    """Add the word that spaCy's tokenizer makes of a blank line."""
    last = len(tokens) - 1
    return [
        *tokens[:last],
        tokens[last]._replace(space_after=False),
        Token("\n\n", "\n\n", "SPACE", "_SP", "", last, "dep", False),
    ]


def _document(sentences: Sequence[Sequence[Token]], vocab: Vocab) -> Doc:
    tokens = [token for sentence in sentences for token in sentence]
    heads: list[int] = []
    for sentence in sentences:
        offset = len(heads)
        heads.extend(offset + token.head for token in sentence)
    return Doc(
        vocab,
        words=[token.form for token in tokens],
        spaces=[token.space_after for token in tokens],
        lemmas=[token.lemma for token in tokens],
        pos=[token.upos for token in tokens],
        morphs=[token.feats for token in tokens],
        heads=heads,
        deps=["ROOT" if token.dep == "root" else token.dep for token in tokens],
        sent_starts=[index == 0 for sentence in sentences for index in range(len(sentence))],
    )
