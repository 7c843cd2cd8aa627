"""Counting the false alarms over a stream."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from training.alarms import main


def test_every_flag_of_a_stream_is_printed_with_both_statements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    debate = tmp_path / "debate.txt.xz"
    between = ["Kinderen zwemmen graag in de plas. Vissers drogen hun netten."] * 2
    # Twenty sentences are one day, and words of one day are not set against each other.
    between += [
        f"Het {word} staat vandaag in de krant."
        for word in ["huis", "hek", "pad", "veer", "koor", "lint", "bos", "dal", "erf"]
    ]
    between += [
        f"Mijn {word} vindt dat erg mooi."
        for word in ["oom", "tante", "neef", "nicht", "buurman", "baas", "kat", "hond"]
    ]
    lines = ["Er komt geen tolpoort bij Waelhaven.", *between, "Er komt een tolpoort bij Waelhaven. Dank!"]
    with lzma.open(debate, "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    articles = tmp_path / "articles"
    articles.mkdir()
    said = {"start": 4, "quote": "De sluis gaat dicht", "kind": "direct", "cue": "zegt", "speaker": "wouter-zandstra"}
    article = {"published_at": "2026-05-01T10:00:00+02:00", "statements": [said]}
    (articles / "001.json").write_text(json.dumps(article), encoding="utf-8")

    assert main(["--debates", str(debate), "--articles", str(articles)]) == 0

    printed = capsys.readouterr().out
    assert "debate.txt.xz: 21 statements, 1 flags" in printed
    assert "toen: Er komt geen tolpoort bij Waelhaven." in printed
    assert "wouter-zandstra: 1 statements, 0 flags" in printed
    assert "in all: 22 statements, 1 flags" in printed
