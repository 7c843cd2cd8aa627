"""Whether somebody commits to what he or she says: a promise with its date, or something that is ruled out. Pure.

It is read sentence by sentence from word lists, and rather missed than read into a question, a hope, a condition or
another's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.reversals.data_files import read_toml
from bot.reversals.deadlines import Deadline, deadline_in
from bot.reversals.lexicon import NEGATIONS, sign_of
from bot.reversals.morphology import infinitive
from bot.reversals.text import tokens
from bot.reversals.values import Utterance

_DATA = read_toml("pledges.toml")
_FEW_WORDS = r"(?:[\s,]+[^\s,.!?]+){0,8}?[\s,]+"
_SENTENCE = re.compile(r"[^\s].*?(?:[.!?…]+[”\"’)]*(?=\s+[^\s\da-z])|$)", re.MULTILINE)
_STRESS = str.maketrans("áéíóú", "aeiou")


@dataclass(frozen=True, slots=True)
class Pledge:
    """What a statement commits its speaker to.

    Attributes:
        kind: ``promise``: something will be done; ``exclusion``: something will not.
        due: For a promise the last day that its date can mean ("voor 1 maart" is 1 March); None where it names none.
    """

    kind: Literal["promise", "exclusion"]
    due: date | None = None


def pledge_of(utterance: Utterance) -> Pledge | None:
    """Read what a statement commits its speaker to.

    Args:
        utterance: The statement; its cue may carry the promise ("belooft"), and dates count from its day.

    Returns:
        Its first pledge; None where it commits to nothing.
    """
    sentences = [_folded(found[0]) for found in _SENTENCE.finditer(utterance.text)]
    said = utterance.said
    reported = _reported(utterance, sentences)
    if reported is not None:
        return reported
    before = ""
    for sentence in sentences:
        pledge = _in_sentence(sentence, before, said)
        if pledge is not None:
            return pledge
        before = sentence
    return None


def _reported(utterance: Utterance, sentences: Iterable[str]) -> Pledge | None:
    """A pledge that the reporting verb makes: "belooft", "zegt toe", "sluit uit"."""
    cue = " ".join(_folded(utterance.cue or "").split())
    if not cue:
        return None
    if any(pattern.search(cue) for pattern in _EXCLUSION_REPORTED):
        return Pledge("exclusion")
    if any(pattern.search(cue) for pattern in _PROMISE_REPORTED):
        return _guaranteed(" ".join(sentences), utterance.said)
    return None


def _in_sentence(sentence: str, before: str, said: date | None) -> Pledge | None:
    if sentence.rstrip("”\"’') ").endswith("?"):
        return None
    if _is_any(_GUARANTEES, sentence):
        return _guaranteed(sentence if _says_more(sentence) else f"{before} {sentence}", said)
    if _is_any(_PROMISES, sentence) and not _is_any(_NO_PROMISE, sentence):
        return (
            _guaranteed(sentence, said) if _is_any(_WORD_GIVEN, sentence) else Pledge("promise", _due(sentence, said))
        )
    if (_is_any(_EXCLUSIONS, sentence) or _refuses(sentence)) and not _is_any(_NO_EXCLUSION, sentence):
        return Pledge("exclusion")
    if _is_any(_PROMISES_WITH_LIMIT, sentence) and not _is_any(_NO_PROMISE, sentence) and not _denies(sentence):
        deadline = _deadline(sentence, said)
        if deadline is not None and deadline.is_limit:
            return Pledge("promise", deadline.day)
    return None


def _guaranteed(words: str, said: date | None) -> Pledge:
    """What a word is given on: that something will be done, or that it will not."""
    deadline = _deadline(words, said)
    # "Voor de kerst slaapt niemand meer op een gang" is to be kept by a day, whatever it denies.
    if _denies(words) and not (deadline and deadline.is_limit):
        return Pledge("exclusion")
    return Pledge("promise", deadline.day if deadline else None)


def _says_more(sentence: str) -> bool:
    """Whether a sentence with a guarantee says what is guaranteed, before a comma."""
    return len(sentence.split(",")[0].split()) > 3 and "," in sentence


def _denies(sentence: str) -> bool:
    return any(token.lower in NEGATIONS for token in tokens(sentence))


def _refuses(sentence: str) -> bool:
    """Whether the speaker will not do what a verb of our lists of signs names: "we gaan de huren niet verhogen"."""
    for pattern in _REFUSALS:
        found = pattern.search(sentence)
        if found is None:
            continue
        words = [token.lower for token in tokens(re.split(r"[.,;:!]", sentence[found.end() :])[0])]
        if any(infinitive(word) == word and sign_of(word, word) for word in words):
            return True
    return False


def _due(sentence: str, said: date | None) -> date | None:
    deadline = _deadline(sentence, said)
    return deadline.day if deadline else None


def _deadline(sentence: str, said: date | None) -> Deadline | None:
    return deadline_in(sentence, said=said) if said is not None else None


def _folded(text: str) -> str:
    """Small letters without accents of stress ("vóór"), except in "één", which is a number."""
    return re.sub(
        r"\S+", lambda word: word[0] if word[0] in ("één", "eén") else word[0].translate(_STRESS), text.lower()
    )


def _is_any(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _compiled(section: str, name: str) -> tuple[re.Pattern[str], ...]:
    def whole(pattern: str) -> str:
        return pattern.replace("~", _FEW_WORDS).replace("WE", _DATA["we"]).replace("NO", _DATA["no"])

    return tuple(re.compile(whole(pattern)) for pattern in _DATA[section][name])


_PROMISES = _compiled("promise", "cues")
_PROMISES_WITH_LIMIT = _compiled("promise", "cues_with_limit")
_GUARANTEES = _compiled("promise", "guarantees")
_NO_PROMISE = _compiled("promise", "undoing")
_PROMISE_REPORTED = _compiled("promise", "reported")
_EXCLUSIONS = _compiled("exclusion", "cues")
_REFUSALS = _compiled("exclusion", "refusals")
_NO_EXCLUSION = _compiled("exclusion", "undoing")
_EXCLUSION_REPORTED = _compiled("exclusion", "reported")
_WORD_GIVEN = (re.compile(r"\b(?:beloof|beloven|garandeer|garanderen|belofte|garantie)\b"),)
