"""Who may use the bot, over HTTP: closed installations, bursts of commands, and the first steps of those let in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.alerts.notices import tell_operators
from handlers import Services
from handlers.limiting import BURST, Limiter
from storage import access, chats, subscriptions
from storage.access import may_use
from tests.botapi import BotApiServer, Chat, User
from tests.storage_examples import ZANDSTRA
from tests.telegram_bot import AnyApplication

pytest_plugins = ("tests.telegram_fixtures",)


@pytest.fixture
def editor(server: BotApiServer) -> User:
    return server.user("Eva")


@pytest.fixture
def closed(services: Services, editor: User) -> Services:
    """The services of an installation of which Eva is the administrator, and that lets in nobody else."""
    services.reviewers = services.allowed_chats = frozenset({editor.id})
    return services


async def _tell(bot: AnyApplication, services: Services) -> int:
    return await tell_operators(services.database, bot.bot, asyncio.Event())


async def _may_use(services: Services, chat_id: int) -> bool:
    async with services.database.reading() as session:
        return await may_use(session, chat_id=chat_id, allowed=services.allowed)


async def _follow(services: Services, chat: Chat) -> None:
    async with services.database.writing() as session:
        await chats.ensure_chat(session, chat_id=chat.id, kind=chat.kind, title=chat.title)
        await chats.follow(session, chat_id=chat.id, topic_id=0, person_id=ZANDSTRA, user_id=1)


async def _told(services: Services) -> list[tuple[int, int]]:
    async with services.database.reading() as session:
        found = await subscriptions.listeners(session, person_ids=[ZANDSTRA], standings=())
    return [(listener.chat_id, listener.topic_id) for listener in found]


class TestAClosedInstallation:
    async def test_a_stranger_is_asked_about_once_and_hears_what_came_of_it(
        self, server: BotApiServer, bot: AnyApplication, closed: Services, anna: User, editor: User
    ) -> None:
        await server.say(anna, anna, "/citaten Zandstra")
        assert "gevraagd of je mee mag doen" in (await server.wait_for_message(anna)).text
        await server.say(anna, anna, "/citaten Zandstra")
        assert "nog geen antwoord" in (await server.wait_for_message(anna)).text
        assert await _tell(bot, closed) == 1
        question = await server.wait_for_message(editor)
        assert question.text == "Anna wil deze bot gebruiken."

        await server.press(question, editor, "Toelaten")
        assert "Anna mag de bot gebruiken" in (await server.wait_for_edit(question)).text
        assert await _tell(bot, closed) == 1
        assert (await server.wait_for_message(anna)).text == "Je mag meedoen."

        assert await _may_use(closed, anna.id)
        await server.say(anna, anna, "/citaten Zandstra")
        assert "uitspraken" in (await server.wait_for_message(anna)).text

    async def test_a_group_is_refused_politely_and_may_be_let_in_after_all(
        self, server: BotApiServer, bot: AnyApplication, closed: Services, anna: User, editor: User
    ) -> None:
        group = server.group("Andere krant", administrators=[anna], bot_status="left")
        await server.set_bot_status(group, anna, "member")
        assert "gevraagd of deze groep" in (await server.wait_for_message(group)).text
        await _tell(bot, closed)
        question = await server.wait_for_message(editor)
        assert question.text == "De groep Andere krant wil deze bot gebruiken. Anna vroeg erom."

        await server.press(question, editor, "Weigeren")
        assert "is geweigerd" in (await server.wait_for_edit(question)).text
        await _tell(bot, closed)
        assert "Het antwoord is nee" in (await server.wait_for_message(group)).text
        await server.say(group, anna, "/volg Zandstra")
        assert "alleen voor de redactie" in (await server.wait_for_message(group)).text
        assert await _told(closed) == []

        await server.press(question, editor, "Toch toelaten")
        await server.wait_for_edit(question)
        await _tell(bot, closed)
        admitted = await server.wait_for_message(group, "Deze groep mag meedoen.")
        await server.press(admitted, anna, "Kies wie je volgt")
        choices = await server.wait_for_edit(admitted)
        await server.press(choices, anna, "Zandstra")
        assert "volgt nu" in (await server.wait_for_edit(choices)).text
        assert await _told(closed) == [(group.id, 0)]

    async def test_only_administrators_of_the_installation_decide(
        self, server: BotApiServer, bot: AnyApplication, closed: Services, anna: User, editor: User
    ) -> None:
        await server.say(anna, anna, "/start")
        await server.wait_for_message(anna)
        await _tell(bot, closed)
        question = await server.wait_for_message(editor)
        closed.reviewers = frozenset()
        press = await server.press(question, editor, "Toelaten")
        assert "werkt niet meer" in str((await server.wait_for_answer(press))["text"])
        assert not await _may_use(closed, anna.id)

    async def test_whoever_is_not_let_in_may_still_have_their_chat_erased(
        self, server: BotApiServer, bot: AnyApplication, closed: Services, anna: User
    ) -> None:
        await server.say(anna, anna, "/start")
        await server.wait_for_message(anna)
        await server.say(anna, anna, "/vergeet")
        question = await server.wait_for_message(anna)
        await server.press(question, anna, "Alles wissen")
        assert "Gewist." in (await server.wait_for_edit(question)).text
        async with closed.database.reading() as session:
            assert await chats.chat(session, chat_id=anna.id) is None

    async def test_where_an_administrator_brings_the_bot_nobody_is_asked(
        self, server: BotApiServer, bot: AnyApplication, closed: Services, editor: User
    ) -> None:
        group = server.group("Redactie", administrators=[editor], bot_status="left")
        await server.set_bot_status(group, editor, "member")
        assert "Een beheerder kiest" in (await server.wait_for_message(group)).text
        assert await _may_use(closed, group.id)
        assert await _tell(bot, closed) == 0

    async def test_a_question_waits_for_an_administrator_who_never_wrote_to_the_bot(
        self, server: BotApiServer, bot: AnyApplication, services: Services, anna: User
    ) -> None:
        absent = server.user("Femke", started=False)
        services.reviewers = services.allowed_chats = frozenset({absent.id})
        await server.say(anna, anna, "/start")
        await server.wait_for_message(anna)
        assert await _tell(bot, services) == 0
        async with services.database.reading() as session:
            assert await access.state_of(session, chat_id=anna.id) == "asked"

    async def test_news_goes_only_to_those_let_in(self, server: BotApiServer, closed: Services, anna: User) -> None:
        known, stranger = server.group("Redactie"), server.group("Andere krant")
        for group in (known, stranger):
            await _follow(closed, group)
        closed.allowed_chats |= {known.id}

        async with closed.database.writing() as session:
            assert await access.enforce(session, allowed=closed.allowed) == 1
        assert await _told(closed) == [(known.id, 0)]

        async with closed.database.writing() as session:
            assert await access.enforce(session, allowed=frozenset()) == 0
        assert len(await _told(closed)) == 2

    async def test_who_was_shut_out_stays_so_after_blocking_the_bot(self, services: Services, anna: User) -> None:
        async with services.database.writing() as session:
            await chats.ensure_chat(session, chat_id=anna.id, kind="private", title="Anna")
            await chats.follow(session, chat_id=anna.id, topic_id=0, person_id=ZANDSTRA, user_id=anna.id)
            await access.enforce(session, allowed=frozenset({anna.id + 1}))
        async with services.database.writing() as session:
            await chats.disable_chat(session, chat_id=anna.id, reason="kicked by 1")
            await chats.ensure_chat(session, chat_id=anna.id, kind="private", title="Anna")
        assert await _told(services) == []

    async def test_who_had_blocked_the_bot_before_it_closed_is_shut_out_too(
        self, services: Services, anna: User
    ) -> None:
        async with services.database.writing() as session:
            await chats.ensure_chat(session, chat_id=anna.id, kind="private", title="Anna")
            await chats.follow(session, chat_id=anna.id, topic_id=0, person_id=ZANDSTRA, user_id=anna.id)
            await chats.disable_chat(session, chat_id=anna.id, reason="kicked by 1")
            await access.enforce(session, allowed=frozenset({anna.id + 1}))
        async with services.database.writing() as session:
            await chats.ensure_chat(session, chat_id=anna.id, kind="private", title="Anna")
        assert await _told(services) == []

    async def test_a_group_that_is_let_in_stays_so_as_a_supergroup(
        self, server: BotApiServer, closed: Services, anna: User
    ) -> None:
        listed = server.group("Redactie", kind="group")
        admitted = server.group("Tweede redactie", kind="group")
        closed.allowed_chats |= {listed.id}
        async with closed.database.writing() as session:
            for number, group in enumerate((listed, admitted)):
                await chats.ensure_chat(session, chat_id=group.id, kind="group", title=group.title)
                if group is admitted:
                    await access.admit(session, chat_id=group.id, user_id=1, moment=datetime.now(UTC))
                await chats.migrate_chat(session, old_id=group.id, new_id=-100500 - number)
        assert await _may_use(closed, -100500)
        assert await _may_use(closed, -100501)
        assert not await _may_use(closed, -100502)


@pytest.mark.usefixtures("bot")
class TestBursts:
    async def test_a_burst_is_answered_then_one_polite_word_and_then_nothing(
        self, server: BotApiServer, anna: User, bram: User
    ) -> None:
        for _ in range(BURST + 5):
            await server.say(anna, anna, "/volgend")
        await server.until(lambda: len(anna.chat.from_bot) == BURST + 1 and server.waiting_updates == 0)
        assert anna.chat.from_bot[-1].text == "Dat is veel tegelijk. Over een minuut antwoord ik weer."
        await server.say(bram, bram, "/volgend")
        await server.wait_for_message(bram)
        assert len(anna.chat.from_bot) == BURST + 1

    def test_it_answers_again_once_the_burst_has_drained(self) -> None:
        moments = [0.0]
        limiter = Limiter(lambda: moments[-1])
        assert [limiter.ask(1) for _ in range(BURST + 2)] == ["yes"] * BURST + ["say_so", "no"]
        moments.append(30.0)
        assert limiter.ask(1) == "no"
        assert limiter.ask(2) == "yes"
        moments.append(61.0)
        assert limiter.ask(1) == "yes"

    def test_a_press_counts_for_less_than_a_command(self) -> None:
        limiter = Limiter(lambda: 0.0)
        words = [limiter.ask(1, 1 / 3) for _ in range(3 * BURST + 2)]
        assert words.count("yes") >= 3 * BURST - 1
        assert words.count("say_so") == 1


@pytest.mark.usefixtures("bot")
class TestTheReadersOwnChat:
    async def test_a_link_follows_there(self, server: BotApiServer, services: Services, anna: User) -> None:
        await server.say(anna, anna, f"/start volg_{ZANDSTRA}")
        assert "Je volgt nu Wouter Zandstra" in (await server.wait_for_message(anna)).text
        assert await _told(services) == [(anna.id, 0)]

    async def test_a_link_to_nobody_greets(self, server: BotApiServer, services: Services, anna: User) -> None:
        await server.say(anna, anna, "/start volg_niemand")
        assert "bewaart wat ministers zeggen" in (await server.wait_for_message(anna)).text
        assert await _told(services) == []
