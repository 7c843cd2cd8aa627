"""A chat model behind an OpenAI-compatible endpoint, far away or on this machine."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable

import aiohttp
import structlog

from bot.judges.answers import Answer, answer_format, messages, prompt, read_answer
from bot.judges.errors import BadAnswer, BudgetSpent, JudgeRefused, JudgeTooSlow, JudgeUnreachable
from bot.judges.values import Judgement
from bot.reversals.values import Utterance

log = structlog.get_logger(__name__)

ATTEMPTS = 3
FIRST_PAUSE = 0.5

LARGEST_RESPONSE = 256 * 1024
"""Bytes; an answer is some hundreds."""

_OK, _TOO_MANY, _SERVER_ERRORS = 200, 429, 500

SpendCall = Callable[[], Awaitable[bool]]
"""Counts one call; whether the day's budget allows it."""


class ChatJudge:
    """Asks a chat model; each attempt is a call of the budget."""

    kind = "chat"

    def __init__(
        self,
        url: str,
        *,
        model: str,
        key: str | None,
        wait: float,
        spend_call: SpendCall,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """Describe the endpoint; nothing is sent yet.

        Args:
            url: Its address up to and without ``/chat/completions``.
            model: The model's name, as the endpoint knows it.
            key: What it wants to be shown; None for a server that asks for nothing.
            wait: Seconds for one judgement, all attempts included.
            spend_call: Asked before each attempt.
            first_pause: Seconds before the second attempt, doubled for the third and spread by a quarter.
        """
        self._url = f"{url.rstrip('/')}/chat/completions"
        self.model, self.version = model, prompt().version
        self._wait, self._spend_call, self._first_pause = wait, spend_call, first_pause
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session: aiohttp.ClientSession | None = None

    async def judge(self, earlier: Utterance, later: Utterance) -> Judgement:
        """Ask about a pair.

        Args:
            earlier: What was said first.
            later: What was said last.

        Returns:
            The model's word, with the prompt as it was sent.

        Raises:
            JudgeError: There is no word.
        """
        asked = messages(earlier, later)
        body: dict[str, object] = {"model": self.model, "messages": asked, "response_format": answer_format()}
        try:
            async with asyncio.timeout(self._wait):
                answer = await self._persist(body)
        except TimeoutError as error:
            message = f"no answer within {self._wait:g} seconds"
            raise JudgeTooSlow(message) from error
        return Judgement(
            label=answer.label,
            confidence=answer.confidence,
            reason=answer.reason,
            judge=self.kind,
            model=self.model,
            prompt=json.dumps(asked, ensure_ascii=False),
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _persist(self, body: dict[str, object]) -> Answer:
        """Ask, and again after a pause where that may help."""
        pause = self._first_pause
        for attempt in range(1, ATTEMPTS + 1):
            if not await self._spend_call():
                message = "the calls of today are spent (JUDGE_DAILY_BUDGET)"
                raise BudgetSpent(message)
            try:
                return await self._ask(body)
            except (JudgeUnreachable, BadAnswer) as error:
                if attempt == ATTEMPTS:
                    raise
                log.info("judge is asked again", model=self.model, attempt=attempt, reason=str(error))
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311 - a spread, no secret
            pause *= 2
        raise AssertionError  # the last attempt returns or raises

    async def _ask(self, body: dict[str, object]) -> Answer:
        if self._session is None:
            # The time limit is that of the whole judgement, and kept there.
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=aiohttp.ClientTimeout(None))
        try:
            # A redirect would take the key elsewhere.
            async with self._session.post(self._url, json=body, allow_redirects=False) as response:
                content, status = await _read(response), response.status
        except aiohttp.ClientError as error:
            message = f"the endpoint cannot be reached ({type(error).__name__})"
            raise JudgeUnreachable(message) from error
        if status == _TOO_MANY or status >= _SERVER_ERRORS:
            message = f"the endpoint answered {status}"
            raise JudgeUnreachable(message)
        if status != _OK:
            message = f"the endpoint answered {status}: check JUDGE_URL, JUDGE_MODEL and JUDGE_KEY"
            raise JudgeRefused(message)
        return read_answer(content)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > LARGEST_RESPONSE:
            message = f"its response is longer than {LARGEST_RESPONSE} bytes"
            raise BadAnswer(message)
    return bytes(content)
