"""The seeds: what a new installation starts with holds together, and no minister gets a word that is not on record."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

import seeds

SHARED = Path(__file__).parent.parent.parent / "shared"
MODEL_ARTICLE = "modelartikel (ANP/krant onbekend), 6 juli 2023"
VALID_SOURCE: dict[str, Any] = {
    "id": "nieuwsblad",
    "name": "Nieuwsblad",
    "kind": "feed",
    "url": "https://nieuwsblad.example/rss",
    "home": "https://nieuwsblad.example/",
    "timezone": "Europe/Amsterdam",
    "language": "nl",
    "terms": "unknown: ask",
    "enabled": False,
}
MARKED = re.compile(r"[“„](?P<double>[^”]*)”|‘(?P<single>[^’]*)’")


@pytest.fixture(scope="module")
def roster() -> dict[str, Any]:
    return seeds.roster()


@pytest.fixture(scope="module")
def articles() -> list[dict[str, Any]]:
    return seeds.articles()


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files("seeds").joinpath("record.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def statements(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        statement["id"]: {**statement, "occasion": occasion}
        for occasion in record["occasions"]
        for statement in occasion["statements"]
    }


def words(text: str) -> str:
    """Casefold and keep letters and digits alone: marks, points and spaces are the journalist's."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def marked_passages(text: str) -> list[str]:
    return [match["double"] or match["single"] for match in MARKED.finditer(text)]


def held_office(roster: dict[str, Any], person: str, day: str) -> bool:
    """Whether the person had a membership on the day; an end date is the day on which the successor starts."""
    return any(
        membership["person_id"] == person
        and (membership["start_date"] is None or membership["start_date"] <= day)
        and (membership["end_date"] is None or day < membership["end_date"])
        for membership in roster["memberships"]
    )


class TestRoster:
    def test_it_has_the_cabinets_and_party_leaders_since_2012(self, roster: dict[str, Any]) -> None:
        assert {key: len(roster[key]) for key in ("persons", "organizations", "posts", "memberships")} == {
            "persons": 166,
            "organizations": 48,
            "posts": 76,
            "memberships": 304,
        }

    @pytest.mark.parametrize("kind", ["persons", "organizations", "posts", "memberships"])
    def test_no_id_occurs_twice(self, roster: dict[str, Any], kind: str) -> None:
        assert [id for id, count in Counter(row["id"] for row in roster[kind]).items() if count > 1] == []

    def test_every_membership_refers_to_a_person_and_organizations_that_exist(self, roster: dict[str, Any]) -> None:
        persons = {person["id"] for person in roster["persons"]}
        organizations = {organization["id"] for organization in roster["organizations"]}
        for membership in roster["memberships"]:
            assert membership["person_id"] in persons, membership["id"]
            assert membership["organization_id"] in organizations, membership["id"]
            assert membership.get("on_behalf_of_id") in organizations | {None}, membership["id"]

    def test_every_fact_keeps_its_source(self, roster: dict[str, Any]) -> None:
        assert [row["id"] for kind in ("persons", "memberships") for row in roster[kind] if not row["sources"]] == []

    def test_every_call_gives_a_roster_of_its_own(self) -> None:
        seeds.roster()["persons"].clear()
        assert seeds.roster()["persons"]


class TestSources:
    def test_the_list_is_valid_and_no_id_occurs_twice(self) -> None:
        ids = [source["id"] for source in seeds.sources()]
        assert len(ids) == len(set(ids)) >= 3

    def test_the_outlets_of_the_hague_are_in_it_with_parliament_and_the_press_conferences(self) -> None:
        names = {
            source["name"].removeprefix("Het ").removeprefix("de ").removeprefix("De ") for source in seeds.sources()
        }
        outlets = ["NOS", "NU.nl", "AD", "NRC", "Volkskrant", "Trouw", "Telegraaf", "Rijksoverheid"]
        assert {*outlets, "RTL Nieuws", "Financieele Dagblad", "Nederlands Dagblad", "Reformatorisch Dagblad"} <= names
        assert {source["kind"] for source in seeds.sources()} == {"feed", "parliament", "transcripts"}

    def test_each_source_is_in_dutch_on_amsterdam_time(self) -> None:
        assert {(source["language"], source["timezone"]) for source in seeds.sources()} == {("nl", "Europe/Amsterdam")}

    def test_only_an_open_licence_is_on_by_default(self) -> None:
        assert {source["terms"] for source in seeds.sources() if source["enabled"]} == {"CC0"}

    @pytest.mark.parametrize(
        ("field", "value", "complaint"),
        [
            ("id", "", "empty"),
            ("kind", "telex", "unknown kind"),
            ("url", "http://nieuwsblad.example/rss", "not an https address"),
            ("home", "nieuwsblad", "not an https address"),
            ("timezone", "Europe/Lutjebroek", "unknown time zone"),
            ("timezone", "../etc", "unknown time zone"),
            ("enabled", True, "may not be on"),
        ],
    )
    def test_a_wrong_field_is_refused_with_the_reason(self, field: str, value: object, complaint: str) -> None:
        with pytest.raises(ValueError, match=complaint):
            seeds.SourceSeed(**{**VALID_SOURCE, field: value})

    def test_personal_use_is_not_enough_to_be_on(self) -> None:
        with pytest.raises(ValueError, match="may not be on"):
            seeds.SourceSeed(**{**VALID_SOURCE, "terms": "personal use", "enabled": True})

    def test_the_government_feed_asks_for_news_documents(self) -> None:
        (government,) = [source for source in seeds.sources() if source["id"] == "rijksoverheid-nieuws"]
        query = json.loads(parse_qs(urlsplit(government["url"]).query)["query"][0])
        assert query["filters"] == [{"field": "content_type", "values": ["pro:newsDocument"], "type": "all"}]


class TestArticles:
    def test_there_are_enough_of_them_oldest_first(self, articles: list[dict[str, Any]]) -> None:
        dates = [datetime.fromisoformat(article["published_at"]) for article in articles]
        assert len(articles) >= 16
        assert dates == sorted(dates)

    def test_every_article_has_an_id_an_address_and_a_title_of_its_own(self, articles: list[dict[str, Any]]) -> None:
        for field in ("id", "url", "title", "text"):
            assert len({article[field] for article in articles}) == len(articles), field

    def test_nobody_can_take_them_for_press(self, articles: list[dict[str, Any]]) -> None:
        for article in articles:
            assert article["url"] == f"https://citaatwacht.example/artikelen/{article['id']}"
            assert article["source"] == "Citaatwacht demonstratie"

    def test_every_date_is_an_amsterdam_one_and_begins_the_id(self, articles: list[dict[str, Any]]) -> None:
        for article in articles:
            published = datetime.fromisoformat(article["published_at"])
            assert published.utcoffset() == published.astimezone(ZoneInfo("Europe/Amsterdam")).utcoffset(), article[
                "id"
            ]
            assert article["id"].startswith(published.date().isoformat())

    def test_every_text_reads_like_a_short_news_item(self, articles: list[dict[str, Any]]) -> None:
        for article in articles:
            assert 80 <= len(article["text"].split()) <= 220, article["id"]
            paragraphs = article["text"].split("\n\n")
            assert all(paragraph == " ".join(paragraph.split()) for paragraph in paragraphs), article["id"]
            assert len(paragraphs) >= 3, article["id"]

    def test_every_mark_that_opens_closes_in_its_paragraph(self, articles: list[dict[str, Any]]) -> None:
        for article in articles:
            for paragraph in [article["title"], *article["text"].split("\n\n")]:
                opened = paragraph.count("“") + paragraph.count("„")
                assert opened == paragraph.count("”"), (article["id"], paragraph)
                assert paragraph.count("‘") <= paragraph.count("’"), (article["id"], paragraph)
                assert '"' not in paragraph, (article["id"], paragraph)


class TestRecord:
    def test_every_marked_word_is_on_record(
        self, articles: list[dict[str, Any]], statements: dict[str, dict[str, Any]]
    ) -> None:
        for article in articles:
            known = [words(statements[id]["text"]) for id in article["statements_on_record"]]
            passages = marked_passages(article["title"]) + marked_passages(article["text"])
            for passage in passages:
                assert any(words(passage) in text for text in known), (article["id"], passage)

    def test_literal_words_stand_whole_between_one_pair_of_marks(
        self, articles: list[dict[str, Any]], statements: dict[str, dict[str, Any]]
    ) -> None:
        for article in articles:
            passages = {words(passage) for passage in marked_passages(article["text"])}
            for id in article["statements_on_record"]:
                if statements[id]["kind"] != "indirect":
                    assert words(statements[id]["text"]) in passages, (article["id"], id)

    def test_reported_words_stay_close_to_the_record_and_outside_marks(
        self, articles: list[dict[str, Any]], statements: dict[str, dict[str, Any]]
    ) -> None:
        for article in articles:
            unmarked = set(words(MARKED.sub(" ", article["text"])).split())
            for id in article["statements_on_record"]:
                if statements[id]["kind"] == "indirect":
                    wanted = set(words(statements[id]["text"]).split())
                    assert len(wanted - unmarked) <= len(wanted) // 4, (article["id"], id, wanted - unmarked)

    def test_every_speaker_is_named_in_the_article_and_held_office_when_speaking(
        self, articles: list[dict[str, Any]], statements: dict[str, dict[str, Any]], roster: dict[str, Any]
    ) -> None:
        persons = {person["id"]: person for person in roster["persons"]}
        for article in articles:
            for id in article["statements_on_record"]:
                speaker, day = statements[id]["speaker"], statements[id]["occasion"]["date"]
                names = [name["name"] for name in persons[speaker]["other_names"]]
                assert any(words(name) in words(article["text"]) for name in names), (article["id"], id)
                assert held_office(roster, speaker, day), (article["id"], id)

    def test_nothing_is_printed_before_it_was_said(
        self, articles: list[dict[str, Any]], statements: dict[str, dict[str, Any]]
    ) -> None:
        for article in articles:
            published = datetime.fromisoformat(article["published_at"]).date()
            for id in article["statements_on_record"]:
                assert date.fromisoformat(statements[id]["occasion"]["date"]) <= published, (article["id"], id)

    def test_every_article_names_the_source_of_every_statement(
        self, articles: list[dict[str, Any]], statements: dict[str, dict[str, Any]]
    ) -> None:
        for article in articles:
            assert article["statements_on_record"], article["id"]
            needed = set()
            for id in article["statements_on_record"]:
                occasion = statements[id]["occasion"]
                day = occasion["date"] if occasion["date_precision"] == "day" else occasion["date"][:7]
                needed.add((statements[id]["source"], statements[id]["url"], day))
            assert {(source["name"], source["url"], source["date"]) for source in article["sources"]} == needed

    def test_only_the_model_article_has_no_address(self, articles: list[dict[str, Any]]) -> None:
        for source in (source for article in articles for source in article["sources"]):
            assert source["url"] or source["name"] == MODEL_ARTICLE, source

    def test_both_halves_of_every_pair_are_told_the_earlier_one_first(
        self, articles: list[dict[str, Any]], record: dict[str, Any]
    ) -> None:
        first: dict[str, str] = {}
        for article in articles:
            for id in article["statements_on_record"]:
                first.setdefault(id, article["published_at"])
        for pair in record["pairs"]:
            assert datetime.fromisoformat(first[pair["earlier"]]) < datetime.fromisoformat(first[pair["later"]]), pair

    @pytest.mark.skipif(not SHARED.is_dir(), reason="the checked record is not beside this checkout")
    def test_the_record_is_the_checked_one(self, record: dict[str, Any]) -> None:
        checked = json.loads((SHARED / "data" / "record.json").read_text(encoding="utf-8"))
        ours = {occasion["id"]: occasion for occasion in record["occasions"]}
        assert all(ours.pop(occasion["id"]) == occasion for occasion in checked["occasions"])
        assert list(ours) == ["migratie-2023-07-05"]
        assert record["pairs"] == checked["pairs"]

    @pytest.mark.skipif(not SHARED.is_dir(), reason="the model article is not beside this checkout")
    def test_the_model_article_says_what_we_retell_and_none_of_its_sentences_is_copied(
        self, articles: list[dict[str, Any]], statements: dict[str, dict[str, Any]]
    ) -> None:
        model = next((SHARED / "seeds").glob("*.txt")).read_text(encoding="utf-8")
        retold = [statement for statement in statements.values() if statement["source"] == MODEL_ARTICLE]
        assert retold
        assert all(words(statement["text"]) in words(model) for statement in retold if statement["kind"] != "indirect")

        theirs = words(MARKED.sub("|", model)).split()
        runs = {tuple(theirs[start : start + 8]) for start in range(len(theirs) - 7)}
        for article in articles:
            ours = words(MARKED.sub("|", article["text"])).split()
            copied = [
                ours[start : start + 8] for start in range(len(ours) - 7) if tuple(ours[start : start + 8]) in runs
            ]
            assert copied == [], article["id"]
