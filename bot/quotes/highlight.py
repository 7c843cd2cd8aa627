"""A page that shows an article with its statements marked, to look at mistakes with."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.quotes.values import Statement

_SAME = 0.6
"""Share of the common part in two spans from which they count as the same statement."""

_HUE_STEP = 137.508  # the golden angle: neighbours in the list are far apart on the colour wheel
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def highlight(
    article_text: str,
    title: str,
    statements: Sequence[Statement],
    gold: Sequence[Mapping[str, Any]] | None = None,
) -> str:
    """Write a self-contained HTML page of an article with its statements marked by speaker.

    Args:
        article_text: The text that the statements' offsets are into.
        title: The article's title; may be empty.
        statements: What the extractor found.
        gold: Annotated statements to set beside them: mappings with ``quote`` and ``start``, and where known
            ``kind``, ``speaker``, ``cue`` and ``said``. Rows whose offsets do not hold are left out.

    Returns:
        The page: everything escaped, no scripts, nothing loaded from elsewhere. Each mark tells speaker, kind, cue,
        rule, confidence and date as its tooltip.
    """
    found = [_found(statement) for statement in statements]
    annotated = None if gold is None else [span for row in gold if (span := _annotated(row, article_text))]
    colours = _colours([*found, *(annotated or [])])
    columns = [_column("Gevonden", article_text, found, colours)]
    if annotated is not None:
        columns.append(_column("Goud", article_text, annotated, colours))
    rows = _rows(found, annotated)
    return _PAGE.format(
        title=_escape(title or "Artikel"),
        colours="".join(
            f".s{number} {{ --hue: {number * _HUE_STEP % 360:.0f}; }}\n" for number in sorted(set(colours.values()))
        ),
        legend="".join(
            f'<li><mark class="s{number}">{_escape(speaker)}</mark></li>' for speaker, number in colours.items()
        ),
        columns="".join(columns),
        table=_table(rows, with_gold=annotated is not None),
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """A statement of either side, as the page shows it."""

    start: int
    end: int
    content: str
    speaker: str | None
    kind: str
    cue: str | None
    said: str
    rule: str = ""
    confidence: float | None = None

    @property
    def tooltip(self) -> str:
        certainty = "" if self.confidence is None else f"zekerheid {self.confidence:.2f}"
        parts = (self.speaker or "spreker onbekend", self.kind, self.cue or "", self.rule, certainty, self.said)
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Row:
    verdict: str
    found: _Span | None
    annotated: _Span | None


def _found(statement: Statement) -> _Span:
    return _Span(
        start=statement.start,
        end=statement.end,
        content=statement.content,
        speaker=statement.speaker,
        kind=statement.kind,
        cue=statement.cue,
        said=_interval(statement.said_from, statement.said_to),
        rule=statement.rule,
        confidence=statement.confidence,
    )


def _annotated(row: Mapping[str, Any], text: str) -> _Span | None:
    start, content = row.get("start"), row.get("quote")
    if not isinstance(start, int) or not isinstance(content, str) or text[start : start + len(content)] != content:
        return None
    said = row.get("said")
    return _Span(
        start=start,
        end=start + len(content),
        content=content,
        speaker=row.get("speaker"),
        kind=str(row.get("kind") or ""),
        cue=row.get("cue"),
        said=_interval(said.get("from"), said.get("to")) if isinstance(said, Mapping) else "",
    )


def _interval(start: object, end: object) -> str:
    if not end:
        return ""
    return f"gezegd {end}" if start == end else f"gezegd {start or '…'} – {end}"


def _colours(spans: Sequence[_Span]) -> dict[str, int]:
    """Number the speakers in order of appearance."""
    colours: dict[str, int] = {}
    for span in sorted(spans, key=lambda one: one.start):
        if span.speaker is not None:
            colours.setdefault(span.speaker, len(colours))
    return colours


def _column(heading: str, text: str, spans: Sequence[_Span], colours: Mapping[str, int]) -> str:
    pieces = []
    for piece, inside in _pieces(text, spans):
        shown = _escape(piece)
        if inside:
            innermost = inside[-1]
            colour = "unknown" if innermost.speaker is None else f"s{colours[innermost.speaker]}"
            tooltip = _escape("\n".join(span.tooltip for span in inside))
            shown = f'<mark class="{colour} {_escape(innermost.kind)}" title="{tooltip}">{shown}</mark>'
        pieces.append(shown)
    return f'<section><h2>{heading} ({len(spans)})</h2><div class="text">{"".join(pieces)}</div></section>'


def _pieces(text: str, spans: Sequence[_Span]) -> Iterator[tuple[str, list[_Span]]]:
    """Cut a text where spans begin and end; each piece comes with the spans around it, the widest first."""
    opening = sorted(spans, key=lambda one: (one.start, -one.end))
    inside: list[_Span] = []
    position = cursor = 0
    while position < len(text):
        inside = [span for span in inside if span.end > position]
        while cursor < len(opening) and opening[cursor].start <= position:
            if opening[cursor].end > position:
                inside.append(opening[cursor])
            cursor += 1
        ends = [span.end for span in inside]
        if cursor < len(opening):
            ends.append(opening[cursor].start)
        after = min([*ends, len(text)])
        yield text[position:after], inside
        position = after


def _rows(found: Sequence[_Span], annotated: Sequence[_Span] | None) -> list[_Row]:
    """Set what was found beside the gold, in order of text."""
    if annotated is None:
        return [_Row("", span, None) for span in found]
    left = list(found)
    rows = []
    for gold in annotated:
        best = max(left, key=lambda span: (_overlap(span, gold), span.speaker == gold.speaker), default=None)
        if best is None or _overlap(best, gold) < _SAME:
            rows.append(_Row("gemist", None, gold))
            continue
        left.remove(best)
        rows.append(_Row("goed" if _is_same_speaker(best, gold) else "andere spreker", best, gold))
    rows.extend(_Row("te veel", span, None) for span in left)
    return sorted(rows, key=lambda row: (row.annotated or row.found or _NOWHERE).start)


_NOWHERE = _Span(0, 0, "", None, "", None, "")


def _overlap(one: _Span, other: _Span) -> float:
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(common, 0) / max(max(one.end, other.end) - min(one.start, other.start), 1)


def _is_same_speaker(found: _Span, gold: _Span) -> bool:
    """Whether the speakers agree; how someone outside the roster is called does not count."""
    return _roster_id(found.speaker) == _roster_id(gold.speaker)


def _roster_id(speaker: str | None) -> str | None:
    return None if speaker is None or speaker.startswith("other:") else speaker


def _table(rows: Sequence[_Row], *, with_gold: bool) -> str:
    heads = ["uitspraak", "spreker", "soort", "werkwoord", "gezegd", "regel", "zekerheid"]
    if with_gold:
        heads = ["oordeel", *heads, "spreker (goud)", "gezegd (goud)"]
    body = "".join(_table_row(row, with_gold=with_gold) for row in rows)
    return f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{body}</table>"


def _table_row(row: _Row, *, with_gold: bool) -> str:
    shown = row.found or row.annotated or _NOWHERE
    found = row.found or _NOWHERE
    certainty = "" if found.confidence is None else f"{found.confidence:.2f}"
    said = found.said.removeprefix("gezegd ")
    cells = [shown.content, found.speaker or "", shown.kind, shown.cue or "", said, found.rule, certainty]
    if with_gold:
        gold = row.annotated or _NOWHERE
        cells = [row.verdict, *cells, gold.speaker or "", gold.said.removeprefix("gezegd ")]
    verdict = row.verdict.replace(" ", "-")
    return f'<tr class="{verdict}">{"".join(f"<td>{_escape(cell)}</td>" for cell in cells)}</tr>'


def _escape(text: str) -> str:
    """Escape for text and attributes; what no page can hold becomes the replacement character."""
    return html.escape(_UNPRINTABLE.sub("\ufffd", text))


_PAGE = """<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 2rem; background: #fff; color: #222; font: 16px/1.6 Georgia, serif; }}
h1 {{ font-size: 1.5rem; }}
h2 {{ font-size: 1rem; color: #666; }}
ul {{ list-style: none; padding: 0; }}
li {{ display: inline-block; margin-right: .5rem; }}
main {{ display: flex; flex-wrap: wrap; gap: 2rem; }}
section {{ flex: 1 1 24rem; max-width: 46rem; }}
.text {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
mark {{ background: hsl(var(--hue), 75%, 88%); border-bottom: 2px solid hsl(var(--hue), 60%, 45%);
  color: inherit; unicode-bidi: isolate; }}
mark.partial {{ border-bottom-style: dotted; }}
mark.indirect {{ border-bottom-style: dashed; }}
mark.unknown {{ background: #e8e8e8; border-bottom-color: #888; }}
table {{ border-collapse: collapse; margin-top: 2rem; font: 13px/1.4 sans-serif; }}
th, td {{ padding: .25rem .5rem; border: 1px solid #ddd; text-align: left; vertical-align: top; }}
tr.gemist td:first-child, tr.te-veel td:first-child {{ background: #ffd9d6; }}
tr.andere-spreker td:first-child {{ background: #ffe9bf; }}
tr.goed td:first-child {{ background: #ddf3dd; }}
{colours}</style>
</head>
<body>
<h1>{title}</h1>
<ul>{legend}</ul>
<main>{columns}</main>
{table}
</body>
</html>
"""
