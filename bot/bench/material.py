"""Words for benchmarks, the same in every run: sentences, what analysis makes of them, and light variants."""

from __future__ import annotations

import json
import lzma
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import seeds
from bot.reversals import Utterance, analyse, terms

DEBATES = Path("..") / "shared" / "text" / "belgian_chamber_debates.txt.xz"
"""Where sentences of real debates are, if they are there at all."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LENGTHS = range(6, 41)
_NAME_BEGINNINGS = (
    "Water",
    "Zand",
    "Eiken",
    "Noorder",
    "Molen",
    "Hoge",
    "Lage",
    "Wester",
    "Ooster",
    "Zuider",
    "Duin",
    "Veen",
    "Hei",
    "Rivier",
    "Berken",
)
_NAME_ENDS = (
    "drecht",
    "dam",
    "burg",
    "hoven",
    "loo",
    "wijk",
    "dijk",
    "veld",
    "kerk",
    "meer",
    "sluis",
    "horst",
    "brug",
    "poort",
    "rode",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with what is stored beside it.

    Attributes:
        text: The words.
        terms: The stems it is filed under.
        analysis: The comparison's notes, as JSON text.
    """

    text: str
    terms: tuple[str, ...]
    analysis: str

    def in_place(self, name: str, name_terms: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """Give the text with a place at its end, and its terms with the place's; earlier offsets stay as they are."""
        return f"{self.text.rstrip('.!?')} in {name}.", (*self.terms, *name_terms)


def sample_of(text: str) -> Sample:
    """Analyse a text as the pipeline would."""
    return Sample(text, terms(text), json.dumps(analyse(Utterance("", text)).to_json(), separators=(",", ":")))


def sentences(count: int) -> list[str]:
    """Give distinct sentences in a fixed order without order: of debates, or made of the words of our own articles.

    Args:
        count: How many.
    """
    found = dict.fromkeys(_of_debates() if DEBATES.exists() else _of_seeds(count))
    chosen = list(found)
    random.Random(1).shuffle(chosen)  # noqa: S311 - the same in every run
    return chosen[:count]


def places() -> list[str]:
    """Give the names of places that are nowhere."""
    return [beginning + end for beginning in _NAME_BEGINNINGS for end in _NAME_ENDS]


def variant_of(text: str, number: int) -> str:
    """Say a text a little differently, in one of four ways by turns.

    A negation is put in or left out, a word in seven falls away, the last third comes first, or the longest word
    is another one.
    """
    words = text.rstrip(".!?").split()
    return " ".join(_WAYS[number % len(_WAYS)](words)) + "."


def _of_debates() -> list[str]:
    with lzma.open(DEBATES, "rt", encoding="utf-8") as lines:
        return [
            sentence
            for line in lines
            for sentence in _SENTENCE_END.split(line.strip())
            if len(sentence.split()) in _LENGTHS and sentence[0].isupper() and sentence[-1] in ".!?"
        ]


def _of_seeds(count: int) -> list[str]:
    words = [word for article in seeds.articles() for word in str(article["text"]).split()]
    chance = random.Random(2)  # noqa: S311 - the same in every run
    return [" ".join(chance.choices(words, k=chance.choice(_LENGTHS))).strip(".") + "." for _ in range(count * 2)]


def _denied(words: Sequence[str]) -> list[str]:
    kept = [word for word in words if word not in ("niet", "geen")]
    return kept if len(kept) < len(words) else [*words[: len(words) // 2], "niet", *words[len(words) // 2 :]]


def _thinned(words: Sequence[str]) -> list[str]:
    return [word for position, word in enumerate(words) if position % 7 != 3]


def _turned_round(words: Sequence[str]) -> list[str]:
    cut = len(words) * 2 // 3
    return [*words[cut:], *words[:cut]]


def _reworded(words: Sequence[str]) -> list[str]:
    longest = max(words, key=len)
    return ["aangelegenheid" if word == longest else word for word in words]


_WAYS = (_denied, _thinned, _turned_round, _reworded)
