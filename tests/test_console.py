"""The console chat says what Telegram says, with numbers for buttons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.console import Console, ask, chat, plain
from bot.messages import Message
from handlers import Services
from storage import subscriptions
from tests.botapi import BotApiServer, User
from tests.botapi import Message as SentMessage
from tests.storage_examples import ZANDSTRA
from tests.telegram_bot import running_bot

pytest_plugins = ("tests.telegram_fixtures",)


async def test_it_shows_what_telegram_shows(server: BotApiServer, services: Services, anna: User) -> None:
    async with running_bot(server, services):
        await server.say(anna, anna, "/quotes Zandstra")
        shown = await server.wait_for_message(anna)

    answered = await ask(services, "/quotes Zandstra")

    buttons = "\n".join(_numbered(shown))
    assert answered.replace(" <https://bode.example/dijken>", "") == f"{shown.text}\n\n{buttons}"


def _numbered(shown: SentMessage) -> list[str]:
    labels = [button["text"] for row in shown.keyboard for button in row]
    return [f"[{number}] {label}" for number, label in enumerate(labels, 1)]


async def test_a_slash_may_be_left_out(services: Services) -> None:
    assert await ask(services, "quotes Zandstra") == await ask(services, "/citaten Zandstra")


async def test_blocks_are_indented_and_changed_words_stand_between_lines() -> None:
    message = Message(
        '<b>Nu</b>\n<blockquote>“<u>open</u> &amp; wel”\ntwee</blockquote>\n<a href="https://a.example/?x=1&amp;y">Bode</a>'
    )
    assert plain(message) == "Nu\n    “_open_ & wel”\n    twee\nBode <https://a.example/?x=1&y>"


async def test_a_number_presses_a_button(services: Services) -> None:
    console = Console(services)
    assert "[2] Karin Hulshof" in await console.enter("/quotes Hulshof")
    assert "Karin Hulshof is niets gevonden" in await console.enter("2")
    assert await console.enter("1") == "Er is geen keuze met dat nummer."

    assert "1–5 van 12" in await console.enter("/quotes Zandstra")
    second = await console.enter("6")
    assert "6–10 van 12" in second
    assert "[7] ouder ›" in second
    assert "11–12 van 12" in await console.enter("7")


async def test_nothing_becomes_due_to_a_console_that_follows(services: Services) -> None:
    assert "In de console komen geen meldingen binnen" in await ask(services, "/volg Zandstra")
    assert "Wouter Zandstra" in await ask(services, "/volgend")

    async with services.database.reading() as session:
        assert await subscriptions.listeners(session, person_ids=[ZANDSTRA], standings=()) == []


async def test_it_speaks_the_language_that_was_chosen(services: Services) -> None:
    assert "(No alerts come to the console; in Telegram they do.)" in await ask(services, "/taal en")
    assert await Console(services).enter("1") == "There is no choice with that number."
    assert "You now follow the Minister of Finance." in await ask(services, "/follow minister of Finance")


async def test_it_is_spoken_to_until_it_ends(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines: Iterator[str] = iter(["", "/quotes van den Elzen", "koffie"])

    def next_line(prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", next_line)
    await chat(services)

    shown = capsys.readouterr().out
    assert "Citaatwacht bewaart wat ministers zeggen" in shown
    assert "– sluit uit dat de btw omhooggaat" in shown
    assert "Die opdracht ken ik niet." in shown
