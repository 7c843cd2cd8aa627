"""Whether one claim speaks for what the other speaks against, and how surely both mean the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from bot.reversals.analysis import Claim, Sign
from bot.reversals.pairing import Finding, Pair, Spans, marked, quote, spans_of_topics
from bot.reversals.pointing import carrying_spans, denied_topics
from bot.reversals.text import stem
from bot.reversals.values import Utterance

_OUT_OF_FOCUS = 0.4
_LIGHT_VERBS = (
    "komen gaan doen worden krijgen maken nemen blijven vallen zijn hebben zetten leggen staan liggen zitten houden "
    "geven laten zien moeten mogen kunnen willen zullen brengen halen stellen gebeuren zeggen vinden noemen denken "
    "betreffen"
)
_OF_LEVEL = frozenset(["is", "zijn", "was", "waren", "bedraagt", "bedragen"])
_NOT_YET = ("not_yet", "not_now", "this_term")
_ASIDE = frozenset(["denies-other", "other-predicate", "says-it-of-other", "said-it-of-other", "own-verb"])


def polarity(pair: Pair) -> Iterator[Finding]:
    """Compare the signs of two claims.

    Args:
        pair: The pair.

    Yields:
        The kind of conflict with what strengthens and weakens it, or what speaks for agreement.
    """
    one, other = pair.claims
    first, second = _unshared(one.signs, other.signs)
    axes = one.axes & other.axes
    strength = pair.strength
    office = "office" in axes
    if pair.is_conflict and (_is_compatible(pair, 0) or _is_compatible(pair, 1) or _denies_too(one, other)):
        yield Finding("no-conflict", 1.0)
        return
    if _is_changed(one, other) or _is_changed(other, one):
        earlier, later = _pointed_at(pair, 0, one.signs), _pointed_at(pair, 1, other.signs)
        reason = f"“{quote(pair.earlier.text, earlier)}” ↔ “{quote(pair.later.text, later)}”"
        yield Finding("changed-after-all", strength, earlier, later, reason)
        return
    if not pair.is_conflict:
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
    earlier, later = _pointed_at(pair, 0, first), _pointed_at(pair, 1, second)
    reason = f"“{_words(pair.earlier, first, earlier)}” ↔ “{_words(pair.later, second, later)}”"
    doubts_about_aim = [*_aim(pair, first, second), *_heads(pair), *(() if axes else _own_verbs(pair, kind))]
    focus = _OUT_OF_FOCUS ** sum(finding.name in _ASIDE for finding in doubts_about_aim)
    yield Finding("office" if office else kind, 1.0 if office else strength * focus, earlier, later, reason)
    if not office:
        yield Finding("weak-conflict", 1.0 - strength * focus)
        if not axes and all(topic.kind == "name" for match in pair.whole.matches for topic in match):
            is_in_passing = any(all(match[side].preposition for match in pair.alignment.matches) for side in (0, 1))
            yield Finding("name-only", 2.0 if is_in_passing else 1.0)
        if _shares_only_signs(pair):
            yield Finding("sign-only", 1.0)
    yield from doubts_about_aim
    not_yet = next((kind for kind in _NOT_YET if one.has(kind) and (kind != "this_term" or other.periods)), None)
    if not_yet and not one.has("guarantee") and any(sign.axis == "negation" for sign in one.signs):
        yield marked("not-yet", pair, 0, not_yet, "toen nog niet")
    if other.has("not_yet") and any(sign.axis == "negation" for sign in second):
        yield marked("is-not-yet", pair, 1, "not_yet", "nu nog niet")
    surplus = len(first) + len(second) - 2
    if surplus > 0:
        yield Finding("tangled", min(3.0, surplus) / 3)
    if one.has("guarantee"):
        yield marked("broken-guarantee", pair, 0, "guarantee", "toen stellig gezegd", strength * focus)
    if other.has("affirmation"):
        yield marked("turned-about", pair, 1, "affirmation", "het woord van de wending staat erbij", strength)
    softer = next((kind for kind in ("hedge", "possible") if other.has(kind) and not one.has(kind)), None)
    if softer:
        is_excluded = any(sign.axis == "possibility" for sign in one.signs)
        yield marked(
            "excluded-now-possible" if is_excluded else "hedged-conflict", pair, 1, softer, "nu nog niet stellig"
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


def _own_verbs(pair: Pair, kind: str) -> Iterator[Finding]:
    """A claim whose verb says something of its own: what one denies, the other does not affirm."""
    sides = [
        any(topic.kind == "verb" and topic.keys[0] not in _light_verbs() for topic in alone)
        for alone in (pair.alignment.earlier_only, pair.alignment.later_only)
    ]
    if all(sides) or (any(sides) and kind.startswith("negation")):
        yield Finding("own-verb", sum(sides) / 2)


def _shares_only_signs(pair: Pair) -> bool:
    """Whether two claims with words of their own say the same kind of thing ("gratis"), each of something else."""
    alignment = pair.alignment
    return all(topic.kind == "sign" for match in alignment.matches for topic in match) and all(
        any(topic.kind != "vague" and topic.keys[0] not in _light_verbs() for topic in alone)
        for alone in (alignment.earlier_only, alignment.later_only)
    )


def _denies_too(one: Claim, other: Claim) -> bool:
    """Whether the later claim adds its denial to the earlier one: nothing was closed, "*ook* nergens" was it opened."""
    return other.has("also_not") and all(any(sign.axis == "negation" for sign in claim.signs) for claim in (one, other))


def _is_compatible(pair: Pair, side: int) -> bool:
    """Whether the claim on one side leaves free what the other denies to be a duty, or gives a level that it keeps."""
    one, other = pair.claims[side], pair.claims[1 - side]
    return _leaves_free(one, other) or _keeps_level((pair.earlier, pair.later)[side].text, one, other)


def _keeps_level(text: str, one: Claim, other: Claim) -> bool:
    """Whether one claim gives a level ("is nu 15 euro"), and the other denies that it goes up or down."""
    if not one.amounts or one.signs or "direction" not in other.axes:
        return False
    verbs = {word for claimed in one.predicates for start, end in claimed.spans for word in text[start:end].split()}
    return not verbs.isdisjoint(_OF_LEVEL) and any(sign.axis == "negation" for sign in other.signs)


def _leaves_free(one: Claim, other: Claim) -> bool:
    """Whether one claim denies a duty, and the other allows what was no duty: both can hold."""
    denies_duty = one.sign < 0 and any(sign.axis == "negation" for sign in one.signs) and "compulsion" in one.axes
    is_leave = other.has("may") and not other.has("must") and "compulsion" not in other.axes
    return denies_duty and is_leave and other.sign > 0


def _heads(pair: Pair) -> Iterator[Finding]:
    """A claim whose own nouns are new, and which only mentions the shared topic in a prepositional phrase."""
    for side, alone in ((0, pair.alignment.earlier_only), (1, pair.alignment.later_only)):
        nouns = [match[side] for match in pair.alignment.matches if match[side].kind in ("noun", "name", "vague")]
        own = [topic for topic in alone if topic.kind in ("noun", "name") and not topic.preposition]
        if nouns and own and all(topic.preposition for topic in nouns):
            yield Finding("says-it-of-other" if side else "said-it-of-other", 1.0)


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


@cache
def _light_verbs() -> frozenset[str]:
    return frozenset(stem(verb) for verb in _LIGHT_VERBS.split())


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


def _pointed_at(pair: Pair, side: int, signs: Sequence[Sign]) -> Spans:
    """The words that carry the contradiction on one side; the shared topics where nothing else is found."""
    text, claim = (pair.earlier, pair.later)[side].text, pair.claims[side]
    shared = [match[side] for match in pair.alignment.matches]
    denied = denied_topics((pair.later, pair.earlier)[side].text, pair.claims[1 - side])
    affirmed = [
        match[side]
        for match in pair.alignment.matches
        if match[1 - side].start in denied and not match[side].preposition
    ]
    return carrying_spans(text, claim, signs, shared, affirmed) or spans_of_topics(pair.alignment.matches, side)


def _words(utterance: Utterance, signs: Sequence[Sign], spans: Spans) -> str:
    """The words that carry a sign, with the cue where it stands there."""
    words = quote(utterance.text, spans)
    is_cued = any(not sign.spans for sign in signs)
    return f"{utterance.cue}: {words}" if is_cued and utterance.cue else words
