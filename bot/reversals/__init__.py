"""From a new statement and earlier ones to labelled pairs with their evidence."""

from bot.reversals.analysis import ANALYSIS_VERSION, Analysis
from bot.reversals.comparison import compare, compare_analyses, flagged
from bot.reversals.explanation import explain
from bot.reversals.history import replay
from bot.reversals.reading import analyse
from bot.reversals.recall import least_shared, sharing_enough, shortlist, weigh
from bot.reversals.text import terms
from bot.reversals.values import Evidence, Label, Utterance, Verdict

__all__ = [
    "ANALYSIS_VERSION",
    "Analysis",
    "Evidence",
    "Label",
    "Utterance",
    "Verdict",
    "analyse",
    "compare",
    "compare_analyses",
    "explain",
    "flagged",
    "least_shared",
    "replay",
    "sharing_enough",
    "shortlist",
    "terms",
    "weigh",
]
