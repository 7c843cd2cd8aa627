"""Files give their articles, or say which file is wrong and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ingest.errors import ArticleFileError
from bot.ingest.files import PORTION, find_files, portions_of, read_file, read_portion, source_id_of
from tests.feedserver import article

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT = "Er is geen crisis.\n\n  “We zijn in gesprek”, zei Zandstra.\r\n"
ARTICLE = {
    "id": "001",
    "url": "https://waterlander.example/a/1?utm_source=x",
    "source": "De Waterlander",
    "published_at": "2023-07-06T09:00:00+02:00",
    "title": "Kop",
    "text": TEXT,
}


def write(file: Path, **changes: object) -> Path:
    file.write_text(json.dumps({**ARTICLE, **changes}), encoding="utf-8")
    return file


def test_an_article_comes_as_its_file_has_it_with_its_text_untouched(tmp_path: Path) -> None:
    (read,) = read_file(write(tmp_path / "a.json"), now=NOW)

    assert (read.id, read.title, read.text) == ("001", "Kop", TEXT)
    assert read.published_at == datetime(2023, 7, 6, 7, tzinfo=UTC)
    assert read.published_is_estimated is False
    assert read.identity == "https://waterlander.example/a/1"
    assert (read.source_id, read.source_name) == ("manual-de-waterlander", "De Waterlander")


def test_what_an_article_does_not_say_is_filled_in(tmp_path: Path) -> None:
    file = write(tmp_path / "kort.json", id=None, url=None, source=None, title=None, published_at="2023-07-06")

    (read,) = read_file(file, now=NOW)

    assert (read.id, read.title, read.url, read.source_name) == ("kort", "", None, "Eigen invoer")
    assert read.identity.startswith("sha256:")
    assert read.published_at.date().isoformat() == "2023-07-06"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "object"),
        ('"tekst"', "object"),
        (json.dumps(ARTICLE | {"text": ""}), "no text"),
        (json.dumps(ARTICLE | {"text": " \n "}), "no text"),
        (json.dumps(ARTICLE | {"text": None}), "no text"),
        (json.dumps(ARTICLE | {"text": 3}), "text is not a string"),
        (json.dumps(ARTICLE | {"title": ["x"]}), "title is not a string"),
        (json.dumps(ARTICLE | {"published_at": None}), "published_at"),
        (json.dumps(ARTICLE | {"published_at": "gisteren"}), "published_at"),
        (json.dumps(ARTICLE | {"published_at": 3}), "published_at"),
    ],
)
def test_a_wrong_file_is_named_with_the_reason(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "fout.json"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(ArticleFileError, match=f"fout.json.*{reason}"):
        read_file(file, now=NOW)


def test_json_lines_give_an_article_each_and_name_the_line_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [
        json.dumps(ARTICLE | {"id": None, "text": f"Tekst\u2028 {number}"}, ensure_ascii=False) for number in (1, 2)
    ]
    file.write_text("\n".join([lines[0], "", lines[1]]) + "\n", encoding="utf-8")

    assert [read.id for read in read_file(file, now=NOW)] == ["a:1", "a:3"]

    file.write_text("\n".join([lines[0], "{"]), encoding="utf-8")
    with pytest.raises(ArticleFileError, match=r"a\.jsonl, line 2"):
        read_file(file, now=NOW)


def test_a_file_of_lines_is_cut_into_portions_that_hold_each_line_once_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [
        json.dumps(ARTICLE | {"id": None, "text": f"Tekst {number} " + "x" * (PORTION // 3)}) for number in range(8)
    ]
    lines[2:2] = ["", "{", "\udcff"]
    for end in ("", "\n"):
        file.write_bytes(b"\xef\xbb\xbf" + ("\n".join(lines) + end).encode("utf-8", "surrogateescape"))

        portions = portions_of(file)
        read = [read_portion(portion, now=NOW) for portion in portions]

        assert len(portions) == 3
        assert portions[0].first_line == 1
        assert [one.next_line for one in portions[:-1]] == [one.first_line for one in portions[1:]]
        assert [article.id for one in read for article in one.articles] == [
            f"a:{number}" for number in (1, 2, 6, 7, 8, 9, 10, 11)
        ]
        assert [number for one in read for number in one.faults] == [4, 5]


def test_an_empty_file_of_lines_is_one_portion_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "leeg.jsonl").touch()

    [portion] = portions_of(tmp_path / "leeg.jsonl")

    assert read_portion(portion, now=NOW).articles == ()


@pytest.mark.parametrize("written", ["1970-01-01T00:00:00Z", "2099-01-01", "2026-11-24T12:00:01Z"])
def test_a_date_that_cannot_be_is_a_guess(tmp_path: Path, written: str) -> None:
    (read,) = read_file(write(tmp_path / "a.json", published_at=written), now=NOW)
    (tmp_path / "2099-01-01.txt").write_text("Er is geen crisis.", encoding="utf-8")
    (text,) = read_file(tmp_path / "2099-01-01.txt", now=NOW)

    assert (read.published_at, read.published_is_estimated) == (NOW, True)
    assert (text.published_at, text.published_is_estimated) == (NOW, True)


def test_a_page_on_disk_is_read_like_one_from_the_web(tmp_path: Path) -> None:
    file = tmp_path / "pagina.html"
    paragraph = "Het kabinet praat donderdag verder over de begroting, zei de premier na afloop van het lange beraad."
    file.write_text(
        article(
            "Kop",
            paragraph,
            head='<link rel="canonical" href="https://waterlander.example/b">'
            '<meta property="article:published_time" content="2023-07-06T09:00:00+02:00">',
        ),
        encoding="utf-8",
    )

    (read,) = read_file(file, now=NOW)

    assert (read.title, read.text, read.identity) == ("Kop", paragraph, "https://waterlander.example/b")
    assert read.published_at == datetime(2023, 7, 6, 7, tzinfo=UTC)


def test_a_page_without_an_article_is_named(tmp_path: Path) -> None:
    (tmp_path / "leeg.htm").write_text("<html></html>", encoding="utf-8")

    with pytest.raises(ArticleFileError, match=r"leeg\.htm"):
        read_file(tmp_path / "leeg.htm", now=NOW)


def test_plain_text_is_dated_by_its_name_or_else_marked_as_a_guess(tmp_path: Path) -> None:
    (tmp_path / "2023-07-06-overleg.txt").write_text("Er is geen crisis.\r\n\r\nWe praten.", encoding="utf-8")
    (tmp_path / "overleg.txt").write_bytes("Één alinea.".encode("cp1252"))
    (tmp_path / "leeg.txt").write_text(" \n", encoding="utf-8")

    (dated,) = read_file(tmp_path / "2023-07-06-overleg.txt", now=NOW)
    (undated,) = read_file(tmp_path / "overleg.txt", now=NOW)

    assert (dated.text, dated.published_is_estimated) == ("Er is geen crisis.\n\nWe praten.", False)
    assert dated.published_at.date().isoformat() == "2023-07-06"
    assert (undated.text, undated.published_at, undated.published_is_estimated) == ("Één alinea.", NOW, True)
    with pytest.raises(ArticleFileError, match=r"leeg\.txt.*no text"):
        read_file(tmp_path / "leeg.txt", now=NOW)


def test_a_folder_gives_its_articles_in_order_of_name_and_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    first, second = write(tmp_path / "a.json"), write(tmp_path / "b" / "c.JSON")
    (tmp_path / "leesmij.md").write_text("geen artikel", encoding="utf-8")

    assert find_files([tmp_path, first]) == [first, second]


def test_paths_that_hold_nothing_to_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "leesmij.md").write_text("geen artikel", encoding="utf-8")

    with pytest.raises(ArticleFileError, match=r"weg\.json: no such file"):
        find_files([tmp_path / "weg.json"])
    with pytest.raises(ArticleFileError, match=r"leesmij\.md: not one of \.json"):
        find_files([tmp_path / "leesmij.md"])
    with pytest.raises(ArticleFileError, match="no articles in this folder"):
        find_files([tmp_path])


def test_an_outlet_has_one_id_however_it_is_spelled() -> None:
    assert source_id_of("De Krant") == source_id_of("de  krant") == "manual-de-krant"
    assert source_id_of("Één.nl") == "manual-een-nl"
    assert source_id_of("新聞") == "manual-x"
