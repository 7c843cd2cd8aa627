"""What every command does around its own work: settings and logs, the database, an event loop, and the output."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from pydantic import SecretStr

from bot.logs import configure_logs
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from storage.database import Database

Answer = TypeVar("Answer")


def settings_for(database: str | None) -> Settings:
    """Read the settings, with the database of the command line where it names one."""
    settings = load_settings()
    return settings if database is None else settings.model_copy(update={"database_url": SecretStr(database)})


def quiet_settings(database: str | None = None) -> Settings:
    """Read the settings for a command whose answer is its output: only warnings are logged beside it."""
    settings = settings_for(database)
    configure_logs("WARNING", secrets_of(settings))
    return settings


def secrets_of(settings: Settings) -> list[str | None]:
    """List what no log may show."""
    from storage.addresses import password_in

    secret = settings.webhook_secret
    return [
        settings.token(),
        password_in(settings.database_url.get_secret_value()),
        secret.get_secret_value() if secret else None,
    ]


def complete(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run what is awaited to its end, and give its answer."""
    return asyncio.run(work)


async def with_database(settings: Settings, work: Callable[[Database], Awaitable[None]]) -> None:
    """Do something with the installation's database, brought up to date, and close it."""
    from bot.installation import open_installation

    opened = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
    try:
        await work(opened)
    finally:
        await opened.close()


def write(lines: Iterable[str]) -> None:
    """Write data to standard output, a line each."""
    for line in lines:
        typer.echo(line)


def tell(line: str) -> None:
    """Say what is being done, beside the data."""
    typer.echo(line, err=True)
