"""What stands on a news page beside the article is no text of the article: a dozen pages as outlets make them."""

from __future__ import annotations

import json

import pytest

from bot.ingest.errors import PageError
from bot.ingest.linked_data import read_linked_data
from bot.ingest.page import read_page
from bot.ingest.values import PageText

FIRST = (
    "Het kabinet-Zandstra praat donderdag verder over de begroting van volgend jaar, zei de premier na afloop van een "
    "beraad van drie uur met de leiders van de coalitie."
)
SECOND = "“Er is geen crisis, we zijn in gesprek”, zei Zandstra. Volgens hem is er nog tijd genoeg om eruit te komen."
THIRD = (
    "Minister Van den Elzen (Financiën) wilde na afloop niets zeggen over de stand van de gesprekken. Zij vertrok door "
    "een zijdeur en liet zich naar haar ministerie rijden."
)
LAST = "Vrijdag komt de ministerraad bijeen. Daarna moet duidelijk zijn of er voor de zomer een akkoord kan liggen."
TEXT = f"{FIRST}\n\n{SECOND}\n\n{THIRD}\n\n{LAST}"


def page(
    inside: str = "", *, before: str = "", after: str = "", head: str = "", paragraphs: str | None = None
) -> PageText:
    body = paragraphs or f"<p>{FIRST}</p><p>{SECOND}</p>{inside}<p>{THIRD}</p><p>{LAST}</p>"
    html = (
        f"<!doctype html><html lang='nl'><head><meta charset='utf-8'><title>Geen crisis - De Bode</title>{head}</head>"
        "<body><header><nav><ul><li><a href='/'>Voorpagina</a></li><li><a href='/politiek'>Politiek</a></li></ul></nav>"
        f"</header>{before}<main><article><h1>Zandstra: geen crisis</h1>{body}</article>{after}</main>"
        "<footer><p>© De Bode 2026. Alle rechten voorbehouden. Colofon en voorwaarden.</p></footer></body></html>"
    )
    return read_page(html.encode(), "https://bode.example/politiek/geen-crisis", "Europe/Amsterdam")


def linked(**article: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **article})}</script>'


@pytest.mark.parametrize(
    "inside",
    [
        "<figure><img src='a.jpg' alt='“Nooit”'><figcaption>“Nooit”, zei Zandstra. Foto: WPD</figcaption></figure>",
        "<h2>“Wij zijn eruit”</h2>",
        "<p>Lees ook: <a href='/x'>“Nooit meer”, zegt Van den Elzen</a></p>",
        "<p><strong>Lees ook</strong><br><a href='/x'>“Dit kost geen cent”: Zandstra houdt vol</a></p>",
        "<p><em>Bekijk ook de video: Zandstra op de stoep van het raadhuis</em></p>",
        "<p>LEES MEER: <a href='/y'>Van den Elzen: “Ik stap niet op”</a></p>",
        "<p>Luister ook naar de podcast: <a href='/y'>“Zandstra ligt eruit”</a></p>",
        "<aside class='related'><h3>Meer hierover</h3><ul><li><a href='/1'>“Ik treed af”</a></li></ul></aside>",
        "<div class='newsletter'><h3>Nieuwsbrief</h3><p>Elke ochtend het nieuws.</p><form><input></form></div>",
        "<div class='advertisement'><p>Advertentie</p></div>",
        "<table><tr><th>Partij</th><th>Zetels</th></tr><tr><td>WVP</td><td>“31”</td></tr></table>",
        "<script>var quote = '“Nooit meer”, zei Zandstra';</script><style>p { color: red }</style>",
        "<div class='share-buttons'><a href='#'>Delen op sociale media</a></div>",
        "<p>Door onze politieke redactie</p>",
        "<p>(Tekst loopt door onder de foto)</p>",
        "<p>Tekst gaat verder onder de video</p>",
        "<p>Advertentie</p>",
        "<p>Dit artikel wordt aangevuld.</p>",
        "<p>Foto: WPD</p>",
        "<p>Beeld © WPD / Piet Sikkema</p>",
        "<p>Kijk hier naar het hele gesprek met minister Zandstra:</p>",
        "<p>Luister naar de podcast Het Raadhuis van deze week.</p>",
        "<p>Ontvang elke ochtend onze nieuwsbrief met het nieuws uit Waterhoven.</p>",
        "<p>Hebt u een taalfout gezien? Mail naar de redactie.</p>",
    ],
)
def test_what_stands_between_the_paragraphs_is_no_text_of_the_article(inside: str) -> None:
    assert page(inside).text == TEXT


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "<div id='cookie-banner'><p>De Bode gebruikt cookies om u te volgen.</p><button>Akkoord</button></div>",
            "",
        ),
        ("<div class='breadcrumbs'><a href='/'>Home</a> / <a href='/p'>Politiek</a></div>", ""),
        ("", "<section class='comments'><h2>Reacties</h2><p>“Wat een onzin”, zei Zandstra ooit.</p></section>"),
        ("", "<div class='author-bio'><p>Jelle Sikkema is politiek verslaggever van De Bode.</p></div>"),
        ("", "<aside><h2>Meest gelezen</h2><ol><li><a href='/1'>Zandstra: “Ik treed af”</a></li></ol></aside>"),
    ],
)
def test_what_stands_around_the_article_is_no_text_of_it(before: str, after: str) -> None:
    assert page(before=before, after=after).text == TEXT


def test_the_line_with_the_author_is_no_sentence_of_the_article() -> None:
    head = linked(headline="Zandstra: geen crisis", author=[{"@type": "Person", "name": "Jelle Sikkema"}])
    by = "<p>Jelle Sikkema, onze verslaggever in Waterhoven</p>"

    assert page(head=head, paragraphs=f"{by}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p><p>{LAST}</p>").text == TEXT


def test_a_paragraph_that_begins_like_a_note_of_the_page_is_read() -> None:
    said = "Luister naar de boeren, zei Zandstra. Een foto van de brug ging rond, en de beelden zijn scherp."

    assert said in page(f"<p>{said}</p>").text


def test_an_author_who_is_quoted_stays_quoted() -> None:
    head = linked(author={"name": "Jelle Sikkema"})
    said = "“Zo stil heb ik het nooit gezien”, zei verslaggever Jelle Sikkema."

    assert said in page(f"<p>{said}</p>", head=head).text


@pytest.mark.parametrize("said", [False, "False", "false", "http://schema.org/False", "No"])
def test_an_article_that_says_it_is_not_free_is_marked(said: object) -> None:
    read = page(head=linked(isAccessibleForFree=said))

    assert (read.is_paywalled, read.text) == (True, TEXT)
    assert not page(head=linked(isAccessibleForFree=True)).is_paywalled
    assert not page(head=linked(isAccessibleForFree="True")).is_paywalled


@pytest.mark.parametrize(
    ("selector", "attribute"), [(".slot", "class='x slot'"), ("#slot", "id='slot'"), ("div.slot", "class='slot'")]
)
def test_the_part_that_is_said_not_to_be_free_is_not_read(selector: str, attribute: str) -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": selector}
    paragraphs = f"<p>{FIRST}</p><p>{SECOND}</p><div {attribute}><p>{THIRD}</p><p>{LAST}</p></div>"

    read = page(head=linked(isAccessibleForFree=False, hasPart=part), paragraphs=paragraphs)

    assert (read.is_paywalled, read.text) == (True, f"{FIRST}\n\n{SECOND}")


def test_a_page_of_which_nothing_is_free_says_so() -> None:
    part = [{"isAccessibleForFree": "False", "cssSelector": ".slot"}]

    with pytest.raises(PageError, match="paywall"):
        page(head=linked(hasPart=part), paragraphs=f"<div class='slot'><p>{FIRST}</p><p>{SECOND}</p></div>")


def test_authors_are_read_in_every_form() -> None:
    for author in ({"name": "A B"}, [{"name": "A B"}], "A B", ["A B"]):
        assert read_linked_data([json.dumps({"@type": "Article", "author": author})]).authors == ("A B",)
    assert read_linked_data([json.dumps({"@type": "Article", "author": [3, None, {}]})]).authors == ()
