"""A local model of natural language inference, run by onnxruntime in a thread (the extra ``nli``)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.judges.errors import JudgeError, JudgeMissing
from bot.judges.values import Judgement
from bot.reversals.values import Label, Utterance

LONGEST_PAIR = 512
"""Tokens of both statements together, where the model's own configuration allows no fewer."""

_LIKELY = 0.5
_CONTRADICTION, _ENTAILMENT = "contradiction", "entailment"


class NliJudge:
    """Reads a pair in both directions: a contradiction counts as far as both agree on it."""

    kind, version = "nli", "1"

    def __init__(self, folder: Path) -> None:
        """Load the model; this takes seconds, so not in the event loop.

        Args:
            folder: Holds ``model.onnx``, ``tokenizer.json`` and ``config.json`` with ``id2label``.

        Raises:
            JudgeMissing: The packages are not installed, or the folder does not hold such a model.
        """
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            message = f"NLI_MODEL needs the extra [nli], `pip install 'citaatwacht[nli]'` ({error.name} is missing)"
            raise JudgeMissing(message) from error
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self._places = _places(config["id2label"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            options = onnxruntime.SessionOptions()
            # The articles are read beside it, on the same processors.
            options.intra_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        # The libraries' own exceptions are plain ones, of every kind.
        except Exception as error:
            message = f"NLI_MODEL: {folder} holds no model that can be used: {error}"
            raise JudgeMissing(message) from error
        self.model = str(config.get("_name_or_path") or folder.resolve().name)
        self._tokenizer.enable_truncation(min(LONGEST_PAIR, int(config.get("max_position_embeddings", LONGEST_PAIR))))
        self._inputs = {item.name for item in self._session.get_inputs()}

    async def judge(self, earlier: Utterance, later: Utterance) -> Judgement:
        """Read a pair in both directions.

        Args:
            earlier: What was said first.
            later: What was said last.

        Returns:
            The model's word. It knows no shift: a contradiction is a reversal to it.

        Raises:
            JudgeError: The model failed.
        """
        try:
            forward, backward = await asyncio.to_thread(self._read_both, _rendered(earlier), _rendered(later))
        # The library's own exceptions are plain ones, of every kind.
        except Exception as error:
            message = f"the local model failed: {error}"
            raise JudgeError(message) from error
        label, confidence, reason = _word(forward, backward)
        return Judgement(label, confidence, reason, self.kind, self.model)

    async def close(self) -> None:
        """Nothing is held open."""

    def _read_both(self, earlier: str, later: str) -> tuple[_Reading, _Reading]:
        return self._read(earlier, later), self._read(later, earlier)

    def _read(self, premise: str, hypothesis: str) -> _Reading:
        encoding = self._tokenizer.encode(premise, hypothesis)
        tensors: dict[str, Any] = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([values], dtype=np.int64) for name, values in tensors.items() if name in self._inputs}
        logits = np.asarray(self._session.run(None, feed)[0][0], dtype=np.float64)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        return _Reading(float(shares[self._places[_CONTRADICTION]]), float(shares[self._places[_ENTAILMENT]]))


@dataclass(frozen=True, slots=True)
class _Reading:
    """How far one statement contradicts, or entails, the other; the rest is neutral."""

    contradiction: float
    entailment: float


def _places(id2label: dict[str, str]) -> dict[str, int]:
    """Find the two outputs by their names, which every model spells its own way."""
    places = {name.lower(): int(place) for place, name in id2label.items()}
    if not {_CONTRADICTION, _ENTAILMENT} <= places.keys():
        message = f"id2label of config.json names no {_CONTRADICTION} and {_ENTAILMENT}, but {sorted(places)}"
        raise ValueError(message)
    return places


def _rendered(utterance: Utterance) -> str:
    """A paraphrase is cue and content together, since polarity may sit in the cue."""
    return f"{utterance.cue} {utterance.text}" if utterance.kind == "indirect" and utterance.cue else utterance.text


def _word(forward: _Reading, backward: _Reading) -> tuple[Label, float, str]:
    contradiction = min(forward.contradiction, backward.contradiction)
    least, most = sorted((forward.entailment, backward.entailment))
    if contradiction >= _LIKELY:
        return "reversal", contradiction, f"tegenspraak ({_both(forward.contradiction, backward.contradiction)})"
    if least >= _LIKELY:
        return "restatement", least, f"zegt hetzelfde ({_both(forward.entailment, backward.entailment)})"
    if most >= _LIKELY:
        return "elaboration", most, f"het ene volgt uit het andere ({_both(forward.entailment, backward.entailment)})"
    # Where the directions disagree this is low, and decides nothing.
    return "elaboration", 1 - max(forward.contradiction, backward.contradiction), "geen tegenspraak"


def _both(forward: float, backward: float) -> str:
    """Write two shares, as Dutch does."""
    return f"{forward:.2f} en {backward:.2f}".replace(".", ",")
