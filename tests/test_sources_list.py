"""The list of sources on the command line: lists of feeds in and out, nothing twice, and bad files told clearly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ingest.errors import ListError
from bot.ingest.opml import Outline, read_opml, write_opml
from bot.settings import Settings
from bot.sourcing import SourceError, add_address, exported_list, import_list
from storage.database import Database
from storage.sources import all_sources, polled_sources, remove_source, seed_sources
from tests.feedserver import FeedServer, article, rss
from tests.test_cli import Run, run

pytest_plugins = ("tests.source_fixtures",)

__all__ = ["run"]  # a fixture

LIST = """<?xml version="1.0" encoding="iso-8859-1"?>
<opml version="2.0"><head><title>Leeslijst</title></head><body>
<outline text="Den Haag"><outline type="rss" text="De B\xf3de &amp; Galm" xmlUrl="https://bode.example/rss"/>
<outline type="rss" text="Nog eens" xmlUrl="https://bode.example/rss"/></outline>
<outline type="rss" title="De Koerier" xmlUrl="https://koerier.example/atom?a=1&amp;b=2"/>
<outline type="rss" text="Schijf" xmlUrl="file:///etc/passwd"/>
</body></opml>""".encode("latin-1")

feeds = st.builds(
    Outline,
    st.from_regex(r"https://[a-z]{1,9}\.example/[a-z0-9?=&]{0,9}", fullmatch=True),
    st.text(st.characters(exclude_categories=["C", "Z"]), max_size=9),
)


def test_a_list_gives_each_feed_once_whatever_its_folders_and_letters() -> None:
    assert read_opml(LIST) == (
        Outline("https://bode.example/rss", "De Bóde & Galm"),
        Outline("https://koerier.example/atom?a=1&b=2", "De Koerier"),
    )


@settings(max_examples=50)
@given(st.lists(feeds, min_size=1, unique_by=lambda outline: outline.url))
def test_what_was_written_is_read_again(outlines: list[Outline]) -> None:
    assert read_opml(write_opml(outlines, title="x")) == tuple(outlines)


def test_a_list_that_names_its_addresses_in_another_way_is_read_too() -> None:
    body = b"""<opml version="2.0"><body><outline text="Map"><outline type="rss" text="De Bode" url="https://b.example/f"/>
    <outline type="link" text="Lijst" url="https://b.example/opml"/></outline>
    <outline type="RSS" title="De Echo" url="https://e.example/f" xmlUrl="https://e.example/rss"/></body></opml>"""

    assert set(read_opml(body)) == {
        Outline("https://b.example/f", "De Bode"),
        Outline("https://e.example/rss", "De Echo"),
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no OPML"),
        (b"https://bode.example/list.opml", "no OPML"),
        (b"<html><body><p>Niets</p></body></html>", "no OPML"),
        (b"\x00\xff\xfe", "no OPML"),
        (b'<opml version="2.0"><body/></opml>', "names no feed"),
        (LIST[:150], "names no feed"),
        (b'<opml version="2.0"><body><outline type="rss" xmlUrl="file:///etc/passwd"/></body></opml>', "names no feed"),
        (b"<opml>" + b" " * 5_000_000, "larger than"),
    ],
)
def test_a_bad_list_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ListError, match=reason):
        read_opml(body)


def test_entities_of_a_list_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    body = f"""<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY s SYSTEM "file://{secret}"><!ENTITY a "{"ha" * 99}">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><opml version="2.0"><body>
    <outline type="rss" text="&s;&b;" xmlUrl="https://bode.example/rss"/></body></opml>"""
    (feed,) = read_opml(body.encode())
    assert "geheim" not in feed.title
    assert "haha" not in feed.title


async def test_a_second_import_doubles_nothing_and_new_feeds_are_off(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "lijst.opml"
    file.write_bytes(LIST)
    async with database.writing() as session:
        row = {"id": "bode", "name": "De Bode", "url": "https://bode.example/rss"}
        await seed_sources(session, rows=[row])

    first = await import_list(database, file, enabled=False)
    assert (first.added, first.known) == (("de-koerier",), 1)
    assert await import_list(database, file, enabled=True) == type(first)((), 2)
    async with database.reading() as session:
        assert set(await polled_sources(session)) == {"bode"}

    exported = read_opml(await exported_list(database))
    assert [outline.title for outline in exported] == ["De Bode", "De Koerier"]


async def test_feeds_of_the_same_name_are_two_sources(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "lijst.opml"
    file.write_bytes(write_opml([Outline(f"https://bode.example/{n}", "De Bode") for n in range(3)], title="x"))
    assert (await import_list(database, file, enabled=True)).added == ("de-bode", "de-bode-2", "de-bode-3")


async def test_a_source_that_was_removed_comes_back_by_an_import(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "lijst.opml"
    file.write_bytes(LIST)
    added = (await import_list(database, file, enabled=True)).added
    async with database.writing() as session:
        await remove_source(session, source_id=added[0], moment=(await all_sources(session))[0].created_at)
    assert (await import_list(database, file, enabled=True)).added == (added[0],)
    async with database.reading() as session:
        assert set(await polled_sources(session)) == set(added)


async def test_a_page_with_one_feed_is_added_and_one_with_two_is_asked_about(
    sqlite_database: Database, site: FeedServer
) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/rss{}">'
    site.page("/een", article("Een", "Tekst.", head=link.format(1)))
    site.page("/twee", article("Twee", "Tekst.", head=link.format(1) + link.format(2)))
    site.feed("/rss1", rss(title="De Bode"))
    configured = Settings(_env_file=None, fetch_allow_hosts=site.host)  # type: ignore[call-arg, arg-type]

    source, is_new = await add_address(sqlite_database, configured, site.url("/een"))
    assert (source.id, source.url, is_new) == ("de-bode", site.url("/rss1"), True)
    assert not (await add_address(sqlite_database, configured, site.url("/rss1")))[1]
    with pytest.raises(SourceError, match=r"more than one feed, choose:\n  .*/rss1  \n  .*/rss2"):
        await add_address(sqlite_database, configured, site.url("/twee"))


def test_sources_go_in_and_out_by_files_and_a_bad_file_is_told_in_one_line(run: Run) -> None:
    Path("lijst.opml").write_bytes(LIST)
    assert run("sources", "import", "lijst.opml").out == "de-bode-galm\nde-koerier\n"
    assert run("sources", "import", "lijst.opml").err == "0 added, 2 known\n"
    assert "off  de-koerier  (unknown: ask)" in run("sources", "list").out
    assert run("sources", "on", "de-koerier").out == "de-koerier is on\n"
    assert "on   de-koerier  (unknown: ask)  https://koerier.example/atom?a=1&b=2  (not polled yet)" in (
        run("sources", "list").out
    )
    assert run("sources", "export", "uit.opml").status == 0
    assert {outline.url for outline in read_opml(LIST)} < {
        outline.url for outline in read_opml(Path("uit.opml").read_bytes())
    }
    assert run("sources", "remove", "de-koerier").out == "de-koerier is removed\n"
    assert "de-koerier" not in run("sources", "list").out

    for arguments, reason in (
        (("import", "nergens.opml"), "citaatwacht: nergens.opml: No such file or directory\n"),
        (("import", "uit.txt"), "citaatwacht: uit.txt: this is no OPML\n"),
        (
            ("remove", "de-koerier"),
            "citaatwacht: there is no source 'de-koerier'; `citaatwacht sources list` names them\n",
        ),
    ):
        Path("uit.txt").write_text("niets")
        outcome = run("sources", *arguments)
        assert (outcome.status, outcome.err) == (1, reason)
