"""A local model as judge: a tiny one, made here, that sees a contradiction in words that it knows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bot.judges.errors import JudgeMissing
from bot.reversals.values import Utterance

pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")
onnx = pytest.importorskip("onnx")

import numpy as np  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers, processors  # noqa: E402

from bot.judges.nli import NliJudge  # noqa: E402
from bot.judges.opening import open_judge  # noqa: E402

WORDS = ["[UNK]", "[CLS]", "[SEP]", "dicht", "open", "zelfde", "ook"]
OUTPUTS = {"dicht": 0, "open": 0, "zelfde": 2, "ook": 2}
"""Which output each word speaks for: 0 contradiction, 1 neutral, 2 entailment."""


def make_model(folder: Path, *, labels: tuple[str, ...] = ("CONTRADICTION", "NEUTRAL", "ENTAILMENT")) -> Path:
    """Write a model whose outputs are sums over the words; those of the second statement count double."""
    folder.mkdir(exist_ok=True)
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    weights = np.zeros((len(WORDS), 3), dtype=np.float32)
    weights[0, 1] = 0.1
    for word, output in OUTPUTS.items():
        weights[WORDS.index(word), output] = 1.0
    nodes = [
        helper.make_node("Gather", ["weights", "input_ids"], ["embedded"]),
        helper.make_node("Cast", ["token_type_ids"], ["types"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["types", "one"], ["factors"]),
        helper.make_node("Unsqueeze", ["factors", "last"], ["columns"]),
        helper.make_node("Mul", ["embedded", "columns"], ["weighted"]),
        helper.make_node("ReduceSum", ["weighted", "first"], ["logits"], keepdims=0),
    ]
    shape = ["batch", "length"]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "token_type_ids")],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 3])],
        [
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.array(1, dtype=np.float32), "one"),
            numpy_helper.from_array(np.array([2], dtype=np.int64), "last"),
            numpy_helper.from_array(np.array([1], dtype=np.int64), "first"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / "model.onnx"))
    config = {"id2label": {str(place): label for place, label in enumerate(labels)}, "max_position_embeddings": 64}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def said(text: str, *, kind: str = "direct", cue: str | None = None) -> Utterance:
    return Utterance("1", text, kind, cue)


async def test_a_contradiction_in_both_directions_is_a_reversal(tmp_path: Path) -> None:
    judge = NliJudge(make_model(tmp_path / "proefmodel"))
    word = await judge.judge(said("de sluis dicht dicht"), said("de sluis open open"))
    assert (word.label, word.judge, word.model, word.prompt) == ("reversal", "nli", "proefmodel", "")
    assert word.confidence > 0.9
    assert word.reason.startswith("tegenspraak (0,9")


async def test_a_contradiction_in_one_direction_alone_decides_nothing(tmp_path: Path) -> None:
    judge = NliJudge(make_model(tmp_path / "proefmodel"))
    word = await judge.judge(said("dicht dicht"), said("zelfde zelfde"))
    assert word.label != "reversal"
    other = await judge.judge(said("zelfde zelfde"), said("dicht dicht"))
    assert other.label == word.label == "elaboration"


async def test_the_same_said_twice_is_a_restatement_and_the_rest_an_elaboration(tmp_path: Path) -> None:
    judge = NliJudge(make_model(tmp_path / "proefmodel"))
    assert (await judge.judge(said("zelfde zelfde"), said("ook ook"))).label == "restatement"
    neutral = await judge.judge(said("heel iets anders hier"), said("over een paar vissen"))
    assert (neutral.label, neutral.reason) == ("elaboration", "geen tegenspraak")


async def test_a_paraphrase_is_read_with_its_cue(tmp_path: Path) -> None:
    judge = NliJudge(make_model(tmp_path / "proefmodel"))
    paraphrase = said("de sluis", kind="indirect", cue="open open open open")
    assert (await judge.judge(paraphrase, paraphrase)).label == "reversal"
    literal = said("de sluis", cue="open open open open")
    assert (await judge.judge(literal, literal)).label == "elaboration"


async def test_statements_longer_than_the_model_reads_are_cut(tmp_path: Path) -> None:
    judge = NliJudge(make_model(tmp_path / "proefmodel"))
    assert (await judge.judge(said("dicht " * 500), said("open " * 500))).label == "reversal"


def test_the_judge_that_is_set_is_opened(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    folder = make_model(tmp_path / "proefmodel")
    judge = open_judge(nli_model=folder, url=None, model=None, key=None, wait=1, spend_call=never)
    assert (judge.kind, judge.model) == ("nli", "proefmodel")
    with pytest.raises(JudgeMissing, match="no judge"):
        open_judge(nli_model=None, url=None, model=None, key=None, wait=1, spend_call=never)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(JudgeMissing, match=r"citaatwacht\[nli\]"):
        NliJudge(make_model(tmp_path / "proefmodel"))


def test_a_folder_without_a_model_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(JudgeMissing, match=r"config\.json"):
        NliJudge(tmp_path)
    with pytest.raises(JudgeMissing, match="names no contradiction"):
        NliJudge(make_model(tmp_path / "other", labels=("LABEL_0", "LABEL_1", "LABEL_2")))
    broken = make_model(tmp_path / "broken")
    (broken / "model.onnx").write_bytes(b"geen model")
    with pytest.raises(JudgeMissing, match="NLI_MODEL"):
        NliJudge(broken)
