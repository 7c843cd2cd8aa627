"""What can be pointed at when two statements are put side by side: the named evidence, before it is weighed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log1p

from bot.reversals.alignment import Alignment, align
from bot.reversals.amounts import Amount
from bot.reversals.analysis import Analysis, Claim, Sign
from bot.reversals.data_files import read_toml
from bot.reversals.periods import Period
from bot.reversals.text import rarity
from bot.reversals.topics import Topic
from bot.reversals.values import Utterance

Spans = tuple[tuple[int, int], ...]

_FULL_TOPIC, _HALF_TOPIC = 9.0, 4.0
_NARROW_PREPOSITIONS = frozenset(["op", "voor", "in", "aan", "met", "bij", "naar", "over", "tegen", "onder", "van"])
_TOLERANCE, _ROUGH_TOLERANCE = 0.005, 0.12
_DAYS_APART = 20
_SAME_AXIS = 3.0
_FEW_CLAIMS = 3
_LEAST_SHARED, _LEAST_WORTH = 2.5, 2.0
_OUT_OF_FOCUS = 0.4
_ASIDE = frozenset(["denies-other", "other-predicate", "says-it-of-other", "said-it-of-other"])
_NUMBER_CONFLICTS = frozenset(["limit-broken", "no-longer-so"])
_LIMIT_BOUNDS = frozenset(["max", "min"])


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed about a pair.

    Attributes:
        name: The kind of evidence.
        value: How strongly it holds, mostly 0 to 1; its weight is learnt.
        earlier: Spans in the earlier text that show it.
        later: Spans in the later text that show it.
        reason: A line in Dutch; empty for what is no reason by itself.
    """

    name: str
    value: float
    earlier: Spans = ()
    later: Spans = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements with the two claims that speak of the same thing.

    Attributes:
        earlier: The earlier statement.
        later: The later statement.
        claims: Their claims that align best.
        alignment: The alignment of these claims.
        whole: The alignment of the whole statements.
        later_marks: Kinds of marks anywhere in the later statement.
        claim_count: The number of claims in both statements.
    """

    earlier: Utterance
    later: Utterance
    claims: tuple[Claim, Claim]
    alignment: Alignment
    whole: Alignment
    later_marks: frozenset[str]
    claim_count: int

    @property
    def strength(self) -> float:
        """How surely both claims speak of the same thing, 0 to 1."""
        return (1 - exp(-self.alignment.shared / _HALF_TOPIC)) * self.alignment.narrow

    @property
    def is_conflict(self) -> bool:
        """Whether one claim speaks for what the other speaks against."""
        return self.claims[0].sign != self.claims[1].sign


def pair_up(earlier: Utterance, first: Analysis, later: Utterance, second: Analysis) -> Pair | None:
    """Find the claims of two statements that speak of the same thing.

    Args:
        earlier: The earlier statement.
        first: Its analysis.
        later: The later statement.
        second: Its analysis.

    Returns:
        The pair, or None where one of them claims nothing or they share neither topic nor the question of office.
    """
    shares_office = "office" in first.axes and "office" in second.axes
    common = first.index.places.keys() & second.index.places.keys()
    if not shares_office and sum(rarity(key) for key in common if isinstance(key, str)) < _LEAST_SHARED:
        return None
    best: tuple[float, Claim, Claim, Alignment] | None = None
    for one in first.claims:
        for other in second.claims:
            if not one.index.meets(other.index) and not (shares_office and "office" in one.axes & other.axes):
                continue
            alignment = align(one.index, other.index)
            worth = alignment.shared * (0.5 + alignment.narrow) + 3.0 * ("office" in one.axes & other.axes)
            if worth and one.axes & other.axes:
                worth += _SAME_AXIS
            if worth and (best is None or worth > best[0]):
                best = worth, one, other, alignment
    if best is None or best[0] < _LEAST_WORTH:
        return None
    whole = align(first.index, second.index)
    later_marks = frozenset(mark.kind for claim in second.claims for mark in claim.marks)
    return Pair(earlier, later, (best[1], best[2]), best[3], whole, later_marks, len(first.claims) + len(second.claims))


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
    is_pointed = any(finding.name in _NUMBER_CONFLICTS for finding in found)
    return [one for one in found if one.value and not (is_pointed and one.name == "no-conflict")]


def _polarity(pair: Pair) -> Iterator[Finding]:
    one, other = pair.claims
    first, second = _unshared(one.signs, other.signs)
    axes = one.axes & other.axes
    strength = pair.strength
    office = "office" in axes
    if not pair.is_conflict:
        if _is_changed(one, other) or _is_changed(other, one):
            earlier, later = _spans_of(one.signs), _spans_of(other.signs)
            reason = f"„{_quote(pair.earlier.text, earlier)}” ↔ „{_quote(pair.later.text, later)}”"
            yield Finding("changed-after-all", strength, earlier, later, reason)
            return
        yield Finding("no-conflict", 1.0)
        if first and second:
            yield Finding("concord", strength)
        if axes:
            yield Finding("agreement", strength)
        if not first and not second:
            yield Finding("same-signs", strength)
        return
    kind = _kind_of_conflict(first, second, bool(axes))
    if kind == "incomparable":
        yield Finding("no-conflict", 1.0)
        return
    earlier = _spans_of(first) or _spans_of(one.signs) or _spans_of_topics(pair.alignment.matches, 0)
    later = _spans_of(second) or _spans_of(other.signs) or _spans_of_topics(pair.alignment.matches, 1)
    reason = f"„{_words(pair.earlier, first, earlier)}” ↔ „{_words(pair.later, second, later)}”"
    doubts_about_aim = [*_aim(pair, first, second), *_heads(pair)]
    focus = _OUT_OF_FOCUS ** sum(finding.name in _ASIDE for finding in doubts_about_aim)
    yield Finding("office" if office else kind, 1.0 if office else strength * focus, earlier, later, reason)
    yield from doubts_about_aim
    surplus = len(first) + len(second) - 2
    if surplus > 0:
        yield Finding("tangled", min(3.0, surplus) / 3)
    if one.has("guarantee"):
        yield _marked("broken-guarantee", pair, 0, "guarantee", "toen stellig gezegd", strength)
    if other.has("affirmation"):
        yield _marked("turned-about", pair, 1, "affirmation", "het woord van de wending staat erbij", strength)
    if other.has("hedge") and not one.has("hedge"):
        is_excluded = any(sign.axis == "possibility" for sign in one.signs)
        yield _marked(
            "excluded-now-possible" if is_excluded else "hedged-conflict", pair, 1, "hedge", "nu nog niet stellig"
        )


def _aim(pair: Pair, first: Sequence[Sign], second: Sequence[Sign]) -> Iterator[Finding]:
    """Whether what is denied on one side is what the other side speaks of, and what that side says itself."""
    matched = [{match[side].start for match in pair.alignment.matches} for side in (0, 1)]
    alone = [pair.alignment.earlier_only, pair.alignment.later_only]
    for side, signs in enumerate((first, second)):
        for sign in signs:
            if sign.axis != "negation" or sign.target < 0:
                continue
            denied = next((topic for topic in alone[side] if topic.start == sign.target), None)
            if sign.target in matched[side]:
                yield Finding("denies-shared", 1.0)
            elif denied and denied.kind in ("noun", "name", "verb"):
                span = ((denied.start, denied.end),)
                earlier, later = ((), span) if side else (span, ())
                yield Finding("denies-other", 1.0, earlier, later, "ontkent iets anders")
    for side, signs in enumerate((first, second)):
        if not any(sign.axis != "negation" for sign in signs) and any(topic.kind == "verb" for topic in alone[side]):
            yield Finding("other-predicate", 1.0)


def _heads(pair: Pair) -> Iterator[Finding]:
    """A claim whose own nouns are new, and which only mentions the shared topic in a prepositional phrase."""
    for side, alone in ((0, pair.alignment.earlier_only), (1, pair.alignment.later_only)):
        nouns = [match[side] for match in pair.alignment.matches if match[side].kind in ("noun", "name", "vague")]
        own = [topic for topic in alone if topic.kind in ("noun", "name") and not topic.preposition]
        if nouns and own and all(topic.preposition for topic in nouns):
            yield Finding("says-it-of-other" if side else "said-it-of-other", 1.0)


def _meaning(pair: Pair) -> Iterator[Finding]:
    """Changes of degree: a hedge, a condition, a narrower scope, where the direction stays."""
    one, other = pair.claims
    strength = pair.strength
    for name, kind, reason in (
        ("hedged", "hedge", "nu voorzichtiger"),
        ("narrowed", "narrowing", "nu beperkter"),
        ("only-if", "only_if", "nu onder voorwaarden"),
    ):
        if kind in pair.later_marks and not one.has(kind):
            finding = _marked(name, pair, 1, kind, reason)
            is_bent = pair.is_conflict and name != "hedged"
            yield Finding(name + "-conflict" if is_bent else name, strength, finding.earlier, finding.later, reason)
        elif one.has(kind) and not other.has(kind):
            yield Finding("was-" + name, strength)
    if one.has("must") and other.has("may") and not other.has("must") and not pair.is_conflict:
        yield _marked("must-to-may", pair, 1, "may", "van moeten naar mogen")
    if other.has("continuation") and not pair.is_conflict:
        yield Finding("continued", strength)
    if "delay" in pair.later_marks and not pair.is_conflict and not one.has("delay"):
        yield _marked("delayed", pair, 1, "delay", "nu later", strength)
    if one.has("everyone") and not other.has("everyone") and "narrowing" in pair.later_marks:
        yield _marked("not-all", pair, 1, "narrowing", "niet meer voor allen")


def _vetoes(pair: Pair) -> Iterator[Finding]:
    for name, kind, doubt in (
        ("question", "question", "een van beide is een vraag"),
        ("condition", "condition", "er staat een voorwaarde bij"),
        ("other-view", "other-view", "het standpunt van een ander"),
        ("narrated", "narrated", "het gaat om een vrees of een gerucht"),
        ("former-view", "former-view", "een eerder standpunt wordt aangehaald"),
    ):
        sides = [claim.has(kind) for claim in pair.claims]
        if any(sides) and not all(sides):
            yield _marked(name, pair, sides.index(True), kind, doubt)
    is_past = [claim.has("past") and not claim.has("present") for claim in pair.claims]
    if is_past[0] != is_past[1]:
        yield _marked("past", pair, is_past.index(True), "past", "het ene gaat over vroeger")


def _scope(pair: Pair) -> Iterator[Finding]:
    """Another group, place or object: both claims narrow the shared topic, each with a word of its own."""
    alignment = pair.alignment
    for first, second in alignment.matches:
        if second.modifier in _contrasts().get(first.modifier, ()):
            yield _difference("other-object", pair, first, second, f"{first.modifier} of {second.modifier}?")
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
        spans = _spans_of_topics(ordered, 0), _spans_of_topics(ordered, 1)
        yield Finding("roles-changed", 1.0, *spans, "wie doet het, en wie ondergaat het?")


def _numbers(pair: Pair) -> Iterator[Finding]:
    one, other = pair.claims
    for first in one.amounts:
        for second in other.amounts:
            if not _comparable(first, second, pair):
                continue
            spans = ((first.start, first.end),), ((second.start, second.end),)
            if _same_amount(first, second):
                yield Finding("number-same", pair.strength, *spans)
                return
            reason = f"{_quote(pair.earlier.text, spans[0])} ↔ {_quote(pair.later.text, spans[1])}"
            if first.bound in _LIMIT_BOUNDS and second.bound not in _LIMIT_BOUNDS:
                breaks = second.value > first.value if first.bound == "max" else second.value < first.value
                yield Finding("limit-broken" if breaks else "number-same", pair.strength, *spans, reason)
                return
            yield Finding("number", pair.strength, *spans, reason)
            if one.has("continuation") and not other.has("continuation"):
                yield Finding("no-longer-so", pair.strength, *spans, "zou zo blijven: " + reason)
            if one.has("partitive") != other.has("partitive") or one.has("total") != other.has("total"):
                yield Finding("number-of-part", 1.0, *spans, "deel of geheel")
            return


def _times(pair: Pair) -> Iterator[Finding]:
    one, other = pair.claims
    if not one.periods or not other.periods:
        if other.periods:
            yield Finding("time-added", 1.0)
            if not pair.is_conflict:
                yield Finding("time-limited", pair.strength * pair.alignment.wide)
        elif one.periods:
            yield Finding("time-dropped", 1.0)
        return
    first, second = one.periods[0], other.periods[0]
    spans = ((first.start, first.end),), ((second.start, second.end),)
    reason = f"{_quote(pair.earlier.text, spans[0])} ↔ {_quote(pair.later.text, spans[1])}"
    gap = _days_later(first, second)
    if abs(gap) <= _DAYS_APART:
        yield Finding("time-same", pair.strength, *spans)
    elif pair.is_conflict and first.relation == second.relation == "on":
        yield Finding("other-time", 1.0, *spans, "gaat het over dezelfde tijd? " + reason)
    elif (
        any(sign.axis == "existence" or sign.axis == "possibility" for sign in (*one.signs, *other.signs))
        or second.relation != "on"
    ):
        yield Finding("postponed" if gap > 0 else "brought-forward", pair.strength, *spans, reason)
    else:
        yield Finding("time-moved", pair.strength, *spans, reason)
    if one.amounts and other.amounts and abs(gap) > _DAYS_APART:
        yield Finding("other-year-number", 1.0, *spans, "een ander jaar")


def _distance(pair: Pair) -> Iterator[Finding]:
    if pair.earlier.said and pair.later.said:
        yield Finding("months-apart", log1p(max(0, (pair.later.said - pair.earlier.said).days)) / 6)
        yield Finding("dated", 1.0)


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


_LOOKS: Sequence[Callable[[Pair], Iterable[Finding]]] = (
    _polarity,
    _meaning,
    _vetoes,
    _scope,
    _wording,
    _roles,
    _numbers,
    _times,
    _distance,
)


@cache
def _contrasts() -> dict[str, frozenset[str]]:
    groups = [frozenset(line.split()) for line in read_toml("contrasts.toml")["groups"]]
    return {word: group - {word} for group in groups for word in group}


def _kind_of_conflict(first: Sequence[Sign], second: Sequence[Sign], has_shared_axis: bool) -> str:
    opposed = {(sign.axis, sign.value) for sign in first} & {(sign.axis, -sign.value) for sign in second}
    if any(axis != "negation" for axis, _ in opposed):
        return "antonym"
    if _is_shortage(first, second) or _is_shortage(second, first):
        return "incomparable"
    if all(sign.value > 0 or sign.axis == "negation" for sign in (*first, *second)):
        is_bare = not second or not first
        return "negation" if has_shared_axis or (is_bare and len(first) + len(second) == 1) else "negation-bare"
    return "stance" if first and second else "stance-bare"


def _is_shortage(signs: Sequence[Sign], others: Sequence[Sign]) -> bool:
    """Whether one side has too little of something, and the other side does not say that there is enough."""
    is_short = any(sign.axis == "sufficiency" and sign.value < 0 for sign in signs)
    return is_short and all(sign.axis != "sufficiency" and sign.value > 0 for sign in others)


def _unshared(one: Sequence[Sign], other: Sequence[Sign]) -> tuple[list[Sign], list[Sign]]:
    rest = list(other)
    first = []
    for sign in one:
        twin = next(
            (candidate for candidate in rest if (candidate.axis, candidate.value) == (sign.axis, sign.value)), None
        )
        if twin:
            rest.remove(twin)
        else:
            first.append(sign)
    return first, rest


def _is_changed(one: Claim, other: Claim) -> bool:
    """Whether what one claim keeps as it is goes up or down, or goes, in the other."""
    is_unchanging = one.sign < 0 and any(sign.axis == "change" for sign in one.signs)
    is_changing = any(
        sign.axis == "direction" or (sign.axis in ("existence", "openness") and sign.value < 0) for sign in other.signs
    )
    return is_unchanging and is_changing and not any(sign.axis == "negation" for sign in other.signs)


def _comparable(first: Amount, second: Amount, pair: Pair) -> bool:
    if first.unit == second.unit:
        return bool(first.unit) or pair.strength > 0.5
    shared = {key for match in pair.alignment.matches for topic in match for key in topic.keys}
    return not first.unit or not second.unit or (first.unit in shared and second.unit in shared)


def _same_amount(first: Amount, second: Amount) -> bool:
    rough = "about" in (first.bound, second.bound) or (first.unit == "%" and first.value % 1 > 0.01)
    tolerance = _ROUGH_TOLERANCE if rough else _TOLERANCE
    return abs(first.value - second.value) <= tolerance * max(first.value, second.value)


def _days_later(first: Period, second: Period) -> int:
    """Days between the two times, 0 where they overlap or one keeps within the other; negative for an earlier one."""
    if first.relation == "until" or second.relation == "until":
        return second.last - first.last
    if second.relation == "from" and first.relation == "before":
        return max(0, second.first - first.last)
    if first.relation == second.relation == "before":
        return second.last - first.last
    if first.relation == second.relation == "from":
        return second.first - first.first
    if second.first > first.last or second.last < first.first:
        return second.first - first.first
    return 0


def _marked(name: str, pair: Pair, side: int, kind: str, reason: str, value: float = 1.0) -> Finding:
    spans = tuple((mark.start, mark.end) for mark in pair.claims[side].marks if mark.kind == kind and mark.end)
    return Finding(name, value, () if side else spans, spans if side else (), reason)


def _difference(name: str, pair: Pair, one: Topic, other: Topic, reason: str) -> Finding:
    spans = ((one.start, one.end),), ((other.start, other.end),)
    words = f"{_quote(pair.earlier.text, spans[0])} / {_quote(pair.later.text, spans[1])}"
    return Finding(name, 1.0, *spans, f"{reason} ({words})")


def _spans_of(signs: Sequence[Sign]) -> Spans:
    return tuple(sorted({span for sign in signs for span in sign.spans}))


def _spans_of_topics(matches: Sequence[tuple[Topic, Topic]], side: int) -> Spans:
    return tuple(sorted((match[side].start, match[side].end) for match in matches))


def _words(utterance: Utterance, signs: Sequence[Sign], spans: Spans) -> str:
    """The words that carry a sign, with the cue where it stands there."""
    words = _quote(utterance.text, spans)
    is_cued = any(not sign.spans for sign in signs)
    return f"{utterance.cue}: {words}" if is_cued and utterance.cue else words


def _quote(text: str, spans: Spans) -> str:
    return " … ".join(text[start:end] for start, end in spans)
