"""The command line: every command says what it needs, what it gives and why it failed.

Exit status 0 when it worked, 1 when it failed (the reason on standard error), 2 for wrong usage.
Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Coroutine, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from pydantic import SecretStr
from rich.console import Console
from telegram.error import TelegramError

from bot.errors import CitaatwachtError
from bot.logs import configure_logs
from bot.settings import Settings, load_settings
from storage.errors import StorageError

Answer = TypeVar("Answer")

NO_SUCH_SOURCE = "there is no source {!r}; `citaatwacht sources list` names them"

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
sources_app = typer.Typer(help="The sources that are polled.", no_args_is_help=True)
bench_app = typer.Typer(help="Measure on this machine: the extraction, or what is named.")
app.add_typer(roster_app, name="roster")
app.add_typer(db_app, name="db")
app.add_typer(sources_app, name="sources")
app.add_typer(reviews_app, name="reviews")
app.add_typer(bench_app, name="bench")

DatabaseOption = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="The database; without it DATABASE_URL decides.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of lines.")]
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
    settings = _settings(database)
    token = settings.token()
    configure_logs(settings.log_level if token else "WARNING", _secrets(settings))
    if token is None:
        _run(_demonstrate(settings, settings.database_url.get_secret_value() if database else None))
        return
    from bot.service import serve

    _run(serve(settings, token))


@app.command()
def chat(database: DatabaseOption = None) -> None:
    """Open the console chat: the bot's own answers, without Telegram."""
    settings = _quiet(database)
    _run(_with_services(settings, _chat))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="COMMAND", help='One command, as in "/quotes Rutte".')],
    database: DatabaseOption = None,
) -> None:
    """Ask one thing, and print the answer."""
    settings = _quiet(database)

    async def answer(services: Any) -> None:
        from bot.console import ask as ask_console

        _write([await ask_console(services, question)])

    _run(_with_services(settings, answer))


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
    settings = _quiet(database)
    from bot.intake import dead_letters, ingest_places

    if failed:
        _write(f"{place}\t{reason}" for place, reason in _run(dead_letters(settings)))
        return
    if not places and not retry:
        raise typer.BadParameter("name something to read, or --retry, or --failed")
    report = _run(
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
    settings = _quiet(None)
    from bot.extraction import extract_paths

    _write(
        json.dumps(line, ensure_ascii=False)
        for line in extract_paths(paths, roster, spacy_model=settings.spacy_model, highlight_to=highlight)
    )


@app.command()
def compare(pairs: Annotated[Path, typer.Argument(metavar="PAIRS.json", help="A list of pairs.")]) -> None:
    """Label pairs of statements: one JSON object a line."""
    from bot.offline import compared

    _write(json.dumps(line, ensure_ascii=False) for line in compared(pairs))


@app.command()
def replay(history: Annotated[Path, typer.Argument(metavar="HISTORY.json", help="One speaker's statements.")]) -> None:
    """Compare each statement of one speaker with all before it: a line for each pair that would be flagged."""
    from bot.offline import replayed

    _write(json.dumps(line, ensure_ascii=False) for line in replayed(history))


@app.command()
def explain(
    earlier: Annotated[str, typer.Argument(help="What was said first.")],
    later: Annotated[str, typer.Argument(help="What was said last.")],
) -> None:
    """Say how two statements compare: the evidence, the vetoes and the score."""
    from bot.reversals import Utterance
    from bot.reversals import explain as explain_pair

    _write([explain_pair(Utterance("earlier", earlier), Utterance("later", later))])


@app.command()
def reanalyse(database: DatabaseOption = None) -> None:
    """Analyse anew the statements that another version analysed; it may be stopped and started again."""
    from bot.reanalysis import reanalyse as reanalyse_all

    async def renew(opened: Any) -> None:
        typer.echo(f"{await reanalyse_all(opened, Console(stderr=True))} statements analysed")

    _run(_with_database(_quiet(database), renew))


@bench_app.callback(invoke_without_command=True)
def bench(context: typer.Context, as_json: JsonOption = False) -> None:
    """Measure the extraction on this machine; with a command below, something else."""
    if context.invoked_subcommand is None:
        from bot.bench.extract import bench_extract

        _write_figures(bench_extract(), as_json)


@bench_app.command("reversals")
def bench_recall_and_comparison(
    size: Annotated[int, typer.Option("--size", min=1000, help="How many statements the database gets.")] = 100_000,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="URL", help="An empty database, left full; without it a SQLite file."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure recall and comparison in a database full of synthetic statements."""
    _quiet(database)
    from bot.bench.reversals import bench_reversals

    _write_figures(bench_reversals(size, database, _tell), as_json)


@bench_app.command("queries")
def bench_answers(
    size: Annotated[int, typer.Option("--size", min=1000, help="How many statements the database gets.")] = 100_000,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            help="An empty database, left full, or one that a benchmark left; without it a SQLite file.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure answers in a database full of synthetic statements, also while articles are taken."""
    _quiet(database)
    from bot.bench.queries import bench_queries

    _write_figures(bench_queries(size, database, _tell), as_json)


@bench_app.command("outbox")
def bench_bad_day(
    chats: Annotated[int, typer.Option("--chats", min=1, help="How many chats are sent to.")] = 200,
    deliveries: Annotated[int, typer.Option("--deliveries", min=1, help="How many messages are due in all.")] = 2000,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="URL", help="An empty database, left full; without it a SQLite file."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Send through a bad day: 429s, 5xx, a server that dies twice, a bot that is killed three times."""
    _quiet(database)
    from bot.bench.outbox import BadDay, bench_outbox

    day = BadDay(chats, deliveries)
    _write_figures(bench_outbox(day, database, _tell), as_json)


@bench_app.command("ingest")
def bench_pages(
    pages: Annotated[int, typer.Option("--pages", min=20, help="How many pages of each kind are read.")] = 300,
    memory_pages: Annotated[
        int, typer.Option("--memory-pages", min=0, help="How many small pages are read to watch memory; 0 for none.")
    ] = 1000,
    as_json: JsonOption = False,
) -> None:
    """Measure the way from pages to stored statements beside trafilatura alone, memory, and idle polling."""
    _quiet(None)
    from bot.bench.ingest import bench_ingest

    _write_figures(bench_ingest(pages, memory_pages, _tell), as_json)


@bench_app.command("week")
def bench_replayed_week(
    file: Annotated[
        Path | None, typer.Option("--document", metavar="FILE", help="Write counts and texts there, as Markdown.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Replay a week of articles and debates: how many messages a group gets that follows the whole cabinet."""
    _quiet(None)
    from bot.bench.week import bench_week, document, figures

    days = bench_week()
    if file is not None:
        file.write_text(document(days), encoding="utf-8")
    _write_figures(figures(days), as_json)


@app.command()
def doctor(database: DatabaseOption = None) -> None:
    """Say what is configured, reachable and missing; exit status 1 if something is wrong."""
    settings = _quiet(database)
    from bot.doctor import examine_installation

    async def examine() -> bool:
        is_well = True
        async for finding in examine_installation(settings):
            is_well = is_well and finding.state != "wrong"
            typer.echo(f"{finding.state:5}  {finding.subject}: {finding.detail}")
        return is_well

    if not _run(examine()):
        raise typer.Exit(1)


@roster_app.command("import")
def roster_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A roster in Popolo JSON.")],
    database: DatabaseOption = None,
) -> None:
    """Import a roster: new entries are added, changed ones updated, none removed."""
    settings = _quiet(database)
    from bot.offline import read_json
    from bot.quotes.roster import Roster

    popolo = read_json(file)
    Roster.from_popolo(popolo)

    async def store(opened: Any) -> None:
        from storage.people import import_roster

        async with opened.writing() as session:
            done = await import_roster(session, popolo=popolo)
        for kind in ("persons", "organizations", "memberships"):
            counted = getattr(done, kind)
            typer.echo(f"{kind}: {counted.added} added, {counted.changed} changed")

    _run(_with_database(settings, store))


@db_app.command("upgrade")
def db_upgrade(database: DatabaseOption = None) -> None:
    """Bring the database to this version's schema; a backup is made first."""
    settings = _quiet(database)
    from bot.installation import open_installation

    async def upgrade() -> None:
        opened = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
        typer.echo(f"{opened.display_url} is up to date")
        await opened.close()

    _run(upgrade())


@db_app.command("check")
def db_check(database: DatabaseOption = None) -> None:
    """Check integrity, foreign keys and schema; exit status 1 if something is wrong."""
    settings = _quiet(database)
    from storage import schema

    problems = schema.check(settings.database_url.get_secret_value())
    _write(problems or ["no problems found"])
    if problems:
        raise typer.Exit(1)


@db_app.command("backup")
def db_backup(file: Annotated[Path, typer.Argument(metavar="FILE")], database: DatabaseOption = None) -> None:
    """Write everything to a file, in one snapshot, while the bot runs."""
    settings = _quiet(database)
    from storage import schema

    schema.backup(settings.database_url.get_secret_value(), file)
    typer.echo(f"written to {file}", err=True)


@db_app.command("restore")
def db_restore(file: Annotated[Path, typer.Argument(metavar="FILE")], database: DatabaseOption = None) -> None:
    """Fill an empty or absent database from a backup."""
    settings = _quiet(database)
    from storage import schema

    schema.restore(settings.database_url.get_secret_value(), file)
    typer.echo(f"restored from {file}", err=True)


@sources_app.command("list")
def sources_list(database: DatabaseOption = None) -> None:
    """List the sources: whether they are on, their terms and address, and how long they have been silent."""

    async def show(opened: Any) -> None:
        from bot.sourcing import described
        from storage.sources import all_sources

        async with opened.reading() as session:
            sources = await all_sources(session)
        _write(described(source, datetime.now(UTC)) for source in sources)

    _run(_with_database(_quiet(database), show))


@sources_app.command("add")
def sources_add(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A feed, or a page that names its feed.")],
    database: DatabaseOption = None,
) -> None:
    """Poll the feed at an address from now on; read its terms first."""
    settings = _quiet(database)

    async def add(opened: Any) -> None:
        from bot.sourcing import add_address

        source, is_new = await add_address(opened, settings, address)
        typer.echo(f"{source.id} is {'a source now' if is_new else 'a source already'}: {source.url}")

    _run(_with_database(settings, add))


@sources_app.command("remove")
def sources_remove(source: Annotated[str, typer.Argument(metavar="ID")], database: DatabaseOption = None) -> None:
    """Take a source out of the list; what was read of it stays, and `add` brings it back."""

    async def remove(opened: Any) -> None:
        from storage.sources import remove_source

        async with opened.writing() as session:
            if not await remove_source(session, source_id=source, moment=datetime.now(UTC)):
                raise CitaatwachtError(NO_SUCH_SOURCE.format(source))
        typer.echo(f"{source} is removed")

    _run(_with_database(_quiet(database), remove))


@sources_app.command("import")
def sources_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A list of feeds (OPML).")],
    database: DatabaseOption = None,
    enabled: Annotated[bool, typer.Option("--on", help="Poll the new ones; read their terms first.")] = False,
) -> None:
    """Add the feeds of a list that are no sources yet; they are off unless asked."""

    async def take(opened: Any) -> None:
        from bot.sourcing import import_list

        done = await import_list(opened, file, enabled=enabled)
        _write(done.added)
        typer.echo(f"{len(done.added)} added, {done.known} known", err=True)

    _run(_with_database(_quiet(database), take))


@sources_app.command("export")
def sources_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the list (OPML) is written.")],
    database: DatabaseOption = None,
) -> None:
    """Write the feeds as a list that feed readers take."""

    async def write(opened: Any) -> None:
        from bot.sourcing import exported_list

        try:
            file.write_bytes(await exported_list(opened))
        except OSError as error:
            message = f"{file}: {error.strerror}"
            raise CitaatwachtError(message) from error
        typer.echo(f"written to {file}", err=True)

    _run(_with_database(_quiet(database), write))


@sources_app.command("on")
def sources_on(source: Annotated[str, typer.Argument(metavar="ID")], database: DatabaseOption = None) -> None:
    """Poll a source from now on; read its terms first."""
    _switch(source, database, enabled=True)


@sources_app.command("off")
def sources_off(source: Annotated[str, typer.Argument(metavar="ID")], database: DatabaseOption = None) -> None:
    """Poll a source no more."""
    _switch(source, database, enabled=False)


@reviews_app.command("export")
def reviews_export(database: DatabaseOption = None) -> None:
    """Write the reviewed pairs with their labels, as a JSON list that `citaatwacht compare` reads."""
    settings = _quiet(database)

    async def export(opened: Any) -> None:
        from bot.reviewing import labelled
        from storage.reviews import reviewed_pairs

        async with opened.reading() as session:
            pairs = await reviewed_pairs(session, reviewers=settings.admin_users)
        _write([json.dumps(labelled(pairs), ensure_ascii=False, indent=1)])

    _run(_with_database(settings, export))


def _switch(source_id: str, database: str | None, *, enabled: bool) -> None:
    async def switch(opened: Any) -> None:
        from storage.sources import switch_source

        async with opened.writing() as session:
            if not await switch_source(session, source_id=source_id, enabled=enabled):
                raise CitaatwachtError(NO_SUCH_SOURCE.format(source_id))
        typer.echo(f"{source_id} is {'on' if enabled else 'off'}")

    _run(_with_database(_quiet(database), switch))


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


async def _chat(services: Any) -> None:
    from bot.console import chat as chat_console

    await chat_console(services)


async def _chat_or_show(services: Any) -> None:
    """The console chat on a terminal; elsewhere nobody types, so two answers show what there is."""
    from bot.console import ask as ask_console

    if sys.stdin.isatty():
        await _chat(services)
        return
    for question in ("/quotes Rutte", "/reversals"):
        typer.echo(f"\n> {question}\n")
        typer.echo(await ask_console(services, question))


async def _with_database(settings: Settings, work: Any) -> None:
    from bot.installation import open_installation

    opened = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
    try:
        await work(opened)
    finally:
        await opened.close()


async def _with_services(settings: Settings, work: Any) -> None:
    from bot.quotes.roster import Roster
    from handlers.services import Services
    from storage.people import export_roster

    async def with_roster(opened: Any) -> None:
        async with opened.reading() as session:
            popolo = await export_roster(session)
        await work(Services(opened, Roster.from_popolo(popolo), settings.admin_users))

    await _with_database(settings, with_roster)


def _settings(database: str | None) -> Settings:
    settings = load_settings()
    return settings if database is None else settings.model_copy(update={"database_url": SecretStr(database)})


def _quiet(database: str | None) -> Settings:
    """Settings for a command whose answer is its output: only warnings are logged beside it."""
    settings = _settings(database)
    configure_logs("WARNING", _secrets(settings))
    return settings


def _secrets(settings: Settings) -> list[str | None]:
    from storage.addresses import password_in

    secret = settings.webhook_secret
    return [
        settings.token(),
        password_in(settings.database_url.get_secret_value()),
        secret.get_secret_value() if secret else None,
    ]


def _run(work: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(work)


def _write_figures(figures: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        _write([json.dumps(figures, indent=1)])
    else:
        _write(f"{name}\t{value}" for name, value in figures.items())


def _tell(line: str) -> None:
    """Say what is being done, beside the data."""
    typer.echo(line, err=True)


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _fail(reason: str) -> NoReturn:
    typer.echo(f"citaatwacht: {reason}", err=True)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
