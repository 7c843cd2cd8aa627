"""The command line: every command says what it needs, what it gives and why it failed.

Exit status 0 when it worked, 1 when it failed (the reason on standard error), 2 for wrong usage.
Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import SecretStr
from rich.console import Console
from telegram.error import TelegramError

from bot.cli import bench, sources
from bot.cli.options import DatabaseOption
from bot.cli.running import complete, quiet_settings, secrets_of, settings_for, with_database, write
from bot.errors import CitaatwachtError
from bot.logs import configure_logs
from bot.settings import Settings
from storage.errors import StorageError

if TYPE_CHECKING:
    from handlers.services import Services
    from storage.database import Database

app = typer.Typer(
    name="citaatwacht",
    help="A Telegram bot that keeps what Dutch ministers say, and tells reporters when they turn.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
roster_app = typer.Typer(help="The roster: who held which office when.", no_args_is_help=True)
db_app = typer.Typer(help="The database: upgrade, check, back up, restore.", no_args_is_help=True)
reviews_app = typer.Typer(help="What reviewers made of the flags.", no_args_is_help=True)
app.add_typer(roster_app, name="roster")
app.add_typer(db_app, name="db")
app.add_typer(sources.app, name="sources")
app.add_typer(reviews_app, name="reviews")
app.add_typer(bench.app, name="bench")

RosterOption = Annotated[Path, typer.Option("--roster", metavar="FILE", help="A roster in Popolo JSON.")]


def main() -> None:
    """Run the command line; our own errors end in one line and exit status 1."""
    try:
        app()
    except (CitaatwachtError, StorageError) as error:
        _fail(str(error))
    except TelegramError as error:
        # InvalidToken's own message holds the token.
        _fail(f"Telegram refused or could not be reached ({type(error).__name__})")
    except KeyboardInterrupt:
        raise SystemExit(130) from None


@app.command()
def run(database: DatabaseOption = None) -> None:
    """Start the bot and its schedule; without a token the demonstration and the console chat."""
    settings = settings_for(database)
    token = settings.token()
    configure_logs(settings.log_level if token else "WARNING", secrets_of(settings))
    if token is None:
        complete(_demonstrate(settings, settings.database_url.get_secret_value() if database else None))
        return
    from bot.service import serve

    complete(serve(settings, token))


@app.command()
def chat(database: DatabaseOption = None) -> None:
    """Open the console chat: the bot's own answers, without Telegram."""
    settings = quiet_settings(database)
    complete(_with_services(settings, _chat))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="COMMAND", help='One command, as in "/quotes Rutte".')],
    database: DatabaseOption = None,
) -> None:
    """Ask one thing, and print the answer."""
    settings = quiet_settings(database)

    async def answer(services: Services) -> None:
        from bot.console import ask as ask_console

        write([await ask_console(services, question)])

    complete(_with_services(settings, answer))


@app.command()
def ingest(
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH_OR_URL...", help="Articles, reports, folders of them, sitemaps, or feeds."),
    ] = None,
    database: DatabaseOption = None,
    announce: Annotated[bool, typer.Option("--announce", help="Queue alerts for what is found.")] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes that read; without it one for each processor.")
    ] = None,
    failed: Annotated[
        bool, typer.Option("--failed", help="List what could not be read, and why; read nothing.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Read once more what could not be read.")] = False,
) -> None:
    """Take articles (JSON, JSON lines, HTML, text), reports (XML), sitemaps or feeds with their archives, now.

    Nothing is announced unless asked. A run that was broken off is gone on with by the next one.
    """
    settings = quiet_settings(database)
    from bot.intake import dead_letters, ingest_places

    if failed:
        write(f"{place}\t{reason}" for place, reason in complete(dead_letters(settings)))
        return
    if not places and not retry:
        raise typer.BadParameter("name something to read, or --retry, or --failed")
    report = complete(
        ingest_places(
            settings,
            places or [],
            announce=announce,
            console=Console(stderr=True),
            workers=workers or len(os.sched_getaffinity(0)),
            retry=retry,
        )
    )
    for problem in report.problems:
        typer.echo(problem, err=True)
    typer.echo(
        f"{report.new} new, {report.known} known, {report.statements} statements, {report.reversals} reversals",
        err=True,
    )
    if report.problems:
        raise typer.Exit(1)


@app.command()
def extract(
    roster: RosterOption,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Articles or folders; - is standard input.")],
    highlight: Annotated[
        Path | None, typer.Option("--highlight", metavar="FILE", help="Write an HTML page with the statements marked.")
    ] = None,
) -> None:
    """Find who said what, without a database: one JSON object a line."""
    settings = quiet_settings()
    from bot.extraction import extract_paths

    write(
        json.dumps(line, ensure_ascii=False)
        for line in extract_paths(paths, roster, spacy_model=settings.spacy_model, highlight_to=highlight)
    )


@app.command()
def compare(pairs: Annotated[Path, typer.Argument(metavar="PAIRS.json", help="A list of pairs.")]) -> None:
    """Label pairs of statements: one JSON object a line."""
    from bot.offline import compared

    write(json.dumps(line, ensure_ascii=False) for line in compared(pairs))


@app.command()
def replay(history: Annotated[Path, typer.Argument(metavar="HISTORY.json", help="One speaker's statements.")]) -> None:
    """Compare each statement of one speaker with all before it: a line for each pair that would be flagged."""
    from bot.offline import replayed

    write(json.dumps(line, ensure_ascii=False) for line in replayed(history))


@app.command()
def explain(
    earlier: Annotated[str, typer.Argument(help="What was said first.")],
    later: Annotated[str, typer.Argument(help="What was said last.")],
) -> None:
    """Say how two statements compare: the evidence, the vetoes and the score."""
    from bot.reversals import Utterance
    from bot.reversals import explain as explain_pair

    write([explain_pair(Utterance("earlier", earlier), Utterance("later", later))])


@app.command()
def reanalyse(database: DatabaseOption = None) -> None:
    """Analyse anew the statements that another version analysed; it may be stopped and started again."""
    from bot.reanalysis import reanalyse as reanalyse_all

    async def renew(opened: Database) -> None:
        typer.echo(f"{await reanalyse_all(opened, Console(stderr=True))} statements analysed")

    complete(with_database(quiet_settings(database), renew))


@app.command()
def doctor(database: DatabaseOption = None) -> None:
    """Say what is configured, reachable and missing; exit status 1 if something is wrong."""
    settings = quiet_settings(database)
    from bot.doctor import examine_installation

    async def examine() -> bool:
        is_well = True
        async for finding in examine_installation(settings):
            is_well = is_well and finding.state != "wrong"
            typer.echo(f"{finding.state:5}  {finding.subject}: {finding.detail}")
        return is_well

    if not complete(examine()):
        raise typer.Exit(1)


@roster_app.command("import")
def roster_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A roster in Popolo JSON.")],
    database: DatabaseOption = None,
) -> None:
    """Import a roster: new entries are added, changed ones updated, none removed."""
    settings = quiet_settings(database)
    from bot.offline import read_json
    from bot.quotes.roster import Roster

    popolo = read_json(file)
    Roster.from_popolo(popolo)

    async def store(opened: Database) -> None:
        from storage.people import import_roster

        async with opened.writing() as session:
            done = await import_roster(session, popolo=popolo)
        for kind in ("persons", "organizations", "memberships"):
            counted = getattr(done, kind)
            typer.echo(f"{kind}: {counted.added} added, {counted.changed} changed")

    complete(with_database(settings, store))


@db_app.command("upgrade")
def db_upgrade(database: DatabaseOption = None) -> None:
    """Bring the database to this version's schema; a backup is made first."""
    settings = quiet_settings(database)
    from bot.installation import open_installation

    async def upgrade() -> None:
        opened = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
        typer.echo(f"{opened.display_url} is up to date")
        await opened.close()

    complete(upgrade())


@db_app.command("check")
def db_check(database: DatabaseOption = None) -> None:
    """Check integrity, foreign keys and schema; exit status 1 if something is wrong."""
    settings = quiet_settings(database)
    from storage import schema

    problems = schema.check(settings.database_url.get_secret_value())
    write(problems or ["no problems found"])
    if problems:
        raise typer.Exit(1)


@db_app.command("backup")
def db_backup(file: Annotated[Path, typer.Argument(metavar="FILE")], database: DatabaseOption = None) -> None:
    """Write everything to a file, in one snapshot, while the bot runs."""
    settings = quiet_settings(database)
    from storage import schema

    schema.backup(settings.database_url.get_secret_value(), file)
    typer.echo(f"written to {file}", err=True)


@db_app.command("restore")
def db_restore(file: Annotated[Path, typer.Argument(metavar="FILE")], database: DatabaseOption = None) -> None:
    """Fill an empty or absent database from a backup."""
    settings = quiet_settings(database)
    from storage import schema

    schema.restore(settings.database_url.get_secret_value(), file)
    typer.echo(f"restored from {file}", err=True)


@reviews_app.command("export")
def reviews_export(database: DatabaseOption = None) -> None:
    """Write the reviewed pairs with their labels, as a JSON list that `citaatwacht compare` reads."""
    settings = quiet_settings(database)

    async def export(opened: Database) -> None:
        from bot.reviewing import labelled
        from storage.reviews import reviewed_pairs

        async with opened.reading() as session:
            pairs = await reviewed_pairs(session, reviewers=settings.admin_users)
        write([json.dumps(labelled(pairs), ensure_ascii=False, indent=1)])

    complete(with_database(settings, export))


async def _demonstrate(settings: Settings, chosen: str | None) -> None:
    """Without a token: a chosen database's console chat, or the demonstration and then its chat."""
    from bot.demo import demo_url, open_demonstration, show_findings, table_console

    if chosen is None:
        console = table_console()
        opened = await open_demonstration(settings, console)
        await show_findings(opened, console)
        await opened.close()
    url = chosen or demo_url(settings.data_dir)
    await _with_services(settings.model_copy(update={"database_url": SecretStr(url)}), _chat_or_show)


async def _chat(services: Services) -> None:
    from bot.console import chat as chat_console

    await chat_console(services)


async def _chat_or_show(services: Services) -> None:
    """The console chat on a terminal; elsewhere nobody types, so two answers show what there is."""
    from bot.console import ask as ask_console

    if sys.stdin.isatty():
        await _chat(services)
        return
    for question in ("/quotes Rutte", "/reversals"):
        typer.echo(f"\n> {question}\n")
        typer.echo(await ask_console(services, question))


async def _with_services(settings: Settings, work: Callable[[Services], Awaitable[None]]) -> None:
    from bot.quotes.roster import Roster
    from handlers.services import Services
    from storage.people import export_roster

    async def with_roster(opened: Database) -> None:
        async with opened.reading() as session:
            popolo = await export_roster(session)
        await work(Services(opened, Roster.from_popolo(popolo), settings.admin_users))

    await with_database(settings, with_roster)


def _fail(reason: str) -> NoReturn:
    typer.echo(f"citaatwacht: {reason}", err=True)
    raise SystemExit(1)
