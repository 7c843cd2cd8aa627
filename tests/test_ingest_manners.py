"""Other people's servers are asked as they wish: by robots.txt, one request at a time, and no faster."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.ingest.errors import RobotsRefused, Unreachable
from bot.ingest.fetch import FEED, PAGE, ROBOTS, Fetcher
from bot.ingest.manners import LONGEST_DELAY, Manners
from bot.ingest.values import Fetched
from tests.feedserver import FeedServer

pytest_plugins = ("tests.source_fixtures",)


@pytest.fixture
async def site(site: FeedServer) -> FeedServer:
    """A site of two pages."""
    site.page("/a", "hoi")
    site.page("/b", "hoi")
    return site


def robots(site: FeedServer, *lines: str) -> None:
    site.raw("/robots.txt", "\n".join(lines).encode(), "text/plain")


async def test_what_robots_txt_forbids_is_never_asked_for(site: FeedServer, fetcher: Fetcher) -> None:
    robots(site, "User-agent: *", "Disallow: /a")

    with pytest.raises(RobotsRefused, match="keeps us from /a") as caught:
        await fetcher.fetch(site.url("/a?key=geheim"), PAGE)

    assert caught.value.permanent
    assert "geheim" not in str(caught.value)
    assert site.asked("/a") == []
    assert (await fetcher.fetch(site.url("/b"), PAGE)).body == b"hoi"
    assert len(site.asked("/robots.txt")) == 1


async def test_a_group_with_our_name_goes_before_the_one_for_everybody(site: FeedServer, fetcher: Fetcher) -> None:
    robots(site, "User-agent: *", "Disallow: /", "", "User-agent: citaatwacht", "Disallow: /a")

    assert (await fetcher.fetch(site.url("/b"), PAGE)).body == b"hoi"
    with pytest.raises(RobotsRefused):
        await fetcher.fetch(site.url("/a"), PAGE)


async def test_a_redirect_does_not_lead_around_robots_txt(site: FeedServer, fetcher: Fetcher) -> None:
    robots(site, "User-agent: *", "Disallow: /a")
    site.redirect("/kort", "/a")

    with pytest.raises(RobotsRefused):
        await fetcher.fetch(site.url("/kort"), PAGE)
    assert site.asked("/a") == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_site_without_robots_txt_is_open(site: FeedServer, fetcher: Fetcher, status: int) -> None:
    site.raw("/robots.txt", b"User-agent: *\nDisallow: /", "text/plain", status=status)

    assert (await fetcher.fetch(site.url("/a"), PAGE)).body == b"hoi"


async def test_a_page_in_the_place_of_robots_txt_forbids_nothing(site: FeedServer, fetcher: Fetcher) -> None:
    site.page("/robots.txt", "\n<!doctype html>\nUser-agent: *\nDisallow: /\n")

    assert (await fetcher.fetch(site.url("/a"), PAGE)).body == b"hoi"


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-16", "image/png", None])
async def test_a_robots_txt_is_obeyed_whatever_its_server_calls_it(
    site: FeedServer, fetcher: Fetcher, content_type: str | None
) -> None:
    site.raw("/robots.txt", b"User-agent: *\nDisallow: /", content_type)

    with pytest.raises(RobotsRefused):
        await fetcher.fetch(site.url("/a"), PAGE)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
async def test_a_robots_txt_with_a_byte_order_mark_is_obeyed(site: FeedServer, fetcher: Fetcher, encoding: str) -> None:
    site.raw("/robots.txt", "User-agent: *\nDisallow: /a\n".encode(encoding), "text/plain")

    with pytest.raises(RobotsRefused):
        await fetcher.fetch(site.url("/a"), PAGE)
    assert (await fetcher.fetch(site.url("/b"), PAGE)).body == b"hoi"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_while_robots_txt_cannot_be_had_nothing_else_is_asked_for(
    site: FeedServer, fetcher: Fetcher, status: int
) -> None:
    site.raw("/robots.txt", b"", status=status)

    for _ in range(2):
        with pytest.raises(Unreachable, match=rf"robots\.txt answered {status}") as caught:
            await fetcher.fetch(site.url("/a"), PAGE)
        assert not caught.value.permanent

    assert [request.path for request in site.requests] == ["/robots.txt"]


async def test_of_a_robots_txt_without_end_the_first_500_kib_count(site: FeedServer, fetcher: Fetcher) -> None:
    head, filler = b"User-agent: *\nDisallow: /a\n", b"# niets\n"
    room = ROBOTS.largest - len(head)
    body = head + filler * (room // len(filler))
    # The limit cuts a line that would forbid the whole site.
    site.raw("/robots.txt", body + b"Disallow: /b"[: room % len(filler)] + b"Disallow: /nergens\n" * 9000, "text/plain")

    with pytest.raises(RobotsRefused):
        await fetcher.fetch(site.url("/a"), PAGE)
    assert (await fetcher.fetch(site.url("/b"), PAGE)).body == b"hoi"
    assert len(site.asked("/robots.txt")) == 1


async def test_a_crawl_delay_is_kept_between_two_requests(site: FeedServer, fetcher: Fetcher) -> None:
    robots(site, "User-agent: *", "Crawl-delay: 0.2")
    started = time.monotonic()

    await asyncio.gather(fetcher.fetch(site.url("/a"), PAGE), fetcher.fetch(site.url("/b"), PAGE))

    # After robots.txt itself, and between the two.
    assert 0.4 <= time.monotonic() - started < 2


async def test_waiting_for_our_turn_does_not_use_up_the_time_of_a_document(site: FeedServer, fetcher: Fetcher) -> None:
    site.slow("/traag", 1)

    slow, quick = await asyncio.gather(
        fetcher.fetch(site.url("/traag"), PAGE), fetcher.fetch(site.url("/a"), replace(PAGE, total=0.5))
    )

    assert (slow.body, quick.body) == (b"<html>", b"hoi")


async def test_a_host_gets_one_request_at_a_time(site: FeedServer, fetcher: Fetcher) -> None:
    at_once, most = 0, 0

    async def serve(request: web.Request) -> web.StreamResponse:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1
        return web.Response(text="hoi")

    for number in range(5):
        site.answer(f"/{number}", serve)
    await asyncio.gather(*(fetcher.fetch(site.url(f"/{number}"), PAGE) for number in range(5)))

    assert most == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": "MAX-AGE = 600", "Age": "200"}, 400),
        ({"Cache-Control": "max-age=60", "Age": "999"}, 0),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "max-age=straks"}, None),
        ({}, None),
    ],
)
async def test_how_long_an_answer_stays_fresh_is_passed_on(
    site: FeedServer, fetcher: Fetcher, headers: dict[str, str], seconds: int | None
) -> None:
    site.raw("/feed", b"<rss/>", "text/xml", headers=headers)

    fetched = await fetcher.fetch(site.url("/feed"), FEED)

    assert fetched.fresh_for == (None if seconds is None else timedelta(seconds=seconds))


async def test_only_redirects_for_good_say_that_an_address_has_moved(site: FeedServer, fetcher: Fetcher) -> None:
    site.redirect("/1", "/2", status=308)
    site.redirect("/2", "/3", status=302)
    site.redirect("/3", "/a", status=301)

    assert (await fetcher.fetch(site.url("/1"), PAGE)).moved_to == site.url("/2")
    assert (await fetcher.fetch(site.url("/2"), PAGE)).moved_to is None
    assert (await fetcher.fetch(site.url("/3"), PAGE)).moved_to == site.url("/a")
    assert (await fetcher.fetch(site.url("/a"), PAGE)).moved_to is None


@given(st.one_of(st.binary(max_size=200), st.from_regex(r"user-agent: \*\ncrawl-delay: .{0,9}\n", fullmatch=True)))
def test_no_robots_txt_makes_us_fail_or_wait_too_long(body: bytes | str) -> None:
    data = body if isinstance(body, bytes) else body.encode()

    async def delay() -> float:
        async def fetch(url: URL) -> Fetched:
            return Fetched(str(url), data, None, None, None)

        return await Manners(fetch).delay(URL("http://krant.example/a"))

    with suppress(RobotsRefused):
        assert 0 <= asyncio.run(delay()) <= LONGEST_DELAY
