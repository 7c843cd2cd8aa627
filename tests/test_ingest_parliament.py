"""Reports of the Tweede Kamer and transcripts are read turn by turn; corrections are found in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ingest.parliament.report import ReportError, read_report
from bot.ingest.parliament.transcript import read_transcript
from bot.ingest.parliament.values import Meeting
from bot.ingest.parliament.versions import Edit, OtherMeeting, compare_versions, precedence

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.xml").read_bytes()


def altered(old: str, new: str, name: str = "report-interim") -> bytes:
    text = sample(name).decode()
    assert old in text
    return text.replace(old, new).encode()


@pytest.fixture(scope="module")
def interim() -> Meeting:
    return read_report(sample("report-interim"))


@pytest.fixture(scope="module")
def final() -> Meeting:
    return read_report(sample("report-final"))


def test_a_report_says_which_meeting_it_is_of_and_how_far_it_is(interim: Meeting, final: Meeting) -> None:
    assert (interim.id, interim.kind, interim.held_on) == ("vergadering-54", "Plenair", date(2025, 3, 6))
    assert interim.title == "54e vergadering, donderdag 6 maart 2025"
    assert (interim.status, interim.publication) == ("uncorrected", "interim")
    assert (final.status, final.publication) == ("corrected", "final")
    assert final.published_at == datetime(2025, 4, 28, 7, 0, 0, 123456, tzinfo=UTC)


def test_interruptions_are_turns_of_their_own_and_no_words_of_who_is_interrupted(interim: Meeting) -> None:
    assert [(turn.id, turn.is_interruption) for turn in interim.turns] == [
        ("beurt-1", False),
        ("beurt-2", False),
        ("beurt-3", True),
        ("beurt-4", False),
        ("beurt-6", False),
    ]
    assert "plan" not in interim.turns[1].text
    assert interim.turns[2].paragraphs == ("Wanneer komt de minister met het plan?",)


def test_speakers_come_with_their_quality_office_party_and_name_in_order(interim: Meeting, final: Meeting) -> None:
    chair, minister, member = interim.turns[:3]
    secretary = final.turns[-1]

    assert (minister.name, minister.role, minister.office) == (
        "Wouter Zandstra",
        "minister",
        "minister van Waterwerken",
    )
    assert (minister.party, minister.speaker_id) == ("", "persoon-zandstra")
    assert (member.name, member.role, member.party) == ("Tom van der Veen", "member", "Dijkpartij")
    assert (secretary.name, secretary.role) == ("Mirthe van den Elzen", "state_secretary")
    assert (chair.is_chair, minister.is_chair) == (True, False)
    assert minister.topic == "Versterking van de dijken"


def test_the_label_that_repeats_the_speaker_is_no_part_of_the_words(interim: Meeting, final: Meeting) -> None:
    texts = [turn.text for turn in (*interim.turns, *final.turns)]

    assert all(":" not in text for text in texts)
    assert texts[0] == "Ik heropen de vergadering."


def test_a_sentence_with_a_colon_is_not_taken_for_a_label() -> None:
    meeting = read_report(altered("Dat is te laat.", "Zandstra zei: dat is te laat."))

    assert meeting.turns[-1].text == "Zandstra zei: dat is te laat."


def test_the_items_of_a_list_are_paragraphs(interim: Meeting) -> None:
    assert interim.turns[1].paragraphs == (
        "Voorzitter. De dijken zijn op orde.",
        "ten eerste is er genoeg geld;",
        "ten tweede zijn er genoeg mensen.",
    )


def test_local_times_become_utc_in_winter_and_summer(interim: Meeting) -> None:
    assert interim.turns[0].began == datetime(2025, 3, 6, 9, 15, 4, tzinfo=UTC)
    assert interim.turns[0].ended == datetime(2025, 3, 6, 9, 15, 20, tzinfo=UTC)

    summer = read_report(altered("2025-03-06T10:15:04", "2025-07-03T10:15:04"))
    assert summer.turns[0].began == datetime(2025, 7, 3, 8, 15, 4, tzinfo=UTC)


def test_a_time_that_is_missing_or_broken_is_none() -> None:
    meeting = read_report(altered("<markeertijdbegin>2025-03-06T10:15:04</markeertijdbegin>", ""))

    assert meeting.turns[0].began is None


def test_an_outline_has_no_turns() -> None:
    empty = altered("Ongecorrigeerd", "Casco")
    for said in read_report(empty).turns:
        for paragraph in said.paragraphs:
            empty = empty.replace(paragraph.encode(), b"")

    meeting = read_report(empty)

    assert (meeting.status, meeting.turns) == ("outline", ())


def test_a_name_that_holds_the_first_name_already_does_not_get_it_twice() -> None:
    name = "<verslagnaam>Van der Veen</verslagnaam>"
    meeting = read_report(altered(name, "<verslagnaam>Tom van der Veen</verslagnaam>"))

    assert meeting.turns[2].name == "Tom van der Veen"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not XML"),
        (b"geen xml", "not XML"),
        (sample("report-interim")[:2000], "not XML"),
        (b"<html><body/></html>", "vergadering"),
        (altered("vergaderverslag/v1.0", "vergaderverslag/v9.0"), "vergadering"),
        (altered("<datum>2025-03-06T00:00:00</datum>", ""), "no day"),
        (altered('objectid="vergadering-54"', ""), "objectid"),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ReportError, match=reason):
        read_report(body)


def test_a_turn_without_an_id_costs_no_other_turn_and_is_told(interim: Meeting) -> None:
    meeting = read_report(altered('<woordvoerder objectid="beurt-1">', "<woordvoerder>"))

    assert meeting.turns == interim.turns[1:]
    assert meeting.faults == ("a turn of Jinke Terpstra has no objectid",)


def test_a_status_or_kind_that_is_not_known_is_the_least_final_one(interim: Meeting) -> None:
    status = read_report(altered('"Ongecorrigeerd"', '"Concept"'))
    kind = read_report(altered('"Tussenpublicatie"', '"Proefpublicatie"'))

    assert (status.status, status.publication, status.turns) == ("uncorrected", "interim", interim.turns)
    assert (kind.status, kind.publication, kind.turns) == ("uncorrected", "early", interim.turns)
    assert [("Concept" in status.faults[0]), ("Proefpublicatie" in kind.faults[0])] == [True, True]
    assert interim.faults == ()


@pytest.mark.parametrize("mark", ["\x07", "\x1b", "&#7;", "&#x1F;"])
def test_a_character_that_xml_forbids_is_left_out(interim: Meeting, mark: str) -> None:
    assert read_report(altered("Dat is te laat.", f"Dat is {mark}te laat.")).turns == interim.turns


def test_a_report_in_another_encoding_keeps_its_characters() -> None:
    text = sample("report-interim").decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')

    assert read_report(text.replace("te laat", "te laat \u0107").encode("utf-16")).turns[-1].text.endswith("\u0107.")


@pytest.mark.parametrize("place", ["</alineaitem>", "</alinea>", "</tekst>"])
def test_an_interruption_is_nobody_elses_words_wherever_it_stands(interim: Meeting, place: str) -> None:
    broke_in = (
        '<interrumpant objectid="beurt-9"><spreker soort="Tweede Kamerlid"><verslagnaam>Terpstra</verslagnaam>'
        "<voornaam>Jinke</voornaam></spreker><tekst><alinea><alineaitem>Dat is niet waar.</alineaitem></alinea>"
        "<lijst><alineaitem>ten eerste niet</alineaitem></lijst></tekst></interrumpant>"
    )
    before, cut, after = sample("report-interim").decode().rpartition(place)
    assert cut

    *others, last, interruption = read_report(f"{before}{broke_in}{place}{after}".encode()).turns

    assert (*others, last) == interim.turns
    assert interruption.paragraphs == ("Dat is niet waar.", "ten eerste niet")


def test_entities_are_never_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    head = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for doctype in (
        f'<!DOCTYPE v [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        f'<!DOCTYPE v [<!ENTITY l0 "ha">{laughs}<!ENTITY x "&l11;">]>',
        '<!DOCTYPE v SYSTEM "http://127.0.0.1:9/v.dtd">',
    ):
        body = altered("Dat is te laat.", "&x;").decode().replace(head, head + doctype)
        with pytest.raises(ReportError):
            read_report(body.encode())


@given(st.binary(max_size=200))
def test_any_bytes_give_a_report_or_a_reason(body: bytes) -> None:
    with pytest.raises(ReportError):
        read_report(body)


def test_a_correction_is_told_word_by_word(interim: Meeting, final: Meeting) -> None:
    changed = [change for change in compare_versions(interim, final) if change.before and change.after]

    assert [(change.after.id, change.edits) for change in changed if change.after] == [
        ("beurt-2", (Edit("", "vrijwel"),)),
    ]


def test_a_final_version_adds_and_drops_turns(interim: Meeting, final: Meeting) -> None:
    changes = compare_versions(interim, final)

    assert [change.after.id for change in changes if change.before is None and change.after] == ["beurt-5"]
    assert [change.before.id for change in changes if change.after is None and change.before] == ["beurt-6"]


def test_nothing_is_gone_before_the_final_version(interim: Meeting) -> None:
    later = read_report(sample("report-interim-later"))

    changes = compare_versions(interim, later)

    assert [change.after.id for change in changes if change.after] == ["beurt-5"]
    assert all(change.after is not None for change in changes)


def test_a_version_without_text_takes_nothing_back(final: Meeting) -> None:
    assert compare_versions(final, replace(final, status="outline", turns=())) == ()


def test_a_version_that_says_the_same_changes_nothing(final: Meeting) -> None:
    recut = tuple(replace(turn, paragraphs=(" ".join(turn.paragraphs),)) for turn in final.turns)

    assert compare_versions(final, replace(final, turns=recut)) == ()


def test_words_that_turn_out_to_be_anothers_are_told(final: Meeting) -> None:
    first, *rest = final.turns
    moved = replace(final, turns=(replace(first, speaker_id="persoon-zandstra"), *rest))

    (change,) = compare_versions(final, moved)

    assert change.is_reattributed
    assert change.edits == ()


def test_reports_of_different_meetings_are_not_compared(interim: Meeting) -> None:
    with pytest.raises(OtherMeeting, match="vergadering-55"):
        compare_versions(interim, replace(interim, id="vergadering-55"))


def test_versions_are_put_in_order_whichever_arrived_first(interim: Meeting, final: Meeting) -> None:
    later = read_report(sample("report-interim-later"))
    undated = replace(final, status="uncorrected", published_at=None)

    assert sorted((final, undated, later, interim), key=precedence) == [interim, later, undated, final]


TRANSCRIPT = """Persconferentie na de ministerraad

ZANDSTRA
Goedemiddag. We hebben vandaag
over de dijken gesproken.

Twee punten: het geld en de mensen.

VRAAG (Waterlandse Courant):
Komt er genoeg geld?

MINISTER VAN DEN ELZEN
Ja, dat komt er.

Van der Veen: Nee, dat komt er niet.
Tot slot: ik ga.
"""


def test_a_transcript_gives_the_turns_of_its_speakers() -> None:
    turns = read_transcript(TRANSCRIPT, topic="Ministerraad")

    assert [(turn.id, turn.name, turn.role) for turn in turns] == [
        ("1", "Zandstra", "other"),
        ("2", "", "other"),
        ("3", "Van den Elzen", "minister"),
        ("4", "Van der Veen", "other"),
    ]
    assert turns[0].paragraphs == (
        "Goedemiddag. We hebben vandaag over de dijken gesproken.",
        "Twee punten: het geld en de mensen.",
    )
    assert (turns[1].party, turns[1].text) == ("Waterlandse Courant", "Komt er genoeg geld?")
    assert turns[3].text == "Nee, dat komt er niet. Tot slot: ik ga."
    assert {turn.topic for turn in turns} == {"Ministerraad"}


def test_what_stands_above_the_first_speaker_is_nobodys() -> None:
    assert read_transcript("Perszaal\n\nHet begint om drie uur.") == ()


@pytest.mark.parametrize(
    "line",
    ["Mijn antwoord: nee.", "Twee: de mensen.", "NIET DOEN!", "Zandstra", "Het is 14:30 uur.", "De heer Zandstra"],
)
def test_a_line_of_speech_is_not_taken_for_a_label(line: str) -> None:
    (turn,) = read_transcript(f"ZANDSTRA\nEen.\n{line}")

    assert turn.text == f"Een. {line}"


def test_names_in_capitals_get_their_small_letters_back() -> None:
    names = ("VAN DEN IJSSEL-DE BOER", "D’HAENS", "MINISTER-PRESIDENT ZANDSTRA")

    assert [turn.name for turn in read_transcript("\n".join(f"{name}\nJa." for name in names))] == [
        "Van den IJssel-De Boer",
        "D’Haens",
        "Zandstra",
    ]


@given(st.text(max_size=300))
def test_any_text_is_read_as_a_transcript(text: str) -> None:
    assert all(turn.text.strip() for turn in read_transcript(text))
