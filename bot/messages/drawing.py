"""Draws a timeline: statements over time by kind, turns above them, offices as bands below; for a phone's width."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from babel.dates import format_date

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ft2font import FT2Font

Kind = Literal["direct", "partial", "indirect"]
Turn = Literal["reversal", "shift"]

_WIDTH, _DOTS = 7.2, 150
"""Inches, and dots in one: 1,080 dots, a phone's width."""
_SMALL, _TEXT, _TITLE = 12, 14, 19
"""Points; twelve are 25 dots."""
_LEFT, _RIGHT = 0.1, 0.965
_MOST_BARS = 36
_MOST_TICKS = 5
_MOST_YEARS = 9
_LEGEND_COLUMNS = 3
_LANES = 3
_LANE, _ROW = 0.27, 0.5
"""Inches that a lane of labels and the row of an office are high."""

_INK, _FAINT, _PAPER = "#1c2430", "#d5dbe3", "#ffffff"
_COLOURS: dict[str, str] = {"direct": "#1f4e8c", "partial": "#7fb0de", "indirect": "#c3c9d2"}
_MARKS: dict[str, tuple[str, str]] = {"reversal": ("v", "#b3261e"), "shift": ("D", "#d98200")}
_BAND = "#9db4d0"
_FONT = "DejaVu Sans"
"""It comes with matplotlib."""

# Only one figure is drawn at a time: matplotlib's caches of fonts and layouts are not made for threads.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Band:
    """An office: its name, and its first and last day, None where open."""

    name: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn.

    Attributes:
        title: The person's name.
        lines: What stands below it: what the statements are limited to, how many they are.
        counts: Day, kind and number of statements; not empty.
        turns: Day, label and what is written beside it ("3 mrt 2025").
        bands: Offices, those held last first.
        kinds: What each kind is called.
        turn_names: What each label of a turn is called.
        offices_name: What the offices are called together.
        language: In which months are written.
    """

    title: str
    lines: Sequence[str]
    counts: Sequence[tuple[date, Kind, int]]
    turns: Sequence[tuple[date, Turn, str]]
    bands: Sequence[Band]
    kinds: dict[Kind, str]
    turn_names: dict[Turn, str]
    offices_name: str
    language: str


def drawn(picture: Picture) -> bytes:
    """Draw a timeline; it takes a moment, and belongs into a thread.

    Returns:
        A PNG, 1,080 dots wide and as high as its rows need.
    """
    with _ONE_AT_A_TIME:
        return _drawn(picture)


def _drawn(picture: Picture) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    first, last = _range(picture)
    labels = _placed(picture, first, last)
    lanes = max((label.lane for label in labels), default=-1) + 1
    legend = 2 if len(_legend_names(picture)) > _LEGEND_COLUMNS else 1
    sizes = {
        "head": 0.72 + 0.33 * len(picture.lines) + 0.27 * legend,
        "turns": 0.32 + _LANE * lanes if picture.turns else 0.12,
        "bars": 3.6,
        "below": 0.55,
        "bands": 0.3 + _ROW * len(picture.bands) if picture.bands else 0.0,
    }
    height = sum(sizes.values()) + 0.1
    figure = Figure(figsize=(_WIDTH, height), dpi=_DOTS, facecolor=_PAPER)
    canvas = FigureCanvasAgg(figure)
    _head(figure, picture, height)
    at = height - sizes["head"] - sizes["turns"]
    if picture.turns:
        _turns(_axes(figure, (at, sizes["turns"]), height, first, last), picture, labels, sizes["turns"])
    at -= sizes["bars"]
    _bars(_axes(figure, (at, sizes["bars"]), height, first, last), picture, first, last)
    at -= sizes["below"] + sizes["bands"]
    if picture.bands:
        _bands(_axes(figure, (at, sizes["bands"] - 0.3), height, first, last), picture, first, last)
    out = BytesIO()
    canvas.print_png(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _range(picture: Picture) -> tuple[float, float]:
    """Give the ends of the axis, as ordinals of days: all statements, with a little room."""
    days = [day.toordinal() for day, _, _ in picture.counts] + [day.toordinal() for day, _, _ in picture.turns]
    room = max((max(days) - min(days)) * 0.02, 10)
    return min(days) - room, max(days) + room


def _head(figure: Figure, picture: Picture, height: float) -> None:
    """Write title, subtitle and legend."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    _write(figure, _LEFT, 1 - 0.45 / height, picture.title, size=_TITLE, weight="bold")
    for number, line in enumerate(picture.lines, 1):
        _write(figure, _LEFT, 1 - (0.45 + 0.33 * number) / height, line, size=_TEXT)
    handles: list[Patch | Line2D] = []
    for key, name in _legend_names(picture):
        if key in _MARKS:
            marker, colour = _MARKS[key]
            handles.append(Line2D([], [], linestyle="", marker=marker, markersize=10, color=colour, label=name))
        else:
            handles.append(Patch(facecolor=_COLOURS[key], label=name))
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(_LEFT - 0.012, 1 - (0.55 + 0.33 * len(picture.lines)) / height),
        ncols=_LEGEND_COLUMNS,
        frameon=False,
        fontsize=_SMALL,
        labelcolor=_INK,
        handlelength=1.0,
        columnspacing=1.2,
        handletextpad=0.5,
    )


def _legend_names(picture: Picture) -> list[tuple[str, str]]:
    """Give what the legend explains: the kinds and turns that there are."""
    there = {kind for _, kind, _ in picture.counts} | {label for _, label, _ in picture.turns}
    return [(key, name) for key, name in (*picture.kinds.items(), *picture.turn_names.items()) if key in there]


def _axes(figure: Figure, frame: tuple[float, float], height: float, first: float, last: float) -> Axes:
    bottom, size = frame
    axes = figure.add_axes((_LEFT, bottom / height, _RIGHT - _LEFT, size / height))
    axes.set_xlim(first, last)
    axes.set_facecolor(_PAPER)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_FAINT)
    axes.tick_params(length=0, labelsize=_SMALL, labelcolor=_INK)
    axes.set_xticks([])
    axes.set_yticks([])
    return axes


def _bars(axes: Axes, picture: Picture, first: float, last: float) -> None:
    from matplotlib.ticker import MaxNLocator

    edges = _edges(date.fromordinal(int(first)), date.fromordinal(int(last) + 1))
    starts = [edge.toordinal() for edge in edges]
    widths = [(after - before) * 0.86 for before, after in pairwise(starts)]
    below = [0] * len(widths)
    for kind in picture.kinds:
        heights = _sums(edges, [(day, count) for day, its, count in picture.counts if its == kind])
        axes.bar(starts[:-1], heights, widths, bottom=below, align="edge", color=_COLOURS[kind])
        below = [low + high for low, high in zip(below, heights, strict=True)]
    axes.set_ylim(0, max(below) * 1.06)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.grid(axis="y", color=_FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    ticks = _ticks(date.fromordinal(int(first) + 1), date.fromordinal(int(last)), picture.language)
    axes.set_xticks([day.toordinal() for day, _ in ticks], [label for _, label in ticks])


@dataclass(frozen=True, slots=True)
class _Label:
    """What is written at a turn: where it begins, as an ordinal of days, and in which lane."""

    at: int
    start: float
    lane: int
    text: str


def _placed(picture: Picture, first: float, last: float) -> list[_Label]:
    """Give the labels of the turns places where they do not cover each other; those without room are left out."""
    taken = [first] * _LANES
    labels = []
    for day, _, written in picture.turns:
        width = _width(written, _SMALL) * (last - first)
        start = min(max(day.toordinal() - width / 2, first), last - width)
        lane = next((lane for lane in range(_LANES) if taken[lane] <= start), None)
        if lane is not None:
            labels.append(_Label(day.toordinal(), start, lane, _known(written)))
            taken[lane] = start + width * 1.08
    return labels


def _turns(axes: Axes, picture: Picture, labels: Sequence[_Label], height: float) -> None:
    """Mark the turns, in inches above the bars."""
    axes.set_ylim(0, height)
    for place in labels:
        y = 0.32 + place.lane * _LANE
        axes.plot([place.at, place.at], [0.2, y], color=_FAINT, linewidth=1.2, zorder=1)
        box = {"facecolor": _PAPER, "edgecolor": "none", "pad": 0.6}
        axes.text(
            place.start, y, place.text, size=_SMALL, color=_INK, va="bottom", bbox=box, parse_math=False, zorder=2
        )
    # Reversals lie on top where marks cover each other.
    for day, label, _ in sorted(picture.turns, key=lambda turn: turn[1] == "reversal"):
        marker, colour = _MARKS[label]
        axes.plot(
            [day.toordinal()], [0.12], marker=marker, markersize=11, color=colour, mec=_PAPER, clip_on=False, zorder=3
        )


def _bands(axes: Axes, picture: Picture, first: float, last: float) -> None:
    """Draw a band for each office, with its name above it."""
    axes.set_ylim(len(picture.bands), 0)
    axes.spines["bottom"].set_visible(False)
    axes.set_title(picture.offices_name, loc="left", size=_SMALL, weight="bold", color=_INK, pad=4)
    for row, band in enumerate(picture.bands):
        start = max(band.first.toordinal(), first) if band.first else first
        end = min(band.last.toordinal(), last) if band.last else last
        axes.barh(row + 0.78, end - start, left=start, height=0.26, color=_BAND)
        name = _fitting(band.name, _SMALL)
        width = _width(name, _SMALL) * (last - first)
        axes.text(max(min(start, last - width), first), row + 0.58, name, size=_SMALL, color=_INK, parse_math=False)


def _edges(first: date, last: date) -> list[date]:
    """Give the beginnings of equal stretches of time, the last one beyond the end: days, weeks, months or longer."""
    days = (last - first).days + 1
    if days <= _MOST_BARS:
        return [first + timedelta(days=number) for number in range(days + 1)]
    if days <= _MOST_BARS * 7:
        monday = first - timedelta(days=first.weekday())
        return [monday + timedelta(weeks=number) for number in range((last - monday).days // 7 + 2)]
    months = next((step for step in (1, 3, 12) if days / 30.4 / step <= _MOST_BARS), 12)
    index = (first.year * 12 + first.month - 1) // months * months
    edges: list[date] = []
    while not edges or edges[-1] <= last:
        edges.append(date(index // 12, index % 12 + 1, 1))
        index += months
    return edges


def _sums(edges: Sequence[date], counts: Sequence[tuple[date, int]]) -> list[int]:
    sums = [0] * (len(edges) - 1)
    for day, count in counts:
        sums[bisect_right(edges, day) - 1] += count
    return sums


def _ticks(first: date, last: date, language: str) -> list[tuple[date, str]]:
    """Give at most five days with their labels: of a few weeks days, of a few years months, else years."""
    days = (last - first).days
    if days <= 60:
        step = max(1, -(-days // (_MOST_TICKS - 1)))
        marks = [first + timedelta(days=number) for number in range(step // 2, days + 1, step)]
        return [(day, format_date(day, "d MMM", locale=language)) for day in marks]
    months = [
        date(index // 12, index % 12 + 1, 1)
        for index in range(first.year * 12 + first.month, last.year * 12 + last.month)
    ]
    if days > 3 * 365:
        years = [day for day in months if day.month == 1]
        return [(day, str(day.year)) for day in _spread(years, _MOST_YEARS)]
    return [(day, format_date(day, "MMM y", locale=language)) for day in _spread(months, _MOST_TICKS)]


def _spread(days: Sequence[date], most: int) -> Sequence[date]:
    return days[:: max(1, -(-len(days) // most))]


def _write(figure: Figure, x: float, y: float, text: str, *, size: int, weight: str = "normal") -> None:
    figure.text(x, y, _fitting(text, size, weight), size=size, weight=weight, color=_INK, parse_math=False)


def _fitting(text: str, size: int, weight: str = "normal") -> str:
    """Cut a text at a word so that it is no wider than the axes."""
    shown = known = _known(text)
    while _width(shown, size, weight) > 1 and " " in known:
        known = known.rpartition(" ")[0]
        shown = f"{known} …"
    return shown


def _width(text: str, size: int, weight: str = "normal") -> float:
    """Measure a text, as a share of the axes' width."""
    font = _font(weight)
    font.set_size(size, 72)
    font.set_text(text, 0)
    dots, _ = font.get_width_height()
    return dots / 64 / 72 / (_WIDTH * (_RIGHT - _LEFT))


def _font(weight: str) -> FT2Font:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return get_font(findfont(FontProperties(family=_FONT, weight=weight)))


def _known(text: str) -> str:
    """Leave out what the font has no picture of."""
    return "".join(character for character in text if ord(character) in _characters())


@cache
def _characters() -> frozenset[int]:
    return frozenset(_font("normal").get_charmap()) & frozenset(_font("bold").get_charmap())
