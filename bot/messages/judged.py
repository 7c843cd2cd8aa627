"""A model's word on a pair, shown as that: under the model's name, beside what the rules say."""

from __future__ import annotations

from bot.messages.markup import Html, joined, shortened
from bot.messages.reader import Reader
from bot.messages.shown import Judged

_LONGEST_NAME = 60
_LONGEST_REASON = 200


def judged_line(reader: Reader, judged: Judged | None) -> Html | None:
    """Write what a model made of a pair: "Volgens het model X: geen ommekeer (gaat over iets anders)".

    Args:
        reader: For whom.
        judged: Its word; None where there is none, and then there is no line.
    """
    if judged is None:
        return None
    reason = shortened(judged.reason.rstrip("."), _LONGEST_REASON)
    word = joined(" ", [_word(reader, judged), f"({reason})" if reason else None])
    return reader.say("According to the model {model}: {word}", model=shortened(judged.model, _LONGEST_NAME), word=word)


def _word(reader: Reader, judged: Judged) -> Html:
    if judged.ruling == "vetoed":
        return reader.say("no reversal")
    if judged.ruling == "proposed" and judged.label == "reversal":
        return reader.say("a reversal, which the rules do not see")
    if judged.ruling == "proposed":
        return reader.say("a shift, which the rules do not see")
    return reader.say("a reversal") if judged.label == "reversal" else reader.say("a shift")
