"""When words were said: time expressions, offices, and what holds on from one sentence to the next."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quotes.roster import Membership
from bot.quotes.timeexpressions import find_time_expressions
from bot.quotes.when import Frame, Report, Said, date_reports, mask, when_said

TUESDAY = date(2026, 11, 24)
MEMBERSHIPS = (
    Membership("m1", "x", "k2", "minister", "Minister van Verkeer", "Verkeer", None, date(2025, 3, 10), None),
    Membership(
        id="m2",
        person_id="x",
        organization_id="k1",
        role="staatssecretaris",
        label="Staatssecretaris van Cultuur",
        portfolio="Cultuur",
        on_behalf_of_id=None,
        start=date(2021, 1, 10),
        end=date(2023, 6, 1),
    ),
)


def dated(marked: str, published: date = TUESDAY) -> str | None:
    """Date a clause whose cue stands in square brackets; give "first..last"."""
    said = when_said(plain(marked), published, cue=cue_of(marked), memberships=MEMBERSHIPS)
    return written(said)


def plain(marked: str) -> str:
    return marked.replace("[", "").replace("]", "")


def cue_of(marked: str) -> int | None:
    return marked.index("[") if "[" in marked else None


def written(said: Said | None) -> str | None:
    return f"{said.start or ''}..{said.end}" if said else None


@pytest.mark.parametrize(
    ("clause", "interval"),
    [
        ("De minister [zei] dinsdag", "2026-11-24..2026-11-24"),
        ("De minister [zei] maandagavond", "2026-11-23..2026-11-23"),
        ("[zei] ze vrijdag nog", "2026-11-20..2026-11-20"),
        ("[zei] ze afgelopen dinsdag", "2026-11-17..2026-11-17"),
        ("De minister [zei] vorige week maandag", "2026-11-16..2026-11-16"),
        ("[zei] hij maandag vorige week", "2026-11-16..2026-11-16"),
        ("Gisteren [zei] hij", "2026-11-23..2026-11-23"),
        ("[zei] hij eergisteren", "2026-11-22..2026-11-22"),
        ("[zei] hij vanochtend", "2026-11-24..2026-11-24"),
        ("[zei] zij op dinsdag 3 maart", "2026-03-03..2026-03-03"),
        ("[schreef] ze op 3 maart 2021 aan de Kamer", "2021-03-03..2021-03-03"),
        ("[zei] hij op 3 jan. 2025", "2025-01-03..2025-01-03"),
        ("Op 1 december [zei] hij", "2025-12-01..2025-12-01"),
        ("[zei] hij op 12-5-2026", "2026-05-12..2026-05-12"),
        ("In een brief van 3 maart [schreef] zij", "2026-03-03..2026-03-03"),
    ],
)
def test_a_day_is_the_last_one_up_to_publication(clause: str, interval: str) -> None:
    assert dated(clause) == interval


@pytest.mark.parametrize(
    ("clause", "interval"),
    [
        ("Dat [zei] ze in april op de radio", "2026-04-01..2026-04-30"),
        ("In december [noemde] hij", "2025-12-01..2025-12-31"),
        ("In november [noemde] hij", "2026-11-01..2026-11-24"),
        ("[zei] zij in november 2025", "2025-11-01..2025-11-30"),
        ("Vorig jaar mei [zei] ze", "2025-05-01..2025-05-31"),
        ("In mei vorig jaar [zei] ze", "2025-05-01..2025-05-31"),
        ("[zei] hij in maart van het vorige jaar", "2025-03-01..2025-03-31"),
        ("Half september [zei] zij", "2026-09-08..2026-09-22"),
        ("[zei] hij eind oktober", "2026-10-19..2026-10-31"),
        ("In 2023 [beloofde] zij", "2023-01-01..2023-12-31"),
        ("In 2023 [belooft] zij nog", "2023-01-01..2023-12-31"),
        ("[zei] hij medio 2024", "2024-04-01..2024-09-30"),
        ("De minister [zei] vorig jaar nog", "2025-01-01..2025-12-31"),
        ("[zei] zij begin dit jaar", "2026-01-01..2026-05-26"),
        ("[zei] zij aan het eind van vorig jaar", "2025-08-08..2025-12-31"),
        ("De minister [zei] eerder dit jaar", "2026-01-01..2026-11-23"),
        ("Deze maand [zei] ze", "2026-11-01..2026-11-24"),
        ("Vorige maand [zei] ze", "2026-10-01..2026-10-31"),
        ("Vorige week [zei] hij", "2026-11-16..2026-11-22"),
        ("[zei] hij eerder deze week", "2026-11-23..2026-11-23"),
        ("[zei] zij deze zomer", "2026-06-01..2026-08-31"),
        ("Vorige zomer [zei] hij", "2025-06-01..2025-08-31"),
        ("Vorige winter [zei] hij", "2025-12-01..2026-02-28"),
        ("In het najaar van vorig jaar [zei] hij", "2025-09-01..2025-11-30"),
        ("In de zomer van 2025 [zei] ze", "2025-06-01..2025-08-31"),
        ("Op Prinsjesdag [zei] hij", "2026-09-15..2026-09-21"),
        ("Rond de jaarwisseling [zei] zij", "2025-12-20..2026-01-10"),
        ("Vlak na de zomer [zei] hij nog", "2026-08-31..2026-10-31"),
        ("Kort voor kerst [zei] zij", "2025-11-29..2025-12-20"),
        ("Bij de algemene politieke beschouwingen [zei] hij", "2026-09-16..2026-09-25"),
        ("In een radio-uitzending van 12 mei [zei] hij", "2026-05-12..2026-05-12"),
        ("In de eerste week van mei [zei] ze", "2026-05-01..2026-05-31"),
    ],
)
def test_a_period_is_the_last_one_that_its_words_allow(clause: str, interval: str) -> None:
    assert dated(clause) == interval


@pytest.mark.parametrize(
    ("clause", "interval"),
    [
        ("Twee jaar geleden [zei] ze", "2024-01-01..2025-05-25"),
        ("Een jaar geleden [klonk] het nog anders", "2025-01-01..2026-05-25"),
        ("[zei] de minister amper drie maanden geleden", "2026-08-01..2026-09-09"),
        ("[zei] de minister acht maanden terug nog", "2026-03-01..2026-04-09"),
        ("Anderhalf jaar geleden [zei] ze", "2025-02-23..2025-08-24"),
        ("Nog geen half jaar geleden [zei] ze", "2026-05-25..2026-08-25"),
        ("drie weken geleden [zei] hij", "2026-10-31..2026-11-06"),
        ("[zei] hij enkele weken geleden", "2026-09-01..2026-11-10"),
        ("Jaren geleden [zei] hij", "..2025-11-24"),
        ("In de jaren negentig [zei] hij", "..2026-10-24"),
        ("Vrijdag twee weken geleden [zei] hij", "2026-11-07..2026-11-13"),
        ("De week ervoor [zei] zij", "2026-11-14..2026-11-20"),
        ("Twee zomers geleden [zei] hij", "2024-06-01..2025-08-31"),
    ],
)
def test_a_distance_in_time_has_the_slack_of_its_unit(clause: str, interval: str) -> None:
    assert dated(clause) == interval


@pytest.mark.parametrize(
    ("clause", "interval"),
    [
        ("De minister [zei] eerder", "..2026-11-23"),
        ("Jarenlang [zei] ze", "..2026-11-23"),
        ("De minister had het [gezegd]", "..2026-11-23"),
        ("Onlangs [zei] ze", "2026-08-24..2026-11-23"),
        ("Destijds [noemde] hij", "..2026-10-24"),
        ("Ooit [noemde] hij", "..2026-10-24"),
    ],
)
def test_vague_words_leave_the_past_open(clause: str, interval: str) -> None:
    assert dated(clause) == interval


@pytest.mark.parametrize(
    ("clause", "interval"),
    [
        ("Als staatssecretaris [zei] ze nog", "2021-01-10..2023-06-01"),
        ("In haar tijd als staatssecretaris [zei] ze", "2021-01-10..2023-06-01"),
        ("Toen zij nog staatssecretaris was, [zei] ze", "2021-01-10..2023-06-01"),
        ("[zei] toenmalig staatssecretaris Molenaar", "2021-01-10..2023-06-01"),
        ("[zei] ze destijds als wethouder", "..2025-03-09"),
        ("[zei] ze toen ze nog Kamerlid was", "..2025-03-09"),
        ("Voordat ze minister werd [zei] ze", "..2025-03-09"),
        ("In de vorige kabinetsperiode [zei] zij", "..2025-03-09"),
        ("Bij haar aantreden [zei] ze", "2025-03-10..2025-04-10"),
        ("[zei] ze bij haar aantreden als staatssecretaris", "2021-01-10..2021-02-10"),
        ("In haar eerste interview als minister [zei] ze", "2025-03-10..2025-04-10"),
        ("Een maand voor zijn aantreden [zei] hij", "2025-01-24..2025-02-23"),
        ("In de campagne [zei] zij nog", "2024-03-10..2025-03-10"),
        ("Aan het begin van haar ministerschap [zei] ze", "2025-03-10..2025-04-10"),
        ("Bij de presentatie van het coalitieakkoord [zei] ze", "2025-03-10..2025-04-10"),
        ("Als minister [zei] ze", None),
    ],
)
def test_an_office_dates_words_by_its_term(clause: str, interval: str | None) -> None:
    assert dated(clause) == interval


def test_an_office_narrows_a_date() -> None:
    assert dated("In 2023 [zei] ze als staatssecretaris") == "2023-01-01..2023-06-01"


def test_without_memberships_a_former_office_is_long_ago() -> None:
    assert written(when_said("zei ze destijds als wethouder", TUESDAY, cue=0)) == "..2026-10-24"


@pytest.mark.parametrize(
    "clause",
    [
        "De minister [zegt]",
        "Volgende week dinsdag [komt] hij, zei hij",
        "per 1 januari 2026 [zei] hij",
        "Tot vorige maand [zei] ze",
        "Tot en met vorige week [zei] ze",
        "In januari 2027 [zei] hij",
        "Sinds haar aantreden vorig jaar [zegt] ze",
        "De minister, die in 2021 aantrad, [zegt]",
        "De in 2024 afgetreden wethouder [zei]",
        "Het vorig jaar gesloten akkoord is [volgens] haar",
        "In het akkoord van 2021 staat het, [zei] hij",
        "Als de prijs in mei stijgt, [zei] hij",
        "Vorig jaar was zij nog tegen, maar nu [zegt] ze",
        "Nadat hij vorig jaar was herkozen, [zei] hij",
        "[zei] hij toen hij naar buiten kwam",
        "Hij [noemde] het voor het laatst",
        "Een dag later [zei] hij",
        "Toen [zei] hij",
        "De minister [verdedigt] het besluit vorig jaar",
        "De minister, in 2019 nog wethouder, [zegt]",
        "[zei] Postema over de overstroming in 2021",
        "Postema, in 2019 nog voorzitter van de bond, [zei]",
        "Hij [noemde] het besluit om in mei te stoppen    ",
        "Zij [zei] dat de lokalen in 2019 al     waren",
        "[Volgens] haar was de dijk in 2019 al    ",
        "Wethouder April [zei]",
    ],
)
def test_a_date_of_something_else_dates_no_words(clause: str) -> None:
    assert dated(clause) is None


def test_the_surface_is_the_words_that_date() -> None:
    said = when_said("zei hij in maart 2021 nog", TUESDAY, cue=0)
    assert said is not None
    assert said.surface == "maart 2021"


def told(*sentences: str, published: date = TUESDAY) -> list[str | None]:
    """Date a story of sentences: the cue in brackets, ``…`` for a content, ``¶`` before a new paragraph.

    Every sentence with a cue or a content reports; x speaks where no other name stands before it in braces.
    """
    frames: list[Frame] = []
    reports: list[Report] = []
    paragraph = 0
    for sentence in sentences:
        speaker = "x"
        if sentence.startswith("¶"):
            paragraph += 1
        text = sentence.lstrip("¶ ")
        if text.startswith("{"):
            speaker, text = text[1:].split("} ", 1)
        frame = plain(text).replace("…", "   ")
        frames.append(Frame(frame, paragraph))
        if "[" in text or "…" in text:
            reports.append(Report(len(frames) - 1, cue_of(text.replace("…", "   ")), speaker))
    return [written(said) for said in date_reports(frames, reports, published)]


LAST_YEAR = "2025-01-01..2025-12-31"
MONDAY = "2026-11-23..2026-11-23"
MAY = "2026-05-01..2026-05-31"


def test_then_is_the_time_that_was_spoken_of() -> None:
    assert told("In mei [beloofde] hij nog …", "…, [zei] hij toen") == [MAY, MAY]


def test_then_reaches_into_the_paragraph_before() -> None:
    assert told("Vorig jaar was hij nog wethouder.", "¶ …, [zei] hij destijds") == [LAST_YEAR]


def test_a_date_holds_for_the_free_standing_quotation_after_it() -> None:
    assert told("In mei [beloofde] hij nog …", "…") == [MAY, MAY]


def test_a_date_holds_for_a_quotation_that_goes_on_in_the_next_paragraph() -> None:
    assert told("In mei [beloofde] hij nog …", "¶ …") == [MAY, MAY]


def test_a_date_does_not_hold_for_someone_else() -> None:
    assert told("In mei [beloofde] hij nog …", "{y} …") == [MAY, None]


def test_the_present_tense_ends_a_date() -> None:
    assert told("In mei [beloofde] hij nog …", "…, [zegt] hij", "…") == [MAY, None, None]


def test_now_ends_a_date() -> None:
    assert told("In mei [beloofde] hij nog …", "Nu [noemde] hij dat …") == [MAY, None]


def test_a_newer_date_ends_a_date() -> None:
    assert told("In mei [beloofde] hij nog …", "Maandag [zei] hij …", "…") == [MAY, MONDAY, MONDAY]


def test_past_tense_holds_a_date_where_the_story_is_told_in_the_present() -> None:
    story = told("Hij [zegt] …", "Zij [vindt] …", "¶ In mei [beloofde] hij nog …", "…, [zei] hij")
    assert story == [None, None, MAY, MAY]


def test_past_tense_holds_no_date_where_the_story_is_told_in_it() -> None:
    story = told("Hij [zei] …", "Zij [vond] …", "¶ In mei [beloofde] hij nog …", "…, [zei] hij")
    assert story == [None, None, MAY, None]


def test_words_that_go_on_hold_a_date_in_every_story() -> None:
    assert told("Vorig jaar [zei] ze nog …", "…, [luidden] haar woorden") == [LAST_YEAR, LAST_YEAR]


def test_a_sentence_that_leads_in_dates_the_quotation_after_it() -> None:
    assert told("Vorig jaar klonk het nog anders.", "…, [zei] de minister") == [LAST_YEAR]


def test_a_promise_of_last_year_is_not_the_time_of_the_reaction_to_it() -> None:
    assert told("Vorig jaar beloofde het kabinet nog veel huizen.", "…, [zei] de minister") == [None]


def test_the_answer_to_a_question_about_older_words_is_new() -> None:
    assert told("In mei [zei] u: …", "Had u dat moeten zeggen?", "¶ …") == [MAY, None]


def test_a_name_and_a_date_before_a_colon_date_the_quotation() -> None:
    assert told("Minister Dösker vorig jaar: …", "Hij heeft zijn verlies van mei verwerkt: …") == [LAST_YEAR, None]


def test_then_as_the_next_step_of_a_story_dates_nothing() -> None:
    assert told("Vorig jaar was hij nog wethouder.", "¶ De auto stopte.", "¶ Toen [zei] hij …") == [None]


def test_an_event_of_last_year_leads_nothing_in() -> None:
    assert told("Vorig jaar zijn er dertig huizen gebouwd.", "…, [zei] de minister") == [None]


def test_the_heading_of_a_chronicle_dates_its_paragraph_in_any_tense() -> None:
    story = told("¶ Mei 2026.", "De minister [noemt] het …", "…, [zegt] hij", "¶ Nu [zegt] hij …")
    assert story == [MAY, MAY, None]


def test_later_lies_between_then_and_now() -> None:
    assert told("Vorig jaar [zei] hij …", "Later [sprak] hij van …") == [LAST_YEAR, "2025-01-01..2026-11-23"]


def test_a_year_earlier_counts_from_the_time_spoken_of() -> None:
    assert told("In mei [zei] hij …", "Een jaar eerder [noemde] hij dat …") == [MAY, "2025-05-01..2025-05-31"]


def test_a_year_later_that_is_still_to_come_dates_nothing() -> None:
    assert told("In mei [zei] hij …", "Tien jaar later [noemde] hij dat …") == [MAY, None]
    assert told("In mei [zei] hij …", "99 decennia later [noemde] hij dat …", published=date(9998, 12, 1))[1] is None


def test_two_times_in_one_sentence_are_told_apart() -> None:
    frame = Frame("Vorig jaar zei hij   , maar nu zegt hij   ", 0)
    first, second = date_reports([frame], [Report(0, 11, "x"), Report(0, 31, "x")], TUESDAY)
    assert (written(first), second) == (LAST_YEAR, None)


def test_a_publication_date_that_no_paper_has_dates_nothing() -> None:
    assert when_said("zei hij vorig jaar als wethouder nog", date(1, 1, 1), cue=0) is None
    assert told("Vorig jaar [zei] hij …", published=date(1, 1, 1)) == [None]


def test_a_mask_keeps_offsets_and_hides_contents() -> None:
    text = "Hij zei „in mei komt het” en zweeg."
    masked = mask(text, 4, len(text), [(8, 25), (0, 2)])
    assert masked == "zei " + " " * 17 + " en zweeg."


@given(st.text(max_size=300), st.integers(min_value=-5, max_value=400), st.dates())
def test_any_text_and_day_give_an_interval_up_to_publication_or_nothing(text: str, cue: int, day: date) -> None:
    said = when_said(text, day, cue=min(max(cue, 0), len(text)))
    assert said is None or (said.end <= day and (said.start is None or said.start <= said.end))


WORDS = """
in op 3 31 30 februari mei december 2024 2031 1999 vorig vorige jaar week maand weekend twee half geleden eerder
later toen destijds als wethouder zei zegt hij maandag zomer voor na de het van begin eind aantreden bij haar
deze afgelopen kerst nog geen een paar jaren dagen terug sinds , . – volgende
"""


@given(
    st.lists(st.sampled_from(WORDS.split()), max_size=14),
    st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31)),
)
def test_any_order_of_the_words_of_time_gives_an_interval_up_to_publication(some: list[str], day: date) -> None:
    text = " ".join(some)
    for item in find_time_expressions(text, day):
        assert item.last <= day
        assert item.first is None or item.first <= item.last
        assert text[item.start : item.end].strip()
    said = when_said(text, day, cue=0, memberships=MEMBERSHIPS)
    assert said is None or said.end <= day


@given(
    st.lists(st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=8), min_size=1, max_size=5),
    st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31)),
)
def test_no_utterance_of_an_article_ends_before_it_began(sentences: list[list[str]], day: date) -> None:
    frames = [Frame(" ".join(words), number // 2) for number, words in enumerate(sentences)]
    reports = [Report(number, 0, "x") for number in range(len(frames))]
    for said in date_reports(frames, reports, day, memberships_of=lambda _: MEMBERSHIPS):
        assert said is None or (said.end <= day and (said.start is None or said.start <= said.end))


def test_later_on_a_day_is_on_that_day() -> None:
    frames = [Frame("Vandaag zei Krol dat      .", 0), Frame("Later zei hij dat      .", 0)]
    first, later = date_reports(frames, [Report(0, 8, "x"), Report(1, 6, "x")], TUESDAY)
    assert (written(first), written(later)) == ("2026-11-24..2026-11-24", "2026-11-24..2026-11-24")


def test_a_text_without_the_end_of_a_sentence_costs_time_in_proportion() -> None:
    once = elapsed(200)
    assert elapsed(800) < 12 * once + 0.5


def elapsed(times: int) -> float:
    unit = "„x”, zei hij, die in mei toen maandag nadat vorig jaar "
    text = unit * times
    frame = Frame(mask(text, 0, len(text), [(at, at + 3) for at in range(0, len(text), len(unit))]), 0)
    reports = [Report(0, 5 + at, "x") for at in range(0, len(text), len(unit))]
    start = time.perf_counter()
    date_reports([frame], reports, TUESDAY)
    return time.perf_counter() - start


def test_a_month_later_in_the_year_than_publication_is_last_years() -> None:
    said = when_said("zei hij in december", TUESDAY - timedelta(days=300), cue=0)
    assert written(said) == "2025-12-01..2025-12-31"
