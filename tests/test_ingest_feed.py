"""Feeds give their entries, whatever state they are in."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ingest.dates import moment_of, plausible
from bot.ingest.encoding import as_utf8
from bot.ingest.errors import FeedError
from bot.ingest.feed import read_feed
from bot.ingest.values import Feed
from tests.feedserver import item, rss

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AMSTERDAM = "Europe/Amsterdam"


def read(body: bytes | str, *, charset: str | None = None, zone: str = AMSTERDAM) -> Feed:
    raw = body.encode() if isinstance(body, str) else body
    return read_feed(raw, url="https://waterlander.example/rss", charset=charset, zone=zone, now=NOW)


def test_an_entry_has_title_address_moment_and_text() -> None:
    feed = read(
        rss(
            item(
                "Kabinet <b>praat</b> & praat",
                "https://waterlander.example/a/1",
                "Thu, 06 Jul 2023 09:00:00 +0200",
                text="<p>Eerste &ldquo;alinea&rdquo;<br>loopt door.</p><p>Tweede <a href='/x'>alinea</a>.</p>",
            )
        )
    )

    assert feed.title == "De Waterlander"
    (entry,) = feed.entries
    assert entry.title == "Kabinet praat & praat"
    assert entry.url == "https://waterlander.example/a/1"
    assert entry.published_at == datetime(2023, 7, 6, 7, tzinfo=UTC)
    assert entry.text == "Eerste “alinea” loopt door.\n\nTweede alinea."


def test_atom_is_read_like_rss() -> None:
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title type="html">&lt;i>Kop&lt;/i></title>'
        '<link href="/b/2"/><updated>2026-11-23T09:00:00Z</updated>'
        '<content type="html">&lt;p>Tekst.&lt;/p></content></entry></feed>'
    )

    (entry,) = feed.entries
    assert (entry.title, entry.url, entry.text) == ("Kop", "https://waterlander.example/b/2", "Tekst.")
    assert entry.published_at == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_feed_that_breaks_off_gives_what_came_before() -> None:
    whole = rss(*(item(f"Artikel {number}", f"https://waterlander.example/{number}") for number in range(10)))

    feed = read(whole[: len(whole) // 2])

    assert [entry.title for entry in feed.entries][:3] == ["Artikel 0", "Artikel 1", "Artikel 2"]


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(rss()).entries == ()


@pytest.mark.parametrize(
    "body", ["", "  ", "<html><body><p>Niet gevonden</p></body></html>", '{"items": []}', "/etc/passwd", "\x00\x01"]
)
def test_what_is_no_feed_is_refused_with_a_reason(body: str) -> None:
    with pytest.raises(FeedError, match="feed"):
        read(body)


def test_a_body_that_names_a_file_opens_none() -> None:
    with pytest.raises(FeedError):
        read(__file__)


def test_an_entity_that_names_a_file_stays_empty() -> None:
    feed = read(
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<rss version='2.0'><channel><item><title>voor &x; na</title></item></channel></rss>"
    )

    assert "root" not in feed.entries[0].title


def test_a_billion_laughs_are_not_laughed() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    started = time.monotonic()

    feed = read(
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "lol">{entities}]>'
        "<rss version='2.0'><channel><item><title>&l9;</title></item></channel></rss>"
    )

    assert all(len(entry.title) < 10_000 for entry in feed.entries)
    assert time.monotonic() - started < 20


def test_thousands_of_entries_are_read() -> None:
    feed = read(rss(*(item(f"A{n}", f"https://waterlander.example/{n}") for n in range(2_000))))

    assert len(feed.entries) == 2_000


@pytest.mark.parametrize("address", ["javascript:alert(1)", "mailto:a@b.example", "", "data:text/html,x"])
def test_an_address_that_cannot_be_fetched_is_no_address(address: str) -> None:
    assert read(rss(item("Kop", address))).entries[0].url is None


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8", "iso-8859-1", "iso-8859-1"),
        ("cp1252", "windows-1252", None),
        ("cp1252", "iso-8859-1", None),
        ("cp1252", "utf-8", "utf-8"),
        ("cp1252", "utf-8", "klingon"),
        ("utf-16", "utf-16", None),
    ],
)
def test_the_letters_are_right_whatever_the_labels_say(encoding: str, declared: str, charset: str | None) -> None:
    xml = rss(item("Ministers “één”", None)).replace('encoding="utf-8"', f'encoding="{declared}"')

    assert read(xml.encode(encoding), charset=charset).entries[0].title == "Ministers “één”"


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("Thu, 06 Jul 2023 09:00:00 +0200", 7),
        ("Thu, 06 Jul 2023 09:00:00 GMT", 9),
        ("Thu, 06 Jul 2023 09:00:00 EST", 14),
        # No offset, or a zone's name that says winter in July: the clocks of the source count.
        ("Thu, 06 Jul 2023 09:00:00", 7),
        ("Thu, 06 Jul 2023 09:00:00 CET", 7),
        ("Thu, 06 Jul 2023 09:00:00 CEST", 7),
        ("Fri, 06 Jan 2023 09:00:00 CET", 8),
        ("06 Jul 23 09:00", 7),
        ("2023-07-06T09:00:00+02:00", 7),
        ("2023-07-06T09:00:00Z", 9),
        ("2023-07-06T09:00:00", 7),
        ("2023-07-06 09:00", 7),
        ("2023-07-06", 10),
        # The offset counts, whatever name stands before it or after it.
        ("Thu, 06 Jul 2023 09:00:00 GMT+0200", 7),
        ("Thu Jul 06 2023 09:00:00 GMT+0200 (CEST)", 7),
        ("Thu, 06 Jul 2023 09:00:00 UTC-05:00", 14),
        ("Thu, 06 Jul 2023 09:00:00 GMT+2", 7),
        ("2023-07-06 09:00:00 CET", 7),
        ("2023-07-06T09:00:00 CEST", 7),
        ("2023-07-06 09:00:00 UTC", 9),
        ("2023-07-06 09:00:00.5 +0200", 7),
        ("2023-07-06 09:00:00 Europe/Amsterdam", 7),
        ("Thu, 06 Jul 2023 02:00 PM +0200", 12),
        ("Thu, 06 Jul 2023 12:30 a.m. +0000", 0),
        ("Thu, 06 Jul 2023 09:00 AM CET", 7),
        ("Thu Jul  6 09:00:00 2023", 7),
        # The Dutch write the day first, and names of their own.
        ("06-07-2023 09:00", 7),
        ("6-7-2023 09:00:00", 7),
        ("Do, 06 Jul 2023 09:00:00 +0200", 7),
        ("donderdag 6 juli 2023 09:00", 7),
        ("do. 6 juli 2023, 09:00", 7),
        ("wo 24 Mei 2023 09:00:00 +0200", 7),
        ("Di, 5 Mrt 2024 09:00:00 +0100", 8),
        ("1 okt. 2023 09:00", 7),
    ],
)
def test_a_time_is_read_on_the_clocks_of_its_source(written: str, hour: int) -> None:
    moment = moment_of(written, zone=AMSTERDAM)

    assert moment is not None
    assert (moment.hour, moment.tzinfo) == (hour, UTC)


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "straks",
        "Thu, 32 Jul 2023 09:00:00",
        "2023",
        "0001-01-01T00:00:00",
        "32-13-2023 09:00",
        "06-07-2023 25:00",
        "2023-07-06 09:00 +9900",
    ],
)
def test_what_is_no_date_gives_none(written: str | None) -> None:
    assert moment_of(written, zone=AMSTERDAM) is None


def test_a_dutch_date_is_that_day() -> None:
    for written in ("24-11-2026 09:00", "Di, 24 november 2026 09:00:00 +0100", "24 nov. 2026 09:00 CET"):
        assert moment_of(written, zone=AMSTERDAM) == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert moment_of("05-03-2026 09:00", zone=AMSTERDAM) == datetime(2026, 3, 5, 8, tzinfo=UTC)


@settings(deadline=None)
@given(
    st.one_of(
        st.text(),
        st.from_regex(
            r"\d{1,2}[- ](\d{1,2}|mei|Nov\.?)[- ]\d{2,4} \d{1,2}:\d{2}( [ap]m)?( GMT)?([+-]\d{1,4})?", fullmatch=True
        ),
    )
)
def test_no_text_breaks_the_reading_of_dates(written: str) -> None:
    moment = moment_of(written, zone=AMSTERDAM)

    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize("written", ["Thu, 01 Jan 1970 00:00:00 GMT", "2026-11-26T12:00:00Z", "2099-01-01T00:00:00Z"])
def test_an_absurd_date_is_no_date(written: str) -> None:
    assert read(rss(item("Kop", None, written))).entries[0].published_at is None


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    ahead = NOW + timedelta(hours=2)

    assert plausible(ahead, now=NOW) == ahead
    assert read(rss(item("Kop", None, ahead))).entries[0].published_at == ahead


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading_of_feeds(body: bytes) -> None:
    try:
        feed = read(body)
    except FeedError:
        return
    assert isinstance(feed, Feed)


WORDS = "Minister Zoë: “één café” kost € 5, zegt de coördinator van het ministerie in Curaçao; “reëel”, vindt zij."


@pytest.mark.parametrize("charset", ["utf-8", None])
def test_one_broken_byte_leaves_every_other_letter_of_a_document_right(charset: str | None) -> None:
    page = f"{WORDS} {WORDS}".encode()

    assert as_utf8(page + b" \xff einde", charset).decode() == f"{WORDS} {WORDS} \N{REPLACEMENT CHARACTER} einde"


@pytest.mark.parametrize("charset", ["utf-8", None])
@pytest.mark.parametrize("end", ["é".encode()[:1], "€".encode()[:1], "€".encode()[:2], "😀".encode()[:3]])
def test_a_document_that_is_cut_within_a_letter_is_right_up_to_there(end: bytes, charset: str | None) -> None:
    assert as_utf8(WORDS.encode() + end, charset).decode() == f"{WORDS}\N{REPLACEMENT CHARACTER}"


def test_a_document_says_itself_that_it_is_utf_8_though_half_of_its_letters_broke() -> None:
    broken = b'<meta charset="utf-8"><p>' + "één".encode() + b" caf\xe9</p>"

    assert as_utf8(broken, None).decode() == '<meta charset="utf-8"><p>één caf\N{REPLACEMENT CHARACTER}</p>'


def test_letters_of_another_set_that_are_called_utf_8_are_read_as_what_they_are() -> None:
    assert as_utf8(WORDS.encode("cp1252"), "utf-8").decode() == WORDS
    assert as_utf8("café".encode("cp1252"), None).decode() == "café"


@settings(deadline=None)
@given(st.text(), st.sampled_from([None, "utf-8", "iso-8859-1", "base64", "klingon", "utf-7"]))
def test_valid_utf_8_is_never_changed(text: str, charset: str | None) -> None:
    body = text.encode()

    assert as_utf8(body, charset) == body.removeprefix(b"\xef\xbb\xbf")


@settings(deadline=None)
@given(st.binary(), st.sampled_from([None, "utf-8", "iso-8859-1", "base64", "rot13", "idna", "klingon", "\x00"]))
def test_any_bytes_become_utf_8(body: bytes, charset: str | None) -> None:
    assert as_utf8(body, charset).decode() is not None
