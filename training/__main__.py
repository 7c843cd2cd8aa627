"""Trains the Dutch pipeline and packs it: `python -m training`."""

import argparse
import logging
import sys
from pathlib import Path

from training.errors import TrainingError
from training.packing import pack
from training.pipeline import Plan, train
from training.treebanks import load_treebanks
from training.vectors import blank_pipeline, train_vectors, write_corpus

logger = logging.getLogger("training")


def main(arguments: list[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: what stands behind the command's name; by default that of the process.

    Returns:
        0, or 1 if the treebanks or texts are not as they must be.
    """
    options = _parse(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    plan = Plan()
    try:
        treebanks = load_treebanks(options.ud)
        vectors = options.work / "vectors.floret"
        if not vectors.exists():
            options.work.mkdir(parents=True, exist_ok=True)
            corpus = options.work / "corpus.txt"
            sentences = [sentence for part in treebanks.parts.values() for sentence in part.sentences]
            words = write_corpus(options.text, sentences, corpus, plan.seed)
            logger.info("training vectors on %d words", words)
            train_vectors(corpus, vectors)
        nlp = train(blank_pipeline(vectors), treebanks, plan)
        articles = options.articles if options.articles.is_dir() else None
        figures = pack(nlp, options.out, treebanks, plan, articles)
    except (TrainingError, OSError) as error:
        logger.error("%s", error)
        return 1
    logger.info("%s holds the pipeline: %s", options.out, figures)
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    shared = Path("..", "shared")
    parser.add_argument("--ud", type=Path, default=shared / "ud", help="folder of the treebanks")
    parser.add_argument("--text", type=Path, default=shared / "text", help="folder of the texts for the vectors")
    parser.add_argument(
        "--articles", type=Path, default=shared / "gold" / "articles", help="annotated articles, measured on if there"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("build", "training"), help="folder for the vectors, which are kept for reuse"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("bot", "quotes", "model"), help="folder to put the pipeline in"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
