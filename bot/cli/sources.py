"""`citaatwacht sources`: the list of what is polled."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import DatabaseOption
from bot.cli.running import complete, quiet_settings, with_database, write
from bot.errors import CitaatwachtError

if TYPE_CHECKING:
    from storage.database import Database

app = typer.Typer(help="The sources that are polled.", no_args_is_help=True)

NO_SUCH_SOURCE = "there is no source {!r}; `citaatwacht sources list` names them"


@app.command("list")
def sources_list(database: DatabaseOption = None) -> None:
    """List the sources: whether they are on, their terms and address, and how long they have been silent."""

    async def show(opened: Database) -> None:
        from bot.sourcing import described
        from storage.sources import all_sources

        async with opened.reading() as session:
            sources = await all_sources(session)
        write(described(source, datetime.now(UTC)) for source in sources)

    complete(with_database(quiet_settings(database), show))


@app.command("add")
def sources_add(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A feed, or a page that names its feed.")],
    database: DatabaseOption = None,
) -> None:
    """Poll the feed at an address from now on; read its terms first."""
    settings = quiet_settings(database)

    async def add(opened: Database) -> None:
        from bot.sourcing import add_address

        source, is_new = await add_address(opened, settings, address)
        typer.echo(f"{source.id} is {'a source now' if is_new else 'a source already'}: {source.url}")

    complete(with_database(settings, add))


@app.command("remove")
def sources_remove(source: Annotated[str, typer.Argument(metavar="ID")], database: DatabaseOption = None) -> None:
    """Take a source out of the list; what was read of it stays, and `add` brings it back."""

    async def remove(opened: Database) -> None:
        from storage.sources import remove_source

        async with opened.writing() as session:
            if not await remove_source(session, source_id=source, moment=datetime.now(UTC)):
                raise CitaatwachtError(NO_SUCH_SOURCE.format(source))
        typer.echo(f"{source} is removed")

    complete(with_database(quiet_settings(database), remove))


@app.command("import")
def sources_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A list of feeds (OPML).")],
    database: DatabaseOption = None,
    enabled: Annotated[bool, typer.Option("--on", help="Poll the new ones; read their terms first.")] = False,
) -> None:
    """Add the feeds of a list that are no sources yet; they are off unless asked."""

    async def take(opened: Database) -> None:
        from bot.sourcing import import_list

        done = await import_list(opened, file, enabled=enabled)
        write(done.added)
        typer.echo(f"{len(done.added)} added, {done.known} known", err=True)

    complete(with_database(quiet_settings(database), take))


@app.command("export")
def sources_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the list (OPML) is written.")],
    database: DatabaseOption = None,
) -> None:
    """Write the feeds as a list that feed readers take."""

    async def write(opened: Database) -> None:
        from bot.sourcing import exported_list

        try:
            file.write_bytes(await exported_list(opened))
        except OSError as error:
            message = f"{file}: {error.strerror}"
            raise CitaatwachtError(message) from error
        typer.echo(f"written to {file}", err=True)

    complete(with_database(quiet_settings(database), write))


@app.command("on")
def sources_on(source: Annotated[str, typer.Argument(metavar="ID")], database: DatabaseOption = None) -> None:
    """Poll a source from now on; read its terms first."""
    _switch(source, database, enabled=True)


@app.command("off")
def sources_off(source: Annotated[str, typer.Argument(metavar="ID")], database: DatabaseOption = None) -> None:
    """Poll a source no more."""
    _switch(source, database, enabled=False)


def _switch(source_id: str, database: str | None, *, enabled: bool) -> None:
    async def switch(opened: Database) -> None:
        from storage.sources import switch_source

        async with opened.writing() as session:
            if not await switch_source(session, source_id=source_id, enabled=enabled):
                raise CitaatwachtError(NO_SUCH_SOURCE.format(source_id))
        typer.echo(f"{source_id} is {'on' if enabled else 'off'}")

    complete(with_database(quiet_settings(database), switch))
