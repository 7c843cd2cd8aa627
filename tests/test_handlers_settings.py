"""How a chat is set, muted and told once a day, by commands and buttons, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select, update

from handlers import Services
from storage import outbox, settings, silences, subscriptions
from storage.chats import ensure_chat
from storage.settings import SettingsRecord
from storage.subscriptions import Subject
from storage.tables import Article, Delivery, Story
from storage.tables import Chat as ChatRow
from tests.botapi import BotApiServer, Chat, Message, User
from tests.storage_examples import ZANDSTRA

pytest_plugins = ("tests.telegram_fixtures",)

HOUR = timedelta(hours=1)


@pytest.fixture
def group(server: BotApiServer, anna: User, bram: User) -> Chat:
    return server.group("Redactie", members=[bram], administrators=[anna], topics={7: "Kabinet", 9: "Dijken"})


async def chosen(services: Services, chat: Chat | User) -> SettingsRecord:
    async with services.database.reading() as session:
        return await settings.settings(session, chat_id=chat.id)


async def due(services: Services, chat: Chat | User, *, topic_id: int = 0, due_at: datetime | None = None) -> int:
    """Let a statement of the archive be due to a chat, in a story; give the story's number."""
    async with services.database.writing() as session:
        await ensure_chat(session, chat_id=chat.id, kind="supergroup" if chat.id < 0 else "private", title="x")
        story = Story(title="Dijken")
        session.add(story)
        await session.flush()
        await session.exec(update(Article).values(story_id=story.id))
        article_id = (await session.exec(select(col(Article.id)))).first()
        assert article_id is not None
        await outbox.queue(
            session,
            chat_id=chat.id,
            topic_id=topic_id,
            what="statement",
            what_id=1,
            article_id=article_id,
            due_at=due_at or datetime.now(UTC),
        )
        return story.id


async def delivery(services: Services, chat: Chat | User) -> Delivery:
    async with services.database.reading() as session:
        return (await session.exec(select(Delivery).where(col(Delivery.chat_id) == chat.id))).one()


async def tell(services: Services, server: BotApiServer, chat: Chat, *, topic_id: int = 0) -> tuple[Message, int]:
    """Let the bot have told a story in a chat; give the message and the story's number."""
    story_id = await due(services, chat, topic_id=topic_id)
    message = await server.wait_for_message(chat)
    async with services.database.writing() as session:
        await outbox.confirm(
            session,
            delivery_ids=[(await session.exec(select(col(Delivery.id)).where(col(Delivery.chat_id) == chat.id))).one()],
            chat_id=chat.id,
            topic_id=topic_id,
            message_id=message.id,
            text_hash="h",
            moment=datetime.now(UTC),
            story_id=story_id,
        )
    return message, story_id


@pytest.mark.usefixtures("bot")
class TestSettings:
    async def test_all_is_chosen_by_buttons_in_one_message(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        await server.say(anna, anna, "/instellingen")
        message = await server.wait_for_message(anna)
        assert "Stille uren: geen" in message.text
        assert "Berichten per dag: 10" in message.text

        taps = [("Stille uren", "22:00–07:00"), ("Berichten per dag", "20"), ("Tijdzone", "Paramaribo")]
        for page, choice in taps:
            await server.press(message, anna, page)
            await server.wait_for_edit(message)
            await server.press(message, anna, choice)
            await server.wait_for_edit(message)
        for toggle in ("Geluid uit", "Voorbeelden aan"):
            await server.press(message, anna, toggle)
            await server.wait_for_edit(message)

        now = await chosen(services, anna)
        assert (now.quiet_from, now.quiet_until, now.messages_a_day) == (22 * 60, 7 * 60, 20)
        assert (now.timezone, now.is_silent, now.shows_previews) == ("America/Paramaribo", True, True)
        assert "Stille uren: 22:00–07:00" in message.text
        assert message.text.endswith("Gewijzigd: linkvoorbeelden aan")
        assert len(anna.chat.from_bot) == 1

    async def test_quiet_hours_move_by_half_an_hour_and_end(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        await server.say(anna, anna, "/settings")
        message = await server.wait_for_message(anna)
        for label in ("Stille uren", "23:00–07:00", "Stille uren", "← 22:30", "Stille uren", "07:30 →"):
            await server.press(message, anna, label)
            await server.wait_for_edit(message)
        assert "Stille uren: 22:30–07:30" in message.text
        for label in ("Stille uren", "geen"):
            await server.press(message, anna, label)
            await server.wait_for_edit(message)
        assert (await chosen(services, anna)).quiet_from is None

    async def test_the_language_changes_at_once(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/instellingen")
        message = await server.wait_for_message(anna)
        for label in ("Taal", "English"):
            await server.press(message, anna, label)
            await server.wait_for_edit(message)
        assert message.text.startswith("Settings")
        assert "Changed: language English" in message.text

    async def test_a_choice_that_no_button_offers_is_out_of_date(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/instellingen")
        message = await server.wait_for_message(anna)
        for words in ("limit=7", "timezone=Mars/Base", "quiet=0-0", "quiet=0-2000", "members=1", "nothing", "x=y"):
            press = await server.press_data(message, anna, f"i:::{words}")
            assert "werkt niet meer" in (await server.wait_for_answer(press))["text"]

    async def test_only_administrators_open_a_group_and_then_its_members_change_it_too(
        self, server: BotApiServer, services: Services, group: Chat, anna: User, bram: User
    ) -> None:
        await server.say(group, bram, "/instellingen")
        message = await server.wait_for_message(group)
        press = await server.press(message, bram, "Leden laten wijzigen")
        assert "Alleen beheerders" in (await server.wait_for_answer(press))["text"]

        await server.press(message, anna, "Leden laten wijzigen")
        assert "Gewijzigd door Anna: wie dit mag wijzigen alle leden" in (await server.wait_for_edit(message)).text
        await server.press(message, bram, "Geluid uit")
        assert "Gewijzigd door Bram: geluid uit" in (await server.wait_for_edit(message)).text
        await server.say(group, bram, "/volg Zandstra")
        assert "Deze groep volgt nu" in (await server.wait_for_message(group)).text

        press = await server.press(message, bram, "Alleen beheerders")
        assert "Alleen beheerders" in (await server.wait_for_answer(press))["text"]
        assert (await chosen(services, group)).members_may_change

    async def test_alerts_come_where_here_was_said(
        self, server: BotApiServer, services: Services, group: Chat, anna: User
    ) -> None:
        await server.say(group, anna, "/volg Zandstra", topic=9)
        await server.wait_for_message(group)
        await server.say(group, anna, "/hier", topic=7)
        assert "Alle berichten komen voortaan in dit onderwerp." in (await server.wait_for_message(group)).text
        await server.say(group, anna, "/volg kabinet", topic=9)
        await server.wait_for_message(group)

        async with services.database.reading() as session:
            there = await subscriptions.subscriptions(session, chat_id=group.id, topic_id=7)
        assert [row.subject for row in there] == [Subject("person", ZANDSTRA), Subject("cabinet")]
        await server.say(group, anna, "/volgend")
        assert "Hier gevolgd: 2" in (await server.wait_for_message(group)).text

    async def test_a_group_that_becomes_a_supergroup_keeps_what_it_chose(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        group = server.group("Redactie", kind="group", administrators=[anna])
        await server.say(group, anna, "/instellingen")
        message = await server.wait_for_message(group)
        for label in ("Geluid uit", "Leden laten wijzigen"):
            await server.press(message, anna, label)
            await server.wait_for_edit(message)

        supergroup = await server.upgrade(group)
        await server.say(supergroup, anna, "/instellingen")

        assert "Geluid: uit" in (await server.wait_for_message(supergroup)).text
        assert (await chosen(services, supergroup)).members_may_change


@pytest.mark.usefixtures("bot")
class TestSilence:
    async def test_a_chat_is_muted_for_some_hours_and_what_waits_comes_when_that_is_undone(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        await due(services, anna)
        await server.say(anna, anna, "/stil")
        message = await server.wait_for_message(anna, "Hoelang")

        await server.press(message, anna, "3 uur")
        assert (await server.wait_for_edit(message)).text.startswith("Stil tot ")
        until = (await chosen(services, anna)).muted_until
        assert until is not None
        assert abs(until - datetime.now(UTC) - 3 * HOUR) < HOUR
        assert (await delivery(services, anna)).due_at == until

        await server.press(message, anna, "Ongedaan maken")
        assert (await server.wait_for_edit(message)).text == "Niet langer stil."
        assert (await delivery(services, anna)).due_at <= datetime.now(UTC)

    async def test_a_mute_that_ends_in_quiet_hours_is_followed_by_them_and_skips_no_digest(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        now = datetime.now(UTC)
        local = now.astimezone(ZoneInfo("Europe/Amsterdam"))
        minute = local.hour * 60 + local.minute
        await due(services, anna)
        digest_due_at = now - HOUR
        async with services.database.writing() as session:
            await settings.choose(
                session,
                chat_id=anna.id,
                quiet_from=(minute + 2 * 60) % 1440,
                quiet_until=(minute + 8 * 60) % 1440,
                digest="daily",
                digest_due_at=digest_due_at,
            )

        await server.say(anna, anna, "/stil 3")
        await server.wait_for_message(anna, "Stil tot")

        assert (await delivery(services, anna)).due_at > now + 7 * HOUR
        assert (await chosen(services, anna)).digest_due_at == digest_due_at

    @pytest.mark.parametrize("typed", ["/mute 2", "/stil 2 uur", "/stil 2u"])
    async def test_hours_may_be_typed(self, server: BotApiServer, services: Services, anna: User, typed: str) -> None:
        await server.say(anna, anna, typed)
        await server.wait_for_message(anna, "Stil tot")
        await server.say(anna, anna, "/stil uit")
        assert (await server.wait_for_message(anna)).text == "Niet langer stil."
        assert (await chosen(services, anna)).muted_until is None

    async def test_a_mute_in_a_group_is_named_and_stays_with_administrators(
        self, server: BotApiServer, group: Chat, anna: User, bram: User
    ) -> None:
        await server.say(group, bram, "/stil 3")
        assert "Alleen beheerders" in (await server.wait_for_message(group)).text
        await server.say(group, anna, "/stil 3")
        assert (await server.wait_for_message(group)).text.startswith("Stil gezet door Anna, tot ")

    async def test_any_member_silences_a_story_and_any_member_undoes_it(
        self, server: BotApiServer, services: Services, group: Chat, anna: User, bram: User
    ) -> None:
        await server.say(group, bram, "/volgend", topic=7)
        message, story_id = await tell(services, server, group, topic_id=7)

        await server.press_data(message, bram, "h:::")
        said = await server.wait_for_message(group)
        assert said.text.startswith("Stil gezet door Bram, tot ")
        assert said.reply_to == message.id
        press = await server.press_data(message, anna, "h:::")
        assert (await server.wait_for_answer(press))["text"].startswith("Stil gezet door Bram, tot ")

        async with services.database.reading() as session:
            moment = datetime.now(UTC) + 11 * HOUR
            places = await silences.silent_places(session, story_id=story_id, chat_ids=[group.id], moment=moment)
            assert places == {(group.id, 7)}

        await server.press(said, anna, "Ongedaan maken")
        assert "op verzoek van Anna" in (await server.wait_for_edit(said)).text
        async with services.database.reading() as session:
            assert not await silences.silent_places(
                session, story_id=story_id, chat_ids=[group.id], moment=datetime.now(UTC)
            )

    async def test_what_is_due_of_a_silenced_story_is_set_aside_and_comes_back(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        await server.say(anna, anna, "/volgend")
        message, story_id = await tell(services, server, anna.chat)
        async with services.database.writing() as session:
            await session.exec(update(Delivery).values(state="due"))

        await server.press_data(message, anna, "h:::")
        said = await server.wait_for_message(anna, "Hierover stil tot")
        assert (await delivery(services, anna)).state == "set_aside"

        await server.press(said, anna, "Ongedaan maken")
        await server.wait_for_edit(said)
        assert (await delivery(services, anna)).state == "due"
        press = await server.press_data(said, anna, f"h:::undo.{story_id}")
        assert "werkt niet meer" in (await server.wait_for_answer(press))["text"]

    async def test_a_message_that_tells_no_story_cannot_be_silenced(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/volgend")
        message = await server.wait_for_message(anna)
        press = await server.press_data(message, anna, "h:::")
        assert "werkt niet meer" in (await server.wait_for_answer(press))["text"]


@pytest.mark.usefixtures("bot")
class TestDigest:
    async def test_its_hour_is_chosen_by_buttons(self, server: BotApiServer, services: Services, anna: User) -> None:
        await server.say(anna, anna, "/overzicht")
        message = await server.wait_for_message(anna)
        assert "Overzicht: uit" in message.text

        await server.press(message, anna, "dagelijks")
        await server.wait_for_edit(message)
        await server.press(message, anna, "07:00")
        assert "Overzicht: dagelijks om 07:00" in (await server.wait_for_edit(message)).text
        now = await chosen(services, anna)
        assert now.digest_due_at is not None
        assert datetime.now(UTC) < now.digest_due_at <= datetime.now(UTC) + 25 * HOUR

        await server.press(message, anna, "wekelijks")
        await server.wait_for_edit(message)
        await server.press(message, anna, "vr")
        assert "op vrijdag om 07:00" in (await server.wait_for_edit(message)).text

        await server.press(message, anna, "uit")
        await server.wait_for_edit(message)
        assert (await chosen(services, anna)).digest_due_at is None

    async def test_one_now_tells_what_was_due(self, server: BotApiServer, services: Services, anna: User) -> None:
        await server.say(anna, anna, "/digest nu")
        assert "geen nieuws over wat hier wordt gevolgd" in (await server.wait_for_message(anna)).text

        await due(services, anna)
        await server.say(anna, anna, "/overzicht")
        message = await server.wait_for_message(anna)
        await server.press(message, anna, "Toon het nu")
        shown = await server.wait_for_message(anna)
        assert shown.text.startswith("Overzicht · ")
        assert "Dijken\nWouter Zandstra “Dijk nummer 1 blijft <staan> & hoog.” · #1\nDe Waterlandse Bode" in shown.text

    async def test_members_read_it_and_administrators_choose_when_it_comes(
        self, server: BotApiServer, services: Services, group: Chat, anna: User, bram: User
    ) -> None:
        await server.say(group, bram, "/overzicht")
        message = await server.wait_for_message(group)
        press = await server.press(message, bram, "dagelijks")
        assert "Alleen beheerders" in (await server.wait_for_answer(press))["text"]
        await server.press(message, anna, "dagelijks")
        assert "Gewijzigd door Anna: overzicht dagelijks om 08:00" in (await server.wait_for_edit(message)).text
        async with services.database.reading() as session:
            row = (await session.exec(select(ChatRow).where(col(ChatRow.id) == group.id))).one()
        assert row.digest == "daily"
