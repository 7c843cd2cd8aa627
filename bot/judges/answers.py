"""The question to a chat model, and the one form of answer that counts."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.judges.errors import BadAnswer
from bot.reversals.values import Label, Utterance

_PROMPT = Path(__file__).with_name("prompt.toml")
_LONGEST_REASON = 300
_LEADS_AWAY = re.compile(r"://|\bwww\.|\bt\.me\b|@\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The standing part of the question, under its version."""

    version: str
    system: str


def _harmless(reason: str) -> str:
    """Give a reason on one line, unless there is in it what a quotation could have asked for."""
    line = " ".join(reason.split())
    # Telegram makes links of bare addresses and names.
    if _LEADS_AWAY.search(line):
        message = "a reason must not hold an address, a link or a name to write to"
        raise ValueError(message)
    # A database refuses some control characters, and others turn the text around that follows.
    if not line.isprintable():
        message = "a reason must hold nothing that cannot be printed"
        raise ValueError(message)
    return line


class Answer(BaseModel):
    """What a chat model must answer: these three members, of these types, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    label: Label
    confidence: Annotated[float, Field(ge=0, le=1)]
    reason: Annotated[str, StringConstraints(max_length=_LONGEST_REASON), AfterValidator(_harmless)]


@cache
def prompt() -> Prompt:
    """Give the question's standing part."""
    return Prompt(**tomllib.loads(_PROMPT.read_text(encoding="utf-8")))


def messages(earlier: Utterance, later: Utterance) -> list[dict[str, str]]:
    """Write the question about a pair: the standing part, and the statements as JSON that no words can leave.

    Args:
        earlier: What was said first.
        later: What was said last.

    Returns:
        The messages as a chat endpoint takes them.
    """
    pair = {"earlier": _as_data(earlier), "later": _as_data(later)}
    return [
        {"role": "system", "content": prompt().system},
        {"role": "user", "content": json.dumps(pair, ensure_ascii=False)},
    ]


def answer_format() -> dict[str, Any]:
    """Give the form of the answer as an endpoint's ``response_format`` takes it."""
    return {
        "type": "json_schema",
        "json_schema": {
            "name": "judgement",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {
                    "label": {"type": "string", "enum": list(get_args(Label))},
                    "confidence": {"type": "number"},
                    "reason": {"type": "string"},
                },
                "required": ["label", "confidence", "reason"],
                "additionalProperties": False,
            },
        },
    }


def read_answer(body: bytes) -> Answer:
    """Read a chat endpoint's response.

    Args:
        body: The response.

    Returns:
        The answer in it.

    Raises:
        BadAnswer: It holds no answer of the agreed form.
    """
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
        return Answer.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = f"its answer is not of the agreed form: {place or 'the whole'}: {first['msg']}"
        raise BadAnswer(message) from None
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        message = f"its response is not that of a chat endpoint ({type(error).__name__})"
        raise BadAnswer(message) from None


def _as_data(utterance: Utterance) -> dict[str, str | None]:
    return {
        "text": utterance.text,
        "kind": utterance.kind,
        "cue": utterance.cue,
        "said": utterance.said.isoformat() if utterance.said else None,
    }
