"""From a text to statements: who said what, and when.

The public names are fetched on first use, so that the roster and the names can be used without loading spaCy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.quotes.extract import Extractor
    from bot.quotes.names import NameMatch, find_people, resolve
    from bot.quotes.nlp import load_nlp
    from bot.quotes.roster import Membership, Organization, Person, Roster, RosterError
    from bot.quotes.values import Attribution, Kind, Statement

__all__ = [
    "Attribution",
    "Extractor",
    "Kind",
    "Membership",
    "NameMatch",
    "Organization",
    "Person",
    "Roster",
    "RosterError",
    "Statement",
    "find_people",
    "load_nlp",
    "resolve",
]

_HOME = {
    "Attribution": "values",
    "Extractor": "extract",
    "Kind": "values",
    "Membership": "roster",
    "NameMatch": "names",
    "Organization": "roster",
    "Person": "roster",
    "Roster": "roster",
    "RosterError": "roster",
    "Statement": "values",
    "find_people": "names",
    "load_nlp": "nlp",
    "resolve": "names",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
