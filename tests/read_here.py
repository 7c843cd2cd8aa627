"""What a worker process does, in the process of the test: a module is spared starting one for each of its tests."""

from __future__ import annotations

from typing import Any

from bot.worker import WorkerPool, _portable, _Tools


class ReadHere(WorkerPool):
    """Reads in the process that asks, with ``tools`` that the test has loaded."""

    tools: _Tools

    async def _call(self, task: str, *arguments: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        try:
            return getattr(self.tools, task)(*arguments)
        except Exception as error:
            raise _portable(error) from error
