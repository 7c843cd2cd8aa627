"""The word lists that lie beside the modules."""

from __future__ import annotations

import json
import tomllib
from importlib import resources
from typing import Any


def read_json(name: str) -> dict[str, Any]:
    """Read a JSON word list.

    Args:
        name: File name in the folder ``data``.

    Returns:
        Its contents.
    """
    return dict(json.loads(_content(name)))


def read_toml(name: str) -> dict[str, Any]:
    """Read a TOML word list.

    Args:
        name: File name in the folder ``data``.

    Returns:
        Its contents.
    """
    return tomllib.loads(_content(name))


def _content(name: str) -> str:
    return resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
