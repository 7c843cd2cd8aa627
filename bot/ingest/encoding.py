"""The bytes of a document as UTF-8, whatever its server and its own head say they are. Pure."""

from __future__ import annotations

import codecs
import re

_HEAD = 2048
_DECLARED = re.compile(rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,200}?encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The web means windows-1252 when it says Latin-1 (WHATWG), and curly quotation marks live there.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "utf-8-sig": "utf-8"}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

MOST_BROKEN = 0.05
"""The share of characters outside ASCII that can be broken in UTF-8; in letters of another set hardly one is whole."""


def as_utf8(body: bytes, charset: str | None) -> bytes:
    """Give a document's bytes as UTF-8 without a byte order mark.

    Bytes that are valid UTF-8 are UTF-8: by chance that does not happen to a text with accents, while headers are
    wrong often. They are so too if a byte broke on the way, or the end was cut off within a character. After that the
    server is believed, then the document, then windows-1252.

    Args:
        body: The bytes as they came.
        charset: What the server said they are; None if it said nothing.

    Returns:
        The same text in UTF-8; what cannot be decoded is replaced.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace").encode()
    try:
        body.decode()
    except UnicodeDecodeError:
        return _mended(body, charset)
    return body


def writable(text: str) -> str:
    """Give a text with a mark for each character that no database takes: NUL, and half of a pair of surrogates.

    JSON can hold both: a title that was cut off in the middle of an emoji has such a half. The length stays the same.
    """
    return _UNWRITABLE.sub(_REPLACEMENT, text)


def _mended(body: bytes, charset: str | None) -> bytes:
    """Give bytes as UTF-8 that are not valid as that."""
    named = [name for name in (_known(charset), _known(_declared(body))) if name is not None]
    if _is_utf8(body, is_declared="utf-8" in named):
        return body.decode(errors="replace").encode()
    for name in named:
        try:
            if name != "utf-8":
                return body.decode(name, errors="replace").encode()
        except UnicodeError:
            continue  # a codec that is none for text, such as "idna"
    return body.decode("cp1252", errors="replace").encode()


def _declared(body: bytes) -> str | None:
    found = _DECLARED.search(body[:_HEAD])
    return found[1].decode("ascii", errors="ignore") if found else None


def _is_utf8(body: bytes, *, is_declared: bool) -> bool:
    """Whether the characters outside ASCII are whole in UTF-8, but for a few; one that the end cuts does not count."""
    text, _ = codecs.utf_8_decode(body, "replace", False)
    broken = text.count(_REPLACEMENT) - body.count(_REPLACEMENT.encode())
    whole = len(text) - len(text.encode("ascii", errors="ignore")) - broken
    return broken <= whole if is_declared else 0 < whole >= broken / MOST_BROKEN


def _known(name: str | None) -> str | None:
    """Give Python's name of an encoding of text; None for what is unknown."""
    if not name:
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True)
    return _MEANT.get(found.name, found.name) if is_text else None
