"""Reports of a parliament that does not exist, written after the schema of the Chamber's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from bot.ingest.parliament.report import NAMESPACE

MINISTER, SECRETARY, MEMBER = "Minister", "Staatssecretaris", "Tweede Kamerlid"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn: its id, the speaker's first name, surname and kind, when it began, and the words."""

    id: str
    first: str
    surname: str
    kind: str
    began: datetime
    words: str


def report(
    turns: Sequence[Spoken],
    *,
    made: datetime,
    publication: str = "Tussenpublicatie",
    status: str = "Ongecorrigeerd",
    meeting: str = "vergadering-60",
    topic: str = "Btw en havens",
) -> bytes:
    """Give one publication of a meeting with one debate; times are written as the Chamber does, without an offset."""
    day = turns[0].began.date().isoformat()
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><vlosCoreDocument xmlns="{NAMESPACE}" soort="{publication}" '
        f'status="{status}" Timestamp="{made.isoformat()}"><vergadering soort="Plenair" objectid="{meeting}">'
        f"<titel>60e vergadering</titel><datum>{day}T00:00:00</datum>"
        f'<activiteit soort="Plenair debat" objectid="debat-1"><onderwerp>{escape(topic)}</onderwerp>'
        f"{''.join(map(_turn, turns))}</activiteit></vergadering></vlosCoreDocument>"
    ).encode()


def sync_page(*reports: tuple[str, datetime], following: str | None = None, resume: str | None = None) -> str:
    """Give a page of the feed: the address and moment of each report, and where the feed goes on."""
    entries = "".join(
        f"<entry><title>verslag</title><updated>{moment.isoformat()}</updated>"
        f'<link rel="enclosure" href="{escape(url)}"/><content type="application/xml"><verslag/></content></entry>'
        for url, moment in reports
    )
    links = "".join(
        f'<link rel="{relation}" href="{escape(url)}"/>'
        for relation, url in (("next", following), ("resume", resume))
        if url
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title>{links}{entries}</feed>'


def _turn(turn: Spoken) -> str:
    label = f"{turn.kind} {turn.surname}" if turn.kind in (MINISTER, SECRETARY) else f"De heer {turn.surname} (WVP)"
    return (
        f'<woordvoerder objectid="{turn.id}"><spreker soort="{turn.kind}" objectid="persoon-{turn.surname}">'
        f"<verslagnaam>{turn.surname}</verslagnaam><voornaam>{turn.first}</voornaam></spreker>"
        f"<markeertijdbegin>{turn.began.isoformat()}</markeertijdbegin><isvoorzitter>false</isvoorzitter>"
        f"<tekst><alinea><alineaitem>{label}:</alineaitem><alineaitem>{escape(turn.words)}</alineaitem></alinea></tekst>"
        "</woordvoerder>"
    )
