"""Documents come within limits, and from nowhere inside."""

from __future__ import annotations

import socket
import time
import tracemalloc
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import CitaatwachtError
from bot.ingest.addresses import is_public
from bot.ingest.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    Gone,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    WrongType,
)
from bot.ingest.fetch import FEED, MOST_REDIRECTS, PAGE, Fetcher
from tests.feedserver import FeedServer

pytest_plugins = ("tests.source_fixtures",)


async def test_a_document_comes_with_its_validators(site: FeedServer, fetcher: Fetcher) -> None:
    site.raw("/feed", b"<rss/>", "application/rss+xml; charset=utf-8", headers={"Last-Modified": "gisteren"})

    fetched = await fetcher.fetch(site.url("/feed"), FEED)

    assert (fetched.body, fetched.charset, fetched.is_unchanged) == (b"<rss/>", "utf-8", False)
    assert fetched.etag is not None
    assert fetched.last_modified == "gisteren"


async def test_what_we_have_already_is_not_sent_again(site: FeedServer, fetcher: Fetcher) -> None:
    site.feed("/feed", "<rss/>")
    first = await fetcher.fetch(site.url("/feed"), FEED)

    again = await fetcher.fetch(site.url("/feed"), FEED, etag=first.etag, last_modified="gisteren")

    assert again.is_unchanged
    assert again.body == b""
    assert site.requests[-1].headers["If-Modified-Since"] == "gisteren"


async def test_the_user_agent_says_who_asks_and_whom_to_write_to(site: FeedServer, fetcher: Fetcher) -> None:
    site.page("/", "hoi")

    await fetcher.fetch(site.url("/"), PAGE)

    assert "Citaatwacht" in site.requests[0].headers["User-Agent"]
    assert "redactie@krant.example" in site.requests[0].headers["User-Agent"]


async def test_a_redirect_is_followed_to_where_it_leads(site: FeedServer, fetcher: Fetcher) -> None:
    site.redirect("/oud", "/nieuw#top", status=302)
    site.page("/nieuw", "hier")

    fetched = await fetcher.fetch(site.url("/oud"), PAGE)

    assert (fetched.url, fetched.body) == (site.url("/nieuw"), b"hier")


async def test_a_chain_of_five_redirects_is_followed_and_one_of_six_is_not(site: FeedServer, fetcher: Fetcher) -> None:
    for step in range(MOST_REDIRECTS + 1):
        site.redirect(f"/{step}", f"/{step + 1}")
    site.page(f"/{MOST_REDIRECTS + 1}", "eindelijk")

    assert (await fetcher.fetch(site.url("/1"), PAGE)).body == b"eindelijk"
    with pytest.raises(TooManyRedirects) as caught:
        await fetcher.fetch(site.url("/0"), PAGE)
    assert caught.value.permanent


async def test_a_circle_of_redirects_ends(site: FeedServer, fetcher: Fetcher) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")

    with pytest.raises(TooManyRedirects, match="itself"):
        await fetcher.fetch(site.url("/a"), PAGE)
    assert [request.path for request in site.requests] == ["/robots.txt", "/a", "/b"]


@pytest.mark.parametrize("target", ["ftp://krant.example/", "file:///etc/passwd", "http://[", "javascript:alert(1)"])
async def test_a_redirect_to_what_is_no_web_address_is_refused(site: FeedServer, fetcher: Fetcher, target: str) -> None:
    site.redirect("/", target)

    with pytest.raises(AddressRefused):
        await fetcher.fetch(site.url("/"), PAGE)


async def test_a_server_that_goes_quiet_is_left_in_time(site: FeedServer, fetcher: Fetcher) -> None:
    site.slow("/", 5)
    started = time.monotonic()

    with pytest.raises(Unreachable, match="in time") as caught:
        await fetcher.fetch(site.url("/"), replace(PAGE, silence=0.2))

    assert not caught.value.permanent
    assert time.monotonic() - started < 3


async def test_a_whole_document_has_a_time_limit_of_its_own(site: FeedServer, fetcher: Fetcher) -> None:
    site.slow("/", 5)

    with pytest.raises(Unreachable, match="in time"):
        await fetcher.fetch(site.url("/"), replace(PAGE, total=0.2))


async def test_a_bomb_is_dropped_at_the_limit_and_not_unpacked_whole(site: FeedServer, fetcher: Fetcher) -> None:
    site.bomb("/", megabytes=200)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge) as caught:
            await fetcher.fetch(site.url("/"), PAGE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert caught.value.permanent
    assert peak < 40_000_000


async def test_a_document_of_exactly_the_limit_is_read(site: FeedServer, fetcher: Fetcher) -> None:
    limits = replace(PAGE, largest=1000)
    site.raw("/fits", b"x" * 1000)
    site.raw("/over", b"x" * 1001)

    assert len((await fetcher.fetch(site.url("/fits"), limits)).body) == 1000
    with pytest.raises(TooLarge):
        await fetcher.fetch(site.url("/over"), limits)


async def test_a_picture_is_no_page(site: FeedServer, fetcher: Fetcher) -> None:
    site.raw("/foto", b"\x89PNG", "image/png")

    with pytest.raises(WrongType, match="image/png"):
        await fetcher.fetch(site.url("/foto"), PAGE)


async def test_a_body_that_breaks_off_is_not_taken_for_whole(site: FeedServer, fetcher: Fetcher) -> None:
    site.broken("/")

    with pytest.raises(Unreachable):
        await fetcher.fetch(site.url("/"), PAGE)


@pytest.mark.parametrize(
    ("status", "kind", "is_permanent"),
    [
        (403, Gone, True),
        (404, BadStatus, False),
        (410, Gone, True),
        (429, BadStatus, False),
        (500, BadStatus, False),
        (503, BadStatus, False),
    ],
)
async def test_a_status_tells_whether_asking_again_makes_sense(
    site: FeedServer, fetcher: Fetcher, status: int, kind: type[BadStatus], is_permanent: bool
) -> None:
    site.raw("/", b"", status=status)

    with pytest.raises(kind, match=str(status)) as caught:
        await fetcher.fetch(site.url("/"), PAGE)

    assert (caught.value.status, caught.value.permanent) == (status, is_permanent)
    assert isinstance(caught.value, CitaatwachtError)


@pytest.mark.parametrize(
    ("written", "seconds"), [("120", 120), ("Thu, 01 Jan 2015 00:00:00 GMT", 0), ("straks", None), ("99999999", 86_400)]
)
async def test_a_request_for_patience_is_passed_on(
    site: FeedServer, fetcher: Fetcher, written: str, seconds: int | None
) -> None:
    site.raw("/", b"", status=429, headers={"Retry-After": written})

    with pytest.raises(BadStatus) as caught:
        await fetcher.fetch(site.url("/"), PAGE)

    assert caught.value.retry_after == (None if seconds is None else timedelta(seconds=seconds))


async def test_loopback_is_refused_unless_it_is_opened(site: FeedServer) -> None:
    stranger = Fetcher(contact="test")
    try:
        for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1"):
            with pytest.raises(FetchError) as caught:
                await stranger.fetch(f"http://{host}/", PAGE)
            assert isinstance(caught.value, AddressRefused), (host, caught.value)
        with pytest.raises(AddressRefused, match="port"):
            await stranger.fetch(site.url("/"), PAGE)
    finally:
        await stranger.close()
    assert site.requests == []


async def test_a_redirect_leads_no_way_inside(site: FeedServer, fetcher: Fetcher) -> None:
    inside = (
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "[::1]",
        "[::127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[ff0e::1]",
    )
    for number, host in enumerate(inside):
        site.redirect(f"/{number}", f"http://{host}/latest/")
        with pytest.raises(AddressRefused, match="not a public address"):
            await fetcher.fetch(site.url(f"/{number}"), PAGE)
    site.redirect("/port", "http://93.184.215.14:8080/")
    with pytest.raises(AddressRefused, match="port 8080"):
        await fetcher.fetch(site.url("/port"), PAGE)


async def test_a_name_that_resolves_to_the_inside_is_refused(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(*_: object, **__: object) -> list[object]:
        places = [("10.1.2.3", 80), ("192.168.1.1", 80)]
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place) for place in places]

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolve)

    with pytest.raises(AddressRefused, match="not a public address"):
        await fetcher.fetch("http://krant.example/", PAGE)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("public", ["127.0.0.1", "127.0.0.2"])
async def test_of_a_name_with_addresses_in_and_outside_only_the_public_one_is_ever_connected_to(
    site: FeedServer, monkeypatch: pytest.MonkeyPatch, public: str, order: int
) -> None:
    # The server is at the first of these; nothing is at the second.
    port = int(site.host.rpartition(":")[2])
    places = [("127.0.0.1", port), ("127.0.0.2", port)][::order]

    async def resolve(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place) for place in places]

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolve)
    monkeypatch.setattr("bot.ingest.fetch.is_public", lambda address: address == public)
    monkeypatch.setattr("bot.ingest.fetch.WEB_PORTS", frozenset((port,)))
    site.page("/", "hoi")
    stranger = Fetcher(contact="test")
    try:
        if public == "127.0.0.1":
            assert (await stranger.fetch(f"http://krant.example:{port}/", PAGE)).body == b"hoi"
        else:
            with pytest.raises(FetchError):
                await stranger.fetch(f"http://krant.example:{port}/", PAGE)
            assert site.requests == []
    finally:
        await stranger.close()


async def test_another_port_of_an_opened_host_stays_closed(site: FeedServer, fetcher: Fetcher) -> None:
    with pytest.raises(AddressRefused, match="port 9"):
        await fetcher.fetch("http://127.0.0.1:9/", PAGE)


async def test_a_password_in_an_address_goes_nowhere(site: FeedServer, fetcher: Fetcher) -> None:
    site.page("/", "hoi")

    await fetcher.fetch(f"http://iemand:geheim@{site.host}/", PAGE)

    assert "Authorization" not in site.requests[0].headers


@pytest.mark.parametrize(
    "address",
    ["", "krant", "/a", "http://", "http://[", "mailto:x@y.nl", "http://krant..nl/", f"http://{'k' * 64}.nl/"],
)
async def test_what_is_no_address_is_refused(fetcher: Fetcher, address: str) -> None:
    with pytest.raises(AddressRefused):
        await fetcher.fetch(address, PAGE)


async def test_an_error_does_not_show_the_query_which_may_hold_a_key(site: FeedServer, fetcher: Fetcher) -> None:
    with pytest.raises(BadStatus) as caught:
        await fetcher.fetch(site.url("/?key=geheim"), PAGE)

    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "192.0.0.8",
        "192.88.99.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "5f00::1",
        "ff02::1",
        "ff0e::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "::8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:db8::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "::ffff:192.88.99.1",
        "krant.example",
        "",
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_no_more_public_in_ipv6_clothes(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    assert not is_public(f"::{address}")
    assert not is_public(f"64:ff9b::{address}")
