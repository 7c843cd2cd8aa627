"""Addresses of databases: which are accepted, how they are shown, which driver they get."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import InvalidAddress

Dialect = Literal["sqlite", "postgresql"]

_ASYNC_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def normalise_url(url: str) -> str:
    """Give the address with the driver that we use.

    Args:
        url: ``sqlite:///FILE`` (relative), ``sqlite:////FILE`` (absolute) or ``postgresql://...``
            (also ``postgres://``); a driver in it is replaced by ours.

    Returns:
        The address, password included.

    Raises:
        InvalidAddress: If it is not one of these, or SQLite without a file.
    """
    parsed = _parse(url)
    backend = parsed.drivername.partition("+")[0]
    if backend not in _ASYNC_DRIVERS:
        raise InvalidAddress(f"a database address starts with sqlite:/// or postgresql://, not {parsed.drivername}://")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise InvalidAddress("a SQLite address needs a file, as in sqlite:///data/citaatwacht.db")
    return parsed.set(drivername=_ASYNC_DRIVERS[backend]).render_as_string(hide_password=False)


def dialect_of(url: str) -> Dialect:
    """Say which database a normalised address names."""
    return "sqlite" if url.startswith("sqlite") else "postgresql"


def display_url(url: str) -> str:
    """Give the address for a reader, without password and driver."""
    parsed = _parse(url)
    return parsed.set(drivername=parsed.drivername.partition("+")[0]).render_as_string(hide_password=True)


def password_in(url: str) -> str | None:
    """Give the password in an address, so that it can be kept out of logs; None where it has none.

    Raises:
        InvalidAddress: If it is no address of a database.
    """
    password = _parse(url).password
    return password if isinstance(password, str) else None


def blocking_url(url: str) -> URL:
    """Give a normalised address with the driver for work outside the event loop."""
    parsed = make_url(url)
    return parsed.set(drivername="sqlite") if dialect_of(url) == "sqlite" else parsed


def sqlite_file(url: str) -> Path:
    """Give the file of a normalised SQLite address."""
    return Path(make_url(url).database or "")


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        # The library's own text repeats the address, and with it perhaps a password.
        raise InvalidAddress("this is not an address of a database: write sqlite:///FILE or postgresql://...") from None
