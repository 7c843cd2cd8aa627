"""A line is taken apart: the command, the name, and the words behind the name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.quotes.roster import Roster
from handlers.commands import COMMANDS, parse_line
from handlers.people import example_name, read_name
from tests.telegram_bot import roster

ROSTER = Roster.from_popolo(roster())


@pytest.mark.parametrize(
    ("line", "person", "words"),
    [
        ("zandstra", "wouter-zandstra", ""),
        ("Wouter Zandstra", "wouter-zandstra", ""),
        ("zandstra btw", "wouter-zandstra", "btw"),
        ("wouter zandstra hogere btw", "wouter-zandstra", "hogere btw"),
        ("v.d. Elzen btw", "mirthe-van-den-elzen", "btw"),
        ("van den elzen", "mirthe-van-den-elzen", ""),
        ("elzen “geen cent meer”", "mirthe-van-den-elzen", '"geen cent meer"'),
        ("zandsta btw", "wouter-zandstra", "btw"),
        ("btw zandstra", "wouter-zandstra", "btw"),
        ('"hogere btw" van den elzen', "mirthe-van-den-elzen", '"hogere btw"'),
    ],
)
def test_the_longest_likeness_is_the_name(line: str, person: str, words: str) -> None:
    named = read_name(line, ROSTER)
    assert named.person is not None
    assert (named.person.id, named.words) == (person, words)


def test_namesakes_are_both_candidates() -> None:
    named = read_name("Hulshof dijken", ROSTER)
    assert named.person is None
    assert sorted(person.id for person in named.candidates) == ["joost-hulshof", "karin-hulshof"]
    assert (named.typed, named.words) == ("Hulshof", "dijken")


@settings(deadline=None)
@given(st.text(min_size=1).filter(str.strip))
def test_any_line_can_be_read(line: str) -> None:
    named = read_name(" ".join(line.split()), ROSTER)
    assert named.person is None or named.typed


@pytest.mark.parametrize(
    ("text", "name", "bot", "arguments"),
    [
        ("/quotes Zandstra", "quotes", None, "Zandstra"),
        ("/Citaten@Citaatwacht_Bot  Zandstra \n btw ", "quotes", "citaatwacht_bot", "Zandstra btw"),
        ("  /help", "help", None, ""),
    ],
)
def test_a_command_is_known_by_both_names(text: str, name: str, bot: str | None, arguments: str) -> None:
    line = parse_line(text)
    assert line is not None
    assert line.command is not None
    assert (line.command.name, line.addressed_to, line.arguments) == (name, bot, arguments)


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_taken_apart(text: str) -> None:
    line = parse_line(text)
    assert line is None or text.strip().startswith("/")


def test_no_two_commands_share_a_name() -> None:
    names = [name for command in COMMANDS for name in {command.name, command.alias}]
    assert len(names) == len(set(names))


def test_the_example_is_the_last_leader_of_a_government() -> None:
    assert example_name(ROSTER) == "Zandstra"
    assert example_name(Roster([], [], [])) == "Jansen"
