"""The names of offices in English; the roster has them in Dutch."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("offices_en.toml")
_OFFICE = re.compile(r"(?P<role>[a-z]+)(?: (?P<link>van|voor))? (?P<about>.+)")


def office_label(label: str, language: str) -> str:
    """Give the name of an office in a language.

    Args:
        label: As the roster has it ("Minister van Financiën"), maybe with a party behind it in brackets.
        language: ``en`` for English; any other gives the label as it is.

    Returns:
        The name; as it is where a part of it is not known in English.
    """
    if language != "en":
        return label
    office, bracket, party = label.partition(" (")
    return (_in_english(office) or office) + bracket + party


def portfolio_label(portfolio: str, language: str) -> str:
    """Give what an office is about in a language, as it is where that is not known in English."""
    return _names()["portfolios"].get(portfolio.casefold(), portfolio) if language == "en" else portfolio


def cabinet_label(name: str, language: str) -> str:
    """Give the name of a cabinet in a language: "Kabinet-Rutte IV" is "Rutte IV cabinet" in English."""
    kind, hyphen, of = name.partition("-")
    return f"{of} cabinet" if language == "en" and hyphen and kind.casefold() == "kabinet" else name


def _in_english(office: str) -> str | None:
    names = _names()
    folded = office.casefold()
    acting = folded.endswith(" a.i.")
    folded = folded.removesuffix(" a.i.")
    whole = names["whole"].get(folded)
    if whole is None:
        match = _OFFICE.fullmatch(folded)
        whole = _composed(match, office) if match else None
    return f"{whole} (acting)" if whole and acting else whole


def _composed(match: re.Match[str], office: str) -> str | None:
    names = _names()
    role, about = names["roles"].get(match["role"]), names["portfolios"].get(match["about"])
    if role and about:
        # A ministry's own minister is one "of" it; whoever has no ministry is one "for" something.
        is_of = match["role"] == "minister" and match["link"] == "van"
        return f"{role} {'of' if is_of else 'for'} {about}"
    group = names["groups"].get(match["role"])
    return f"{group} {office.split(' ', 1)[1]}" if group and not match["link"] else None


@cache
def _names() -> dict[str, dict[str, str]]:
    """Read the names, once."""
    tables: dict[str, dict[str, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tables
