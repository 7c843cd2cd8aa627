"""Why a pair is told and what speaks against it: the comparison's lines, which are Dutch, in a reader's language."""

from __future__ import annotations

from bot.messages.reader import Reader, noted

_LINES = {
    "andere functie": noted("another office"),
    "toen geen jaartal of datum": noted("then no year or date"),
    "nu geen jaartal of datum": noted("now no year or date"),
    "niet letterlijk aangehaald": noted("not quoted literally"),
    "weinig gemeenschappelijke woorden": noted("few words in common"),
    "nu voorzichtiger": noted("more cautious now"),
    "nu beperkter": noted("narrower now"),
    "nu onder voorwaarden": noted("on conditions now"),
    "nu later": noted("later now"),
    "niet meer voor allen": noted("no longer for everyone"),
    "van moeten naar mogen": noted("from must to may"),
    "de bron zet toen en nu zelf tegenover elkaar": noted("the source itself sets then against now"),
}
_BEFORE_WORDS = {"zou zo blijven": noted("was to stay so: {words}")}
"""Lines that end in words of the statements, which stay as they are."""


def in_words(reader: Reader, line: str) -> str:
    """Give a line in the reader's language; one that consists of the statements' own words stays as it is."""
    if line in _LINES:
        return reader.label(_LINES[line])
    start, _, words = line.partition(": ")
    return reader.label(_BEFORE_WORDS[start], words=words) if start in _BEFORE_WORDS else line
