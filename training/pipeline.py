"""Assembles the pipeline and trains it."""

import logging
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.training import Example
from thinc.api import Adam, Model, Optimizer, fix_random_seed

from training.evaluation import measure_accuracy
from training.examples import Variation, batches, epoch, make_example
from training.synthetic import SpeechWriter
from training.treebanks import Treebanks

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """Everything that decides what comes out of a training, beside the treebanks and the vectors.

    Attributes:
        steps: updates of the weights; the learning rate falls to nearly nothing over them.
        batch_words: words in each update, at least.
        width: of the shared embedding and encoding layers.
        depth: convolutions of the encoder, each of which sees one more word to either side.
        rows: of the hash tables for the norm, the prefix, the suffix and the shape of a word.
        hidden: width of the parser's hidden layer.
        wide_state: the parser sees more children of the words at hand.
        longest_sequence: parser moves, about, after which a document is cut while training. Short ones let the
            documents of a batch run side by side, in half the time of spaCy's 100.
        learning_rate: the highest, reached after the warm-up.
        dropout: share of the activations that a training step leaves out.
        synthetic: sentences of reported speech that are composed for each treebank document.
        labelled: documents that the labels are collected from before the first step.
        seed: of every random choice.
        report_every: steps between two measurements on the sentences that are held out.
    """

    steps: int = 11_000
    batch_words: int = 600
    width: int = 96
    depth: int = 4
    rows: tuple[int, int, int, int] = (5000, 1000, 2500, 1000)
    hidden: int = 96
    wide_state: bool = True
    longest_sequence: int = 25
    learning_rate: float = 0.001
    dropout: float = 0.15
    synthetic: float = 0.18
    labelled: int = 12_000
    seed: int = 0
    report_every: int = 1000

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step: 200 steps of warm-up, a plateau to a third, then half a cosine."""
        progress = step / self.steps
        plateau = 1 / 3
        decay = 1.0 if progress < plateau else (1 + math.cos(math.pi * (progress - plateau) / (1 - plateau))) / 2
        return self.learning_rate * min(1.0, (step + 20) / 200) * max(0.02, decay)


def train(nlp: Language, treebanks: Treebanks, plan: Plan) -> Language:
    """Add the components to an empty pipeline and train them together.

    Args:
        nlp: an empty Dutch pipeline, with vectors or without; it is changed in place.
        treebanks: what to learn from.
        plan: how.

    Returns:
        The same pipeline, its weights the averages over the training.
    """
    fix_random_seed(plan.seed)
    _add_components(nlp, plan)
    stream = _examples(nlp, treebanks, plan, random.Random(plan.seed))  # noqa: S311
    labelled = list(islice(stream, plan.labelled))
    nlp.initialize(lambda: labelled)
    optimizer = Adam(plan.learning_rate, L2=0.01, grad_clip=1.0, use_averages=True, L2_is_weight_decay=True)
    losses: dict[str, float] = {}
    for step, batch in enumerate(islice(batches(stream, plan.batch_words), plan.steps)):
        optimizer.learn_rate = plan.rate_at(step)
        nlp.update(batch, sgd=optimizer, drop=plan.dropout, losses=losses)
        if (step + 1) % plan.report_every == 0:
            with nlp.use_params(optimizer.averages):
                accuracy = measure_accuracy(nlp, treebanks.held_out)
            logger.info("step %d of %d: %s, losses %s", step + 1, plan.steps, accuracy, losses)
            losses.clear()
    _keep_averages(nlp, optimizer)
    return nlp


def _add_components(nlp: Language, plan: Plan) -> None:
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": plan.width, "upstream": "tok2vec"}
    tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": listener}
    nlp.add_pipe("tok2vec", config={"model": _encoder(nlp, plan)})
    parser = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "parser",
        "extra_state_tokens": plan.wide_state,
        "hidden_width": plan.hidden,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": listener,
    }
    nlp.add_pipe(
        "parser",
        config={
            "min_action_freq": 15,
            "update_with_oracle_cut_size": plan.longest_sequence,
            "model": parser,
        },
    )
    nlp.add_pipe("trainable_lemmatizer", name="lemmatizer", config={"min_tree_freq": 4, "model": tagger})
    nlp.add_pipe("morphologizer", config={"model": tagger})


def _encoder(nlp: Language, plan: Plan) -> dict[str, Any]:
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": plan.width,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "rows": list(plan.rows),
            "include_static_vectors": nlp.vocab.vectors.size > 0,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": plan.width,
            "depth": plan.depth,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    }


def _examples(nlp: Language, treebanks: Treebanks, plan: Plan, chance: random.Random) -> Iterator[Example]:
    writer = SpeechWriter(treebanks.parts) if plan.synthetic else None
    variation = Variation()
    while True:
        documents = epoch(treebanks.parts, chance)
        if writer:
            count = int(plan.synthetic * len(documents))
            documents.extend(writer.document(chance) for _ in range(count))
            chance.shuffle(documents)
        for document in documents:
            yield make_example(document, nlp.vocab, variation, chance)


def _keep_averages(nlp: Language, optimizer: Optimizer) -> None:
    with nlp.use_params(optimizer.averages):
        averaged = {name: _model(nlp, name).to_bytes() for name in nlp.pipe_names}
    for name, weights in averaged.items():
        _model(nlp, name).from_bytes(weights)


def _model(nlp: Language, name: str) -> Model[Any, Any]:
    component = nlp.get_pipe(name)
    if not isinstance(component, TrainablePipe):
        raise TypeError(f"{name} has nothing to train")
    model: Model[Any, Any] = component.model
    return model
