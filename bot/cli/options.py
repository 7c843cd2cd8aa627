"""Options that more than one command takes."""

from __future__ import annotations

from typing import Annotated

import typer

DatabaseOption = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="The database; without it DATABASE_URL decides.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON instead of lines.")]
