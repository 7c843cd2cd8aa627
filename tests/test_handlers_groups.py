"""Groups, topics and channels over HTTP: who may change things, where answers go, and coming and going."""

from __future__ import annotations

import pytest

from handlers import Services
from storage import chats, subscriptions
from storage.tables import Chat as StoredChat
from tests.botapi import BotApiServer, Chat, User
from tests.storage_examples import ZANDSTRA

pytest_plugins = ("tests.telegram_fixtures",)

ONLY_ADMINISTRATORS = "Alleen beheerders van deze groep kunnen dat veranderen."


@pytest.fixture
def group(server: BotApiServer, anna: User, bram: User) -> Chat:
    return server.group("Redactie", members=[bram], administrators=[anna])


async def _followers(services: Services) -> list[tuple[int, int]]:
    async with services.database.reading() as session:
        found = await subscriptions.listeners(session, person_ids=[ZANDSTRA], standings=())
    return [(listener.chat_id, listener.topic_id) for listener in found]


async def _chat(services: Services, chat: Chat) -> StoredChat | None:
    async with services.database.reading() as session:
        return await chats.chat(session, chat_id=chat.id)


@pytest.mark.usefixtures("bot")
class TestPermissions:
    async def test_everyone_may_read_and_the_answer_is_a_reply(
        self, server: BotApiServer, group: Chat, bram: User
    ) -> None:
        asked = await server.say(group, bram, "/citaten@citaatwacht_bot Zandstra")

        message = await server.wait_for_message(group)

        assert "1–5 van 12" in message.text
        assert message.reply_to == asked.id

    async def test_a_command_for_another_bot_is_left_alone(self, server: BotApiServer, group: Chat, bram: User) -> None:
        await server.say(group, bram, "/help@ander_bot")
        await server.say(group, bram, "/koffie")
        await server.say(group, bram, "/volgend")
        assert "niemand gevolgd" in (await server.wait_for_message(group)).text

    async def test_only_administrators_follow(
        self, server: BotApiServer, services: Services, group: Chat, anna: User, bram: User
    ) -> None:
        await server.say(group, bram, "/volg Zandstra")
        assert (await server.wait_for_message(group)).text == ONLY_ADMINISTRATORS
        assert await _followers(services) == []

        await server.say(group, anna, "/volg Zandstra")
        assert "Deze groep volgt nu Wouter Zandstra" in (await server.wait_for_message(group)).text
        assert await _followers(services) == [(group.id, 0)]

    async def test_buttons_that_change_are_bound_to_administrators(
        self, server: BotApiServer, services: Services, group: Chat, anna: User, bram: User
    ) -> None:
        await server.say(group, anna, "/volg Zandstra")
        message = await server.wait_for_message(group)

        press = await server.press(message, bram, "Ongedaan maken")
        assert (await server.wait_for_answer(press))["text"] == ONLY_ADMINISTRATORS
        assert message.edits == 0
        assert len(await _followers(services)) == 1

        await server.press(message, anna, "Ongedaan maken")
        await server.wait_for_edit(message)
        assert await _followers(services) == []

    async def test_buttons_that_read_serve_everyone(
        self, server: BotApiServer, group: Chat, anna: User, bram: User
    ) -> None:
        await server.say(group, anna, "/citaten Zandstra")
        page = await server.wait_for_message(group)
        await server.press(page, bram, "ouder")
        assert "6–10 van 12" in (await server.wait_for_edit(page)).text

    async def test_an_anonymous_administrator_may(self, server: BotApiServer, group: Chat, anna: User) -> None:
        await server.say(group, anna, "/volg Zandstra", is_anonymous=True)
        assert "Deze groep volgt nu" in (await server.wait_for_message(group)).text

    async def test_a_stranger_whom_telegram_does_not_know_may_not(
        self, server: BotApiServer, group: Chat, bram: User
    ) -> None:
        server.fail(400, method="getChatMember", description="Bad Request: PARTICIPANT_ID_INVALID")
        await server.say(group, bram, "/volg Zandstra")
        assert (await server.wait_for_message(group)).text == ONLY_ADMINISTRATORS

    async def test_telegram_is_asked_once_a_minute(self, server: BotApiServer, group: Chat, anna: User) -> None:
        for command in ("/volg Zandstra", "/ontvolg Zandstra", "/taal nl"):
            await server.say(group, anna, command)
            await server.wait_for_message(group)
        assert len(server.calls_of("getChatMember", group)) == 1

    async def test_in_a_channel_its_own_posts_are_commands(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        channel = server.group("Meldingen", kind="channel", administrators=[anna], bot_status="administrator")
        await server.say(channel, anna, "/volg Zandstra")
        await server.wait_for_message(channel, "volgt nu")
        assert await _followers(services) == [(channel.id, 0)]


@pytest.mark.usefixtures("bot")
class TestTopics:
    async def test_an_answer_and_a_follow_stay_in_their_topic(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        forum = server.group("Forum", administrators=[anna], topics={7: "Kabinet"})
        await server.say(forum, anna, "/volg Zandstra", topic=7)
        message = await server.wait_for_message(forum)
        assert message.topic_id == 7
        assert await _followers(services) == [(forum.id, 7)]

        await server.press(message, anna, "Ongedaan maken")
        await server.wait_for_edit(message)
        assert await _followers(services) == []

    async def test_general_is_answered_without_its_thread_id(self, server: BotApiServer, anna: User) -> None:
        forum = server.group("Forum", administrators=[anna], topics={7: "Kabinet"})
        await server.say(forum, anna, "/volgend")
        assert (await server.wait_for_message(forum)).topic_id is None

    async def test_a_reply_in_a_plain_group_is_no_topic(
        self, server: BotApiServer, group: Chat, anna: User, bram: User
    ) -> None:
        asked = await server.say(group, bram, "wat zei hij nou?")
        await server.say(group, anna, "/citaten Zandstra", reply_to=asked)
        assert (await server.wait_for_message(group)).topic_id is None

    async def test_a_topic_that_was_closed_is_answered_in_general(self, server: BotApiServer, anna: User) -> None:
        forum = server.group("Forum", administrators=[anna], topics={7: "Kabinet"})
        forum.closed_topics.add(7)
        await server.say(forum, anna, "/volgend", topic=7)
        assert (await server.wait_for_message(forum)).topic_id is None


@pytest.mark.usefixtures("bot")
class TestComingAndGoing:
    async def test_a_group_is_greeted_once(self, server: BotApiServer, services: Services, anna: User) -> None:
        group = server.group("Nieuw", administrators=[anna], bot_status="left")
        await server.set_bot_status(group, anna, "member")
        assert "Een beheerder kiest wie deze groep volgt" in (await server.wait_for_message(group)).text
        await server.set_bot_status(group, anna, "administrator")
        await server.say(group, anna, "/volgend")
        assert "niemand gevolgd" in (await server.wait_for_message(group)).text
        stored = await _chat(services, group)
        assert stored is not None
        assert (stored.kind, stored.title, stored.state) == ("supergroup", "Nieuw", "active")

    async def test_a_group_that_removed_the_bot_keeps_what_it_follows(
        self, server: BotApiServer, services: Services, group: Chat, anna: User
    ) -> None:
        await server.say(group, anna, "/volg Zandstra")
        await server.wait_for_message(group)

        await server.set_bot_status(group, anna, "kicked")
        await server.say(anna, anna, "/volgend")
        await server.wait_for_message(anna)
        assert await _followers(services) == []

        await server.set_bot_status(group, anna, "member")
        await server.wait_for_message(group, "Weer terug")
        assert await _followers(services) == [(group.id, 0)]

    async def test_who_blocks_the_bot_is_left_alone_until_they_write_again(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        await server.say(anna, anna, "/volg Zandstra")
        await server.wait_for_message(anna)
        await server.set_bot_status(anna, anna, "kicked")
        await server.until(lambda: server.waiting_updates == 0)
        anna.chat.bot_status = "member"

        await server.say(anna, anna, "/volgend")

        assert "Wouter Zandstra" in (await server.wait_for_message(anna)).text
        assert await _followers(services) == [(anna.id, 0)]

    async def test_being_refused_disables_the_chat(
        self, server: BotApiServer, services: Services, group: Chat, anna: User
    ) -> None:
        await server.say(group, anna, "/volg Zandstra")
        await server.wait_for_message(group)
        server.fail(403, method="sendMessage", chat=group, description="Forbidden: bot was kicked from the group chat")
        await server.say(group, anna, "/volgend")
        await server.until(lambda: any(call.status == 403 for call in server.calls))
        await server.say(anna, anna, "/help")
        await server.wait_for_message(anna)

        stored = await _chat(services, group)

        assert stored is not None
        assert stored.state == "disabled"
        assert await _followers(services) == []


@pytest.mark.usefixtures("bot")
class TestMigration:
    @pytest.mark.parametrize("told", ["both", "old", "new"])
    async def test_a_supergroup_has_all_that_its_group_had(
        self, server: BotApiServer, services: Services, anna: User, told: str
    ) -> None:
        group = server.group("Klein", kind="group", administrators=[anna])
        await server.say(group, anna, "/volg Zandstra")
        await server.wait_for_message(group)
        await server.say(group, anna, "/language en")
        await server.wait_for_message(group)

        supergroup = await server.upgrade(group, announce=told)  # type: ignore[arg-type]
        await server.say(supergroup, anna, "/following")

        assert "Followed here: 1" in (await server.wait_for_message(supergroup)).text
        assert await _followers(services) == [(supergroup.id, 0)]

    async def test_an_answer_follows_a_group_that_moved_meanwhile(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        group = server.group("Klein", kind="group", administrators=[anna])
        await server.say(group, anna, "/volg Zandstra")
        await server.wait_for_message(group)
        supergroup = await server.upgrade(group, announce="none")

        await server.say(group, anna, "/volgend")

        assert "Wouter Zandstra" in (await server.wait_for_message(supergroup)).text
        assert await _followers(services) == [(supergroup.id, 0)]
