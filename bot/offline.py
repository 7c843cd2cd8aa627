"""The commands that need no database: extract, compare and replay, from files to JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import CitaatwachtError
from bot.quotes.values import Statement
from bot.reversals import Utterance, Verdict, compare, replay


class InputError(CitaatwachtError):
    """A file cannot be used; the message names it and says why."""


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        InputError: It cannot be read, or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror})"
        raise InputError(message) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        message = f"{path}: is not JSON ({error})"
        raise InputError(message) from error


def extracted(article_id: str, statements: list[Statement]) -> dict[str, Any]:
    """One line of ``citaatwacht extract``: offsets are code points, end exclusive; days are ISO dates."""
    return {"id": article_id, "statements": [_statement(statement) for statement in statements]}


def compared(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of ``citaatwacht compare`` for a file of pairs.

    Args:
        path: A JSON list of ``{"id", "earlier": {"text", ...}, "later": {"text", ...}}``.

    Raises:
        InputError: The file is not that.
    """
    pairs = read_json(path)
    if not isinstance(pairs, list):
        message = f"{path}: is not a list of pairs"
        raise InputError(message)
    for number, pair in enumerate(pairs, 1):
        try:
            earlier = utterance_of(pair["earlier"], "earlier")
            later = utterance_of(pair["later"], "later")
            pair_id = pair["id"]
        except (KeyError, TypeError, ValueError) as error:
            message = f"{path}: pair {number} cannot be read ({error!r})"
            raise InputError(message) from error
        verdict = compare(earlier, later)
        yield {
            "id": pair_id,
            "label": verdict.label,
            "score": round(verdict.score, 4),
            "evidence": [asdict(item) for item in verdict.evidence],
        }


def replayed(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of ``citaatwacht replay`` for one speaker's statements.

    Args:
        path: A JSON list of ``{"id", "text", "date", "kind", "cue"}`` (the last three may be missing).

    Raises:
        InputError: The file is not that.
    """
    history = read_json(path)
    if isinstance(history, Mapping) and isinstance(history.get("statements"), list):
        history = history["statements"]
    if not isinstance(history, list):
        message = f"{path}: is not a list of statements"
        raise InputError(message)
    utterances = []
    for number, item in enumerate(history, 1):
        try:
            utterances.append(utterance_of(item, str(item["id"])))
        except (KeyError, TypeError, ValueError) as error:
            message = f"{path}: statement {number} cannot be read ({error!r})"
            raise InputError(message) from error
    yield from (_told(verdict) for verdict in replay(utterances))


def utterance_of(item: Mapping[str, Any], key: str) -> Utterance:
    """An utterance from a file's object.

    Raises:
        KeyError: It has no ``text``.
        TypeError: A field is not text.
        ValueError: Its date is not an ISO date.
    """
    said = item.get("date") or item.get("said_to") or item.get("said")
    return Utterance(
        id=key,
        text=item["text"],
        kind=item.get("kind", "direct"),
        cue=item.get("cue"),
        said=date.fromisoformat(said[:10]) if said else None,
        capacity=item.get("capacity"),
    )


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "quote": statement.content,
        "start": statement.start,
        "end": statement.end,
        "kind": statement.kind,
        "speaker": statement.speaker,
        "speaker_surface": statement.speaker_surface,
        "attribution": statement.attribution,
        "cue": statement.cue,
        "said_from": statement.said_from.isoformat() if statement.said_from else None,
        "said_to": statement.said_to.isoformat() if statement.said_to else None,
        "capacity": statement.capacity,
        "confidence": round(statement.confidence, 3),
        "rule": statement.rule,
    }


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "later_id": verdict.later_id,
        "earlier_id": verdict.earlier_id,
        "label": verdict.label,
        "score": round(verdict.score, 4),
    }
