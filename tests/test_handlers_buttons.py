"""Buttons over HTTP: pages that survive a restart, and data that is stale, forged or pressed by the wrong person."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages.callbacks import LIMIT, Callback, decode, encode, token_of
from handlers import Services
from tests.botapi import BotApiServer, Message, User
from tests.storage_examples import ZANDSTRA
from tests.telegram_bot import running_bot

pytest_plugins = ("tests.telegram_fixtures",)

NO_LONGER = "Deze knop werkt niet meer. Vraag het opnieuw met een opdracht; ze staan in /help."


async def _first_page(server: BotApiServer, anna: User, command: str = "/citaten Zandstra") -> Message:
    await server.say(anna, anna, command)
    return await server.wait_for_message(anna)


@pytest.mark.usefixtures("bot")
async def test_pages_are_turned_in_place(server: BotApiServer, anna: User) -> None:
    page = await _first_page(server, anna)
    assert page.labels == ["Citeer 1", "2", "3", "4", "5", "ouder ›", "Oudste eerst"]

    press = await server.press(page, anna, "ouder")
    await server.wait_for_edit(page)
    assert page.text.startswith("Wouter Zandstra · 6–10 van 12 uitspraken")
    assert page.labels[5:] == ["‹ nieuwer", "ouder ›", "Oudste eerst"]
    assert "text" not in await server.wait_for_answer(press)

    await server.press(page, anna, "ouder")
    await server.wait_for_edit(page)
    assert "11–12 van 12" in page.text
    assert page.labels == ["Citeer 1", "2", "‹ nieuwer", "Oudste eerst"]

    await server.press(page, anna, "nieuwer")
    await server.wait_for_edit(page)
    assert "6–10 van 12" in page.text


@pytest.mark.usefixtures("bot")
async def test_a_search_keeps_its_words_from_page_to_page(server: BotApiServer, anna: User) -> None:
    page = await _first_page(server, anna, "/citaten Zandstra dijk")

    await server.press(page, anna, "ouder")
    await server.wait_for_edit(page)

    assert page.text.startswith("Wouter Zandstra · “dijk” · 6–10 van 10 uitspraken")


async def test_a_page_survives_a_restart(server: BotApiServer, services: Services, anna: User) -> None:
    async with running_bot(server, services):
        page = await _first_page(server, anna)
    async with running_bot(server, services):
        await server.press(page, anna, "ouder")
        assert "6–10 van 12" in (await server.wait_for_edit(page)).text


@pytest.mark.usefixtures("bot")
async def test_a_page_past_the_end_shows_the_last_one(server: BotApiServer, anna: User) -> None:
    page = await _first_page(server, anna)
    await server.press_data(page, anna, f"q:{ZANDSTRA}:900000:")
    assert "11–12 van 12" in (await server.wait_for_edit(page)).text


@pytest.mark.usefixtures("bot")
async def test_a_button_pressed_twice_is_answered_twice(server: BotApiServer, anna: User) -> None:
    page = await _first_page(server, anna)
    data = page.button("ouder")["callback_data"]
    presses = [await server.press_data(page, anna, data) for _ in range(2)]
    for press in presses:
        assert "text" not in await server.wait_for_answer(press)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "data",
    [
        "",
        "q",
        "page:2",
        "q:nobody-of-this-name:0:",
        "q:::",
        "q:wouter-zandstra:-5:",
        "q:wouter-zandstra:99999999999:",
        "f:::",
        "u::0:",
        "l:::de",
        "l:::",
        "z:wouter-zandstra::",
    ],
)
async def test_stale_and_forged_data_is_answered_politely(server: BotApiServer, anna: User, data: str) -> None:
    page = await _first_page(server, anna)
    before = page.text
    press = await server.press_data(page, anna, data)
    answered = await server.wait_for_answer(press)
    assert answered["text"] == NO_LONGER
    assert page.text == before


@pytest.mark.usefixtures("bot")
async def test_a_button_of_a_message_out_of_reach_is_answered(server: BotApiServer, anna: User) -> None:
    page = await _first_page(server, anna)
    press = await server.press_data(page, anna, f"q:{ZANDSTRA}:5:", is_inaccessible=True)
    assert (await server.wait_for_answer(press))["text"] == NO_LONGER


@pytest.mark.usefixtures("bot")
async def test_following_is_undone_and_redone_by_button(server: BotApiServer, anna: User) -> None:
    await server.say(anna, anna, "/volg Zandstra")
    message = await server.wait_for_message(anna)

    await server.press(message, anna, "Ongedaan maken")
    assert "wordt hier niet meer gevolgd" in (await server.wait_for_edit(message)).text
    await server.press(message, anna, "Ongedaan maken")
    assert "Je volgt nu" in (await server.wait_for_edit(message)).text


@pytest.mark.usefixtures("bot")
async def test_people_are_dropped_from_the_list(server: BotApiServer, anna: User) -> None:
    for name in ("Zandstra", "van den Elzen"):
        await server.say(anna, anna, f"/volg {name}")
    await server.say(anna, anna, "/volgend")
    listed = await server.wait_for_message(anna, "Hier gevolgd: 2")
    assert listed.labels == ["Mirthe van den Elzen · alles", "✕", "Wouter Zandstra · alles", "✕"]

    await server.press(listed, anna, "✕")

    await server.wait_for_edit(listed)
    assert "Hier gevolgd: 1" in listed.text
    assert listed.labels == ["Wouter Zandstra · alles", "✕"]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_reading_callback_data_never_fails(data: str) -> None:
    decode(data)


@settings(deadline=None)
@given(
    st.sampled_from(["quotes", "reversals", "follow", "unfollow", "subscription", "language"]),
    st.text(min_size=1, max_size=60),
    st.integers(min_value=0, max_value=999_999),
    st.text(max_size=60),
)
def test_what_is_written_is_read_back_and_fits(action: str, person_id: str, offset: int, words: str) -> None:
    callback = Callback(action, token_of(person_id), offset, words)  # type: ignore[arg-type]
    data = encode(callback)
    if data is not None:
        assert len(data.encode()) <= LIMIT
        assert decode(data) == callback


@settings(deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_every_person_has_a_token_that_a_button_can_carry(person_id: str) -> None:
    assert encode(Callback("follow", token_of(person_id))) is not None
