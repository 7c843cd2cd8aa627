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
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252"}


def as_utf8(body: bytes, charset: str | None) -> bytes:
    """Give a document's bytes as UTF-8 without a byte order mark.

    Bytes that are valid UTF-8 are UTF-8: by chance that does not happen to a text with accents, while
    headers are wrong often. After that the server is believed, then the document, then windows-1252.

    Args:
        body: The bytes as they came.
        charset: What the server said they are; None if it said nothing.

    Returns:
        The same text in UTF-8; what cannot be decoded is replaced.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace").encode()
    for candidate in ("utf-8", _known(charset), _known(_declared(body))):
        try:
            if candidate is not None:
                return body.decode(candidate, errors="strict" if candidate == "utf-8" else "replace").encode()
        except UnicodeError:
            continue  # not UTF-8; or a codec that is none for text, such as "idna"
    return body.decode("cp1252", errors="replace").encode()


def writable(text: str) -> str:
    """Give a text with a mark for each character that no database takes: NUL, and half of a pair of surrogates.

    JSON can hold both: a title that was cut off in the middle of an emoji has such a half. The length stays the same.
    """
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _declared(body: bytes) -> str | None:
    found = _DECLARED.search(body[:_HEAD])
    return found[1].decode("ascii", errors="ignore") if found else None


def _known(name: str | None) -> str | None:
    """Give Python's name of an encoding of text; None for UTF-8, which was tried, and for what is unknown."""
    if not name:
        return None
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True)
    return None if found.name == "utf-8" or not is_text else _MEANT.get(found.name, found.name)
