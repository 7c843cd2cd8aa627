"""What can go wrong while the pipeline is trained."""

from bot.errors import CitaatwachtError


class TrainingError(CitaatwachtError):
    """The pipeline could not be trained or packed."""


class TreebankError(TrainingError):
    """A treebank file is missing or does not follow CoNLL-U."""


class PackingError(TrainingError):
    """A trained pipeline does not come out of its packing as it went in."""
