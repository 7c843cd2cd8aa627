"""Telegram's HTML: escaped by type, measured as Telegram measures, cut at words, packed into messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape as escape_html
from html import unescape

MESSAGE_LIMIT = 4096
"""UTF-16 code units that a message holds after its tags are taken out (Bot API, sendMessage)."""

ENTITY_LIMIT = 100
"""Formatted stretches that Telegram keeps in one message; it drops what is over without a word."""

ELLIPSIS = "…"

_TAG = re.compile(r"<(/?)[^<>]*>")


class Html(str):
    """Text with tags in which everything foreign is escaped."""

    __slots__ = ()


def html(text: str | Html) -> Html:
    """Give a text as HTML: escaped, unless it is HTML already."""
    return text if isinstance(text, Html) else Html(escape_html(text, quote=False))


def tagged(tag: str, text: str | Html) -> Html:
    """Put a text into a tag without attributes, or with the attribute named in it ("blockquote expandable")."""
    return Html(f"<{tag}>{html(text)}</{tag.split()[0]}>")


def bold(text: str | Html) -> Html:
    """Set a text in bold."""
    return tagged("b", text)


def italic(text: str | Html) -> Html:
    """Set a text in italics."""
    return tagged("i", text)


def link(text: str | Html, url: str | None) -> Html:
    """Link a text; without an address, or with one that is no web address, it stays plain."""
    if not url or not url.startswith(("http://", "https://")):
        return html(text)
    return Html(f'<a href="{escape_html(url, quote=True)}">{html(text)}</a>')


def at_moment(text: str | Html, moment: datetime) -> Html:
    """Let a text stand for a moment, which a tap shows in the reader's own time (Bot API, date-time entities)."""
    return Html(f'<tg-time unix="{int(moment.timestamp())}">{html(text)}</tg-time>')


def joined(separator: str, parts: Iterable[str | Html | None]) -> Html:
    """Join what is there of the parts, each escaped unless it is HTML."""
    return Html(separator.join(html(part) for part in parts if part))


def plain(text: Html) -> str:
    """Give what a reader sees of a text, without its formatting."""
    return unescape(_TAG.sub("", text))


def visible_length(text: Html) -> int:
    """Count the UTF-16 code units that a reader sees."""
    return utf16_length(plain(text))


def entity_count(text: Html) -> int:
    """Count the formatted stretches."""
    return sum(not tag[1] for tag in _TAG.finditer(text))


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, in which Telegram measures."""
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def shortened(text: str, limit: int) -> str:
    """Cut a plain text at a word so that it holds, with its ellipsis, at most ``limit`` code points."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at_word = head.rpartition(" ")[0]
    # One word without an end is cut where it is.
    return (at_word if len(at_word) > limit // 2 else head).rstrip(" ,;:–-") + ELLIPSIS


def fits(text: Html) -> bool:
    """Tell whether Telegram takes a text as one message, with all its formatting."""
    return visible_length(text) <= MESSAGE_LIMIT and entity_count(text) <= ENTITY_LIMIT


def packed(blocks: Sequence[Html], separator: str = "\n\n") -> list[Html]:
    """Fill as few messages as possible with blocks, in order; no block is broken, so no tag is either.

    Args:
        blocks: Texts that each fit into a message.
        separator: What stands between two blocks of one message.

    Returns:
        The messages' texts.
    """
    filled: list[Html] = []
    for block in blocks:
        longer = joined(separator, [filled[-1], block]) if filled else block
        if filled and fits(longer):
            filled[-1] = longer
        else:
            filled.append(block)
    return filled
