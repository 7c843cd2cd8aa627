"""What can be followed, at which level, and how that is changed and undone, over HTTP."""

from __future__ import annotations

from datetime import date

import pytest

from bot.messages import Reader
from bot.messages.officenames import office_label
from bot.quotes.roster import Roster
from handlers import Services
from handlers.subjects import follow_code, read_code, read_subject, subject_label, usual_level
from seeds import roster as seeded_roster
from storage import subscriptions
from storage.subscriptions import Subject, SubscriptionRecord
from tests.botapi import BotApiServer, Chat, User
from tests.storage_examples import VAN_DEN_ELZEN, ZANDSTRA
from tests.telegram_bot import roster

pytest_plugins = ("tests.telegram_fixtures",)

PEOPLE = Roster.from_popolo(roster())
TODAY = date(2024, 6, 1)
FINANCE = Subject("role", "minister|Financiën")


@pytest.fixture
def group(server: BotApiServer, anna: User, bram: User) -> Chat:
    return server.group("Redactie", members=[bram], administrators=[anna], topics={7: "Kabinet", 9: "Dijken"})


async def followed(services: Services, chat: Chat | User, topic_id: int = 0) -> list[SubscriptionRecord]:
    async with services.database.reading() as session:
        return await subscriptions.subscriptions(session, chat_id=chat.id, topic_id=topic_id)


@pytest.mark.parametrize(
    ("typed", "subject"),
    [
        ("Zandstra", Subject("person", ZANDSTRA)),
        ("elzen", Subject("person", VAN_DEN_ELZEN)),
        ("WVP", Subject("party", "wvp")),
        ("de waterlandse volkspartij", Subject("party", "wvp")),
        ("de minister van Financiën", FINANCE),
        ("minister van financien", FINANCE),
        ("minister of Financiën", FINANCE),
        ("the Minister of Finance", FINANCE),
        ("premier", Subject("role", "minister-president|")),
        ("Prime Minister", Subject("role", "minister-president|")),
        ("het kabinet", Subject("cabinet")),
        ("everyone in the cabinet", Subject("cabinet")),
        ("stikstof", Subject("word", words="stikstof")),
        ("“geen cent meer”", Subject("word", words='"geen cent meer"')),
        ("Van den Elzen stikstof", Subject("person_word", VAN_DEN_ELZEN, "stikstof")),
        ('Zandstra "geen crisis"', Subject("person_word", ZANDSTRA, '"geen crisis"')),
    ],
)
def test_what_is_typed_is_taken_for_what_it_is(typed: str, subject: Subject) -> None:
    assert read_subject(typed, PEOPLE, TODAY).subject == subject


def test_every_office_of_the_seeds_is_followed_by_its_own_name_in_both_languages() -> None:
    roster = Roster.from_popolo(seeded_roster())
    offices = [row for row in roster.memberships if row.role in ("minister", "staatssecretaris") and row.portfolio]
    named = [(row, name) for row in offices for name in (row.label, office_label(row.label, "en"))]

    lost = {name for row, name in named if read_subject(name, roster, row.start or TODAY).subject is None}

    assert offices
    assert lost == set()


def test_names_that_nobody_has_or_several_have_are_asked_about() -> None:
    hulshof = read_subject("Hulshof", PEOPLE, TODAY)
    assert hulshof.subject is None
    assert [choice.kind for choice in hulshof.choices] == ["person", "person", "word"]
    assert read_subject("Quispel", PEOPLE, TODAY).choices == (Subject("word", words="quispel"),)
    assert read_subject("minister van Ruimtevaart", PEOPLE, TODAY).subject is None
    assert read_subject("?!", PEOPLE, TODAY).choices == ()


@pytest.mark.parametrize(
    "subject",
    [
        Subject("person", ZANDSTRA),
        Subject("party", "wvp"),
        FINANCE,
        Subject("cabinet"),
        Subject("word", words='"geen cent meer"'),
        Subject("person_word", ZANDSTRA, "stikstof"),
    ],
)
def test_a_button_carries_what_is_followed_and_how(subject: Subject) -> None:
    code = follow_code(subject, "turns", passes_quiet=True)
    assert read_code(code, subject.target, PEOPLE) == (subject, "turns", True)
    assert usual_level(subject) == ("news" if subject.kind in ("party", "role", "cabinet") else "all")


@pytest.mark.parametrize("code", ["za0", "pa2", "wa0", "pa0word", "ca0word", "yn0"])
def test_a_button_that_was_made_up_carries_nothing(code: str) -> None:
    assert read_code(code, "", PEOPLE) is None


def test_what_is_followed_is_named_in_the_readers_language() -> None:
    dutch, english = Reader("nl"), Reader("en")
    assert subject_label(dutch, FINANCE, PEOPLE, TODAY) == "de minister van Financiën"
    assert subject_label(english, FINANCE, PEOPLE, TODAY) == "the Minister of Finance"
    assert subject_label(dutch, Subject("role", "minister|"), PEOPLE, TODAY) == "iedereen die minister is"
    assert subject_label(dutch, Subject("cabinet"), PEOPLE, TODAY) == "iedereen in het kabinet"
    assert subject_label(english, Subject("person_word", ZANDSTRA, "btw"), PEOPLE, TODAY) == "Wouter Zandstra on “btw”"
    assert (
        subject_label(dutch, Subject("word", words='"geen cent"'), PEOPLE, TODAY) == "“geen cent” in ieders uitspraken"
    )


@pytest.mark.usefixtures("bot")
async def test_one_person_is_followed_in_full_and_several_at_the_level_news(
    server: BotApiServer, services: Services, anna: User
) -> None:
    for typed, level in (("Zandstra", "all"), ("kabinet", "news"), ("WVP", "news"), ("Zandstra btw", "all")):
        await server.say(anna, anna, f"/volg {typed}")
        message = await server.wait_for_message(anna)
        assert [label for label in message.labels if "✓" in label] == ["✓ Alles" if level == "all" else "✓ Nieuws"]
    assert [row.level for row in await followed(services, anna)] == ["all", "news", "news", "all"]


@pytest.mark.usefixtures("bot")
async def test_a_level_and_the_way_through_quiet_hours_are_changed_by_button(
    server: BotApiServer, services: Services, anna: User
) -> None:
    await server.say(anna, anna, "/volg kabinet")
    message = await server.wait_for_message(anna)
    assert "twee media binnen een uur" in message.text

    await server.press(message, anna, "Ommekeer")
    assert "alleen ommekeer en verschuivingen" in (await server.wait_for_edit(message)).text
    await server.press(message, anna, "Door stille uren heen")
    assert "Ook in stille uren" in (await server.wait_for_edit(message)).text

    (row,) = await followed(services, anna)
    assert (row.level, row.passes_quiet) == ("turns", True)

    await server.press(message, anna, "Niet meer volgen")
    assert "niet meer gevolgd" in (await server.wait_for_edit(message)).text
    await server.press(message, anna, "Ongedaan maken")
    await server.wait_for_edit(message)
    (row,) = await followed(services, anna)
    assert (row.level, row.passes_quiet) == ("turns", True)


@pytest.mark.usefixtures("bot")
async def test_an_ambiguous_name_is_chosen_by_button(server: BotApiServer, services: Services, anna: User) -> None:
    await server.say(anna, anna, "/volg Hulshof")
    message = await server.wait_for_message(anna)
    assert "Wat bedoel je met “Hulshof”?" in message.text

    await server.press(message, anna, "Karin Hulshof")

    assert "Je volgt nu Karin Hulshof" in (await server.wait_for_edit(message)).text
    assert [row.subject for row in await followed(services, anna)] == [Subject("person", "karin-hulshof")]


@pytest.mark.usefixtures("bot")
async def test_what_is_not_understood_says_how_it_is_written(server: BotApiServer, anna: User) -> None:
    await server.say(anna, anna, "/volg")
    assert "/volg minister van Financiën – wie het ambt bekleedt" in (await server.wait_for_message(anna)).text
    await server.say(anna, anna, "/taal en")
    await server.wait_for_message(anna)
    await server.say(anna, anna, "/follow ?!")
    assert "I do not know what “?!” is." in (await server.wait_for_message(anna)).text


@pytest.mark.usefixtures("bot")
async def test_what_is_not_followed_is_not_offered_to_be_ended(
    server: BotApiServer, services: Services, anna: User
) -> None:
    await server.say(anna, anna, "/ontvolg Pietje")
    answered = await server.wait_for_message(anna)
    assert answered.text == "“Pietje” werd hier niet gevolgd."
    await server.say(anna, anna, "/ontvolg Hulshof")
    assert (await server.wait_for_message(anna)).text == "“Hulshof” werd hier niet gevolgd."
    await server.say(anna, anna, "/volg kabinet")
    await server.wait_for_message(anna)
    await server.say(anna, anna, "/volg kabinet")
    assert (await server.wait_for_message(anna)).text.startswith("Iedereen in het kabinet werd hier al gevolgd.")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("unfollow", ["/ontvolg", "/ontvolg alles"])
async def test_a_list_leads_to_each_subscription_and_back(
    server: BotApiServer, services: Services, anna: User, unfollow: str
) -> None:
    for typed in ("Zandstra", "minister van Financiën"):
        await server.say(anna, anna, f"/volg {typed}")
        await server.wait_for_message(anna)
    await server.say(anna, anna, unfollow)
    listed = await server.wait_for_message(anna)
    assert "• de minister van Financiën · nieuws\n• Wouter Zandstra · alles" in listed.text

    await server.press(listed, anna, "de minister van Financiën")
    assert "wordt hier gevolgd" in (await server.wait_for_edit(listed)).text
    await server.press(listed, anna, "Alles wat wordt gevolgd")
    assert "Hier gevolgd: 2" in (await server.wait_for_edit(listed)).text

    await server.say(anna, anna, "/ontvolg de minister van Financiën")
    assert "niet meer gevolgd" in (await server.wait_for_message(anna)).text
    assert [row.subject.kind for row in await followed(services, anna)] == ["person"]


@pytest.mark.usefixtures("bot")
async def test_a_subscription_of_another_chat_is_out_of_reach(
    server: BotApiServer, services: Services, anna: User, bram: User
) -> None:
    await server.say(anna, anna, "/volg Zandstra")
    await server.wait_for_message(anna)
    (row,) = await followed(services, anna)
    await server.say(bram, bram, "/volg kabinet")
    message = await server.wait_for_message(bram)

    for what in "tqx":
        press = await server.press_data(message, bram, f"s:::{row.id}.{what}")
        assert "werkt niet meer" in (await server.wait_for_answer(press))["text"]
    assert await followed(services, anna) == [row]


@pytest.mark.usefixtures("bot")
async def test_in_a_group_a_change_is_named_and_stays_with_administrators(
    server: BotApiServer, services: Services, group: Chat, anna: User, bram: User
) -> None:
    await server.say(group, anna, "/volg kabinet", topic=7)
    message = await server.wait_for_message(group)

    press = await server.press(message, bram, "Ommekeer")
    assert "Alleen beheerders" in (await server.wait_for_answer(press))["text"]
    await server.press(message, anna, "Ommekeer")
    assert "Gewijzigd door Anna." in (await server.wait_for_edit(message)).text
    assert [row.level for row in await followed(services, group, 7)] == ["turns"]


@pytest.mark.usefixtures("bot")
async def test_in_answer_to_a_message_its_speakers_are_followed(
    server: BotApiServer, services: Services, anna: User
) -> None:
    await server.say(anna, anna, "/citaten Zandstra")
    page = await server.wait_for_message(anna)

    await server.say(anna, anna, "/volg", reply_to=page)

    assert "Je volgt nu Wouter Zandstra" in (await server.wait_for_message(anna)).text
    await server.say(anna, anna, "/ontvolg", reply_to=page)
    assert "niet meer gevolgd" in (await server.wait_for_message(anna)).text
    assert await followed(services, anna) == []
