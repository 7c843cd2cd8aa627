"""The text of a tree of elements, its blocks as paragraphs. Pure."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Any

from lxml import etree

_EMPTY_LINES = re.compile(r"\n\s*\n")
_BREAKS = frozenset(("br", "lb"))


def paragraphs_of(root: Any, *, blocks: AbstractSet[str], unseen: AbstractSet[str]) -> list[str]:
    """Give the paragraphs of a tree, blanks made single.

    A single line break is a blank; two on end are the end of a paragraph, as in a text.

    Args:
        root: An element of lxml.
        blocks: Tags that begin and end a paragraph.
        unseen: Tags whose text is not read.

    Returns:
        The paragraphs that are not empty.
    """
    pieces: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walker:
        is_start = event == "start"
        if event in ("start", "end") and node.tag in blocks:
            pieces.append("\n\n")
        if is_start and node.tag in unseen:
            walker.skip_subtree()
        elif is_start:
            pieces.append("\n" if node.tag in _BREAKS else _in_line(node.text))
        elif node is not root:
            pieces.append(_in_line(node.tail))
    joined = (" ".join(paragraph.split()) for paragraph in _EMPTY_LINES.split("".join(pieces)))
    return [paragraph for paragraph in joined if paragraph]


def _in_line(text: str | None) -> str:
    """Give the text with its own line breaks, which mean nothing in HTML, as blanks."""
    return (text or "").replace("\n", " ").replace("\r", " ")
