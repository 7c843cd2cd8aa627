"""One settings object, read once from the environment and from `.env` in the working folder."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import CitaatwachtError
from bot.ingest.pace import Pace


class SettingsError(CitaatwachtError):
    """A setting cannot be used; the message says which and why, and shows no secret."""


class Settings(BaseSettings):
    """What an installation can set; every name is an environment variable in capitals.

    Attributes:
        telegram_bot_token: The token from BotFather; without one there is only the console chat.
        telegram_bot_token_file: A file that holds the token (for systemd credentials and containers).
        telegram_api_url: Where the Bot API is, up to and without the token.
        database_url: ``sqlite:///PATH`` or ``postgresql://…``.
        data_dir: Where the databases and the backups of upgrades are kept.
        log_level: Level of the log on standard error.
        spacy_model: Name or folder of a Dutch spaCy pipeline to use instead of our own.
        min_confidence: Statements below it are kept, but neither compared nor announced (0 to 1).
        poll_interval: Seconds between two polls of a source, at least; where it begins.
        poll_interval_max: Seconds that a source without news is left alone; its server can ask for more.
        outbox_interval: Seconds between two looks into the outbox.
        article_timeout: Seconds that reading one article may take in the worker process.
        article_attempts: How often an article that cannot be read is tried.
        article_retry_after: Seconds before such an article is tried again, doubled each time.
        keep_text_days: Days after which the texts of articles are emptied; 0 keeps them for good.
        alert_max_age: Seconds after its publication during which an article is still announced.
        fetch_allow_hosts: ``host`` or ``host:port`` that may be fetched although not public, by commas.
        contact: Address or page in the user agent, for the people whose servers we poll.
        http_host: Where the health and metrics listener listens; an empty string switches it off.
        http_port: Its port; 0 takes a free one.
        webhook_url: Public address of ``/telegram``; set, updates come by webhook instead of polling.
        webhook_secret: What Telegram must send along with each update.
        heartbeat_url: Called after each round in which all was well.
        admin_users: Telegram ids of the administrators, by commas: their review of a pair holds everywhere, they
            let chats in, settle corrections and change the roster.
        allowed_chats: Telegram ids of chats and users, by commas; set, the installation is closed to all others
            until an administrator lets them in.
        judge_url: An OpenAI-compatible endpoint, up to and without ``/chat/completions``; set, a chat model is
            asked for a second opinion on pairs.
        judge_model: Its model.
        judge_key: The key that the endpoint wants, if any.
        judge_wait: Seconds that a flag waits for a judge, at most.
        judge_daily_budget: How many calls of the endpoint a day (UTC) may cost.
        nli_model: Folder of a local model that is asked instead (the extra ``nli``).
        stop_grace: Seconds that the send and the article in hand get to finish after SIGTERM.
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    telegram_bot_token: SecretStr | None = None
    telegram_bot_token_file: Path | None = None
    telegram_api_url: str = "https://api.telegram.org/bot"
    database_url: SecretStr = SecretStr("sqlite:///data/citaatwacht.db")
    data_dir: Path = Path("data")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    spacy_model: str | None = None
    min_confidence: float = Field(default=0.5, ge=0, le=1)
    poll_interval: int = Field(default=300, ge=1, le=86_400)
    poll_interval_max: int = Field(default=1800, ge=1, le=86_400)
    outbox_interval: float = Field(default=2, ge=0.05)
    article_timeout: int = Field(default=60, ge=1)
    article_attempts: int = Field(default=5, ge=1)
    article_retry_after: int = Field(default=900, ge=1)
    keep_text_days: int = Field(default=90, ge=0)
    alert_max_age: int = Field(default=86_400, ge=0)
    fetch_allow_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    contact: str = "no contact address was set"
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8321, ge=0, le=65_535)
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    heartbeat_url: str | None = None
    admin_users: Annotated[frozenset[int], NoDecode] = frozenset()
    allowed_chats: Annotated[frozenset[int], NoDecode] = frozenset()
    judge_url: str | None = None
    judge_model: str | None = None
    judge_key: SecretStr | None = None
    judge_wait: float = Field(default=20, gt=0, le=3600)
    judge_daily_budget: int = Field(default=200, ge=0)
    nli_model: Path | None = None
    stop_grace: float = Field(default=20, ge=0)

    @field_validator("fetch_allow_hosts", "admin_users", "allowed_chats", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator(
        "telegram_bot_token",
        "telegram_bot_token_file",
        "webhook_url",
        "heartbeat_url",
        "judge_url",
        "judge_model",
        "judge_key",
        "nli_model",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Self:
        if self.webhook_url and not self.webhook_secret:
            message = "WEBHOOK_URL is set without WEBHOOK_SECRET: anybody could send updates to it"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _one_judge_that_is_whole(self) -> Self:
        if self.judge_url and self.nli_model:
            message = "JUDGE_URL and NLI_MODEL are both set: one judge is asked, choose"
            raise ValueError(message)
        if self.judge_url and not self.judge_model:
            message = "JUDGE_URL is set without JUDGE_MODEL"
            raise ValueError(message)
        if self.judge_url and urlsplit(self.judge_url).scheme not in ("http", "https"):
            message = "JUDGE_URL is no address of the web"
            raise ValueError(message)
        return self

    def token(self) -> str | None:
        """The bot's token, from the variable or from the file.

        Raises:
            SettingsError: The file cannot be read or holds nothing.
        """
        if self.telegram_bot_token is not None:
            return self.telegram_bot_token.get_secret_value().strip()
        if self.telegram_bot_token_file is None:
            return None
        try:
            token = self.telegram_bot_token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            message = f"TELEGRAM_BOT_TOKEN_FILE cannot be read: {error}"
            raise SettingsError(message) from error
        if not token:
            message = f"TELEGRAM_BOT_TOKEN_FILE is empty: {self.telegram_bot_token_file}"
            raise SettingsError(message)
        return token

    @property
    def has_judge(self) -> bool:
        """Whether a second opinion is asked for."""
        return self.judge_url is not None or self.nli_model is not None

    @property
    def pace(self) -> Pace:
        """The bounds between which the interval of each source adapts."""
        return Pace(least=timedelta(seconds=self.poll_interval), most=timedelta(seconds=self.poll_interval_max))

    @property
    def alert_age(self) -> timedelta:
        """``alert_max_age`` as a span of time."""
        return timedelta(seconds=self.alert_max_age)


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A value cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])).upper() or 'settings'}: {e['msg']}" for e in error.errors()]
        message = "; ".join(lines)
        raise SettingsError(message) from None
