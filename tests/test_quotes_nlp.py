"""Which Dutch pipeline is used: ours, or the one that a user names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import spacy

from bot.quotes.extract import Extractor
from bot.quotes.nlp import ModelError, load_nlp
from bot.quotes.roster import Roster
from tests.fictional import LATER, ROSTER


def test_a_pipeline_of_the_users_own_is_used_where_it_is_named(tmp_path: Path) -> None:
    own = spacy.load(Path("bot", "quotes", "model"))
    own.meta["name"] = "of_their_own"
    own.to_disk(tmp_path / "pipeline")
    nlp = load_nlp(str(tmp_path / "pipeline"))
    assert nlp.meta["name"] == "of_their_own"
    found = Extractor(Roster.from_popolo(ROSTER), nlp).extract(LATER, date(2026, 3, 6))
    assert {statement.speaker for statement in found if statement.kind == "direct"} == {"wouter-zandstra"}


def test_a_pipeline_that_is_not_there_is_named_in_the_error() -> None:
    with pytest.raises(ModelError, match="nl_nowhere"):
        load_nlp("nl_nowhere")
