"""What can be pointed at when two statements are put side by side: the named evidence, before it is weighed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from math import log1p

from bot.reversals.data_files import read_toml
from bot.reversals.lexicon import sign_of
from bot.reversals.measures import numbers, times
from bot.reversals.pairing import Finding, Pair, Spans, marked, quote, spans_of_topics
from bot.reversals.polarity import polarity
from bot.reversals.topics import Topic

_FULL_TOPIC = 9.0
_NARROW_PREPOSITIONS = frozenset(["op", "voor", "in", "aan", "met", "bij", "naar", "over", "tegen", "onder", "van"])
_FEW_CLAIMS = 3
_POINTED_CONFLICTS = frozenset(["limit-broken", "no-longer-so", "promised-date-missed"])
_BENDING = frozenset(["hedge", "narrowing", "only_if", "delay"])
_OTHER_TIMES = frozenset(["postponed", "brought-forward", "time-moved", "date-missed"])


def findings(pair: Pair) -> list[Finding]:
    """All that is noticed about a pair.

    Args:
        pair: The pair.

    Returns:
        The findings with a value other than zero; their names are those of the weights in ``data/weights.json``.
    """
    found: list[Finding] = [
        Finding("topic", min(2.0, pair.alignment.shared / _FULL_TOPIC)),
        Finding("coverage", pair.alignment.narrow),
        Finding("coverage-wide", pair.alignment.wide),
        Finding("coverage-all", pair.whole.narrow),
        Finding("coverage-all-wide", pair.whole.wide),
        Finding("new-words", min(1.0, sum(topic.weight for topic in pair.whole.later_only) / 40)),
        Finding("old-words", min(1.0, sum(topic.weight for topic in pair.whole.earlier_only) / 40)),
    ]
    if pair.claim_count > _FEW_CLAIMS:
        found.append(Finding("many-claims", min(1.0, (pair.claim_count - _FEW_CLAIMS) / 6)))
    for look in _LOOKS:
        found.extend(look(pair))
    is_pointed = any(finding.name in _POINTED_CONFLICTS for finding in found)
    return [one for one in found if one.value and not (is_pointed and one.name == "no-conflict")]


def has_a_point(pair: Pair) -> bool:
    """Whether there may be something in a pair that a flag could point at, before all of it is looked for.

    Args:
        pair: The pair.

    Returns:
        Whether they speak of more than the same name, and its claims oppose each other; or else have numbers or times
        that can differ, or the later words bend what was said, where not each is about something of its own and
        none stands under a condition.
    """
    one, other = pair.claims
    is_of_office = "office" in one.axes and "office" in other.axes
    if not is_of_office and all(topic.kind == "name" for match in pair.whole.matches for topic in match):
        return False
    if pair.is_conflict:
        return True
    if one.has("condition") or other.has("condition"):
        return False
    if _has_own_noun(pair.alignment.earlier_only) and _has_own_noun(pair.alignment.later_only):
        return False
    return (
        bool(other.periods)
        or bool(one.amounts and other.amounts)
        or not _BENDING.isdisjoint(pair.later_marks)
        or (other.has("may") and one.has("must"))
        or ("change" in one.axes or "change" in other.axes)
    )


def doubts(pair: Pair) -> list[str]:
    """What a reporter should know before believing a flag.

    Args:
        pair: The pair.

    Returns:
        Lines in Dutch.
    """
    lines = []
    if pair.earlier.capacity and pair.later.capacity and pair.earlier.capacity != pair.later.capacity:
        lines.append("andere functie")
    one, other = pair.claims
    if other.periods and not one.periods:
        lines.append("toen geen jaartal of datum")
    if one.periods and not other.periods:
        lines.append("nu geen jaartal of datum")
    if "indirect" in (pair.earlier.kind, pair.later.kind):
        lines.append("niet letterlijk aangehaald")
    if pair.strength < 0.6:
        lines.append("weinig gemeenschappelijke woorden")
    return lines


def _has_own_noun(topics: Sequence[Topic]) -> bool:
    """Whether among the topics that only one claim has there is a noun that stands in no prepositional phrase."""
    return any(topic.kind in ("noun", "name") and not topic.preposition for topic in topics)


def _meaning(pair: Pair) -> Iterator[Finding]:
    """Changes of degree: a hedge, a condition, a narrower scope, where the direction stays."""
    one, other = pair.claims
    strength = pair.strength
    for name, kind, reason in (
        ("hedged", "hedge", "nu voorzichtiger"),
        ("narrowed", "narrowing", "nu beperkter"),
        ("only-if", "only_if", "nu onder voorwaarden"),
    ):
        if kind in pair.later_marks and one.signs and not one.has(kind):
            finding = marked(name, pair, 1, kind, reason)
            if name == "narrowed" and _is_of_shared_verb(pair, finding.later):
                continue
            is_bent = pair.is_conflict and name != "hedged"
            yield Finding(name + "-conflict" if is_bent else name, strength, finding.earlier, finding.later, reason)
        elif one.has(kind) and not other.has(kind):
            yield Finding("was-" + name, strength)
    if one.has("must") and other.has("may") and not other.has("must") and not pair.is_conflict:
        yield _leave(pair)
    if other.has("continuation") and not pair.is_conflict:
        yield Finding("continued", strength)
    if "delay" in pair.later_marks and not pair.is_conflict and not one.has("delay"):
        yield marked("delayed", pair, 1, "delay", "nu later", strength)
    if one.has("everyone") and not other.has("everyone") and "narrowing" in pair.later_marks:
        yield marked("not-all", pair, 1, "narrowing", "niet meer voor allen")


def _is_of_shared_verb(pair: Pair, spans: Spans) -> bool:
    """Whether what sounds like a narrowing ("wordt *beperkt tot* …") is the verb that both claims are about."""
    shared = {match[1].start for match in pair.alignment.matches if match[1].kind in ("verb", "sign")}
    return bool(spans) and all(start in shared for start, _ in spans)


def _leave(pair: Pair) -> Finding:
    """What had to be may be: told by its dates where these differ, which say more than the verbs."""
    dates = next((one for one in times(pair) if one.name in _OTHER_TIMES and one.reason), None)
    if dates:
        return Finding("must-to-may", 1.0, dates.earlier, dates.later, dates.reason)
    return marked("must-to-may", pair, 1, "may", "van moeten naar mogen")


def _vetoes(pair: Pair) -> Iterator[Finding]:
    for name, kind, doubt in (
        ("question", "question", "een van beide is een vraag"),
        ("condition", "condition", "er staat een voorwaarde bij"),
        ("undecided", "undecided", "daar wordt nog over beslist"),
        ("other-view", "other-view", "het standpunt van een ander"),
        ("narrated", "narrated", "het gaat om een vrees of een gerucht"),
        ("former-view", "former-view", "een eerder standpunt wordt aangehaald"),
    ):
        sides = [claim.has(kind) for claim in pair.claims]
        if any(sides) and not all(sides):
            yield marked(name, pair, sides.index(True), kind, doubt)
    supposed = [claim.has("supposed") for claim in pair.claims]
    if any(supposed) and not all(supposed) and pair.claims[0].axes & pair.claims[1].axes:
        yield marked("supposed", pair, supposed.index(True), "supposed", "het ene is zelf de voorwaarde")
    is_past = [claim.has("past") and not claim.has("present") for claim in pair.claims]
    if is_past[0] != is_past[1]:
        yield marked("past", pair, is_past.index(True), "past", "het ene gaat over vroeger")


def _scope(pair: Pair) -> Iterator[Finding]:
    """Another group, place or object: both claims narrow the shared topic, each with a word of its own."""
    alignment = pair.alignment
    for first, second in alignment.matches:
        if second.modifier in _contrasts().get(first.modifier, ()):
            is_of_degree = sign_of(first.modifier, None) or sign_of(second.modifier, None)
            name = "other-object" if is_of_degree else "contrary-object"
            yield _difference(name, pair, first, second, f"{first.modifier} of {second.modifier}?")
            return
    narrowing = [
        [topic for topic in topics if topic.preposition in _NARROW_PREPOSITIONS]
        for topics in (alignment.earlier_only, alignment.later_only)
    ]
    rivals = ((one, other) for one in narrowing[0] for other in narrowing[1] if one.preposition == other.preposition)
    for one, other in rivals:
        yield _difference("other-object", pair, one, other, "gaat het over hetzelfde?")
        return


def _wording(pair: Pair) -> Iterator[Finding]:
    """Names and nouns that only one of the claims has."""
    alone = (pair.alignment.earlier_only, pair.alignment.later_only)
    names = [[topic for topic in topics if topic.kind == "name"] for topics in alone]
    if names[1] and not names[0]:
        yield Finding("new-name", 1.0)
    if pair.claims[1].amounts and not pair.claims[0].amounts:
        yield Finding("new-number", 1.0)
    if names[0] and names[1]:
        yield _difference("other-name", pair, names[0][0], names[1][0], "een andere naam")
    nouns = [[topic for topic in topics if topic.kind in ("noun", "name")] for topics in alone]
    if nouns[0] and nouns[1]:
        least = min(sum(topic.weight for topic in side) for side in nouns)
        yield Finding("other-words", min(1.0, least / 20))
    if not any(topic.kind in ("noun", "name") for match in pair.alignment.matches for topic in match):
        yield Finding("no-noun", 1.0)


def _roles(pair: Pair) -> Iterator[Finding]:
    """Who does it to whom: two shared nouns without preposition that change places."""
    bare = [
        match
        for match in pair.alignment.matches
        if all(topic.kind in ("noun", "name", "vague") and not topic.preposition for topic in match)
    ]
    ordered = sorted(bare, key=lambda match: match[0].start)
    if len(ordered) == 2 and ordered[0][1].start > ordered[1][1].start:
        spans = spans_of_topics(ordered, 0), spans_of_topics(ordered, 1)
        yield Finding("roles-changed", 1.0, *spans, "wie doet het, en wie ondergaat het?")


def _distance(pair: Pair) -> Iterator[Finding]:
    if pair.earlier.said and pair.later.said:
        # Time makes a turn likelier only as far as the words oppose each other about the same thing.
        bearing = pair.strength if pair.is_conflict else 1.0
        yield Finding("months-apart", bearing * log1p(max(0, (pair.later.said - pair.earlier.said).days)) / 6)
        yield Finding("dated", 1.0)


def _difference(name: str, pair: Pair, one: Topic, other: Topic, reason: str) -> Finding:
    spans = ((one.start, one.end),), ((other.start, other.end),)
    words = f"{quote(pair.earlier.text, spans[0])} / {quote(pair.later.text, spans[1])}"
    return Finding(name, 1.0, *spans, f"{reason} ({words})")


@cache
def _contrasts() -> dict[str, frozenset[str]]:
    groups = [frozenset(line.split()) for line in read_toml("contrasts.toml")["groups"]]
    return {word: group - {word} for group in groups for word in group}


_LOOKS: Sequence[Callable[[Pair], Iterable[Finding]]] = (
    polarity,
    _meaning,
    _vetoes,
    _scope,
    _wording,
    _roles,
    numbers,
    times,
    _distance,
)
