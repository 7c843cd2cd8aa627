"""The words of a claim that a reader is pointed at: the predicate with its negation, not the topic."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reversals.analysis import Claim, Predicate, Sign
from bot.reversals.pairing import Spans
from bot.reversals.topics import Topic

_UNINFLECTED = frozenset(["extra", "meer", "minder"])
_LITTLE_WORDS = frozenset(["een", "de", "het", "er", "te", "zich", "me", "mij"])


def carrying_spans(
    text: str, claim: Claim, signs: Sequence[Sign], shared: Sequence[Topic], affirmed: Sequence[Topic] = ()
) -> Spans:
    """Choose the words of a claim that carry some of its signs.

    Args:
        text: The text of the statement.
        claim: The claim.
        signs: Those of its signs that the other claim lacks; none where the claim only affirms.
        shared: Its topics that the other claim has too.
        affirmed: Those of them that the other claim denies in so many words ("geen *tolpoort*").

    Returns:
        Code point spans of these signs, of the predicates of their clauses and of what denies those; without signs,
        of the predicate of the clause that speaks of what is shared. Nothing where no verb is found.
    """
    shown = [sign for sign in signs if sign.spans and not _is_attributive(text, claim, sign)]
    clauses = [one for one in claim.predicates if any(_holds(one, sign) for sign in shown)]
    if not shown:
        clauses = sorted(
            (one for one in claim.predicates if one.spans),
            key=lambda one: -sum(one.start <= topic.start < one.end for topic in shared),
        )[:1]
    denials = [
        sign for sign in claim.signs if sign.axis == "negation" and any(_holds(clause, sign) for clause in clauses)
    ]
    spans = {span for sign in (*shown, *denials) for span in sign.spans}
    spans.update(span for clause in clauses for span in clause.spans)
    for sign in denials:
        spans.update((sign.spans[-1][0], topic.end) for topic in _denied(text, claim, sign))
    if spans:
        spans.update((topic.start, topic.end) for topic in affirmed)
    return _joined(text, sorted(spans))


def denied_topics(text: str, claim: Claim) -> frozenset[int]:
    """The offsets of the topics that stand right after the word that denies them.

    Args:
        text: The text of the statement.
        claim: The claim.
    """
    denials = [sign for sign in claim.signs if sign.axis == "negation"]
    return frozenset(topic.start for sign in denials for topic in _denied(text, claim, sign))


def _denied(text: str, claim: Claim, sign: Sign) -> list[Topic]:
    """The topics that a negation denies, where at most one word stands between: "geen *generaal pardon*"."""
    target = next((topic for topic in claim.topics if topic.start == sign.target), None)
    if not sign.spans or target is None or target.preposition:
        return []
    if target.start < sign.spans[-1][1] or len(text[sign.spans[-1][1] : target.start].split()) > 1:
        return []
    if text[slice(*sign.spans[-1])].lower() != "geen":
        return [target]
    return [target, *(one for one in claim.topics if one.start == target.end + 1 and one.kind in ("noun", "name"))]


def _holds(clause: Predicate, sign: Sign) -> bool:
    return bool(sign.spans) and clause.start <= sign.spans[0][0] < clause.end


def _is_attributive(text: str, claim: Claim, sign: Sign) -> bool:
    """Whether a sign is an adjective that goes with a noun ("*extra* treinen"), and says nothing of the topic."""
    if sign.axis == "negation" or len(sign.spans) != 1:
        return False
    start, end = sign.spans[0]
    word = text[start:end].lower()
    is_inflected = word.endswith("e") or word in _UNINFLECTED
    return is_inflected and any(topic.start == end + 1 and topic.kind in ("noun", "name") for topic in claim.topics)


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> Spans:
    """Spans with those made one that overlap, touch, or have only an article or the like between them."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        between = text[joined[-1][1] : start].strip().lower() if joined else "…"
        if joined and (not between or between in _LITTLE_WORDS):
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)
