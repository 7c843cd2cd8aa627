"""What the README says stands beside what the program has: commands, settings and decisions."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from bot.cli import app
from bot.settings import Settings
from handlers import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_telegram_command_and_its_alias_stand_in_the_readme() -> None:
    for command in COMMANDS:
        assert f"`/{command.name}" in README, command.name
        if command.alias:
            assert f"`/{command.alias}" in README, command.alias


def test_every_command_of_the_command_line_stands_in_the_readme() -> None:
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert f"`citaatwacht {name}" in README, name
        for below in getattr(command, "commands", {}):
            assert re.search(rf"`(citaatwacht {name} )?{below}[ `]", README), f"{name} {below}"


def test_every_setting_stands_in_the_readme() -> None:
    for name in Settings.model_fields:
        assert f"`{name.upper()}`" in README, name


def test_every_decision_says_context_choice_and_consequence() -> None:
    for file in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = file.read_text(encoding="utf-8")
        for part in ("**Context.**", "**Choice.**", "**Consequence.**"):
            assert part in text, f"{file.name}: {part}"
