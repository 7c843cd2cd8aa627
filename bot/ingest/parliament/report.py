"""The XML of a report ("Verslag") of the Tweede Kamer -> a meeting with its turns. Pure.

The Chamber's open data has a file for each version of a report, in the namespace of ``vergaderverslag/v1.0``. A
meeting holds activities; in these a ``woordvoerder`` is a turn, and the ``interrumpant`` elements inside it are the
turns that broke into it, each with a ``spreker`` and a ``tekst``. Its times have no offset.

One fault in it costs no more than it must: a turn without an id is passed over, a status or kind of publication that
we do not know is the least final one, and characters that XML forbids are left out. What was lost so is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, TypeVar

from lxml import etree

from bot.ingest.dates import moment_of
from bot.ingest.errors import IngestError
from bot.ingest.parliament.labels import CHAIR, full_name, without_label
from bot.ingest.parliament.values import Meeting, Publication, Role, Status, Turn

ZONE = "Europe/Amsterdam"
NAMESPACE = "http://www.tweedekamer.nl/ggm/vergaderverslag/v1.0"

_STATUSES: dict[str, Status] = {
    "casco": "outline",
    "ongecorrigeerd": "uncorrected",
    "gecorrigeerd": "corrected",
    "gerectificeerd": "corrected",
}
_PUBLICATIONS: dict[str, Publication] = {
    "voorpublicatie": "early",
    "tussenpublicatie": "interim",
    "eindpublicatie": "final",
}
_ROLES: dict[str, Role] = {
    "minister": "minister",
    "staatssecretaris": "state_secretary",
    "tweede kamerlid": "member",
}
_TURNS = ("woordvoerder", "interrumpant")
# Control characters, written out or by their number; what is left of UTF-16 without them would be other text.
_FORBIDDEN = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f]|&#(?:[0-8]|1[124-9]|2\d|3[01]|x(?:[0-8bcef]|1[0-9a-f]));", re.I)

Value = TypeVar("Value", bound=str)


class ReportError(IngestError):
    """The bytes are not a report of the Tweede Kamer that we can read."""


def read_report(body: bytes) -> Meeting:
    """Read one version of a report.

    Args:
        body: The bytes of the XML.

    Returns:
        The meeting. A report without text yet ("Casco") has no turns.

    Raises:
        ReportError: It is no XML, declares entities or another document type, is of another namespace, or lacks
            the meeting's id or its day.
    """
    root = _parsed(body)
    meeting = _child(root, "vergadering")
    if meeting is None:
        message = f"there is no vergadering of {NAMESPACE} in it"
        raise ReportError(message)
    faults: list[str] = []
    return Meeting(
        id=_required(meeting.get("objectid"), "the meeting has no objectid"),
        title=_text(meeting, "titel"),
        kind=meeting.get("soort", ""),
        held_on=_day(_text(meeting, "datum")),
        status=_known(_STATUSES, root.get("status"), "status", "uncorrected", faults),
        publication=_known(_PUBLICATIONS, root.get("soort"), "soort", "early", faults),
        published_at=moment_of(root.get("Timestamp"), zone=ZONE),
        turns=tuple(_turns(meeting, faults)),
        faults=tuple(faults),
    )


def _parsed(body: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body if b"\0" in body else _FORBIDDEN.sub(b"", body), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = f"this is not XML: {error}"
        raise ReportError(message) from error
    # A report has no document type; with one, text could hide in entities that we do not resolve.
    if root.getroottree().docinfo.doctype:
        message = "it declares a document type, which no report does"
        raise ReportError(message)
    return root


def _turns(meeting: Any, faults: list[str]) -> Iterator[Turn]:
    for activity in meeting.iterchildren(_tag("activiteit")):
        topic = _text(activity, "onderwerp") or _text(activity, "titel")
        for element in activity.iter(*map(_tag, _TURNS)):
            turn = _turn(element, activity.get("objectid", ""), topic, faults)
            if turn is not None:
                yield turn


def _turn(element: Any, activity_id: str, topic: str, faults: list[str]) -> Turn | None:
    speaker = _child(element, "spreker")
    said = _child(element, "tekst")
    if speaker is None or said is None:
        return None
    surname = _text(speaker, "verslagnaam") or _text(speaker, "achternaam")
    name = full_name(_text(speaker, "voornaam"), surname)
    paragraphs = _paragraphs(element, said, (CHAIR, name, surname, _text(speaker, "weergavenaam")))
    if not paragraphs:
        return None
    turn_id = element.get("objectid")
    if not turn_id:  # nobody could tell which turn of another version is the same
        faults.append(f"a turn of {name or 'somebody'} has no objectid")
        return None
    return Turn(
        id=turn_id,
        speaker_id=speaker.get("objectid"),
        name=name,
        role=_ROLES.get(speaker.get("soort", "").strip().casefold(), "other"),
        office=_text(speaker, "functie"),
        party=_text(speaker, "fractie"),
        is_chair=_text(element, "isvoorzitter").lower() == "true",
        is_interruption=_local(element) == "interrumpant",
        activity_id=activity_id,
        topic=topic,
        began=_moment(element, "markeertijdbegin"),
        ended=_moment(element, "markeertijdeind"),
        paragraphs=paragraphs,
    )


def _paragraphs(turn: Any, said: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """The paragraphs of a turn, each list item one of its own, without the speaker's label or a turn inside them."""
    paragraphs: list[list[str]] = []
    for element in said.iter(_tag("alinea"), _tag("lijst")):
        if next(element.iterancestors(*map(_tag, _TURNS))) is not turn:
            continue
        lines = [_line(item) for item in element.iterchildren(_tag("alineaitem"))]
        paragraphs += [[line] for line in lines] if _local(element) == "lijst" else [lines] if lines else []
    if paragraphs:
        paragraphs[0][0] = without_label(paragraphs[0][0], names)
    joined = (" ".join(filter(None, lines)) for lines in paragraphs)
    return tuple(paragraph for paragraph in joined if paragraph)


def _line(item: Any) -> str:
    return " ".join("".join(_own_text(item)).split())


def _own_text(element: Any) -> Iterator[str]:
    """The text of an element, without that of turns inside it."""
    yield element.text or ""
    for child in element:
        if _local(child) not in _TURNS:
            yield from _own_text(child)
        yield child.tail or ""


def _moment(element: Any, name: str) -> datetime | None:
    return moment_of(_text(element, name), zone=ZONE)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written[:10])
    except ValueError as error:
        message = f"the meeting has no day ({written!r})"
        raise ReportError(message) from error


def _known(values: dict[str, Value], written: str | None, name: str, otherwise: Value, faults: list[str]) -> Value:
    value = values.get((written or "").strip().casefold())
    if value is None:
        faults.append(f"the report has a {name} that we do not know: {written!r}")
    return value or otherwise


def _required(value: str | None, reason: str) -> str:
    if not value:
        raise ReportError(reason)
    return value


def _text(element: Any, name: str) -> str:
    child = _child(element, name)
    return _line(child) if child is not None else ""


def _child(element: Any, name: str) -> Any:
    return element.find(_tag(name))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _local(element: Any) -> str:
    return str(etree.QName(element).localname)
