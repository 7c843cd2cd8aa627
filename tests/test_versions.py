"""An article that is edited after it was told: what it adds, withdraws, corrects or brings back is told once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from bot.ingest.keeping import keep_again
from bot.ingest.values import PageText
from bot.pipeline import Pipeline, Rules
from bot.versions import Found, corrected
from bot.worker import Worker
from storage import chats, quotes
from storage.articles import KeptArticle, keep_article
from storage.people import import_roster
from storage.sources import ensure_manual_source
from storage.statements import CarriedWords, SaidWords
from storage.tables import Statement
from tests.botapi import Chat, Message
from tests.desk import Desk
from tests.fictional import EARLIER, LATER, ROSTER

pytest_plugins = ("tests.desk_fixtures", "tests.worker_fixtures")

INTRO = (
    "Het kabinet-Zandstra heeft dinsdag in Waterhoven een besluit genomen over de begroting van volgend jaar.\n\n"
    "De ministerraad kwam daarvoor de hele ochtend bijeen in het oude raadhuis aan de haven."
)
TAX = "“De havenbelasting gaat volgend jaar omhoog”, zei premier Wouter Zandstra na afloop van de ministerraad."
TALKS = "“We zijn nog steeds in gesprek met de gemeenten”, zei premier Zandstra later op de dag in het debat."
MONEY = "“We trekken er 10 miljoen euro voor uit”, zei minister Mirthe van den Elzen van Financiën."
MORE = "“We trekken er 100 miljoen euro voor uit”, zei minister Mirthe van den Elzen van Financiën."
OTHER = "“We trekken er 10 miljoen euro voor uit”, zei premier Wouter Zandstra na afloop van de ministerraad."
END = "De Kamer praat volgende week verder over het besluit, en de provincies mogen daar nog op reageren."


@dataclass
class Newsroom:
    """A chat that follows people, and an outlet whose articles are taken and told to it."""

    desk: Desk
    group: Chat
    pipeline: Pipeline
    published_at: datetime

    async def follow(self, *people: str) -> None:
        async with self.desk.database.writing() as session:
            await import_roster(session, popolo=ROSTER)
            await chats.ensure_chat(session, chat_id=self.group.id, kind="supergroup", title="Redactie")
            for person in people:
                await chats.follow(session, chat_id=self.group.id, topic_id=0, person_id=person, user_id=1)

    async def publish(self, *paragraphs: str, outlet: str = "De Bode", is_paywalled: bool = False) -> list[Message]:
        """Let an outlet's one article read so from now on; give the messages that this brought."""
        before = len(self.group.from_bot)
        async with self.desk.database.writing() as session:
            await ensure_manual_source(session, source_id=outlet, name=outlet)
            kept = await keep_again(
                session,
                identity=_address_of(outlet),
                source_id=outlet,
                url=_address_of(outlet),
                title="Kabinet neemt besluit",
                page=PageText("Kabinet neemt besluit", "\n\n".join(paragraphs), None, None, is_paywalled),
                published_at=self.published_at,
                is_estimated=False,
            )
        return await self._told(kept, before)

    async def backfill(self, *paragraphs: str) -> list[Message]:
        """Let a backfill bring the article so; give the messages that this brought."""
        before = len(self.group.from_bot)
        return await self._told(await self.keep(*paragraphs, announce=False), before)

    async def keep(self, *paragraphs: str, announce: bool, outlet: str = "De Bode") -> KeptArticle:
        """Keep the article so, to be taken later."""
        async with self.desk.database.writing() as session:
            await ensure_manual_source(session, source_id=outlet, name=outlet)
            return await keep_article(
                session,
                identity=_address_of(outlet),
                source_id=outlet,
                url=_address_of(outlet),
                title="Kabinet neemt besluit",
                text="\n\n".join(paragraphs),
                published_at=self.published_at,
                announce=announce,
            )

    async def _told(self, kept: KeptArticle, before: int) -> list[Message]:
        taken = await self.pipeline.take(kept.article_id, datetime.now(UTC))
        assert taken.reason is None
        await self.desk.empty()
        return self.group.from_bot[before:]

    async def reversals(self) -> int:
        async with self.desk.database.reading() as session:
            return (await quotes.reversals(session)).total

    async def shown(self) -> list[str]:
        async with self.desk.database.reading() as session:
            found = await session.exec(select(Statement.content).where(Statement.withdrawn_at.is_(None)))  # type: ignore[union-attr]
            return sorted(found)


def _address_of(outlet: str) -> str:
    return f"https://{outlet.replace(' ', '').lower()}.example/1"


@pytest.fixture
async def newsroom(desk: Desk, group: Chat, worker: Worker) -> Newsroom:
    room = Newsroom(desk, group, Pipeline(desk.database, worker, Rules()), datetime.now(UTC) - timedelta(minutes=20))
    await room.follow("wouter-zandstra", "mirthe-van-den-elzen")
    return room


async def test_three_generations_are_one_alert_one_addition_one_withdrawal_and_no_reversal(newsroom: Newsroom) -> None:
    [alert] = await newsroom.publish(INTRO, TAX, END)
    [added] = await newsroom.publish(INTRO, TAX, TALKS, END)
    [withdrawn] = await newsroom.publish(INTRO, TALKS, END)

    assert "De havenbelasting gaat volgend jaar omhoog" in alert.text
    assert "aangevuld" not in alert.text
    assert "aangevuld" in added.text
    assert "We zijn nog steeds in gesprek" in added.text
    assert "havenbelasting" not in added.text
    assert (added.reply_to, added.is_silent) == (alert.id, True)
    assert withdrawn.text.startswith("Ingetrokken: dit staat niet meer bij De Bode.")
    assert "De havenbelasting gaat volgend jaar omhoog" in withdrawn.text
    assert (withdrawn.reply_to, withdrawn.is_silent) == (alert.id, False)
    assert "<s>“De havenbelasting gaat volgend jaar omhoog”</s>" in alert.html
    assert await newsroom.reversals() == 0
    assert await newsroom.publish(INTRO, TALKS, END) == []


async def test_a_backfill_tells_nothing_of_an_article_that_was_told_live_and_a_visit_after_it_does(
    newsroom: Newsroom,
) -> None:
    await newsroom.publish(INTRO, TAX, END)

    assert await newsroom.backfill(INTRO, TAX, MONEY, END) == []
    assert await newsroom.backfill(INTRO, MONEY, END) == []
    [added] = await newsroom.publish(INTRO, MONEY, TALKS, END)

    assert "We zijn nog steeds in gesprek" in added.text
    assert "10 miljoen" not in added.text


async def test_what_waits_to_be_told_is_told_though_a_backfill_brings_its_article_again(newsroom: Newsroom) -> None:
    await newsroom.keep(INTRO, TAX, END, announce=True)

    [alert] = await newsroom.backfill(INTRO, TAX, TALKS, END)

    assert "havenbelasting" in alert.text


async def test_corrected_words_are_told_as_a_correction_aloud_and_as_nothing_else(newsroom: Newsroom) -> None:
    [alert] = await newsroom.publish(INTRO, MONEY, END)
    [correction] = await newsroom.publish("Het ging om een fout van de redactie.", INTRO, MORE, END)

    assert correction.text.startswith("Correctie van De Bode.")
    assert "Was: “We trekken er 10 miljoen euro voor uit”" in correction.text
    assert "Nu: “We trekken er 100 miljoen euro voor uit”" in correction.text
    assert (correction.reply_to, correction.is_silent) == (alert.id, False)
    assert "<s>" in alert.html
    assert await newsroom.shown() == ["We trekken er 100 miljoen euro voor uit"]
    assert await newsroom.reversals() == 0

    [withdrawn] = await newsroom.publish(INTRO, END)

    assert withdrawn.text.startswith("Ingetrokken")
    assert "100 miljoen" in withdrawn.text
    assert withdrawn.reply_to == correction.id


async def test_a_corrected_speaker_is_told_to_those_who_were_told_the_wrong_one(newsroom: Newsroom) -> None:
    await newsroom.publish(INTRO, MONEY, END)

    [correction] = await newsroom.publish(INTRO, OTHER, END)

    assert correction.text.startswith("Correctie van De Bode.")
    assert "gezegd door Wouter Zandstra, niet door Mirthe van den Elzen:" in correction.text


async def test_what_is_cut_short_withdraws_nothing(newsroom: Newsroom) -> None:
    await newsroom.publish(INTRO, TAX, TALKS, MONEY, END)

    assert await newsroom.publish(INTRO, TAX, is_paywalled=True) == []
    assert await newsroom.publish(INTRO) == []
    assert await newsroom.publish(INTRO, TAX, TALKS, MONEY, END) == []
    assert len(await newsroom.shown()) == 3


async def test_what_comes_back_is_told_as_that(newsroom: Newsroom) -> None:
    [alert] = await newsroom.publish(INTRO, TAX, TALKS, END)
    await newsroom.publish(INTRO, TALKS, END)

    [back] = await newsroom.publish(INTRO, TAX, TALKS, END)

    assert back.text.startswith("Toch weer: dit staat opnieuw bij De Bode.")
    assert "havenbelasting" in back.text
    assert "<s>" not in alert.html


async def test_what_another_outlet_still_carries_is_not_withdrawn(newsroom: Newsroom) -> None:
    await newsroom.publish(INTRO, TAX, TALKS, END)
    await newsroom.publish(TAX, "De oppositie noemt dat een slecht plan en wil snel een debat.", outlet="De Echo")

    assert await newsroom.publish(INTRO, TALKS, END) == []
    assert len(await newsroom.shown()) == 2


async def test_a_chat_that_was_told_nothing_hears_of_no_withdrawal(newsroom: Newsroom, worker: Worker) -> None:
    newsroom.pipeline = Pipeline(newsroom.desk.database, worker, Rules(alert_max_age=timedelta(minutes=1)))
    assert await newsroom.publish(INTRO, TAX, TALKS, END) == []

    assert await newsroom.publish(INTRO, TALKS, END) == []


BEFORE = "Eerst iets anders. “De btw gaat omhoog”, zei Zandstra. “De btw gaat niet omhoog”, zei hij eerder nog."


def _carried(number: int, content: str, person: str = "z", text: str = BEFORE) -> CarriedWords:
    start = text.index(content)
    words = SaidWords(number, person, datetime(2026, 3, 2, tzinfo=UTC).date(), "direct", content, "zei")
    return CarriedWords(
        *(getattr(words, name) for name in words.__dataclass_fields__), 1, 1, start, start + len(content)
    )


def _found(content: str, text: str, person: str = "z") -> Found:
    start = text.index(content)
    words = SaidWords(0, person, datetime(2026, 3, 2, tzinfo=UTC).date(), "direct", content, "zei")
    return Found("k", person, words, start, start + len(content))


@pytest.mark.parametrize(
    ("new", "person", "expected"),
    [
        ("De btw gaat omlaag", "z", {"k": 1}),
        ("De btw gaat omhoog", "x", {"k": 1}),
        ("De btw gaat omlaag", "x", {}),
        ("Dat zien we volgend jaar wel weer", "z", {}),
    ],
)
def test_words_are_a_correction_where_they_stand_in_the_place_of_others(
    new: str, person: str, expected: dict[str, int]
) -> None:
    after = f"Nieuwe alinea vooraf.\n\n{BEFORE}".replace("De btw gaat omhoog", new, 1)
    gone = [_carried(1, "De btw gaat omhoog")]
    assert corrected(BEFORE, after, gone, [_found(new, after, person)]) == expected


def test_like_words_in_another_place_are_no_correction() -> None:
    after = (
        "Eerst iets anders. “De btw gaat niet omhoog”, zei hij eerder nog. Later: “De btw gaat omlaag”, zei Zandstra."
    )
    assert corrected(BEFORE, after, [_carried(1, "De btw gaat omhoog")], [_found("De btw gaat omlaag", after)]) == {}


def test_without_the_text_before_nothing_is_a_correction() -> None:
    after = BEFORE.replace("De btw gaat omhoog", "De btw gaat omlaag")
    assert corrected("", after, [_carried(1, "De btw gaat omhoog")], [_found("De btw gaat omlaag", after)]) == {}


async def test_a_turn_whose_later_words_are_withdrawn_no_longer_counts_where_it_was_flagged(newsroom: Newsroom) -> None:
    now = newsroom.published_at
    newsroom.published_at = now - timedelta(days=40)
    assert await newsroom.publish(EARLIER, outlet="De Echo") == []
    newsroom.published_at = now
    [flag] = await newsroom.publish(INTRO, LATER, END)
    assert "Mogelijke ommekeer" in flag.text

    [withdrawn] = await newsroom.publish(INTRO, "Het kabinet gaat de belastingen verhogen.", END)

    assert withdrawn.text.startswith("Ingetrokken")
    assert (withdrawn.reply_to, withdrawn.is_silent) == (flag.id, False)
    assert "Telt niet meer: ingetrokken" in flag.text
    assert "Mogelijke ommekeer" not in flag.text
    assert await newsroom.reversals() == 0


async def test_an_article_that_was_read_in_part_is_marked_where_it_is_named(newsroom: Newsroom) -> None:
    [alert] = await newsroom.publish(INTRO, TAX, is_paywalled=True)

    assert "De Bode, " in alert.text
    assert "(achter betaalmuur, deels gelezen)" in alert.text
