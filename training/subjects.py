"""Measures what the extraction leans on most: that the subject of a reporting verb in an article is who spoke."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Token

from training.evaluation import SUBJECT_LABELS

PREPOSITIONS = frozenset({"volgens", "aldus", "bij", "naar", "voor", "in", "blijkens"})
# A verb without a subject of its own shares that of these heads: "wil zeggen", "kwam en zei".
SHARING_LABELS = frozenset({"aux", "aux:pass", "cop", "xcomp", "conj", "advcl", "compound:prt"})
# What leads from a word of the speaker's name or description up to the subject: "haar woordvoerder", "premier Pelt".
NAMING_LABELS = frozenset({"det", "amod", "nummod", "flat", "fixed", "appos", "conj", "nmod:poss"})
FARTHEST = 200
PARAGRAPH_BREAK = "\n\n"
HELD_OUT_EVERY = 3


class Case(NamedTuple):
    """A reporting verb, the words that name its speaker and their paragraph, as offsets into the article's text."""

    article: str
    attribution: str
    paragraph: tuple[int, int]
    cue: tuple[int, int]
    speaker: tuple[int, int]


class SubjectScore(NamedTuple):
    """How many cases there are of each kind of attribution, and in how many the subject was right."""

    right: Counter[str]
    cases: Counter[str]

    @property
    def share(self) -> float:
        """The share that was right, from 0 to 1."""
        return sum(self.right.values()) / max(1, sum(self.cases.values()))


def measure_subjects(nlp: Language, folder: Path, *, held_out: bool) -> tuple[SubjectScore, list[tuple[Case, str]]]:
    """Parse annotated articles and compare the subjects of their reporting verbs with the annotated speakers.

    Args:
        nlp: the pipeline; it finds the sentence boundaries itself.
        folder: the articles, `NNN.json`, in the form of the project's gold set.
        held_out: measure every third article, which nobody looks at; else the other two thirds.

    Returns:
        The score, and the cases that went wrong with the subject that was found (empty if none).
    """
    right: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    wrong = []
    for path in sorted(folder.glob("*.json")):
        if (int(path.stem) % HELD_OUT_EVERY == 0) != held_out:
            continue
        article = json.loads(path.read_text(encoding="utf-8"))
        paragraphs: dict[tuple[int, int], Doc] = {}
        for case in _cases(article):
            cases[case.attribution] += 1
            start, stop = case.paragraph
            if case.paragraph not in paragraphs:
                paragraphs[case.paragraph] = nlp(article["text"][start:stop])
            doc = paragraphs[case.paragraph]
            subject = _subject_at(doc, case.cue[0] - start)
            if subject is not None and _names(subject, doc, case.speaker[0] - start):
                right[case.attribution] += 1
            else:
                wrong.append((case, subject.text if subject is not None else ""))
    return SubjectScore(right, cases), wrong


def _cases(article: dict[str, Any]) -> Iterator[Case]:
    text = article["text"]
    spans = [(s["start"], s["start"] + len(s["quote"])) for s in article["statements"]]
    for statement in article["statements"]:
        cue, surface = statement["cue"], statement["speaker_surface"]
        if not cue or not surface or cue.split()[0].lower() in PREPOSITIONS:
            continue
        start, stop = statement["start"], statement["start"] + len(statement["quote"])
        before, after = text.rfind(PARAGRAPH_BREAK, 0, start), text.find(PARAGRAPH_BREAK, stop)
        paragraph = (
            before + len(PARAGRAPH_BREAK) if before >= 0 else 0,
            after if after >= 0 else len(text),
        )
        verbs = (_outside(text, word, paragraph, spans) for word in cue.split())
        found = next((places for places in verbs if places), [])
        if not found:
            continue
        verb = min(found, key=lambda place: min(abs(place[0] - start), abs(place[0] - stop)))
        names = _outside(text, surface, paragraph, spans)
        if not names:
            continue
        name = min(names, key=lambda place: abs(place[0] - verb[0]))
        if abs(name[0] - verb[0]) <= FARTHEST:
            yield Case(article["id"], statement["attribution"], paragraph, verb, name)


def _outside(text: str, words: str, paragraph: tuple[int, int], spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Find words in a paragraph, but not inside a statement."""
    pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    matches = (match.span() for match in pattern.finditer(text, *paragraph))
    return [(start, stop) for start, stop in matches if not any(a <= start < b for a, b in spans)]


def _subject_at(doc: Doc, offset: int) -> Token | None:
    verb = _token_at(doc, offset)
    return _subject_of(verb) if verb is not None else None


def _token_at(doc: Doc, offset: int) -> Token | None:
    return next((token for token in doc if token.idx + len(token) > offset), None)


def _subject_of(token: Token) -> Token | None:
    seen = set()
    while token.i not in seen:
        seen.add(token.i)
        for child in token.children:
            if child.dep_ in SUBJECT_LABELS:
                return child
        if token.dep_ not in SHARING_LABELS:
            return None
        token = token.head
    return None


def _names(subject: Token, doc: Doc, offset: int) -> bool:
    """Whether the subject's phrase, down to names and coordinated names, has the word at an offset."""
    wanted = _token_at(doc, offset)
    while wanted is not None:
        if wanted.i == subject.i:
            return True
        if wanted.dep_ not in NAMING_LABELS:
            return False
        wanted = wanted.head
    return False
