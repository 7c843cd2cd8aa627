"""The transcript of a press conference -> the turns of its speakers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.ingest.parliament.labels import NAMELESS, NUMBERS, SALUTATIONS, TITLES, is_particle, split_party
from bot.ingest.parliament.values import Role, Turn

_MOST_WORDS = 6
_OPENING = re.compile(r"([^:]{1,80}):(?:\s+|$)")
_NO_LABEL = re.compile(r"[\d.!?;,“”\"]")
_NAME_WORD = re.compile(r"[^\W\d_a-z][\w'’-]*")


@dataclass(frozen=True, slots=True)
class _Speaker:
    name: str
    role: Role = "other"
    office: str = ""
    party: str = ""


@dataclass(slots=True)
class _Draft:
    speaker: _Speaker
    paragraphs: list[list[str]] = field(default_factory=lambda: [[]])


def read_transcript(text: str, *, topic: str = "") -> tuple[Turn, ...]:
    """Read a transcript in which a line names the speaker of what comes after it.

    A label is a line of capitals alone ("ZANDSTRA"), a title with a name alone ("Minister Zandstra"), or a name,
    a title with a name or "Vraag" and the like before a colon. What looks like a label ends the turn before it
    even if it names nobody: words are rather lost than given to the wrong speaker.

    Args:
        text: The transcript; paragraphs split by an empty line or not, lines of one joined.
        topic: What it is about.

    Returns:
        The turns that have text, numbered from 1, without times. What stands above the first label is nobody's.
        The name is empty for who is not named ("Vraag").
    """
    drafts = [draft for draft in _drafts(text) if any(draft.paragraphs)]
    return tuple(_turn(number, draft, topic) for number, draft in enumerate(drafts, start=1))


def _drafts(text: str) -> Iterator[_Draft]:
    draft: _Draft | None = None
    for line in text.splitlines():
        words = " ".join(line.split())
        speaker, rest = _labelled(words)
        if speaker is not None:
            if draft is not None:
                yield draft
            draft = _Draft(speaker)
        if draft is None:
            continue
        if rest:
            draft.paragraphs[-1].append(rest)
        elif speaker is None:
            draft.paragraphs.append([])
    if draft is not None:
        yield draft


def _turn(number: int, draft: _Draft, topic: str) -> Turn:
    speaker = draft.speaker
    return Turn(
        id=str(number),
        speaker_id=None,
        name=speaker.name,
        role=speaker.role,
        office=speaker.office,
        party=speaker.party,
        is_chair=False,
        is_interruption=False,
        activity_id="",
        topic=topic,
        began=None,
        ended=None,
        paragraphs=tuple(" ".join(lines) for lines in draft.paragraphs if lines),
    )


def _labelled(line: str) -> tuple[_Speaker | None, str]:
    """The speaker that a line names, and what it says after the label."""
    opening = _OPENING.match(line)
    if opening is not None:
        speaker = _speaker(opening[1], is_before_colon=True)
        return speaker, line[opening.end() :] if speaker else line
    speaker = _speaker(line, is_before_colon=False)
    return speaker, "" if speaker else line


def _speaker(label: str, *, is_before_colon: bool) -> _Speaker | None:
    called, party = split_party(label)
    if not called or len(called.split()) > _MOST_WORDS or _NO_LABEL.search(called):
        return None
    is_capitals = called.isupper() and len(called) > 1
    if called.casefold() in NAMELESS:
        return _Speaker("", party=party) if is_before_colon or is_capitals else None
    title, name = _split_title(called)
    if called.casefold() in NUMBERS or not _is_name(name):
        return None
    if not (is_capitals or is_before_colon or title in TITLES):
        return None
    return _Speaker(
        _in_small_letters(name) if is_capitals else name,
        role=TITLES.get(title, "other"),
        office=title if title in TITLES else "",
        party=party,
    )


def _split_title(called: str) -> tuple[str, str]:
    folded = called.casefold()
    title = next((title for title in (*TITLES, *SALUTATIONS) if folded.startswith(f"{title} ")), "")
    return title, called[len(title) :].strip()


def _is_name(name: str) -> bool:
    """Whether all words begin with a capital, apart from the particles of a surname; "Tot slot" is none."""
    words = name.split()
    return bool(words and _NAME_WORD.match(words[-1])) and all(
        _NAME_WORD.match(word) or is_particle(word) for word in words
    )


def _in_small_letters(name: str) -> str:
    words = [re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word) for word in name.split()]
    small = [word.lower() if place and is_particle(word) else word for place, word in enumerate(words)]
    return " ".join(re.sub(r"^Ij", "IJ", word) for word in small)
