"""The training of the Dutch pipeline, on a treebank of nine sentences, and the pipeline that ships."""

import json
import random
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.vocab import Vocab

from training.card import write_card
from training.conllu import Sentence, Token, parse_conllu, read_treebank
from training.errors import TrainingError, TreebankError
from training.evaluation import measure_accuracy, size_in_bytes
from training.examples import UNCHANGED, Variation, batches, epoch, make_example
from training.packing import pack
from training.pipeline import Plan, train
from training.subjects import measure_subjects
from training.synthetic import SpeechWriter
from training.treebanks import Part, Treebanks, plain_lemma
from training.trimming import first_difference

pytest.importorskip("floret", reason="floret has no wheel for this Python; the pipeline is trained on an older one")

MODEL = Path("bot", "quotes", "model")
MOST_BYTES = 15_000_000

# Each word: form, lemma, part of speech, features, head counted from 1 (0 for the root), label.
SENTENCES = (
    "De/de/DET//2/det molen/molen/NOUN/Number=Sing/3/nsubj draait/draaien/VERB/VerbForm=Fin/0/root "
    "langzaam/langzaam/ADV//3/advmod ././PUNCT//3/punct",
    "De/de/DET//2/det dijk/dijk/NOUN/Number=Sing/4/nsubj wordt/worden/AUX/VerbForm=Fin/4/aux:pass "
    "versterkt/versterken/VERB/VerbForm=Part/0/root ././PUNCT//4/punct",
    "Zij/zij/PRON//2/nsubj weet/weten/VERB/VerbForm=Fin/0/root dat/dat/SCONJ//7/mark de/de/DET//6/det "
    "oude/oud/ADJ//6/amod brug/brug/NOUN/Number=Sing/7/nsubj sluit/sluiten/VERB/VerbForm=Fin/2/ccomp "
    "././PUNCT//2/punct",
    "Hij/hij/PRON//2/nsubj vraagt/vragen/VERB/VerbForm=Fin/0/root of/of/SCONJ//6/mark de/de/DET//5/det "
    "boot/boot/NOUN/Number=Sing/6/nsubj vertrekt/vertrekken/VERB/VerbForm=Fin/2/ccomp ././PUNCT//2/punct",
    "Wij/wij/PRON//2/nsubj proberen/proberen/VERB/VerbForm=Fin/0/root de/de/DET//4/det "
    "sluis/sluis/NOUN/Number=Sing/6/obj te/te/ADP//6/mark openen/openen/VERB/VerbForm=Inf/2/xcomp ././PUNCT//2/punct",
    "Morgen/morgen/ADV//2/advmod begint/beginnen/VERB/VerbForm=Fin/0/root het/het/DET//5/det "
    "lange/lang/ADJ//5/amod feest/feest/NOUN/Number=Sing/2/nsubj ././PUNCT//2/punct",
    "Wie/wie/PRON//2/nsubj betaalt/betalen/VERB/VerbForm=Fin/0/root de/de/DET//4/det "
    "rekening/rekening/NOUN/Number=Sing/2/obj ?/?/PUNCT//2/punct",
    "Geen/geen/DET//2/det commentaar/commentaar/NOUN/Number=Sing/0/root",
    ",,/,,/PUNCT//2/punct Kom/komen/VERB//0/root ''/''/PUNCT//2/punct ,/,/PUNCT//5/punct "
    "riep/roepen/VERB/VerbForm=Fin/2/parataxis ze/ze/PRON//5/nsubj ././PUNCT//2/punct",
)


def written(line: str) -> str:
    rows = []
    for number, word in enumerate(line.split(), 1):
        form, lemma, upos, feats, head, dep = word.split("/")
        rows.append("\t".join((str(number), form, lemma, upos, upos, feats or "_", head, dep, "_", "_")))
    return "\n".join(rows) + "\n\n"


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    text = "".join(written(line) for line in SENTENCES)
    return list(parse_conllu(text.splitlines(keepends=True)))


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    return spacy.blank("nl").vocab


@pytest.fixture(scope="module")
def parts(sentences: list[Sentence]) -> dict[str, Part]:
    return {"small": Part(sentences, 1.0)}


@pytest.fixture(scope="module")
def treebanks(parts: dict[str, Part], sentences: list[Sentence]) -> Treebanks:
    return Treebanks(parts, sentences[:3], sentences[3:6], {"small.conllu": "0" * 64})


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(steps=4, batch_words=60, width=8, depth=1, rows=(50, 20, 30, 20), hidden=8, labelled=60, report_every=2)


@pytest.fixture(scope="module")
def trained(treebanks: Treebanks, plan: Plan) -> Language:
    return train(spacy.blank("nl"), treebanks, plan)


def test_the_reader_counts_heads_from_zero_and_makes_the_root_its_own_head(sentences: list[Sentence]) -> None:
    assert [token.head for token in sentences[0].tokens] == [1, 2, 2, 2, 2]
    assert sentences[0].tokens[2].dep == "root"
    assert sentences[0].tokens[0].feats == ""


def test_the_reader_leaves_out_ranges_and_empty_nodes_and_keeps_the_origin_and_the_spaces() -> None:
    lines = [
        "# file = Treebank/verhaal/1.xml\n",
        "1-2\tzo'n\t_\t_\t_\t_\t_\t_\t_\t_\n",
        "1\tzo\tzo\tADV\tBW\t_\t0\troot\t_\tSpaceAfter=No\n",
        "1.1\tleeg\t_\t_\t_\t_\t_\t_\t_\t_\n",
        "2\t12 000\teen\tDET\tLID\t_\t1\tdet\t_\t_\n",
    ]
    (sentence,) = parse_conllu(lines)
    assert sentence.origin == "Treebank/verhaal/1.xml"
    assert [(token.form, token.space_after) for token in sentence.tokens] == [("zo", False), ("12000", True)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1\tja\tja\tINTJ\n", "columns"),
        ("1\tja\tja\tINTJ\t_\t_\t7\tdep\t_\t_\n", "outside"),
        ("1\tja\tja\tINTJ\t_\t_\tx\tdep\t_\t_\n", "invalid literal"),
        ("1\tja\tja\tINTJ\t_\t_\t1\tdep\t_\t_\n2\tnee\tnee\tINTJ\t_\t_\t0\troot\t_\t_\n", "2 roots"),
    ],
)
def test_a_malformed_treebank_is_refused_with_its_name(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "kapot.conllu"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(TreebankError, match=rf"kapot\.conllu.*{reason}"):
        read_treebank(path)


def test_a_missing_treebank_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(TreebankError, match="no such treebank"):
        read_treebank(tmp_path / "weg.conllu.xz")


@pytest.mark.parametrize(
    ("form", "upos", "lemma", "plain"),
    [
        ("verzekeringsmaatschappijen", "NOUN", "verzekering_maatschappij", "verzekeringsmaatschappij"),
        ("Kloosterorden", "NOUN", "klooster_orde", "kloosterorde"),
        ("meedoen", "VERB", "mee_doen", "meedoen"),
        ("meegedaan", "VERB", "mee_doen", "meedoen"),
        ("voegde", "VERB", "toe_voegen", "voegen"),
        ("huis", "NOUN", "huis", "huis"),
        ("_", "PUNCT", "_", "_"),
        ("VN", "NOUN", "volk_bond", ""),
    ],
)
def test_lemmas_of_compounds_become_single_words(form: str, upos: str, lemma: str, plain: str) -> None:
    assert plain_lemma(Token(form, lemma, upos, "", "", 0, "root", True)) == plain


def test_composed_sentences_are_trees_with_one_root_and_paired_marks(parts: dict[str, Part]) -> None:
    writer = SpeechWriter(parts)
    chance = random.Random(5)
    for _ in range(500):
        tokens = writer.sentence(chance).tokens
        assert sum(token.head == index for index, token in enumerate(tokens)) == 1
        for index in range(len(tokens)):
            place, steps = index, 0
            while tokens[place].head != place:
                place, steps = tokens[place].head, steps + 1
                assert steps <= len(tokens)
        assert sum(token.form == '"' for token in tokens) % 2 == 0
        assert not any(token.dep == "root" and token.head != index for index, token in enumerate(tokens))


def test_a_treebank_without_the_clauses_to_report_is_refused(sentences: list[Sentence]) -> None:
    with pytest.raises(TrainingError, match="no short answers"):
        SpeechWriter({"small": Part(sentences[:7], 1.0)})


def test_composed_speech_is_the_same_again_with_the_same_seed(parts: dict[str, Part]) -> None:
    one, other = (SpeechWriter(parts).document(random.Random(3)) for _ in range(2))
    assert one == other


def test_that_what_was_said_is_the_object_and_the_speaker_the_subject_of_a_pointing_sentence(
    parts: dict[str, Part],
) -> None:
    writer = SpeechWriter(parts)
    chance = random.Random(1)
    for _ in range(100):
        words = writer.pointing_back(chance)
        if words[0].dep == "obj":
            verb = words[0].head
            assert verb is not None
            assert any(word.dep == "nsubj" and word.head is verb for word in words)


def test_quotation_marks_of_a_treebank_are_rewritten_to_one_style(sentences: list[Sentence], vocab: Vocab) -> None:
    example = make_example([sentences[8]], vocab, UNCHANGED, random.Random(0))
    assert [token.text for token in example.reference][:3] == ['"', "Kom", '"']
    assert example.reference[3].head.text == "riep"


def test_sentence_starts_are_given_to_the_parser_unless_it_has_to_find_them(
    sentences: list[Sentence], vocab: Vocab
) -> None:
    given = make_example(sentences[:2], vocab, UNCHANGED, random.Random(0)).predicted
    found = make_example(sentences[:2], vocab, Variation(boundaries_given=0), random.Random(0)).predicted
    assert [token.i for token in given if token.is_sent_start] == [0, 5]
    assert not found.has_annotation("SENT_START")


def test_an_epoch_sees_each_sentence_as_often_as_its_part_weighs(sentences: list[Sentence]) -> None:
    documents = epoch({"small": Part(sentences, 2.0)}, random.Random(0))
    seen = [sentence for document in documents for sentence in document]
    assert all(seen.count(sentence) == 2 for sentence in sentences)


def test_batches_hold_at_least_the_words_asked_for(sentences: list[Sentence], vocab: Vocab) -> None:
    examples = (make_example([sentence], vocab, UNCHANGED, random.Random(0)) for sentence in sentences)
    sizes = [sum(len(example.reference) for example in batch) for batch in batches(examples, 11)]
    assert sizes
    assert all(size >= 11 for size in sizes)


def test_the_learning_rate_warms_up_stays_and_falls() -> None:
    plan = Plan(steps=3000, learning_rate=0.001)
    assert plan.rate_at(0) < plan.rate_at(100) < plan.rate_at(500) == 0.001
    assert plan.rate_at(500) > plan.rate_at(2000) > plan.rate_at(2999) > 0


def test_training_twice_gives_the_same_weights(trained: Language, treebanks: Treebanks, plan: Plan) -> None:
    again = train(spacy.blank("nl"), treebanks, plan)
    assert again.get_pipe("parser").model.to_bytes() == trained.get_pipe("parser").model.to_bytes()  # type: ignore[attr-defined]


def test_accuracy_is_a_share_of_the_words(trained: Language, sentences: list[Sentence]) -> None:
    accuracy = measure_accuracy(trained, sentences)
    assert all(0 <= share <= 100 for share in accuracy)
    assert accuracy.las <= accuracy.uas


def test_a_packed_pipeline_loads_and_tells_how_it_was_made(
    trained: Language, treebanks: Treebanks, plan: Plan, tmp_path: Path
) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "old").touch()
    figures = pack(trained, target, treebanks, plan, None)
    nlp = spacy.load(target)
    assert nlp.pipe_names == ["tok2vec", "parser", "lemmatizer", "morphologizer"]
    meta = json.loads((target / "meta.json").read_text(encoding="utf-8"))
    assert meta["performance"] == figures
    assert meta["training"]["plan"]["seed"] == plan.seed
    assert "CC BY-SA 4.0" in (target / "LICENSE").read_text(encoding="utf-8")
    assert "Groningen" in (target / "ATTRIBUTION").read_text(encoding="utf-8")
    assert "small.conllu" in (target / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert not (target / "old").exists()


def test_two_pipelines_that_annotate_a_text_differently_are_told_apart(trained: Language, shipped: Language) -> None:
    assert first_difference(trained, shipped, ["", "Zij wacht."]) == "Zij wacht."
    assert first_difference(shipped, shipped, ["Zij wacht."]) is None


@pytest.fixture(scope="module")
def shipped() -> Language:
    return spacy.load(MODEL)


def test_the_shipped_pipeline_is_small_and_carries_its_licence_origins_and_card() -> None:
    assert size_in_bytes(MODEL) <= MOST_BYTES
    meta = json.loads((MODEL / "meta.json").read_text(encoding="utf-8"))
    assert set(meta["training"]["versions"]) == {"python", "spacy", "thinc", "numpy", "floret"}
    assert (MODEL / "LICENSE").is_file()
    assert (MODEL / "ATTRIBUTION").is_file()
    assert (MODEL / "README.md").is_file()


def test_the_card_can_be_written_again_from_the_shipped_meta(tmp_path: Path) -> None:
    meta = json.loads((MODEL / "meta.json").read_text(encoding="utf-8"))
    write_card(tmp_path, meta)
    assert (tmp_path / "README.md").read_bytes() == (MODEL / "README.md").read_bytes()


@pytest.mark.parametrize(
    ("text", "verb", "subject"),
    [
        ("Dat zei minister Odijk van Wonen maandag.", "zei", "minister"),
        ('"We gaan door", zei Lotte van der Meulen (VVD) na afloop.', "zei", "Lotte"),
        ("Staatssecretaris Hilverda belooft de regels te versoepelen.", "belooft", "Staatssecretaris"),
        ("DEN HAAG (ANP) - Wethouder Ypma vindt dat de brug dicht moet.", "vindt", "Wethouder"),
        ('"Onzin", liet haar woordvoerder dinsdag weten.', "liet", "woordvoerder"),
    ],
)
def test_the_shipped_pipeline_finds_who_spoke(shipped: Language, text: str, verb: str, subject: str) -> None:
    doc = shipped(text)
    (cue,) = (token for token in doc if token.text == verb)
    assert [child.text for child in cue.children if child.dep_ == "nsubj"] == [subject]


def test_the_shipped_pipeline_keeps_sentence_starts_that_are_set(shipped: Language) -> None:
    doc = shipped.make_doc('"We gaan door. Dat moet ook. Echt waar", zei ze. Zij wacht.')
    starts = [0, 17]
    for token in doc:
        token.is_sent_start = token.i in starts
    for _, component in shipped.pipeline:
        doc = component(doc)
    assert [sentence.start for sentence in doc.sents] == starts


def test_subjects_are_measured_on_two_thirds_of_the_articles_or_on_the_other_third(
    shipped: Language, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        text = f'Artikel {number}.\n\n"We gaan door", zei Lotte Ypma.'
        quote = text.index("We gaan door")
        statement = {
            "quote": "We gaan door",
            "start": quote,
            "cue": "zei",
            "speaker_surface": "Lotte Ypma",
            "attribution": "named",
        }
        article = {"id": f"{number:03d}", "text": text, "statements": [statement]}
        (tmp_path / f"{number:03d}.json").write_text(json.dumps(article), encoding="utf-8")
    score, wrong = measure_subjects(shipped, tmp_path, held_out=False)
    held_out, _ = measure_subjects(shipped, tmp_path, held_out=True)
    assert (sum(score.cases.values()), sum(held_out.cases.values())) == (2, 1)
    assert score.share == 1
    assert not wrong
