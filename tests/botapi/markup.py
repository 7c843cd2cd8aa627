"""Texts as Telegram takes them apart: HTML in, plain text and entities out, refusals in its words.

The rules are those of "HTML style" in the Bot API's documentation: these tags only, properly nested, the named
references ``&lt; &gt; &amp; &quot;`` and all numeric ones (any other ``&`` stays as it is).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KIND_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}

_TOKEN = re.compile(r"<(?P<tag>[^<>]*)>|&(?P<reference>#\d+|#[xX][0-9a-fA-F]+|lt|gt|amp|quot);|(?P<stray><)")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


class MarkupError(Exception):
    """Telegram would refuse this text; the message is the one it gives."""


@dataclass(frozen=True)
class Entity:
    """A stretch of text with a meaning; ``offset`` and ``length`` are UTF-16 code units."""

    kind: str
    offset: int
    length: int
    attributes: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The MessageEntity that an update carries."""
        out: dict[str, object] = {"type": self.kind, "offset": self.offset, "length": self.length}
        if self.kind == "text_link":
            out["url"] = self.attributes["href"]
        return out


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, in which Telegram measures."""
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Take HTML apart.

    Args:
        source: The text with its tags.

    Returns:
        The plain text without white space around it, and its entities in the order in which they begin.

    Raises:
        MarkupError: With Telegram's own words, where it would answer 400.
    """
    plain: list[str] = []
    length = 0
    entities: list[Entity] = []
    stack: list[tuple[str, int, dict[str, str]]] = []
    position = 0
    for token in _TOKEN.finditer(source):
        run = source[position : token.start()]
        plain.append(run)
        length += utf16_length(run)
        position = token.end()
        at = len(source[: token.start()].encode())
        if token["stray"]:
            raise MarkupError(f"can't parse entities: Unclosed start tag at byte offset {at}")
        if token["reference"]:
            character = _character(token["reference"])
            plain.append(character)
            length += utf16_length(character)
        elif token["tag"].startswith("/"):
            entity = _close(token["tag"][1:].strip().lower(), stack, length, at)
            entities += [entity] if entity.length else []
        else:
            name, attributes = _open(token["tag"], at)
            stack.append((name, length, attributes))
    if stack:
        raise MarkupError(f"can't parse entities: Can't find end tag corresponding to start tag \"{stack[-1][0]}\"")
    plain.append(source[position:])
    return _trimmed("".join(plain), sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def _character(reference: str) -> str:
    if not reference.startswith("#"):
        return _NAMED[reference]
    digits = reference[1:]
    return chr(int(digits[1:], 16) if digits[0] in "xX" else int(digits))


def _open(tag: str, at: int) -> tuple[str, dict[str, str]]:
    name = re.match(r"[^\s>]*", tag)[0].lower()  # type: ignore[index]
    if name not in KIND_OF_TAG:
        raise MarkupError(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {at}')
    rest = tag[len(name) :]
    attributes = {}
    for match in _ATTRIBUTE.finditer(rest):
        attributes[match[1].lower()] = next((value for value in match.groups()[1:] if value is not None), "")
    if _ATTRIBUTE.sub("", rest).strip():
        raise MarkupError(f"can't parse entities: Unexpected character in an attribute of the tag at byte offset {at}")
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise MarkupError(f'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset {at}')
    if name == "a":
        attributes = {"href": re.sub(r"&(\w+);", lambda m: _NAMED.get(m[1], m[0]), attributes.get("href", ""))}
    return name, attributes


def _close(name: str, stack: list[tuple[str, int, dict[str, str]]], length: int, at: int) -> Entity:
    if not stack:
        raise MarkupError(f"can't parse entities: Unexpected end tag at byte offset {at}")
    opened, offset, attributes = stack.pop()
    if name != opened:
        raise MarkupError(
            f'can\'t parse entities: Unmatched end tag at byte offset {at}, expected "</{opened}>", found "</{name}>"'
        )
    return Entity(KIND_OF_TAG[opened], offset, length - offset, attributes)


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut the white space around a text off, as Telegram does, and move the entities along."""
    before = utf16_length(text) - utf16_length(text.lstrip())
    stripped = text.strip()
    end = utf16_length(stripped)
    moved = []
    for entity in entities:
        first = max(entity.offset - before, 0)
        last = min(entity.offset - before + entity.length, end)
        if last > first:
            moved.append(Entity(entity.kind, first, last - first, entity.attributes))
    return stripped, moved
