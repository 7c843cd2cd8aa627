"""What is kept of a chat: shown, and erased in every table that there is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from handlers import Services
from storage import chats
from storage.database import Database
from storage.erasure import NOBODY, erase_chat
from storage.tables import Admission, Chat, Objection, OperatorNotice, Review, SilencedStory, Story
from tests.botapi import BotApiServer, User
from tests.storage_examples import fill

pytest_plugins = ("tests.telegram_fixtures",)


PEOPLE = ("user_id", "created_by", "asked_by", "decided_by")


async def _rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    async with database.reading() as session:
        connection = await session.connection()
        return {
            table.name: [dict(row) for row in (await connection.execute(select(table))).mappings()]
            for table in SQLModel.metadata.sorted_tables
        }


def _naming(rows: dict[str, list[dict[str, Any]]], number: int) -> list[tuple[str, str]]:
    """Give the tables and columns in which a number of a chat or person stands."""
    return [
        (table, column)
        for table, listed in rows.items()
        for row in listed
        for column, value in row.items()
        if value == number and (column in ("chat_id", "migrated_to") or column in PEOPLE)
    ]


class TestForgetting:
    async def test_nothing_that_names_the_chat_is_left_in_any_table(self, database: Database) -> None:
        async with database.writing() as session:
            await fill(session)
            session.add(OperatorNotice(chat_id=-100, what="admission_decided", detail={}))
            assert await erase_chat(session, chat_id=-100, spared=())
        rows = await _rows(database)
        assert _naming(rows, -100) == []
        assert [row["id"] for row in rows["chat"]] == [NOBODY]
        assert rows["subscription"] == rows["sent_message"] == rows["delivery"] == []
        assert len(rows["statement"]) == 3

    async def test_what_a_person_did_in_a_group_stays_without_their_name(self, database: Database) -> None:
        async with database.writing() as session:
            await fill(session)
            await chats.ensure_chat(session, chat_id=7, kind="private", title="Anna")
            story = Story(title="De sluis")
            session.add(story)
            await session.flush()
            session.add(
                SilencedStory(
                    chat_id=-100, story_id=story.id, until=datetime.now(UTC), user_id=7, user_name="Anna Smit"
                )
            )
            await session.flush()
            await erase_chat(session, chat_id=7, spared=())
        rows = await _rows(database)
        assert _naming(rows, 7) == []
        assert not any("Anna" in str(value) for listed in rows.values() for row in listed for value in row.values())
        [review] = rows["review"]
        assert (review["verdict"], review["user_id"]) == ("confirmed", -review["id"])
        assert rows["subscription"]

    async def test_reviews_of_the_administrators_stay_theirs_when_a_group_is_erased(self, database: Database) -> None:
        async with database.writing() as session:
            await fill(session)
            await erase_chat(session, chat_id=-100, spared={7})
            [review] = (await session.exec(select(Review))).all()
            [objection] = (await session.exec(select(Objection))).all()
        assert (review.user_id, review.chat_id) == (7, NOBODY)
        assert (objection.chat_id, objection.user_id) == (None, None)

    async def test_a_refusal_stays_so_that_nobody_is_asked_again(self, database: Database) -> None:
        async with database.writing() as session:
            await chats.ensure_chat(session, chat_id=9, kind="private", title="Otto")
            session.add(Admission(chat_id=9, asked_by=9, state="refused"))
            await session.flush()
            await erase_chat(session, chat_id=9, spared=())
            [left] = (await session.exec(select(Admission))).all()
        assert (left.state, left.asked_by) == ("refused", NOBODY)

    async def test_a_supergroup_takes_the_row_of_its_group_with_it(self, database: Database) -> None:
        async with database.writing() as session:
            await fill(session)
            await chats.migrate_chat(session, old_id=-100, new_id=-100200)
            await erase_chat(session, chat_id=-100200, spared=())
            assert [row.id for row in await session.exec(select(Chat))] == [NOBODY]


@pytest.mark.usefixtures("bot")
class TestInTheChat:
    async def test_it_is_shown_what_is_kept_and_erased_once_confirmed(self, server: BotApiServer, anna: User) -> None:
        await server.say(anna, anna, "/privacy")
        assert "Van deze chat wordt niets bewaard." in (await server.wait_for_message(anna)).text
        await server.say(anna, anna, "/volg Zandstra")
        await server.wait_for_message(anna)
        await server.say(anna, anna, "/privacy")
        shown = (await server.wait_for_message(anna)).text
        assert f"het nummer ({anna.id}) en de naam (Anna)" in shown
        assert "1 abonnement\n" in shown

        await server.say(anna, anna, "/vergeet")
        question = await server.wait_for_message(anna)
        await server.press(question, anna, "Annuleren")
        assert (await server.wait_for_edit(question)).text == "Er is niets gewist."
        await server.say(anna, anna, "/forget")
        question = await server.wait_for_message(anna)
        await server.press(question, anna, "Alles wissen")
        assert (await server.wait_for_edit(question)).text.startswith("Gewist.")
        await server.say(anna, anna, "/privacy")
        assert "wordt niets bewaard" in (await server.wait_for_message(anna)).text

    async def test_members_erase_nothing_even_in_a_group_that_is_open_to_them(
        self, server: BotApiServer, services: Services, anna: User, bram: User
    ) -> None:
        group = server.group("Redactie", members=[bram], administrators=[anna])
        await server.say(group, anna, "/volg Zandstra")
        await server.wait_for_message(group)
        async with services.database.writing() as session:
            chat = await chats.chat(session, chat_id=group.id)
            assert chat is not None
            chat.members_may_change = True
            session.add(chat)
        await server.say(group, bram, "/volg Van den Elzen")
        assert "Mirthe van den Elzen" in (await server.wait_for_message(group)).text
        await server.say(group, bram, "/vergeet")
        assert "Alleen beheerders" in (await server.wait_for_message(group)).text
        await server.say(group, anna, "/vergeet")
        question = await server.wait_for_message(group)
        press = await server.press(question, bram, "Alles wissen")
        assert "Alleen beheerders" in str((await server.wait_for_answer(press))["text"])

    async def test_a_chat_that_is_shut_out_may_still_see_and_erase_what_is_kept(
        self, server: BotApiServer, services: Services, anna: User
    ) -> None:
        services.reviewers = services.allowed_chats = frozenset({1})
        await server.say(anna, anna, "/start")
        await server.wait_for_message(anna, "gevraagd")
        await server.say(anna, anna, "/privacy")
        assert "de naam (Anna)" in (await server.wait_for_message(anna)).text
