"""A mention of someone, as the readers of a sentence give it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.quotes.roster import Gender

MentionKind = Literal["name", "role", "pronoun"]


@dataclass(slots=True)
class Mention:
    """A mention of someone in a frame.

    Attributes:
        start: Offset of the first word, titles and determiner included.
        end: Offset after the last word, a bracket or "van Financiën" after it included.
        kind: Whether a name, a role or a pronoun.
        surface: The words that name the speaker: a name without title, a role as it stands.
        first: Index of the mention's first word in its sentence.
        last: Index of its last one.
        name: The words of a name, without titles; empty for other kinds.
        titles: The title words, lower case ("minister", "fractievoorzitter").
        party: Id of a party that the mention names ("PV-Kamerlid", "(PV)"); None without one.
        portfolio: What a minister is said to be about, folded; empty without it.
        gender: What the words themselves tell.
        plural: Whether more than one person is meant.
        after_preposition: The preposition before it, empty without one.
        genitive: Whether it is an owner ("Steenhuis' brief").
        possessive: Whether the role belongs to somebody ("haar woordvoerder").
        demonstrative: Whether it points back ("die minister", "die laatste").
        indefinite: Whether it brings in someone new ("een woordvoerder", "bronnen").
        complement: For a role, the words of "van ..." after it that are no portfolio.
        brackets: What stands in brackets after it.
        is_surely_name: Whether it cannot be just a word that begins its sentence with a capital.
    """

    start: int
    end: int
    kind: MentionKind
    surface: str
    first: int
    last: int
    name: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    party: str | None = None
    portfolio: str = ""
    gender: Gender | None = None
    plural: bool = False
    after_preposition: str = ""
    genitive: bool = False
    possessive: bool = False
    demonstrative: bool = False
    indefinite: bool = False
    complement: str = ""
    brackets: list[str] = field(default_factory=list)
    is_surely_name: bool = False
