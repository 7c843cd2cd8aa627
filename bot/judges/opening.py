"""The judge that an installation has set."""

from __future__ import annotations

from pathlib import Path

from bot.judges.chat import ChatJudge, SpendCall
from bot.judges.errors import JudgeMissing
from bot.judges.values import Judge


def open_judge(
    *,
    nli_model: Path | None,
    url: str | None,
    model: str | None,
    key: str | None,
    wait: float,
    spend_call: SpendCall,
) -> Judge:
    """Open the judge; a local model is loaded, which takes seconds, so not in the event loop.

    Args:
        nli_model: The folder of a local model; with it the rest counts for nothing.
        url: The address of a chat endpoint.
        model: Its model.
        key: Its key.
        wait: Seconds for one judgement.
        spend_call: Counts a call of the endpoint.

    Raises:
        JudgeMissing: There is no such judge.
    """
    if nli_model is not None:
        from bot.judges.nli import NliJudge

        return NliJudge(nli_model)
    if not url or not model:
        message = "no judge is set: JUDGE_URL with JUDGE_MODEL, or NLI_MODEL"
        raise JudgeMissing(message)
    return ChatJudge(url, model=model, key=key, wait=wait, spend_call=spend_call)
