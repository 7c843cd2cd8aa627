"""Chooses, cleans and weighs the treebank sentences that the pipeline learns from, and those it is measured on."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from training.conllu import Sentence, Token, read_treebank

NEWSPAPERS = "nl_alpino-treebank-cdb.conllu.xz"
MIXED = "nl_alpino-treebank-other.conllu.xz"
ALPINO_DEV = "nl_alpino-ud-dev.conllu"
ALPINO_TEST = "nl_alpino-ud-test.conllu"
LASSY_DEV = "nl_lassysmall-ud-dev.conllu"
LASSY_TEST = "nl_lassysmall-ud-test.conllu"
FILES = (NEWSPAPERS, MIXED, ALPINO_DEV, ALPINO_TEST, LASSY_DEV, LASSY_TEST)

# How often an epoch sees each part. News counts most; the parts of the mixed file (their folder's name) that hold
# isolated questions, spelling exercises and addresses count little, and those that are not named are left out.
WEIGHTS = {
    ALPINO_DEV: 2.0,
    NEWSPAPERS: 1.6,
    LASSY_DEV: 1.0,
    LASSY_TEST: 1.0,
    "LassySample250": 1.5,
    "LassySample500": 1.5,
    "Titaantjes": 1.0,
    "extra": 1.0,
    "eans": 0.4,
    "novelsample_corrected": 1.5,
    "medfail": 1.5,
    "noisy": 1.0,
    "ntv-suite": 1.0,
    "wpspel": 0.5,
    "paco-realtest": 0.5,
    "paco-test": 0.5,
    "g_suite": 0.5,
    "h_suite": 0.7,
    "i_suite": 0.7,
    "j_suite": 0.7,
    "qa": 0.25,
    "cgn_exs": 0.5,
    "qtleap1a": 0.2,
    "leuven_yellow_pages": 0.5,
}
HELD_OUT = 118
LONGEST = 100
# The features that the releases of the treebanks agree on.
FEATURES = frozenset(
    {"Number", "Gender", "Tense", "VerbForm", "Person", "Degree", "PronType", "Poss", "Reflex", "Case"}
)


class Part(NamedTuple):
    """Sentences of one kind, in the order of their text, and how often an epoch sees each."""

    sentences: list[Sentence]
    weight: float


class Treebanks(NamedTuple):
    """What there is to learn from (`parts`, by name), to watch while training, and to measure at the end."""

    parts: dict[str, Part]
    held_out: list[Sentence]
    test: list[Sentence]
    digests: dict[str, str]


def load_treebanks(folder: Path) -> Treebanks:
    """Read the treebanks, clean of duplicates, of the test's sentences and of the documents these come from.

    Args:
        folder: holds the files named in `FILES`.

    Raises:
        TreebankError: a file is missing or malformed.
    """
    raw = {name: read_treebank(folder / name) for name in FILES}
    test = raw.pop(ALPINO_TEST)
    held_out = raw[ALPINO_DEV][-HELD_OUT:]
    raw[ALPINO_DEV] = raw[ALPINO_DEV][:-HELD_OUT]

    by_part: dict[str, list[Sentence]] = defaultdict(list)
    for name, sentences in raw.items():
        for sentence in sentences:
            part = sentence.origin.split("/")[1] if name == MIXED else name
            if part in WEIGHTS:
                by_part[part].append(sentence)

    seen = {sentence.key for sentence in test + held_out}
    test_documents = {_document(sentence) for sentence in test}
    harmonise = _FeatureHarmoniser([s for sentences in by_part.values() for s in sentences])
    parts = {}
    for name, weight in WEIGHTS.items():
        kept = []
        for sentence in by_part[name]:
            known = sentence.key in seen or _document(sentence) in test_documents
            if known or len(sentence.tokens) > LONGEST:
                continue
            seen.add(sentence.key)
            kept.append(Sentence(tuple(clean(harmonise(token)) for token in sentence.tokens), sentence.origin))
        parts[name] = Part(kept, weight)
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    return Treebanks(parts, _cleaned(held_out), _cleaned(test), digests)


def clean(token: Token) -> Token:
    """Return the token with its lemma written as one word, as `plain_lemma` has it."""
    return token._replace(lemma=plain_lemma(token))


def plain_lemma(token: Token) -> str:
    """Rewrite the treebank's lemma of a compound as one that can be told from the word alone.

    Alpino splits compounds (`verzekering_maatschappij`), drops their linking sounds, and gives a verb the particle
    that stands elsewhere in the clause (`voegde`: `toe_voegen`). Here the linking sounds return
    (`verzekeringsmaatschappij`), and the particle is left out unless it is part of the form (`meedoen`, `voegen`).

    Returns:
        The lemma, or an empty string where none can be derived.
    """
    lemma, form = token.lemma, token.form
    if "_" not in lemma.strip("_"):
        return lemma
    *firsts, last = lemma.split("_")
    if token.upos in ("VERB", "AUX"):
        particle = "".join(firsts)
        return particle + last if form.lower().startswith(particle.lower()) else last
    for length in range(len(last), 2, -1):
        start = form.lower().rfind(last[:length].lower())
        if start > 0:
            stem = form[:start]
            return (stem if token.upos == "PROPN" else stem.lower()) + last
    return ""


def _cleaned(sentences: Iterable[Sentence]) -> list[Sentence]:
    return [Sentence(tuple(clean(token) for token in sentence.tokens), sentence.origin) for sentence in sentences]


def _document(sentence: Sentence) -> str:
    """Return the id of the corpus document a sentence stands in, or an empty string (never that of a test document)."""
    found = re.search(r"WR-P-[A-Z]-[A-Z]-\d+", sentence.origin)
    return found.group() if found else ""


class _FeatureHarmoniser:
    """Gives every token the most frequent features of its two tags."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for sentence in sentences:
            for token in sentence.tokens:
                kept = (pair for pair in token.feats.split("|") if pair.split("=")[0] in FEATURES)
                counts[token.upos, token.xpos]["|".join(kept)] += 1
        self._features = {tags: found.most_common(1)[0][0] for tags, found in counts.items()}

    def __call__(self, token: Token) -> Token:
        return token._replace(feats=self._features.get((token.upos, token.xpos), ""))
