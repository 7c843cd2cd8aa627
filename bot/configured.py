"""What takes articles, made as the settings describe it; without Telegram, which a backfill has no use for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.pipeline import Rules, SecondOpinion
from bot.settings import Settings
from bot.worker import Worker


def rules_of(settings: Settings, second_opinion: SecondOpinion | None = None) -> Rules:
    """What the pipeline is told by the settings, and whom it has asked for a second opinion."""
    return Rules(
        min_confidence=settings.min_confidence,
        alert_max_age=settings.alert_age,
        attempts=settings.article_attempts,
        retry_after=timedelta(seconds=settings.article_retry_after),
        second_opinion=second_opinion,
        reviewers=settings.admin_users,
    )


def make_worker(popolo: dict[str, Any], settings: Settings) -> Worker:
    """The handle on the worker process, as the settings describe it."""
    return Worker(popolo, spacy_model=settings.spacy_model, timeout=settings.article_timeout)
