"""What goes wrong on demand: refusals, hanging and dropped connections, for a method and chat, so many times."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """One thing that goes wrong.

    Attributes:
        status: HTTP status of the answer; 0 drops the connection without one.
        description: What the answer says.
        parameters: ResponseParameters of the answer (``retry_after``, ``migrate_to_chat_id``).
        method: Only this method; None for every one but getUpdates.
        chat_id: Only requests for this chat; None for every one.
        times: How often it still happens; None without end.
        share: The part of the requests that it happens to, 0 to 1.
        hangs_for: Seconds before the answer.
        takes_effect: Whether the method is carried out nonetheless, so that only the answer is lost.
        happened: How often it happened.
    """

    status: int
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)
    method: str | None = None
    chat_id: int | None = None
    times: int | None = 1
    share: float = 1.0
    hangs_for: float = 0.0
    takes_effect: bool = False
    happened: int = 0


class Faults:
    """The faults that are set, in the order in which they were."""

    def __init__(self, seed: int = 1) -> None:
        self._faults: list[Fault] = []
        self._random = random.Random(seed)

    def add(self, fault: Fault) -> Fault:
        """Set a fault."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well again."""
        self._faults.clear()

    def strike(self, method: str, chat_id: object) -> Fault | None:
        """Give the fault that this request meets, and count it."""
        for fault in self._faults:
            if fault.method is None and method == "getUpdates":
                continue
            if fault.method not in (None, method) or fault.chat_id not in (None, chat_id) or fault.times == 0:
                continue
            if self._random.random() >= fault.share:
                continue
            fault.happened += 1
            fault.times = None if fault.times is None else fault.times - 1
            return fault
        return None
