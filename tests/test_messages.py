"""Messages: literal words in marks, paraphrases with their cue, everything escaped, nothing too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import LANGUAGES, Reader, alert, quotes_page, reversal_message, reversals_page
from bot.messages.callbacks import decode
from bot.messages.citing import citation_message
from bot.messages.markup import Html, html, link, packed, plain, shortened, visible_length
from bot.messages.quotes import PAGE_LENGTH
from bot.messages.reading import reading_page
from bot.messages.reversals import reversal_block
from bot.messages.searching import Search, searched
from bot.messages.wording import office, outlets, said, surname, words
from storage.records import AlertRecord, OutletRecord, Page, QuoteRecord, ReversalRecord
from tests.botapi.markup import parse_html, utf16_length

PAPER = OutletRecord(
    "De Bode", "Kabinet & Kamer: «niets»", "https://bode.example/?a=1&b=2", datetime(2024, 3, 1, 6, 20, tzinfo=UTC)
)
DUTCH = Reader()
ENGLISH = Reader("en")


def a_quote(
    content: str = "Er komt geen nieuwe belasting.",
    *,
    kind: str = "direct",
    cue: str | None = "zei",
    number: int = 1,
    person: str = "Mirthe van den Elzen",
    capacity: str | None = "Minister van Financiën",
    party: str | None = "WVP",
    said: tuple[date | None, date | None] = (None, None),
    said_on: date = date(2024, 3, 1),
    outlets: tuple[OutletRecord, ...] = (PAPER,),
    reversal_label: str | None = None,
    context: str = "",
) -> QuoteRecord:
    return QuoteRecord(
        id=number,
        person_id=person.casefold(),
        person_name=person,
        content=content,
        kind=kind,
        cue=cue,
        said_from=said[0],
        said_to=said[1],
        said_on=said_on,
        capacity=capacity,
        party=party,
        context=context or content,
        confidence=0.9,
        outlets=outlets,
        reversal_label=reversal_label,
    )


def an_alert(quotes: Sequence[QuoteRecord], reversals: Sequence[ReversalRecord] = ()) -> AlertRecord:
    return AlertRecord(PAPER, tuple(quotes), tuple(reversals))


def a_reversal(
    earlier: QuoteRecord, later: QuoteRecord, *, label: str = "reversal", state: str = "possible"
) -> ReversalRecord:
    evidence = (
        {"name": "antonym", "weight": 2.0, "earlier": [[0, 3]], "later": [[0, 2]], "reason": "dicht ↔ open"},
        {"name": "veto", "weight": -1.0, "earlier": [[0, 9]], "later": [[0, 9]], "reason": "ander onderwerp"},
    )
    return ReversalRecord(1, label, state, 0.9, evidence, ("andere functie",), earlier, later)


class TestWords:
    @pytest.mark.parametrize(
        ("content", "kind", "cue", "shown"),
        [
            ("Er komt niets.", "direct", "zei", "“Er komt niets.”"),
            ("Er komt niets.", "direct", None, "“Er komt niets.”"),
            ("Er komt niets.", "direct", "voegde toe", "“Er komt niets.” <i>(voegde toe)</i>"),
            ("een hobby", "partial", "noemde", "noemde “een hobby”"),
            ("een hobby", "partial", "zegt", "“een hobby”"),
            ("een andere vorm", "partial", "sluit niet uit", "sluit niet uit “een andere vorm”"),
            ("dat de btw omhooggaat", "indirect", "sluit uit", "– sluit uit dat de btw omhooggaat"),
            ("Daar komt niets van in", "indirect", "zegt", "– zegt: Daar komt niets van in"),
            ("kan het niet eerder", "indirect", "Volgens", "– volgens Van den Elzen kan het niet eerder"),
            ("Het kan niet eerder", "indirect", "volgens", "– volgens Van den Elzen: Het kan niet eerder"),
            ("Dat kan volgens haar niet", "indirect", "volgens", "– Dat kan volgens haar niet"),
            ("geen sprake van", "indirect", None, "– geen sprake van"),
        ],
    )
    def test_words_are_shown_with_their_cue(self, content: str, kind: str, cue: str | None, shown: str) -> None:
        assert words(a_quote(content, kind=kind, cue=cue)) == shown

    @pytest.mark.parametrize(
        ("paragraph", "shown"),
        [
            (
                "De sluis blijft dicht. Zandstra noemde het plan ‘een hobby’ & meer. Hij ging.",
                "– Zandstra noemde het plan “een hobby” &amp; meer.",
            ),
            ('Hij sprak.\nDat was "een hobby", zei hij.', "– Dat was “een hobby”, zei hij."),
            ("Het is (“een hobby”).", "– Het is (“een hobby”)."),
            ("“een hobby”", "noemde “een hobby”"),
            ("Iets heel anders.", "noemde “een hobby”"),
            ("Het was " + "heel " * 80 + "erg “een hobby”.", "noemde “een hobby”"),
        ],
    )
    def test_a_fragment_stands_in_the_reporters_sentence(self, paragraph: str, shown: str) -> None:
        assert words(a_quote("een hobby", kind="partial", cue="noemde", context=paragraph)) == shown

    @settings(deadline=None)
    @given(
        st.text(min_size=1, max_size=60),
        st.sampled_from(["direct", "partial", "indirect"]),
        st.text(max_size=12),
        st.text(max_size=30),
    )
    def test_no_text_breaks_the_markup(self, content: str, kind: str, cue: str, around: str) -> None:
        quote = a_quote(content, kind=kind, cue=cue, context=around + content + around)
        parse_html(words(quote, changed=[(2, 9), (5, 40)]))

    @settings(deadline=None)
    @given(st.text(min_size=1, max_size=300), st.integers(20, 200))
    def test_marks_stand_around_literal_words_alone(self, content: str, limit: int) -> None:
        plain = "".join(" " if character.isspace() else character for character in content)
        shown = words(a_quote(content, kind="direct", cue=None), limit=limit)
        inner = shown.removeprefix("“").removesuffix("”")
        assert inner == html(shortened(plain, limit))
        assert "“" not in words(a_quote("dat het kan", kind="indirect", cue="denkt"))

    def test_a_cut_comes_at_a_word(self) -> None:
        assert shortened("een twee drie vier", 12) == "een twee…"
        assert shortened("x" * 50, 10) == "x" * 9 + "…"
        assert shortened("kort", 10) == "kort"

    def test_what_changed_is_underlined_once_however_spans_overlap(self) -> None:
        quote = a_quote("gaat <niet> omhoog", cue=None)
        assert words(quote, changed=[(5, 11), (5, 8), (12, 90)]) == "“gaat <u>&lt;niet&gt;</u> <u>omhoog</u>”"


class TestDetails:
    @pytest.mark.parametrize(
        ("first", "last", "shown"),
        [
            (None, None, "1 maart 2024"),
            (date(2024, 2, 29), date(2024, 2, 29), "29 februari 2024"),
            (date(2023, 1, 1), date(2023, 12, 31), "2023"),
            (date(2023, 7, 1), date(2023, 7, 31), "juli 2023"),
            (date(2023, 7, 1), date(2023, 7, 7), "1–7 juli 2023"),
            (date(2023, 6, 28), date(2023, 7, 7), "28 juni – 7 juli 2023"),
            (date(2022, 12, 28), date(2023, 1, 7), "28 december 2022 – 7 januari 2023"),
            (None, date(2024, 2, 1), "uiterlijk 1 februari 2024"),
        ],
    )
    def test_a_day_is_said_as_well_as_it_is_known(self, first: date | None, last: date | None, shown: str) -> None:
        assert said(DUTCH, a_quote(said=(first, last))) == shown

    @pytest.mark.parametrize(
        ("capacity", "party", "shown"),
        [
            ("Minister van Financiën", "WVP", "minister van Financiën (WVP)"),
            ("Partijleider WVP", "WVP", "partijleider WVP"),
            ("Minister van Financiën", None, "minister van Financiën"),
            (None, "WVP", "WVP"),
            (None, None, ""),
        ],
    )
    def test_office_and_party_are_those_of_the_day(self, capacity: str | None, party: str | None, shown: str) -> None:
        assert office(a_quote(capacity=capacity, party=party)) == shown

    def test_outlets_are_links_and_say_their_day_where_it_is_another(self) -> None:
        late = OutletRecord("Radio <1>", "", None, datetime(2024, 3, 2, 23, 30, tzinfo=UTC))
        shown = outlets(DUTCH, a_quote(outlets=(PAPER, late, PAPER, PAPER, PAPER)))
        bode = '<a href="https://bode.example/?a=1&amp;b=2">De Bode</a>'
        # Half past eleven at night in London is the next day in Amsterdam.
        assert shown == f"{bode}, ook bij Radio &lt;1&gt;"
        assert outlets(DUTCH, a_quote(outlets=(late,))) == "Radio &lt;1&gt;, 3 maart 2024"

    def test_outlets_beside_the_first_are_named_once_each(self) -> None:
        def at(name: str) -> OutletRecord:
            return replace(PAPER, source_name=name, url=None)

        assert outlets(DUTCH, a_quote(outlets=(at("NU.nl"), at("NOS"), at("NU.nl"), at("AD")))) == (
            "NU.nl, ook bij NOS en AD"
        )
        assert outlets(ENGLISH, a_quote(outlets=(at("NU.nl"), at("NOS")))) == "NU.nl, also at NOS"

    def test_only_web_addresses_are_linked(self) -> None:
        assert link("x", "javascript:alert(1)") == "x"
        assert link("x", 'https://a.example/"><b>') == '<a href="https://a.example/&quot;&gt;&lt;b&gt;">x</a>'

    def test_a_surname_keeps_its_particle(self) -> None:
        assert [surname(name) for name in ("Mirthe van den Elzen", "Zandstra")] == ["Van den Elzen", "Zandstra"]


class TestPages:
    def test_a_page_of_everyone_names_each_speaker(self) -> None:
        page = Page((a_quote(), a_quote(number=2, person="Wouter Zandstra", reversal_label="shift")), 9, 5)
        shown = quotes_page(DUTCH, page, person=None, search=Search('"geen nieuwe"'), archive_since=date(2025, 3, 3))
        text, _ = parse_html(shown.text)
        assert text.startswith("Iedereen · “geen nieuwe” · 6–7 van 9 uitspraken\n\n1. Mirthe van den Elzen · 1 maart")
        assert "#2 · ↺ verschuiving" in text
        assert [[button.label for button in row] for row in shown.buttons] == [
            ["Citeer 1", "2"],
            ["‹ nieuwer", "ouder ›"],
            ["Oudste eerst"],
        ]

    def test_words_too_long_for_a_button_are_read_from_the_page(self) -> None:
        page = Page((a_quote(), a_quote(number=2)), 9, 0)
        search = Search("x" * 80, days=(date(2024, 3, 1), None), capacity="minister", oldest_first=True)
        shown = quotes_page(DUTCH, page, person=None, search=search)
        callback = decode(shown.buttons[1][0].data or "")
        assert callback is not None
        assert callback.offset == PAGE_LENGTH
        assert searched(callback, plain(Html(shown.text))) == search
        assert searched(callback, "") is None

    def test_a_page_of_pairs_that_are_long_still_fits(self) -> None:
        pair = a_reversal(a_quote("toen " * 900), a_quote("nu " * 900))
        shown = reversals_page(DUTCH, Page((pair, pair, pair), 3, 0), person=None)
        assert utf16_length(parse_html(shown.text)[0]) <= 4096

    @settings(deadline=None)
    @given(st.lists(st.text(min_size=1, max_size=1500), min_size=1, max_size=PAGE_LENGTH), st.sampled_from(LANGUAGES))
    def test_every_page_is_one_message_that_telegram_takes(self, contents: list[str], language: str) -> None:
        rows = tuple(
            a_quote(content, number=10**9 + place, kind="partial", context=f"{'x' * 290} {content}")
            for place, content in enumerate(contents)
        )
        page = Page(rows, 99, 0)
        shown = quotes_page(Reader(language), page, person=None, search=Search("x"), archive_since=date(2024, 1, 1))
        text, entities = parse_html(shown.text)
        assert utf16_length(text) <= 4096
        assert len(entities) <= 100


class TestCitations:
    def test_one_too_long_for_the_clipboard_is_copied_by_a_tap_on_it(self) -> None:
        message = citation_message(DUTCH, a_quote("Er komt & blijft niets. " * 300, outlets=(PAPER,)))

        assert message.buttons == ()
        text, entities = parse_html(message.text)
        assert utf16_length(text) <= 4096
        assert [(entity.kind, entity.length) for entity in entities] == [("code", utf16_length(text))]

    @pytest.mark.parametrize("emoji", ["", "😀"])
    def test_what_the_button_copies_is_never_longer_than_telegram_takes(self, emoji: str) -> None:
        copied = [
            button.copy
            for length in range(60, 160)
            for row in citation_message(DUTCH, a_quote(emoji + "a" * length)).buttons
            for button in row
        ]
        assert copied
        assert max(utf16_length(text or "") for text in copied) == 256

    def test_of_a_debate_it_says_so_and_whether_it_may_still_be_corrected(self) -> None:
        debate = replace(PAPER, source_name="Tweede Kamer", title="Dijken", is_debate=True, is_uncorrected=True)
        cited = citation_message(DUTCH, a_quote(outlets=(debate,))).text
        assert "Tweede Kamer, debat “Dijken” (ongecorrigeerd), 1 maart 2024, https://" in cited

    def test_a_withdrawn_statement_is_not_cited(self) -> None:
        message = citation_message(DUTCH, a_quote(outlets=()))
        assert message.text.startswith("Uitspraak #1 is ingetrokken")
        assert message.buttons == ()

    def test_a_statement_alone_in_an_alert_has_a_button(self) -> None:
        one = alert(DUTCH, an_alert([a_quote()]))
        two = alert(DUTCH, an_alert([a_quote(), a_quote("Iets anders.", number=2)]))
        assert [button.data for row in one.buttons for button in row] == ["v:::1", "t:::1", "h:::"]
        assert [button.data for row in two.buttons for button in row] == ["P:::", "h:::"]


class TestReversals:
    def test_both_sides_are_shown_with_what_changed(self) -> None:
        shown = reversal_message(DUTCH, a_reversal(a_quote("dicht blijft hij"), a_quote("open gaat hij")))
        assert "<blockquote>“<u>op</u>en gaat hij”</blockquote>" in shown.text
        assert "<blockquote>“<u>dic</u>ht blijft hij”</blockquote>" in shown.text
        assert "Waarom: dicht ↔ open.\nTwijfel: andere functie." in shown.text
        assert "ander onderwerp" not in shown.text

    @pytest.mark.parametrize(
        ("label", "state", "title"),
        [
            ("reversal", "possible", "<b>Mogelijke ommekeer</b> · niet nagekeken"),
            ("shift", "possible", "<b>Verschuiving</b> · niet nagekeken"),
            ("reversal", "confirmed", "<b>Ommekeer (bevestigd)</b>\n"),
            ("reversal", "rejected", "<b>Geen ommekeer</b> · gecorrigeerd\n"),
        ],
    )
    def test_it_says_what_it_is_taken_for(self, label: str, state: str, title: str) -> None:
        pair = a_reversal(a_quote(), a_quote(), label=label, state=state)
        assert reversal_message(DUTCH, pair).text.startswith(title)

    @pytest.mark.parametrize("state", ["possible", "confirmed", "rejected"])
    def test_the_newspapers_own_pair_names_it_until_it_is_rejected(self, state: str) -> None:
        pair = replace(a_reversal(a_quote(), a_quote(), state=state), is_from_source=True, other_days=1)
        text = reversal_message(DUTCH, pair).text
        assert ("volgens De Bode" in text.splitlines()[0]) == (state != "rejected")
        assert "Waarom: dicht ↔ open. Ook op 1 andere dag." in text

    def test_a_pair_reads_as_a_newspaper_would_write_it(self) -> None:
        debate = replace(PAPER, source_name="Tweede Kamer", is_debate=True, is_uncorrected=True)
        later = a_quote("De zwaveltaks gaat in 2028 omhoog", outlets=(debate,))
        earlier = a_quote(
            "De zwaveltaks gaat niet omhoog", capacity="Kamerlid", said_on=date(2023, 3, 3), outlets=(PAPER,)
        )
        evidence = (
            {"name": "direction", "weight": 2.0, "earlier": [[19, 30]], "later": [[27, 33]], "reason": "niet op ↔ op"},
        )
        pair = replace(a_reversal(earlier, later), evidence=evidence, other_days=2)
        shown = parse_html(reversal_block(DUTCH, pair, is_fresh=True))[0]
        assert shown == (
            "Mogelijke ommekeer · niet nagekeken\n"
            "Mirthe van den Elzen (WVP), minister van Financiën · zwaveltaks\n"
            "Nu 1 mrt 07:20, debat (ongecorrigeerd)\n"
            "“De zwaveltaks gaat in 2028 omhoog”\n"
            "Toen 3 mrt 2023, De Bode, 1 maart 2024, als kamerlid (WVP)\n"
            "“De zwaveltaks gaat niet omhoog”\n"
            "Waarom: niet op ↔ op. Ook op 2 andere dagen.\n"
            "Twijfel: andere functie."
        )
        assert '<tg-time unix="1709274000">1 mrt 07:20</tg-time>' in reversal_block(DUTCH, pair, is_fresh=True)
        assert "1 mrt 2024, debat" in parse_html(reversal_block(DUTCH, pair))[0]


class TestAlerts:
    def test_a_story_is_one_message_by_speaker(self) -> None:
        rows = [
            a_quote(number=1),
            a_quote("We hebben geen keus.", number=2, person="Wouter Zandstra", capacity="Minister-president"),
            a_quote(
                "dat het lukt",
                number=3,
                kind="indirect",
                cue="denkt",
                capacity="Kamerlid",
                said=(None, date(2024, 2, 1)),
                said_on=date(2024, 2, 1),
            ),
            a_quote("Het moet anders.", number=4, person="Ada Kortman", capacity="Fractievoorzitter", party="PvdB"),
        ]
        assert parse_html(alert(DUTCH, an_alert(rows)).text)[0] == (
            "Kabinet & Kamer: «niets» · 4 uitspraken, 3 sprekers\n"
            "Van den Elzen “Er komt geen nieuwe belasting.”\n"
            "– denkt dat het lukt · uiterlijk 1 februari 2024 · kamerlid (WVP)\n"
            "Zandstra “We hebben geen keus.”\n"
            "Kortman, fractievoorzitter (PvdB) “Het moet anders.”\n"
            "– = parafrase · De Bode, 1 maart 2024"
        )
        assert "4 uitspraken, 3 sprekers" not in alert(DUTCH, an_alert(rows[:2])).text
        assert "2 uitspraken, 2 bewindslieden" in alert(DUTCH, an_alert(rows[:2])).text

    def test_namesakes_are_named_in_full(self) -> None:
        rows = [a_quote(person=name, number=place) for place, name in enumerate(("Joost Hulshof", "Karin Hulshof"))]
        assert "<b>Joost Hulshof</b> “Er komt" in alert(DUTCH, an_alert(rows)).text

    def test_other_outlets_are_named_once(self) -> None:
        later = PAPER.published_at + timedelta(hours=2)
        others = (replace(PAPER, source_name="De Tijding", published_at=later), replace(PAPER, source_name="Radio 9"))
        rows = [a_quote(number=1, outlets=(PAPER, *others)), a_quote("Meer.", number=2, outlets=(PAPER, others[0]))]
        text = parse_html(alert(DUTCH, an_alert(rows)).text)[0]
        assert text.endswith("De Bode, 1 maart 2024 · ook bij Radio 9, De Tijding")

    def test_fragments_of_one_sentence_share_it(self) -> None:
        sentence = "Zij sprak van “een hobby” en van “een feest”."
        rows = [
            a_quote(content, number=number, kind="partial", cue="sprak van", context=sentence)
            for number, content in enumerate(("een hobby", "een feest"), 1)
        ]
        assert alert(DUTCH, an_alert(rows)).text.count("– Zij sprak van “een hobby” en van “een feest”.") == 1

    def test_what_no_article_carries_any_more_is_struck_through(self) -> None:
        text = alert(DUTCH, an_alert([a_quote(outlets=()), a_quote("Meer.", number=2)])).text
        assert "<s>“Er komt geen nieuwe belasting.”</s> (ingetrokken)" in text

    def test_a_pair_comes_with_its_story_and_its_four_buttons(self) -> None:
        later = a_quote("open gaat hij", number=2, reversal_label="reversal")
        message = alert(DUTCH, an_alert([later], [a_reversal(a_quote("dicht blijft hij"), later)]))
        assert "Mogelijke ommekeer" in message.text
        assert parse_html(message.text)[0].count("open gaat hij") == 1
        assert not message.is_silent
        labels = [button.label for row in message.buttons for button in row]
        assert labels == ["Klopt", "Geen ommekeer", "Context", "Citeer", "Stil"]

    def test_a_group_is_led_to_the_readers_own_chat(self) -> None:
        message = alert(Reader(is_group=True), an_alert([a_quote(), a_quote("Meer.", number=2)]))
        labels = [[button.label for button in row] for row in message.buttons]
        assert labels == [["Citeer", "Volg privé", "Stil"]]

    def test_of_a_debate_three_sentences_are_told_and_promises_first(self) -> None:
        debate = replace(PAPER, source_name="Tweede Kamer", title="Debat", is_debate=True, is_uncorrected=True)
        rows = [a_quote(f"Zin {number}.", number=number, outlets=(debate,)) for number in range(1, 8)]
        rows[5] = replace(rows[5], pledge="promise", pledged_for=date(2024, 5, 1))
        told = AlertRecord(debate, tuple(rows), ())
        message = alert(DUTCH, told)
        assert parse_html(message.text)[0] == (
            "Debat · 7 uitspraken, 1 toezegging\n"
            "Van den Elzen, minister van Financiën (WVP) “Zin 6.” · toezegging, uiterlijk 1 mei 2024\n"
            "“Zin 1.”\n"
            "“Zin 2.”\n"
            "Tweede Kamer, 1 maart 2024 (ongecorrigeerd)"
        )
        assert message.buttons[0][0].label == "Nog 4 uitspraken"
        page = reading_page(DUTCH, told, 1)
        assert all(f"“Zin {number}.” #{number}" in page.text for number in range(1, 8))
        assert [button.label for button in page.buttons[0]] == ["‹ terug"]
        assert reading_page(DUTCH, told, 0) == message

    @pytest.mark.parametrize("content", ["Er is geen crisis.", "woord " * 600])
    def test_what_was_withdrawn_is_struck_through_on_the_pages_behind_the_button_too(self, content: str) -> None:
        told = an_alert([a_quote(content, number=7, outlets=())])
        page = reading_page(DUTCH, told, 1).text
        assert "<s>" in page
        assert "(ingetrokken)" in page

    def test_a_long_statement_is_cut_at_a_word_and_stands_behind_a_button(self) -> None:
        told = an_alert([a_quote("woord " * 1500)])
        message = alert(DUTCH, told)
        assert "<blockquote expandable>“woord" in message.text
        assert "woord…”</blockquote>" in message.text
        assert message.buttons[0][0].label == "Hele tekst"
        pages = [reading_page(DUTCH, told, page).text for page in range(1, 10)]
        shown = dict.fromkeys(page for page in pages if page != message.text)
        assert sum(page.count("woord") for page in shown) == 1500

    def test_a_pair_that_is_long_gives_way_to_its_statements(self) -> None:
        rows = [a_quote("x" * 80, number=number) for number in range(2, 27)]
        later = a_quote("nu " * 300, number=1)
        message = alert(DUTCH, an_alert([later, *rows], [a_reversal(a_quote("toen " * 200), later)]))
        assert message.pair == 1
        assert utf16_length(parse_html(message.text)[0]) <= 4096

    @settings(deadline=None)
    @given(
        st.lists(st.tuples(st.text(min_size=1, max_size=2000), st.sampled_from("ABC")), min_size=1, max_size=60),
        st.booleans(),
        st.booleans(),
        st.sampled_from(LANGUAGES),
    )
    def test_whatever_a_story_holds_telegram_takes_it_and_nothing_is_lost(
        self, contents: list[tuple[str, str]], is_debate: bool, has_pair: bool, language: str
    ) -> None:
        rows = [
            a_quote(content, number=1000 + place, person=f"{letter} Zandstra", cue="benadrukte")
            for place, (content, letter) in enumerate(contents)
        ]
        pairs = [a_reversal(rows[0], rows[-1])] if has_pair else []
        told = AlertRecord(replace(PAPER, is_debate=is_debate), tuple(rows), tuple(pairs))
        reader = Reader(language)
        messages = [alert(reader, told)]
        while (page := reading_page(reader, told, len(messages))) != messages[0]:
            messages.append(page)
        for message in messages:
            text, entities = parse_html(message.text)
            assert utf16_length(text) <= 4096
            assert len(entities) <= 100
        whole = "\n".join(parse_html(message.text)[0] for message in messages[1:])
        assert all(f"#{row.id}" in whole for row in rows)


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=1000), max_size=30))
def test_packing_keeps_all_blocks_in_their_order(blocks: list[str]) -> None:
    texts = packed([html(block) for block in blocks], separator="\x00")
    assert "\x00".join(texts).count("\x00") == max(len(blocks) - 1, 0) + sum(block.count("\x00") for block in blocks)
    assert all(visible_length(text) <= 4096 for text in texts)
