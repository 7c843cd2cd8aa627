"""Reviews over HTTP: the buttons under a flag, whose word holds where, and corrections wherever it was sent."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select, update

from bot.alerts.pace import Pace
from bot.alerts.sender import Sender
from handlers import Services
from storage import outbox, quotes
from storage.chats import ensure_chat
from storage.records import ReversalRecord
from storage.tables import Delivery, Review
from tests.botapi import BotApiServer, Chat, Message, User
from tests.storage_examples import NOON, keep_text, keep_turn
from tests.telegram_bot import AnyApplication

pytest_plugins = ("tests.telegram_fixtures",)

FAST = Pace(chat_pause=timedelta(), group_per_minute=1000, overall_per_second=1000)
ONLY_ADMINISTRATORS = "Alleen beheerders van deze groep kunnen dat veranderen."
REASONS = [
    "ander onderwerp",
    "ander jaar of andere plek",
    "een voorwaarde",
    "niet zijn of haar standpunt",
    "geen tegenspraak",
    "verkeerde spreker",
]


@pytest.fixture
def vera(server: BotApiServer) -> User:
    """One of the installation's reviewers."""
    return server.user("Vera")


@pytest.fixture
def services(services: Services, vera: User) -> Services:
    return replace(services, reviewers=frozenset({vera.id}))


@pytest.fixture
def group(server: BotApiServer, anna: User, bram: User) -> Chat:
    return server.group("Redactie", members=[bram], administrators=[anna])


async def _page(server: BotApiServer, chat: Chat | User, user: User) -> Message:
    await server.say(chat, user, "/ommekeer")
    return await server.wait_for_message(chat)


async def _press(server: BotApiServer, message: Message, user: User, *labels: str) -> Message:
    for label in labels:
        await server.press(message, user, label)
        await server.wait_for_edit(message)
    return message


async def _pair(services: Services) -> ReversalRecord:
    """The archive's pair, as it stands for everyone."""
    async with services.database.reading() as session:
        return (await quotes.reversal_records(session, reversal_ids=[1]))[0]


async def _send_alert(services: Services, bot: AnyApplication, *chats: Chat | User) -> None:
    """Let the archive's pair be told to chats, with the statement that turned."""
    pair = await _pair(services)
    async with services.database.writing() as session:
        for chat in chats:
            await ensure_chat(session, chat_id=chat.id, kind="supergroup", title="x")
            for what, what_id in (("statement", pair.later.id), ("reversal", pair.id)):
                await outbox.queue(
                    session, chat_id=chat.id, topic_id=0, what=what, what_id=what_id, article_id=1, due_at=NOON
                )
    await _empty(services, bot)


async def _empty(services: Services, bot: AnyApplication) -> None:
    await Sender(services.database, bot.bot, FAST, "test").empty(asyncio.Event())


async def _hurry(services: Services) -> None:
    """Let what was put back be due now."""
    async with services.database.writing() as session:
        await session.exec(update(Delivery).where(col(Delivery.state) == "due").values(due_at=NOON))


@pytest.mark.usefixtures("bot")
class TestInOneChat:
    async def test_a_flag_has_the_two_verdicts_under_it(self, server: BotApiServer, anna: User) -> None:
        page = await _page(server, anna, anna)
        assert page.text.splitlines()[2] == "Mogelijke ommekeer · niet nagekeken"
        assert page.labels == ["Klopt", "Geen ommekeer", "Context", "Citeer"]

    async def test_a_confirmation_counts_here_and_nowhere_else(
        self, server: BotApiServer, services: Services, anna: User, bram: User
    ) -> None:
        page = await _press(server, await _page(server, anna, anna), anna, "Klopt")
        assert "Ommekeer (bevestigd)" in page.text
        assert page.labels == ["✓ Klopt", "Geen ommekeer", "Ongedaan maken", "Delen", "Context", "Citeer"]
        assert "Ommekeer (bevestigd)" in (await _page(server, anna, anna)).text
        assert "Mogelijke ommekeer" in (await _page(server, bram, bram)).text
        assert (await _pair(services)).state == "possible"

    async def test_a_rejection_asks_for_its_reason(self, server: BotApiServer, services: Services, anna: User) -> None:
        page = await _press(server, await _page(server, anna, anna), anna, "Geen ommekeer")
        assert page.labels == [*REASONS, "‹ terug"]
        assert "Mogelijke ommekeer" in page.text

        await _press(server, page, anna, "terug")
        assert page.labels == ["Klopt", "Geen ommekeer", "Context", "Citeer"]

        await _press(server, page, anna, "Geen ommekeer", "een voorwaarde")
        assert "Geen ommekeer · gecorrigeerd: een voorwaarde" in page.text
        assert page.labels == ["Klopt", "✓ Geen ommekeer", "Ongedaan maken", "Context", "Citeer"]
        assert "nog geen ommekeer gevonden" in (await _page(server, anna, anna)).text
        assert (await _pair(services)).state == "possible"

    async def test_who_and_where_and_why_are_kept(self, server: BotApiServer, services: Services, anna: User) -> None:
        before = datetime.now(UTC)
        await _press(server, await _page(server, anna, anna), anna, "Geen ommekeer", "verkeerde spreker")
        async with services.database.reading() as session:
            (row,) = (await session.exec(select(Review))).all()
        assert (row.user_id, row.chat_id) == (anna.id, anna.id)
        assert (row.verdict, row.reason) == ("rejected", "wrong-speaker")
        assert before <= row.created_at <= datetime.now(UTC)

    async def test_the_last_word_counts_and_is_taken_back(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        page = await _press(server, await _page(server, anna, anna), anna, "Geen ommekeer", "onderwerp", "Klopt")
        assert "Ommekeer (bevestigd)" in page.text
        await _press(server, page, anna, "Ongedaan maken")
        assert "Mogelijke ommekeer · niet nagekeken" in page.text
        assert page.labels == ["Klopt", "Geen ommekeer", "Context", "Citeer"]
        async with services.database.reading() as session:
            assert (await session.exec(select(Review))).all() == []

    async def test_a_confirmed_pair_can_be_shared(self, server: BotApiServer, anna: User) -> None:
        page = await _press(server, await _page(server, anna, anna), anna, "Klopt")
        address = page.button("Delen")["url"]
        assert address.startswith(
            "https://t.me/share/url?url=https%3A%2F%2Fbode.example%2Fdijken&text=Wouter%20Zandstra"
        )

    @pytest.mark.parametrize("data", ["c:::", "c:::99", "c:::x", "n:::1", "n:::1.9", "n:::1.", "o:::99", "w:::"])
    async def test_forged_data_changes_nothing(
        self, server: BotApiServer, services: Services, anna: User, data: str
    ) -> None:
        page = await _page(server, anna, anna)
        answered = await server.wait_for_answer(await server.press_data(page, anna, data))
        assert answered["text"].startswith("Deze knop werkt niet meer")
        assert page.edits == 0
        async with services.database.reading() as session:
            assert (await session.exec(select(Review))).all() == []


@pytest.mark.usefixtures("bot")
class TestRights:
    async def test_in_a_group_its_administrators_review(
        self, server: BotApiServer, group: Chat, anna: User, bram: User
    ) -> None:
        page = await _page(server, group, bram)
        for label in ("Klopt", "Geen ommekeer"):
            answered = await server.wait_for_answer(await server.press(page, bram, label))
            assert answered["text"] == ONLY_ADMINISTRATORS
        assert page.edits == 0
        assert "Ommekeer (bevestigd)" in (await _press(server, page, anna, "Klopt")).text

    async def test_who_said_nothing_has_nothing_to_take_back(
        self, server: BotApiServer, group: Chat, anna: User, vera: User
    ) -> None:
        page = await _press(server, await _page(server, group, anna), anna, "Klopt")
        answered = await server.wait_for_answer(await server.press(page, vera, "Ongedaan maken"))
        assert answered["text"] == "Je hebt over dit paar niets gezegd."
        assert "Ommekeer (bevestigd)" in page.text

    async def test_a_reviewer_decides_for_everyone_wherever_it_is_said(
        self, server: BotApiServer, services: Services, group: Chat, anna: User, vera: User
    ) -> None:
        await _press(server, await _page(server, anna, anna), anna, "Klopt")
        page = await _press(server, await _page(server, group, vera), vera, "Geen ommekeer", "geen tegenspraak")

        assert ((await _pair(services)).state, (await _pair(services)).reason) == ("rejected", "no-contradiction")
        assert "nog geen ommekeer gevonden" in (await _page(server, anna, anna)).text

        await _press(server, page, vera, "Ongedaan maken")
        assert (await _pair(services)).state == "possible"
        assert "Ommekeer (bevestigd)" in (await _page(server, anna, anna)).text


class TestWhereItWasSent:
    async def test_the_alert_has_the_buttons_and_stays_an_alert(
        self, server: BotApiServer, services: Services, bot: AnyApplication, group: Chat, anna: User
    ) -> None:
        await _send_alert(services, bot, group)
        flag = await server.wait_for_message(group)
        assert flag.labels == ["Klopt", "Geen ommekeer", "Context", "Citeer", "Volg privé", "Stil"]
        before = flag.text
        assert "Kop van dijken" in before

        await _press(server, flag, anna, "Klopt")
        assert flag.text == before.replace("Mogelijke ommekeer · niet nagekeken", "Ommekeer (bevestigd)")
        await _press(server, flag, anna, "Ongedaan maken")
        assert flag.text == before

    async def test_the_later_words_of_a_flag_are_read_in_context_and_cited(
        self, server: BotApiServer, services: Services, bot: AnyApplication, group: Chat, anna: User
    ) -> None:
        await _send_alert(services, bot, group)
        flag = await server.wait_for_message(group)
        for label, shown in (("Context", "De premier zei"), ("Citeer", "Citaatwacht #")):
            await server.press(flag, anna, label)
            reply = await server.wait_for_message(group, shown)
            assert "De sluis gaat open" in reply.text
            assert reply.reply_to == flag.id

    async def test_a_rejection_is_told_aloud_wherever_the_flag_was_sent(
        self, server: BotApiServer, services: Services, bot: AnyApplication, group: Chat, anna: User, vera: User
    ) -> None:
        await _send_alert(services, bot, group, anna)
        flags = [await server.wait_for_message(chat) for chat in (group, anna)]

        await _press(server, await _page(server, vera, vera), vera, "Geen ommekeer", "ander jaar")
        await _empty(services, bot)

        for flag, chat in zip(flags, (group, anna), strict=True):
            assert "Geen ommekeer · gecorrigeerd: ander jaar of andere plek" in flag.text
            reply = await server.wait_for_message(chat, "Correctie")
            assert reply.reply_to == flag.id
            assert not reply.is_silent
            assert reply.text.startswith("Correctie: geen ommekeer bij Wouter Zandstra (#")
            assert reply.text.endswith("Reden: ander jaar of andere plek.")
        assert [message.text for message in vera.chat.from_bot if "Correctie" in message.text] == []

    async def test_a_rejection_of_a_group_is_told_in_that_group_alone(
        self, server: BotApiServer, services: Services, bot: AnyApplication, group: Chat, anna: User
    ) -> None:
        await _send_alert(services, bot, group, anna)
        flag, other = [await server.wait_for_message(chat) for chat in (group, anna)]

        await _press(server, flag, anna, "Geen ommekeer", "standpunt")
        await _empty(services, bot)

        assert (await server.wait_for_message(group, "Correctie")).reply_to == flag.id
        assert other.edits == 0
        assert len(anna.chat.from_bot) == 1

    async def test_a_correction_that_was_taken_back_says_so_in_its_place_and_sounds_anew_the_next_time(
        self, server: BotApiServer, services: Services, bot: AnyApplication, anna: User, vera: User
    ) -> None:
        await _send_alert(services, bot, anna)
        flag = await server.wait_for_message(anna)
        page = await _press(server, await _page(server, vera, vera), vera, "Geen ommekeer", "voorwaarde")
        await _empty(services, bot)
        reply = await server.wait_for_message(anna, "Correctie")

        await _press(server, page, vera, "Ongedaan maken")
        await _empty(services, bot)
        assert reply.text.startswith("Correctie ingetrokken: Wouter Zandstra")
        assert "Mogelijke ommekeer" in flag.text

        await _press(server, page, vera, "Geen ommekeer", "voorwaarde")
        await _empty(services, bot)
        again = await server.wait_for_message(anna, "Correctie: geen ommekeer")
        assert again.id > reply.id

    async def test_a_confirmation_is_shown_without_a_sound(
        self, server: BotApiServer, services: Services, bot: AnyApplication, anna: User, vera: User
    ) -> None:
        await _send_alert(services, bot, anna)
        flag = await server.wait_for_message(anna)
        await _press(server, await _page(server, vera, vera), vera, "Klopt")
        await _empty(services, bot)
        assert "Ommekeer (bevestigd)" in flag.text
        assert len(anna.chat.from_bot) == 1

    async def test_what_was_rejected_before_it_was_sent_is_not_told(
        self, server: BotApiServer, services: Services, bot: AnyApplication, anna: User, vera: User
    ) -> None:
        await _press(server, await _page(server, vera, vera), vera, "Geen ommekeer", "voorwaarde")
        await _send_alert(services, bot, anna)
        told = await server.wait_for_message(anna)
        assert "De sluis gaat open" in told.text
        assert "ommekeer" not in told.text.casefold()

    async def test_a_statement_is_not_marked_without_its_pair(
        self, server: BotApiServer, services: Services, bot: AnyApplication, anna: User
    ) -> None:
        pair = await _pair(services)
        async with services.database.writing() as session:
            await ensure_chat(session, chat_id=anna.id, kind="private", title="x")
            await outbox.queue(
                session,
                chat_id=anna.id,
                topic_id=0,
                what="statement",
                what_id=pair.later.id,
                article_id=1,
                due_at=NOON,
            )
        await _empty(services, bot)
        told = await server.wait_for_message(anna)
        assert "De sluis gaat open" in told.text
        assert "ommekeer" not in told.text

    async def test_of_two_pairs_each_message_is_corrected_by_itself(
        self, server: BotApiServer, services: Services, bot: AnyApplication, anna: User, vera: User
    ) -> None:
        async with services.database.writing() as session:
            _, _, other = await keep_turn(session, 1, said_on=NOON.date())
            await ensure_chat(session, chat_id=anna.id, kind="private", title="x")
            for what_id in (1, other):
                await outbox.queue(
                    session,
                    chat_id=anna.id,
                    topic_id=0,
                    what="reversal",
                    what_id=what_id,
                    article_id=1,
                    due_at=NOON,
                )
        await _empty(services, bot)
        flags = [await server.wait_for_message(anna) for _ in range(2)]

        await _press(server, await _page(server, vera, vera), vera, "Geen ommekeer", "voorwaarde")
        await _empty(services, bot)

        assert "Mogelijke ommekeer" in flags[0].text
        assert "gecorrigeerd" in flags[1].text
        assert (await server.wait_for_message(anna, "Correctie")).reply_to == flags[1].id

    async def test_a_group_that_became_a_supergroup_is_corrected_by_a_message_alone(
        self, server: BotApiServer, services: Services, bot: AnyApplication, anna: User, vera: User
    ) -> None:
        small = server.group("Klein", kind="group", administrators=[anna])
        await _send_alert(services, bot, small)
        flag = await server.wait_for_message(small)
        supergroup = await server.upgrade(small, announce="none")
        await _press(server, await _page(server, vera, vera), vera, "Geen ommekeer", "voorwaarde")
        for _ in range(2):
            await _empty(services, bot)
            await _hurry(services)
        await _empty(services, bot)
        assert (await server.wait_for_message(supergroup, "Correctie")).reply_to is None
        assert flag.edits == 0

    async def test_a_flag_that_was_deleted_is_corrected_by_a_message_alone(
        self, server: BotApiServer, services: Services, bot: AnyApplication, anna: User, vera: User
    ) -> None:
        await _send_alert(services, bot, anna)
        flag = await server.wait_for_message(anna)
        del anna.chat.messages[flag.id]
        await _press(server, await _page(server, vera, vera), vera, "Geen ommekeer", "voorwaarde")
        await _empty(services, bot)
        assert (await server.wait_for_message(anna, "Correctie")).reply_to is None


@pytest.mark.usefixtures("bot")
async def test_a_kind_that_was_wrong_too_often_is_shown_with_a_note(
    server: BotApiServer, services: Services, anna: User, vera: User
) -> None:
    async with services.database.writing() as session:
        article_id = await keep_text(session, "sluizen")
        for year in (2019, 2017, 2015, 2013):
            await keep_turn(session, article_id, said_on=NOON.date().replace(year=year))
    assert "geen melding meer" not in (await _page(server, anna, anna)).text
    page = await _page(server, vera, vera)
    for place in range(4):
        await _press(server, page, vera, "Geen ommekeer", "voorwaarde")
        page = await _page(server, vera, vera)
        assert ("geen melding meer" in page.text) == (place == 3)
