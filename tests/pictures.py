"""Pictures of messages as a phone shows them, for the README: ``python -m tests.pictures [CHROMIUM]``.

They are rendered from the values that Telegram gets, so that they stay true; the people and their words are invented.
Chromium draws the page, Pillow (which matplotlib brings) cuts it to what is on it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path

from PIL import Image, ImageChops

from bot.messages import Message, Reader, alert, quotes_page
from bot.messages.beginning import joined_group, whom_to_follow
from bot.messages.callbacks import Callback
from bot.messages.searching import Search
from bot.quotes.roster import Roster
from handlers.cabinet import in_office
from storage.records import AlertRecord, OutletRecord, Page, QuoteRecord, ReversalRecord
from tests.fictional import ROSTER

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
WIDTH, HEIGHT, SCALE = 390, 2400, 2
COLOURS = 64

STYLE = """
* { box-sizing: border-box; margin: 0 }
body { width: 390px; background: #cfdfe8; font: 15px/1.36 Roboto, "DejaVu Sans", sans-serif; color: #111 }
header { background: #fff; padding: 10px 16px; font-weight: 500; border-bottom: 1px solid #d5d5d5 }
header small { display: block; font-weight: 400; font-size: 12px; color: #7a8a94 }
main { padding: 10px 10px 14px }
.message { max-width: 350px; margin-bottom: 8px }
.bubble { background: #fff; border-radius: 14px; padding: 7px 11px 5px; white-space: pre-wrap;
  overflow-wrap: anywhere; box-shadow: 0 1px 1px #0002 }
.own { margin-left: auto; width: fit-content }
.own .bubble { background: #e3fdcf }
.name { color: #2f7fb8; font-weight: 500; font-size: 14px; white-space: normal }
time { display: block; text-align: right; font-size: 11px; color: #8a9aa4; line-height: 1.1; white-space: normal }
.row { display: flex; gap: 4px; margin-top: 4px }
.row span { flex: 1; min-width: 0; background: #6d8ea399; color: #fff; font-weight: 500; font-size: 13.5px;
  text-align: center; border-radius: 9px; padding: 8px 4px; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap }
a { color: #2678b6; text-decoration: none }
code { font-family: "Roboto Mono", "DejaVu Sans Mono", monospace; font-size: 13px; color: #33658a }
blockquote { border-left: 3px solid #2f9bd8; background: #2f9bd814; border-radius: 5px; padding: 2px 8px;
  margin: 1px 0 }
b { font-weight: 600 }
"""


@dataclass(frozen=True)
class Said:
    """What a person wrote."""

    text: str


def main(chromium: str) -> None:
    """Draw all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, shown in _pictures().items():
        _draw(chromium, _page(shown), FOLDER / f"{name}.png")


def _pictures() -> dict[str, Sequence[Said | Message]]:
    reader = Reader(is_group=True)
    roster = Roster.from_popolo(ROSTER)
    offices = in_office(roster, date(2026, 3, 6))
    quotes = _quotes()
    later = replace(quotes[0], id=2291, content="De btw gaat omhoog. We hebben geen keus.", reversal_label="reversal")
    return {
        "begin": [
            Said("/start"),
            joined_group(reader),
            whom_to_follow(reader, offices, roster.persons, Callback("follow", words="x")),
        ],
        "alert": [alert(reader, AlertRecord(_paper("Overleg over de dijken"), tuple(quotes), ()))],
        "reversal": [alert(reader, AlertRecord(_paper("Kabinet verhoogt de btw"), (later,), (_turn(later),)))],
        "quotes": [
            Said("/citaten Zandstra btw"),
            quotes_page(
                reader,
                Page(_on_the_tax(later), 3, 0),
                person=roster.person("wouter-zandstra"),
                search=Search("btw"),
                archive_since=date(2025, 3, 3),
            ),
        ],
    }


def _paper(title: str, days: int = 0) -> OutletRecord:
    moment = datetime(2026, 3, 6, 14, 20, tzinfo=UTC) - timedelta(days=days)
    return OutletRecord("De Proefkrant", title, "https://proefkrant.example/artikel", moment)


def _quotes() -> list[QuoteRecord]:
    """Give what three people who do not exist said of dikes and taxes."""
    premier = QuoteRecord(
        id=2284,
        person_id="wouter-zandstra",
        person_name="Wouter Zandstra",
        surname="Zandstra",
        content="Er is geen haast bij, maar het moet wél gebeuren.",
        kind="direct",
        cue="zei",
        said_from=None,
        said_to=None,
        said_on=date(2026, 3, 6),
        capacity="Minister-president",
        party="WVP",
        context="",
        confidence=0.95,
        outlets=(_paper("Overleg over de dijken"),),
        reversal_label=None,
    )
    finance = replace(
        premier,
        id=2286,
        person_id="mirthe-van-den-elzen",
        person_name="Mirthe van den Elzen",
        surname="Van den Elzen",
        content="Vóór de zomer ligt er een plan.",
        capacity="Minister van Financiën",
        pledge="promise",
        pledged_for=date(2026, 6, 21),
    )
    return [
        premier,
        replace(premier, id=2285, content="dat de Kamer daarmee instemt", kind="indirect", cue="denkt"),
        finance,
        replace(finance, id=2287, content="een aparte heffing", kind="partial", cue="sluit niet uit", pledge=None),
    ]


def _on_the_tax(later: QuoteRecord) -> tuple[QuoteRecord, ...]:
    doubt = replace(
        later,
        id=1977,
        content="dat over de btw het laatste woord niet is gezegd",
        kind="indirect",
        cue="vindt",
        said_on=date(2026, 2, 3),
        outlets=(_paper("Kamer wil duidelijkheid", days=31),),
        reversal_label=None,
    )
    return later, doubt, _before(later)


def _before(later: QuoteRecord) -> QuoteRecord:
    return replace(
        later,
        id=1042,
        content="De btw gaat niet omhoog, daar kunt u mij aan houden.",
        said_on=date(2025, 9, 15),
        outlets=(_paper("Zandstra sluit hogere btw uit", days=172),),
        reversal_label=None,
    )


def _turn(later: QuoteRecord) -> ReversalRecord:
    evidence = {"name": "negation", "weight": 2.0, "earlier": [[7, 23]], "later": [[7, 18]]}
    return ReversalRecord(
        id=12,
        label="reversal",
        state="possible",
        score=0.93,
        evidence=({**evidence, "reason": "gaat niet omhoog ↔ gaat omhoog"},),
        doubts=(),
        earlier=_before(later),
        later=later,
        kind="negation",
        other_days=2,
    )


def _page(shown: Sequence[Said | Message]) -> str:
    blocks = "".join(_own(part) if isinstance(part, Said) else _bots(part) for part in shown)
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>"
        f"<header>Redactie<small>3 leden</small></header><main>{blocks}</main>"
    )


def _own(said: Said) -> str:
    return f'<div class="message own"><div class=bubble>{escape(said.text)}<time>16:24 ✓✓</time></div></div>'


def _bots(message: Message) -> str:
    rows = "".join(
        "<div class=row>" + "".join(f"<span>{escape(button.label)}</span>" for button in row) + "</div>"
        for row in message.buttons
    )
    # Telegram puts no line between a block and what follows it.
    text = message.text.replace("blockquote expandable", "blockquote").replace("</blockquote>\n", "</blockquote>")
    text = text.replace("\n<blockquote>", "<blockquote>")
    return (
        f"<div class=message><div class=bubble><div class=name>Citaatwacht</div>{text}<time>16:25</time></div>"
        f"{rows}</div>"
    )


def _draw(chromium: str, page: str, file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        source.write_text(page, encoding="utf-8")
        options = [
            *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
            f"--user-data-dir={folder}/profile",
            f"--window-size={WIDTH},{HEIGHT}",
            f"--force-device-scale-factor={SCALE}",
            f"--screenshot={shot}",
        ]
        subprocess.run([chromium, *options, source.as_uri()], check=True, capture_output=True, timeout=120)
        with Image.open(shot) as picture:
            _cut(picture.convert("RGB")).quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def _cut(picture: Image.Image) -> Image.Image:
    """Cut off the empty background below."""
    ground = Image.new("RGB", picture.size, picture.getpixel((2, picture.height - 2)))
    box = ImageChops.difference(picture, ground).getbbox()
    bottom = min((box[3] if box else picture.height) + 10 * SCALE, picture.height)
    return picture.crop((0, 0, picture.width, bottom))


if __name__ == "__main__":
    found = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        sys.exit("Chromium is needed to draw the pictures: name it")
    main(found)
