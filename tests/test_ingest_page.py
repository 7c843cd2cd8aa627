"""Pages give the article in them, and what it says of itself."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ingest.errors import PageError
from bot.ingest.identity import canonical_url, cleaned_url, content_hash, identity_of
from bot.ingest.linked_data import LinkedData, read_linked_data
from bot.ingest.page import read_page
from bot.ingest.values import PageText
from tests.feedserver import article

URL = "https://waterlander.example/l/1"
FIRST = "Het kabinet-Zandstra praat donderdag verder over de begroting, zei de premier na afloop van het beraad."
SECOND = "“Er is geen crisis, we zijn in gesprek”, zei Zandstra. Volgens hem is er nog tijd genoeg om eruit te komen."
THIRD = "Minister Van den Elzen (Financiën) wilde niets zeggen over de stand van de gesprekken van woensdag."


def read(html: str | bytes, url: str = URL) -> PageText:
    return read_page(html.encode() if isinstance(html, str) else html, url, "Europe/Amsterdam")


def linked(**article: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **article})}</script>'


def test_paragraphs_are_split_by_an_empty_line_and_nothing_else_is_text() -> None:
    page = read(article("Zandstra: geen crisis", FIRST, SECOND, THIRD))

    assert page.text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
    assert page.title == "Zandstra: geen crisis"


def test_headings_captions_and_pointers_are_no_sentences_of_the_article() -> None:
    html = article("Kop", FIRST, "@", SECOND, THIRD).replace(
        "<p>@</p>",
        "<h2>“Wij zijn eruit”</h2><figure><img src='a.jpg' alt=''><figcaption>Zandstra op het plein</figcaption>"
        "</figure><p>Lees ook: <a href='/x'>“Nooit meer”, zegt Van den Elzen</a></p>",
    )

    assert read(html).text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_a_quote_in_a_block_and_items_of_a_list_are_paragraphs() -> None:
    html = article("Kop", FIRST, "@", THIRD).replace(
        "<p>@</p>", f"<blockquote><p>{SECOND}</p></blockquote><ul><li>Eerst de begroting.</li><li>Dan asiel.</li></ul>"
    )

    assert read(html).text == f"{FIRST}\n\n{SECOND}\n\nEerst de begroting.\n\nDan asiel.\n\n{THIRD}"


def test_linked_data_comes_before_meta_and_meta_before_the_page() -> None:
    meta = '<meta property="article:published_time" content="2024-02-01T10:00:00+01:00">'
    data = linked(headline="Kop &quot;volgens&quot; de krant", datePublished="2024-02-01T08:30:00")

    both = read(article("Kop", FIRST, SECOND, head=meta + data))
    only_meta = read(article("Kop", FIRST, SECOND, head=meta))

    assert both.title == 'Kop "volgens" de krant'
    assert both.published_at == datetime(2024, 2, 1, 7, 30, tzinfo=UTC)
    assert only_meta.published_at == datetime(2024, 2, 1, 9, tzinfo=UTC)


def test_an_absurd_date_gives_way_to_the_next_one() -> None:
    meta = '<meta property="article:published_time" content="2024-02-01T10:00:00+01:00">'

    page = read(article("Kop", FIRST, SECOND, head=linked(datePublished="1970-01-01T00:00:00Z") + meta))

    assert page.published_at == datetime(2024, 2, 1, 9, tzinfo=UTC)


def test_a_page_without_a_date_has_none() -> None:
    assert read(article("Kop", FIRST, SECOND)).published_at is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="canonical" href="/politiek/geen-crisis">', "https://waterlander.example/politiek/geen-crisis"),
        (linked(url="https://www.waterlander.example/a?utm_source=x#y"), "https://www.waterlander.example/a"),
        (
            linked(mainEntityOfPage={"@id": "https://waterlander.example/b"}),
            "https://waterlander.example/b",
        ),
        ('<meta property="og:url" content="https://waterlander.example/c">', "https://waterlander.example/c"),
        ('<link rel="canonical" href="https://elders.example/gestolen">', None),
        ('<link rel="canonical" href="https://waterlander.example/">', None),
        ('<link rel="canonical" href="http://[">', None),
        ('<link rel="canonical" href="">', None),
        ("", None),
    ],
)
def test_a_canonical_address_is_believed_on_its_own_site_alone(head: str, expected: str | None) -> None:
    assert read(article("Kop", FIRST, SECOND, head=head)).canonical_url == expected


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_the_letters_are_right_whatever_the_head_says(encoding: str) -> None:
    page = read(article("Één kop", FIRST, SECOND).replace('"utf-8"', '"iso-8859-1"').encode(encoding))

    assert "“Er is geen crisis, we zijn in gesprek”" in page.text


@pytest.mark.parametrize(
    "html", ["", "  ", "<html></html>", "\x00\x01", "<p>Kort.</p>", article("Kop"), "<?xml version='1.0'?>"]
)
def test_a_page_without_an_article_says_so(html: str) -> None:
    with pytest.raises(PageError, match="page"):
        read(html)


def test_what_is_read_travels_between_processes_and_so_does_what_went_wrong() -> None:
    page = read(article("Kop", FIRST, SECOND))
    error = PageError("the page holds no article text")

    assert pickle.loads(pickle.dumps(page)) == page
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    "script",
    ["", "{", "[]", "null", '"NewsArticle"', '{"@type": 3}', '{"@type": "WebSite"}', "[" * 100_000, '{"@graph": {}}'],
)
def test_linked_data_that_says_nothing_gives_nothing(script: str) -> None:
    assert read_linked_data([script]) == LinkedData()


def test_the_article_is_found_among_other_things() -> None:
    graph = {"@graph": [{"@type": "WebSite", "name": "W"}, [{"@type": ["Thing", "Article"], "headline": " Kop "}]]}

    assert read_linked_data(["{", json.dumps(graph)]) == LinkedData(title="Kop")


NEWS = '{"@type": "NewsArticle", "headline": "Kop", "isAccessibleForFree": 0}'


@pytest.mark.parametrize(
    "script",
    [
        NEWS,
        f"<!-- {NEWS} -->",
        f"\n//<![CDATA[\n{NEWS}\n//]]>\n",
        f"/*<![CDATA[*/ [{NEWS}] /*]]>*/",
        f" {NEWS};\n",
        NEWS.replace("NewsArticle", "http://schema.org/NewsArticle"),
        NEWS.replace("NewsArticle", "https://schema.org/NewsArticle"),
        NEWS.replace("NewsArticle", "schema:NewsArticle"),
    ],
)
def test_linked_data_is_read_however_it_is_wrapped_and_its_type_is_named(script: str) -> None:
    assert read_linked_data([script]) == LinkedData(title="Kop", is_paywalled=True)


@pytest.mark.parametrize(
    "kind",
    ["application/ld+json; charset=utf-8", "Application/LD+JSON", " application/ld+json ", "application/ld+json"],
)
def test_a_script_of_linked_data_is_known_however_its_type_is_written(kind: str) -> None:
    head = f'<script type="{kind}">{NEWS}</script><script>var x = {{}};</script>'

    assert read(article("Kop", FIRST, SECOND, head=head)).is_paywalled


@pytest.mark.parametrize(
    "own",
    [
        {"url": URL},
        {"url": "https://www.waterlander.example/l/1/?utm_source=x"},
        {"mainEntityOfPage": {"@id": "/l/1"}},
        {"@id": f"{URL}#article"},
        {"url": "https://waterlander.example/politiek/kop"},
        {},
    ],
)
def test_of_several_articles_in_linked_data_the_one_at_the_address_of_the_page_is_it(own: dict[str, object]) -> None:
    related = linked(headline="Ander nieuws", url="https://waterlander.example/l/2", isAccessibleForFree=False)
    canonical = '<link rel="canonical" href="/politiek/kop">'

    page = read(article("Kop", FIRST, SECOND, head=related + linked(headline="Kop", **own) + related + canonical))

    assert (page.title, page.is_paywalled) == ("Kop", False)


def test_a_page_whose_linked_data_names_other_addresses_alone_has_its_first_article() -> None:
    head = linked(headline="Kop", url="/kort/1") + linked(headline="Ander nieuws", url="/l/2")

    assert read(article("Titel", FIRST, SECOND, head=head)).title == "Kop"


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["@type", "@graph", "headline", "url", "x"]), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(json_values)
def test_no_linked_data_breaks_the_reading(value: object) -> None:
    found = read_linked_data([json.dumps({"@type": "Article", "mainEntityOfPage": value, "headline": value})])

    assert found.title is None or isinstance(found.title, str)


def test_tracking_and_fragments_do_not_make_another_article() -> None:
    assert (
        cleaned_url("https://Waterlander.example/a/1?utm_source=rss&utm_medium=x#reacties")
        == cleaned_url("https://waterlander.example/a/1")
        == "https://waterlander.example/a/1"
    )
    assert cleaned_url("https://waterlander.example/a?id=1") != cleaned_url("https://waterlander.example/a?id=2")


@pytest.mark.parametrize("url", ["", "x", "ftp://a.example/", "http://[", "javascript:alert(1)", "http://"])
def test_what_is_no_web_address_has_no_clean_form(url: str) -> None:
    assert cleaned_url(url) is None


def test_an_article_is_known_by_its_own_address_then_the_one_it_was_found_at_then_its_text() -> None:
    own, found = "https://waterlander.example/a", "https://waterlander.example/l/1#x"

    assert identity_of(canonical=own, url=found, text="tekst") == own
    assert identity_of(canonical=None, url=found, text="tekst") == "https://waterlander.example/l/1"
    assert identity_of(canonical=None, url=None, text="tekst") == f"sha256:{content_hash('tekst')}"
    assert identity_of(canonical=None, url="mailto:x", text="tekst").startswith("sha256:")


def test_a_text_laid_out_anew_has_the_same_hash() -> None:
    assert content_hash("Een  tekst\n\nin twee") == content_hash(" Een tekst in twee ")
    assert content_hash("Een tekst") != content_hash("Geen tekst")


def test_a_file_is_believed_about_its_address() -> None:
    assert canonical_url("https://elders.example/a", page_url="") == "https://elders.example/a"
    assert canonical_url("/a", page_url="") is None
