"""Under what an article is known: its own address if it gives one, its cleaned address, or its text. Pure."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from urllib.parse import SplitResult, urljoin, urlsplit

from courlan import clean_url

_BLANKS = re.compile(r"\s+")
_FRONT = re.compile(r"/*(?:(?:index|default|home)(?:\.\w+)?/*)?", re.IGNORECASE)
_FORM = re.compile(r"^(?:(?:www\d?|m|mobile|mobiel|amp)\.)+(?=[^.]+\.)")
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def cleaned_url(url: str) -> str | None:
    """Give an address without fragment and tracking parameters, so that one page has one address.

    Args:
        url: An absolute address.

    Returns:
        The cleaned address; None where it is no HTTP address.
    """
    parts = _split(url)
    if parts is None:
        return None
    cleaned: str | None = clean_url(parts._replace(fragment="").geturl())
    return cleaned or None


def canonical_url(given: str | None, *, page_url: str) -> str | None:
    """Give the address that a page names as its own, if that can be believed.

    A front page, or a page of another host, is not believed: many articles would fall together under it, and one
    site could overwrite another's article. Whether it is a section's, the words of the articles tell later
    (``sameness``).

    Args:
        given: What the page says, relative or absolute; None if it says nothing.
        page_url: Where the page was found; empty for a file, whose word is taken for it.

    Returns:
        The cleaned canonical address, or None.
    """
    if not given:
        return None
    try:
        absolute = urljoin(page_url, given.strip())
    except ValueError:
        return None
    parts = _split(absolute)
    if parts is None or (_is_front(parts) and not (parts.query and _is_front(urlsplit(page_url)))):
        return None
    return cleaned_url(absolute) if not page_url or _host_of(absolute) == _host_of(page_url) else None


def identity_of(*, canonical: str | None, url: str | None, text: str) -> str:
    """Give the key under which an article is kept.

    Args:
        canonical: The page's own canonical address, if it has one that is believed.
        url: The address it was found at; None without one.
        text: Its text, which counts only where it has no address.

    Returns:
        An address, or ``sha256:`` and the hash of the text.
    """
    return canonical or (cleaned_url(url) if url else None) or f"sha256:{content_hash(text)}"


def content_hash(text: str) -> str:
    """Give the hash of a text, blanks aside: a page laid out anew is not a new version.

    Args:
        text: Any text.

    Returns:
        64 hexadecimal digits.
    """
    return sha256(_BLANKS.sub(" ", text).strip().encode()).hexdigest()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return parts if is_web else None


def slug_of(name: str) -> str:
    """Give a name as the key of a source has it ("De Krant" -> "de-krant"); never empty."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _NO_SLUG.sub("-", plain).strip("-") or "x"


def _is_front(parts: SplitResult) -> bool:
    """Whether an address is that of a front page; articles are at "/?p=123" only where others are too."""
    return _FRONT.fullmatch(parts.path) is not None


def _host_of(url: str) -> str:
    """Give the host, whichever of its forms: others under one domain ("a.blog.example") are other people's."""
    return _FORM.sub("", (urlsplit(url).hostname or "").removesuffix("."))
